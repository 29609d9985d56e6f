// One submission on the bench: its subject process, opened as often as it dies, and the evidence that comes of it. The
// suite asks through the kit; submissions live in processes of their own.

import { type Outcome, type PromiseResult, type Subject, SubjectLost } from '../../graders/kit/subjects.ts'
import { type Modules, marked } from '../sandbox/prepare.ts'
import type { Aftermath, Result, Threw } from '../sandbox/protocol.ts'
import type { Answer, Death, Session } from '../sandbox/session.ts'
import { openTrail, type Trail } from '../sandbox/trail.ts'
import { foundApart, runsToPlay } from './apart.ts'
import type { Evidence, Job } from './jobs.ts'

export interface Bench {
  readonly subject: Subject
  close(): Promise<Evidence>
}

/** Starts a subject, or hands over one that was started ahead. @param trail see openSession */
export type Open = (trail?: Trail) => Session

/** A subject that dies is replaced, which takes 60 ms, and up to a second before, to burn its fuel or to fill its heap:
 * one that dies at every question is not asked a thousand times. */
const MAX_DEATHS_A_SEED = 4
/** Of all its subjects together: one who is slow but never too slow would hold up a class. */
const MAX_CPU_A_SEED_MS = 60_000

interface Lost {
  readonly death: Death
  /** index of the input */
  readonly item?: number
}

export function bench(job: Job, driver: { url: string; modules: Modules }, openSubject: Open): Bench {
  const promises: Evidence['promises'][number][] = []
  const late: Threw[] = []
  const printed: string[] = []
  const deaths: Death[] = []
  let load: Threw | undefined
  let session: Promise<Session | undefined> | undefined
  const maxDeaths = MAX_DEATHS_A_SEED * job.seeds.length
  const maxCpuMs = MAX_CPU_A_SEED_MS * job.seeds.length
  /** CPU time of subjects that are gone */
  let cpuMs = 0
  const toPlay = runsToPlay()
  /** after this the rest of the promises are not tried */
  let spent: Death | undefined

  const keep = (aftermath: Aftermath) => {
    late.push(...aftermath.late)
    printed.push(...aftermath.printed.slice(0, 40 - printed.length))
  }
  const lost = ({ death, item }: Lost) => {
    deaths.push(death)
    session = undefined
    // One by the clock is dear, and enough; so is tampering, or a fault of ours.
    const isCheap = death.cause === 'crashed' || (death.cause === 'timed-out' && death.at === undefined)
    if (!isCheap || deaths.length >= maxDeaths) spent = death
    return new SubjectLost(death, item)
  }
  const open = async (): Promise<Session | undefined> => {
    const submission = { url: job.url, modules: job.modules, driver }
    let opened = openSubject()
    let loaded = await opened.load(submission)
    // A subject that waited ahead of need may have been ended by anybody, with nothing of the learner's in it: another.
    if (!loaded.alive && loaded.death.cause === 'judge-error') {
      opened = openSubject()
      loaded = await opened.load(submission)
    }
    if (!loaded.alive) {
      cpuMs += opened.cpuMs()
      throw lost(await withLine(loaded))
    }
    if ('threw' in loaded) {
      load = loaded.threw
      keep(loaded.aftermath)
      opened.kill()
      return undefined
    }
    return opened
  }

  /** Runs the deadly question once more with a trail of lines, to name the line, and the input, on which it hangs. */
  const withLine = async (lost: Lost, ask?: (session: Session) => Promise<Answer<unknown>>): Promise<Lost> => {
    const { death } = lost
    // Nobody reads where a mutant hangs.
    if (job.untilBroken === true || death.cause !== 'timed-out' || death.line !== undefined || death.at === undefined)
      return lost
    const trail = openTrail(death.at)
    try {
      const again = openSubject(trail)
      const loaded = await again.load({ url: job.url, modules: marked(job.modules), driver })
      const answer = loaded.alive && !('threw' in loaded) ? await ask?.(again) : undefined
      again.kill()
      const line = trail.lastLine()
      const item = answer?.alive === false ? answer.item : lost.item
      return {
        death: line === undefined ? death : { ...death, line },
        ...(item === undefined ? {} : { item }),
      }
    } finally {
      trail.close()
    }
  }

  session = open()
  session.catch(() => {}) // told by the first call

  const subject: Subject = {
    id: job.id,
    seeds: job.seeds,
    shrink: job.shrink,
    exhaustive: job.exhaustive,
    isDecided: (on) =>
      job.untilBroken === true && promises.some(({ seed, result }) => !result.kept && (!job.exhaustive || seed === on)),
    async call(operation, inputs) {
      if (spent !== undefined) throw new SubjectLost(spent)
      session ??= open()
      const opened = await session
      if (opened === undefined) return inputs.map(() => threw(load as Threw))
      const answer = await opened.call(operation, inputs)
      if (!answer.alive) {
        cpuMs += opened.cpuMs()
        throw lost(await withLine(answer, (again) => again.call(operation, inputs)))
      }
      keep(answer.aftermath)
      if (job.apart) toPlay.keep(operation, inputs)
      if (cpuMs + opened.cpuMs() > maxCpuMs) {
        opened.kill()
        spent = { cause: 'timed-out', why: `It worked for more than ${maxCpuMs / 1000} s in all.` }
        throw lost({ death: spent })
      }
      return answer.results.map(outcomeOf)
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
      const keepsAll = deaths.length === 0 && late.length === 0 && promises.every(({ result }) => result.kept)
      const submission = { url: job.url, modules: job.modules, driver }
      const found = keepsAll ? await foundApart(submission, toPlay.runs, openSubject) : undefined
      if (found !== undefined) deaths.push(found)
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
