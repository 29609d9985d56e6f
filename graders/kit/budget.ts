// What a grader's `budgets.ts` is written with: what a submission may cost, as data and a few lines of work. The file is
// loaded twice. In the judge it is data: names and limits. Beside the submission, in a probe of its own, it is the work
// that is measured; there it is handed the submission's module, so that the judge never loads one.
//
//   import type * as kata from '#kata/2-foundation/token-bucket'
//
//   export default [
//     budget('A call makes no garbage', {
//       given: ({ TokenBucket }: typeof kata) => new TokenBucket({ … }),
//       when: (bucket) => bucket.tryTake(),
//       bytesPerCall: 0,
//     }),
//   ]

/** Growth classes, from cheap to dear. */
export const GROWTHS = ['O(1)', 'O(log n)', 'O(√n)', 'O(n)', 'O(n log n)', 'O(n²)'] as const
export type Growth = (typeof GROWTHS)[number]

/** What a piece of work is made for. Two runs with the same seed are made for the same, to the bit. */
export interface Setting {
  /** size of the problem; never a round number, so that no size can be recognised */
  readonly n: number
  /** seeded, uniform in [0, 1) */
  readonly random: () => number
}

/** Work on a submission. `K`: its module; `S`: whatever `given` makes ready for `when`. */
interface Work<K, S> {
  /** Makes everything ready, keys and other inputs included: what is made in `when` counts as the submission's. */
  readonly given: (kata: K, setting: Setting) => S | Promise<S>
  /** The call that is measured. `i` counts from 0 within one run of calls. */
  readonly when: (state: S, i: number) => unknown
  /**
   * Answers of `when` are compared with the reference's, so that what is fast by being wrong at large n is found out.
   * `free`: the contract leaves them open (which node a key falls to, say).
   */
  readonly answers?: 'free'
}

/** Function entries, loop passes and what built-ins touch, counted exactly over several sizes. */
export interface StepsBudget<K = never, S = never> extends Work<K, S> {
  /** class of the steps a call, amortised over all calls (deferred work included) */
  readonly steps: Growth
  /** class of the dearest single call, where that is promised too */
  readonly worstCall?: Growth
  /** class of the steps of `given`, where that is promised too: what is not spent in calls is often spent there */
  readonly setUp?: Growth
  /** steps a call (amortised) that are never passed at size n, whatever the class */
  readonly ceiling?: { readonly says: string; readonly of: (n: number) => number }
  /** smallest, middle and largest size; each is moved a little by the seed. 64, 256, 1,024 unless told */
  readonly sizes?: readonly number[]
  /** calls at size n; 2n unless told */
  readonly calls?: (n: number) => number
}

/** Bytes that a call leaves to the garbage collector, in steady state and optimised, off-heap included. */
export interface BytesPerCallBudget<K = never, S = never> extends Work<K, S> {
  readonly bytesPerCall: number
  /** size handed to `given`; 1,000 unless told */
  readonly n?: number
}

/** Memory that is held for each of n entries: the slope between two sizes, off-heap included. */
export interface BytesPerEntryBudget<K = never, S = never> extends Pick<Work<K, S>, 'given'> {
  readonly bytesPerEntry: number
  /** 10,000 and 40,000 unless told */
  readonly sizes?: readonly [number, number]
}

/** False sharing between threads on one piece of shared memory, by tracing every access through a model of the caches. */
export interface SharedCacheLinesBudget<K = never, S = never> {
  /** Makes the shared memory ready. What it returns must be shared memory and plain data: it is sent to real workers. */
  readonly given: (kata: K, setting: Setting) => S
  /**
   * One maker per thread: makes that thread's own view of what `given` returned, and returns its operation. An operation
   * may do nothing (a full ring): it is called until each thread has had its turns.
   */
  readonly threads: readonly ((kata: K, shared: S) => (turn: number) => unknown)[]
  /** operations wait or spin, so that each thread is a real worker and threads take turns at each access */
  readonly blocking?: true
  /** false misses an operation */
  readonly sharedCacheLines: number
  /** turns that each thread is given; 1,000 unless told */
  readonly turns?: number
}

/**
 * A statistical promise. A right implementation fails less than once in 10^9 runs: of shares and standard errors the judge
 * itself sees to that, by the number of trials. Of a figure it cannot: a figure is for what chance does not move, or only
 * within bounds, or far less than it is from its limit; the budget says which, and what was measured.
 */
export interface QualityBudget<K = never> {
  /** Makes one trial run, and says what came of it. */
  readonly sample: (kata: K, setting: Setting) => Sample
  readonly quality: Quality
  /** size handed to `sample`; 1,000 unless told */
  readonly n?: number
}
export type Sample =
  /** how many of how many independent trials: what comes of one may not hang on another (ten neighbours of one query do) */
  | { readonly hits: number; readonly of: number }
  /** independent relative errors */
  | { readonly errors: readonly number[] }
  /** one exact figure */
  | { readonly figure: number }
export type Quality =
  /** share of hits (false positives): true rate at most this */
  | { readonly what: string; readonly shareAtMost: number }
  /** share of hits (recall): true rate at least this */
  | { readonly what: string; readonly shareAtLeast: number }
  /** relative errors: true standard error at most this, and no bias beyond it */
  | { readonly what: string; readonly standardErrorAtMost: number }
  /** an exact figure (syncs, bytes, messages of a run), that chance does not take beyond this: at most this */
  | { readonly what: string; readonly figureAtMost: number }

/** How fast it is beside the reference, in one run. Shown by `kata perf`; judges nobody. */
export interface ThroughputBudget<K = never, S = never> extends Work<K, S> {
  readonly throughput: 'reference'
  readonly n?: number
}

/** The closed union: which kind it is, its one own key says. */
export type Cost<K, S> =
  | StepsBudget<K, S>
  | BytesPerCallBudget<K, S>
  | BytesPerEntryBudget<K, S>
  | SharedCacheLinesBudget<K, S>
  | QualityBudget<K>
  | ThroughputBudget<K, S>

export type Kind = 'steps' | 'bytesPerCall' | 'bytesPerEntry' | 'sharedCacheLines' | 'quality' | 'throughput'

/** A budget as the engine sees it. Of which kata, and with which state, only its own file knows; nothing else looks. */
// biome-ignore lint/suspicious/noExplicitAny: as said above
export type Budget = { readonly name: string } & Cost<any, any>

/** @param name says what is promised, as a sentence: "A look-up walks no more than a logarithm of the points" */
export function budget<K, S>(name: string, cost: Cost<K, S>): Budget {
  return { name, ...cost }
}

const KINDS: readonly Kind[] = ['steps', 'bytesPerCall', 'bytesPerEntry', 'sharedCacheLines', 'quality', 'throughput']

export function kindOf(one: Budget): Kind {
  const kind = KINDS.find((key) => key in one)
  if (kind === undefined) throw new Error(`The budget "${one.name}" is of no kind.`)
  return kind
}

/** Readings that one {@link passingClock} can give: more than a budget's bytes are counted over. */
const READINGS = 131_072

/** Those of the last clock: a budget asks for the same again at each size, and to make them takes longer than to use them. */
let last:
  | { readonly startMs: number; readonly stepMs: number; readonly readings: readonly (number | null)[] }
  | undefined

/**
 * A clock for work whose bytes are counted: reading it makes no garbage. (A clock that adds up makes a new number each
 * time, and that would be counted as the submission's.) After 131,072 steps it stands still. Where only steps are counted
 * and each size has a step of its own, a plain number will do.
 * @param startMs a real time is beyond what V8 keeps as a small integer: 1_700_000_000_000, say
 */
export function passingClock(startMs: number, stepMs: number): { clock: () => number; pass: () => void } {
  if (last?.startMs !== startMs || last.stepMs !== stepMs)
    last = { startMs, stepMs, readings: readingsOf(startMs, stepMs) }
  const { readings } = last
  let at = 1
  return {
    clock: () => readings[at] as number,
    pass: () => {
      if (at < READINGS) at++
    },
  }
}

function readingsOf(startMs: number, stepMs: number): (number | null)[] {
  // The null keeps V8 from storing the numbers unboxed: then each is one object, made here and handed out as it is.
  const readings: (number | null)[] = [null]
  // Not by `push`: where steps are counted, that is metered.
  for (let i = 0; i < READINGS; i++) readings[i + 1] = startMs + i * stepMs
  return readings
}
