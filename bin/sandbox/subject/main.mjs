// The subject: the process in which a submission runs, beside its driver, and which knows nothing worth stealing: no
// expected value, no oracle, no suite. It answers requests that come on descriptor 3, one at a time, with plain data.
//
// Order matters. Ours first (this file, then the kit's driver side), then the realm is closed, and only then is the
// submission loaded. What the submission can reach by then is the language and nothing else (see realm.mjs), so that
// only the functions below hold the channel.

import { capture, decode, weighAnew } from './plain-data.mjs'
import { closeRealm } from './realm.mjs'

// By `import`, all that a module of Node has would be asked for, and so be loaded: a quarter of a subject's start.
const { readSync, writeSync } = process.getBuiltinModule('node:fs')
const { registerHooks } = process.getBuiltinModule('node:module')

const CHANNEL = 3
const CRUMBS = 4
const MAX_PRINTED_LINES = 40
const MAX_LINE = 200
const MAX_LATE = 8
/** Node's exit code for it. */
const UNSETTLED_TOP_LEVEL_AWAIT = 13
/** Passes, crumbs and inputs between two signs of life. */
const STRIDE = 1 << 16
const CRUMBS_TO_A_MOVE = 1 << 12
const INPUTS_TO_A_MOVE = 8
/** Turns of the event loop without any settling step of a driver after which a pending promise will never settle. */
const IDLE_TURNS = 3

// Taken before the realm is closed.
const turn = setImmediate
const Url = URL
const exit = process.exit.bind(process)
const { concat, from, alloc } = Buffer
const { stringify } = JSON
const { max, min } = Math
const OVERFLOW = 'RangeError: Maximum call stack size exceeded'

/** @type {Map<string, string>} sources by URL; nothing is ever read from a disk */
const modules = new Map()
let closed = false

registerHooks({
  resolve(specifier, context, next) {
    const url = specifier.startsWith('#kata/')
      ? `kata:/katas/${specifier.slice('#kata/'.length)}.ts`
      : specifier.startsWith('.')
        ? new Url(specifier, context.parentURL).href
        : specifier
    if (modules.has(url)) return { url, format: 'module', shortCircuit: true }
    // Intake refuses such an import; should one slip through, it finds nothing here either.
    if (closed) throw new Error(`there is no module ${specifier}`)
    return next(specifier, context)
  },
  load(url, context, next) {
    const source = modules.get(url)
    return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true }
  },
})

// ---- frames: a 4-byte little-endian length, then JSON ------------------------------------------------------------

/** @param {number} length */
function readExactly(length) {
  const parts = []
  for (let missing = length; missing > 0; ) {
    const part = alloc(missing)
    const got = readSync(CHANNEL, part, 0, missing, null)
    if (got === 0) exit(0) // the judge is gone: so are we
    parts.push(part.subarray(0, got))
    missing -= got
  }
  return concat(parts)
}

/** @returns {Request} */
function receive() {
  const length = readExactly(4).readUInt32LE(0)
  return /** @type {Request} */ (decode(readExactly(length).toString('utf8')))
}

/** @param {Reply} reply what a submission made of it has been captured already */
function send(reply) {
  const body = from(stringify(reply), 'utf8')
  const head = alloc(4)
  head.writeUInt32LE(body.length, 0)
  const frame = concat([head, body])
  for (let at = 0; at < frame.length; ) at += writeSync(CHANNEL, frame, at)
}

// ---- what a submission leaves behind -----------------------------------------------------------------------------

/** @type {string[]} */
let printed = []
/** @type {Threw[]} */
let late = []

const printer = {
  /** @param {unknown[]} args */
  log(...args) {
    if (printed.length > MAX_PRINTED_LINES) return
    printed.push(
      printed.length === MAX_PRINTED_LINES ? '… (more output dropped)' : args.map(show).join(' ').slice(0, MAX_LINE),
    )
  },
}

/** @param {unknown} value */
function show(value) {
  try {
    return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)
  } catch {
    return '(a value that cannot be shown)'
  }
}

let submissionUrl = ''
let driverUrl = ''

/** @param {unknown} error a thrown value, as hostile as it likes @returns {Threw} */
function describe(error) {
  /** @type {Threw} */
  const threw = { name: 'Error', message: '' }
  try {
    if (error instanceof Error) {
      threw.name = String(error.name).slice(0, MAX_LINE)
      threw.message = String(error.message).slice(0, 2 * MAX_LINE)
      const line = lineOf(String(error.stack))
      if (line !== undefined) threw.line = line
    } else threw.message = `threw ${show(error)}`.slice(0, MAX_LINE)
  } catch {
    threw.message = 'threw a value that cannot be read'
  }
  return threw
}

/** @param {string} stack @returns {number | undefined} the topmost line of the submission; of an overflow, a recurring one */
function lineOf(stack) {
  if (submissionUrl === '') return undefined
  /** @type {Map<number, number>} how often each is there, the topmost first */
  const times = new Map()
  for (let at = stack.indexOf(`${submissionUrl}:`); at >= 0; at = stack.indexOf(`${submissionUrl}:`, at + 1)) {
    const line = Number.parseInt(stack.slice(at + submissionUrl.length + 1, at + submissionUrl.length + 12), 10)
    if (line > 0) times.set(line, (times.get(line) ?? 0) + 1)
  }
  const lines = [...times.keys()]
  if (!stack.startsWith(OVERFLOW)) return lines[0]
  // Where a stack overflows is an accident, whichever function it calls just then. Those that call each other without an
  // end are there again and again: the first of them, by its place in the file.
  const most = max(...times.values())
  const recurring = lines.filter((line) => 2 * /** @type {number} */ (times.get(line)) >= most)
  return recurring.length === 0 ? undefined : min(...recurring)
}

process.on('uncaughtException', (error) => {
  if (late.length < MAX_LATE) late.push(describe(error))
})
process.on('unhandledRejection', (reason) => {
  if (late.length < MAX_LATE) late.push(describe(reason))
})

// ---- fuel: endless loops end at an exact count, not after a time ---------------------------------------------------

let left = 0
let perCall = 0
/** below this many passes left there is something to be done beside counting */
let nextStop = 0
let item = 0

/** @type {Progress | undefined} where a trail of crumbs is to begin */
let trail
/** @type {Progress['during']} */
let during = 'open'
let leavesCrumbs = false
let crumbs = 0
const crumb = alloc(4)

/** Called by the submission's code at each function entry and loop pass (see instrument.ts). @param {number} line */
function burn(line) {
  if (--left < nextStop) stop(line)
}

/** @param {number} line */
function stop(line) {
  try {
    if (left < 0) {
      // Said at once: the code that ran out may catch what is thrown and go on.
      send({ type: 'out-of-fuel', line, item, fuel: perCall })
      readSync(CHANNEL, alloc(1), 0, 1, null) // wait for the end
      exit(1)
    }
    if (leavesCrumbs) return mark(line)
    nextStop = left > STRIDE ? left - STRIDE : 0
    move(line)
  } catch (error) {
    // No room on the stack for this: there will be at one of the next passes. Anything else: the judge is gone.
    if (left >= 0 && error instanceof RangeError) return
    if (!(error instanceof RangeError)) exit(1)
    throw error
  }
}

/** Called in front of each statement, too, by code that is run again to find where it hangs. @param {number} line */
function mark(line) {
  if (!leavesCrumbs) return
  crumb.writeUInt32LE(line, 0)
  writeSync(CRUMBS, crumb, 0, 4, 0)
  if (++crumbs % CRUMBS_TO_A_MOVE === 0) move(line)
}

/** A sign of life; what is stuck in a built-in gives none, and is ended by the clock. @param {number} line */
function move(line) {
  const passes = perCall - left
  if (item + passes > 0) send({ type: 'progress', item, passes, line })
  leavesCrumbs ||= trail?.during === during && item === trail.item && passes >= trail.passes
  if (leavesCrumbs) nextStop = Number.POSITIVE_INFINITY
}

/** @param {Progress['during']} what @param {number} index */
function refuel(what, index) {
  during = what
  item = index
  left = perCall
  nextStop = left > STRIDE ? left - STRIDE : 0
  // Not for each of a thousand quick inputs; but who leaves a trail is asked which one it was.
  if (trail !== undefined || index % INPUTS_TO_A_MOVE === 0) move(0)
}

// ---- settling: the only way in which a driver lets pending promises run -------------------------------------------

let settlements = 0

/** One turn of the event loop: every microtask that can run has run. */
function settle() {
  settlements++
  return new Promise((resolve) => turn(resolve))
}

/** @param {unknown} value @returns {Promise<Result>} */
async function outcomeOf(value) {
  if (!(value instanceof Promise)) return { ok: true, value }
  /** @type {Result | undefined} */
  let result
  value.then(
    (answer) => {
      result = { ok: true, value: answer }
    },
    (error) => {
      result = { ok: false, threw: describe(error) }
    },
  )
  for (let idle = 0; result === undefined && idle < IDLE_TURNS; ) {
    const before = settlements
    await new Promise((resolve) => turn(resolve))
    idle = settlements === before ? idle + 1 : 0
  }
  return result ?? { ok: false, stuck: true }
}

/** What a probe is given of this process, taken before the realm is closed. @type {Tools} */
const tools = {
  burn,
  refuel: () => refuel('measure', 0),
  turn: () => new Promise((resolve) => turn(resolve)),
  outcomeOf,
  importText(url, source) {
    modules.set(url, source)
    return import(url)
  },
  settle,
  loaded: () => ({ modules, submission: submissionUrl, driver: driverUrl, fuel: perCall }),
}

/** @type {Probe | undefined} */
let probe

/** The functions that instrumented code and the kit call, as a module. @param {Record<string, unknown>} functions */
function makeEngine(functions) {
  Object.assign(globalThis, { [Symbol.for('kata.subject')]: Object.freeze(functions) })
  const names = Object.keys(functions).join(', ')
  modules.set('kata:/engine', `export const { ${names} } = globalThis[Symbol.for('kata.subject')]`)
}

/** @returns {Aftermath} */
function aftermath() {
  const left = { late, printed }
  late = []
  printed = []
  return left
}

/** @type {Record<string, unknown>} */
let submission = {}
/** @type {Record<string, unknown>} */
let driver = {}

/** @param {Request} request @returns {Promise<Reply>} */
async function answer(request) {
  switch (request.type) {
    case 'open': {
      if (request.profile !== 'suite') {
        const { openProbe } = await import(`./probes/${request.profile}.mjs`)
        probe = /** @type {Probe} */ (openProbe(tools))
      }
      makeEngine({ burn, mark, settle, lineOf, ...probe?.engine })
      for (const [url, source] of Object.entries(request.modules)) modules.set(url, source)
      for (const url of ['kata:/engine', ...Object.keys(request.modules)]) await import(url)
      closeRealm(printer, [Buffer], probe?.keeps, probe?.arrays?.seal)
      closed = true
      return { type: 'ready' }
    }
    case 'load': {
      for (const [url, source] of Object.entries(request.modules)) modules.set(url, source)
      submissionUrl = request.submission
      driverUrl = request.driver
      driver = {}
      trail = request.trail
      perCall = request.fuel
      refuel('load', 0)
      try {
        submission = await import(request.submission)
      } catch (error) {
        return { type: 'load-failed', threw: describe(error), ...aftermath() }
      }
      try {
        driver = await import(request.driver)
      } catch (error) {
        const threw = describe(error)
        // An export that only the type checker has seen (`export declare class`) is missing by the submission's fault.
        const isTheirs = threw.line !== undefined || /'#kata\/.+ does not provide an export/.test(threw.message)
        return isTheirs ? { type: 'load-failed', threw, ...aftermath() } : { type: 'driver-failed', threw }
      }
      return { type: 'loaded', operations: Object.keys(driver).filter((name) => typeof driver[name] === 'function') }
    }
    case 'call': {
      const operation = /** @type {(input: unknown) => unknown} */ (driver[request.operation])
      /** @type {Result[]} */
      const results = []
      weighAnew()
      for (const [index, input] of request.inputs.entries()) {
        refuel('call', index)
        const before = late.length
        /** @type {Result} */
        let result
        try {
          result = await outcomeOf(operation(input))
          if (result.ok) result.value = capture(result.value)
        } catch (error) {
          result = { ok: false, threw: describe(error) }
        }
        // An error that nobody caught, seen while this input settled, is this input's: that gives it a story.
        const stray = late[before]
        results.push(
          stray !== undefined && result.ok
            ? { ok: false, threw: { ...stray, name: `uncaught ${stray.name}` } }
            : result,
        )
      }
      refuel('call', results.length - 1)
      await new Promise((resolve) => turn(resolve))
      await new Promise((resolve) => turn(resolve))
      return { type: 'results', results, ...aftermath() }
    }
    case 'measure': {
      refuel('measure', 0)
      const budget = /** @type {Budget[]} */ (driver['default'])[request.budget]
      try {
        const raw = await probe?.measure(
          /** @type {Budget} */ (budget),
          submission,
          /** @type {never} */ (request.parameters),
        )
        weighAnew()
        const captured = capture(raw)
        // Last, when nothing of the submission's can run any more before this is sent.
        if (probe?.arrays?.areUntouched() === false) throw new TypeError('Cannot change the built-in Array.prototype')
        return { type: 'measured', raw: captured, ...aftermath() }
      } catch (error) {
        return { type: 'measure-failed', threw: describe(error), ...aftermath() }
      }
    }
    case 'end':
      refuel('end', 0)
      for (let i = 0; i < IDLE_TURNS; i++) await new Promise((resolve) => turn(resolve))
      return { type: 'ended', ...aftermath() }
  }
}

process.on('exit', (code) => {
  // The event loop has run dry while a module was being loaded.
  if (code !== UNSETTLED_TOP_LEVEL_AWAIT || during !== 'load') return
  const threw = { name: 'Error', message: 'its top-level await waits for what never comes' }
  send({ type: 'load-failed', threw, ...aftermath() })
})

try {
  for (;;) send(await answer(receive()))
} catch {
  exit(1) // the judge is gone, or we are at fault: it will see an answer missing
}

/**
 * @typedef {import('../death.ts').Progress} Progress
 * @typedef {import('../protocol.ts').Request} Request
 * @typedef {import('../protocol.ts').Reply} Reply
 * @typedef {import('../protocol.ts').Result} Result
 * @typedef {import('../protocol.ts').Threw} Threw
 * @typedef {import('../protocol.ts').Aftermath} Aftermath
 * @typedef {import('../../../graders/kit/budget.ts').Budget} Budget
 * @typedef {import('./probe.ts').Probe} Probe
 * @typedef {import('./probe.ts').Tools} Tools
 */
