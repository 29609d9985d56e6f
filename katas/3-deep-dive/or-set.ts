/**
 * A set that several replicas change at once, without asking each other. Where one adds what another removes at the same
 * time, the add wins: a remove takes away only what it has seen.
 *
 * News travels in two ways, and both may be used side by side. An operation says what one call has done; it comes at least
 * once, in any order, also before what it is about. A state says all that a replica knows; it may come late, again, or never.
 */

/** Any text, also the empty one. */
export type Element = string

/**
 * Names one add: no two of them, of whatever replica, ever have the same. Yours are written as you like; those that come from
 * others may be any text.
 */
export type Tag = string

export interface AddOperation {
  readonly add: Element
  readonly tag: Tag
}

export interface RemoveOperation {
  readonly remove: Element
  /** the adds of this element that the remover knew of, and that nobody had removed */
  readonly tags: readonly Tag[]
}

export type Operation = AddOperation | RemoveOperation

export interface SetState {
  /** The element of each add that is known. One that has been removed may be here or not. */
  readonly added: readonly (readonly [tag: Tag, element: Element])[]
  /** the adds that have been removed, as far as it is known, each once; also of adds that have not been heard of yet */
  readonly removed: readonly Tag[]
}

export class ORSet {
  /**
   * An empty set; or, where a replica comes back, the set that it was: from a state that knows of all that it has added.
   *
   * @param replica who adds here: any text; nobody else adds under this name
   * @param state stays as it is
   */
  constructor(replica: string, state?: SetState) {
    throw new Error(`TODO: a set of ${replica} that knows ${state === undefined ? 'nothing' : 'this state'}`)
  }

  /**
   * Adds an element, also where it is in the set already: that is an add of its own, which outlives a remove that has not
   * seen it.
   *
   * @returns what the other replicas have to be told
   * Cost: O(1).
   */
  add(element: Element): AddOperation {
    throw new Error(`TODO: add ${element} under a new tag`)
  }

  /**
   * Removes an element: every add of it that is known here.
   *
   * @returns what the other replicas have to be told; no tags where there was nothing to remove
   * Cost: O(adds of this element that are in the set).
   */
  remove(element: Element): RemoveOperation {
    throw new Error(`TODO: remove the adds of ${element}`)
  }

  /** Cost: O(1). */
  has(element: Element): boolean {
    throw new Error(`TODO: say whether there is an add of ${element} that nobody has removed`)
  }

  /** Each element once, in any order. Cost: O(elements). */
  get elements(): Element[] {
    throw new Error('TODO: list them')
  }

  /**
   * Learns of one operation of another replica.
   * Cost: O(1) for each tag.
   */
  apply(operation: Operation): void {
    throw new Error(`TODO: learn of ${'add' in operation ? operation.add : operation.remove}`)
  }

  /** All that is known here. It is the caller's own: whatever becomes of it, the set stays as it is, and the other way round. */
  state(): SetState {
    throw new Error('TODO: hand out what is known')
  }

  /**
   * Learns all that another replica knew. The state stays as it is, and is the caller's own afterwards, too.
   * Cost: O(1) for each of its tags.
   */
  merge(state: SetState): void {
    throw new Error(`TODO: learn of ${state.added.length} adds and ${state.removed.length} removes`)
  }
}
