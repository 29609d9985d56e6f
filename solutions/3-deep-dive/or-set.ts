/**
 * Invariant: what is known only grows: which tags were added, with which element, and which were removed. An element is in
 * the set while one of its tags was added and not removed. Both are unions, so order, grouping and repetition of news make
 * no difference; and since a tag, once removed, is never taken back, old news cannot revive it. An add that nobody knew when
 * it was removed has a tag that nobody removed: it wins.
 *
 * `#living` and `#tags` hold the same: the adds that nobody has removed, by tag and by element. `#removed` has all tombstones,
 * also of adds that have not come yet. A dead add is forgotten at once: its tombstone says all that anybody needs.
 *
 * A tag is its replica's name and a number that has never been used there, so it is new everywhere. A replica that comes back
 * goes on after the highest of its own that it finds, the dead ones included.
 *
 * Cost: O(1) a tag. Tombstones stay for ever; a causal context in their place would not, and is the next kata. Rejected:
 * removing by value (it takes away what it has not seen), and a time as the tag (two clocks may show the same).
 */

export type Element = string
export type Tag = string

export interface AddOperation {
  readonly add: Element
  readonly tag: Tag
}

export interface RemoveOperation {
  readonly remove: Element
  readonly tags: readonly Tag[]
}

export type Operation = AddOperation | RemoveOperation

export interface SetState {
  readonly added: readonly (readonly [tag: Tag, element: Element])[]
  readonly removed: readonly Tag[]
}

export class ORSet {
  readonly #replica: string
  #adds = 0
  readonly #living = new Map<Tag, Element>()
  /** the living tags of each element that is in the set */
  readonly #tags = new Map<Element, Set<Tag>>()
  readonly #removed = new Set<Tag>()

  constructor(replica: string, state?: SetState) {
    this.#replica = replica
    if (state === undefined) return
    this.merge(state)
    for (const [tag] of state.added) this.#noteOwn(tag)
    for (const tag of state.removed) this.#noteOwn(tag)
  }

  add(element: Element): AddOperation {
    const tag = `${++this.#adds}@${this.#replica}`
    this.#learnAdd(tag, element)
    return { add: element, tag }
  }

  remove(element: Element): RemoveOperation {
    const tags = [...(this.#tags.get(element) ?? [])]
    for (const tag of tags) this.#learnRemove(tag)
    return { remove: element, tags }
  }

  has(element: Element): boolean {
    return this.#tags.has(element)
  }

  get elements(): Element[] {
    return [...this.#tags.keys()]
  }

  apply(operation: Operation): void {
    if ('add' in operation) this.#learnAdd(operation.tag, operation.add)
    else for (const tag of operation.tags) this.#learnRemove(tag)
  }

  state(): SetState {
    return { added: [...this.#living], removed: [...this.#removed] }
  }

  merge({ added, removed }: SetState): void {
    for (const tag of removed) this.#learnRemove(tag)
    for (const [tag, element] of added) this.#learnAdd(tag, element)
  }

  #learnAdd(tag: Tag, element: Element): void {
    if (this.#removed.has(tag)) return
    this.#living.set(tag, element)
    const tags = this.#tags.get(element)
    if (tags === undefined) this.#tags.set(element, new Set([tag]))
    else tags.add(tag)
  }

  #learnRemove(tag: Tag): void {
    this.#removed.add(tag)
    const element = this.#living.get(tag)
    if (element === undefined) return
    this.#living.delete(tag)
    const tags = this.#tags.get(element)
    tags?.delete(tag)
    if (tags?.size === 0) this.#tags.delete(element)
  }

  /** Tags of its own are never used again. A name may hold anything, so the first `@` is the one that counts. */
  #noteOwn(tag: Tag): void {
    const at = tag.indexOf('@')
    if (tag.slice(at + 1) === this.#replica) this.#adds = Math.max(this.#adds, Number(tag.slice(0, at)))
  }
}
