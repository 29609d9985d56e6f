// Makes calls of a budget, and says nothing of what they cost: that is read from outside of the process, where no
// submission can reach. The code is as its author wrote it, uncounted and optimised.

import { seededRandom } from './random.mjs'
import { makeWaitingReturn, STILL_MEMORY } from './still-memory.mjs'

/** Calls between two turns of the event loop, where calls return promises. */
const ASYNC_STRIDE = 64

/** @param {Tools} tools @returns {Probe} */
export function openProbe(tools) {
  makeWaitingReturn()
  return {
    keeps: STILL_MEMORY,
    engine: {},
    /**
     * @param {Budget} budget @param {Readonly<Record<string, unknown>>} kata
     * @param {{ seed: number, n: number, calls: number, times: number }} parameters `times`: all of it, set-up included
     */
    async measure(budget, kata, { seed, n, calls, times }) {
      const { given, when } = /** @type {Work} */ (budget)
      for (let time = 0; time < times; time++) {
        tools.refuel()
        const made = given(kata, { n, random: seededRandom(seed, 1) })
        const state = made instanceof Promise ? await made : made
        let isAsync = false
        for (let i = 0; i < calls; i++) {
          // Waiting costs far more than most calls do.
          if (!(when(state, i) instanceof Promise)) continue
          isAsync = true
          if (i % ASYNC_STRIDE === 0) await tools.turn()
        }
        if (isAsync) await tools.turn()
      }
      return { made: calls * times }
    },
  }
}

/**
 * @typedef {import('../probe.ts').Probe} Probe
 * @typedef {import('../probe.ts').Tools} Tools
 * @typedef {import('../../../../graders/kit/budget.ts').Budget} Budget
 * @typedef {import('../../../../graders/kit/budget.ts').StepsBudget<any, any>} Work
 */
