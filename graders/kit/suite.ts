// What hidden suites are written with: vitest's `test`, handed a `subject` (the driver, at a distance) and a seeded
// source of inputs. A suite holds every expected value and never loads a line of a submission.
//
//   const test = hiddenTest<typeof import('./driver.ts')>(import.meta.url)
//   test('A refusal takes nothing', async ({ subject, forAll }) => {
//     await forAll(programs, subject.run, (program, answers) => agree(…))
//   })

import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, test as vitestTest } from 'vitest'
import { BrokenPromise, ForNothing, show } from './broken.ts'
import { type Judging, type Outcome, type PromiseResult, type Subject, SubjectLost, subjectsOf } from './subjects.ts'

export { agree, BrokenPromise, holds, type Step, same, show } from './broken.ts'
export { fc }

type Operations = Record<string, unknown>

/** One driver operation at a distance: asks the subject, and rejects if the submission threw. */
export interface Remote<Input, Output> {
  (input: Input): Promise<Output>
  readonly operation: string
}

/** A driver seen from the suite: each exported function of one plain argument. */
export type RemoteDriver<D> = {
  readonly [K in keyof D as D[K] extends (input: never) => unknown ? K : never]: D[K] extends (
    input: infer I,
  ) => infer O
    ? Remote<I, Awaited<O>>
    : never
}

export interface Tools<D> {
  readonly subject: RemoteDriver<D>
  /**
   * Checks a property on random inputs (and on the given examples first): many inputs in one request; the first failing
   * one is shrunk across the process border by fast-check, deterministically from the seed.
   * @param check throws a {@link BrokenPromise} (by `agree` or `holds`) where the answer breaks the promise
   */
  readonly forAll: <Input, Output>(
    inputs: fc.Arbitrary<Input>,
    operation: Remote<Input, Output>,
    check: (input: Input, output: Output) => void,
    options?: PropertyOptions<Input>,
  ) => Promise<void>
  /** a seed of this promise's own, for a suite that makes its inputs itself */
  readonly seed: number
  /** whether a person will read what fails: then it is worth making it small */
  readonly shrink: boolean
  /**
   * What several promises look at together, found once for each submission and seed: they hand in the same name. Keep it
   * small, it is kept for all seeds. @param find is given a seed that these promises share
   */
  readonly once: <T>(name: string, find: (seed: number) => Promise<T>) => Promise<T>
  /** Asks one operation many things in one request. @throws {SubjectThrew} where it threw, told by `tell` */
  readonly askAll: <Input, Output>(
    operation: Remote<Input, Output>,
    inputs: readonly Input[],
    tell?: (input: Input) => readonly string[],
  ) => Promise<Output[]>
}

export interface PropertyOptions<Input> {
  /** how many random inputs; {@link RUNS} unless told */
  readonly runs?: number
  /** inputs to try first, chosen by hand at the borders */
  readonly examples?: readonly Input[]
  /** the calls that an input stands for, for a failure that has no answers to narrate (it threw, it hung) */
  readonly tell?: (input: Input) => readonly string[]
}

/** How many random inputs one property sees on one seed. */
const RUNS = 60
/** Predicate calls that shrinking may take: a count, not a time, so that the same seed shrinks to the same input. */
const MAX_SHRINK_CALLS = 500
const BATCH = 60

/** The submission threw where the contract does not let it. */
export class SubjectThrew extends Error {
  readonly outcome: Extract<Outcome, { kind: 'threw' | 'stuck' }>
  readonly story: readonly string[]
  constructor(outcome: Extract<Outcome, { kind: 'threw' | 'stuck' }>, story: readonly string[]) {
    super('the submission threw')
    this.outcome = outcome
    this.story = story
  }
}

/** One hidden test is one promise of the lesson; its name is the promise's, to the letter. */
export type HiddenTest<D> = (promise: string, body: (tools: Tools<D>) => Promise<void>) => void

/** @param suiteUrl `import.meta.url` of the suite */
export function hiddenTest<D>(suiteUrl: string): HiddenTest<D> {
  const suiteFile = fileURLToPath(suiteUrl)
  let judging: Judging | undefined
  beforeAll(async () => {
    judging = await subjectsOf(suiteFile)
  })
  afterAll(async () => {
    await judging?.finish()
  })
  return (promise, body) => {
    vitestTest(promise, async () => {
      // Every subject of the run passes through the same test; they are independent, so they may interleave.
      await Promise.all((judging as Judging).subjects.map((subject) => judgeOne(subject, promise, body)))
    })
  }
}

/** By subject, seed and name, see {@link Tools.once}. */
const found = new WeakMap<Subject, Map<string, Promise<unknown>>>()

function onceFor(subject: Subject, seed: number): Tools<unknown>['once'] {
  const known = found.get(subject) ?? new Map<string, Promise<unknown>>()
  found.set(subject, known)
  return <T>(name: string, find: (seed: number) => Promise<T>) => {
    const key = `${seed} ${name}`
    const made = known.get(key) ?? find(mix(seed, name))
    known.set(key, made)
    return made as Promise<T>
  }
}

async function judgeOne<D>(subject: Subject, promise: string, body: (tools: Tools<D>) => Promise<void>): Promise<void> {
  for (const [i, seed] of subject.seeds.entries()) {
    if (subject.isDecided(seed)) continue
    let result: PromiseResult = { kept: true }
    try {
      await body(toolsFor<D>(subject, seed, promise, subject.shrink && i === 0))
    } catch (error) {
      result = resultOf(error)
    }
    subject.report(promise, seed, result)
    if (!result.kept && !subject.exhaustive) return
  }
}

function resultOf(error: unknown): PromiseResult {
  if (error instanceof BrokenPromise) {
    const { story, expected, got, trace } = error
    return { kept: false, kind: 'broken', story, expected, got, ...(trace === undefined ? {} : { trace }) }
  }
  if (error instanceof SubjectThrew)
    return error.outcome.kind === 'stuck'
      ? { kept: false, kind: 'stuck', story: error.story }
      : { ...error.outcome, kept: false, kind: 'threw', story: error.story }
  if (error instanceof SubjectLost) return { kept: false, kind: 'lost', story: error.story, cause: error.cause }
  if (error instanceof ForNothing) return { kept: false, kind: 'for-nothing', message: error.message }
  return {
    kept: false,
    kind: 'fault',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }
}

function toolsFor<D>(subject: Subject, master: number, promise: string, shrink: boolean): Tools<D> {
  const seed = mix(master, promise)
  const remote = new Map<string, Remote<unknown, unknown>>()
  const remoteOf = (operation: string): Remote<unknown, unknown> => {
    const known = remote.get(operation)
    if (known !== undefined) return known
    const ask = async (input: unknown) =>
      answered((await subject.call(operation, [input]))[0] as Outcome, () => [`${operation}(${show(input)})`])
    const made = Object.assign(ask, { operation })
    remote.set(operation, made)
    return made
  }
  let properties = 0
  return {
    // The suite names operations at compile time (the driver's type); which there are at run time, the subject knows.
    subject: new Proxy({} as Operations, { get: (_, operation) => remoteOf(String(operation)) }) as RemoteDriver<D>,
    seed,
    shrink,
    once: onceFor(subject, master),
    askAll: async <Input, Output>(
      operation: Remote<Input, Output>,
      inputs: readonly Input[],
      tell: (input: Input) => readonly string[] = (input) => [`${operation.operation}(${show(input)})`],
    ) => {
      try {
        const outcomes = await subject.call(operation.operation, inputs)
        return outcomes.map((outcome, i) => answered(outcome, () => tell(inputs[i] as Input)) as Output)
      } catch (error) {
        if (error instanceof SubjectLost && error.item !== undefined) error.story = tell(inputs[error.item] as Input)
        throw error
      }
    },
    forAll: (inputs, operation, check, options = {}) =>
      forAll(subject, shrink, mix(seed, String(properties++)), inputs, operation, check, options),
  }
}

/** @throws {SubjectThrew} */
function answered(outcome: Outcome, tell: () => readonly string[]): unknown {
  if (outcome.kind === 'returned') return outcome.value
  throw new SubjectThrew(outcome, tell())
}

async function forAll<Input, Output>(
  subject: Subject,
  shrink: boolean,
  seed: number,
  inputs: fc.Arbitrary<Input>,
  operation: Remote<Input, Output>,
  check: (input: Input, output: Output) => void,
  options: PropertyOptions<Input>,
): Promise<void> {
  const examples = options.examples ?? []
  const tell = (input: Input) => options.tell?.(input) ?? [`${operation.operation}(${show(input)})`]
  const ask = async (batch: readonly Input[]) => {
    try {
      return await subject.call(operation.operation, batch)
    } catch (error) {
      if (error instanceof SubjectLost && error.item !== undefined) error.story = tell(batch[error.item] as Input)
      throw error
    }
  }
  const values = [...examples, ...fc.sample(inputs, { seed, numRuns: options.runs ?? RUNS })]
  const judge = (input: Input, outcome: Outcome) => {
    const output = answered(outcome, () => tell(input))
    try {
      check(input, output as Output)
    } catch (error) {
      // A TypeError met an answer of another shape than the types say: no right answer makes a check stumble, as the
      // course check holds on every seed. Any other error is the suite's own.
      if (!(error instanceof TypeError)) throw error
      throw new BrokenPromise(tell(input), 'an answer of the agreed shape', show(output))
    }
  }
  let failure: unknown
  for (let at = 0; at < values.length; at += BATCH) {
    const batch = values.slice(at, at + BATCH)
    const outcomes = await ask(batch)
    for (const [i, outcome] of outcomes.entries()) {
      const example = at + i < examples.length
      // One failing example is enough of them; a random input may still shrink to a shorter story.
      if (example && failure !== undefined) continue
      try {
        judge(batch[i] as Input, outcome)
      } catch (error) {
        if (!shrink || error instanceof SubjectLost) throw error
        if (example) failure = error
        else throw shorter(failure, await shrunk(at + i - examples.length, error))
      }
    }
  }
  if (failure !== undefined) throw failure

  async function shrunk(index: number, first: unknown): Promise<unknown> {
    let smallest = first
    let calls = 0
    let over = false
    const property = fc.asyncProperty(inputs, async (input) => {
      if (calls++ > MAX_SHRINK_CALLS || over) return
      let outcome: Outcome | undefined
      try {
        outcome = (await ask([input]))[0]
      } catch (error) {
        // The story found so far is good; one that ends the subject each time would take for ever.
        if (!(error instanceof SubjectLost)) throw error
        over = true
        return
      }
      try {
        judge(input, outcome as Outcome)
      } catch (error) {
        smallest = error
        throw error
      }
    })
    await fc.check(property, { seed, path: String(index), numRuns: 1 })
    return smallest
  }
}

/** The failure that is quicker to read; of two alike, the first: an example was chosen by hand. */
function shorter(a: unknown, b: unknown): unknown {
  const length = (error: unknown) =>
    error instanceof BrokenPromise || error instanceof SubjectThrew
      ? error.story.join('\n').length
      : Number.POSITIVE_INFINITY
  return a !== undefined && length(a) <= length(b) ? a : b
}

/** A 32-bit seed of a seed and a name (FNV-1a): each promise and property draws its own stream. */
function mix(seed: number, name: string): number {
  let hash = 0x811c9dc5 ^ seed
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return (hash ^ (hash >>> 15)) | 0
}
