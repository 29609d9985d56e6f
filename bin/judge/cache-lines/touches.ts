// The record of who touched which words of shared memory, as it comes from a subject: hostile until it is read here.

/** Words of a buffer that are always touched as one, or overlap: what a programmer would call a field. */
export interface Field {
  readonly buffer: number
  readonly byteOffset: number
  readonly bytes: number
}

export interface Touch {
  readonly thread: number
  /** index of the field */
  readonly field: number
  readonly writes: boolean
  readonly reads: boolean
  /** line of the learner's file; 0 where it is not known */
  readonly line: number
}

/** What threads did under one schedule. */
export interface Run {
  readonly schedule: string
  readonly threads: number
  /** bytes of each buffer */
  readonly buffers: readonly number[]
  readonly fields: readonly Field[]
  readonly touches: readonly Touch[]
  /** by thread, how many of its operations wrote anything: a call that found nothing to do is none */
  readonly operations: readonly number[]
  /** by field and thread, how many operations of the thread wrote it */
  readonly writing: readonly (readonly number[])[]
}

const MAX_RUNS = 16
const MAX_THREADS = 16
const MAX_BUFFERS = 1_024
const MAX_BYTES = 2 ** 31
const MAX_WORD_BYTES = 8
const OPERATION = 3

/** @returns undefined where it is nothing that the probe says */
export function readRuns(raw: unknown): Run[] | undefined {
  const { threads, runs } = fieldsOf(raw)
  if (!isWhole(threads, 1, MAX_THREADS) || !Array.isArray(runs) || runs.length === 0 || runs.length > MAX_RUNS)
    return undefined
  const read = runs.map((run) => readRun(threads, run))
  return read.every((run) => run !== undefined) ? read : undefined
}

function readRun(threads: number, raw: unknown): Run | undefined {
  const { schedule, sites, trace, buffers } = fieldsOf(raw)
  const isSound =
    typeof schedule === 'string' &&
    Array.isArray(sites) &&
    sites.length % 4 === 0 &&
    sites.every((part, i) => isWhole(part, 0, i % 4 === 2 ? MAX_WORD_BYTES : MAX_BYTES)) &&
    trace instanceof Uint8Array &&
    trace.length % 3 === 0 &&
    Array.isArray(buffers) &&
    buffers.length <= MAX_BUFFERS &&
    buffers.every((bytes) => isWhole(bytes, 0, MAX_BYTES))
  if (!isSound) return undefined
  // What a thread has made for itself has a number beyond those that it was given, and is nobody else's.
  const given = (site: number) => (sites[4 * site] as number) < buffers.length
  const { fields, fieldOf } = fieldsOfSites(sites as number[], buffers.length)
  const touches: Touch[] = []
  const operations = Array.from({ length: threads }, () => 0)
  const writing = fields.map(() => Array.from({ length: threads }, () => 0))
  /** by thread, what its present operation has written */
  const written = Array.from({ length: threads }, () => new Set<number>())
  const endOperation = (thread: number) => {
    const set = written[thread] as Set<number>
    if (set.size > 0) operations[thread] = (operations[thread] as number) + 1
    for (const field of set) {
      const by = writing[field] as number[]
      by[thread] = (by[thread] as number) + 1
    }
    set.clear()
  }
  for (let at = 0; at < trace.length; at += 3) {
    const head = trace[at] as number
    const [thread, kind] = [head & 31, head >> 5]
    const site = (trace[at + 1] as number) | ((trace[at + 2] as number) << 8)
    if (thread >= threads || kind > OPERATION || 4 * site >= sites.length) return undefined
    if (kind === OPERATION) {
      endOperation(thread)
      continue
    }
    if (!given(site)) continue
    const field = fieldOf[site] as number
    const writes = kind !== 0
    touches.push({ thread, field, writes, reads: kind !== 1, line: sites[4 * site + 3] as number })
    if (writes) (written[thread] as Set<number>).add(field)
  }
  for (let thread = 0; thread < threads; thread++) endOperation(thread)
  return { schedule: schedule.slice(0, 40), threads, buffers, fields, touches, operations, writing }
}

/** Sites of one buffer that overlap are one field. */
function fieldsOfSites(sites: readonly number[], buffers: number): { fields: Field[]; fieldOf: number[] } {
  const order = Array.from({ length: sites.length / 4 }, (_, site) => site).filter(
    (site) => (sites[4 * site] as number) < buffers && (sites[4 * site + 2] as number) > 0,
  )
  const part = (site: number, which: number) => sites[4 * site + which] as number
  order.sort((a, b) => part(a, 0) - part(b, 0) || part(a, 1) - part(b, 1))
  const fields: { buffer: number; byteOffset: number; bytes: number }[] = []
  const fieldOf: number[] = []
  for (const site of order) {
    const [buffer, byteOffset, bytes] = [part(site, 0), part(site, 1), part(site, 2)]
    const last = fields.at(-1)
    if (last?.buffer === buffer && byteOffset < last.byteOffset + last.bytes)
      last.bytes = Math.max(last.bytes, byteOffset + bytes - last.byteOffset)
    else fields.push({ buffer, byteOffset, bytes })
    fieldOf[site] = fields.length - 1
  }
  return { fields, fieldOf }
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

const isWhole = (value: unknown, least: number, most: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
