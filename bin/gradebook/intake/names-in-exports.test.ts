// Every name and id that Canvas and Gradescope write into an export, by what their own programs do.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aKata, tempFolder, writeFiles } from '../../course/course-fixture.ts'
import type { Intake, Learner } from '../submitted.ts'
import { zipOf } from './archive-fixture.ts'
import { takeClass } from './take-class.ts'

const BUCKET = aKata('token-bucket', { path: '2-foundation/token-bucket' })
const take = (from: string, roster: readonly Learner[] = []) => takeClass({ from, katas: [BUCKET], roster })

const taken = ({ submitted }: Intake): string[] =>
  submitted.map(({ learner, kata, bytes }) => `${learner} ${kata}: ${Buffer.from(bytes).toString()}`)
const whys = ({ notTaken }: Intake): string[] =>
  notTaken.map(({ learner, origin, why, katas }) => `${learner ?? '–'} [${katas.join(' ')}] ${origin}: ${why}`)

test('all names that Canvas gives: groups, the anonymous, UUIDs, quizzes, and what is no file', async () => {
  using folder = tempFolder()
  const uuid = '0b8f3c1e-2a55-4c0e-9a55-5a2b1c3d4e5f'
  const names = {
    'o_neilbob_1001_900001_token-bucket.ts': 'underscore',
    'group_a_LATE_1002_900002_token-bucket.ts': 'group',
    'group_3_1003_900003_token-bucket.ts': 'number',
    'lovelaceada_1004_900004_2026_work.zip': zipOf([{ name: 'token-bucket.ts', data: 'numbered file' }]),
    [`hoppergrace_1005_900005_token-bucket-${uuid}.ts`]: 'ninth',
    'hoppergrace_1005_900006_token-bucket-7.ts': 'eighth',
    'anon_ab12C_900007_token-bucket.ts': 'anonymous',
    'LATE_anon_Zy9xW_900008_token-bucket.ts': 'late anonymous',
    'turing_alan1006_question_55_900009_token-bucket.ts': 'quiz',
    'noetheremmy_1007_text.html': '<p>class TokenBucket</p>',
    'knuthdonald_LATE_1008_link.html': '<a>',
  }
  const zip = join(folder.path, 'submissions.zip')
  writeFileSync(zip, zipOf(Object.entries(names).map(([name, data]) => ({ name, data }))))
  const intake = await take(zip)
  expect(intake.evidence).toBe('11 of 11 files are named like lovelaceada_12345_67890_file.ts.')
  expect(taken(intake)).toEqual([
    '1001 token-bucket: underscore',
    '1002 token-bucket: group',
    '1003 token-bucket: number',
    '1004 token-bucket: numbered file',
    '1005 token-bucket: eighth',
    '1005 token-bucket: ninth',
    '1006 token-bucket: quiz',
    'Zy9xW token-bucket: late anonymous',
    'ab12C token-bucket: anonymous',
  ])
  const late = intake.submitted.filter(({ markedLateBy }) => markedLateBy === 'Canvas').map(({ learner }) => learner)
  expect(late).toEqual(['1002', 'Zy9xW'])
  expect(intake.learners.map(({ id, name }) => [id, name])).toEqual([
    ['1001', 'o_neilbob'],
    ['1002', 'group_a'],
    ['1003', 'group_3'],
    ['1004', 'lovelaceada'],
    ['1005', 'hoppergrace'],
    ['1006', 'turing_alan'],
    ['1007', 'noetheremmy'],
    ['1008', 'knuthdonald'],
    ['Zy9xW', undefined],
    ['ab12C', undefined],
  ])
  // Whoever typed it into a form has handed something in: it is not taken, and not missing.
  const why = 'It was typed into a form, or is a link, and no file; ask for the file itself.'
  expect(whys(intake)).toEqual([
    `1007 [token-bucket] noetheremmy_1007_text.html: ${why}`,
    `1008 [token-bucket] knuthdonald_LATE_1008_link.html: ${why}`,
  ])
  expect(intake.missing).toEqual([])
})

test('an id is text, also where the export has no quotes around it', async () => {
  using folder = tempFolder()
  const one = (name: string, sid: string) =>
    `submission_${name}:\n  :submitters:\n  - :sid: ${sid}\n    :email: ${name}@x\n`
  // As Ruby writes it: 0089 is no octal number, so it needs no quotes there.
  const yaml = `---\n${one('1', '0089')}${one('2', "'0012'")}${one('3', '12345678901234567890')}${one('4', '')}  :results:\n    extra: !ruby/hash:ActiveSupport::HashWithIndifferentAccess {}\n`
  writeFiles(folder.path, {
    'submission_metadata.yml': yaml,
    ...Object.fromEntries([1, 2, 3, 4].map((n) => [`submission_${n}/token-bucket.ts`, `${n}`])),
  })
  const intake = await take(folder.path)
  expect(taken(intake)).toEqual([
    '0012 token-bucket: 2',
    '0089 token-bucket: 1',
    '12345678901234567890 token-bucket: 3',
    '4@x token-bucket: 4',
  ])
})

test('an id that is null is none', async () => {
  using folder = tempFolder()
  const one = (n: number, sid: string) => `submission_${n}:\n  :submitters:\n  - :sid: ${sid}\n    :email: ${n}@x\n`
  writeFiles(folder.path, {
    'submission_metadata.yml': `---\n${one(1, 'null')}${one(2, '~')}${one(3, "'null'")}`,
    ...Object.fromEntries([1, 2, 3].map((n) => [`submission_${n}/token-bucket.ts`, `${n}`])),
  })
  expect(taken(await take(folder.path))).toEqual(['1@x token-bucket: 1', '2@x token-bucket: 2', 'null token-bucket: 3'])
})

test('whose zip it is of a group with a number for a name, the roster says', async () => {
  using folder = tempFolder()
  const names = ['group_3_1003_900003_work.zip', 'lovelaceada_1004_900004_2026_work.zip']
  const zip = join(folder.path, 'submissions.zip')
  const data = zipOf([{ name: 'token-bucket.ts', data: 'x' }])
  writeFileSync(zip, zipOf(names.map((name) => ({ name, data }))))
  const roster = ['1003', '1004'].map((ID) => ({ id: `s${ID}`, ids: { ID } }))
  expect(taken(await take(zip, roster))).toEqual(['s1003 token-bucket: x', 's1004 token-bucket: x'])
})

test('the code of somebody anonymous is no id that Canvas would know', async () => {
  using folder = tempFolder()
  writeFiles(folder.path, { 'anon_ab12C_900007_token-bucket.ts': 'x', 'hopper_1005_900008_token-bucket.ts': 'y' })
  const { learners } = await take(folder.path)
  expect(learners).toEqual([{ id: '1005', name: 'hopper', ids: { ID: '1005' } }, { id: 'ab12C' }])
})
