// The gradebook's file: ours or nobody's, never half migrated, and raw results that nothing changes.

import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { tempFolder } from '../course/course-fixture.ts'
import { KataError } from '../course/kata-error.ts'
import type { Report } from '../judge/report.ts'
import { MIGRATIONS, openGradebookFile } from './gradebook-file.ts'
import { tryLock } from './grader-lock.ts'
import { openStore } from './store.ts'
import type { Intake } from './submitted.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const report = (verdict: Report['verdict']): Report => ({
  kata: 'one',
  file: 'katas/one.ts',
  verdict,
  promises: [],
  spent: [],
  seed: 1,
  replay: '',
  ms: 1,
  revision: '',
})
const intake = (files: readonly (readonly [learner: string, text: string, atMs?: number])[]): Intake => ({
  layout: 'folders',
  evidence: '',
  remarks: [],
  learners: [...new Set(files.map(([id]) => id))].map((id) => ({ id })),
  submitted: files.map(([learner, text, atMs]) => ({
    learner,
    kata: 'one',
    bytes: bytes(text),
    origin: `${learner}/one.ts`,
    ...(atMs === undefined ? {} : { atMs }),
  })),
  notTaken: [],
  missing: [],
})
const V1 = { grader: 'g1', engine: 'e1' }
const V2 = { grader: 'g2', engine: 'e1' }
const RUN = { kind: 'grade', startedMs: 1, isolation: 'portable', secret: 's', fromCache: 0 } as const

test('what is no gradebook is refused and left as it was', () => {
  using folder = tempFolder()
  const at = (name: string) => join(folder.path, name)
  writeFileSync(at('text'), 'These are my notes, and no database.\n'.repeat(100))
  const other = new DatabaseSync(at('other'))
  other.exec('CREATE TABLE theirs (x); PRAGMA user_version = 1')
  other.close()
  openGradebookFile(at('newer'), 'write', [...MIGRATIONS, 'SELECT 1']).close()
  openStore(at('whole'), 'write').close()
  writeFileSync(at('torn'), readFileSync(at('whole')))
  truncateSync(at('torn'), 8_192)
  mkdirSync(at('folder'))
  for (const [name, says] of [
    ['text', 'is no gradebook.'],
    ['other', "is another program's database."],
    ['newer', `is of version ${MIGRATIONS.length + 1}, and this course knows versions up to ${MIGRATIONS.length}.`],
    ['torn', 'is damaged ('],
    ['folder', 'is not a file.'],
    ['no/such', 'There is no folder'],
  ] as const) {
    const was = name === 'folder' || !existsSync(at(name)) ? undefined : readFileSync(at(name))
    expect(() => openStore(at(name), 'write'), name).toThrow(KataError)
    expect(() => openStore(at(name), 'write'), name).toThrow(says)
    if (was !== undefined) expect(readFileSync(at(name)).equals(was), name).toBe(true)
  }
  expect(() => openStore(at('absent'), 'read')).toThrow('There is no gradebook')
  expect(existsSync(at('absent'))).toBe(false)
})

test('an older file is brought up to date with all that it holds; a migration that fails leaves it as it was', () => {
  using folder = tempFolder()
  const file = join(folder.path, 'book')
  const store = openStore(file, 'write')
  store.takeIn('class', intake([['ada', 'x']]), 5)
  store.close()
  expect(() =>
    openGradebookFile(file, 'write', [...MIGRATIONS, 'CREATE TABLE more (x); SELECT nothing FROM nowhere']),
  ).toThrow()
  const db = openGradebookFile(file, 'write', [...MIGRATIONS, 'ALTER TABLE attempts ADD COLUMN more TEXT', 'SELECT 1'])
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: MIGRATIONS.length + 2 })
  expect(db.prepare('SELECT learner, seen_ms, more FROM attempts').get()).toEqual({
    learner: 'ada',
    seen_ms: 5,
    more: null,
  })
  db.close()
})

test('the same intake twice is the same attempts; another time or another file is another', () => {
  using folder = tempFolder()
  const store = openStore(join(folder.path, 'book'), 'write')
  const first = intake([
    ['ada', 'x'],
    ['bob', 'x'],
    ['bob', 'y', 7],
  ])
  store.takeIn('class', first, 1)
  store.takeIn('class', first, 2)
  expect(store.attempts().map(({ learner, atMs, seenMs }) => [learner, atMs, seenMs])).toEqual([
    ['ada', undefined, 1],
    ['bob', undefined, 1],
    ['bob', 7, 1],
  ])
  store.takeIn(
    'class',
    intake([
      ['bob', 'y', 8],
      ['ada', 'z'],
    ]),
    3,
  )
  expect(store.attempts()).toHaveLength(5)
  expect(store.pending(['one'], false)).toHaveLength(3)
  expect(store.pending(['one'], true)).toHaveLength(5)
  expect(store.pending(['two'], false)).toEqual([])
  const content = store.attempts()[0]?.content ?? expect.unreachable()
  expect(Buffer.from(store.bytesOf(content)).toString()).toBe('x')
  store.close()
})

test('raw results stay; the first stands until a proposal is applied', () => {
  using folder = tempFolder()
  const file = join(folder.path, 'book')
  const store = openStore(file, 'write')
  store.takeIn('class', intake([['ada', 'x']]), 1)
  const [work] = store.pending(['one'], false)
  if (work === undefined) return expect.unreachable()
  const run = store.startRun(RUN)
  store.keepJudgeError(run, work, report('judge-error'), 2)
  expect(store.outcomeOf('one', work.content).state).toBe('judge-error')
  expect(store.pending(['one'], false)).toEqual([work])
  store.keep(run, work, V1, report('wrong-answer'), 3)
  store.keep(run, work, V2, report('accepted'), 4)
  const verdict = () => {
    const outcome = store.outcomeOf('one', work.content)
    return outcome.state === 'graded' ? outcome.report.verdict : outcome.state
  }
  expect(verdict()).toBe('wrong-answer')
  expect(store.outdated(new Map([['one', V1]]), 'portable', false)).toEqual([])
  expect(store.outdated(new Map([['one', V1]]), 'strict', false)).toEqual([work])
  expect(store.outdated(new Map([['one', V2]]), 'portable', false)).toEqual([work])

  const result = store.resultFor(work, V2, 'portable') ?? expect.unreachable()
  expect(store.resultFor(work, V2, 'strict')).toBeUndefined()
  store.propose(run, [{ ...work, result }], 5)
  store.propose(run, [{ ...work, result }], 6)
  const proposal = store.openProposal() ?? expect.unreachable()
  expect(proposal).toMatchObject({ madeMs: 6, changes: [{ old: { versions: V1 }, new: { versions: V2 } }] })
  expect(verdict()).toBe('wrong-answer')
  store.decide(proposal.id, 'applied', 7)
  expect([verdict(), store.openProposal()]).toEqual(['accepted', undefined])
  store.close()

  const db = new DatabaseSync(file)
  expect(() => db.exec("UPDATE results SET report = '{}'")).toThrow('a raw result is never changed')
  expect(() => db.exec('DELETE FROM results')).toThrow('never removed')
  expect(db.prepare('SELECT state FROM proposals ORDER BY id').all()).toEqual([
    { state: 'superseded' },
    { state: 'applied' },
  ])
  db.close()
})

test('identical bytes that came to two verdicts under the same judge are pointed out', () => {
  using folder = tempFolder()
  const store = openStore(join(folder.path, 'book'), 'write')
  store.takeIn('class', intake([['ada', 'x']]), 1)
  const [work] = store.pending(['one'], false)
  if (work === undefined) return expect.unreachable()
  const run = store.startRun(RUN)
  for (const verdict of ['accepted', 'wrong-answer'] as const) store.keep(run, work, V1, report(verdict), 1)
  expect(store.outcomeOf('one', work.content)).toMatchObject({ remarks: [expect.stringContaining('more than once')] })
  store.close()
})

test('one grader at a time, and the lock is given back', () => {
  using folder = tempFolder()
  const file = join(folder.path, 'book')
  const lock = tryLock(file)
  expect(lock).toBeDefined()
  expect(tryLock(file)).toBeUndefined()
  lock?.release()
  const again = tryLock(file)
  expect(again).toBeDefined()
  again?.release()
})
