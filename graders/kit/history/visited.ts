// The configurations that a search has been in. What was never answered is kept apart from what was: of two
// configurations that explain the same answers in the same state, the one that took fewer of those for granted can do
// whatever the other can, so that the other need not be looked at.

import { pairMap } from './pair-map.ts'

export interface Visited {
  /**
   * Whether none was here that could do as much; it is noted.
   * @param high @param low hash of the answered operations and the state
   * @param taken bits of the operations that were never answered and are taken to have happened
   */
  isNew(high: number, low: number, taken: Int32Array): boolean
}

const START = 1 << 8

/**
 * @param words how many of them hold the bits of `taken`
 * @param expected how many configurations there will be, about
 */
export function visited(words: number, expected: number): Visited {
  const heads = pairMap(expected)
  // Lists of bit sets, one after the other; place 0 ends each.
  let nexts = new Int32Array(START)
  let sets = new Int32Array(START * words)
  let count = 1
  const none: Visited = {
    isNew(high, low) {
      if (heads.get(high, low) >= 0) return false
      heads.set(high, low, 0)
      return true
    },
  }
  if (words === 0) return none

  const isWithin = (place: number, taken: Int32Array): boolean => {
    for (let i = 0; i < words; i++)
      if (((sets[place * words + i] as number) & ~(taken[i] as number)) !== 0) return false
    return true
  }
  return {
    isNew(high, low, taken) {
      const head = Math.max(0, heads.get(high, low))
      for (let place = head; place !== 0; place = nexts[place] as number) if (isWithin(place, taken)) return false
      if (count === nexts.length) {
        nexts = grown(nexts)
        sets = grown(sets)
      }
      sets.set(taken, count * words)
      nexts[count] = head
      heads.set(high, low, count++)
      return true
    },
  }
}

function grown(words: Int32Array): Int32Array<ArrayBuffer> {
  const more = new Int32Array(2 * words.length)
  more.set(words)
  return more
}
