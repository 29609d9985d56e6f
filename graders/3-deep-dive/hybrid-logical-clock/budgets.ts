// A clock is asked at each event of a system, so it may leave nothing to the collector; and a disk that is asked at each
// event would be the clock.

import type * as kata from '#kata/3-deep-dive/hybrid-logical-clock'
import { budget, passingClock } from '../../kit/budget.ts'

type Kata = typeof kata
type Disk = kata.HybridClockOptions['disk']

const START_MS = 1_700_000_000_000
const MASK = 63

/** A disk that is there for its syncs to be counted. */
function countingDisk(): { disk: Disk; syncs: () => number } {
  const keys = new Map<string, unknown>()
  const log: unknown[] = []
  let syncs = 0
  const disk: Disk = {
    get: <T>(key: string) => keys.get(key) as T | undefined,
    put: (key, value) => void keys.set(key, value),
    log: {
      get length() {
        return log.length
      },
      at: <T>(index: number) => log[index] as T | undefined,
      append: (entry) => void log.push(entry),
      truncate: (length) => void log.splice(length),
      drop() {},
    },
    sync: () => {
      syncs++
    },
  }
  return { disk, syncs: () => syncs }
}

function stampAt(ms: number): Uint8Array {
  const bytes = new Uint8Array(8)
  for (let at = 5, rest = ms; at >= 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest % 256
  return bytes
}

/** Stamps of others: a little behind, alike, a little ahead, in turns. */
function remotes(random: () => number): Uint8Array[] {
  return Array.from({ length: MASK + 1 }, () => {
    const bytes = stampAt(START_MS + Math.floor(random() * 4_000))
    bytes[7] = random() * 256
    return bytes
  })
}

function ready({ HybridClock }: Kata, random: () => number, stepMs: number) {
  const time = passingClock(START_MS, stepMs)
  const clock = new HybridClock({
    clock: time.clock,
    maxDriftMs: 10_000,
    aheadMs: 1_000_000,
    disk: countingDisk().disk,
  })
  return { time, clock, remotes: remotes(random), into: new Uint8Array(8) }
}

const use = ({ time, clock, remotes, into }: ReturnType<typeof ready>, i: number) => {
  if (i % 4 === 0) time.pass()
  if (i % 2 === 0) clock.stamp(into)
  else clock.receive(remotes[i & MASK] as Uint8Array, into)
}

export default [
  budget('An event is constant work, however much has happened', {
    given: (kata: Kata, { n, random }) => {
      const state = ready(kata, random, 1)
      for (let i = 0; i < n; i++) use(state, i)
      return state
    },
    when: use,
    steps: 'O(1)',
    worstCall: 'O(1)',
    ceiling: { says: '80 steps', of: () => 80 },
  }),
  budget('The disk is asked about once each `aheadMs`', {
    sample: ({ HybridClock }: Kata, { random }) => {
      const syncsOf = ({ leadMs, backMs }: { leadMs: number; backMs: number }) => {
        const { disk, syncs } = countingDisk()
        let nowMs = START_MS + backMs
        const clock = new HybridClock({ clock: () => nowMs, maxDriftMs: 10_000, aheadMs: 100, disk })
        const into = new Uint8Array(8)
        clock.stamp(into)
        for (nowMs -= backMs; nowMs < START_MS + 5_000; nowMs++)
          for (let event = Math.floor(random() * 8); event >= 0; event--)
            if (leadMs > 0 && event % 2 === 1) clock.receive(stampAt(nowMs + leadMs), into)
            else clock.stamp(into)
        return syncs()
      }
      // Alone; with a peer whose clock is fast; and after its own clock has stepped back.
      const scenes = [
        { leadMs: 0, backMs: 0 },
        { leadMs: 5_000, backMs: 0 },
        { leadMs: 0, backMs: 4_000 },
      ]
      return { figure: Math.max(...scenes.map(syncsOf)) / 50 }
    },
    // Chance decides how many events there are in a millisecond, which no right clock's syncs hang on: one figure each.
    quality: { what: 'syncs each `aheadMs`', figureAtMost: 2.5 },
  }),
  budget('An event makes no garbage', {
    given: (kata: Kata, { random }) => ready(kata, random, 1),
    when: use,
    bytesPerCall: 0,
  }),
  budget('An event beside the reference', {
    given: (kata: Kata, { random }) => ready(kata, random, 1),
    when: use,
    throughput: 'reference',
  }),
]
