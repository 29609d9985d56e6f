// Who asks only whether a submission is accepted is told so at its first broken promise; what is right must keep them all.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { discoverKatas, findKata } from '../course/discover.ts'
import { solutionFile } from '../course/files.ts'
import { prepareSubmission } from '../sandbox/prepare.ts'
import { startJudge } from './judge.ts'
import { judgeSubmissions } from './judge-submissions.ts'

const COURSE = join(import.meta.dirname, '../..')

test('one broken promise is enough, and no other is missing then', async () => {
  const ws = { course: COURSE, root: COURSE }
  const kata = findKata(discoverKatas(COURSE), 'fixed-window')
  const wrong = join(COURSE, 'graders', kata.path, 'rejected/wrong-answer.counts-refusals.ts')
  const asked = { kata, file: 'a.ts', seeds: [7] }
  const judge = startJudge(COURSE, { workers: 1 })
  const reports = await judgeSubmissions(ws, judge, [
    { ...asked, id: 'right', bytes: readFileSync(solutionFile(ws, kata)), untilBroken: true },
    { ...asked, id: 'wrong', bytes: readFileSync(wrong), untilBroken: true },
    { ...asked, id: 'whole', bytes: readFileSync(wrong) },
  ])
  await (await judge).close()
  const told = (id: string) => ({ verdict: reports.get(id)?.verdict, promises: reports.get(id)?.promises.length })
  expect(told('right')).toEqual({ verdict: 'accepted', promises: told('whole').promises })
  expect(told('wrong').verdict).toBe('wrong-answer')
  expect(told('whole').verdict).toBe('wrong-answer')
  expect(told('wrong').promises).toBeLessThan(told('whole').promises ?? 0)
})

test('on many seeds, it is one on each', async () => {
  const kata = findKata(discoverKatas(COURSE), 'fixed-window')
  const wrong = join(COURSE, 'graders', kata.path, 'rejected/wrong-answer.counts-refusals.ts')
  const seeds = [7, 8, 9]
  const jobs = [solutionFile({ course: COURSE, root: COURSE }, kata), wrong].map((file, i) => {
    const prepared = prepareSubmission(kata.path, readFileSync(file, 'utf8'), [])
    if (!prepared.ok) throw new Error(file)
    const { url, modules } = prepared
    const many = { seeds, shrink: false, exhaustive: true, untilBroken: true as const }
    return { id: ['right', 'wrong'][i] as string, kata: kata.path, url, modules, ...many }
  })
  const judge = await startJudge(COURSE, { workers: 1 })
  const { evidence } = await judge.run(jobs)
  await judge.close()
  const told = (id: string) => evidence.get(id)?.promises ?? []
  expect(told('right').every(({ result }) => result.kept)).toBe(true)
  const broken = told('wrong').filter(({ result }) => !result.kept)
  expect(broken.map(({ seed }) => seed).toSorted()).toEqual(seeds)
  // And behind it none is tried on that seed.
  expect(told('wrong').length).toBeLessThan(told('right').length)
})
