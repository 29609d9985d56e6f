/**
 * Reads old events as if they were new. What is stored stays as it was written for ever; on its way out, an event passes
 * through a chain of steps, each of which knows only the next version: 1 → 2 → 3 → … → the current one.
 */

export type Json = null | boolean | number | string | Json[] | Data
export interface Data {
  [key: string]: Json
}

/** As the store has it. There may be more fields than these (an id, a position, who did it): they are nobody's business. */
export interface StoredEvent {
  readonly type: string
  /** of the form of `data`: a whole number, from 1 on */
  readonly version: number
  readonly data: Data
}

export interface Step {
  readonly type: string
  /** makes data of version `from + 1` of data of version `from` */
  readonly from: number
  /**
   * Written by many people over many years. Some change what they are given, deep inside as well, and return that; so what
   * they are given must not be what is stored.
   */
  readonly up: (data: Data) => Data
}

export interface UpcastersOptions {
  /** the types that there are, and the version that the program understands: whole numbers of at least 1 */
  readonly current: Readonly<Record<string, number>>
  /** in any order; exactly one from each version of a type below its current one */
  readonly steps: readonly Step[]
}

export class Upcasters {
  /**
   * @throws {RangeError} naming the type and the version, if a step is missing, if there are two from one version, if a step
   * starts at the current version or beyond it or at none (0, 1.5), or is of a type that there is not; naming the type if
   * its current version is none
   */
  constructor(options: UpcastersOptions) {
    throw new Error(`TODO: a chain for each of ${Object.keys(options.current).join(', ')}, without gaps`)
  }

  /**
   * The event in its current version: data as the steps make it, all other fields as they are. A current event comes out as
   * it is, the very same object. The event that is given is not changed, and shares no data with one that was upcast.
   *
   * @throws {RangeError} naming the type, if there is none like it; naming type and version, if that is above the current
   * one or none at all
   * @throws {TypeError} naming the type and the version that a step starts from, if that step brings no object (a list is
   * none); what a step throws comes through as it is
   * Cost: the steps that are needed and one copy of the data, however many types and steps there are; current: O(1), and
   * no allocation.
   */
  upcast<E extends StoredEvent>(event: E): E {
    throw new Error(`TODO: bring ${event.type} from version ${event.version} to the current one`)
  }
}
