// The line to one subject: a question, then its answer, and a watch over the process meanwhile. Each question comes to a
// reply or to a death that says whose fault it was, whatever the process does.

import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import type { Duplex } from 'node:stream'
import type { Death, Progress } from './death.ts'
import { frame, frameReader } from './frames.ts'
import { cpuTimeMs, cpuTimeNs, residentBytes } from './process-usage.ts'
import type { Reply, Request } from './protocol.ts'
import { replyOf } from './replies.ts'
import type { Inside } from './strict/open-box.ts'
import { encode } from './subject/plain-data.mjs'

const MAX_FRAME_BYTES = 4 * 1024 * 1024
const MAX_NOISE_BYTES = 16 * 1024
const MAX_RESIDENT_BYTES = 1024 ** 3
const WATCH_EVERY_MS = 100
/** Who takes more memory than ever is not stuck: filling it can be slow, and its limit ends that. */
const GROWTH_BYTES = 16 * 1024 ** 2

/** What one question may take. Fuel ends loops, at an exact count; all of these are for what fuel cannot see. */
export interface Deadlines {
  /** CPU time without any progress: a built-in that runs for ever (a regular expression, a fill). CPU time, so that a
   * loaded machine does not turn slow into too slow. */
  readonly stuckCpuMs: number
  /** CPU time in all */
  readonly cpuMs: number
  /** where no CPU time can be read (other systems than Linux) */
  readonly stuckWallMs: number
  /** so long without {@link SERVED_SHARE} of CPU time: the machine has no time for us, and that is not the learner's fault.
   * (Where no CPU time can be read: so long in all.) */
  readonly wallMs: number
}

/** Who gets that much of the processor goes on, however long it takes: what is too slow is decided by its own CPU time. */
const SERVED_SHARE = 1 / 240

export const DEADLINES: Deadlines = { stuckCpuMs: 2_000, cpuMs: 20_000, stuckWallMs: 15_000, wallMs: 120_000 }

/** The end of a subject, as it is thrown to whoever waits for an answer. */
export class Dead extends Error {
  readonly death: Death
  /** index of the input that it was at, where known */
  readonly item: number | undefined
  constructor(death: Death, item?: number) {
    super(death.why)
    this.death = death
    this.item = item
  }
}

export interface Line {
  /** @throws {Dead} (rejects) */
  ask(request: Request): Promise<Reply>
  /** Ends the process. The first reason given is the one that stands. */
  end(death: Death, item?: number): Dead
  /** CPU time that the process has used */
  cpuMs(): number
  /** the same, exactly; undefined where the system does not tell */
  cpuNs(): number | undefined
}

interface Pending {
  readonly during: Progress['during']
  resolve(reply: Reply): void
  reject(dead: Dead): void
}

/**
 * @param child with a pipe on descriptor 3 (and on 1 and 2, where it may only make noise)
 * @param inside who works, where the child only keeps the box that it works in
 */
export function lineTo(child: ChildProcess, deadlines: Deadlines = DEADLINES, inside?: Inside): Line {
  // Absent where the system had no descriptors left to give; `error` follows.
  const channel = child.stdio[3] as Duplex | undefined
  const read = frameReader(MAX_FRAME_BYTES)
  let ended: Dead | undefined
  let opened = false
  let pending: Pending | undefined
  let queue: Promise<unknown> = Promise.resolve()
  let noise = ''
  let largestBytes = 0
  let progress: { item: number; passes: number; line?: number } = { item: 0, passes: 0 }
  let hasMoved = false
  let lastCpuMs = 0
  const worker = () => inside?.pid() ?? child.pid

  channel?.on('data', (chunk: Buffer) => {
    const { bodies, tooLong } = read(chunk)
    for (const body of bodies) if (ended === undefined) accept(body)
    if (tooLong) end({ cause: 'crashed', why: `One answer had more than ${MAX_FRAME_BYTES / 1024 ** 2} MiB.` })
  })
  // A dead subject is told by its exit; a broken pipe alone says nothing more.
  channel?.on('error', () => {})
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      if (noise.length < MAX_NOISE_BYTES) noise += chunk.toString('latin1', 0, MAX_NOISE_BYTES)
    })
  child.on('error', (error) => end({ cause: 'judge-error', why: `The subject did not start: ${error.message}` }))
  // `close`, not `exit`: by then all that it said has been read, its last words on stderr too.
  child.on('close', (code, signal) => end(deathOf(code, signal)))
  // A subject that waits for a question keeps no judge alive; a question that waits for an answer does, by its watch.
  for (const handle of [child, ...child.stdio]) (handle as { unref?(): void } | null)?.unref?.()

  function exchange(request: Request): Promise<Reply> {
    if (ended !== undefined) return Promise.reject(ended)
    return new Promise<Reply>((resolve, reject) => {
      progress = { item: 0, passes: 0 }
      const stopWatching = watchOver()
      const done = () => {
        stopWatching()
        pending = undefined
      }
      pending = {
        during: request.type,
        resolve(reply) {
          done()
          resolve(reply)
        },
        reject(dead) {
          done()
          reject(dead)
        },
      }
      channel?.write(frame(encode(request)))
    })
  }

  /** @returns what ends it */
  function watchOver(): () => void {
    const startMs = performance.now()
    const startCpuMs = readCpuMs() ?? 0
    let movedMs = startMs
    let movedCpuMs = startCpuMs
    let servedMs = startMs
    let servedCpuMs = startCpuMs
    let isOver = false
    const look = () => {
      if (isOver) return
      const nowMs = performance.now()
      const cpuNowMs = readCpuMs()
      if (hasMoved) {
        movedMs = nowMs
        movedCpuMs = cpuNowMs ?? movedCpuMs
        hasMoved = false
      }
      if (
        cpuNowMs !== undefined &&
        cpuNowMs > servedCpuMs &&
        cpuNowMs - servedCpuMs >= SERVED_SHARE * deadlines.wallMs
      ) {
        servedMs = nowMs
        servedCpuMs = cpuNowMs
      }
      const bytes = residentBytes(worker())
      if (bytes > largestBytes + GROWTH_BYTES) {
        largestBytes = bytes
        movedMs = nowMs
        movedCpuMs = cpuNowMs ?? movedCpuMs
      }
      if (largestBytes > MAX_RESIDENT_BYTES)
        end({ cause: 'crashed', of: 'memory', why: 'It used more than 1 GiB of memory.' })
      else if (cpuNowMs === undefined) {
        if (nowMs - movedMs > deadlines.stuckWallMs) endByClock(`No answer after ${deadlines.stuckWallMs / 1000} s.`)
        else if (nowMs - startMs > deadlines.wallMs) endByClock(`No answer after ${deadlines.wallMs / 1000} s.`)
      } else if (cpuNowMs - movedCpuMs > deadlines.stuckCpuMs)
        endByClock(`No answer after ${deadlines.stuckCpuMs / 1000} s of work.`)
      else if (cpuNowMs - startCpuMs > deadlines.cpuMs)
        endByClock(`No answer after ${deadlines.cpuMs / 1000} s of work.`, progress.line)
      else if (nowMs - servedMs > deadlines.wallMs)
        end({
          cause: 'judge-error',
          why: `This machine gave the subject no time to work in ${deadlines.wallMs / 1000} s.`,
        })
    }
    // Where the judge itself was busy, what the subject has said meanwhile is read first.
    const watch = setInterval(() => setImmediate(look), WATCH_EVERY_MS)
    return () => {
      isOver = true
      clearInterval(watch)
    }
  }

  /** @param line where it was seen last, if it was moving */
  function endByClock(why: string, line?: number): void {
    const { item, passes } = progress
    const at = { during: pending?.during ?? 'end', item, passes }
    end({ cause: 'timed-out', why, at, ...(line === undefined ? {} : { line }) }, item)
  }

  function accept(body: string): void {
    const reply = replyOf(body)
    if (reply === undefined) return void end({ cause: 'tampered', why: 'It said what no subject says.' })
    if (pending === undefined) return void end({ cause: 'tampered', why: 'It spoke without being asked.' })
    if (reply.type === 'progress') {
      const { item, passes, line } = reply
      progress = { item, passes, ...(line === 0 ? {} : { line }) }
      hasMoved = true
    } else if (reply.type === 'out-of-fuel') {
      const why = `It went through more than ${reply.fuel.toLocaleString('en-US')} loop passes and function calls in one call.`
      end({ cause: 'timed-out', why, line: reply.line }, reply.item)
    } else {
      opened = true
      pending.resolve(reply)
    }
  }

  function readCpuMs(): number | undefined {
    const now = cpuTimeMs(worker())
    lastCpuMs = now ?? lastCpuMs
    return now
  }

  function end(death: Death, item?: number): Dead {
    // Nothing of a learner's runs before the first answer.
    ended ??= opened || death.cause === 'judge-error' ? new Dead(death, item) : new Dead(stillborn(death))
    const { pid } = child
    if (pid !== undefined && child.exitCode === null && child.signalCode === null) {
      try {
        // Its whole group. It may start no process, but it has a group of its own, and this ends all of it.
        process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
      } catch {
        child.kill('SIGKILL')
      }
      try {
        // Who keeps the box takes it with them, but the one inside is not to have even that moment.
        if (inside !== undefined) process.kill(inside.pid() ?? pid, 'SIGKILL')
      } catch {
        // Gone.
      }
    }
    channel?.destroy()
    pending?.reject(ended)
    return ended
  }

  function stillborn({ why }: Death): Death {
    const said = noise.split('\n').find((text) => text.trim() !== '') ?? ''
    return { cause: 'judge-error', why: `The subject ended before anything was asked of it. ${why} ${said}`.trim() }
  }

  function deathOf(code: number | null, direct: NodeJS.Signals | null): Death {
    const signal = direct ?? signalWithin(code)
    if (inside?.ranOutOfMemory() || /out of memory|allocation failed|invalid size error/i.test(noise))
      return { cause: 'crashed', of: 'memory', why: 'It used more memory than it may have.' }
    if (signal === null)
      return { cause: 'crashed', why: `Its process ended with exit code ${code} before it had answered.` }
    if (signal === 'SIGXCPU') return { cause: 'timed-out', why: 'It worked for longer than any submission may.' }
    if (signal === 'SIGSYS')
      return {
        cause: 'tampered',
        why: 'It asked the system for what no kata needs, such as a process or a socket (SIGSYS).',
      }
    // Signals of its own doing; any other was sent, and a submission can send none.
    if (['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'SIGTRAP'].includes(signal))
      return { cause: 'crashed', why: `Its process was ended by ${signal}.` }
    if (signal === 'SIGKILL' && largestBytes > MAX_RESIDENT_BYTES / 2)
      return { cause: 'crashed', of: 'memory', why: 'The system ended it for the memory that it used.' }
    return { cause: 'judge-error', why: `Somebody else ended the subject (${signal} ${constants.signals[signal]}).` }
  }

  /** Who keeps a box tells the signal that has ended the one inside as shells do. */
  function signalWithin(code: number | null): NodeJS.Signals | null {
    if (inside === undefined || code === null || code <= 128) return null
    const found = Object.entries(constants.signals).find(([, number]) => number === code - 128)
    return (found?.[0] as NodeJS.Signals | undefined) ?? null
  }

  return {
    ask(request) {
      const answer = queue.then(() => exchange(request))
      queue = answer.catch(() => {})
      return answer
    },
    end,
    cpuMs: () => readCpuMs() ?? lastCpuMs,
    cpuNs: () => cpuTimeNs(worker()),
  }
}
