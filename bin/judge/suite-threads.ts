// A pool for vitest whose threads outlive its runs. vitest asks for a worker, starts and stops it; here, stopping only
// puts the thread back.

import { join, sep } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { PoolRunnerInitializer } from 'vitest/node'
import type { Isolation } from '../sandbox/isolation.ts'
import { END_SUBJECTS } from './jobs.ts'

/** Node strips no types there; the launcher has tsx do it, and so must a thread. */
const BELOW_NODE_MODULES = import.meta.dirname.includes(`${sep}node_modules${sep}`)

export interface SuiteThreads {
  readonly pool: PoolRunnerInitializer
  /** Kills every subject, whatever it is doing; the run that it belonged to ends soon after. */
  endSubjects(): Promise<void>
  close(): Promise<void>
}

/** @param course root of the course, @param ahead threads to start at once: they load while vitest itself does */
export function suiteThreads(course: string, ahead: number, isolation: Isolation): SuiteThreads {
  const idle: Worker[] = []
  const all = new Set<Worker>()
  let closed = false
  const start = (): Worker => {
    if (closed) throw new Error('The judge is closed.')
    const thread = new Worker(join(import.meta.dirname, 'suite-thread.mjs'), {
      workerData: { course, isolation },
      env: { ...process.env, NODE_ENV: 'test', VITEST: 'true', TEST: 'true', DEV: '1', PROD: '', MODE: 'test' },
      execArgv: ['--no-warnings', ...(BELOW_NODE_MODULES ? ['--import', import.meta.resolve('tsx')] : [])],
      // A suite has nothing to say to the screen.
      stdout: true,
      stderr: true,
    })
    all.add(thread)
    thread.on('exit', () => all.delete(thread))
    // Told by vitest while it runs there; a thread that dies idle is only forgotten.
    thread.on('error', () => all.delete(thread))
    thread.unref()
    return thread
  }
  for (let i = 0; i < ahead; i++) idle.push(start())

  return {
    pool: {
      name: 'suites',
      createPoolWorker() {
        let thread: Worker | undefined
        const taken = (): Worker => {
          if (thread === undefined) throw new Error('a suite thread that was never started')
          return thread
        }
        const added: [string, (...args: unknown[]) => void][] = []
        return {
          name: 'suites',
          on(event, callback) {
            added.push([event, callback])
            taken().on(event, callback)
          },
          off: (event, callback) => void thread?.off(event, callback),
          send: (message) => taken().postMessage(message),
          deserialize: (data) => data,
          async start() {
            thread ??= idle.find((one) => all.has(one)) ?? start()
            if (idle.includes(thread)) idle.splice(idle.indexOf(thread), 1)
            thread.ref()
          },
          async stop() {
            const done = taken()
            for (const [event, callback] of added.splice(0)) done.off(event, callback)
            done.unref()
            if (all.has(done)) idle.push(done)
            thread = undefined
          },
        }
      },
    },
    async endSubjects() {
      const threads = [...all]
      await Promise.all(
        threads.map(
          (thread) =>
            new Promise<void>((resolve) => {
              thread.on('message', (message) => message === END_SUBJECTS && resolve())
              thread.once('exit', () => resolve())
              thread.once('error', () => resolve())
              thread.postMessage(END_SUBJECTS)
            }),
        ),
      )
    },
    async close() {
      closed = true
      await Promise.all([...all].map((thread) => thread.terminate()))
    },
  }
}
