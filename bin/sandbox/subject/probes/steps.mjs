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

  /** @returns {[line: number, steps: number][]} dearest first */
  function linesSinceCleared() {
    const counts = meter.lines()
    /** @type {[number, number][]} */
    const lines = []
    for (let line = 1; line < counts.length; line++) {
      const steps = /** @type {number} */ (counts[line])
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

  /** @param {StepsBudget} budget @param {Kata} kata @param {number} n @param {() => number} random */
  async function measureAt({ given, when, calls: callsAt, answers: compared }, kata, n, random) {
    tools.refuel()
    meter.clear()
    const start = meter.total()
    const made = await settled(() => given(kata, { n, random }))
    if (!made.ok) return { failed: { n, ...reason(made) } }
    const state = made.value
    const setUp = meter.total() - start
    const setUpLines = linesSinceCleared()

    tools.refuel()
    meter.clear()
    const calls = callsAt?.(n) ?? 2 * n
    /** @type {string[]} */
    const answers = []
    let worst = 0
    let total = 0
    for (let i = 0; i < calls; i++) {
      const before = meter.total()
      const outcome = await settled(() => when(state, i))
      if (!outcome.ok) return { failed: { n, call: i, ...reason(outcome) } }
      // What an answer only works out when it is read (a getter, a proxy) is a part of the call.
      if (compared !== 'free') answers.push(answerText(outcome.value))
      meter.free()
      const steps = meter.total() - before
      if (steps > worst) worst = steps
      total += steps
    }
    const point = { n, setUp, calls, total, worst, lines: linesSinceCleared(), setUpLines }
    return { point: compared === 'free' ? point : { ...point, answers } }
  }

  return {
    keeps: STILL_MEMORY,
    engine: /** @type {Probe['engine']} */ (/** @type {unknown} */ (meter.engine)),
    /** @param {Budget} budget @param {Kata} kata @param {{ seed: number, sizes?: readonly number[] }} parameters */
    async measure(budget, kata, { seed, sizes = /** @type {StepsBudget} */ (budget).sizes ?? DEFAULT_SIZES }) {
      meter.free()
      meter.idle(true)
      await tools.turn()
      meter.idle(false)
      importSteps ??= meter.total()
      const series = []
      for (const [i, n] of movedSizes(sizes, seed).entries()) {
        const { failed, point } = await measureAt(
          /** @type {StepsBudget} */ (budget),
          kata,
          n,
          seededRandom(seed, i + 1),
        )
        if (failed !== undefined) return { importSteps, series, failed }
        series.push(point)
      }
      return { importSteps, series }
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
