// Real threads that take turns at each touch of shared memory: one runs, the others sleep, and who comes next is drawn from
// a seed or read from a list. So one seed is one interleaving, on every machine; waiting and its time-outs are virtual; and
// no thread can count while another works, which would be a clock. All of it is kept in a piece of memory that no
// submission ever sees.

import { NOTIFY, TIMED_OUT, WAIT, WOKEN } from './access-kinds.mjs'

// Taken before anything stands in front of them.
const { load, store, add, wait: sleep, notify: wake } = Atomics
const { imul } = Math
const { POSITIVE_INFINITY } = Number

export const MAX_THREADS = 16
export const MAX_SWITCHES = 8
/** Touches in one run at most. One thread hands over to another in a few microseconds. */
export const MAX_TOUCHES = 60_000
/** Touches of all running threads together that change no word: they spin, and nobody is left who would end it. */
const IDLE_TOUCHES = 2_000
/** What a touch takes, in virtual time: so that waiting ends although others go on spinning. */
const TOUCH_MS = 0.001
/** Passes that a thread may take to end, once the run is over. */
export const FUEL_TO_END = 100_000
/** Looks at the gate before sleeping there: most hand-overs come back within a microsecond or two. */
const SPINS = 200

/** How a run ended. */
export const RUNNING = 0
export const DONE = 1
export const DEADLOCK = 2
export const ENDLESS = 3
export const OUT_OF_FUEL = 4

const READY = 0
const ASLEEP = 1
const GONE = 2

// Words of the control memory.
const END = 0
const RANDOM = 1
const QUANTUM = 2
const LONGEST = 3
const LENGTH = 4
const CHANGED = 5
const LINE = 6
const THREADS = 7
const EVENTS = 8
const SWITCHES = 9
const NEXT_SWITCH = 10
const FINISHED = 11
const MOST = 12
const SWITCH_AT = 13
const BY_THREAD = SWITCH_AT + MAX_SWITCHES
const GATE = BY_THREAD
const COMMAND = GATE + MAX_THREADS
const STATE = COMMAND + MAX_THREADS
const WAIT_ID = STATE + MAX_THREADS
const WAIT_OFFSET = WAIT_ID + MAX_THREADS
const RESULT = WAIT_OFFSET + MAX_THREADS
const WORDS = RESULT + MAX_THREADS
const TIMES = 1 + MAX_THREADS
const WORDS_OF_A_TOUCH = 4

/** What one run leaves: how it ended, and every touch in order. */
export const recordOf = (/** @type {Memory} */ { trace }, /** @type {number} */ i) => {
  const at = i * WORDS_OF_A_TOUCH
  const head = /** @type {number} */ (trace[at])
  return {
    thread: head & 255,
    kind: (head >> 8) & 255,
    bytes: head >> 16,
    id: /** @type {number} */ (trace[at + 1]),
    offset: /** @type {number} */ (trace[at + 2]),
    line: /** @type {number} */ (trace[at + 3]),
  }
}

export function newMemory() {
  return {
    control: new Int32Array(new SharedArrayBuffer(4 * WORDS)),
    /** virtual now, then the deadline of each thread that sleeps */
    times: new Float64Array(new SharedArrayBuffer(8 * TIMES)),
    trace: new Int32Array(new SharedArrayBuffer(4 * WORDS_OF_A_TOUCH * MAX_TOUCHES)),
  }
}

/** Thrown into a thread when the run is over for reasons that are not its own. */
export class RunOver extends Error {}

// ---- the side of the main thread -----------------------------------------------------------------------------------

/**
 * @param {Memory} memory @param {number} threads
 * @param {({ seed: number, longest: number } | { switches: readonly number[] }) & { first?: number, most?: number }} schedule
 */
export function prepareRun({ control, times }, threads, schedule) {
  control.fill(0, 0, COMMAND)
  control.fill(0, STATE)
  times.fill(POSITIVE_INFINITY)
  times[0] = 0
  control[THREADS] = threads
  control[MOST] = Math.min(schedule.most ?? MAX_TOUCHES, MAX_TOUCHES)
  if ('switches' in schedule) {
    control[SWITCHES] = schedule.switches.length
    control.set(schedule.switches, SWITCH_AT)
    control[QUANTUM] = MAX_TOUCHES + 1
  } else {
    control[SWITCHES] = -1
    control[RANDOM] = scrambled(schedule.seed)
    control[LONGEST] = schedule.longest
    control[QUANTUM] = draw(control, schedule.longest)
  }
  control[GATE + (schedule.first ?? 0)] = 1
}

/** Starts whoever waits for a command. @param {Memory} memory @param {number} thread */
export function command({ control }, thread) {
  add(control, COMMAND + thread, 1)
  wake(control, COMMAND + thread)
}

/** @param {Memory} memory @param {number} thread @param {number} seen @returns {number} how many commands there were so far */
export function awaitCommand({ control }, thread, seen) {
  while (load(control, COMMAND + thread) === seen) sleep(control, COMMAND + thread, seen)
  return seen + 1
}

/** @param {Memory} memory @param {number} timeoutMs @returns {boolean} whether all threads have finished */
export function awaitFinish({ control }, timeoutMs) {
  const finished = load(control, FINISHED)
  if (finished >= /** @type {number} */ (control[THREADS]) || load(control, END) === OUT_OF_FUEL) return true
  sleep(control, FINISHED, finished, timeoutMs)
  return false
}

/** @param {Memory} memory */
export const outcomeOfRun = ({ control }) => ({
  end: load(control, END),
  touches: load(control, LENGTH),
  line: load(control, LINE),
})

/** @param {Memory} memory @param {number} thread @returns {boolean} whether it sleeps */
export const isAsleep = ({ control }, thread) => load(control, STATE + thread) === ASLEEP

/** 32 bits that differ much where seeds differ little; never 0. @param {number} seed */
function scrambled(seed) {
  let x = imul((seed | 0) ^ 0x9e3779b9, 0x85ebca6b)
  x = imul(x ^ (x >>> 13), 0xc2b2ae35)
  return x ^ (x >>> 16) || 1
}

/** xorshift32. @param {Int32Array} control @param {number} below @returns {number} 1 … below */
function draw(control, below) {
  let x = /** @type {number} */ (control[RANDOM])
  x ^= x << 13
  x ^= x >>> 17
  x ^= x << 5
  control[RANDOM] = x
  return 1 + ((x >>> 0) % below)
}

// ---- the side of a thread ------------------------------------------------------------------------------------------

/** @param {Memory} memory @param {number} me @returns {LockStep} */
export function lockStep({ control, times, trace }, me) {
  const at = (/** @type {number} */ word) => /** @type {number} */ (control[word])
  const setAll = (/** @type {number} */ base, /** @type {number} */ value) => {
    for (let t = 0; t < at(THREADS); t++) {
      store(control, base + t, value)
      wake(control, base + t)
    }
  }

  /** Ends the run for everybody. @param {number} how @returns {never} */
  function over(how) {
    store(control, END, how)
    setAll(GATE, 1)
    throw new RunOver()
  }
  function atGate() {
    for (let spins = 0; load(control, GATE + me) === 0; spins++) if (spins > SPINS) sleep(control, GATE + me, 0)
    if (load(control, END) !== RUNNING) throw new RunOver()
    store(control, GATE + me, 0)
  }
  /** @param {number} thread */
  function handOver(thread) {
    if (thread === me) return
    store(control, GATE + thread, 1)
    wake(control, GATE + thread)
  }
  /** @param {number} thread */
  function rouse(thread, result = 0) {
    control[STATE + thread] = READY
    control[RESULT + thread] = result
    times[1 + thread] = POSITIVE_INFINITY
    control[CHANGED] = at(LENGTH)
  }
  /** Rouses those whose time is over. @param {number} nowMs */
  function passTime(nowMs) {
    times[0] = nowMs
    for (let t = 0; t < at(THREADS); t++)
      if (at(STATE + t) === ASLEEP && /** @type {number} */ (times[1 + t]) <= nowMs) rouse(t, 1)
  }
  const earliest = () => {
    let first = POSITIVE_INFINITY
    for (let t = 0; t < at(THREADS); t++) if (at(STATE + t) === ASLEEP) first = Math.min(first, times[1 + t] ?? first)
    return first
  }
  /** The next who can run, the seed's or the next in turn. @returns {number} -1 for nobody */
  function next() {
    const count = at(THREADS)
    const others = []
    for (let i = 1; i < count; i++) if (at(STATE + ((me + i) % count)) === READY) others.push((me + i) % count)
    if (others.length === 0) return at(STATE + me) === READY ? me : -1
    return /** @type {number} */ (at(SWITCHES) >= 0 ? others[0] : others[draw(control, others.length) - 1])
  }
  /** For one who cannot go on: lets another run, or time pass. @returns who runs now; itself, if its own time is over */
  function yieldForGood() {
    for (;;) {
      const thread = next()
      if (thread >= 0) {
        handOver(thread)
        return thread
      }
      const first = earliest()
      if (first === POSITIVE_INFINITY) over(DEADLOCK)
      passTime(first)
    }
  }
  function newQuantum() {
    control[QUANTUM] = at(SWITCHES) >= 0 ? MAX_TOUCHES + 1 : draw(control, at(LONGEST))
  }
  function switchNow() {
    const thread = next()
    newQuantum()
    if (thread === me || thread < 0) return
    handOver(thread)
    atGate()
  }
  /** @param {number} kind @param {number} id @param {number} offset @param {number} bytes @param {number} line */
  function record(kind, id, offset, bytes, line) {
    const length = at(LENGTH)
    if (length >= at(MOST)) {
      control[LINE] = line
      over(ENDLESS)
    }
    const from = length * WORDS_OF_A_TOUCH
    trace[from] = me | (kind << 8) | (bytes << 16)
    trace[from + 1] = id
    trace[from + 2] = offset
    trace[from + 3] = line
    control[LENGTH] = length + 1
  }
  function mayGoOn() {
    if (load(control, END) !== RUNNING) throw new RunOver()
  }

  return {
    touch(kind, id, offset, bytes, line) {
      mayGoOn()
      const length = at(LENGTH)
      const list = at(SWITCHES)
      if (list >= 0) {
        const i = at(NEXT_SWITCH)
        if (i < list && length >= at(SWITCH_AT + i)) {
          control[NEXT_SWITCH] = i + 1
          switchNow()
        }
      } else {
        control[QUANTUM] = at(QUANTUM) - 1
        if (at(QUANTUM) < 0) switchNow()
      }
      // Whoever has the turn spins: the others first, if there is one who could end it.
      if (at(LENGTH) - at(CHANGED) > IDLE_TOUCHES * at(THREADS)) {
        const first = earliest()
        if (first === POSITIVE_INFINITY) {
          control[LINE] = line
          over(ENDLESS)
        }
        passTime(first)
      } else if (list >= 0 && (at(LENGTH) - at(CHANGED)) % 64 === 63) switchNow()
      const nowMs = /** @type {number} */ (times[0]) + TOUCH_MS
      times[0] = nowMs
      if (earliest() <= nowMs) passTime(nowMs)
      record(kind, id, offset, bytes, line)
    },
    wrote(_id, _offset, _bytes, changed) {
      if (changed) control[CHANGED] = at(LENGTH)
    },
    wait(id, offset, bytes, line, timeoutMs) {
      record(WAIT, id, offset, bytes, line)
      control[STATE + me] = ASLEEP
      control[WAIT_ID + me] = id
      control[WAIT_OFFSET + me] = offset
      control[CHANGED] = at(LENGTH)
      times[1 + me] = /** @type {number} */ (times[0]) + timeoutMs
      newQuantum()
      if (yieldForGood() !== me) atGate()
      const isTimeOut = at(RESULT + me) === 1
      record(isTimeOut ? TIMED_OUT : WOKEN, id, offset, bytes, line)
      return isTimeOut ? 'timed-out' : 'ok'
    },
    notify(id, offset, count, line) {
      mayGoOn()
      let woken = 0
      for (let i = 1; i <= at(THREADS) && woken < count; i++) {
        const t = (me + i) % at(THREADS)
        if (at(STATE + t) !== ASLEEP || at(WAIT_ID + t) !== id || at(WAIT_OFFSET + t) !== offset) continue
        rouse(t)
        woken++
      }
      record(NOTIFY, id, offset, woken, line)
      return woken
    },
    pause() {
      mayGoOn()
      if (at(SWITCHES) < 0) control[QUANTUM] = 0
    },
    begin: atGate,
    finish() {
      // Who sleeps when the run is over still sleeps when it is looked at.
      if (load(control, END) !== RUNNING) return
      control[STATE + me] = GONE
      control[CHANGED] = at(LENGTH)
      let isLast = true
      for (let t = 0; t < at(THREADS); t++) isLast &&= at(STATE + t) === GONE
      newQuantum()
      try {
        if (isLast) store(control, END, DONE)
        else yieldForGood()
      } catch (error) {
        if (!(error instanceof RunOver)) throw error
      }
    },
    tellFinished() {
      add(control, FINISHED, 1)
      wake(control, FINISHED)
    },
    outOfFuel(line) {
      control[LINE] = line
      store(control, END, OUT_OF_FUEL)
      wake(control, FINISHED)
      // Its code may catch what is thrown: it is held here until the process ends.
      for (;;) sleep(control, GATE + me, load(control, GATE + me))
    },
    isOver: () => load(control, END) !== RUNNING,
    mark: record,
    nextEvent: () => add(control, EVENTS, 1),
  }
}

/**
 * @typedef {ReturnType<typeof newMemory>} Memory
 * @typedef {import('./shared-memory.mjs').Scheduler & {
 *   begin(): void
 *   finish(): void
 *   tellFinished(): void
 *   outOfFuel(line: number): never
 *   isOver(): boolean
 *   mark(kind: number, id: number, offset: number, bytes: number, line: number): void
 *   nextEvent(): number
 * }} LockStep
 */
