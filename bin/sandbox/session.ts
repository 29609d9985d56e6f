// One subject process, seen from the judge: started ahead of need, asked with plain data, ended without mercy. Whatever
// the submission does, each question comes to an answer or to a death that says whose fault it was.

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import type { Modules } from './prepare.ts'
import type { Aftermath, Reply, Request, Result, Threw } from './protocol.ts'
import { decode, encode } from './subject/plain-data.mjs'

const SUBJECT_FOLDER = join(import.meta.dirname, 'subject')
const MAX_FRAME_BYTES = 4 * 1024 * 1024
const MAX_NOISE_BYTES = 16 * 1024
const HEAP_MEGABYTES = 256
const MAX_RESIDENT_BYTES = 1024 ** 3

/** Function entries and loop passes that one call of a driver operation may burn (about 0.3 s of a tight loop). */
export const FUEL_PER_CALL = 50_000_000

/** Fuel ends loops; this is for what fuel cannot see: a built-in that runs for ever (a regular expression, a fill). It
 * is counted in the subject's own CPU time, so that a loaded machine does not turn slow into too slow. */
const CPU_DEADLINE_MS = 4_000
/** Nothing is ever this late but a machine that has no time for us: our fault, not the learner's. */
const WALL_DEADLINE_MS = 60_000
const WATCH_EVERY_MS = 100
/** Where no CPU time can be read (other systems than Linux). */
const WALL_DEADLINE_WITHOUT_CPU_MS = 15_000

/** Why a subject ended before it had answered. */
export type Death =
  | { cause: 'timed-out'; why: string; line?: number }
  | { cause: 'crashed'; why: string; line?: number }
  | { cause: 'tampered'; why: string }
  | { cause: 'judge-error'; why: string }

export type Answer<T> = ({ alive: true } & T) | { alive: false; death: Death /** index of the input */; item?: number }

export interface Submission {
  /** `kata:/…` URL of the submission, @see submissionUrl */
  readonly url: string
  readonly modules: Modules
  /** the kata's driver and what it imports beyond the kit */
  readonly driver: { readonly url: string; readonly modules: Modules }
}

export interface Session {
  /** Loads submission and driver. @returns the driver's operations, or what the submission threw while it was loaded. */
  load(submission: Submission): Promise<Answer<{ operations: string[] } | { threw: Threw; aftermath: Aftermath }>>
  /** Runs one driver operation once per input, in order. */
  call(operation: string, inputs: readonly unknown[]): Promise<Answer<{ results: Result[]; aftermath: Aftermath }>>
  /** Lets late errors come, then ends the process. */
  end(): Promise<Answer<{ aftermath: Aftermath }>>
  kill(): void
}

/**
 * Starts a subject and closes its realm; nothing of a learner's is loaded yet, so do it ahead of need (about 45 ms).
 * @param kit the kit's driver side, loaded before the realm is closed
 * @param trail a file that receives the line being run (4 bytes, little-endian); makes everything slow
 */
export function openSession(kit: Modules, trail?: number): Session {
  const child = spawn(
    process.execPath,
    [
      `--max-old-space-size=${HEAP_MEGABYTES}`,
      '--no-warnings',
      '--permission',
      `--allow-fs-read=${join(SUBJECT_FOLDER, '*')}`,
      '--disallow-code-generation-from-strings',
      '--disable-proto=throw',
      '--disable-sigusr1',
      '--no-experimental-sqlite',
      '--stack-trace-limit=50',
      join(SUBJECT_FOLDER, 'main.mjs'),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', ...(trail === undefined ? [] : [trail])],
      env: { TZ: 'UTC' },
      cwd: SUBJECT_FOLDER,
      // A group of its own, so that the end of the subject is the end of everything that it started.
      detached: process.platform !== 'win32',
      windowsHide: true,
    },
  )
  const line = new Line(child)
  line.ask({ type: 'open', modules: kit }).then(
    () => {},
    () => {}, // told again by the first real question
  )
  const dead = (reason: Dead) => ({
    alive: false as const,
    death: reason.death,
    ...(reason.item === undefined ? {} : { item: reason.item }),
  })

  return {
    async load(submission) {
      try {
        const reply = await line.ask({
          type: 'load',
          modules: { ...submission.modules, ...submission.driver.modules },
          submission: submission.url,
          driver: submission.driver.url,
          fuel: FUEL_PER_CALL,
          breadcrumbs: trail !== undefined,
        })
        if (reply.type === 'loaded') return { alive: true, operations: reply.operations }
        if (reply.type === 'load-failed')
          return { alive: true, threw: reply.threw, aftermath: { late: reply.late, printed: reply.printed } }
        if (reply.type === 'driver-failed')
          // A missing export shows here; the compile check names it, and wins. Anything else is ours.
          return dead(line.end({ cause: 'judge-error', why: `The driver did not load: ${reply.threw.message}` }))
        return dead(line.end({ cause: 'tampered', why: `It answered "${reply.type}" to a request to load.` }))
      } catch (error) {
        return dead(asDead(error))
      }
    },
    async call(operation, inputs) {
      try {
        const reply = await line.ask({ type: 'call', operation, inputs: [...inputs] })
        if (reply.type !== 'results' || !Array.isArray(reply.results) || reply.results.length !== inputs.length)
          return dead(line.end({ cause: 'tampered', why: `It answered out of turn to "${operation}".` }))
        return { alive: true, results: reply.results, aftermath: { late: reply.late, printed: reply.printed } }
      } catch (error) {
        return dead(asDead(error))
      }
    },
    async end() {
      try {
        const reply = await line.ask({ type: 'end' })
        line.end({ cause: 'crashed', why: 'ended' })
        return reply.type === 'ended'
          ? { alive: true, aftermath: { late: reply.late, printed: reply.printed } }
          : dead(new Dead({ cause: 'tampered', why: 'It answered out of turn at the end.' }))
      } catch (error) {
        return dead(asDead(error))
      }
    },
    kill: () => void line.end({ cause: 'crashed', why: 'ended' }),
  }
}

class Dead extends Error {
  readonly death: Death
  readonly item: number | undefined
  constructor(death: Death, item?: number) {
    super(death.why)
    this.death = death
    this.item = item
  }
}

function asDead(error: unknown): Dead {
  if (error instanceof Dead) return error
  throw error
}

/** The channel of one subject: frames out, frames in, one question at a time, and the watch over the process. */
class Line {
  readonly #child: ChildProcess
  readonly #channel: Duplex
  #pending: { resolve: (reply: Reply) => void; reject: (dead: Dead) => void } | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #ended: Dead | undefined
  #chunks: Buffer[] = []
  #size = 0
  #noise = ''

  constructor(child: ChildProcess) {
    this.#child = child
    this.#channel = child.stdio[3] as Duplex
    this.#channel.on('data', (chunk: Buffer) => this.#receive(chunk))
    // A dead subject is told by its exit; a broken pipe alone says nothing more.
    this.#channel.on('error', () => {})
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        if (this.#noise.length < MAX_NOISE_BYTES) this.#noise += chunk.toString('utf8', 0, MAX_NOISE_BYTES)
      })
    child.on('error', (error) => this.end({ cause: 'judge-error', why: `The subject did not start: ${error.message}` }))
    child.on('exit', (code, signal) => this.end(this.#deathOf(code, signal)))
    child.unref()
    ;(this.#channel as unknown as { unref(): void }).unref()
  }

  ask(request: Request): Promise<Reply> {
    const answer = this.#queue.then(() => this.#exchange(request))
    this.#queue = answer.catch(() => {})
    return answer
  }

  #exchange(request: Request): Promise<Reply> {
    if (this.#ended) return Promise.reject(this.#ended)
    return new Promise<Reply>((resolve, reject) => {
      const watch = this.#watch()
      const done = () => {
        clearInterval(watch)
        this.#pending = undefined
      }
      this.#pending = {
        resolve: (reply) => {
          done()
          resolve(reply)
        },
        reject: (dead) => {
          done()
          reject(dead)
        },
      }
      const body = Buffer.from(encode(request), 'utf8')
      const head = Buffer.alloc(4)
      head.writeUInt32LE(body.length, 0)
      this.#channel.write(Buffer.concat([head, body]))
    })
  }

  #watch(): NodeJS.Timeout {
    const startedMs = performance.now()
    const cpuAtStartMs = cpuTimeMs(this.#child.pid)
    return setInterval(() => {
      const elapsedMs = performance.now() - startedMs
      const cpuNowMs = cpuTimeMs(this.#child.pid)
      if (residentBytes(this.#child.pid) > MAX_RESIDENT_BYTES)
        return void this.end({ cause: 'crashed', why: 'It used more than 1 GiB of memory.' })
      if (cpuAtStartMs === undefined || cpuNowMs === undefined) {
        if (elapsedMs > WALL_DEADLINE_WITHOUT_CPU_MS)
          this.end({ cause: 'timed-out', why: `No answer after ${WALL_DEADLINE_WITHOUT_CPU_MS / 1000} s.` })
      } else if (cpuNowMs - cpuAtStartMs > CPU_DEADLINE_MS) {
        this.end({ cause: 'timed-out', why: `No answer after ${CPU_DEADLINE_MS / 1000} s of work.` })
      } else if (elapsedMs > WALL_DEADLINE_MS) {
        this.end({
          cause: 'judge-error',
          why: `This machine gave the subject no time to answer in ${WALL_DEADLINE_MS / 1000} s.`,
        })
      }
    }, WATCH_EVERY_MS)
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    while (this.#size >= 4) {
      const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)
      const length = bytes.readUInt32LE(0)
      if (length > MAX_FRAME_BYTES) {
        this.end({ cause: 'crashed', why: `One answer had more than ${MAX_FRAME_BYTES / 1024 ** 2} MiB.` })
        return
      }
      this.#chunks = [bytes]
      if (bytes.length < 4 + length) return
      this.#chunks = bytes.length === 4 + length ? [] : [bytes.subarray(4 + length)]
      this.#size = bytes.length - 4 - length
      this.#accept(bytes.toString('utf8', 4, 4 + length))
    }
  }

  #accept(json: string): void {
    let reply: Reply
    try {
      reply = decode(json) as Reply
    } catch (error) {
      this.end({ cause: 'tampered', why: `An answer is not plain data: ${(error as Error).message}` })
      return
    }
    if (reply?.type === 'out-of-fuel') {
      const why = `It went through more than ${reply.fuel.toLocaleString('en-US')} loop passes and function calls in one call.`
      this.end({ cause: 'timed-out', why, line: reply.line }, reply.item)
      return
    }
    if (this.#pending === undefined || typeof reply?.type !== 'string')
      return void this.end({ cause: 'tampered', why: 'It spoke without being asked.' })
    this.#pending.resolve(reply)
  }

  end(death: Death, item?: number): Dead {
    this.#ended ??= new Dead(death, item)
    const { pid } = this.#child
    if (pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null) {
      try {
        process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
      } catch {
        this.#child.kill('SIGKILL')
      }
    }
    this.#channel.destroy()
    this.#pending?.reject(this.#ended)
    return this.#ended
  }

  #deathOf(code: number | null, signal: string | null): Death {
    if (/heap out of memory|allocation failed/i.test(this.#noise))
      return { cause: 'crashed', why: `It used more than ${HEAP_MEGABYTES} MB of heap.` }
    if (signal !== null) return { cause: 'crashed', why: `Its process was ended by ${signal}.` }
    return { cause: 'crashed', why: `Its process ended with exit code ${code} before it had answered.` }
  }
}

/** CPU time of a process so far; undefined where the system does not tell. */
function cpuTimeMs(pid: number | undefined): number | undefined {
  if (process.platform !== 'linux' || pid === undefined) return undefined
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return undefined
  }
}

function residentBytes(pid: number | undefined): number {
  if (process.platform !== 'linux' || pid === undefined) return 0
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * 4096
  } catch {
    return 0
  }
}

/** A file that a subject leaves its trail of lines in. @returns the last line it was seen on, read by `lastLine()`. */
export function openTrail(): { descriptor: number; lastLine(): number | undefined; close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'kata-trail-'))
  const file = join(folder, 'line')
  const descriptor = openSync(file, 'w+')
  return {
    descriptor,
    lastLine() {
      const bytes = readFileSync(file)
      return bytes.length === 4 ? bytes.readUInt32LE(0) : undefined
    },
    close() {
      closeSync(descriptor)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
