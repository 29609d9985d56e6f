// How far a class is, for whoever waits: one line that is written over on a terminal, a line now and then elsewhere, and
// one JSON document for each result with --json.

import type { Work } from '../gradebook/store.ts'
import type { Report } from '../judge/report.ts'
import type { Context } from './context.ts'
import { jsonText } from './json-text.ts'
import { progressLine } from './screens/grade-screen.ts'
import { lookOf, wrapText } from './screens/look.ts'

/** Lines that a log gets in all. */
const LOGGED = 20

export interface GradingProgress {
  judged(work: Work, report: Report): void
  stopped(): void
  ended(): void
}

export function gradingProgress({ io, json, look }: Context, of: number): GradingProgress {
  const startedMs = performance.now()
  const rewrites = !json && io.stderr.isTTY === true && io.env['TERM'] !== 'dumb'
  let done = 0
  let errors = 0
  let logged = 0
  const clear = rewrites ? '\r\u001b[2K' : ''
  // What is written over on a terminal is there, wherever the result goes.
  const { width } = lookOf(io.stderr, io.env)
  const line = () => progressLine({ done, of, errors, elapsedMs: performance.now() - startedMs }, { ...look, width })
  if (rewrites && of > 0) io.stderr.write(line())
  return {
    judged({ kata, content }, { verdict, reason }) {
      done++
      if (verdict === 'judge-error') errors++
      if (json) {
        const { done: _, ...rate } = rateOf(done, of, performance.now() - startedMs)
        const why = verdict === 'judge-error' && reason !== undefined ? { reason } : {}
        io.stdout.write(`${jsonText({ event: 'judged', kata, content, verdict, ...why, done, of, ...rate })}\n`)
      } else if (rewrites) io.stderr.write(`${clear}${line()}`)
      else if (Math.floor((done * LOGGED) / of) > logged) {
        logged = Math.floor((done * LOGGED) / of)
        io.stderr.write(`${line()}\n`)
      }
    },
    stopped() {
      const words = `Stopped: ${done} of ${of} judged and kept. The same command goes on from there.`
      if (json) io.stdout.write(`${jsonText({ event: 'stopped', done, of })}\n`)
      else io.stderr.write(`${clear}${wrapText(words, width).join('\n')}\n`)
    },
    ended() {
      io.stderr.write(clear)
    },
  }
}

export function rateOf(done: number, of: number, elapsedMs: number) {
  const perMinute = elapsedMs === 0 ? 0 : (done * 60_000) / elapsedMs
  return { done, perMinute: Math.round(perMinute * 10) / 10, leftS: Math.round((of - done) / (perMinute / 60 || 1)) }
}
