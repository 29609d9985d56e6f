// The subject: the process in which a submission runs, beside its driver, and which knows nothing worth stealing: no
// expected value, no oracle, no suite. It answers requests that come on descriptor 3, one at a time, with plain data.
//
// Order matters. Ours first (this file, then the kit's driver side), then the realm is closed, and only then is the
// submission loaded. What the submission can reach by then is the language and nothing else (see realm.mjs), so that
// only the functions below hold the channel.

import { readSync, writeSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { decode, encode } from './plain-data.mjs'
import { closeRealm } from './realm.mjs'

const CHANNEL = 3
const BREADCRUMBS = 4
const MAX_PRINTED_LINES = 40
const MAX_LINE = 200
const MAX_LATE = 8
/** Turns of the event loop without any settling step of a driver after which a pending promise will never settle. */
const IDLE_TURNS = 3

// Taken before the realm is closed.
const turn = setImmediate
const Url = URL
const exit = process.exit.bind(process)
const { concat, from, alloc } = Buffer

/** @type {Map<string, string>} sources by URL; nothing is ever read from a disk */
const modules = new Map()

registerHooks({
  resolve(specifier, context, next) {
    const url = specifier.startsWith('#kata/')
      ? `kata:/katas/${specifier.slice('#kata/'.length)}.ts`
      : specifier.startsWith('.')
        ? new Url(specifier, context.parentURL).href
        : specifier
    if (modules.has(url)) return { url, format: 'module', shortCircuit: true }
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

/** @param {Reply} reply */
function send(reply) {
  const body = from(encode(reply), 'utf8')
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

/** @param {string} stack @returns {number | undefined} the topmost line of the submission */
function lineOf(stack) {
  const at = submissionUrl === '' ? -1 : stack.indexOf(`${submissionUrl}:`)
  if (at < 0) return undefined
  const line = Number.parseInt(stack.slice(at + submissionUrl.length + 1, at + submissionUrl.length + 12), 10)
  return Number.isSafeInteger(line) ? line : undefined
}

process.on('uncaughtException', (error) => {
  if (late.length < MAX_LATE) late.push(describe(error))
})
process.on('unhandledRejection', (reason) => {
  if (late.length < MAX_LATE) late.push(describe(reason))
})

// ---- fuel: endless loops end at an exact count, not after a time ---------------------------------------------------

let left = Number.POSITIVE_INFINITY
let perCall = Number.POSITIVE_INFINITY
let item = 0
let breadcrumbs = false
const crumb = alloc(4)

/** Called by the submission's code at each function entry and loop pass (see instrument.ts). @param {number} line */
function burn(line) {
  if (breadcrumbs) {
    crumb.writeUInt32LE(line, 0)
    writeSync(BREADCRUMBS, crumb, 0, 4, 0)
  }
  if (--left < 0) {
    // Said at once: the code that ran out may catch what is thrown and go on.
    send({ type: 'out-of-fuel', line, item, fuel: perCall })
    readSync(CHANNEL, alloc(1), 0, 1, null) // wait for the end
    exit(0)
  }
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

Object.assign(globalThis, { [Symbol.for('kata.subject')]: Object.freeze({ burn, settle }) })
modules.set(
  'kata:/engine',
  `const engine = globalThis[Symbol.for('kata.subject')]; export const burn = engine.burn; export const settle = engine.settle`,
)

/** @returns {Aftermath} */
function aftermath() {
  const left = { late, printed }
  late = []
  printed = []
  return left
}

/** @type {Record<string, unknown>} */
let driver = {}

/** @param {Request} request @returns {Promise<Reply>} */
async function answer(request) {
  switch (request.type) {
    case 'open': {
      for (const [url, source] of Object.entries(request.modules)) modules.set(url, source)
      for (const url of ['kata:/engine', ...Object.keys(request.modules)]) await import(url)
      closeRealm(printer)
      return { type: 'ready' }
    }
    case 'load': {
      for (const [url, source] of Object.entries(request.modules)) modules.set(url, source)
      submissionUrl = request.submission
      breadcrumbs = request.breadcrumbs
      perCall = left = request.fuel
      try {
        await import(request.submission)
      } catch (error) {
        return { type: 'load-failed', threw: describe(error), ...aftermath() }
      }
      left = Number.POSITIVE_INFINITY
      try {
        driver = await import(request.driver)
      } catch (error) {
        return { type: 'driver-failed', threw: describe(error) }
      }
      return { type: 'loaded', operations: Object.keys(driver).filter((name) => typeof driver[name] === 'function') }
    }
    case 'call': {
      const operation = driver[request.operation]
      /** @type {Result[]} */
      const results = []
      for (item = 0; item < request.inputs.length; item++) {
        left = perCall
        const before = late.length
        /** @type {Result} */
        let result
        try {
          result = await outcomeOf(/** @type {(input: unknown) => unknown} */ (operation)(request.inputs[item]))
        } catch (error) {
          result = { ok: false, threw: describe(error) }
        }
        // An error that nobody caught, seen while this input settled, is this input's: that gives it a story.
        const stray = late[before]
        results.push(stray !== undefined && result.ok ? { ok: false, threw: { ...stray, name: `uncaught ${stray.name}` } } : result)
      }
      left = perCall
      await new Promise((resolve) => turn(resolve))
      await new Promise((resolve) => turn(resolve))
      return { type: 'results', results, ...aftermath() }
    }
    case 'end':
      for (let i = 0; i < IDLE_TURNS; i++) await new Promise((resolve) => turn(resolve))
      return { type: 'ended', ...aftermath() }
  }
}

for (;;) send(await answer(receive()))

/**
 * @typedef {import('../protocol.ts').Request} Request
 * @typedef {import('../protocol.ts').Reply} Reply
 * @typedef {import('../protocol.ts').Result} Result
 * @typedef {import('../protocol.ts').Threw} Threw
 * @typedef {import('../protocol.ts').Aftermath} Aftermath
 */
