// breaks: What goes in and what comes out belongs to the caller
// because: it keeps the very operation that an add has returned: whoever writes over that changes what it knows.

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
  readonly #living = new Map<Tag, AddOperation>()
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
    const operation = { add: element, tag }
    this.#learnAdd(operation)
    return operation
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
    if ('add' in operation) this.#learnAdd({ ...operation })
    else for (const tag of operation.tags) this.#learnRemove(tag)
  }

  state(): SetState {
    return { added: [...this.#living.values()].map(({ add, tag }) => [tag, add] as const), removed: [...this.#removed] }
  }

  merge({ added, removed }: SetState): void {
    for (const tag of removed) this.#learnRemove(tag)
    for (const [tag, add] of added) this.#learnAdd({ add, tag })
  }

  #learnAdd(operation: AddOperation): void {
    const { add: element, tag } = operation
    if (this.#removed.has(tag)) return
    this.#living.set(tag, operation)
    const tags = this.#tags.get(element)
    if (tags === undefined) this.#tags.set(element, new Set([tag]))
    else tags.add(tag)
  }

  #learnRemove(tag: Tag): void {
    this.#removed.add(tag)
    const element = this.#living.get(tag)?.add
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
