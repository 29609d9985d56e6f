// A broken promise as a value that teaches: what was called, what should have come, what came.

import type { Trace } from './world/trace.ts'

export interface Step {
  /** the call as a person would write it, e.g. `tryTake(2)` */
  readonly call: string
  readonly got: unknown
  readonly want: unknown
}

/**
 * Thrown by a check that has found nothing to judge by: no message was lost, say, in runs that are about loss. Where the
 * submission does nothing, that is why, and other promises tell; where it keeps all of them, the suite is at fault.
 */
export class ForNothing extends Error {
  override readonly name = 'ForNothing'
}

/** Thrown by a check; the judge turns it into a report. Its fields are text that is safe to show. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise'
  /** the calls that lead to it, in order, narrated */
  readonly story: readonly string[]
  readonly expected: string
  readonly got: string
  /** the run that broke it, where it was simulated: drawn beside the story, by `kata trace` in full */
  readonly trace: Trace | undefined

  constructor(story: readonly string[], expected: string, got: string, trace?: Trace) {
    super(`expected ${expected}, got ${got}`)
    this.story = story
    this.expected = expected
    this.got = got
    this.trace = trace
  }
}

const MAX_SHOWN = 200

/** A plain value as a person would write it in TypeScript, cut to a length that a screen can bear. */
export function show(value: unknown): string {
  const text = write(value)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}

function write(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : withThousands(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string')
    return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value.subarray(0, 32)).toString('hex')}`
  if (Array.isArray(value)) return `[${value.slice(0, 40).map(write).join(', ')}${value.length > 40 ? ', …' : ''}]`
  if (typeof value === 'object' && value !== null) {
    // What stands there comes from a submission: only text is taken for text.
    if ('threw' in value) return `throws ${typeof value.threw === 'string' ? value.threw : write(value.threw)}`
    if ('returned' in value) return write(value.returned)
    if ('foreign' in value) return typeof value.foreign === 'string' ? value.foreign : write(value.foreign)
    const fields = Object.entries(value).map(([key, field]) => `${key}: ${write(field)}`)
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
  }
  return String(value)
}

/** 1_000_000 as TypeScript writes it: long numbers are read wrong otherwise. */
function withThousands(value: number): string {
  if (!Number.isSafeInteger(value) || Math.abs(value) < 10_000) return String(value)
  return String(value).replace(/\B(?=(\d{3})+$)/g, '_')
}

/** Structural equality of plain data; NaN equals NaN, 0 equals -0. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && same((a as never)[key], (b as never)[key]))
}

/**
 * Holds a sequence of calls against what the contract says of each. The first that differs breaks the promise; the
 * story is every call up to it.
 * @throws {BrokenPromise}
 */
export function agree(opening: string, steps: readonly Step[]): void {
  const wrong = steps.findIndex((step) => !same(step.got, step.want))
  if (wrong < 0) return
  const told = steps.slice(0, wrong + 1)
  const step = told[wrong] as Step
  throw new BrokenPromise(
    [opening, ...told.map(({ call, got }) => `${call} → ${show(got)}`)],
    show(step.want),
    show(step.got),
  )
}

/** Breaks the promise unless it holds. @throws {BrokenPromise} */
export function holds(
  kept: boolean,
  story: readonly string[],
  expected: string,
  got: string,
  trace?: Trace,
): asserts kept {
  if (!kept) throw new BrokenPromise(story, expected, got, trace)
}
