// An operation goes on a list of work, and whatever waited for it after it: one loop instead of calls within calls, and one
// short list for each operation that arrives.

export type ReplicaId = number

export type Id = readonly [counter: number, replica: ReplicaId]

export interface Insert {
  readonly type: 'insert'
  readonly id: Id
  readonly after: Id | null
  readonly text: string
}

export interface Delete {
  readonly type: 'delete'
  readonly id: Id
  readonly length: number
}

export type Operation = Insert | Delete

const NONE = 0

class Column {
  cells = new Int32Array(64)
  set(at: number, value: number): void {
    if (at >= this.cells.length) {
      const more = new Int32Array(this.cells.length * 2)
      more.set(this.cells)
      this.cells = more
    }
    this.cells[at] = value
  }
}

class Pages {
  readonly #pages = new Map<number, Int32Array>()
  get(counter: number): number {
    return this.#pages.get(Math.floor(counter / 64))?.[counter % 64] ?? NONE
  }
  set(counter: number, node: number): void {
    const key = Math.floor(counter / 64)
    const page = this.#pages.get(key) ?? new Int32Array(64)
    this.#pages.set(key, page)
    page[counter % 64] = node
  }
}

type Waiting = { readonly kind: 'insert'; readonly operation: Insert } | { readonly kind: 'delete' }

export class SharedText {
  readonly #replica: ReplicaId
  #counter = 0
  #nodes = 0
  #root = NONE
  // a treap in the order of the text
  readonly #left = new Column()
  readonly #right = new Column()
  readonly #up = new Column()
  readonly #count = new Column()
  // a character: its id, and what it says; -1 if it is deleted
  readonly #of = new Column()
  readonly #by = new Column()
  readonly #unit = new Column()
  readonly #byReplica = new Map<ReplicaId, Pages>()
  readonly #waiting = new Map<string, Waiting[]>()

  constructor(replica: ReplicaId) {
    if (!Number.isInteger(replica) || replica < 0 || replica > 65_535)
      throw new RangeError(`replica must be 0 to 65535, not ${replica}`)
    this.#replica = replica
  }

  get length(): number {
    return this.#count.cells[this.#root]!
  }

  toString(): string {
    const units = new Uint16Array(this.length)
    let size = 0
    for (let node = this.#first(this.#root); node !== NONE; node = this.#next(node)) {
      const unit = this.#unit.cells[node]!
      if (unit >= 0) units[size++] = unit
    }
    let text = ''
    for (let i = 0; i < size; i += 4096) text += String.fromCharCode(...units.subarray(i, Math.min(i + 4096, size)))
    return text
  }

  insert(at: number, text: string): Insert {
    if (!Number.isInteger(at) || at < 0 || at > this.length)
      throw new RangeError(`at must be 0 to ${this.length}, not ${at}`)
    if (text.length === 0) throw new RangeError('text must not be empty')
    const before = at === 0 ? NONE : this.#at(at - 1)
    const after: Id | null = before === NONE ? null : [this.#of.cells[before]!, this.#by.cells[before]!]
    const operation: Insert = { type: 'insert', id: [this.#counter + 1, this.#replica], after, text }
    this.apply(operation)
    return operation
  }

  delete(at: number, length: number): Delete[] {
    if (!Number.isInteger(at) || at < 0 || at > this.length)
      throw new RangeError(`at must be 0 to ${this.length}, not ${at}`)
    if (!Number.isInteger(length) || length < 1 || at + length > this.length)
      throw new RangeError(`length must be 1 to ${this.length - at}, not ${length}`)
    const runs: { counter: number; replica: number; length: number }[] = []
    for (let i = 0; i < length; i++) {
      const node = this.#at(at)
      const [counter, replica] = [this.#of.cells[node]!, this.#by.cells[node]!]
      const last = runs.at(-1)
      if (last && last.replica === replica && last.counter + last.length === counter) last.length++
      else runs.push({ counter, replica, length: 1 })
      this.#hide(node)
    }
    return runs.map(({ counter, replica, length }) => ({ type: 'delete', id: [counter, replica], length }))
  }

  apply(operation: Operation): void {
    const todo: Operation[] = [operation]
    for (let one = todo.pop(); one; one = todo.pop()) {
      if (one.type === 'insert') this.#take(one, todo)
      else this.#mark(one)
    }
  }

  #mark({ id: [first, replica], length }: Delete): void {
    for (let counter = first; counter < first + length; counter++) {
      const node = this.#node(counter, replica)
      if (node !== NONE) this.#hide(node)
      else this.#wait(counter, replica, { kind: 'delete' })
    }
  }

  #take(operation: Insert, todo: Operation[]): void {
    const { id, after, text } = operation
    const [counter, replica] = id
    if (this.#node(counter, replica) !== NONE) return
    let left = NONE
    if (after) {
      left = this.#node(after[0], after[1])
      if (left === NONE) {
        this.#wait(after[0], after[1], { kind: 'insert', operation })
        return
      }
    }
    let next = left === NONE ? this.#first(this.#root) : this.#next(left)
    while (next !== NONE && this.#isLarger(next, counter, replica)) {
      left = next
      next = this.#next(next)
    }
    const pages = this.#byReplica.get(replica) ?? new Pages()
    this.#byReplica.set(replica, pages)
    for (let i = 0; i < text.length; i++) {
      left = this.#put(left, counter + i, replica, text.charCodeAt(i))
      pages.set(counter + i, left)
    }
    this.#counter = Math.max(this.#counter, counter + text.length - 1)
    if (this.#waiting.size === 0) return
    for (let i = 0; i < text.length; i++) {
      const key = `${counter + i}.${replica}`
      const waiting = this.#waiting.get(key)
      if (!waiting) continue
      this.#waiting.delete(key)
      for (const one of waiting) {
        if (one.kind === 'insert') todo.push(one.operation)
        else this.#hide(this.#node(counter + i, replica))
      }
    }
  }

  #wait(counter: number, replica: number, what: Waiting): void {
    const key = `${counter}.${replica}`
    const waiting = this.#waiting.get(key)
    if (waiting) waiting.push(what)
    else this.#waiting.set(key, [what])
  }

  #node(counter: number, replica: number): number {
    return this.#byReplica.get(replica)?.get(counter) ?? NONE
  }

  #isLarger(node: number, counter: number, replica: number): boolean {
    const theirs = this.#of.cells[node]!
    return theirs > counter || (theirs === counter && this.#by.cells[node]! > replica)
  }

  #hide(node: number): void {
    if (this.#unit.cells[node]! < 0) return
    this.#unit.cells[node] = -1
    for (let one = node; one !== NONE; one = this.#up.cells[one]!) this.#count.cells[one]!--
  }

  #at(index: number): number {
    let node = this.#root
    for (;;) {
      const left = this.#left.cells[node]!
      const before = this.#count.cells[left]!
      if (index < before) node = left
      else {
        index -= before
        const own = this.#unit.cells[node]! >= 0 ? 1 : 0
        if (index < own) return node
        index -= own
        node = this.#right.cells[node]!
      }
    }
  }

  #first(node: number): number {
    if (node === NONE) return NONE
    while (this.#left.cells[node] !== NONE) node = this.#left.cells[node]!
    return node
  }

  #next(node: number): number {
    if (this.#right.cells[node] !== NONE) return this.#first(this.#right.cells[node]!)
    for (;;) {
      const up = this.#up.cells[node]!
      if (up === NONE || this.#left.cells[up] === node) return up
      node = up
    }
  }

  #put(behind: number, counter: number, replica: number, unit: number): number {
    const node = ++this.#nodes
    this.#left.set(node, NONE)
    this.#right.set(node, NONE)
    this.#up.set(node, NONE)
    this.#count.set(node, 0)
    this.#of.set(node, counter)
    this.#by.set(node, replica)
    this.#unit.set(node, unit)
    if (this.#root === NONE) this.#root = node
    else if (behind === NONE) this.#link(this.#first(this.#root), node, 'left')
    else if (this.#right.cells[behind] === NONE) this.#link(behind, node, 'right')
    else this.#link(this.#first(this.#right.cells[behind]!), node, 'left')
    for (let one = node; one !== NONE; one = this.#up.cells[one]!) this.#count.cells[one]!++
    while (this.#up.cells[node] !== NONE && rank(this.#up.cells[node]!) < rank(node)) this.#rotateUp(node)
    return node
  }

  #link(up: number, node: number, side: 'left' | 'right'): void {
    ;(side === 'left' ? this.#left : this.#right).cells[up] = node
    this.#up.cells[node] = up
  }

  #rotateUp(node: number): void {
    const [left, right, up, count] = [this.#left.cells, this.#right.cells, this.#up.cells, this.#count.cells]
    const parent = up[node]!
    const above = up[parent]!
    const [near, far] = left[parent] === node ? [left, right] : [right, left]
    const inner = far[node]!
    near[parent] = inner
    if (inner !== NONE) up[inner] = parent
    far[node] = parent
    up[parent] = node
    up[node] = above
    if (above === NONE) this.#root = node
    else if (left[above] === parent) left[above] = node
    else right[above] = node
    count[node] = count[parent]!
    count[parent] = count[left[parent]!]! + count[right[parent]!]! + (this.#unit.cells[parent]! >= 0 ? 1 : 0)
  }
}

function rank(node: number): number {
  let h = Math.imul(node, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b)
  return (h ^ (h >>> 13)) >>> 0
}
