// Judges false sharing: what the worst schedule comes to, with the map of the lines at fault.

import type { SharedCacheLinesBudget } from '../../../graders/kit/budget.ts'
import { type SharedLine, type Sharing, worstSharing } from '../cache-lines/false-sharing.ts'
import { readRuns } from '../cache-lines/touches.ts'
import type { CacheLineMap, CacheLineRow, Place, Spent } from './spent.ts'

const MAX_ROWS = 6
const MAX_WORDS = 8
const MAX_PLACES = 3

const figure = (misses: number) => `${misses === 0 ? '0' : misses.toFixed(2)} false misses an operation`

/** @param raw of the probe; undefined comes back where it is nothing that the probe says */
export function judgeSharedCacheLines(
  { sharedCacheLines }: Pick<SharedCacheLinesBudget, 'sharedCacheLines'>,
  raw: unknown,
): Omit<Spent, 'budget' | 'kind'> | undefined {
  if ((raw as { tooMany?: unknown } | null)?.tooMany === 'touches')
    return { kept: false, limit: figure(sharedCacheLines), got: 'more touches of shared memory than are traced' }
  const runs = readRuns(raw)
  if (runs === undefined) return undefined
  const worst = runs.map(worstSharing).reduce((a, b) => (b.perOperation > a.perOperation ? b : a))
  // Hundredths: what is less is no cost that anybody would find.
  const misses = Math.round(worst.perOperation * 100) / 100
  const cacheLines = worst.lines.length === 0 ? {} : { cacheLines: mapOf(worst) }
  return { kept: misses <= sharedCacheLines, limit: figure(sharedCacheLines), got: figure(misses), ...cacheLines }
}

function mapOf(sharing: Sharing): CacheLineMap {
  const { run, placement, lines } = sharing
  const more = lines.slice(MAX_ROWS).filter(({ falseMisses }) => falseMisses > 0).length
  return {
    lineBytes: placement.lineBytes,
    threads: Array.from({ length: run.threads }, (_, i) => `thread ${i + 1}`),
    rows: lines.slice(0, MAX_ROWS).map((line) => rowOf(sharing, line)),
    ...(more === 0 ? {} : { moreRows: more }),
  }
}

function rowOf(
  { run, placement: { lineBytes, bases } }: Sharing,
  { line, fields, hot, falseMisses }: SharedLine,
): CacheLineRow {
  const words = fields.map((field) => {
    const { byteOffset } = run.fields[field] as (typeof run.fields)[number]
    const reads = Array<number>(run.threads).fill(0)
    const writes = Array<number>(run.threads).fill(0)
    const lines = new Map<number, number>()
    for (const touch of run.touches) {
      if (touch.field !== field) continue
      if (touch.reads) reads[touch.thread] = (reads[touch.thread] as number) + 1
      if (touch.writes) writes[touch.thread] = (writes[touch.thread] as number) + 1
      if (touch.line > 0) lines.set(touch.line, (lines.get(touch.line) ?? 0) + 1)
    }
    const places: Place[] = [...lines].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([at]) => ({ line: at }))
    return { byteOffset, reads, writes, places: places.slice(0, MAX_PLACES), hot: hot.has(field) }
  })
  const { buffer } = run.fields[fields[0] as number] as (typeof run.fields)[number]
  const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0)
  const busiest = [...words].sort(
    (a, b) => Number(b.hot) - Number(a.hot) || total(b.reads) + total(b.writes) - total(a.reads) - total(a.writes),
  )
  return {
    startsAt: line * lineBytes - (bases[buffer] as number),
    words: busiest.slice(0, MAX_WORDS).sort((a, b) => a.byteOffset - b.byteOffset),
    ...(busiest.length > MAX_WORDS ? { moreWords: busiest.length - MAX_WORDS } : {}),
    falseMisses,
  }
}
