// A worker thread that runs hidden suites, and stays: vitest's own worker starts afresh for each run, which is most of
// what a learner would wait for. Loaded once are vitest's runtime, fast-check and the kit; one subject is always started
// ahead of need. The thread is trusted; no submission is ever loaded in it.

import { join } from 'node:path'
import { BroadcastChannel, parentPort, workerData } from 'node:worker_threads'
import { init, runBaseTests, setupEnvironment } from 'vitest/worker'
import { serveSubjects } from '../../graders/kit/subjects.ts'
import '../../graders/kit/suite.ts'
import type { Isolation } from '../sandbox/isolation.ts'
import { perNodeModules } from '../sandbox/per-node.ts'
import { type Modules, prepareOurs } from '../sandbox/prepare.ts'
import { openSession, type Session } from '../sandbox/session.ts'
import { tracedModules } from '../sandbox/trace-shared.ts'
import type { Trail } from '../sandbox/trail.ts'
import { type Assignment, END_SUBJECTS, type Evidence, type Job } from './jobs.ts'
import { type Bench, bench } from './subject-bench.ts'

const port = parentPort
if (port === null) throw new Error('suite-worker.ts is a worker thread')
const { course, isolation } = workerData as { course: string; isolation: Isolation }

// The driver side is made ready here and not in the main thread, which is busy enough with starting vitest.
const kit = prepareOurs(course, join(course, 'graders/kit/driver.ts')).modules
const drivers = new Map<string, { url: string; modules: Modules }>()

function driverOf(kata: string): { url: string; modules: Modules } {
  const known = drivers.get(kata) ?? prepareOurs(course, join(course, 'graders', kata, 'driver.ts'), kit)
  drivers.set(kata, known)
  return known
}

/** A driver that imports this makes its kata one of threads: its subjects have threads, and every touch is traced. */
const THREADS_KIT = 'kata:/graders/kit/threads.ts'

/** A driver that imports this makes its kata one of simulated nodes: its submission is evaluated once for each boot. */
const SIMULATION_KIT = 'kata:/graders/kit/simulation.ts'

const alive = new Set<Session>()
let ending = false

function start(trail?: Trail, more?: Modules): Session {
  if (ending) throw new Error('The judge is being closed.')
  const session =
    more === undefined
      ? openSession(kit, trail, 'suite', isolation)
      : openSession({ ...kit, ...more }, trail, 'threads', isolation)
  alive.add(session)
  return session
}

let spare: Session | undefined = start()

function openSubject(trail?: Trail): Session {
  if (trail !== undefined) return start(trail)
  const opened = spare ?? start()
  spare = undefined
  return opened
}

// A subject that hangs in a built-in hears nothing: whoever closes the judge must not wait for its deadline.
port.on('message', (message) => {
  if (message !== END_SUBJECTS) return
  ending = true
  for (const session of alive) session.kill()
  port.postMessage(END_SUBJECTS)
})

/** Gives the evidence to the main thread and waits until it is there: a run must not end before its evidence is in. */
async function handOver(channelName: string, evidence: Evidence[]): Promise<void> {
  const channel = new BroadcastChannel(channelName)
  await new Promise<void>((resolve) => {
    channel.onmessage = () => resolve()
    channel.postMessage({ evidence })
  })
  channel.close()
}

function benchFor(job: Job): Bench {
  const driver = driverOf(job.kata)
  if (SIMULATION_KIT in driver.modules)
    return bench({ ...job, modules: perNodeModules(job.modules) }, driver, openSubject)
  const threads = driver.modules[THREADS_KIT]
  const { apart: _, ...calls } = job
  if (threads === undefined) return bench(calls, driver, openSubject)
  const traced = { ...calls, modules: tracedModules(job.modules) }
  return bench(traced, driver, (trail) => start(trail, { [THREADS_KIT]: threads }))
}

/** Subjects start before their suite is loaded. */
function seat(assignment: Assignment, files: readonly string[]): void {
  const seats = new Map<string, Bench[]>()
  for (const file of files) {
    const jobs = assignment.suites[file] ?? []
    seats.set(file, jobs.map(benchFor))
  }
  serveSubjects(async (suiteFile) => {
    const benches = seats.get(suiteFile)
    if (benches === undefined) throw new Error(`Nothing was assigned to ${suiteFile}.`)
    return {
      subjects: benches.map(({ subject }) => subject),
      async finish() {
        await handOver(assignment.channel, await Promise.all(benches.map(({ close }) => close())))
        // Sessions that were closed or have died are only names by now.
        alive.clear()
        if (!ending) spare ??= start()
      },
    }
  })
}

type Listener = (message: unknown) => void
const listeners: Listener[] = []

init({
  post: (response) => port.postMessage(response),
  on(listener: Listener) {
    listeners.push(listener)
    port.on('message', listener)
  },
  off: (listener: Listener) => void port.off('message', listener),
  // The first listener takes requests for good; the others belong to a run that is over.
  teardown() {
    for (const listener of listeners.splice(1)) port.off('message', listener)
  },
  setup: setupEnvironment,
  runTests(state, traces) {
    // vitest types this by index here; what it is, judge.ts provides.
    seat(
      state.providedContext['assignment'] as Assignment,
      state.ctx.files.map(({ filepath }) => filepath),
    )
    return runBaseTests('run', state, traces)
  },
  collectTests: (state, traces) => runBaseTests('collect', state, traces),
})
