// The probe of threads: runs operations of a driver in real threads that go in lock step, and traces which thread touches
// which words of shared memory, for false sharing. Operations that never wait need no threads of their own for that: they
// are called in turns in this one, by four schedules.

import { decode } from '../plain-data.mjs'
import { ATOMIC_CHANGE, ATOMIC_READ, ATOMIC_WRITE, OPERATION, READ, WRITE } from './access-kinds.mjs'
import {
  awaitFinish,
  command,
  DEADLOCK,
  DONE,
  ENDLESS,
  isAsleep,
  MAX_THREADS,
  MAX_TOUCHES,
  newMemory,
  OUT_OF_FUEL,
  outcomeOfRun,
  prepareRun,
  recordOf,
} from './lock-step.mjs'
import { orderOf, SCHEDULES } from './orders.mjs'
import { seededRandom } from './random.mjs'
import { watchSharedMemory } from './shared-memory.mjs'
import { knownWords, unseenWrites } from './unseen-writes.mjs'
import { hashOf, racesIn, waitsIn } from './what-happened.mjs'

const { MessageChannel, receiveMessageOnPort, Worker } = process.getBuiltinModule('node:worker_threads')

/** Started ahead of need, while the judge is busy elsewhere. */
const THREADS_AHEAD = 2
/** After so long without an answer this thread looks whether one of the others has died. */
const LOOK_EVERY_MS = 20
/** What a touch is charged of the fuel: a sign of life then comes every four thousand touches, some tens of milliseconds. */
const PASSES_OF_A_TOUCH = 16
const DEFAULT_TURNS = 1_000
const DEFAULT_N = 1_000
/** Words, and touches of them, that are traced in one schedule. Four times as many fit into one answer. */
const MAX_SITES = 16_384
const MAX_TRACED = 100_000

/** More touches of shared memory than are traced: a finding, and no fault of anybody's. */
class TooManyTouches extends Error {}

/** @param {Tools} tools @returns {Probe} */
export function openProbe(tools) {
  const shared = watchSharedMemory()
  const memory = newMemory()
  const here = new URL('./thread.mjs', import.meta.url)
  /** @type {{ port: import('node:worker_threads').MessagePort, knows: string | undefined }[]} */
  const threads = []
  /** @type {string | undefined} */
  let dead
  const start = () => {
    const { port1, port2 } = new MessageChannel()
    const worker = new Worker(here, {
      workerData: { memory, port: port2, me: threads.length },
      transferList: [port2],
      env: {},
      stdout: true,
      stderr: true,
    })
    worker.on('error', (error) => {
      dead ??= /** @type {Error} */ (error).message
    })
    worker.on('exit', () => {
      dead ??= 'it ended'
    })
    worker.unref()
    port1.unref()
    threads.push({ port: port1, knows: undefined })
  }
  for (let i = 0; i < THREADS_AHEAD; i++) start()

  /**
   * @param {readonly { readonly given: unknown }[]} tasks one for each thread @param {Parameters<typeof prepareRun>[2]} schedule
   * @returns {Promise<Ran>}
   */
  async function run(tasks, schedule) {
    if (tasks.length > MAX_THREADS) throw new RangeError(`more than ${MAX_THREADS} threads`)
    while (threads.length < tasks.length) start()
    const { modules, submission, driver, fuel } = tools.loaded()
    const buffers = [...new Set(tasks.flatMap(({ given }) => sharedBuffersIn(given)))]
    prepareRun(memory, tasks.length, schedule)
    for (const [i, task] of tasks.entries()) {
      const thread = /** @type {(typeof threads)[number]} */ (threads[i])
      const source = modules.get(submission)
      const kit = [...modules.keys()].filter((url) => url.startsWith('kata:/graders/kit/'))
      const load = thread.knows === source ? undefined : { modules: [...modules], kit, submission, driver, fuel }
      thread.knows = source
      thread.port.postMessage({ ...task, load, fuel, buffers })
      command(memory, i)
    }
    while (!awaitFinish(memory, LOOK_EVERY_MS)) {
      await tools.settle()
      if (dead !== undefined) throw new Error(`A thread was lost: ${dead}`)
    }
    const { end, touches, line } = outcomeOfRun(memory)
    // Fuel is counted here for all: this ends the process, and says where.
    if (end === OUT_OF_FUEL) for (;;) tools.burn(line)
    // Threads give no signs of life, and this one does only by burning: so each touch is charged, by a count and not by time.
    for (let i = touches * PASSES_OF_A_TOUCH; i > 0; i--) tools.burn(line)
    const answers = tasks.map(
      (_, i) =>
        /** @type {Answer} */ (
          decode(/** @type {string} */ (receiveMessageOnPort(/** @type {any} */ (threads[i]).port)?.message))
        ),
    )
    for (const { printed } of answers) for (const text of printed) globalThis.console.log(text)
    return { end, answers, touches: Array.from({ length: touches }, (_, i) => recordOf(memory, i)) }
  }

  /**
   * What the kit's `lockStep` is made of.
   * @param {{ threads: readonly { run: string, given: unknown }[], schedule: Parameters<typeof prepareRun>[2] }} scenario
   */
  async function runThreads({ threads: scenes, schedule }) {
    const tasks = scenes.map(({ run, given }) => ({ type: 'operation', operation: run, given }))
    const { end, answers, touches } = await run(tasks, schedule)
    for (const answer of answers) if ('threw' in answer) throw thrown(answer.threw, tools.loaded().submission)
    const asleep = scenes.map((_, i) => i).filter((i) => end !== DONE && isAsleep(memory, i))
    return {
      end: end === DONE ? 'done' : end === DEADLOCK ? 'deadlock' : 'endless',
      threads: answers.map((answer, i) =>
        'returned' in answer
          ? { returned: answer.returned }
          : { stoppedAt: touches.findLast(({ thread }) => thread === i)?.line ?? 0 },
      ),
      events: answers
        .flatMap(({ events }, thread) => events.map(([order, what]) => ({ order, thread, what })))
        .sort((a, b) => a.order - b.order)
        .map(({ thread, what }) => ({ thread, what })),
      waits: waitsIn(touches, asleep),
      races: racesIn(touches, scenes.length),
      touches: touches.length,
      hash: hashOf(touches),
    }
  }

  // ---- false sharing -----------------------------------------------------------------------------------------------

  /** @param {SharedCacheLinesBudget<any, any>} budget @param {Record<string, unknown>} kata @param {number} seed */
  async function traceOf(budget, kata, seed) {
    try {
      return await tracesOf(budget, kata, seed)
    } catch (error) {
      if (error instanceof TooManyTouches) return { tooMany: 'touches' }
      throw error
    }
  }

  /** @param {SharedCacheLinesBudget<any, any>} budget @param {Record<string, unknown>} kata @param {number} seed */
  async function tracesOf(budget, kata, seed) {
    const turns = budget.turns ?? DEFAULT_TURNS
    const runs = []
    for (const [i, schedule] of SCHEDULES.entries()) {
      tools.refuel()
      const state = budget.given(kata, { n: DEFAULT_N, random: seededRandom(seed, i) })
      const buffers = [...new Set(sharedBuffersIn(state))]
      const touches = budget.blocking
        ? await touchesOfThreads(budget, state, buffers, turns, schedule, seed)
        : touchesInTurns(budget, kata, state, buffers, turns, schedule, seed)
      runs.push({ schedule, ...packed(touches), buffers: buffers.map(({ byteLength }) => byteLength) })
    }
    return { threads: budget.threads.length, runs }
  }

  /**
   * @param {SharedCacheLinesBudget<any, any>} budget @param {unknown} state
   * @param {readonly SharedArrayBuffer[]} buffers @param {number} turns @param {Schedule} schedule @param {number} seed
   */
  async function touchesOfThreads(budget, state, buffers, turns, schedule, seed) {
    const { name } = /** @type {{ name: string }} */ (/** @type {unknown} */ (budget))
    const known = knownWords(buffers)
    const tasks = budget.threads.map(() => ({ type: 'turns', budget: name, turns, given: state, known }))
    const longest = { alternate: 1, burst: 48, random: 8, lag: 24 }[schedule]
    const { end, answers, touches } = await run(tasks, {
      seed,
      longest,
      first: schedule === 'lag' ? budget.threads.length - 1 : 0,
    })
    for (const answer of answers) if ('threw' in answer) throw thrown(answer.threw, tools.loaded().submission)
    if (end === ENDLESS && touches.length >= MAX_TOUCHES) throw new TooManyTouches()
    if (end !== DONE) throw new Error(`The threads of "${name}" wait for each other for ever`)
    return touches
  }

  /**
   * @param {SharedCacheLinesBudget<any, any>} budget @param {Record<string, unknown>} kata @param {unknown} state
   * @param {readonly SharedArrayBuffer[]} buffers @param {number} turns @param {Schedule} schedule @param {number} seed
   */
  function touchesInTurns(budget, kata, state, buffers, turns, schedule, seed) {
    shared.name(buffers)
    const operations = budget.threads.map((make) => make(kata, state))
    /** @type {Touch[]} */
    const touches = []
    let thread = 0
    const unseen = unseenWrites(buffers, knownWords(buffers), (id, offset) =>
      touches.push({ thread, kind: WRITE, id, offset, bytes: 4, line: 0 }),
    )
    shared.schedule({
      touch(kind, id, offset, bytes, line) {
        if (touches.length <= MAX_TRACED) touches.push({ thread, kind, id, offset, bytes, line })
      },
      wrote: unseen.wrote,
      wait(_id, _offset, _bytes, _line, timeoutMs) {
        if (timeoutMs < Number.POSITIVE_INFINITY) return 'timed-out'
        throw new Error('Atomics.wait would wait for ever: this operation must not wait')
      },
      notify: () => 0,
      pause() {},
    })
    try {
      const made = operations.map(() => 0)
      for (thread of orderOf(schedule, operations.length, turns, seededRandom(seed, 100))) {
        touches.push({ thread, kind: OPERATION, id: 0, offset: 0, bytes: 0, line: 0 })
        const turn = /** @type {number} */ (made[thread])
        made[thread] = turn + 1
        operations[thread]?.(turn)
        unseen.look()
        if (touches.length > MAX_TRACED) throw new TooManyTouches()
      }
    } finally {
      shared.schedule(undefined)
    }
    return touches
  }

  return {
    engine: {
      ...shared.engine,
      note() {},
      runThreads: /** @type {(...args: never[]) => unknown} */ (runThreads),
    },
    keeps: ['Atomics', 'SharedArrayBuffer'],
    measure: (budget, kata, { seed }) =>
      traceOf(/** @type {SharedCacheLinesBudget<any, any>} */ (/** @type {unknown} */ (budget)), kata, seed),
  }
}

/** Three bytes a touch: thread and kind, and which site (buffer, byte, size, line) of a list. @param {readonly Touch[]} touches */
function packed(touches) {
  /** @type {Map<string, number>} */
  const known = new Map()
  const sites = []
  const trace = new Uint8Array(3 * touches.length)
  /** @type {Record<number, number>} */
  const kinds = { [READ]: 0, [ATOMIC_READ]: 0, [WRITE]: 1, [ATOMIC_WRITE]: 1, [ATOMIC_CHANGE]: 2, [OPERATION]: 3 }
  let at = 0
  for (const { thread, kind, id, offset, bytes, line } of touches) {
    const code = kinds[kind]
    if (code === undefined) continue
    const key = `${id} ${offset} ${bytes} ${line}`
    let site = known.get(key)
    if (site === undefined) {
      site = known.size
      if (site >= MAX_SITES) throw new TooManyTouches()
      known.set(key, site)
      sites.push(id, offset, bytes, line)
    }
    trace[at++] = thread | (code << 5)
    trace[at++] = site & 255
    trace[at++] = site >> 8
  }
  return { sites, trace: trace.slice(0, at) }
}

/** Every piece of shared memory in plain data, in the order in which it stands there. @param {unknown} data @returns {SharedArrayBuffer[]} */
function sharedBuffersIn(data) {
  if (typeof data !== 'object' || data === null) return []
  if (data instanceof SharedArrayBuffer) return [data]
  if (ArrayBuffer.isView(data)) return sharedBuffersIn(data.buffer)
  return Object.values(data).flatMap(sharedBuffersIn)
}

/** An error of a thread, thrown once more here, with its line. @param {NonNullable<Threw>} threw @param {string} url */
function thrown({ name, message, line }, url) {
  const error = new Error(message)
  error.name = name
  if (line !== undefined) error.stack = `${name}: ${message}\n    at ${url}:${line}`
  return error
}

/**
 * @typedef {import('../probe.ts').Probe} Probe
 * @typedef {import('../probe.ts').Tools} Tools
 * @typedef {import('./orders.mjs').Schedule} Schedule
 * @typedef {import('./what-happened.mjs').Touch} Touch
 * @typedef {{ name: string, message: string, line?: number }} Threw
 * @typedef {{ events: [number, unknown][], printed: string[] } & ({ returned: unknown } | { threw: Threw } | { stopped: true })} Answer
 * @typedef {{ end: number, answers: Answer[], touches: Touch[] }} Ran
 */
/**
 * @template K, S
 * @typedef {import('../../../../graders/kit/budget.ts').SharedCacheLinesBudget<K, S>} SharedCacheLinesBudget
 */
