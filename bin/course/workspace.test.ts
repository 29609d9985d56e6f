import { mkdirSync, symlinkSync } from 'node:fs'
import { join, parse } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder, writeFiles } from './course-fixture.ts'
import { KataError } from './kata-error.ts'
import { findWorkspace } from './workspace.ts'

const linkedTo = (course: string) => ({ '.kata/workspace.json': JSON.stringify({ course, version: 1 }) })

test('in the course itself, and anywhere that is no workspace, both are the course', () => {
  using folder = tempFolder()
  const here = { course: folder.path, root: folder.path }
  writeFiles(folder.path, { '.kata/progress.jsonl': '', 'katas/2-foundation/token-bucket.ts': '' })
  expect(findWorkspace(join(folder.path, 'katas', '2-foundation'), folder.path)).toEqual(here)
  expect(findWorkspace(parse(folder.path).root, folder.path)).toEqual(here)
})

test('the nearest workspace above is found, linked by absolute path, relative path or symbolic link', () => {
  using folder = tempFolder()
  const course = join(folder.path, 'course')
  const root = join(folder.path, 'mine')
  const deep = join(root, 'katas', '2-foundation')
  mkdirSync(course)
  mkdirSync(deep, { recursive: true })
  symlinkSync(course, join(folder.path, 'link'), 'junction')
  for (const link of [course, '../course', join(folder.path, 'link')]) {
    writeFiles(root, linkedTo(link))
    expect(findWorkspace(deep, course)).toEqual({ course, root })
  }
})

test("a workspace can't make us run another course than our own", () => {
  using folder = tempFolder()
  const course = join(folder.path, 'course')
  writeFiles(folder.path, { 'course/package.json': '', 'evil/lessons/x.md': '', ...linkedTo('./evil') })
  expect(() => findWorkspace(folder.path, course)).toThrow(/belongs to the course in .*evil/)
  writeFiles(folder.path, linkedTo('gone\u001b[2J'))
  expect(() => findWorkspace(folder.path, course)).toThrow(/gone\uFFFD\[2J/)
})

test.each([
  ['no JSON', '{"course":'],
  ['no object', 'null'],
  ['no course', '{"version":1}'],
  ['an empty course', '{"version":1,"course":""}'],
  ['a course with a NUL', '{"version":1,"course":"a\\u0000b"}'],
  ['another version', '{"version":"1","course":"."}'],
  ['more than it may be', ' '.repeat(70_000)],
])('a workspace file with %s is told, not believed', (_, text) => {
  using folder = tempFolder()
  writeFiles(folder.path, { '.kata/workspace.json': text })
  expect(() => findWorkspace(folder.path, folder.path)).toThrow(KataError)
})

test('a workspace of a later version says so', () => {
  using folder = tempFolder()
  writeFiles(folder.path, { '.kata/workspace.json': '{"version":2}' })
  expect(() => findWorkspace(folder.path, folder.path)).toThrow(
    'written by a newer kata (version 2). Update the course.',
  )
})
