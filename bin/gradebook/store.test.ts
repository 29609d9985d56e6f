// The gradebook's file: ours or nobody's, never half migrated, and raw results that nothing changes.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { tempFolder } from '../course/course-fixture.ts'
import { KataError } from '../course/kata-error.ts'
import type { Report } from '../judge/report.ts'
import { MIGRATIONS, openGradebookFile } from './gradebook-file.ts'
import { tryLock } from './grader-lock.ts'
import { openStore, type Store } from './store.ts'
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
/** sha256 of `x` */
const SHA_OF_X = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'
const RUN = { kind: 'grade', startedMs: 1, isolation: 'portable', secret: 's', fromCache: 0 } as const

test('what cannot be read is not said to be one that cannot be written', () => {
  using folder = tempFolder()
  // Whoever is root may read everything, and yet not this.
  symlinkSync('itself', join(folder.path, 'itself'))
  for (const mode of ['read', 'write'] as const)
    expect(() => openGradebookFile(join(folder.path, 'itself'), mode)).toThrow(
      expect.toSatisfy(
        (error) => error instanceof KataError && /itself cannot be read \(ELOOP\)\. Name the file/.test(error.message),
      ),
    )
  if (process.getuid?.() === 0) return
  writeFileSync(join(folder.path, 'secret'), 'x', { mode: 0 })
  for (const mode of ['read', 'write'] as const)
    expect(() => openGradebookFile(join(folder.path, 'secret'), mode)).toThrow(
      'secret cannot be read (EACCES). Give yourself the right to read it',
    )
})

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
    ['folder', 'is a folder. Give another with --gradebook FILE.'],
    ['no/such', 'There is no folder'],
  ] as const) {
    const was = name === 'folder' || !existsSync(at(name)) ? undefined : readFileSync(at(name))
    expect(() => openStore(at(name), 'write'), name).toThrow(KataError)
    expect(() => openStore(at(name), 'write'), name).toThrow(says)
    if (was !== undefined) expect(readFileSync(at(name)).equals(was), name).toBe(true)
  }
  expect(() => openStore(at('absent'), 'read')).toThrow('There is no gradebook')
  for (const name of ['folder', 'text', 'other'])
    expect(() => openStore(at(name), 'read'), name).toThrow('Name the file itself, such as gradebook.sqlite.')
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

test('a disk that is full when a gradebook is made is told in words', () => {
  using folder = tempFolder()
  // The limit stands for the disk: on both SQLite ends the transaction by itself.
  const full = 'PRAGMA max_page_count = 4; CREATE TABLE much (x); INSERT INTO much VALUES (zeroblob(1000000))'
  expect(() => openGradebookFile(join(folder.path, 'g.sqlite'), 'write', [full])).toThrow(
    /could not be written \(database or disk is full\)\. Is the disk full\?/,
  )
  openGradebookFile(join(folder.path, 'g.sqlite'), 'write').close()
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

/** As `class` when a file's place is read as the learner of a roster. */
const readAs = (given: Intake, ids: Readonly<Record<string, string>>): Intake => ({
  ...given,
  learners: given.learners.map(({ id }) => ({ id: ids[id] ?? id })),
  submitted: given.submitted.map((file) => ({ ...file, learner: ids[file.learner] ?? file.learner })),
})
const held = (store: Store) =>
  store.attempts().map(({ learner, content }) => `${learner} ${Buffer.from(store.bytesOf(content))}`)

test('without times, whoever goes back to an earlier file has handed it in anew; the same again is nothing new', () => {
  using folder = tempFolder()
  const store = openStore(join(folder.path, 'book'), 'write')
  const week = (text: string, source = 'class') => store.takeIn(source, intake([['ada', text]]), 1)
  for (const text of ['a', 'a', 'b', 'b', 'a', 'a']) week(text)
  expect(held(store)).toEqual(['ada a', 'ada b', 'ada a'])
  // A copy of the folder brings nothing, and what lies in another folder as it did is no return to it.
  week('a', 'copy')
  week('c')
  week('a', 'copy')
  expect(held(store)).toEqual(['ada a', 'ada b', 'ada a', 'ada c'])
  const two = { ...intake([['eve', 'x']]), submitted: [1, 2].map((n) => numbered(n)) }
  for (const _ of [1, 2, 3]) store.takeIn('numbered', two, 2)
  expect(held(store).filter((one) => one.startsWith('eve'))).toEqual(['eve 1', 'eve 2'])
  store.close()
})
const numbered = (n: number) => ({
  learner: 'eve',
  kata: 'one',
  bytes: bytes(`${n}`),
  origin: `eve/attempt-${n}/one.ts`,
})

test('a roster that comes later, or is left out, supersedes whom a place was read as before', () => {
  using folder = tempFolder()
  const file = join(folder.path, 'book')
  // What was taken in before it was written down who brought it.
  const old = openGradebookFile(file, 'write', MIGRATIONS.slice(0, 1))
  old.exec(`INSERT INTO contents VALUES ('${SHA_OF_X}', CAST('x' AS BLOB));
    INSERT INTO attempts (learner, kata, content, origin, seen_ms) VALUES ('ada', 'one', '${SHA_OF_X}', 'ada/one.ts', 1)`)
  old.close()
  const store = openStore(file, 'write')
  const plain = intake([
    ['ada', 'x'],
    ['bob', 'y'],
  ])
  const rostered = readAs(plain, { ada: 'u1' })
  store.takeIn('class', rostered, 2)
  expect(held(store).toSorted()).toEqual(['bob y', 'u1 x'])
  expect(store.attemptCount(['one'])).toBe(2)
  store.takeIn('class', plain, 3)
  expect(held(store).toSorted()).toEqual(['ada x', 'bob y'])
  store.takeIn('class', rostered, 4)
  store.takeIn('class', rostered, 5)
  expect(held(store).toSorted()).toEqual(['bob y', 'u1 x'])
  expect(store.takenIn().learners).toEqual([{ id: 'u1' }, { id: 'bob' }])
  // Another folder says nothing of this one; a pair who handed in together both have what they handed in.
  const elsewhere = readAs(plain, { ada: 'u3' })
  store.takeIn('other', elsewhere, 6)
  expect(held(store).toSorted()).toEqual(['bob y', 'u1 x', 'u3 x'])
  const pair = {
    ...rostered,
    submitted: [...rostered.submitted, ...readAs(plain, { ada: 'u2' }).submitted.slice(0, 1)],
  }
  store.takeIn('class', pair, 7)
  expect(held(store).toSorted()).toEqual(['bob y', 'u1 x', 'u2 x', 'u3 x'])
  store.close()
  const db = new DatabaseSync(file)
  expect(db.prepare('SELECT count(*) AS n FROM attempts').get()).toEqual({ n: 5 })
  db.close()
})

test('a repository whose newest commit is another is the same place', () => {
  using folder = tempFolder()
  const store = openStore(join(folder.path, 'book'), 'write')
  const at = (learner: string, commit: string, atMs: number): Intake => ({
    ...intake([]),
    learners: [{ id: learner }],
    submitted: [{ learner, kata: 'one', bytes: bytes(commit), atMs, origin: `ada.git @ ${commit}: katas/one.ts` }],
  })
  store.takeIn('class', at('ada', 'aaaaaaaaaa', 1), 5)
  store.takeIn('class', at('u1', 'bbbbbbbbbb', 2), 6)
  expect(held(store)).toEqual(['u1 bbbbbbbbbb'])
  store.close()
})

test('what could not be taken is told once, though a copy of the folder was taken in, too', () => {
  using folder = tempFolder()
  const store = openStore(join(folder.path, 'book'), 'write')
  const trouble = { learner: 'ada', origin: 'ada/one.ts', why: 'It is a link.', katas: ['one'] }
  for (const source of ['class', 'copy']) store.takeIn(source, { ...intake([]), notTaken: [trouble] }, 1)
  store.takeIn('more', { ...intake([]), notTaken: [{ ...trouble, katas: ['two'] }] }, 1)
  expect(store.takenIn().notTaken).toEqual([{ ...trouble, katas: ['one', 'two'] }])
  store.close()
})

test('to read a gradebook changes nothing of it, and leaves nothing beside it', () => {
  using folder = tempFolder()
  const file = join(folder.path, 'book')
  openStore(file, 'write').close()
  // Whatever its owner has made of it: the change to a log would be a write.
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = DELETE')
  db.close()
  const was = readFileSync(file)
  const reader = openStore(file, 'read')
  expect(reader.attempts()).toEqual([])
  reader.close()
  expect(readFileSync(file).equals(was)).toBe(true)
  expect(readdirSync(folder.path)).toEqual(['book'])
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

test('who marked a file as late is kept, also of an attempt that an older version took in', () => {
  using folder = tempFolder()
  const file = join(folder.path, 'book')
  const [origin, text] = ['lovelaceada_LATE_1_2_one.ts', 'x']
  const sha = createHash('sha256').update(text).digest('hex')
  const old = openGradebookFile(file, 'write', MIGRATIONS.slice(0, 1))
  old.prepare('INSERT INTO contents VALUES (?, ?)').run(sha, bytes(text))
  old
    .prepare('INSERT INTO attempts (learner, kata, content, origin, seen_ms) VALUES (?, ?, ?, ?, 1)')
    .run('ada', 'one', sha, origin)
  old.close()
  const store = openStore(file, 'write')
  expect(store.attempts()[0]).not.toHaveProperty('markedLateBy')
  const submitted = [{ learner: 'ada', kata: 'one', bytes: bytes(text), origin, markedLateBy: 'Canvas' as const }]
  for (const nowMs of [2, 3]) store.takeIn('class', { ...intake([]), submitted }, nowMs)
  expect(store.attempts()).toMatchObject([{ origin, markedLateBy: 'Canvas', seenMs: 1 }])
  store.close()
})
