// Runs machines whose clocks stand, leap and step back as the schedule says, and which do nothing but stamp what happens to
// them: each action is a timer, so that a walk and an exploration take them in any order. And single clocks, call by call.

import * as kata from '#kata/3-deep-dive/hybrid-logical-clock'
import { type Attempt, attempt } from '../../kit/driver.ts'
import { evaluated, fresh, peer, simulation } from '../../kit/simulation.ts'

/** Milliseconds and counter, as they stand in the 8 bytes; in simulated runs milliseconds count from {@link START_MS}. */
export type Stamp = [ms: number, counter: number]

/** Where the machines' clocks begin. Small enough for 32 bits: how large ones are written is a promise of its own. */
export const START_MS = 1_000_000

/** What a machine can do: its clock moves by so many ms, or it stamps something. */
export type Action = 'sends' | 'notes' | 'ticks' | 'leaps' | 'steps back'
const MOVES_MS: Partial<Record<Action, number>> = { ticks: 1, leaps: 7, 'steps back': -3 }

/** Kept on the disk under `machine` before the first boot. */
export interface Machine {
  /** of its clock at each boot: a crash stops the clock, and nobody knows where it goes on */
  readonly clockMs: number
  readonly actions: readonly Action[]
  readonly maxDriftMs: number
  readonly aheadMs: number
}

/** What a machine shows: the last thing that it did. */
export interface View {
  readonly event: number
  readonly did: Action | 'boots' | 'receives' | 'refuses'
  readonly clock: number
  readonly stamp?: Stamp
  /** of the message that came */
  readonly remote?: Stamp
}

export interface Message {
  readonly stamp: Stamp
}

const MACHINE: Machine = { clockMs: 0, actions: [], maxDriftMs: 1_000, aheadMs: 10 }
const TICK_MS = 10

function read(bytes: Uint8Array, fromMs: number): Stamp {
  let ms = 0
  for (let at = 0; at < 6; at++) ms = ms * 256 + (bytes[at] as number)
  return [ms - fromMs, (bytes[6] as number) * 256 + (bytes[7] as number)]
}

function written([ms, counter]: Stamp, fromMs: number): Uint8Array {
  const bytes = new Uint8Array(8)
  let rest = fromMs + ms
  for (let at = 5; at >= 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest % 256
  bytes[6] = counter >>> 8
  bytes[7] = counter
  return bytes
}

/** A machine around somebody's clock. */
const machine = ({ HybridClock }: typeof kata) =>
  peer<Message>((context) => {
    const given = { ...MACHINE, ...context.disk.get<Partial<Machine>>('machine') }
    let clockMs = START_MS + given.clockMs
    let view: View = { event: 0, did: 'boots', clock: given.clockMs }
    const clock = new HybridClock({
      clock: () => clockMs,
      maxDriftMs: given.maxDriftMs,
      aheadMs: given.aheadMs,
      disk: {
        get: (key) => context.disk.get(`clock ${key}`),
        put: (key, value) => context.disk.put(`clock ${key}`, value),
        log: context.disk.log,
        sync: () => context.disk.sync(),
      },
    })
    const bytes = new Uint8Array(8)
    const shows = (did: View['did'], more: Partial<View> = {}) => {
      view = { event: view.event + 1, did, clock: clockMs - START_MS, ...more }
    }
    const act = (action: Action) => {
      const byMs = MOVES_MS[action]
      if (byMs !== undefined) {
        clockMs += byMs
        shows(action)
        return
      }
      clock.stamp(bytes)
      const stamp = read(bytes, START_MS)
      shows(action, { stamp })
      if (action === 'sends') for (const to of context.peers) context.send(to, { stamp })
    }
    for (const action of given.actions) context.setTimer(action, TICK_MS)
    return {
      onMessage(_, { stamp: remote }) {
        const isTaken = clock.receive(written(remote, START_MS), bytes)
        if (isTaken) shows('receives', { remote, stamp: read(bytes, START_MS) })
        else shows('refuses', { remote })
      },
      onTimer(name) {
        act(name as Action)
        context.setTimer(name, TICK_MS)
      },
      onRequest(_, command) {
        if (typeof command === 'number') {
          clockMs = START_MS + command
          shows('leaps')
        } else act(command)
      },
      inspect: () => view,
    }
  })

const world = simulation<Message, View>({
  boot: fresh(kata, (module) => machine(module) as never),
  label: ({ stamp: [ms, counter] }) => `stamp ${ms}+${counter}`,
})

export const { walk, replay, script, explore, tapes, alone } = world

// ---- call by call ------------------------------------------------------------------------------------------------

export type Call =
  | ['clock', ms: number]
  | ['stamp']
  /** `inPlace`: the stamp of the arrival goes where the message's own stamp is */
  | ['receive', ms: number, counter: number, inPlace?: boolean]
  /** arrays of so many bytes */
  | ['stamp into', bytes: number]
  | ['receive of', bytes: number, into: number]
  | ['restart']

/** `refused`: said no, and left the array alone. `other`: what it says must not be. */
export type Answer = { stamp: Stamp } | 'done' | 'refused' | { other: string }

export interface Program {
  clockMs: number
  maxDriftMs: number
  aheadMs: number
  calls: Call[]
}

const FILLED = 0xaa

/** One clock, on a disk that loses what was not synced. */
export function run({ clockMs, maxDriftMs, aheadMs, calls }: Program): Attempt<Answer>[] {
  const { HybridClock } = evaluated(kata)
  const safe = new Map<string, unknown>()
  let disk = diskOver(safe)
  let nowMs = clockMs
  const made = () => new HybridClock({ clock: () => nowMs, maxDriftMs, aheadMs, disk })
  let clock = made()
  return calls.map((call) =>
    attempt((): Answer => {
      if (call[0] === 'clock') nowMs = call[1]
      else if (call[0] === 'restart') {
        disk = diskOver(safe)
        clock = made()
      } else return answerOf(clock, call)
      return 'done'
    }),
  )
}

/** Two clocks, each with calls of its own. */
export function both({ one, other }: { one: Program; other: Program }): {
  one: Attempt<Answer>[]
  other: Attempt<Answer>[]
} {
  return { one: run(one), other: run(other) }
}

function answerOf(clock: kata.HybridClock, call: Call): Answer {
  const into = new Uint8Array(call[0] === 'stamp into' ? call[1] : call[0] === 'receive of' ? call[2] : 8).fill(FILLED)
  if (call[0] === 'stamp' || call[0] === 'stamp into') {
    clock.stamp(into)
    return { stamp: read(into, 0) }
  }
  if (call[0] === 'receive of') return { other: String(clock.receive(new Uint8Array(call[1]), into)) }
  const [, ms, counter, inPlace] = call as ['receive', number, number, boolean?]
  const remote = written([ms, counter], 0)
  const to = inPlace ? remote : into
  const before = [...to].join()
  const isTaken: unknown = clock.receive(remote, to)
  if (isTaken === true) return { stamp: read(to, 0) }
  if (isTaken !== false) return { other: `receive says ${String(isTaken)}` }
  return [...to].join() === before ? 'refused' : { other: 'refused, but wrote into the array' }
}

function diskOver(safe: Map<string, unknown>): kata.HybridClockOptions['disk'] {
  const keys = new Map(safe)
  return {
    get: <T>(key: string) => keys.get(key) as T | undefined,
    put: (key, value) => void keys.set(key, value),
    log: logOf(keys, '\0log'),
    sync: () => {
      for (const [key, value] of keys) safe.set(key, value)
    },
  }
}

/** A clock may keep what it keeps in the log as well. */
function logOf(keys: Map<string, unknown>, name: string): kata.HybridClockOptions['disk']['log'] {
  const entries = () => (keys.get(name) as unknown[] | undefined) ?? []
  return {
    get length() {
      return entries().length
    },
    at: <T>(index: number) => entries()[index] as T | undefined,
    append: (entry) => void keys.set(name, [...entries(), entry]),
    truncate: (length) => void keys.set(name, entries().slice(0, length)),
    // Nobody has a reason to: what was dropped is empty, and keeps its place.
    drop: (until) => void keys.set(name, entries().fill(undefined, 0, until)),
  }
}

export function options(given: { maxDriftMs: number; aheadMs: number }): Attempt<string> {
  const { HybridClock } = evaluated(kata)
  return attempt(() => {
    new HybridClock({ ...given, clock: () => START_MS, disk: diskOver(new Map()) })
    return 'a clock'
  })
}
