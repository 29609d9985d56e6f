// Measures the submission as it is, uninstrumented and optimised: bytes, statistics and speed. The collector, the heap's
// figures and the processor's clock are taken before the realm is closed; no submission can reach or replace them.

import { seededRandom } from './random.mjs'
import { sealableArrays } from './sealed-arrays.mjs'
import { movedSizes } from './sizes.mjs'
import { makeWaitingReturn, STILL_MEMORY } from './still-memory.mjs'

const { getHeapStatistics, setFlagsFromString } = process.getBuiltinModule('node:v8')
const { runInNewContext } = process.getBuiltinModule('node:vm')

/** Calls in one window: at 256 MiB of new space a window collects nothing up to 30 KiB a call. */
const WINDOW_CALLS = 4_096
/** Optimised by then: tiers change by counts of calls and loops, not by time. */
const WARM_UP_WINDOWS = 6
/** Of these the first two still settle. The median of the others is what a call takes; all of them together show what comes
 * in bursts: an array that doubles, a table that is made anew. What comes less than once in so many calls is not seen. */
const WINDOWS = 21
const SETTLING_WINDOWS = 2
/** So much is allocated in one window at most: nothing may be collected within. */
const WINDOW_BYTES = 64 * 1024 * 1024
/** Calls between two turns of the event loop, where calls return promises. */
const ASYNC_STRIDE = 64
/** Of a memory measurement; the last one counts. */
const ROUNDS = 3
const DEFAULT_N = 1_000
const DEFAULT_SIZES = /** @type {const} */ ([10_000, 40_000])

/** A loop that no other work has passed through: what one workload has taught the optimiser must not tell in another. */
const LOOP = `let sink
export const sunk = () => sink
export function loop(when, state, from, to) { for (let i = from; i < to; i++) sink = when(state, i) }`

/** @param {Tools} tools @returns {Probe} */
export function openProbe(tools) {
  // By way of another context: as a flag of the process it would be a global that cannot be deleted.
  setFlagsFromString('--expose-gc')
  const collect = /** @type {() => void} */ (runInNewContext('gc'))
  setFlagsFromString('--no-expose-gc')
  const { memoryUsage, cpuUsage } = process
  makeWaitingReturn()
  let loops = 0
  /** bytes a call of the harness itself, without and with promises @type {(number | undefined)[]} */
  const harness = [undefined, undefined]

  const held = () => getHeapStatistics().used_heap_size + memoryUsage().arrayBuffers

  /** @returns {Promise<Loop>} */
  const freshLoop = async () => (await tools.importText(`kata:/loop/${loops++}`, LOOP)).loop

  /**
   * @param {Loop} loop @param {When} when @param {unknown} state @param {number} from @param {number} calls
   * @param {boolean} isAsync
   */
  async function run(loop, when, state, from, calls, isAsync) {
    if (!isAsync) return loop(when, state, from, from + calls)
    for (let at = 0; at < calls; at += ASYNC_STRIDE) {
      loop(when, state, from + at, from + Math.min(calls, at + ASYNC_STRIDE))
      await tools.turn()
    }
  }

  /**
   * @param {When} when @param {unknown} state @param {boolean} isAsync
   * @returns {Promise<{ median: number, mean: number, calls: number }>} bytes a call, the harness's own included, and over
   * how many calls
   */
  async function bytesOf(when, state, isAsync) {
    const loop = await freshLoop()
    let at = 0
    let garbage = 0
    const window = async (/** @type {number} */ calls) => {
      tools.refuel()
      // A collection takes longer than most windows: only where what lies about would not leave room for another one.
      if (garbage > WINDOW_BYTES) {
        collect()
        garbage = 0
      }
      const before = held()
      await run(loop, when, state, at, calls, isAsync)
      const after = held()
      at += calls
      garbage += after - before
      return (after - before) / calls
    }
    collect()
    const first = await window(ASYNC_STRIDE)
    const calls = Math.max(ASYNC_STRIDE, Math.min(WINDOW_CALLS, Math.floor(WINDOW_BYTES / Math.max(1, first))))
    for (let i = 0; i < WARM_UP_WINDOWS; i++) await window(calls)
    /** @type {number[]} */
    const windows = []
    for (let i = 0; i < WINDOWS; i++) windows.push(await window(calls))
    const counted = windows.slice(SETTLING_WINDOWS)
    return { median: median(counted), mean: mean(counted), calls: calls * counted.length }
  }

  /** @param {BytesPerCallBudget} budget @param {Kata} kata @param {{ seed: number }} parameters */
  async function bytesPerCall({ given, when, n = DEFAULT_N }, kata, { seed }) {
    // No size that could be known beforehand.
    const [size = n] = movedSizes([n], seed)
    const state = await given(kata, { n: size, random: seededRandom(seed, 0) })
    const isAsync = when(state, 0) instanceof Promise
    harness[Number(isAsync)] ??= (await bytesOf(isAsync ? () => settled : () => 0, undefined, isAsync)).median
    const own = /** @type {number} */ (harness[Number(isAsync)])
    const { median, mean, calls } = await bytesOf(when, state, isAsync)
    return { bytes: median - own, mean: mean - own, calls }
  }

  /** @param {BytesPerEntryBudget} budget @param {Kata} kata @param {{ seed: number }} parameters */
  async function bytesPerEntry({ given, sizes = DEFAULT_SIZES }, kata, { seed }) {
    // Rounds, because the first ones also hold what is made once: hidden classes, tables, code of each tier.
    let series = []
    let state
    for (let round = 0; round < ROUNDS; round++) {
      series = []
      for (const [i, n] of sizes.entries()) {
        state = undefined
        tools.refuel()
        await tools.turn()
        collect()
        const before = held()
        state = await given(kata, { n, random: seededRandom(seed, i) })
        await tools.turn()
        collect()
        series.push({ n, bytes: held() - before })
      }
    }
    return { series, kept: typeof state }
  }

  /** @param {QualityBudget} budget @param {Kata} kata @param {{ seed: number }} parameters */
  const quality = ({ sample, n = DEFAULT_N }, kata, { seed }) => sample(kata, { n, random: seededRandom(seed, 0) })

  /** @type {{ name: string, loop: Loop, state: unknown, at: number } | undefined} */
  let race

  /**
   * One round of a race: asked for again and again, in turns with the other runner's process.
   * @param {ThroughputBudget} budget @param {Kata} kata @param {{ seed: number, calls: number }} parameters
   */
  async function throughput({ name, given, when, n = DEFAULT_N }, kata, { seed, calls }) {
    if (race?.name !== name) {
      const state = await given(kata, { n, random: seededRandom(seed, 0) })
      race = { name, loop: await freshLoop(), state, at: 0 }
    }
    const isAsync = when(race.state, race.at) instanceof Promise
    const before = cpuUsage()
    await run(race.loop, when, race.state, race.at, calls, isAsync)
    const { user, system } = cpuUsage(before)
    race.at += calls
    return { calls, cpuUs: user + system }
  }

  return {
    engine: {},
    keeps: STILL_MEMORY,
    arrays: sealableArrays(),
    measure(budget, kata, parameters) {
      if ('bytesPerCall' in budget) return bytesPerCall(budget, kata, parameters)
      if ('bytesPerEntry' in budget) return bytesPerEntry(budget, kata, parameters)
      if ('quality' in budget) return quality(budget, kata, parameters)
      if ('throughput' in budget) return throughput(budget, kata, parameters)
      throw new Error(`The bytes profile does not measure "${budget.name}".`)
    },
  }
}

const settled = Promise.resolve(0)

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length

/** @param {number[]} values */
const median = (values) => /** @type {number} */ ([...values].sort((a, b) => a - b)[values.length >> 1])

/**
 * @typedef {import('../probe.ts').Probe} Probe
 * @typedef {import('../probe.ts').Tools} Tools
 * @typedef {Readonly<Record<string, unknown>>} Kata
 * @typedef {(state: unknown, i: number) => unknown} When
 * @typedef {(when: When, state: unknown, from: number, to: number) => void} Loop
 * @typedef {import('../../../../graders/kit/budget.ts').BytesPerCallBudget<any, any>} BytesPerCallBudget
 * @typedef {import('../../../../graders/kit/budget.ts').BytesPerEntryBudget<any, any>} BytesPerEntryBudget
 * @typedef {import('../../../../graders/kit/budget.ts').QualityBudget<any>} QualityBudget
 * @typedef {import('../../../../graders/kit/budget.ts').ThroughputBudget<any, any> & { name: string }} ThroughputBudget
 */
