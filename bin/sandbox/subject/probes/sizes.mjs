// The sizes at which a cost is counted. All are moved together, by up to an eighth: a size cannot be recognised by its
// roundness, and what is counted in whole levels (of a tree, of a search) still has as many more from one size to the next.

import { seededRandom } from './random.mjs'

const SHIFT = 8
/** Sizes themselves are what is measured at (streams 1, 2, …). */
const STREAM = 0

/** @param {readonly number[]} sizes @param {number} seed @returns {number[]} never one of `sizes` */
export function movedSizes(sizes, seed) {
  const first = sizes[0] ?? 1
  const base = first + 1 + Math.floor((seededRandom(seed, STREAM)() * first) / SHIFT)
  return sizes.map((size) => Math.floor((base * size) / first))
}
