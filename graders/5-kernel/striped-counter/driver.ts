// Drives counters over one shared memory: by real threads in lock step where the order of their steps matters, and by one
// thread where it does not.

import { StripedCounter } from '#kata/5-kernel/striped-counter'
import { type Attempt, attempt } from '../../kit/driver.ts'
import { lockStep, note, type Place, type Schedule } from '../../kit/threads.ts'

/** What one thread does: it joins the counter on a stripe, and then adds, or asks for so many sums. */
export type Task = { stripe: number; deltas: number[] } | { stripe: number; sums: number }

export interface Race {
  stripes: number
  /** added on stripe 0 by one thread, before all others begin */
  before: number[]
  tasks: Task[]
  schedule: Schedule
}

export type Happening = { adds: number } | { added: number } | { asks: true } | { sum: number }

/** Where a task runs: its memory is shared with all others. */
interface Given {
  memory: SharedArrayBuffer
  stripes: number
  task: Task
}

/** One thread of {@link race}. */
export function work({ memory, stripes, task }: Given): void {
  const counter = new StripedCounter({ memory, stripes, stripe: task.stripe })
  if ('deltas' in task)
    for (const delta of task.deltas) {
      note({ adds: delta } satisfies Happening)
      addTo(counter, delta)
      note({ added: delta } satisfies Happening)
    }
  else
    for (let i = 0; i < task.sums; i++) {
      note({ asks: true } satisfies Happening)
      note({ sum: counter.sum() } satisfies Happening)
    }
}

/** One is what is meant when nothing is said. */
const addTo = (counter: StripedCounter, delta: number) => (delta === 1 ? counter.add() : counter.add(delta))

const memoryFor = (stripes: number) => new SharedArrayBuffer(StripedCounter.bytesFor(stripes))

/** Runs all tasks at once, and then asks once more, by a thread that has just come. */
export async function race({ stripes, before, tasks, schedule }: Race): Promise<{
  end: string
  events: { thread: number; what: Happening }[]
  races: { first: Place; second: Place }[]
  /** lines at which threads stood that never came to their end */
  stoppedAt: { thread: number; line: number }[]
  sum: number | undefined
  /** the sum where all that is added is added by one thread, one after another */
  alone: number
}> {
  const memory = memoryFor(stripes)
  const first = new StripedCounter({ memory, stripes, stripe: 0 })
  for (const delta of before) first.add(delta)
  const history = await lockStep(
    tasks.map((task) => ({ run: 'work', given: { memory, stripes, task } satisfies Given })),
    schedule,
  )
  const { end } = history
  return {
    end,
    events: history.events.map(({ thread, what }) => ({ thread, what: what as Happening })),
    races: history.races.map(({ first, second }) => ({ first, second })),
    stoppedAt: history.threads.flatMap((came, thread) =>
      'stoppedAt' in came ? [{ thread, line: came.stoppedAt }] : [],
    ),
    // A stripe whose thread stands still for ever may never be readable again.
    sum: end === 'done' ? new StripedCounter({ memory, stripes, stripe: stripes - 1 }).sum() : undefined,
    alone: count({
      stripes,
      adds: [
        ...before.map((delta) => ({ stripe: 0, delta })),
        ...tasks.flatMap((task) => ('deltas' in task ? task.deltas.map((delta) => ({ ...task, delta })) : [])),
      ],
    }),
  }
}

/** Adds on stripes in turn, by one counter for each. @returns the sum at the end */
export function count({ stripes, adds }: { stripes: number; adds: { stripe: number; delta: number }[] }): number {
  const memory = memoryFor(stripes)
  const counters = Array.from({ length: stripes }, (_, stripe) => new StripedCounter({ memory, stripes, stripe }))
  for (const { stripe, delta } of adds) addTo(counters[stripe] as StripedCounter, delta)
  return (counters[0] as StripedCounter).sum()
}

/** Adds the same on each stripe. @returns by stripe, the bytes at which words lie that its adds have changed */
export function wordsWritten({ stripes, deltas }: { stripes: number; deltas: number[] }): number[][] {
  const memory = memoryFor(stripes)
  const words = new Int32Array(memory, 0, memory.byteLength >> 2)
  const counters = Array.from({ length: stripes }, (_, stripe) => new StripedCounter({ memory, stripes, stripe }))
  return counters.map((counter) => {
    const written = new Set<number>()
    for (const delta of deltas) {
      const before = words.slice()
      counter.add(delta)
      for (let i = 0; i < words.length; i++) if (words[i] !== before[i]) written.add(4 * i)
    }
    return [...written].sort((a, b) => a - b)
  })
}

export type Visit = { join: number } | { add: number; by: number } | { sumBy: number }

export interface Visits {
  stripes: number
  /** stripes of the counters that are there from the beginning; whoever joins comes behind them */
  counters: number[]
  visits: Visit[]
}

/** The visits with, and without, those who only join and look: what a newcomer finds, on a stripe of its own. */
export function visit({ stripes, counters, visits }: Visits): { sum: number; undisturbed: number } {
  const play = (all: Visit[]) => {
    const memory = memoryFor(stripes + 1)
    const at = (stripe: number) => new StripedCounter({ memory, stripes: stripes + 1, stripe })
    const known = counters.map(at)
    for (const one of all)
      if ('join' in one) known.push(at(one.join))
      else if ('sumBy' in one) (known[one.sumBy % known.length] as StripedCounter).sum()
      else (known[one.by] as StripedCounter).add(one.add)
    return at(stripes).sum()
  }
  return { sum: play(visits), undisturbed: play(visits.filter((one) => 'add' in one)) }
}

interface Misused {
  answers: Attempt<string>[]
  sum: number
}

/** The one thread of {@link misuse}. */
export function tryAdds({ memory, deltas }: { memory: SharedArrayBuffer; deltas: number[] }): Misused {
  const counter = new StripedCounter({ memory, stripes: 2, stripe: 1 })
  counter.add(5)
  const answers = deltas.map((delta) =>
    attempt(() => {
      counter.add(delta)
      return 'counted'
    }),
  )
  return { answers, sum: counter.sum() }
}

/**
 * Adds what may be nonsense, in a thread: there one that spins is found out after a few thousand touches.
 * @returns what came of it, and the sum of a counter that was spared what is `bad`
 */
export async function misuse({
  deltas,
  bad,
}: {
  deltas: number[]
  bad: number[]
}): Promise<(Misused & { undisturbed: number }) | { stoppedAt: number }> {
  const play = async (some: number[]) => {
    const given = { memory: memoryFor(2), deltas: some }
    const { threads } = await lockStep([{ run: 'tryAdds', given }], { switches: [] })
    const [came] = threads
    return came !== undefined && 'returned' in came ? (came.returned as Misused) : { stoppedAt: came?.stoppedAt ?? 0 }
  }
  const [disturbed, spared] = [await play(deltas), await play(deltas.filter((delta) => !bad.includes(delta)))]
  if ('stoppedAt' in disturbed) return disturbed
  return 'stoppedAt' in spared ? spared : { ...disturbed, undisturbed: spared.sum }
}

/** Makes a counter from what may be nonsense. `bytes`: more or fewer than `bytesFor` says; 0 where it says nothing. */
export function construct(given: { stripes: number; stripe: number; bytes: number }): Attempt<string> {
  const { stripes, stripe, bytes } = given
  const needed = attempt(() => StripedCounter.bytesFor(stripes))
  const memory = new SharedArrayBuffer('returned' in needed ? needed.returned + bytes : 4_096)
  return attempt(() => {
    new StripedCounter({ memory, stripes, stripe }).add()
    return 'a counter'
  })
}

export const bytesFor = ({ stripes }: { stripes: number }): Attempt<string> =>
  attempt(() => {
    StripedCounter.bytesFor(stripes)
    return 'a number'
  })
