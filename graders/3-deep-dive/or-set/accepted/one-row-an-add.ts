// One row for each add, living, dead, or so far only heard of as removed; beside them a number of living adds for each
// element. Dead adds stay in the state, with their element. Tags are written as JSON, and the last number of each replica
// is kept up as adds go by, so that it need not be looked for after a restart.

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

interface Row {
  element?: Element
  isDead: boolean
}

export class ORSet {
  readonly #replica: string
  readonly #rows = new Map<Tag, Row>()
  readonly #tagsOf = new Map<Element, Set<Tag>>()
  #last = 0

  constructor(replica: string, state: SetState = { added: [], removed: [] }) {
    this.#replica = replica
    this.merge(state)
  }

  add(element: Element): AddOperation {
    const tag = JSON.stringify([this.#last + 1, this.#replica])
    const operation = { add: element, tag }
    this.apply(operation)
    return operation
  }

  remove(element: Element): RemoveOperation {
    const operation = { remove: element, tags: Object.freeze([...(this.#tagsOf.get(element) ?? [])]) }
    this.apply(operation)
    return operation
  }

  has(element: Element): boolean {
    return this.#tagsOf.has(element)
  }

  get elements(): Element[] {
    return Array.from(this.#tagsOf.keys())
  }

  apply(operation: Operation): void {
    if ('tags' in operation) for (const tag of operation.tags) this.#bury(tag)
    else this.#hear(operation.tag, operation.add)
  }

  state(): SetState {
    const added: [Tag, Element][] = []
    const removed: Tag[] = []
    for (const [tag, { element, isDead }] of this.#rows) {
      if (element !== undefined) added.push([tag, element])
      if (isDead) removed.push(tag)
    }
    return { added, removed }
  }

  merge({ added, removed }: SetState): void {
    for (const [tag, element] of added) this.#hear(tag, element)
    for (const tag of removed) this.#bury(tag)
  }

  #rowOf(tag: Tag): Row {
    let row = this.#rows.get(tag)
    if (row === undefined) {
      row = { isDead: false }
      this.#rows.set(tag, row)
      const mine = tag.endsWith(`,${JSON.stringify(this.#replica)}]`)
      if (mine) this.#last = Math.max(this.#last, Number.parseInt(tag.slice(1), 10))
    }
    return row
  }

  #hear(tag: Tag, element: Element): void {
    const row = this.#rowOf(tag)
    if (row.element !== undefined) return
    row.element = element
    if (row.isDead) return
    const tags = this.#tagsOf.get(element)
    if (tags === undefined) this.#tagsOf.set(element, new Set([tag]))
    else tags.add(tag)
  }

  #bury(tag: Tag): void {
    const row = this.#rowOf(tag)
    if (row.isDead) return
    row.isDead = true
    if (row.element === undefined) return
    const left = this.#tagsOf.get(row.element)
    left?.delete(tag)
    if (left?.size === 0) this.#tagsOf.delete(row.element)
  }
}
