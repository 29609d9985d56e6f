// Judges bytes: what a call leaves to the collector, and what an entry holds. The figures are exact to the byte; what is
// left of the harness is far below half of one.

import type { BytesPerCallBudget, BytesPerEntryBudget } from '../../../graders/kit/budget.ts'
import type { Spent } from './spent.ts'

/** Code, feedback and the like that come and go beside what is measured, at most. */
const OWN_BYTES = 8_192

type Judged = Omit<Spent, 'budget' | 'kind'>

const plural = (bytes: number) => `${bytes.toLocaleString('en-US')} ${bytes === 1 ? 'byte' : 'bytes'}`

/** @param raw of the probe; undefined comes back where it is nothing that the probe says */
export function judgeBytesPerCall(
  { bytesPerCall }: Pick<BytesPerCallBudget, 'bytesPerCall'>,
  raw: unknown,
): Judged | undefined {
  const bytes = (raw as { bytes?: unknown } | null)?.bytes
  if (typeof bytes !== 'number' || !Number.isFinite(bytes)) return undefined
  // A warmed-up harness that frees a little of its own is below nothing.
  const whole = Math.max(0, Math.round(bytes))
  return { kept: whole <= bytesPerCall, limit: `${plural(bytesPerCall)} a call`, got: `${plural(whole)} a call` }
}

/** Lines with less than this share of the bytes explain nothing. */
const MIN_SHARE = 0.1

/** @param raw of the probe that explains: pairs of line and bytes */
export function allocationsOf(raw: unknown): NonNullable<Spent['allocations']> {
  if (!Array.isArray(raw)) return []
  const pairs = raw.filter((one): one is [number, number] => Array.isArray(one) && one.every(Number.isFinite))
  const total = pairs.reduce((sum, [, bytes]) => sum + bytes, 0)
  return pairs
    .map(([line, bytes]) => ({ line, share: Math.round((100 * bytes) / total) / 100 }))
    .filter(({ share }) => share >= MIN_SHARE)
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
  // To the tenth where so many entries were held that what V8 itself keeps does not show: a bit is an eighth of a byte.
  const parts = entries >= OWN_BYTES / 0.05 ? 10 : 1
  const bytes = Math.max(0, Math.round(slope * parts) / parts)
  return {
    kept: bytes <= bytesPerEntry,
    limit: `${plural(bytesPerEntry)} an entry`,
    got: `${plural(bytes)} an entry`,
  }
}

interface Point {
  n: number
  bytes: number
}

const isPoint = (value: unknown): value is Point =>
  Number.isSafeInteger((value as Point | null)?.n) && Number.isFinite((value as Point | null)?.bytes)
