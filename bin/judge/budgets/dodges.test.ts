// Whole submissions that try to hide what they cost, or try on what measures them, against the judge as it is used: each
// earns the verdict of its name, for the budget or promise of its header, and none gets away.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { discoverKatas } from '../../course/discover.ts'
import { startJudge } from '../judge.ts'
import { judgeSubmissions } from '../judge-submissions.ts'
import type { Report } from '../report.ts'
import { dodgesOf, headerLines } from './cost-corpus.ts'

const COURSE = join(import.meta.dirname, '../../..')
const ws = { course: COURSE, root: COURSE }
/** Submissions whose suites run side by side: more would try the machine, not the verdicts. */
const AT_ONCE = 8
/** A landing tries every second one; all of them: `KATA_WHOLE=1 npx vitest run --project engine bin/judge/budgets/dodges.test.ts`. */
const IS_WHOLE = process.env['KATA_WHOLE'] !== undefined
/** Headers for what breaks everything, and for what comes to light only where costs are counted. */
const EVERY = 'every promise'
const NONE = 'no promise'

test('no dodge gets away', { timeout: 3_600_000 }, async () => {
  const judge = startJudge(COURSE)
  onTestFinished(async () => (await judge).close())
  const known = discoverKatas(COURSE).flatMap((kata) => dodgesOf(kata).map((dodge) => ({ ...dodge, kata })))
  expect(known.length).toBeGreaterThan(60)
  expect(new Set(known.map(({ kata }) => kata.slug)).size).toBeGreaterThan(9)
  const all = known.filter((_, i) => IS_WHOLE || i % 2 === 0)
  const requests = all.map(({ name, kata, file }) => ({
    id: name,
    kata,
    file: name,
    bytes: readFileSync(file),
    seeds: [1],
  }))
  const reports = new Map<string, Report>()
  for (let at = 0; at < requests.length; at += AT_ONCE)
    for (const [id, report] of await judgeSubmissions(ws, judge, requests.slice(at, at + AT_ONCE)))
      reports.set(id, report)

  const wanted = all.map(({ name, verdict, file }) => [
    name,
    verdict,
    headerLines(readFileSync(file, 'utf8'), 'breaks'),
  ])
  const found = all.map(({ name, file }) => {
    const { verdict, promises, spent, reason } = reports.get(name) as Report
    const broken = [...promises.map((one) => ({ ...one, budget: one.name })), ...spent].filter(({ kept }) => !kept)
    const names = broken.map(({ budget }) => budget)
    const header = headerLines(readFileSync(file, 'utf8'), 'breaks')
    const isAsSaid =
      (header.includes(EVERY) && promises.every(({ kept }) => !kept)) || (header.includes(NONE) && names.length === 0)
    return [name, verdict === name.split(/[/.]/)[2] ? verdict : `${verdict}: ${reason}`, isAsSaid ? header : names]
  })
  expect(found).toEqual(wanted)
})
