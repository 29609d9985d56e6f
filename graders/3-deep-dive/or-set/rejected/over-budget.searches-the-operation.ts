// breaks: A remove of many adds looks once at each of them
// spends: O(n²) steps a call
// because: each add of the element is looked for in the list of tags that an operation brings.

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
    else {
      const known = [...(this.#tags.get(operation.remove) ?? [])].filter((tag) => operation.tags.includes(tag))
      for (const tag of new Set([...known, ...operation.tags])) this.#learnRemove(tag)
    }
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
