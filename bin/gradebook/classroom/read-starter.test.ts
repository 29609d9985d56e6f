// What a class was given is no news in what it hands in, however it comes; what somebody made of it is.

import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tempFolder, writeFiles } from '../../course/course-fixture.ts'
import { discoverKatas } from '../../course/discover.ts'
import { zipOf } from '../intake/archive-fixture.ts'
import { commit, makeRepository } from '../intake/repository-fixture.ts'
import type { Starter } from '../intake/starter.ts'
import { takeClass } from '../intake/take-class.ts'
import { readStarter } from './read-starter.ts'
import { writeClassroom } from './write-classroom.ts'

const COURSE = join(import.meta.dirname, '../../..')
const ALL = discoverKatas(COURSE)
const KATAS = ALL.filter(({ slug }) => slug === 'token-bucket')
const STUB = 'katas/2-foundation/token-bucket.ts'
const GIVEN = ['.github/workflows/examples.yml', 'package-lock.json', 'package.json', 'tsconfig.json', STUB]
const THEIRS = 'They are scripts or configuration of the learner; only stub files are taken'

let folder: ReturnType<typeof tempFolder>
let given: Readonly<Record<string, string>>
let starter: Starter | undefined
beforeAll(async () => {
  folder = tempFolder()
  await writeClassroom(COURSE, join(folder.path, 'hw1'), { katas: KATAS }, ALL)
  given = Object.fromEntries(GIVEN.map((path) => [path, readFileSync(join(folder.path, 'hw1/starter', path), 'utf8')]))
  starter = await readStarter(join(folder.path, 'hw1/assignment.json'))
})
afterAll(() => folder[Symbol.dispose]())

const below = (top: string, files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${top}/${path}`, text]))
const zipped = (files: Readonly<Record<string, string>>) =>
  zipOf(Object.entries(files).map(([name, data]) => ({ name, data })))

async function lines(from: string, deadlineMs?: number): Promise<string[]> {
  const { notTaken } = await takeClass({ from, katas: KATAS, starter, deadlineMs })
  return notTaken.map(({ learner, origin, why }) => `${learner} ${origin.replace(/@ [0-9a-f]{10}/, '@')}: ${why}`)
}

test('as it was given it is no line: in a folder, a zip, a repository, with the line ends of Windows', async () => {
  using handed = tempFolder()
  const windows = Object.fromEntries(Object.entries(given).map(([path, text]) => [path, text.replaceAll('\n', '\r\n')]))
  writeFiles(handed.path, { ...below('class/ada', given), ...below('class/ada2/starter', windows) })
  writeFileSync(join(handed.path, 'class/bob.zip'), zipped(below('hw1', given)))
  makeRepository(join(handed.path, 'class/eve'), [{ atMs: 0, files: given }])
  const from = join(handed.path, 'class')
  expect(await lines(from)).toEqual([])
  const without = await takeClass({ from, katas: KATAS })
  expect(without.notTaken.map(({ learner }) => learner).sort()).toEqual(['ada', 'ada2', 'bob', 'eve'])
  // A whole class in one archive.
  writeFileSync(join(handed.path, 'class.zip'), zipped({ ...below('ada', given), ...below('zoe', windows) }))
  expect(await lines(join(handed.path, 'class.zip'))).toEqual([])
})

test('what was changed is told, alone, and so is what was never given', async () => {
  using handed = tempFolder()
  const changed = { ...given, 'package.json': '{ "scripts": { "prepare": "evil" } }', '.npmrc': '' }
  // Of the same length, and at a place where nothing was given.
  const hidden = given['tsconfig.json']?.replace('true', 'TRUE') ?? ''
  writeFiles(handed.path, {
    ...below('class/ada', changed),
    ...below('class/cyd', { [STUB]: 'x', 'katas/package.json': given['package.json'] ?? '', 'tsconfig.json': hidden }),
    ...below('class/dan', { [STUB]: 'x', 'package.json': given['tsconfig.json'] ?? '' }),
  })
  writeFileSync(join(handed.path, 'class/bob.zip'), zipped(changed))
  expect(await lines(join(handed.path, 'class'))).toEqual([
    expect.stringContaining(`ada ada/.npmrc, ada/package.json: ${THEIRS}`),
    expect.stringContaining(`bob bob.zip: .npmrc, bob.zip: package.json: ${THEIRS}`),
    expect.stringContaining(`cyd cyd/tsconfig.json: ${THEIRS}`),
    expect.stringContaining(`dan dan/package.json: ${THEIRS}`),
  ])
})

test('a repository that changes it after the deadline is told of once', async () => {
  using handed = tempFolder()
  const ada = join(handed.path, 'class/ada')
  makeRepository(ada, [{ atMs: 1_000_000, files: given }])
  commit(ada, 9_000_000, { 'package.json': '{}', [STUB]: 'work' })
  writeFiles(handed.path, { 'class/bob/token-bucket.ts': 'x' })
  const from = join(handed.path, 'class')
  expect(await lines(from, 5_000_000)).toEqual([expect.stringContaining(`ada ada @: package.json: ${THEIRS}`)])
})

test('what the instructor made of it was given, and so was what it was before; a hundred copies are not', async () => {
  using dir = tempFolder()
  cpSync(join(folder.path, 'hw1'), join(dir.path, 'hw1'), { recursive: true })
  const assignment = join(dir.path, 'hw1/assignment.json')
  writeFiles(dir.path, {
    'hw1/starter/package.json': '{ "name": "mine" }\n',
    'hw1/starter/.npmrc': 'audit=false\n',
    ...below('class/ada', { [STUB]: 'x', 'package.json': '{ "name": "mine" }\n', '.npmrc': 'audit=false\n' }),
    ...below('class/bob', given),
    ...below('class/eve', { [STUB]: 'x' }),
    ...Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`class/eve/${i}/.npmrc`, 'audit=false\n'])),
  })
  const known = await readStarter(assignment)
  const { notTaken } = await takeClass({ from: join(dir.path, 'class'), katas: KATAS, starter: known })
  expect(notTaken.map(({ learner, origin }) => `${learner} ${origin}`)).toEqual([
    expect.stringMatching(/^eve .* and 87 more$/),
  ])
  rmSync(join(dir.path, 'hw1/.kata'), { recursive: true })
  expect(await readStarter(assignment)).toBeUndefined()
})

test('what it was before the course moved on, twice, was given, too', async () => {
  using dir = tempFolder()
  const root = join(dir.path, 'hw1')
  const manifest = async (name: string) => {
    await writeClassroom(COURSE, root, { name, katas: KATAS }, ALL)
    return readFileSync(join(root, 'starter/package.json'), 'utf8')
  }
  const [first, second, third] = [await manifest('First'), await manifest('Second'), await manifest('Third')]
  expect(new Set([first, second, third]).size).toBe(3)
  writeFiles(dir.path, {
    ...below('class/ada', { [STUB]: 'x', 'package.json': first }),
    ...below('class/bob', { [STUB]: 'x', 'package.json': second }),
    ...below('class/cyd', { [STUB]: 'x', 'package.json': third }),
    ...below('class/dan', { [STUB]: 'x', 'package.json': `${second}\n` }),
  })
  const known = await readStarter(join(root, 'assignment.json'))
  const { notTaken } = await takeClass({ from: join(dir.path, 'class'), katas: KATAS, starter: known })
  expect(notTaken.map(({ learner, origin }) => `${learner} ${origin}`)).toEqual(['dan dan/package.json'])
})
