// Who asks only whether a submission is accepted is told so at its first broken promise; what is right must keep them all.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { discoverKatas, findKata } from '../course/discover.ts'
import { solutionFile } from '../course/files.ts'
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
