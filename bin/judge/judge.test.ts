// The judge's end.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { discoverKatas, findKata } from '../course/discover.ts'
import { solutionFile } from '../course/files.ts'
import { prepareSubmission } from '../sandbox/prepare.ts'
import { startJudge } from './judge.ts'

const COURSE = join(import.meta.dirname, '../..')

test('who asks after the end is refused: a thread that is started then would keep the program for ever', async () => {
  const kata = findKata(discoverKatas(COURSE), 'fixed-window')
  const prepared = prepareSubmission(
    kata.path,
    readFileSync(solutionFile({ course: COURSE, root: COURSE }, kata), 'utf8'),
    [],
  )
  if (!prepared.ok) throw new Error('The solution is refused.')
  const { url, modules } = prepared
  const judge = await startJudge(COURSE)
  await judge.close()
  const late = judge.run([{ id: 'late', kata: kata.path, url, modules, seeds: [1], shrink: false, exhaustive: false }])
  await expect(late).rejects.toThrow('The judge is closed.')
})
