import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { aKata, tempFolder, writeCourse, writeFiles } from './course-fixture.ts'
import { budgetsFile, driverFile, lessonFile, pristineStubFile, runsFile, stubFile, suiteFile } from './files.ts'
import { kataRevision } from './revision.ts'

const kata = aKata('token-bucket')

test('changes with suite, runs, driver, budgets and stub; not with lesson, learner or line endings', () => {
  using folder = tempFolder()
  const ws = { course: folder.path, root: folder.path }
  writeCourse(folder.path, [kata])
  const first = kataRevision(ws, kata)
  expect(first).toMatch(/^[0-9a-f]{12}$/)

  for (const file of [lessonFile(ws, kata), stubFile(ws, kata)]) writeFileSync(file, 'other\n')
  const suite = readFileSync(suiteFile(ws, kata), 'utf8')
  writeFileSync(suiteFile(ws, kata), suite.replaceAll('\n', '\r\n'))
  expect(kataRevision(ws, kata)).toBe(first)

  const seen = new Set([first])
  for (const file of [suiteFile, runsFile, driverFile, budgetsFile, pristineStubFile]) {
    writeFileSync(file(ws, kata), 'other\n')
    seen.add(kataRevision(ws, kata))
  }
  expect(seen.size).toBe(6)
})

test('text that moves from one file to the next, and an empty file in place of none, are changes', () => {
  using folder = tempFolder()
  const ws = { course: folder.path, root: folder.path }
  const graders = `graders/${kata.path}`
  const revisionOf = (files: Readonly<Record<string, string>>) => {
    writeFiles(folder.path, files)
    return kataRevision(ws, kata)
  }
  const revisions = [
    revisionOf({ [`${graders}/suite.test.ts`]: 'a', [`${graders}/driver.ts`]: 'b', [`${graders}/stub.ts`]: '' }),
    revisionOf({ [`${graders}/suite.test.ts`]: '', [`${graders}/driver.ts`]: 'ab' }),
    revisionOf({ [`${graders}/budgets.ts`]: '' }),
  ]
  expect(new Set(revisions).size).toBe(3)
})
