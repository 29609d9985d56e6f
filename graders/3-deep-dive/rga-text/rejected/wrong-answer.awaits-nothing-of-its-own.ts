// breaks: An operation waits for what it needs
// because: a deletion of what it has typed itself never waits: when it starts again, that may come before what it deletes.

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

const MAX_REPLICA = 65_535
/** No node: also the beginning of the text. */
const NONE = 0

/** Characters of one replica whose counters and whose nodes follow each other. */
interface Run {
  readonly counter: number
  readonly node: number
  length: number
}

export class SharedText {
  readonly #replica: ReplicaId
  /** the largest counter of any character here */
  #counter = 0
  #root = NONE
  #nodes = 0
  // Of each node, by its number; 0 is none.
  #left = new Int32Array(16)
  #right = new Int32Array(16)
  #up = new Int32Array(16)
  /** readable characters in the subtree */
  #count = new Int32Array(16)
  #counters = new Int32Array(16)
  #replicas = new Uint16Array(16)
  #codes = new Uint16Array(16)
  #deleted = new Uint8Array(16)
  /** by replica, smallest counter first */
  readonly #runs = new Map<ReplicaId, Run[]>()
  /** operations by the character that they wait for */
  readonly #waiting = new Map<string, Operation[]>()

  constructor(replica: ReplicaId) {
    if (!Number.isInteger(replica) || replica < 0 || replica > MAX_REPLICA)
      throw new RangeError(`replica must be a whole number from 0 to ${MAX_REPLICA}, not ${replica}`)
    this.#replica = replica
  }

  get length(): number {
    return this.#count[this.#root] as number
  }

  toString(): string {
    const codes: number[] = []
    const parts: string[] = []
    for (let node = this.#first(this.#root); node !== NONE; node = this.#next(node)) {
      if (this.#deleted[node] === 0) codes.push(this.#codes[node] as number)
      if (codes.length === 4_096) parts.push(String.fromCharCode(...codes.splice(0)))
    }
    return parts.join('') + String.fromCharCode(...codes)
  }

  insert(at: number, text: string): Insert {
    checkRange('at', at, 0, this.length)
    if (typeof text !== 'string' || text === '') throw new RangeError('text must not be empty')
    const before = at === 0 ? NONE : this.#at(at - 1)
    const after = before === NONE ? null : this.#idOf(before)
    const insert: Insert = { type: 'insert', id: [this.#counter + 1, this.#replica], after, text }
    this.#place(before, insert)
    return insert
  }

  delete(at: number, length: number): Delete[] {
    checkRange('at', at, 0, this.length)
    checkRange('length', length, 1, this.length - at)
    const deletes: { type: 'delete'; id: Id; length: number }[] = []
    for (let i = 0; i < length; i++) {
      const node = this.#at(at)
      const last = deletes.at(-1)
      const [counter, replica] = this.#idOf(node)
      if (last !== undefined && last.id[1] === replica && last.id[0] + last.length === counter) last.length++
      else deletes.push({ type: 'delete', id: [counter, replica], length: 1 })
      this.#bury(node)
    }
    return deletes
  }

  apply(operation: Operation): void {
    if (operation.type === 'delete') this.#applyDelete(operation)
    else if (this.#applyInsert(operation) && this.#waiting.size > 0) this.#wake(operation)
  }

  /** @returns whether it is here now, and was not before */
  #applyInsert(insert: Insert): boolean {
    const { id, after } = insert
    if (this.#find(id[0], id[1]) !== NONE) return false
    const before = after === null ? NONE : this.#find(after[0], after[1])
    if (after === null || before !== NONE) {
      this.#place(before, insert)
      return true
    }
    this.#wait(after[0], after[1], insert)
    return false
  }

  /** What waits for characters that have come; and what waits for those. A list, since a stack is not as deep as a text. */
  #wake(insert: Insert): void {
    const placed = [insert]
    for (const { id, text } of placed)
      for (let i = 0; i < text.length; i++) {
        const key = keyOf(id[0] + i, id[1])
        const waiting = this.#waiting.get(key) ?? []
        this.#waiting.delete(key)
        for (const operation of waiting)
          if (operation.type === 'delete') this.#applyDelete(operation)
          else if (this.#applyInsert(operation)) placed.push(operation)
      }
  }

  #applyDelete({ id, length }: Delete): void {
    for (let i = 0; i < length; i++) {
      const node = this.#find(id[0] + i, id[1])
      if (node !== NONE) this.#bury(node)
      else if (id[1] !== this.#replica)
        this.#wait(id[0] + i, id[1], { type: 'delete', id: [id[0] + i, id[1]], length: 1 })
    }
  }

  #wait(counter: number, replica: ReplicaId, operation: Operation): void {
    const key = keyOf(counter, replica)
    const waiting = this.#waiting.get(key)
    if (waiting === undefined) this.#waiting.set(key, [operation])
    else waiting.push(operation)
  }

  // ---- characters ----------------------------------------------------------------------------------------------------

  #place(after: number, { id, text }: Insert): void {
    const [counter, replica] = id
    let before = after
    for (;;) {
      const next = before === NONE ? this.#first(this.#root) : this.#next(before)
      if (next === NONE || !this.#isLarger(next, counter, replica)) break
      before = next
    }
    this.#makeRoom(text.length)
    this.#remember(counter, replica, text.length)
    for (let i = 0; i < text.length; i++) {
      const node = ++this.#nodes
      this.#counters[node] = counter + i
      this.#replicas[node] = replica
      this.#codes[node] = text.charCodeAt(i)
      this.#attach(node, before)
      before = node
    }
    this.#counter = Math.max(this.#counter, counter + text.length - 1)
  }

  #isLarger(node: number, counter: number, replica: ReplicaId): boolean {
    const theirs = this.#counters[node] as number
    return theirs > counter || (theirs === counter && (this.#replicas[node] as number) > replica)
  }

  #bury(node: number): void {
    if (this.#deleted[node] === 1) return
    this.#deleted[node] = 1
    for (let above = node; above !== NONE; above = this.#up[above] as number) (this.#count[above] as number)--
  }

  #idOf(node: number): Id {
    return [this.#counters[node] as number, this.#replicas[node] as number]
  }

  #remember(counter: number, replica: ReplicaId, length: number): void {
    const node = this.#nodes + 1
    const runs = this.#runs.get(replica)
    if (runs === undefined) {
      this.#runs.set(replica, [{ counter, node, length }])
      return
    }
    const at = runBefore(runs, counter)
    const last = runs[at]
    if (last !== undefined && last.counter + last.length === counter && last.node + last.length === node)
      last.length += length
    else runs.splice(at + 1, 0, { counter, node, length })
  }

  /** @returns the node of an id; none if it is not here */
  #find(counter: number, replica: ReplicaId): number {
    const runs = this.#runs.get(replica)
    const run = runs?.[runBefore(runs, counter)]
    return run === undefined || counter >= run.counter + run.length ? NONE : run.node + counter - run.counter
  }

  // ---- the tree ------------------------------------------------------------------------------------------------------

  /** The node of the readable character at an index. */
  #at(index: number): number {
    let node = this.#root
    for (let rest = index; ; ) {
      const left = this.#left[node] as number
      const before = this.#count[left] as number
      if (rest < before) node = left
      else {
        rest -= before
        if (this.#deleted[node] === 0 && rest-- === 0) return node
        node = this.#right[node] as number
      }
    }
  }

  #first(root: number): number {
    let node = root
    while (this.#left[node] !== NONE) node = this.#left[node] as number
    return node
  }

  #next(node: number): number {
    const right = this.#right[node] as number
    if (right !== NONE) return this.#first(right)
    let from = node
    let up = this.#up[node] as number
    while (up !== NONE && this.#right[up] === from) {
      from = up
      up = this.#up[up] as number
    }
    return up
  }

  /** Puts a new node right behind another one, or first of all; then up, until chance has it below its better. */
  #attach(node: number, behind: number): void {
    const right = behind === NONE ? this.#root : (this.#right[behind] as number)
    if (right !== NONE || behind === NONE) {
      const below = this.#first(right)
      if (below === NONE) this.#root = node
      else this.#left[below] = node
      this.#up[node] = below
    } else {
      this.#right[behind] = node
      this.#up[node] = behind
    }
    for (let above = node; above !== NONE; above = this.#up[above] as number) (this.#count[above] as number)++
    const rank = rankOf(node)
    for (let up = this.#up[node] as number; up !== NONE && rankOf(up) < rank; up = this.#up[node] as number)
      this.#rotateUp(node, up)
  }

  #rotateUp(node: number, up: number): void {
    const above = this.#up[up] as number
    const count = this.#count[up] as number
    let moved: number
    if (this.#left[up] === node) {
      moved = this.#right[node] as number
      this.#left[up] = moved
      this.#right[node] = up
    } else {
      moved = this.#left[node] as number
      this.#right[up] = moved
      this.#left[node] = up
    }
    // What `up` keeps is all that was below it, without what is above it now.
    this.#count[up] = count - (this.#count[node] as number) + (this.#count[moved] as number)
    this.#count[node] = count
    if (moved !== NONE) this.#up[moved] = up
    this.#up[up] = node
    this.#up[node] = above
    if (above === NONE) this.#root = node
    else if (this.#left[above] === up) this.#left[above] = node
    else this.#right[above] = node
  }

  #makeRoom(more: number): void {
    const needed = this.#nodes + more + 1
    if (needed <= this.#left.length) return
    const length = Math.max(needed, Math.ceil(this.#left.length * 1.5))
    this.#left = grown(this.#left, new Int32Array(length))
    this.#right = grown(this.#right, new Int32Array(length))
    this.#up = grown(this.#up, new Int32Array(length))
    this.#count = grown(this.#count, new Int32Array(length))
    this.#counters = grown(this.#counters, new Int32Array(length))
    this.#replicas = grown(this.#replicas, new Uint16Array(length))
    this.#codes = grown(this.#codes, new Uint16Array(length))
    this.#deleted = grown(this.#deleted, new Uint8Array(length))
  }
}

/** Of a node, as good as chance, and the same in each run. */
function rankOf(node: number): number {
  const mixed = Math.imul(node ^ (node >>> 15), 0x2c1b3c6d)
  return Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39) >>> 1
}

/** The place of the last run that begins at this counter or before it; -1: none does. */
function runBefore(runs: readonly Run[], counter: number): number {
  let from = 0
  let to = runs.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((runs[middle] as Run).counter <= counter) from = middle + 1
    else to = middle
  }
  return from - 1
}

function grown<A extends { set(from: A): void }>(from: A, to: A): A {
  to.set(from)
  return to
}

const keyOf = (counter: number, replica: ReplicaId): string => `${counter} ${replica}`

function checkRange(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RangeError(`${name} must be a whole number from ${least} to ${most}, not ${value}`)
}
