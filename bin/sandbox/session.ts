// One subject process, seen from the judge: started ahead of need, asked with plain data, ended without mercy. Whatever
// the submission does, each question comes to an answer or to a death that says whose fault it was.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Death } from './death.ts'
import type { Isolation } from './isolation.ts'
import { DEADLINES, Dead, type Deadlines, lineTo } from './line.ts'
import type { Modules } from './prepare.ts'
import { argumentsFor, type Profile } from './profile.ts'
import type { Aftermath, Result, Threw } from './protocol.ts'
import { SEEN } from './strict/box.ts'
import { type Inside, openBox } from './strict/open-box.ts'
import type { Trail } from './trail.ts'

const SUBJECT_FOLDER = join(import.meta.dirname, 'subject')
const MAIN = 'main.mjs'

/** Function entries and loop passes that one call of a driver operation may burn (about 0.3 s of a tight loop). */
export const FUEL_PER_CALL = 50_000_000

/** For a subject that leaves a trail: it is known to hang, and soon after the place where the trail begins. */
const TRAIL_STUCK_CPU_MS = 500

/** CPU time of a subject in all its life, more than the judge will ever grant it. For the day on which the judge is killed
 * while a built-in runs for ever: nobody is left then to end the subject but the system. */
const LIFE_CPU_S = 600

export type { Death } from './death.ts'
export { DEADLINES, type Deadlines } from './line.ts'

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
  /** Measures one budget of the `budgets.ts` that was loaded as the driver. @returns its probe's raw figures */
  measure(
    budget: number,
    parameters: unknown,
  ): Promise<Answer<({ raw: unknown } | { threw: Threw }) & { aftermath: Aftermath }>>
  /** Lets late errors come, then ends the process. */
  end(): Promise<Answer<{ aftermath: Aftermath }>>
  kill(): void
  /** CPU time that it has used so far; 0 where the system does not tell */
  cpuMs(): number
  /** the same, exactly; undefined where the system does not tell, and of a process that is gone */
  cpuNs(): number | undefined
}

/**
 * Starts a subject and closes its realm; nothing of a learner's is loaded yet, so do it ahead of need (about 45 ms).
 * @param kit the kit's driver side, loaded before the realm is closed
 * @param trail where it leaves the lines that it comes to; makes everything slow
 * @param deadlines for a test that cannot wait for what takes too long
 */
export function openSession(
  kit: Modules,
  trail?: Trail,
  profile: Profile = 'suite',
  isolation: Isolation = 'portable',
  deadlines: Deadlines = deadlinesFor(profile, trail),
): Session {
  const { child, inside } = isolation === 'strict' ? startBoxed(profile, trail) : start(profile, trail)
  const line = lineTo(child, deadlines, inside)
  // A failure is told again by the first real question.
  line.ask({ type: 'open', profile, modules: kit }).catch(() => {})

  /** An answer, or the death that came instead; anything else is a bug of ours and goes up. */
  const answered = async <T>(asked: Promise<T>): Promise<T | { alive: false; death: Death; item?: number }> => {
    try {
      return await asked
    } catch (error) {
      if (!(error instanceof Dead)) throw error
      return { alive: false, death: error.death, ...(error.item === undefined ? {} : { item: error.item }) }
    }
  }
  const outOfTurn = (said: string): Dead => line.end({ cause: 'tampered', why: `It answered "${said}" out of turn.` })

  const load = async ({ url, modules, driver }: Submission) => {
    const reply = await line.ask({
      type: 'load',
      modules: { ...modules, ...driver.modules },
      submission: url,
      driver: driver.url,
      fuel: FUEL_PER_CALL,
      ...(trail === undefined ? {} : { trail: trail.from }),
    })
    if (reply.type === 'loaded') return { alive: true as const, operations: reply.operations }
    if (reply.type === 'load-failed') {
      const { threw, late, printed } = reply
      return { alive: true as const, threw, aftermath: { late, printed } }
    }
    if (reply.type !== 'driver-failed') throw outOfTurn(reply.type)
    throw line.end({ cause: 'judge-error', why: `The driver did not load: ${reply.threw.message}` })
  }
  const call = async (operation: string, inputs: readonly unknown[]) => {
    const reply = await line.ask({ type: 'call', operation, inputs: [...inputs] })
    if (reply.type !== 'results' || reply.results.length !== inputs.length) throw outOfTurn(reply.type)
    const { results, late, printed } = reply
    return { alive: true as const, results, aftermath: { late, printed } }
  }
  const measure = async (budget: number, parameters: unknown) => {
    const reply = await line.ask({ type: 'measure', budget, parameters })
    if (reply.type !== 'measured' && reply.type !== 'measure-failed') throw outOfTurn(reply.type)
    const { late, printed } = reply
    const came = reply.type === 'measured' ? { raw: reply.raw } : { threw: reply.threw }
    return { alive: true as const, ...came, aftermath: { late, printed } }
  }
  const end = async () => {
    const reply = await line.ask({ type: 'end' })
    if (reply.type !== 'ended') throw outOfTurn(reply.type)
    kill()
    return { alive: true as const, aftermath: { late: reply.late, printed: reply.printed } }
  }
  const kill = () => void line.end({ cause: 'crashed', why: 'It was ended.' })

  return {
    load: (submission) => answered(load(submission)),
    call: (operation, inputs) => answered(call(operation, inputs)),
    measure: (budget, parameters) => answered(measure(budget, parameters)),
    end: () => answered(end()),
    kill,
    cpuMs: line.cpuMs,
    cpuNs: line.cpuNs,
  }
}

function deadlinesFor(profile: Profile, trail: Trail | undefined): Deadlines {
  if (trail !== undefined) return { ...DEADLINES, stuckCpuMs: TRAIL_STUCK_CPU_MS }
  // Code that is measured as it is gives no sign of life, and keeps all its promises: it is slow, not stuck.
  return profile === 'suite' ? DEADLINES : { ...DEADLINES, stuckCpuMs: DEADLINES.cpuMs }
}

interface Started {
  readonly child: ChildProcess
  readonly inside?: Inside
}

function start(profile: Profile, trail: Trail | undefined): Started {
  const [command, ...args] = limited([process.execPath, ...argumentsFor(profile, SUBJECT_FOLDER, MAIN)])
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', ...(trail === undefined ? [] : [trail.descriptor])],
    env: { TZ: 'UTC' },
    cwd: SUBJECT_FOLDER,
    // A group of its own: an interrupt at the terminal is for the judge, and what ends the subject ends all of it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
  return { child }
}

/** The permission model is the second layer there. */
const startBoxed = (profile: Profile, trail: Trail | undefined): Started =>
  openBox(argumentsFor(profile, SEEN, MAIN), { trail: trail?.descriptor, cpuSeconds: LIFE_CPU_S })

/** Under limits of the system, where a shell can set them. */
function limited(node: [string, ...string[]]): [string, ...string[]] {
  if (process.platform === 'win32' || !existsSync('/bin/sh')) return node
  // No core file of a heap that overflowed: it would land in the course, and hold hundreds of megabytes.
  return ['/bin/sh', '-c', `ulimit -c 0; ulimit -t ${LIFE_CPU_S}; exec "$0" "$@"`, ...node]
}
