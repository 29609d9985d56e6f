// Where the bytes of a call come from, by line, by way of V8's sampling heap profiler at its finest. It explains what the
// bytes profile has measured, and decides nothing.

import { seededRandom } from './random.mjs'
import { sealableArrays } from './sealed-arrays.mjs'
import { movedSizes } from './sizes.mjs'
import { makeWaitingReturn, STILL_MEMORY } from './still-memory.mjs'

const { Session } = process.getBuiltinModule('node:inspector')

/** Enough to be optimised, as what was measured was. */
const WARM_UP_CALLS = 16_384
const CALLS = 2_048
const STRIDE = 64
const NAMED = /^at\$(\d+)$/
const MAX_PLACES = 20
/** Of a number in a box: two words, what it is and the value. Nothing else is as small, but for `0n`. */
const BOX_BYTES = 16

/** @param {Tools} tools @returns {Probe} */
export function openProbe(tools) {
  const session = new Session()
  session.connect()
  /** @param {string} method @param {object} parameters @returns {any} */
  const post = (method, parameters = {}) => {
    let came
    session.post(method, parameters, (_, result) => {
      came = result
    })
    return came
  }
  post('HeapProfiler.enable')
  makeWaitingReturn()

  /** @type {unknown} */
  let sink
  /** @param {(state: unknown, i: number) => unknown} when @param {unknown} state @param {number} from @param {number} to */
  async function run(when, state, from, to) {
    for (let at = from; at < to; at += STRIDE) {
      for (let i = at; i < at + STRIDE; i++) sink = when(state, i)
      if (sink instanceof Promise) await tools.turn()
    }
  }

  return {
    engine: {},
    keeps: STILL_MEMORY,
    arrays: sealableArrays(),
    /** @param {Budget} budget @param {any} kata @param {{ seed: number }} parameters */
    async measure(budget, kata, { seed }) {
      const { given, when, n = 1_000 } = /** @type {BytesPerCallBudget} */ (budget)
      // The size at which the bytes were counted.
      const [size = n] = movedSizes([n], seed)
      const state = await given(kata, { n: size, random: seededRandom(seed, 0) })
      await run(when, state, 0, WARM_UP_CALLS)
      tools.refuel()
      post('HeapProfiler.startSampling', {
        samplingInterval: 1,
        includeObjectsCollectedByMajorGC: true,
        includeObjectsCollectedByMinorGC: true,
      })
      await run(when, state, WARM_UP_CALLS, WARM_UP_CALLS + CALLS)
      const { profile } = post('HeapProfiler.stopSampling')
      /** @type {Map<number, number>} by id of a node */
      const boxes = new Map()
      for (const { size, nodeId } of profile.samples)
        if (size === BOX_BYTES) boxes.set(nodeId, (boxes.get(nodeId) ?? 0) + size)
      /** @type {Map<number, { bytes: number, boxed: number }>} */
      const byLine = new Map()
      const nodes = [profile.head]
      for (const { id, callFrame, selfSize, children } of nodes) {
        const line = Number(NAMED.exec(callFrame.functionName)?.[1] ?? 0)
        if (line > 0) {
          const known = byLine.get(line) ?? { bytes: 0, boxed: 0 }
          known.bytes += selfSize / CALLS
          known.boxed += (boxes.get(id) ?? 0) / CALLS
          byLine.set(line, known)
        }
        nodes.push(...children)
      }
      return [...byLine]
        .map(([line, { bytes, boxed }]) => [line, bytes, boxed])
        .filter(([, bytes = 0]) => bytes >= 1)
        .sort(([, a = 0], [, b = 0]) => b - a)
        .slice(0, MAX_PLACES)
    },
  }
}

/**
 * @typedef {import('../probe.ts').Probe} Probe
 * @typedef {import('../probe.ts').Tools} Tools
 * @typedef {import('../../../../graders/kit/budget.ts').Budget} Budget
 * @typedef {import('../../../../graders/kit/budget.ts').BytesPerCallBudget<any, any>} BytesPerCallBudget
 */
