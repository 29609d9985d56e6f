// Counts the steps of a submission over several sizes. Nothing here reads a clock: the same submission and the same seed
// come to the same counts on every machine.

import { openMeter } from '../meter.mjs'
import { meterBuiltIns } from '../prices.mjs'
import { answerText } from './answer-text.mjs'
import { seededRandom } from './random.mjs'
import { movedSizes } from './sizes.mjs'
import { makeWaitingReturn, STILL_MEMORY } from './still-memory.mjs'

const DEFAULT_SIZES = [64, 256, 1024]
const MAX_LINES = 200

/** @param {Tools} tools @returns {Probe} */
export function openProbe(tools) {
  const meter = openMeter(tools.burn)
  makeWaitingReturn()
  meterBuiltIns(meter)
  /** @type {number | undefined} */
  let importSteps

  /** as they were before the call that is under way, up to the highest line that had any */
  const before = new Float64Array(meter.lines().length)
  let highestBefore = 0

  function remember() {
    const counts = meter.lines()
    highestBefore = meter.highestLine()
    for (let line = 1; line <= highestBefore; line++) before[line] = /** @type {number} */ (counts[line])
  }

  /**
   * @param {boolean} inThisCall since they were remembered, or else since they were cleared
   * @returns {[line: number, steps: number][]} dearest first
   */
  function linesSince(inThisCall) {
    const counts = meter.lines()
    /** @type {[number, number][]} */
    const lines = []
    for (let line = 1; line <= meter.highestLine(); line++) {
      const earlier = inThisCall && line <= highestBefore ? /** @type {number} */ (before[line]) : 0
      const steps = /** @type {number} */ (counts[line]) - earlier
      if (steps > 0) lines.push([line, steps])
    }
    return lines.sort(([a, some], [b, others]) => others - some || a - b).slice(0, MAX_LINES)
  }

  /**
   * Runs code of the budget and all that it leaves to be run later.
   * @param {() => unknown} run @returns {Promise<Result>}
   */
  async function settled(run) {
    try {
      let value
      try {
        value = run()
      } catch (error) {
        value = Promise.reject(error)
      }
      meter.resume()
      const outcome = await tools.outcomeOf(value)
      meter.resume()
      await tools.turn()
      return outcome
    } finally {
      meter.free()
    }
  }

  /** @param {StepsBudget} budget @param {Kata} kata @param {number} n @param {number} calls @param {() => number} random */
  async function measureAt({ given, when, answers: compared }, kata, n, calls, random) {
    tools.refuel()
    meter.clear()
    const start = meter.total()
    const made = await settled(() => given(kata, { n, random }))
    if (!made.ok) return { failed: { n, ...reason(made) } }
    const state = made.value
    const setUp = meter.total() - start
    const setUpLines = linesSince(false)

    tools.refuel()
    meter.clear()
    /** @type {string[]} */
    const answers = []
    let worst = 0
    /** @type {[line: number, steps: number][]} */
    let worstLines = []
    let total = 0
    for (let i = 0; i < calls; i++) {
      remember()
      const earlier = meter.total()
      const outcome = await settled(() => when(state, i))
      if (!outcome.ok) return { failed: { n, call: i, ...reason(outcome) } }
      // What an answer only works out when it is read (a getter, a proxy) is a part of the call.
      if (compared !== 'free') answers.push(answerText(outcome.value))
      meter.free()
      const steps = meter.total() - earlier
      if (steps > worst) {
        worst = steps
        worstLines = linesSince(true)
      }
      total += steps
    }
    const point = { n, setUp, calls, total, worst, worstLines, lines: linesSince(false), setUpLines }
    return { point: compared === 'free' ? point : { ...point, answers } }
  }

  return {
    keeps: STILL_MEMORY,
    engine: /** @type {Probe['engine']} */ (/** @type {unknown} */ (meter.engine)),
    /**
     * @param {Budget} budget @param {Kata} kata
     * @param {{ seed: number, sizes?: readonly number[] }} parameters `sizes`: others than the budget's, and nothing beside
     */
    async measure(budget, kata, { seed, sizes: others }) {
      meter.free()
      meter.idle(true)
      await tools.turn()
      meter.idle(false)
      importSteps ??= meter.total()
      const steps = /** @type {StepsBudget} */ (budget)
      const callsAt = steps.calls ?? ((/** @type {number} */ n) => 2 * n)
      const sizes = movedSizes(others ?? steps.sizes ?? DEFAULT_SIZES, seed)
      const series = []
      for (const [i, n] of sizes.entries()) {
        const { failed, point } = await measureAt(steps, kata, n, callsAt(n), seededRandom(seed, i + 1))
        if (failed !== undefined) return { importSteps, series, failed }
        series.push(point)
      }
      // As many calls at the smallest size as at the largest: work that is put off comes then, if it comes at all.
      const [n, largest] = [sizes[0] ?? 1, sizes.at(-1) ?? 1]
      if (others !== undefined || callsAt(largest) <= callsAt(n)) return { importSteps, series }
      const random = seededRandom(seed, sizes.length + 1)
      const { failed, point } = await measureAt(steps, kata, n, callsAt(largest), random)
      if (failed !== undefined) return { importSteps, series, failed }
      const { answers: _, ...longer } = /** @type {{ answers?: unknown }} */ (point)
      return { importSteps, series, longer }
    },
  }
}

/** @param {Exclude<Result, { ok: true }>} outcome */
const reason = (outcome) => ('threw' in outcome ? { threw: outcome.threw } : { stuck: true })

/**
 * @typedef {import('../probe.ts').Probe} Probe
 * @typedef {import('../probe.ts').Tools} Tools
 * @typedef {import('../../protocol.ts').Result} Result
 * @typedef {Readonly<Record<string, unknown>>} Kata
 * @typedef {import('../../../../graders/kit/budget.ts').Budget} Budget
 * @typedef {import('../../../../graders/kit/budget.ts').StepsBudget<any, any>} StepsBudget
 */
