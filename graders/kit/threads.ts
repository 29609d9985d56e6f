// What drivers of threads katas are written with; importing it makes a kata one of threads. It runs beside the submission.
//
// `lockStep` runs exported functions of the driver in real threads, each with a realm and a copy of the submission of its
// own; what they share is the shared memory that they are given. They take turns at each touch of it, by a schedule: one
// schedule is one interleaving, on every machine. Waiting blocks, and time-outs are virtual. It never judges.
//
//   export function producer({ memory, values }: Given) {
//     const ring = new SpscRing(memory, 8)
//     for (const value of values) ring.push(value)
//   }
//   export const stream = (input: Input) => {
//     const memory = new SharedArrayBuffer(SpscRing.bytesFor(8))
//     return lockStep([{ run: 'producer', given: { memory, … } }, { run: 'consumer', given: … }], { seed: input.seed })
//   }

/** One thread: an exported function of the driver, and the one argument that it is given (plain data, shared memory). */
export interface Thread {
  readonly run: string
  readonly given: unknown
}

export type Schedule = (
  | /** how long a thread runs before another may, in touches, and which one comes next: drawn from the seed */
  { readonly seed: number /** touches at most; drawn from the seed too unless told */; readonly longest?: number }
  /** it starts with thread `first`, and goes on to another at these touches of shared memory, counted from 0 over all */
  | { readonly switches: readonly number[]; readonly first?: number }
) & {
  /** touches after which the run is called endless, whatever it does; 60,000 unless told, and never more */
  readonly most?: number
}

/** A touch of shared memory, by the thread's place in the list and the line of the learner's file. */
export interface Place {
  readonly thread: number
  readonly line: number
}

export interface History {
  /** `deadlock`: all that are left wait, and nobody can wake them; `endless`: they spin, and no word changes
   * any more, or the run has touched memory more often than its schedule allows */
  readonly end: 'done' | 'deadlock' | 'endless'
  /** what each came to; `stoppedAt`: the line of the learner's file of its last touch, when the run was over */
  readonly threads: readonly ({ readonly returned: unknown } | { readonly stoppedAt: number })[]
  /** what was noted, in the order in which it happened */
  readonly events: readonly { readonly thread: number; readonly what: unknown }[]
  /** of those who wait for ever: where; who changed the word and did not notify; who notified before they slept */
  readonly waits: readonly (Place & {
    readonly buffer: number
    readonly byteOffset: number
    readonly changedBy?: Place
    readonly notifiedBefore?: Place
  })[]
  /** words that two threads touched with nothing between that orders them, one of them writing, not both atomically */
  readonly races: readonly {
    readonly buffer: number
    readonly byteOffset: number
    readonly first: Place
    readonly second: Place
  }[]
  /** how often shared memory was touched */
  readonly touches: number
  /** of all touches in their order: the same schedule gives the same */
  readonly hash: number
}

interface Engine {
  runThreads(scenario: { threads: readonly Thread[]; schedule: object }): Promise<History>
  note(what: unknown): void
}

/** There before any submission, and gone by then: see engine.ts. */
const engine = (globalThis as unknown as Record<symbol, Engine | undefined>)[Symbol.for('kata.subject')]

/** Touches after which a run of {@link explore} is called endless: its scenes are small. */
const MOST_EXPLORED_TOUCHES = 4_000

/** Longest turns that seeds choose from: some runs switch at each touch, others nearly never. */
const LONGEST = [1, 2, 3, 5, 8, 16, 40]

function scheduleOf(schedule: Schedule, threads: number): object {
  if (!('seed' in schedule)) return schedule
  const { seed } = schedule
  const mixed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) >>> 0
  return {
    seed,
    ...(schedule.most === undefined ? {} : { most: schedule.most }),
    longest: schedule.longest ?? LONGEST[mixed % LONGEST.length],
    first: Math.floor(mixed / LONGEST.length) % threads,
  }
}

/** Runs one scenario by one schedule. @throws whatever a thread threw, with its line */
export function lockStep(threads: readonly Thread[], schedule: Schedule): Promise<History> {
  if (engine === undefined) throw new Error('Threads run in the judge: kata check, or kata verify for an author.')
  return engine.runThreads({ threads, schedule: scheduleOf(schedule, threads.length) })
}

/** In a thread: keeps what happened, in order with what the other threads note. Kept also of a thread that never ends. */
export function note(what: unknown): void {
  engine?.note(what)
}

export interface Explored<L = undefined> {
  /** how many interleavings were run */
  readonly runs: number
  /** one of each that came out differently, with the switches that lead to it: fewest first */
  readonly different: readonly {
    readonly first: number
    readonly switches: readonly number[]
    readonly history: History
    /** what was left behind: see {@link explore} */
    readonly left: L
  }[]
}

const MAX_EXPLORED = 2_000
const MAX_DIFFERENT = 40
/** What never ends takes a thousand times as long as what does, and a few such runs tell enough. */
const MAX_ENDLESS = 4

/**
 * Runs a small scenario by every schedule that starts with any thread and switches at most so often (beside switches where
 * a thread ends or waits): nearly all mistakes of threads need no more than two. Keep it to a few dozen touches.
 * @param make the threads of one run, with fresh memory
 * @param leftBehind looked at after each run: what stands in the memory then
 */
export async function explore<L = undefined>(
  make: () => readonly Thread[],
  options: { switches: 0 | 1 | 2 },
  leftBehind?: () => L,
): Promise<Explored<L>> {
  const different = new Map<string, Explored<L>['different'][number]>()
  let runs = 0
  let endless = 0
  const isEnough = () => runs >= MAX_EXPLORED || endless >= MAX_ENDLESS
  const run = async (first: number, switches: readonly number[]) => {
    const history = await lockStep(make(), { first, switches, most: MOST_EXPLORED_TOUCHES })
    runs++
    if (history.end === 'endless') endless++
    const { hash: _, touches, waits, ...seen } = history
    const left = leftBehind?.() as L
    const key = JSON.stringify({ ...seen, left, waits: waits.map(({ thread, line }) => [thread, line]) })
    if (!different.has(key) && different.size < MAX_DIFFERENT) different.set(key, { first, switches, history, left })
    return touches
  }
  const count = make().length
  const longest = new Map<number, number>()
  for (let first = 0; first < count; first++) longest.set(first, await run(first, []))
  for (let deep = 1; deep <= options.switches; deep++)
    for (let first = 0; first < count; first++) {
      // A switch behind the last touch changes nothing: then all have been tried.
      const end = longest.get(first) as number
      for (let i = 0; i < end && !isEnough(); i++) {
        if (deep === 1) await run(first, [i])
        else for (let j = i + 1; !isEnough() && j < (await run(first, [i, j])); ) j++
      }
    }
  return { runs, different: [...different.values()] }
}

/**
 * Calls operations that never wait in an order that a seed decides, all in this thread: quick, and enough where each
 * operation is to be right by itself. Interleaving within an operation is for {@link lockStep}.
 * @returns who was called when, and what came of it
 */
export function interleave<T>(
  operations: readonly ((turn: number) => T)[],
  { turns, longest, seed }: { turns: number /** calls in a row */; longest: number; seed: number },
): { readonly thread: number; readonly came: T }[] {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1
  const below = (n: number) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % n
  }
  const made = operations.map(() => 0)
  const out: { thread: number; came: T }[] = []
  while (out.length < turns) {
    const thread = below(operations.length)
    for (let i = 1 + below(longest); i > 0 && out.length < turns; i--) {
      const turn = made[thread] as number
      made[thread] = turn + 1
      out.push({ thread, came: (operations[thread] as (turn: number) => T)(turn) })
    }
  }
  return out
}
