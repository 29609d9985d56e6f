import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aKata } from './course-fixture.ts'
import {
  driverFile,
  exampleFile,
  lessonFile,
  pristineStubFile,
  progressFile,
  solutionFile,
  stubFile,
  suiteFile,
} from './files.ts'

test("the learner's files are under the root, the course's under the course", () => {
  const ws = { course: 'course', root: 'mine' }
  const kata = aKata('token-bucket', { path: '2-foundation/token-bucket' })
  expect(stubFile(ws, kata)).toBe(join('mine', 'katas', '2-foundation', 'token-bucket.ts'))
  expect(exampleFile(ws, kata)).toBe(join('mine', 'katas', '2-foundation', 'token-bucket.test.ts'))
  expect(progressFile(ws)).toBe(join('mine', '.kata', 'progress.jsonl'))
  expect(lessonFile(ws, kata)).toBe(join('course', 'lessons', '2-foundation', 'token-bucket.md'))
  expect(solutionFile(ws, kata)).toBe(join('course', 'solutions', '2-foundation', 'token-bucket.ts'))
  const grader = join('course', 'graders', '2-foundation', 'token-bucket')
  expect([pristineStubFile, suiteFile, driverFile].map((file) => file(ws, kata))).toEqual(
    ['stub.ts', 'suite.test.ts', 'driver.ts'].map((name) => join(grader, name)),
  )
})
