// A thread of a kata of threads: a realm of its own, closed like the main one before anything of the submission's is loaded,
// with the same modules in it. It sleeps until it is told to run, and runs in lock step (see lock-step.mjs).

import { capture, weighAnew } from '../plain-data.mjs'
import { closeRealm } from '../realm.mjs'
import { OPERATION, WRITE } from './access-kinds.mjs'
import { awaitCommand, FUEL_TO_END, lockStep, RunOver } from './lock-step.mjs'
import { FIRST_OWN, watchSharedMemory } from './shared-memory.mjs'
import { unseenWrites } from './unseen-writes.mjs'

const { registerHooks } = process.getBuiltinModule('node:module')
const { receiveMessageOnPort, workerData } = process.getBuiltinModule('node:worker_threads')

const { memory, port, me } =
  /** @type {{ memory: Memory, port: import('node:worker_threads').MessagePort, me: number }} */ (workerData)
const MAX_PRINTED_LINES = 40
const MAX_TEXT = 200
const MAX_EVENTS = 10_000
/** Passes between two looks whether the run is over. */
const STRIDE = 1 << 14

const post = port.postMessage.bind(port)
const receive = receiveMessageOnPort
const { stringify } = JSON
const Url = URL

/** @type {Map<string, string>} */
const modules = new Map()
registerHooks({
  resolve(specifier, context, next) {
    const url = specifier.startsWith('#kata/')
      ? `kata:/katas/${specifier.slice('#kata/'.length)}.ts`
      : specifier.startsWith('.')
        ? new Url(specifier, context.parentURL).href
        : specifier
    if (modules.has(url)) return { url, format: 'module', shortCircuit: true }
    if (closed) throw new Error(`there is no module ${specifier}`)
    return next(specifier, context)
  },
  load(url, context, next) {
    const source = modules.get(url)
    return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true }
  },
})
let closed = false

// ---- what the submission's code, and the kit, call -----------------------------------------------------------------

const shared = watchSharedMemory()
const scheduler = lockStep(memory, me)

let left = 0
let nextStop = 0
let isEnding = false
/** @param {number} line */
function burn(line) {
  if (--left < nextStop) stop(line)
}
/** @param {number} line */
function stop(line) {
  if (left < 0) scheduler.outOfFuel(line)
  nextStop = left > STRIDE ? left - STRIDE : 0
  if (isEnding || !scheduler.isOver()) return
  isEnding = true
  left = Math.min(left, FUEL_TO_END)
  nextStop = 0
}

/** @type {[number, unknown][]} */
let events = []
/** @type {string[]} */
let printed = []
/** @type {Record<string, (...args: never[]) => unknown>} */
const engine = {
  ...shared.engine,
  burn,
  mark() {},
  settle: () => {
    throw new Error('nothing settles in a thread: it runs to its end')
  },
  note(/** @type {unknown} */ what) {
    if (events.length < MAX_EVENTS) events.push([scheduler.nextEvent(), capture(what)])
  },
  runThreads: () => {
    throw new Error('a thread starts no threads')
  },
}
const printer = {
  /** @param {unknown[]} args */
  log(...args) {
    if (printed.length >= MAX_PRINTED_LINES) return
    try {
      printed.push(
        args
          .map((arg) => (typeof arg === 'object' ? stringify(arg) : String(arg)))
          .join(' ')
          .slice(0, MAX_TEXT),
      )
    } catch {
      printed.push('(a value that cannot be shown)')
    }
  },
}

/** @type {Record<string, any>} */
let driver = {}
/** @type {Record<string, unknown>} */
let submission = {}

/** @param {NonNullable<Task['load']>} given */
async function load(given) {
  for (const [url, source] of given.modules) modules.set(url, source)
  if (!closed) {
    Object.assign(globalThis, { [Symbol.for('kata.subject')]: Object.freeze(engine) })
    const names = Object.keys(engine).join(', ')
    modules.set('kata:/engine', `export const { ${names} } = globalThis[Symbol.for('kata.subject')]`)
    for (const url of ['kata:/engine', ...given.kit]) await import(url)
    closeRealm(printer, [Buffer], ['Atomics', 'SharedArrayBuffer'])
    closed = true
  }
  left = given.fuel
  nextStop = 0
  submission = await import(given.submission)
  driver = await import(given.driver)
}

/** @param {Task} task @returns {unknown} */
function perform(task) {
  if (task.type === 'operation') return driver[task.operation](task.given)
  const budget = driver['default'].find((/** @type {{ name: string }} */ { name }) => name === task.budget)
  const turn = budget.threads[me](submission, task.given)
  const unseen = unseenWrites(task.buffers, task.known, (id, offset) => scheduler.mark(WRITE, id, offset, 4, 0))
  shared.schedule({
    ...scheduler,
    wrote(id, offset, bytes, changed) {
      unseen.wrote(id, offset, bytes)
      scheduler.wrote(id, offset, bytes, changed)
    },
  })
  for (let i = 0; i < task.turns; i++) {
    scheduler.mark(OPERATION, 0, 0, 0, 0)
    turn(i)
    unseen.look()
  }
  return undefined
}

/** @param {unknown} error @returns {{ name: string, message: string, line?: number }} */
function describe(error) {
  try {
    if (!(error instanceof Error)) return { name: 'Error', message: `threw ${String(error)}`.slice(0, MAX_TEXT) }
    const line = Number(/kata:\/katas\/[^:]*:(\d+)/.exec(String(error.stack))?.[1] ?? 0)
    const told = { name: String(error.name).slice(0, MAX_TEXT), message: String(error.message).slice(0, 2 * MAX_TEXT) }
    return line > 0 ? { ...told, line } : told
  } catch {
    return { name: 'Error', message: 'threw a value that cannot be read' }
  }
}

/** Between runs nothing is touched: a promise that a thread has left behind would run while another has the turn. */
const outOfTurn = {
  touch(/** @type {number} */ _, /** @type {number} */ id) {
    if (id < FIRST_OWN) throw new Error('shared memory is touched while its thread runs, and not later')
  },
  wrote() {},
  wait() {
    throw new Error('a thread waits while it runs, and not later')
  },
  notify: () => 0,
  pause() {},
}

/** @param {() => unknown} run */
function answerOf(run) {
  try {
    weighAnew()
    return { returned: capture(run()) }
  } catch (error) {
    return error instanceof RunOver || scheduler.isOver() ? { stopped: true } : { threw: describe(error) }
  }
}

shared.schedule(outOfTurn)
for (let seen = 0; ; ) {
  seen = awaitCommand(memory, me, seen)
  const task = /** @type {Task} */ (receive(port)?.message)
  events = []
  printed = []
  /** @type {unknown} */
  let failure
  // The only place at which this thread lets go: no promise of a submission runs beside another thread's turn.
  if (task.load !== undefined)
    try {
      await load(task.load)
    } catch (error) {
      failure = error
    }
  left = task.fuel
  nextStop = left > STRIDE ? left - STRIDE : 0
  isEnding = false
  const answer = answerOf(() => {
    if (failure !== undefined) throw failure
    shared.name(task.buffers)
    scheduler.begin()
    shared.schedule(scheduler)
    return perform(task)
  })
  shared.schedule(outOfTurn)
  scheduler.finish()
  // As text: what stands in it has been captured, and crosses as nothing but data.
  post(stringify({ ...answer, events, printed }))
  scheduler.tellFinished()
}

/**
 * @typedef {import('./lock-step.mjs').Memory} Memory
 * @typedef {{
 *   load: { modules: [string, string][], kit: string[], submission: string, driver: string, fuel: number } | undefined
 *   fuel: number
 *   buffers: SharedArrayBuffer[]
 *   given: unknown
 * } & ({ type: 'operation', operation: string } | { type: 'turns', budget: string, turns: number, known: Uint32Array[] })} Task
 */
