// Judges bytes: what a call leaves to the collector, and what an entry holds. The figures are exact to the byte; what is
// left of the harness is far below a hundredth of one.
//
// A call's bytes are told by two figures. The median over stretches of calls is what a call takes, to the byte. But what
// comes in bursts (an array that doubles, a table that is made anew, a cache that is thrown away) is in few of them; so
// the mean over all stretches counts, too, wherever it is more. Policy: what comes once in as many calls as are measured,
// or less often, is not seen: nobody is told about garbage that was not made before his eyes.

import type { BytesPerCallBudget, BytesPerEntryBudget } from '../../../graders/kit/budget.ts'
import type { Spent } from './spent.ts'

/** Code, feedback and the like that come and go beside what is measured, at most. */
const OWN_BYTES = 8_192
/**
 * Part of a byte from which on it is one more than is allowed. Figures are sums of whole words, now and then of one in so many calls: a
 * threshold that none of them comes to exactly (a half would be one object of 32 bytes in 64 calls) is a verdict that
 * never flips.
 */
const COUNTS_FROM = 0.29
/**
 * And from which on a figure is told as one more. What calls make that differ from each other comes to halves and thirds, and
 * varies by some hundredths with what else is in the heap, the length of the course's path, say: 708.48 or 708.50.
 */
const TOLD_FROM = 0.36

/** Of a number in a box: two words of 64 bits, the kind and the value. */
const BOX_BYTES = 16
/**
 * What the code of a line does not show: no object is made on it. Source: V8's representations of fields (Smi, Double, Tagged),
 * and experiments with a field that begins as no number, with `Array.prototype.at` and with functions that are not inlined.
 */
const OFTEN_A_BOX =
  'a number in a box: one beyond 31 bits (a time is), or with a fraction, takes 16 bytes where its field did not begin as ' +
  'a number, or where a call that V8 does not inline hands it over, as `.at()` does.'

type Judged = Omit<Spent, 'budget' | 'kind'>

const plural = (bytes: number) => `${bytes.toLocaleString('en-US')} ${bytes === 1 ? 'byte' : 'bytes'}`

/** @param raw of the probe; undefined comes back where it is nothing that the probe says */
export function judgeBytesPerCall(
  { bytesPerCall }: Pick<BytesPerCallBudget, 'bytesPerCall'>,
  raw: unknown,
): Judged | undefined {
  const { bytes, mean, calls } = (raw ?? {}) as Record<string, unknown>
  if (!isFigure(bytes) || !isFigure(mean) || !isFigure(calls) || calls < 1) return undefined
  // Allowing for what V8 itself may do once.
  const overall = mean - OWN_BYTES / calls
  const isOver = (value: number) => value >= bytesPerCall + COUNTS_FROM
  const got = (value: number, how: string) =>
    `${plural(Math.max(isOver(value) ? bytesPerCall + 1 : 0, Math.ceil(value - TOLD_FROM)))} a call${how}`
  const limit = `${plural(bytesPerCall)} a call`
  const isOften = Math.max(bytes, overall) < BOX_BYTES + COUNTS_FROM
  const often = isOften ? { often: OFTEN_A_BOX } : {}
  if (isOver(overall) && !isOver(bytes)) return { kept: false, limit, got: got(overall, ' on average, in bursts') }
  return { kept: !isOver(bytes), limit, got: got(bytes, ''), ...(isOver(bytes) ? often : {}) }
}

const isFigure = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

/** Lines with less than this share of the bytes explain nothing. */
const MIN_SHARE = 0.1

/** The lines explain the figure if they come to it within this factor. */
const EXPLAINS_WITHIN = 4 / 3

/**
 * A figure with the lines that it comes from. They are told apart by running without inlining, where a function that returns
 * a fraction makes an object of it: some of what they make may be nothing in the code that was measured. Where all of them
 * together come to what was measured, none of them is blamed for nothing; where they do not, that is said.
 * @param raw of the probe that explains: line, bytes, and of these in boxes @param measured that are to be explained
 */
export function explained({ often, ...spent }: Spent, raw: unknown, measured: number): Spent {
  const lines = (Array.isArray(raw) ? raw : []).filter(
    (one): one is [number, number, number] => Array.isArray(one) && one.length === 3 && one.every(Number.isFinite),
  )
  // Nothing is known beside the size.
  if (lines.length === 0) return often === undefined ? spent : { ...spent, often }
  const total = lines.reduce((sum, [, bytes]) => sum + bytes, 0)
  const boxed = lines.reduce((sum, [, , bytes]) => sum + bytes, 0)
  const allocations = lines
    .map(([line, bytes]) => ({ line, share: Math.round((100 * bytes) / total) / 100 }))
    .filter(({ share }) => share >= MIN_SHARE)
  const ratio = total / measured
  const isExplained = ratio <= EXPLAINS_WITHIN && ratio >= 1 / EXPLAINS_WITHIN
  return {
    ...spent,
    allocations,
    ...(isExplained || allocations.length === 0 ? {} : { allocationsAreGuessed: true as const }),
    // Those that only this run makes are no reason for a figure that is larger than a box.
    ...((isExplained || often !== undefined) && 2 * boxed >= total ? { often: OFTEN_A_BOX } : {}),
  }
}

/** What a call came to, before it was put into words. */
export function bytesOf(raw: unknown): number {
  const { bytes, mean } = (raw ?? {}) as Record<string, unknown>
  return Math.max(isFigure(bytes) ? bytes : 0, isFigure(mean) ? mean : 0)
}

export function judgeBytesPerEntry(
  { bytesPerEntry }: Pick<BytesPerEntryBudget, 'bytesPerEntry'>,
  raw: unknown,
): Judged | undefined {
  const series = (raw as { series?: unknown } | null)?.series
  if (!Array.isArray(series) || series.length !== 2 || !series.every(isPoint)) return undefined
  const [small, large] = series as [Point, Point]
  if (large.n <= small.n) return undefined
  const entries = large.n - small.n
  const slope = (large.bytes - small.bytes) / entries
  const bytes = Math.max(0, toldOf(slope, entries))
  return {
    kept: bytes <= bytesPerEntry,
    limit: `${plural(bytesPerEntry)} an entry`,
    got: `${plural(bytes)} an entry`,
  }
}

/**
 * No finer than what V8 itself keeps lets it be: to the tenth of a byte where so many entries were held that none of it shows
 * (a bit is an eighth of a byte), to three digits where they were so few that it does.
 */
function toldOf(slope: number, entries: number): number {
  if (entries < OWN_BYTES) return Math.round(Number(slope.toPrecision(3)))
  const parts = entries >= OWN_BYTES / 0.05 ? 10 : 1
  return Math.round(slope * parts) / parts
}

interface Point {
  n: number
  bytes: number
}

const isPoint = (value: unknown): value is Point =>
  Number.isSafeInteger((value as Point | null)?.n) && Number.isFinite((value as Point | null)?.bytes)
