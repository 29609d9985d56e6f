// False sharing by the two figures that only together are right (shared/research/measuring.md): a hot word shares a line
// with another word that another thread touches, and misses on such lines that no data needed. Every touch is replayed
// through caches that never run out of room, one for each thread, which keep lines as the MESI protocol does.

import type { Run } from './touches.ts'

/** Lines of most processors; and of those that fetch two at once (Intel's adjacent-line prefetch) or have longer ones (Apple). */
export const LINE_BYTES = [64, 128] as const
/** How memory is handed out: buffers lie one behind another, each at a multiple of this. */
const ALIGNMENT = 16
/**
 * An operation in ten: what is written as often is always on its way from one cache to another. Words of a thread's own take
 * turns for nothing: they are as hot as all of them together.
 */
const HOT_SHARE = 0.1

/** Where buffers lie, and how memory is cut into lines. */
export interface Placement {
  readonly lineBytes: number
  /** address of each buffer */
  readonly bases: readonly number[]
}

export interface SharedLine {
  readonly line: number
  readonly fields: readonly number[]
  readonly hot: ReadonlySet<number>
  readonly falseMisses: number
}

export interface Sharing {
  readonly run: Run
  readonly placement: Placement
  /** false misses an operation, on lines where a hot word shares */
  readonly perOperation: number
  /** those lines, worst first */
  readonly lines: readonly SharedLine[]
}

/** The worst that a run comes to, over lines of both lengths and all places at which its buffers may begin. */
export function worstSharing(run: Run): Sharing {
  const all = LINE_BYTES.flatMap((lineBytes) =>
    Array.from({ length: lineBytes / ALIGNMENT }, (_, i) => sharingAt(run, placed(run, lineBytes, i * ALIGNMENT))),
  )
  // Of equals the first: shorter lines, and no shift.
  return all.reduce((worst, one) => (one.perOperation > worst.perOperation ? one : worst))
}

function placed({ buffers }: Run, lineBytes: number, shift: number): Placement {
  let at = shift
  const bases = buffers.map((bytes) => {
    const base = at
    at += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
    return base
  })
  return { lineBytes, bases }
}

const linesOf = ({ fields }: Run, { lineBytes, bases }: Placement): number[][] =>
  fields.map(({ buffer, byteOffset, bytes }) => {
    const from = (bases[buffer] as number) + byteOffset
    const first = Math.floor(from / lineBytes)
    const last = Math.floor((from + bytes - 1) / lineBytes)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })

export function sharingAt(run: Run, placement: Placement): Sharing {
  const lines = linesOf(run, placement)
  const crowded = crowdedLines(run, lines)
  const misses = crowded.size === 0 ? new Map<number, number>() : falseMisses(run, lines, crowded)
  const operations = Math.max(
    1,
    run.operations.reduce((sum, count) => sum + count, 0),
  )
  const shared = [...crowded].map(([line, hot]) => ({
    line,
    fields: lines.flatMap((on, field) => (on.includes(line) ? [field] : [])),
    hot,
    falseMisses: (misses.get(line) ?? 0) / operations,
  }))
  shared.sort((a, b) => b.falseMisses - a.falseMisses || a.line - b.line)
  return {
    run,
    placement,
    perOperation: shared.reduce((sum, { falseMisses }) => sum + falseMisses, 0),
    lines: shared,
  }
}

/** Lines on which a thread touches a word beside one that another thread keeps writing. @returns line → its hot words */
function crowdedLines(run: Run, lines: readonly number[][]): Map<number, ReadonlySet<number>> {
  const { threads, fields, operations, writing } = run
  const touchedBy = fields.map(() => new Set<number>())
  for (const { field, thread } of run.touches) touchedBy[field]?.add(thread)
  const onLine = new Map<number, number[]>()
  for (const [field, on] of lines.entries())
    for (const line of on) onLine.set(line, [...(onLine.get(line) ?? []), field])
  const writers = fields.map((_, field) =>
    Array.from({ length: threads }, (_, t) => t).filter(
      (t) => (writing[field]?.[t] as number) >= HOT_SHARE * Math.max(1, operations[t] as number),
    ),
  )
  const isBesideOthers = (on: readonly number[], field: number, writer: number) =>
    on.some((other) => other !== field && [...(touchedBy[other] as Set<number>)].some((t) => t !== writer))
  /** by thread: words that nobody else touches, on lines where others do */
  const own = Array.from({ length: threads }, () => new Set<number>())
  for (const on of onLine.values())
    for (const field of on) {
      const [only, another] = [...(touchedBy[field] as Set<number>)]
      if (only !== undefined && another === undefined && isBesideOthers(on, field, only)) own[only]?.add(field)
    }
  for (const [thread, words] of own.entries()) {
    const written = [...words].reduce((sum, field) => sum + (writing[field]?.[thread] as number), 0)
    if (written < HOT_SHARE * Math.max(1, operations[thread] as number)) continue
    for (const field of words) if ((writing[field]?.[thread] as number) > 0) writers[field]?.push(thread)
  }
  const crowded = new Map<number, ReadonlySet<number>>()
  for (const [line, on] of onLine) {
    const hot = on.filter((field) => (writers[field] as number[]).some((writer) => isBesideOthers(on, field, writer)))
    if (hot.length > 0) crowded.set(line, new Set(hot))
  }
  return crowded
}

/**
 * Torrellas's count: a miss is false where the word that is wanted has not been changed by another thread since this one
 * last had the line. A write to a line that others hold too is a miss as well: they must give it up. First touches are none.
 */
function falseMisses(
  { threads, touches, fields }: Run,
  lines: readonly number[][],
  crowded: ReadonlyMap<number, unknown>,
): Map<number, number> {
  const [INVALID, SHARED, OWNED] = [0, 1, 2]
  interface Line {
    readonly state: number[]
    /** by thread, when it lost the line; -1 if it never had it */
    readonly lost: number[]
  }
  const caches = new Map<number, Line>()
  for (const line of crowded.keys())
    caches.set(line, { state: Array(threads).fill(INVALID), lost: Array(threads).fill(-1) })
  const counts = new Map<number, number>()
  /** by field and thread, when the thread last wrote it */
  const wrote = fields.map(() => Array<number>(threads).fill(-1))
  for (const [now, { thread, field, writes }] of touches.entries()) {
    for (const at of lines[field] as number[]) {
      const line = caches.get(at)
      if (line === undefined) continue
      const mine = line.state[thread] as number
      const others = line.state.some((state, t) => t !== thread && state !== INVALID)
      const isMiss = mine === INVALID ? (line.lost[thread] as number) >= 0 : writes && mine === SHARED && others
      const since = mine === INVALID ? (line.lost[thread] as number) : now
      const isNeeded = (wrote[field] as number[]).some((when, t) => t !== thread && when >= since)
      if (isMiss && !isNeeded) counts.set(at, (counts.get(at) ?? 0) + 1)
      for (let t = 0; t < threads; t++) {
        if (t === thread) continue
        if (writes && line.state[t] !== INVALID) line.lost[t] = now
        if (writes) line.state[t] = INVALID
        else if (line.state[t] === OWNED) line.state[t] = SHARED
      }
      line.state[thread] =
        writes || (mine === OWNED && !writes) || (mine === INVALID && !others) ? OWNED : mine || SHARED
    }
    if (writes) (wrote[field] as number[])[thread] = now
  }
  return counts
}
