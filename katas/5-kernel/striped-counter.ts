/**
 * A counter that many threads add to at once without getting in each other's way. It lives in shared memory that the caller
 * hands in, cut into stripes; each thread makes a counter of its own over the same memory and adds to one stripe. Whoever
 * wants the total adds the stripes up.
 *
 * It only ever goes up. Totals are exact up to `Number.MAX_SAFE_INTEGER`; what comes after that is not part of the contract.
 */

export interface StripedCounterOptions {
  /** at least `StripedCounter.bytesFor(stripes)` bytes. All zero, it is a counter that stands at 0: nobody sets it up. */
  readonly memory: SharedArrayBuffer
  /** how many stripes there are, the same for all threads: a whole number, 1 to 4,096 */
  readonly stripes: number
  /**
   * the stripe that this counter adds to: a whole number, 0 to `stripes - 1`. Where there are more threads than stripes,
   * several threads add to the same one; that costs them time and must not cost them counts.
   */
  readonly stripe: number
}

export class StripedCounter {
  /**
   * Bytes of shared memory that a counter needs.
   *
   * @param stripes a whole number, 1 to 4,096
   * @throws {RangeError} naming `stripes` if it is none
   */
  static bytesFor(stripes: number): number {
    throw new Error(`TODO: say how much room ${stripes} stripes need, so that no two are neighbours in a cache`)
  }

  /**
   * Joins the counter that is in the memory, whatever it stands at. Changes nothing.
   *
   * @throws {RangeError} naming `stripes`, `stripe` or `memory` (too few bytes) if that is not as said above
   */
  constructor(options: StripedCounterOptions) {
    throw new Error(`TODO: find the words of your stripe by ${Object.keys(options).join(', ')}`)
  }

  /**
   * Counts `delta` more, on this counter's stripe. Never waits for threads of other stripes, and writes no word that they
   * write.
   *
   * @param delta a whole number, 0 to 2,147,483,647
   * @throws {RangeError} naming `delta` if it is none; nothing is counted then
   * Cost: O(1), however many stripes there are; no allocation.
   */
  add(delta = 1): void {
    throw new Error(`TODO: count ${delta} more, so that no thread of the same stripe overwrites it`)
  }

  /**
   * The total over all stripes. Writes nothing.
   *
   * While nobody adds it is exact. While others add it is at least all that had been added when the call began, and at
   * most all that has been added, or is just being added, when it returns.
   *
   * Cost: O(stripes), no allocation.
   */
  sum(): number {
    throw new Error('TODO: add up the stripes, each at a moment at which all its words belonged together')
  }
}
