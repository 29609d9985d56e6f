// The judge: one resident vitest that runs hidden suites over submissions. Started once per command, used for every run of
// that command (one in `check`, one per save in `watch`, hundreds in `verify`).

import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { BroadcastChannel } from 'node:worker_threads'
import type { Isolation } from '../sandbox/isolation.ts'
import { requireStrictSandbox } from '../sandbox/strict/strict-sandbox.ts'
import type { Assignment, Evidence, Job } from './jobs.ts'
import { suiteThreads } from './suite-threads.ts'

export interface Judged {
  /** by job id */
  readonly evidence: Map<string, Evidence>
  /** what went wrong on our side, by kata path: a suite that does not load, say */
  readonly faults: Map<string, string>
}

export interface Judge {
  /** what every subject of it runs in, those that are measured included */
  readonly isolation: Isolation
  /** Judges submissions; those of one kata share one run of its suite, several katas run side by side. */
  run(jobs: readonly Job[]): Promise<Judged>
  /** Runs ordinary test files (the visible examples). @returns counts by file */
  runExamples(files: readonly string[]): Promise<Map<string, ExampleResult>>
  close(): Promise<void>
}

export interface ExampleResult {
  readonly passed: number
  readonly failed: number
  /** of a file that could not be loaded */
  readonly errors: readonly string[]
}

/** An error with what caused it, on one line. */
function causes(error: unknown): string {
  if (!(error instanceof Error)) return String((error as { message?: unknown })?.message ?? error)
  return error.cause === undefined ? error.message : `${error.message} ${causes(error.cause)}`
}

/** Subjects alive at once: each is a process of about 50 MB, and more of them than cores only wait for each other. */
const MAX_SUBJECTS = 4 * availableParallelism()

export interface JudgeOptions {
  /** suites at a time */
  readonly workers?: number
  readonly isolation?: Isolation
}

/** @param course root of the course @throws {KataError} where `strict` is asked for and there is none */
export async function startJudge(
  course: string,
  { workers = 1, isolation = 'portable' }: JudgeOptions = {},
): Promise<Judge> {
  if (isolation === 'strict') requireStrictSandbox()
  const threads = suiteThreads(course, workers, isolation)
  // vitest takes most of the start-up: it is loaded here, and only by commands that judge.
  const { createVitest } = await import('vitest/node')
  const suiteOf = (kata: string) => resolve(course, 'graders', kata, 'suite.test.ts')
  const vitest = await createVitest(
    'test',
    {
      root: course,
      config: false,
      watch: false,
      include: ['graders/*/*/suite.test.ts'],
      pool: threads.pool,
      // Everything of ours but the suites themselves is loaded by Node, once in the life of a thread.
      server: { deps: { external: [/\/bin\//, /\/graders\/kit\//] } },
      isolate: false,
      fileParallelism: workers > 1,
      maxWorkers: workers,
      // A suite ends by its subjects' deadlines; vitest's own must never come first.
      testTimeout: 0,
      hookTimeout: 0,
      teardownTimeout: 5_000,
      reporters: [{}],
      api: false,
    },
    { logLevel: 'silent', envDir: false, server: { watch: null, ws: false } },
  )

  let runs = 0
  let closed = false
  const runBatch = async (jobs: readonly Job[], { evidence, faults }: Judged) => {
    // A thread that is started now is one that nobody would end, and the program would wait for it for ever.
    if (closed) throw new Error('The judge is closed.')
    const suites: Assignment['suites'] = {}
    for (const job of jobs) {
      const file = suiteOf(job.kata)
      suites[file] = [...(suites[file] ?? []), job]
    }
    const channel = new BroadcastChannel(`kata-${process.pid}-${runs++}`)
    channel.onmessage = (event) => {
      for (const one of (event as { data: { evidence: Evidence[] } }).data.evidence) evidence.set(one.id, one)
      channel.postMessage('received')
    }
    try {
      const project = vitest.getRootProject()
      project.provide('assignment', { channel: channel.name, suites })
      const specifications = Object.keys(suites).map((file) => project.createSpecification(file))
      const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications, false)
      for (const module of testModules) {
        const errors = module.errors().map((error) => error.stack ?? error.message)
        const kata = jobs.find((job) => suiteOf(job.kata) === module.moduleId)?.kata
        if (kata !== undefined && errors.length > 0) faults.set(kata, errors.join('\n'))
      }
      for (const job of jobs)
        if (!evidence.has(job.id) && !faults.has(job.kata))
          faults.set(job.kata, `The suite gave no evidence. ${unhandledErrors.map(causes).join('\n')}`)
    } finally {
      channel.close()
    }
  }

  return {
    isolation,
    async run(jobs) {
      const judged: Judged = { evidence: new Map(), faults: new Map() }
      for (let at = 0; at < jobs.length; at += MAX_SUBJECTS) await runBatch(jobs.slice(at, at + MAX_SUBJECTS), judged)
      return judged
    },
    async runExamples(files) {
      const project = vitest.getRootProject()
      project.provide('assignment', { channel: '', suites: {} })
      const { testModules } = await vitest.runTestSpecifications(
        files.map((file) => project.createSpecification(file)),
        false,
      )
      return new Map(
        testModules.map((module) => {
          const states = [...module.children.allTests()].map((test) => test.result().state)
          const count = (state: string) => states.filter((one) => one === state).length
          const errors = module.errors().map((error) => error.message)
          return [module.moduleId, { passed: count('passed'), failed: count('failed'), errors }]
        }),
      )
    },
    async close() {
      closed = true
      await threads.endSubjects()
      await vitest.close()
      await threads.close()
    },
  }
}
