// A splay tree: whatever is asked for comes to the root, so that a hand that goes on typing finds its place at once, and counts
// are put right at the root alone. Ids lead to nodes by a map for each replica; an operation that comes too early lies in a
// queue for the character that it needs.

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

class Nodes {
  left = new Int32Array(64)
  right = new Int32Array(64)
  up = new Int32Array(64)
  /** readable ones below, itself included */
  size = new Int32Array(64)
  counter = new Int32Array(64)
  replica = new Uint16Array(64)
  code = new Uint16Array(64)
  /** 1 as long as it is to be read */
  live = new Uint8Array(64)
  last = 0

  add(counter: number, replica: ReplicaId, code: number): number {
    const node = ++this.last
    if (node === this.left.length) this.#grow(Math.ceil(node * 1.6))
    this.counter[node] = counter
    this.replica[node] = replica
    this.code[node] = code
    this.live[node] = 1
    this.size[node] = 1
    return node
  }

  #grow(length: number): void {
    const wider = <A extends Int32Array | Uint16Array | Uint8Array>(to: A, from: A): A => {
      to.set(from)
      return to
    }
    this.left = wider(new Int32Array(length), this.left)
    this.right = wider(new Int32Array(length), this.right)
    this.up = wider(new Int32Array(length), this.up)
    this.size = wider(new Int32Array(length), this.size)
    this.counter = wider(new Int32Array(length), this.counter)
    this.replica = wider(new Uint16Array(length), this.replica)
    this.code = wider(new Uint16Array(length), this.code)
    this.live = wider(new Uint8Array(length), this.live)
  }

  put(node: number): void {
    this.size[node] =
      (this.size[this.left[node] as number] as number) +
      (this.size[this.right[node] as number] as number) +
      (this.live[node] as number)
  }
}

export class SharedText {
  readonly #replica: ReplicaId
  readonly #n = new Nodes()
  readonly #ids = new Map<ReplicaId, Map<number, number>>()
  readonly #early = new Map<number, Operation[]>()
  #root = NONE
  #largest = 0

  constructor(replica: ReplicaId) {
    if (!(Number.isInteger(replica) && replica >= 0 && replica < 65_536)) throw new RangeError(`no replica: ${replica}`)
    this.#replica = replica
  }

  get length(): number {
    return this.#n.size[this.#root] as number
  }

  toString(): string {
    const { left, right, live, code } = this.#n
    const open: number[] = []
    let text = ''
    let node = this.#root
    while (node !== NONE || open.length > 0) {
      for (; node !== NONE; node = left[node] as number) open.push(node)
      node = open.pop() as number
      if (live[node] === 1) text += String.fromCharCode(code[node] as number)
      node = right[node] as number
    }
    return text
  }

  insert(at: number, text: string): Insert {
    if (!(Number.isInteger(at) && at >= 0 && at <= this.length)) throw new RangeError(`no place: at ${at}`)
    if (!text) throw new RangeError('text: there is none')
    const before = at === 0 ? NONE : this.#nth(at - 1)
    const insert: Insert = {
      type: 'insert',
      id: [this.#largest + 1, this.#replica],
      after: before === NONE ? null : this.#id(before),
      text,
    }
    this.#put(before, insert)
    return insert
  }

  delete(at: number, length: number): Delete[] {
    if (!(Number.isInteger(at) && at >= 0 && at <= this.length)) throw new RangeError(`no place: at ${at}`)
    if (!(Number.isInteger(length) && length > 0 && at + length <= this.length))
      throw new RangeError(`length ${length}: that many there are not`)
    const ids: Id[] = []
    for (let i = 0; i < length; i++) {
      const node = this.#nth(at)
      ids.push(this.#id(node))
      this.#kill(node)
    }
    const deletes: Delete[] = []
    for (let from = 0, to = 1; from < length; from = to++) {
      const [counter, replica] = ids[from] as Id
      while (to < length && ids[to]?.[1] === replica && ids[to]?.[0] === counter + to - from) to++
      deletes.push({ type: 'delete', id: [counter, replica], length: to - from })
    }
    return deletes
  }

  apply(operation: Operation): void {
    if (operation.type === 'delete') {
      this.#applyDelete(operation.id[0], operation.id[1], operation.length)
      return
    }
    const ready: Insert[] = [operation]
    for (let one = ready.pop(); one !== undefined; one = ready.pop()) {
      const { id, after, text } = one
      if (this.#node(id[0], id[1]) !== NONE) continue
      const before = after === null ? NONE : this.#node(after[0], after[1])
      if (after !== null && before === NONE) {
        this.#wait(after[0], after[1], one)
        continue
      }
      this.#put(before, one)
      for (let i = 0; i < text.length && this.#early.size > 0; i++) {
        const key = (id[0] + i) * 65_536 + id[1]
        for (const waiting of this.#early.get(key) ?? [])
          if (waiting.type === 'insert') ready.push(waiting)
          else this.#applyDelete(waiting.id[0], waiting.id[1], waiting.length)
        this.#early.delete(key)
      }
    }
  }

  #applyDelete(counter: number, replica: ReplicaId, length: number): void {
    for (let i = 0; i < length; i++) {
      const node = this.#node(counter + i, replica)
      if (node === NONE) this.#wait(counter + i, replica, { type: 'delete', id: [counter + i, replica], length: 1 })
      else this.#kill(node)
    }
  }

  #wait(counter: number, replica: ReplicaId, operation: Operation): void {
    const key = counter * 65_536 + replica
    this.#early.set(key, [...(this.#early.get(key) ?? []), operation])
  }

  #node(counter: number, replica: ReplicaId): number {
    return this.#ids.get(replica)?.get(counter) ?? NONE
  }

  #id(node: number): Id {
    return [this.#n.counter[node] as number, this.#n.replica[node] as number]
  }

  #kill(node: number): void {
    const n = this.#n
    this.#splay(node)
    n.live[node] = 0
    n.put(node)
  }

  #put(after: number, { id, text }: Insert): void {
    const n = this.#n
    const [counter, replica] = id
    let before = after
    for (let next = this.#following(before); next !== NONE; next = this.#following(before)) {
      const theirs = n.counter[next] as number
      if (theirs < counter || (theirs === counter && (n.replica[next] as number) < replica)) break
      before = next
    }
    const ids = this.#ids.get(replica) ?? new Map<number, number>()
    this.#ids.set(replica, ids)
    for (let i = 0; i < text.length; i++) {
      const node = n.add(counter + i, replica, text.charCodeAt(i))
      ids.set(counter + i, node)
      if (before === NONE) this.#under(node, this.#root)
      else {
        this.#splay(before)
        this.#under(node, n.right[before] as number)
        n.right[before] = NONE
        n.put(before)
        n.left[node] = before
        n.up[before] = node
        n.put(node)
      }
      this.#root = node
      before = node
    }
    this.#largest = Math.max(this.#largest, counter + text.length - 1)
  }

  /** Has a new node stand before all of a tree. */
  #under(node: number, tree: number): void {
    this.#n.right[node] = tree
    if (tree !== NONE) this.#n.up[tree] = node
    this.#n.put(node)
  }

  /** The one behind it, deleted or not; of none, the first one. */
  #following(node: number): number {
    const { left, right } = this.#n
    if (node !== NONE) this.#splay(node)
    let next = node === NONE ? this.#root : (right[node] as number)
    while (left[next] !== NONE) next = left[next] as number
    if (next !== NONE) this.#splay(next)
    return next
  }

  #nth(index: number): number {
    const { left, right, size, live } = this.#n
    let node = this.#root
    let rest = index
    for (;;) {
      const before = size[left[node] as number] as number
      if (rest < before) node = left[node] as number
      else if (rest === before && live[node] === 1) break
      else {
        rest -= before + (live[node] as number)
        node = right[node] as number
      }
    }
    this.#splay(node)
    return node
  }

  #splay(node: number): void {
    const { left, up } = this.#n
    while (up[node] !== NONE) {
      const parent = up[node] as number
      const above = up[parent] as number
      if (above !== NONE) this.#raise((left[above] === parent) === (left[parent] === node) ? parent : node)
      this.#raise(node)
    }
    this.#root = node
  }

  #raise(node: number): void {
    const n = this.#n
    const parent = n.up[node] as number
    const above = n.up[parent] as number
    const isLeft = n.left[parent] === node
    const near = isLeft ? n.left : n.right
    const far = isLeft ? n.right : n.left
    const moved = far[node] as number
    near[parent] = moved
    if (moved !== NONE) n.up[moved] = parent
    far[node] = parent
    n.up[parent] = node
    n.up[node] = above
    if (n.left[above] === parent && above !== NONE) n.left[above] = node
    else if (above !== NONE) n.right[above] = node
    n.put(parent)
    n.put(node)
  }
}
