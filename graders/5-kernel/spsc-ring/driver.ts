// Drives a ring: by scripts of calls in one thread, and by two real threads in lock step.

import { SpscRing } from '#kata/5-kernel/spsc-ring'
import { type Attempt, attempt } from '../../kit/driver.ts'
import { explore, type History, lockStep, note, type Thread } from '../../kit/threads.ts'

/** A number is pushed (without waiting); `pop` takes one out. */
export type Call = number | 'pop'

export interface Script {
  capacity: number
  /** values that have gone through before; 0 is memory that nobody has prepared */
  passed: number
  /** a ring for each side, or one for both */
  rings: 1 | 2
  calls: Call[]
}

function fresh(capacity: number, passed: number): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(SpscRing.bytesFor(capacity))
  if (passed > 0) SpscRing.prepare(memory, capacity, passed)
  return memory
}

export function run({ capacity, passed, rings, calls }: Script): (boolean | number | undefined)[] {
  const memory = fresh(capacity, passed)
  const pusher = new SpscRing(memory, capacity)
  const popper = rings === 1 ? pusher : new SpscRing(memory, capacity)
  return calls.map((call) => (call === 'pop' ? popper.tryPop() : pusher.tryPush(call)))
}

/** The same script on a ring that has come far, and on a new one. */
export function beside(script: Script): {
  far: (boolean | number | undefined)[]
  near: (boolean | number | undefined)[]
} {
  return { far: run(script), near: run({ ...script, passed: 0 }) }
}

/** What one thread does: a number is pushed, a count is popped one by one. `tries`: once, without waiting. */
export interface Side {
  push?: number[]
  pop?: number
  tries: boolean
}

export interface Scene {
  capacity: number
  /** values that are in the ring when the threads start */
  held: number[]
  sides: Side[]
}

interface Given {
  memory: SharedArrayBuffer
  capacity: number
  side: Side
}

export interface Noted {
  push?: number
  pop?: number
  came?: boolean | number | undefined
}

export function side({ memory, capacity, side: { push = [], pop = 0, tries } }: Given): void {
  const ring = new SpscRing(memory, capacity)
  for (const value of push) {
    if (tries) note({ push: value, came: ring.tryPush(value) })
    else {
      ring.push(value)
      note({ push: value, came: true })
    }
  }
  for (let i = 0; i < pop; i++) note({ pop: i, came: tries ? ring.tryPop() : ring.pop() })
}

interface Start {
  memory: SharedArrayBuffer
  /** those of the values to be held that went in */
  held: number[]
  threads: Thread[]
}

function startOf({ capacity, held, sides }: Scene): Start {
  const memory = fresh(capacity, 0)
  const ring = new SpscRing(memory, capacity)
  const isIn = held.map((value) => ring.tryPush(value))
  const isHeld = held.filter((_, i) => isIn[i])
  // What did not go in cannot be waited for, where it is not for nothing that somebody waits.
  const most =
    sides.length === 1
      ? Number.POSITIVE_INFINITY
      : sides.reduce((sum, { push = [] }) => sum + push.length, isHeld.length)
  const threads = sides.map((side) => ({
    run: 'side',
    given: { memory, capacity, side: side.pop === undefined ? side : { ...side, pop: Math.min(side.pop, most) } },
  }))
  return { memory, held: isHeld, threads }
}

/** One way in which the threads may come to run. */
export interface Came {
  schedule: { seed: number } | { first: number; switches: readonly number[] }
  history: Omit<History, 'hash' | 'touches'>
  /** what was in the ring when the threads started, and what is when they have ended */
  held: number[]
  left: number[]
}

/** Every way with at most so many switches that comes out differently. */
export async function ways({ scene, switches }: { scene: Scene; switches: 0 | 1 | 2 }): Promise<Came[]> {
  let start: Start | undefined
  const { different } = await explore(
    () => {
      start = startOf(scene)
      return start.threads
    },
    { switches },
    () => leftIn(start?.memory, scene.capacity),
  )
  return different.map(({ first, switches, history, left }) =>
    came({ first, switches }, history, start?.held ?? [], left),
  )
}

/** Far more than a right ring needs for two dozen values: what goes on for ever is to be told soon. */
const MOST_TOUCHES = 5_000

/** One way, drawn from a seed. */
export async function way({ scene, seed }: { scene: Scene; seed: number }): Promise<Came[]> {
  const { memory, held, threads } = startOf(scene)
  const history = await lockStep(threads, { seed, most: MOST_TOUCHES })
  return [came({ seed }, history, held, leftIn(memory, scene.capacity))]
}

const came = (schedule: Came['schedule'], history: History, held: number[], left: number[]): Came => {
  const { hash: _, touches: __, ...told } = history
  return { schedule, history: told, held, left }
}

function leftIn(memory: SharedArrayBuffer | undefined, capacity: number): number[] {
  if (memory === undefined) return []
  const ring = new SpscRing(memory, capacity)
  const left: number[] = []
  for (let value = ring.tryPop(); value !== undefined && left.length <= 2 * capacity; value = ring.tryPop())
    left.push(value)
  return left
}

/** One of each size, used again: shared memory is collected late, and rings of a million slots would fill the process. */
const memories = new Map<number, SharedArrayBuffer>()

function memoryOf(bytes: number): SharedArrayBuffer {
  const known = memories.get(bytes) ?? new SharedArrayBuffer(bytes)
  memories.set(bytes, known)
  return known
}

/** Sets a ring up from what may be nonsense. */
export function setUp({
  capacity,
  bytes,
  passed,
}: {
  capacity: number
  /** of the memory beyond what the ring needs; below 0 it is too small */
  bytes: number
  passed: number
}): { bytesFor: Attempt<number>; prepare: Attempt<string>; make: Attempt<string> } {
  const needed = attempt(() => SpscRing.bytesFor(capacity))
  const memory = memoryOf(Math.max(0, ('returned' in needed ? needed.returned : 1_024) + bytes))
  return {
    bytesFor: needed,
    prepare: attempt(() => {
      SpscRing.prepare(memory, capacity, passed)
      return 'prepared'
    }),
    make: attempt(() => {
      new SpscRing(memory, capacity)
      return 'a ring'
    }),
  }
}

export interface Misuse {
  capacity: number
  good: number[]
  bad: { push: number; tries: boolean }[]
}

/** Pushes what may be nonsense. @returns the answers, what had gone in before, and what is in the ring afterwards */
export function misuse({ capacity, good, bad }: Misuse): {
  answers: Attempt<boolean | string>[]
  held: number[]
  left: number[]
} {
  const memory = fresh(capacity, 0)
  const ring = new SpscRing(memory, capacity)
  const held = good.filter((value) => ring.tryPush(value))
  const answers = bad.map(({ push, tries }) =>
    attempt<boolean | string>(() => {
      if (tries) return ring.tryPush(push)
      ring.push(push)
      return 'pushed'
    }),
  )
  return { answers, held, left: leftIn(memory, capacity) }
}
