/**
 * A text that several people edit at once: a replicated growable array. Each has a replica; what one does to its own is an
 * operation that the others apply. There is no server, and no order in which operations must arrive.
 *
 * - Each character (a UTF-16 code unit) has an id for ever: a counter, from 1, and the replica that typed it. The characters
 *   of one insertion have counters that follow each other.
 * - Each hangs below the one that stood before it when it was typed, or at the beginning of the text: `after`. The second
 *   of an insertion hangs below the first, and so on. So the text is a tree.
 * - What hangs below the same character stands in the order of its ids, the largest first: by the counter, and where that is
 *   equal by the replica. To read the text, read each character and then all that hangs below it.
 * - The counter of a new insertion is larger than that of any character that its replica has.
 * - What is deleted keeps its place in the tree and is not read. It comes back for nobody.
 */

/** Who typed a character: a whole number, 0 to 65,535. No two replicas have the same. */
export type ReplicaId = number

export type Id = readonly [counter: number, replica: ReplicaId]

export interface Insert {
  readonly type: 'insert'
  /** of the first character */
  readonly id: Id
  /** null: at the beginning of the text */
  readonly after: Id | null
  readonly text: string
}

/** Deletes characters whose counters follow each other, all of one replica. */
export interface Delete {
  readonly type: 'delete'
  readonly id: Id
  readonly length: number
}

export type Operation = Insert | Delete

export class SharedText {
  /**
   * An empty text.
   *
   * @throws {RangeError} naming `replica` if that is none
   */
  constructor(replica: ReplicaId) {
    throw new Error(`TODO: nothing has been typed at replica ${replica} yet`)
  }

  /** How many characters are to be read. */
  get length(): number {
    throw new Error('TODO: those that are not deleted')
  }

  /** Cost: O(characters, the deleted ones included). */
  toString(): string {
    throw new Error('TODO: read the tree')
  }

  /**
   * Types a text so that it begins at an index.
   *
   * @param at 0 to `length`
   * @param text not empty
   * @returns what the others have to apply
   * @throws {RangeError} naming `at` or `text`; nothing has changed then
   * Cost: O(log n) a character.
   */
  insert(at: number, text: string): Insert {
    throw new Error(`TODO: hang ${text.length} characters below the one before ${at}`)
  }

  /**
   * Deletes `length` characters from an index on.
   *
   * @param length at least 1, and not beyond the end of the text
   * @returns what the others have to apply
   * @throws {RangeError} naming `at` or `length`; nothing has changed then
   * Cost: O(log n) a character.
   */
  delete(at: number, length: number): Delete[] {
    throw new Error(`TODO: mark ${length} characters from ${at} on`)
  }

  /**
   * Takes in an operation of another replica; or one of its own, when it starts again after a crash. It may come twice, and
   * before those that it needs: then it waits for them.
   *
   * Cost: O(log n) a character, where there is nothing to wait for; a deletion makes a few small objects, if any.
   */
  apply(operation: Operation): void {
    throw new Error(`TODO: find what ${operation.type} is about, or wait for it`)
  }
}
