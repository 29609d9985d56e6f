// Every k-gram of a submission as a number, so that thousands of submissions can be compared by counting. Winnowing, which
// keeps only some of them, is for texts much longer than a kata: here all are kept, and a count is exact.

import { KGRAM, type Tokens } from './tokens.ts'

/** Numbers k-grams: the same one for the same tokens. One of these for all that is compared. */
export interface Numbering {
  /** by position: the number of the k-gram that begins there */
  number(tokens: Tokens): Uint32Array
}

const BASES = [0x01000193, 0x5bd1e995] as const
const LOW_BITS = 21

export function numbering(): Numbering {
  const words = new Map<string, number>()
  const grams = new Map<number, number>()
  const numberOf = <T>(map: Map<T, number>, key: T): number => {
    const known = map.get(key)
    if (known !== undefined) return known
    map.set(key, map.size)
    return map.size - 1
  }
  return {
    number({ tokens }) {
      const ids = tokens.map((token) => numberOf(words, token) + 1)
      return Uint32Array.from({ length: Math.max(0, ids.length - KGRAM + 1) }, (_, at) => {
        let [a, b] = [0, 0]
        for (let i = at; i < at + KGRAM; i++) {
          a = (Math.imul(a, BASES[0]) + (ids[i] as number)) | 0
          b = (Math.imul(b, BASES[1]) + (ids[i] as number)) | 0
        }
        // 53 bits of both: among a million k-grams two share a number once in some ten thousand classes.
        return numberOf(grams, (a >>> 0) * 2 ** LOW_BITS + (b >>> (32 - LOW_BITS)))
      })
    },
  }
}
