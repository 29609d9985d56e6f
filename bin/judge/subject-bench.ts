// One submission on the bench: its subject process, opened as often as it dies, and the evidence that comes of it. The
// suite asks through the kit; submissions live in processes of their own.

import { type Outcome, type PromiseResult, type Subject, SubjectLost } from '../../graders/kit/subjects.ts'
import type { Modules } from '../sandbox/prepare.ts'
import type { Aftermath, Result, Threw } from '../sandbox/protocol.ts'
import { type Death, openTrail, type Session } from '../sandbox/session.ts'
import type { Evidence, Job } from './jobs.ts'

export interface Bench {
  readonly subject: Subject
  close(): Promise<Evidence>
}

/** Starts a subject, or hands over one that was started ahead. @param trail see openSession */
export type Open = (trail?: number) => Session

export function bench(job: Job, driver: { url: string; modules: Modules }, openSubject: Open): Bench {
  const promises: Evidence['promises'][number][] = []
  const late: Threw[] = []
  const printed: string[] = []
  const deaths: Death[] = []
  let load: Threw | undefined
  let session: Promise<Session | undefined> | undefined
  /** a death by the clock is dear: after one, the rest of the promises are not tried */
  let spent: Death | undefined

  const keep = (aftermath: Aftermath) => {
    late.push(...aftermath.late)
    printed.push(...aftermath.printed.slice(0, 40 - printed.length))
  }
  const lost = (death: Death, item?: number) => {
    deaths.push(death)
    session = undefined
    if (death.cause !== 'crashed' && !(death.cause === 'timed-out' && death.line !== undefined)) spent = death
    return new SubjectLost(death, item)
  }
  const open = async (): Promise<Session | undefined> => {
    const opened = openSubject()
    const loaded = await opened.load({ url: job.url, modules: job.modules, driver })
    if (!loaded.alive) throw lost(loaded.death)
    if ('threw' in loaded) {
      load = loaded.threw
      keep(loaded.aftermath)
      opened.kill()
      return undefined
    }
    return opened
  }

  session = open()
  session.catch(() => {}) // told by the first call

  const subject: Subject = {
    id: job.id,
    seeds: job.seeds,
    shrink: job.shrink,
    exhaustive: job.exhaustive,
    async call(operation, inputs) {
      if (spent !== undefined) throw new SubjectLost(spent)
      session ??= open()
      const opened = await session
      if (opened === undefined) return inputs.map(() => threw(load as Threw))
      const answer = await opened.call(operation, inputs)
      if (answer.alive) {
        keep(answer.aftermath)
        return answer.results.map(outcomeOf)
      }
      if (answer.death.cause === 'timed-out' && answer.death.line === undefined)
        throw lost(await withLine(job, driver, openSubject, operation, inputs, answer.death), answer.item)
      throw lost(answer.death, answer.item)
    },
    report: (name, seed, result: PromiseResult) => void promises.push({ name, seed, result }),
  }

  return {
    subject,
    async close() {
      const opened = await session?.catch(() => undefined)
      if (opened !== undefined) {
        const ended = await opened.end()
        if (ended.alive) keep(ended.aftermath)
        else deaths.push(ended.death)
      }
      return { id: job.id, promises, ...(load === undefined ? {} : { load }), late: late.slice(0, 8), deaths, printed }
    },
  }
}

function threw({ name, message, line }: Threw): Outcome {
  return { kind: 'threw', name, message, ...(line === undefined ? {} : { line }) }
}

function outcomeOf(result: Result): Outcome {
  if (result.ok) return { kind: 'returned', value: result.value }
  return 'stuck' in result ? { kind: 'stuck' } : threw(result.threw)
}

/** Runs the deadly request once more with a trail of lines, to name the line on which it hangs. */
async function withLine(
  job: Job,
  driver: { url: string; modules: Modules },
  openSubject: Open,
  operation: string,
  inputs: readonly unknown[],
  death: Death & { cause: 'timed-out' },
): Promise<Death> {
  const trail = openTrail()
  try {
    const session = openSubject(trail.descriptor)
    const loaded = await session.load({ url: job.url, modules: job.modules, driver })
    if (loaded.alive && !('threw' in loaded)) await session.call(operation, inputs)
    session.kill()
    const line = trail.lastLine()
    return line === undefined ? death : { ...death, line }
  } finally {
    trail.close()
  }
}
