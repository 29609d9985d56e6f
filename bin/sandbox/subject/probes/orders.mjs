// In which order threads make their operations, where operations never wait. Each order finds what others hide: strict
// turns let no one read what was changed behind its back, bursts fill and drain, and a lag keeps both sides busy at once.

/** @typedef {'alternate' | 'burst' | 'random' | 'lag'} Schedule */

/** @type {readonly Schedule[]} */
export const SCHEDULES = ['alternate', 'burst', 'random', 'lag']

const LONGEST_BURST = 16
const LAG = 12

/**
 * @param {Schedule} schedule @param {number} threads @param {number} turns of each @param {() => number} random
 * @returns {number[]} the thread of each operation
 */
export function orderOf(schedule, threads, turns, random) {
  const left = Array.from({ length: threads }, () => turns)
  /** @type {number[]} */
  const order = []
  const take = (/** @type {number} */ thread, /** @type {number} */ most) => {
    const count = Math.min(most, /** @type {number} */ (left[thread]))
    for (let i = 0; i < count; i++) order.push(thread)
    left[thread] = /** @type {number} */ (left[thread]) - count
  }
  const below = (/** @type {number} */ n) => Math.floor(random() * n)
  if (schedule === 'lag') for (let t = 0; t < threads; t++) take(t, LAG * (threads - 1 - t))
  for (let t = 0; order.length < threads * turns; t = (t + 1) % threads)
    if (schedule === 'random') take(below(threads), 1)
    else take(t, schedule === 'burst' ? 1 + below(LONGEST_BURST) : 1)
  return order
}
