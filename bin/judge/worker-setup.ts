// Runs in the vitest worker before a hidden suite is loaded: opens the subjects and hands them to the kit. The worker is
// trusted; submissions live in processes of their own.

import { BroadcastChannel } from 'node:worker_threads'
import { expect, inject } from 'vitest'
import {
  type Judging,
  type Outcome,
  type PromiseResult,
  type Subject,
  SubjectLost,
  serveSubjects,
} from '../../graders/kit/subjects.ts'
import type { Modules } from '../sandbox/prepare.ts'
import type { Aftermath, Result, Threw } from '../sandbox/protocol.ts'
import { type Death, openSession, openTrail, type Session } from '../sandbox/session.ts'
import type { Evidence, Job } from './jobs.ts'

const assignment = inject('assignment')

// Subjects start now, while the suite is still being loaded.
const suiteFile = expect.getState().testPath ?? ''
const suite = assignment.suites[suiteFile]
const benches = suite?.jobs.map((job) => bench(job, suite.driver)) ?? []

serveSubjects(async (asked): Promise<Judging> => {
  if (asked !== suiteFile || suite === undefined) throw new Error(`Nothing was assigned to ${asked}.`)
  return {
    subjects: benches.map(({ subject }) => subject),
    finish: async () => handOver(await Promise.all(benches.map(({ close }) => close()))),
  }
})

/** Gives the evidence to the main thread and waits until it is there: a run must not end before its evidence is in. */
async function handOver(evidence: Evidence[]): Promise<void> {
  const channel = new BroadcastChannel(assignment.channel)
  await new Promise<void>((resolve) => {
    channel.onmessage = () => resolve()
    channel.postMessage({ evidence })
  })
  channel.close()
}

interface Bench {
  readonly subject: Subject
  close(): Promise<Evidence>
}

function bench(job: Job, driver: { url: string; modules: Modules }): Bench {
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
    const opened = openSession(assignment.kit)
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
        throw lost(await withLine(job, driver, operation, inputs, answer.death), answer.item)
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
  operation: string,
  inputs: readonly unknown[],
  death: Death & { cause: 'timed-out' },
): Promise<Death> {
  const trail = openTrail()
  try {
    const session = openSession(assignment.kit, trail.descriptor)
    const loaded = await session.load({ url: job.url, modules: job.modules, driver })
    if (loaded.alive && !('threw' in loaded)) await session.call(operation, inputs)
    session.kill()
    const line = trail.lastLine()
    return line === undefined ? death : { ...death, line }
  } finally {
    trail.close()
  }
}
