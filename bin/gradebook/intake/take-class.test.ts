// Whole classes, as instructors have them: each layout with files as its system writes them.

import { chmodSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aKata, tempFolder, writeFiles } from '../../course/course-fixture.ts'
import type { Assignment } from '../assignment.ts'
import { type ClassRecord, type Outcome, scoreClass } from '../score.ts'
import { openStore } from '../store.ts'
import type { Intake, Learner } from '../submitted.ts'
import { tarOf, zipOf } from './archive-fixture.ts'
import { commit, git, makeRepository } from './repository-fixture.ts'
import { type ClassOptions, takeClass } from './take-class.ts'

const BUCKET = aKata('token-bucket', { path: '2-foundation/token-bucket' })
const RING = aKata('hash-ring', { path: '2-foundation/hash-ring' })
const DECLARED = 'katas/2-foundation/token-bucket.ts'

const take = (from: string, more: Partial<ClassOptions> = {}) => takeClass({ from, katas: [BUCKET, RING], ...more })

/** `ada token-bucket: its text`, in order. */
const taken = ({ submitted }: Intake): string[] =>
  submitted.map(({ learner, kata, bytes }) => `${learner} ${kata}: ${Buffer.from(bytes).toString()}`)

const missing = (intake: Intake): string[] => intake.missing.map(({ learner, kata }) => `${learner} ${kata}`)

const whys = (intake: Intake): string[] =>
  intake.notTaken.map(({ learner, origin, why, katas }) => `${learner ?? '–'} [${katas.join(' ')}] ${origin}: ${why}`)

describe('folders', () => {
  test('folders, archives, files and repositories beside each other', async () => {
    using folder = tempFolder()
    writeFiles(folder.path, {
      [`ada/${DECLARED}`]: 'ada 1',
      'ada/katas/2-foundation/hash-ring.ts': 'ada 2',
      'bob/token-bucket.ts': 'bob',
      'fay-token-bucket.ts': 'fay',
      'README.md': 'of the instructor',
    })
    mkdirSync(join(folder.path, 'dora'))
    writeFileSync(join(folder.path, 'carl.zip'), zipOf([{ name: `work/${DECLARED}`, data: 'carl' }]))
    writeFileSync(join(folder.path, 'eve.tar.gz'), gzipSync(tarOf([{ name: './token-bucket.ts', data: 'eve' }])))
    makeRepository(join(folder.path, 'gil'), [{ atMs: 1_000_000, files: { [DECLARED]: 'gil' } }])
    const intake = await take(folder.path)
    expect(intake.layout).toBe('folders')
    expect(taken(intake)).toEqual([
      'ada token-bucket: ada 1',
      'ada hash-ring: ada 2',
      'bob token-bucket: bob',
      'carl token-bucket: carl',
      'eve token-bucket: eve',
      'fay token-bucket: fay',
      'gil token-bucket: gil',
    ])
    expect(intake.submitted.map(({ origin }) => origin)).toEqual([
      `ada/${DECLARED}`,
      'ada/katas/2-foundation/hash-ring.ts',
      'bob/token-bucket.ts',
      `carl.zip: work/${DECLARED}`,
      'eve.tar.gz: token-bucket.ts',
      'fay-token-bucket.ts',
      expect.stringMatching(/^gil @ [0-9a-f]{10}: katas\/2-foundation\/token-bucket\.ts$/),
    ])
    expect(intake.submitted.at(-1)).toMatchObject({ atMs: 1_000_000, atFrom: 'commit' })
    expect(missing(intake)).toContain('dora token-bucket')
    expect(intake.notTaken).toEqual([])
    expect(intake.remarks).toEqual([expect.stringContaining('Commit times are what the learner claims')])
  })

  test('the same class as one archive, with a folder around it', async () => {
    using folder = tempFolder()
    const class_ = [
      { name: 'hw1/ada/token-bucket.ts', data: 'ada' },
      { name: 'hw1/bob.zip', data: zipOf([{ name: DECLARED, data: 'bob' }]) },
      { name: 'hw1/carl.tgz', data: gzipSync(tarOf([{ name: 'token-bucket.ts', data: 'carl' }])) },
      { name: 'hw1/dora/', mode: 0o040755 },
    ]
    const expected = ['ada token-bucket: ada', 'bob token-bucket: bob', 'carl token-bucket: carl']
    writeFileSync(join(folder.path, 'class.zip'), zipOf(class_))
    const zip = await take(join(folder.path, 'class.zip'))
    expect(taken(zip)).toEqual(expected)
    expect(missing(zip)).toContain('dora token-bucket')
    writeFileSync(
      join(folder.path, 'class.tar.gz'),
      gzipSync(
        tarOf(class_.map(({ name, data }) => ({ name, data: data ?? '', type: name.endsWith('/') ? '5' : '0' }))),
      ),
    )
    expect(taken(await take(join(folder.path, 'class.tar.gz')))).toEqual(expected)
  })

  test('one learner alone: a folder, an archive, a bare repository', async () => {
    using folder = tempFolder()
    writeFiles(folder.path, { [`ada/${DECLARED}`]: 'ada' })
    expect(taken(await take(join(folder.path, 'ada')))).toEqual(['ada token-bucket: ada'])
    writeFileSync(join(folder.path, 'bob.zip'), zipOf([{ name: DECLARED, data: 'bob' }]))
    expect(taken(await take(join(folder.path, 'bob.zip')))).toEqual(['bob token-bucket: bob'])
    makeRepository(join(folder.path, 'src'), [{ atMs: 0, files: { [DECLARED]: 'carl' } }])
    git(folder.path, ['clone', '--quiet', '--bare', 'src', 'carl.git'])
    expect(taken(await take(join(folder.path, 'carl.git')))).toEqual(['carl token-bucket: carl'])
  })

  test('attempts in order of time, and of numbers, not of letters', async () => {
    using folder = tempFolder()
    writeFiles(folder.path, {
      'ada/attempt-10/token-bucket.ts': 'ten',
      'ada/attempt-2/token-bucket.ts': 'two',
      'ada/attempt-1/token-bucket.ts': 'one',
      'bob/x.md': '',
    })
    expect(taken(await take(folder.path))).toEqual([
      'ada token-bucket: one',
      'ada token-bucket: two',
      'ada token-bucket: ten',
    ])
  })

  test('stub files at the top are one learner’s', async () => {
    using folder = tempFolder()
    writeFiles(folder.path, { 'ada/token-bucket.ts': 'b', 'ada/hash-ring.ts': 'r', 'ada/notes.md': '' })
    expect(taken(await take(join(folder.path, 'ada')))).toEqual(['ada token-bucket: b', 'ada hash-ring: r'])
  })

  test('two folders of one learner, and a file beside numbered attempts, are rivals and no guess', async () => {
    using folder = tempFolder()
    writeFiles(folder.path, {
      'ada/token-bucket.ts': '1',
      'ada@x.org/token-bucket.ts': '2',
      'bob/attempt-1/token-bucket.ts': '1',
      'bob/attempt-2/token-bucket.ts': '2',
      'bob/token-bucket.ts': '3',
    })
    const roster = [{ id: 'ada', email: 'ada@x.org' }, { id: 'bob' }]
    const intake = await take(folder.path, { roster, katas: [BUCKET] })
    expect(taken(intake)).toEqual(['bob token-bucket: 1'])
    expect(whys(intake).map((why) => why.replace(/: .*/, ''))).toEqual([
      'ada [token-bucket] ada/token-bucket.ts, ada@x.org/token-bucket.ts',
      'bob [token-bucket] bob/attempt-2/token-bucket.ts, bob/token-bucket.ts',
    ])
  })

  test('a roster: whoever is missing is named, and strangers are not swallowed', async () => {
    using folder = tempFolder()
    writeFiles(folder.path, {
      'Ada Lovelace/token-bucket.ts': 'ada',
      'zoe/token-bucket.ts': 'zoe',
      'templates/notes.md': '',
    })
    const roster: Learner[] = [
      { id: 'a1', name: 'Lovelace, Ada' },
      { id: 'b2', name: 'Bob' },
    ]
    const intake = await take(folder.path, { roster, katas: [BUCKET] })
    expect(taken(intake)).toEqual(['a1 token-bucket: ada', 'zoe token-bucket: zoe'])
    expect(intake.learners.map(({ id }) => id)).toEqual(['a1', 'b2', 'zoe'])
    expect(missing(intake)).toEqual(['b2 token-bucket'])
    expect(intake.remarks).toEqual([
      'Not on the roster: templates, zoe.',
      'Found on the roster by name alone: Ada Lovelace is a1.',
    ])
  })

  test('single files', async () => {
    using folder = tempFolder()
    writeFiles(folder.path, {
      'ada_token-bucket.ts': 'a',
      'ada-hash-ring.ts': 'r',
      'bob.token-bucket.ts': 'b',
      'token-bucket.ts': '?',
    })
    const intake = await take(folder.path)
    expect(intake.layout).toBe('files')
    expect(taken(intake)).toEqual(['ada token-bucket: a', 'ada hash-ring: r', 'bob token-bucket: b'])
    expect(whys(intake)).toEqual([
      '– [] token-bucket.ts: It names no learner and kata; name it like ada-token-bucket.ts.',
    ])
  })
})

describe('what is not taken, and why', () => {
  test.each<[string, Record<string, string>, readonly string[], readonly string[]]>([
    [
      'two files that could be meant',
      { 'ada/a/token-bucket.ts': '1', 'ada/b/token-bucket.ts': '2' },
      [],
      [
        'ada [token-bucket] ada/a/token-bucket.ts, ada/b/token-bucket.ts: They could each be token-bucket.ts and differ, so none was taken; ask which one is meant.',
      ],
    ],
    [
      'the same file in two places is one',
      { 'ada/a/token-bucket.ts': '1', 'ada/b/token-bucket.ts': '1' },
      ['ada token-bucket: 1'],
      [],
    ],
    [
      'the declared place goes before others, and says so',
      { [`ada/${DECLARED}`]: '1', 'ada/old/token-bucket.ts': '2', 'ada/solutions/2-foundation/token-bucket.ts': '3' },
      ['ada token-bucket: 1'],
      [`ada [] ada/old/token-bucket.ts: It was passed over, since ada/${DECLARED} lies where the kata belongs.`],
    ],
    [
      'another name',
      { 'ada/TokenBucket.ts': '1', 'ada/hash_ring (1).ts': '2' },
      [],
      [
        'ada [token-bucket] ada/TokenBucket.ts: It is not named token-bucket.ts, and only files of that name are taken; rename it if it is meant.',
        'ada [hash-ring] ada/hash_ring (1).ts: It is not named hash-ring.ts, and only files of that name are taken; rename it if it is meant.',
      ],
    ],
    [
      'scripts and configuration',
      {
        'ada/token-bucket.ts': '1',
        'ada/package.json': '{"scripts":{"prepare":"evil"}}',
        'ada/vitest.config.ts': '',
        'ada/.npmrc': '',
      },
      ['ada token-bucket: 1'],
      [
        'ada [] ada/.npmrc, ada/package.json, ada/vitest.config.ts: They are scripts or configuration of the learner; only stub files are taken, and nothing of this is run or obeyed.',
      ],
    ],
    [
      'too many bytes',
      { 'ada/token-bucket.ts': 'x'.repeat(256 * 1024 + 1) },
      [],
      ['ada [token-bucket] ada/token-bucket.ts: It has 262,145 bytes, and at most 262,144 are taken.'],
    ],
    [
      'archives of another kind',
      { 'ada/work.rar': 'Rar!' },
      [],
      [
        'ada [token-bucket hash-ring] ada/work.rar: It is an archive of a kind that is not opened; ask for a .zip or .tar.gz.',
      ],
    ],
    [
      'an archive that is none',
      { 'ada/work.zip': 'hello' },
      [],
      ['ada [token-bucket hash-ring] ada/work.zip: It is no zip, tar or tar.gz, whatever its name says.'],
    ],
  ])('%s', async (_, files, expected, why) => {
    using folder = tempFolder()
    writeFiles(folder.path, { ...files, 'bob/token-bucket.ts': 'bob' })
    const intake = await take(folder.path)
    expect(taken(intake)).toEqual([...expected, 'bob token-bucket: bob'])
    expect(whys(intake)).toEqual(why)
    const named = intake.notTaken.flatMap(({ katas }) => katas)
    expect(missing(intake).filter((each) => each.startsWith('ada') && named.includes(each.slice(4)))).toEqual([])
  })

  test('links, pipes and links to folders are never followed', async () => {
    using folder = tempFolder()
    using elsewhere = tempFolder()
    writeFiles(elsewhere.path, { 'token-bucket.ts': 'secret', '2-foundation/token-bucket.ts': 'secret' })
    writeFiles(folder.path, { 'ada/token-bucket.ts': 'ada', 'bob/x.md': '', 'carl/x.md': '' })
    symlinkSync(join(elsewhere.path, 'token-bucket.ts'), join(folder.path, 'bob', 'token-bucket.ts'))
    symlinkSync(elsewhere.path, join(folder.path, 'carl', 'katas'))
    symlinkSync(elsewhere.path, join(folder.path, 'dora'))
    const intake = await take(folder.path)
    expect(taken(intake)).toEqual(['ada token-bucket: ada'])
    const link = 'It is a symbolic link or lies behind one, and links are never followed; ask for the file itself.'
    expect(whys(intake)).toEqual([
      `bob [token-bucket] bob/token-bucket.ts: ${link}`,
      `carl [token-bucket hash-ring] carl/katas: ${link}`,
      `dora [token-bucket hash-ring] dora: ${link}`,
    ])
  })

  test('bad archives stop nobody, in a folder and in an archive of the class', async () => {
    using folder = tempFolder()
    const bad = {
      'bomb.zip': zipOf([{ name: 'token-bucket.ts', data: Buffer.alloc(3 * 1024 * 1024) }]),
      'cut.zip': zipOf([{ name: 'token-bucket.ts', data: 'x' }]).subarray(0, 40),
      'link.zip': zipOf([{ name: 'token-bucket.ts', data: '/etc/passwd', mode: 0o120777 }]),
      'nest.zip': zipOf([{ name: 'inner.zip', data: zipOf([{ name: 'token-bucket.ts', data: 'x' }]) }]),
      'slip.zip': zipOf([{ name: '../../token-bucket.ts', data: 'x' }]),
      'locked.zip': zipOf([{ name: 'token-bucket.ts', data: 'x', flags: 0x801 }]),
      'good.zip': zipOf([{ name: 'token-bucket.ts', data: 'good' }]),
    }
    mkdirSync(join(folder.path, 'class'))
    for (const [name, bytes] of Object.entries(bad)) writeFileSync(join(folder.path, 'class', name), bytes)
    writeFileSync(
      join(folder.path, 'class.zip'),
      zipOf(Object.entries(bad).map(([name, data]) => ({ name: `class/${name}`, data }))),
    )
    const intakes = [
      await take(join(folder.path, 'class'), { katas: [BUCKET] }),
      await take(join(folder.path, 'class.zip'), { katas: [BUCKET] }),
    ]
    for (const intake of intakes) {
      expect(taken(intake)).toEqual(['good token-bucket: good'])
      expect(missing(intake)).toEqual([])
      expect(
        whys(intake)
          .map((why) => why.replace(/;.*| \(.*/, ''))
          .sort(),
      ).toEqual([
        'bomb [token-bucket] bomb.zip: token-bucket.ts: It is compressed as no source text is',
        'cut [token-bucket] cut.zip: It is no zip that can be read',
        'link [token-bucket] link.zip: token-bucket.ts: It is a symbolic link or lies behind one, and links are never followed',
        'locked [token-bucket] locked.zip: token-bucket.ts: It is encrypted',
        'nest [token-bucket] nest.zip: inner.zip: It is an archive within an archive, and was not opened.',
        'slip [token-bucket] slip.zip: ../../token-bucket.ts: It leads out of its own folder',
      ])
    }
  })

  test('a thousand crafted names of one do not bury the others', async () => {
    using folder = tempFolder()
    const crafted = Array.from({ length: 1000 }, (_, at) => ({ name: `${at}/TokenBucket.ts`, data: 'x' }))
    writeFileSync(join(folder.path, 'eve.zip'), zipOf(crafted))
    writeFiles(folder.path, { 'ada/token-bucket.ts': 'ada' })
    const intake = await take(folder.path)
    expect(intake.notTaken.length).toBeLessThan(50)
    expect(intake.notTaken.at(-1)).toMatchObject({ origin: '960 more', katas: ['token-bucket'] })
  })

  test('thousands of files of the right name, and archives without end, fill no memory', async () => {
    using folder = tempFolder()
    const zeros = Buffer.alloc(256 * 1024)
    const many = Array.from({ length: 3000 }, (_, at) => ({ name: `${at}/token-bucket.ts`, data: zeros }))
    writeFileSync(join(folder.path, 'eve.zip'), zipOf(many))
    mkdirSync(join(folder.path, 'mallory'))
    for (let at = 10; at < 30; at++)
      writeFileSync(join(folder.path, 'mallory', `${at}.zip`), zipOf([{ name: 'hash-ring.ts', data: `${at}` }]))
    writeFiles(folder.path, { 'ada/token-bucket.ts': 'ada' })
    const intake = await take(folder.path)
    expect(taken(intake)).toEqual(['ada token-bucket: ada'])
    expect(whys(intake)[0]).toBe(
      'eve [token-bucket] eve.zip: 0/token-bucket.ts: It is one of 3000 files that could each be token-bucket.ts; ask which one is meant.',
    )
    expect(whys(intake).filter((why) => why.includes('was not opened, since at most 8'))).toHaveLength(12)
  })

  test.each([
    ['nothing there', 'nowhere', /^There is no /],
    ['an empty folder', '.', /holds nothing that a learner could have handed in/],
    ['a file that is no archive', 'notes.txt', /whatever its name says/],
  ])('%s is the instructor’s to know', async (_, path, message) => {
    using folder = tempFolder()
    writeFiles(folder.path, { 'notes.txt': 'hello', '.hidden/x': '' })
    await expect(take(join(folder.path, path))).rejects.toThrow(message)
  })
})

/** With the only promise kept, or as a stub is. */
const judged = (kept: boolean): Outcome => ({
  state: 'graded',
  report: {
    kata: 'token-bucket',
    file: DECLARED,
    verdict: kept ? 'accepted' : 'todo',
    promises: [{ name: 'p', kept }],
    spent: [],
    seed: 1,
    replay: '',
    ms: 1,
    revision: '',
  },
})

describe('repositories', () => {
  const DAY_MS = 86_400_000
  const source = tempFolder()
  beforeAll(() => {
    makeRepository(source.path, [
      { atMs: DAY_MS, files: { [DECLARED]: 'first' } },
      { atMs: 3 * DAY_MS, files: { [DECLARED]: 'second' } },
    ])
  })
  afterAll(() => source.remove())

  test('each learner’s own deadline, and what is late says so', async () => {
    using folder = tempFolder()
    for (const name of ['ada', 'bob']) cpSync(source.path, join(folder.path, name), { recursive: true })
    const intake = await take(folder.path, {
      deadlineMs: 2 * DAY_MS,
      extensionsMs: { bob: 4 * DAY_MS },
      layout: 'folders',
    })
    expect(taken(intake)).toEqual(['ada token-bucket: first', 'ada token-bucket: second', 'bob token-bucket: second'])
    expect(intake.submitted.map(({ atMs }) => atMs)).toEqual([DAY_MS, 3 * DAY_MS, 3 * DAY_MS])
    const late = await take(folder.path, { deadlineMs: 0, layout: 'folders' })
    expect(taken(late)).toEqual(['ada token-bucket: second', 'bob token-bucket: second'])
    expect(late.remarks).toContain('No commit before the deadline, so the newest was taken: ada, bob.')
  })

  const HOUR_MS = 3_600_000
  const attempts = ({ submitted }: Intake) =>
    submitted.map(({ learner, kata, bytes, atMs, atFrom }) => [
      `${learner} ${kata}`,
      Buffer.from(bytes).toString(),
      atMs,
      atFrom,
    ])

  test('what came late is an attempt beside the one in time, each with the time of its own last commit', async () => {
    using folder = tempFolder()
    const due = 2 * DAY_MS
    const ring = 'katas/2-foundation/hash-ring.ts'
    const ada = join(folder.path, 'ada')
    makeRepository(ada, [
      { atMs: DAY_MS, files: { [DECLARED]: 'stub', [ring]: 'stub' } },
      { atMs: DAY_MS + HOUR_MS, files: { [ring]: 'in time' } },
      { atMs: due + HOUR_MS, files: { [DECLARED]: 'work' } },
      { atMs: due + DAY_MS, files: { 'README.md': 'late', 'package.json': '{}' } },
    ])
    writeFiles(folder.path, { 'bob/token-bucket.ts': 'bob' })
    const options = { deadlineMs: due, layout: 'folders' } as const
    const intake = await take(folder.path, options)
    const late = [
      ['ada token-bucket', 'stub', DAY_MS, 'commit'],
      ['ada token-bucket', 'work', due + HOUR_MS, 'commit'],
      ['ada hash-ring', 'in time', DAY_MS + HOUR_MS, 'commit'],
      ['bob token-bucket', 'bob', undefined, undefined],
    ]
    expect(attempts(intake)).toEqual(late)
    expect(new Set(intake.submitted.map(({ origin }) => origin)).size).toBe(4)
    expect(intake.remarks).toContain(
      'Changed after the deadline, so what was committed in time and the newest are two attempts: ada.',
    )
    expect(whys(intake).map((why) => why.replace(/@ [0-9a-f]{10}/, '@'))).toEqual([
      expect.stringMatching(/^ada \[\] ada @: package\.json: They are scripts/),
    ])
    // A commit that touches none of the files brings no other attempt.
    const before = intake.submitted.map(({ origin }) => origin)
    commit(ada, due + 2 * DAY_MS, { 'README.md': 'later' })
    const again = await take(folder.path, options)
    expect(again.submitted.map(({ origin }) => origin)).toEqual(before)
    const tip = [late[1], late[2]]
    expect(attempts(await take(ada, { layout: 'folders' }))).toEqual(tip)
    expect(attempts(await take(ada, { layout: 'folders', ref: 'main', deadlineMs: due }))).toEqual(tip)
  })

  test('the policies see a stub in time and work an hour late', async () => {
    using folder = tempFolder()
    const due = 2 * DAY_MS
    makeRepository(join(folder.path, 'class', 'ada'), [
      { atMs: DAY_MS, files: { [DECLARED]: 'stub' } },
      { atMs: due + HOUR_MS, files: { [DECLARED]: 'work' } },
    ])
    const store = openStore(join(folder.path, 'book'), 'write')
    const intake = await take(join(folder.path, 'class'), { deadlineMs: due, layout: 'folders', katas: [BUCKET] })
    for (const nowMs of [1, 2]) store.takeIn('class', intake, nowMs)
    const record: ClassRecord = {
      ...store.takenIn(),
      attempts: store.attempts(),
      runs: [],
      outcomeOf: (_, content) => judged(Buffer.from(store.bytesOf(content)).toString() === 'work'),
    }
    const grade = (policy: Partial<Assignment>) => {
      const rules = { late: { policy: 'none' }, attempts: 'best', ...policy } as const
      const assignment: Assignment = { name: '', deadlineMs: due, katas: [], extensionsMs: {}, ...rules }
      const kata = { kata: 'token-bucket', title: '', of: 10_000, promises: [{ name: 'p', of: 10_000 }], budgets: [] }
      const { points, late, attempt } = scoreClass(assignment, [kata], record).learners[0]?.katas[0] ?? {}
      return [points, late?.days, late?.lateDaysUsed, `${attempt?.number} of ${attempt?.of}`]
    }
    // Without a late policy late work costs nothing.
    expect(grade({})).toEqual([10_000, 1, 0, '2 of 2'])
    expect(grade({ late: { policy: 'per-day', percentHundredths: 10_00 } })).toEqual([9000, 1, 0, '2 of 2'])
    expect(grade({ late: { policy: 'late-days', bank: 1 } })).toEqual([10_000, 1, 1, '2 of 2'])
    // What is too late to be worth anything is told all the same: nobody has handed in the stub.
    expect(grade({ late: { policy: 'per-day', percentHundredths: 100_00 } })).toEqual([0, 1, 0, '2 of 2'])
    expect(grade({ attempts: 'first' })).toEqual([10_000, 1, 0, '2 of 2'])
    expect(grade({ attempts: 'latest' })).toEqual([10_000, 1, 0, '2 of 2'])
    store.close()
  })

  test('one of its two states that cannot be used takes nothing from the other', async () => {
    using folder = tempFolder()
    const ada = join(folder.path, 'ada')
    makeRepository(ada, [{ atMs: DAY_MS, files: { [DECLARED]: 'in time' } }])
    commit(ada, 3 * DAY_MS, { 'old/katas/2-foundation/token-bucket.ts': 'in time' })
    git(ada, ['rm', '--quiet', DECLARED])
    commit(ada, 3 * DAY_MS, {})
    const moved = await take(folder.path, { deadlineMs: 2 * DAY_MS, katas: [BUCKET], layout: 'folders' })
    expect(attempts(moved)).toEqual([['ada token-bucket', 'in time', DAY_MS, 'commit']])
    commit(ada, 4 * DAY_MS, { [DECLARED]: 'x'.repeat(256 * 1024 + 1) })
    const large = await take(folder.path, { deadlineMs: 2 * DAY_MS, katas: [BUCKET], layout: 'folders' })
    expect(attempts(large)).toEqual([['ada token-bucket', 'in time', DAY_MS, 'commit']])
    expect(whys(large).map((why) => why.replace(/@ [0-9a-f]{10}/, '@'))).toEqual([
      `ada [] ada @: ${DECLARED}: It has 262,145 bytes, and at most 262,144 are taken.`,
    ])
    const tree = git(ada, ['rev-parse', 'HEAD^{tree}'])
    chmodSync(join(ada, '.git', 'objects', tree.slice(0, 2), tree.slice(2)), 0o600)
    writeFileSync(join(ada, '.git', 'objects', tree.slice(0, 2), tree.slice(2)), 'rubbish')
    const damaged = await take(folder.path, { deadlineMs: 2 * DAY_MS, katas: [BUCKET], layout: 'folders' })
    expect(attempts(damaged)).toEqual([['ada token-bucket', 'in time', DAY_MS, 'commit']])
    expect(whys(damaged)[0]).toMatch(/^ada \[\] ada @ [0-9a-f]{10}: It cannot be read by git/)
  })

  test('a history that cannot be gone through leaves the files the time of the commit', async () => {
    using folder = tempFolder()
    const ada = join(folder.path, 'ada')
    makeRepository(ada, [
      { atMs: DAY_MS, files: { [DECLARED]: 'work' } },
      { atMs: DAY_MS + HOUR_MS, files: { 'README.md': '' } },
    ])
    const root = git(ada, ['rev-parse', 'HEAD~1^{tree}'])
    rmSync(join(ada, '.git', 'objects', root.slice(0, 2), root.slice(2)))
    const intake = await take(ada, { katas: [BUCKET] })
    expect(attempts(intake)).toEqual([['ada token-bucket', 'work', DAY_MS + HOUR_MS, 'commit']])
    expect(whys(intake)[0]).toMatch(
      /^ada \[\] the repository: history: It cannot be read by git .*; the files have the/,
    )
  })

  test('a ref that nobody has was mistyped; what only some lack is theirs', async () => {
    using folder = tempFolder()
    const [hash = ''] = makeRepository(join(folder.path, 'ada'), [{ atMs: 0, files: { [DECLARED]: 'a' } }])
    makeRepository(join(folder.path, 'bob'), [{ atMs: 0, files: { [DECLARED]: 'b' } }])
    git(join(folder.path, 'ada'), ['branch', 'final'])
    for (const ref of ['nosuch', 'f'.repeat(40)])
      await expect(take(folder.path, { ref })).rejects.toThrow(
        `has a branch, tag or commit "${ref}". Name one that they have, or leave out --ref`,
      )
    for (const ref of ['final', hash]) {
      const some = await take(folder.path, { ref })
      expect(taken(some)).toEqual(['ada token-bucket: a'])
      expect(whys(some)).toEqual([`bob [token-bucket hash-ring] bob: It has no branch, tag or commit "${ref}".`])
    }
    // Whether a repository that cannot be read has it, nobody knows.
    writeFiles(folder.path, { 'eve/.git/HEAD': 'rubbish' })
    expect(taken(await take(folder.path, { ref: 'nosuch' }))).toEqual([])
    rmSync(folder.path, { recursive: true })
    writeFiles(folder.path, { 'ada/token-bucket.ts': 'a' })
    expect((await take(folder.path, { ref: 'nosuch' })).remarks).toContain(
      'No repository is here, so nothing was taken at "nosuch".',
    )
  })

  test('a broken one gives its files without a time, and with --ref nothing', async () => {
    using folder = tempFolder()
    writeFiles(folder.path, {
      'ada/.git/HEAD': 'rubbish',
      [`ada/${DECLARED}`]: 'as it lies',
      'bob/token-bucket.ts': 'b',
    })
    const intake = await take(folder.path, { deadlineMs: DAY_MS })
    expect(intake.submitted[0]).toEqual({
      learner: 'ada',
      kata: 'token-bucket',
      bytes: Buffer.from('as it lies'),
      origin: `ada/${DECLARED}`,
    })
    expect(whys(intake)).toEqual([
      'ada [hash-ring] ada: It has no objects; the files beside it were taken as they lie, without a time.',
    ])
    const atRef = await take(folder.path, { ref: 'main' })
    expect(taken(atRef)).toEqual(['bob token-bucket: b'])
    expect(whys(atRef)).toEqual(['ada [token-bucket hash-ring] ada: It has no objects.'])
  })
})

describe('Canvas', () => {
  const FILES = {
    'lovelaceada_12345_700001_token-bucket.ts': 'ada 1',
    'lovelaceada_12345_700009_token-bucket-1.ts': 'ada 2',
    'hoppergrace_LATE_12346_700002_hash-ring.ts': 'grace',
    'bee-smithbob_12347_700004_work-2.zip': zipOf([{ name: DECLARED, data: 'bob' }]),
    'zorrozoe_12399_700005_essay.pdf': '%PDF',
  }

  test('flat names, attempts, LATE and archives; found on a Canvas roster by number', async () => {
    using folder = tempFolder()
    const roster: Learner[] = [
      { id: 'ada', name: 'Lovelace, Ada', ids: { ID: '12345', 'SIS Login ID': 'ada' } },
      { id: 'grace', name: 'Hopper, Grace', ids: { ID: '12346' } },
      { id: 'bob', name: 'Bee-Smith, Bob' },
    ]
    for (const [name, data] of Object.entries(FILES)) writeFileSync(join(folder.path, name), data)
    const zip = join(folder.path, 'submissions.zip')
    writeFileSync(zip, zipOf(Object.entries(FILES).map(([name, data]) => ({ name, data }))))
    const intake = await take(zip, { roster })
    expect(intake.layout).toBe('canvas')
    expect(intake.evidence).toBe('5 of 5 files are named like lovelaceada_12345_67890_file.ts.')
    expect(taken(intake)).toEqual([
      'ada token-bucket: ada 1',
      'ada token-bucket: ada 2',
      'bob token-bucket: bob',
      'grace hash-ring: grace',
    ])
    expect(intake.learners.find(({ id }) => id === 'bob')).toMatchObject({
      name: 'Bee-Smith, Bob',
      ids: { ID: '12347' },
    })
    expect(intake.remarks).toEqual([
      'Canvas marks one file LATE and does not say when: it is flagged, and nothing is taken off. Take times from Canvas itself.',
      'Not on the roster: 12399.',
      'Found on the roster by name alone: bee-smithbob is bob.',
    ])
    expect(taken(await take(folder.path, { roster, layout: 'canvas' }))).toEqual(taken(intake))
    const marks = ({ submitted }: Intake) => submitted.map(({ learner, markedLateBy }) => `${learner} ${markedLateBy}`)
    expect(marks(intake)).toEqual(['ada undefined', 'ada undefined', 'bob undefined', 'grace Canvas'])
    const late = 'zorrozoe_LATE_12399_700006_work.zip'
    writeFileSync(join(folder.path, late), zipOf([{ name: DECLARED, data: 'zoe' }]))
    expect(marks(await take(folder.path, { layout: 'canvas' })).at(-1)).toBe('12399 Canvas')
  })
})

describe('Gradescope', () => {
  const YAML = `---
submission_101:
  :submitters:
  - :name: Ada Lovelace
    :sid: '1001'
    :email: ada@x.org
  :created_at: 2026-03-02 04:59:59.123456000 Z
  :score: 5.0
  :status: processed
  :history:
  - :id: 99
    :created_at: 2026-03-01 10:00:00.000000000 Z
    :score: 1.0
submission_102:
  :submitters:
  - :name: Grace Hopper
    :sid: '1002'
    :email: grace@x.org
  - :name: Bob Bee
    :sid:
    :email: bob@x.org
  :created_at: 2026-03-01 12:00:00 Z
`
  const FILES = {
    'assignment_5_export/submission_101/token-bucket.ts': 'ada 2',
    'assignment_5_export/submission_99/token-bucket.ts': 'ada 1',
    [`assignment_5_export/submission_102/${DECLARED}`]: 'pair',
    'assignment_5_export/submission_103/token-bucket.ts': 'whose?',
  }

  test('the metadata says whose, when, and what came before', async () => {
    using folder = tempFolder()
    writeFiles(folder.path, { ...FILES, 'assignment_5_export/submission_metadata.yml': YAML })
    const intake = await take(folder.path, {
      katas: [BUCKET],
      roster: [{ id: 'ada', name: 'Ada', email: 'ada@x.org' }],
    })
    expect(intake.layout).toBe('gradescope')
    expect(taken(intake)).toEqual([
      '1002 token-bucket: pair',
      'ada token-bucket: ada 1',
      'ada token-bucket: ada 2',
      'bob@x.org token-bucket: pair',
      'submission_103 token-bucket: whose?',
    ])
    expect(intake.submitted.find(({ learner, bytes }) => learner === 'ada' && bytes.at(-1) === 0x32)).toMatchObject({
      atMs: Date.UTC(2026, 2, 2, 4, 59, 59, 123),
      atFrom: 'export',
    })
    expect(intake.remarks[0]).toBe('The metadata does not say whose submission_103 is: it stands under its own name.')
  })

  test('as JSON, in an archive; and damaged metadata is the instructor’s to repair', async () => {
    using folder = tempFolder()
    const json = JSON.stringify({
      submission_101: { submitters: [{ name: 'Ada', email: 'ada@x.org' }], created_at: '2026-03-02T05:00:00+01:00' },
    })
    const files = { ...FILES, 'assignment_5_export/submission_metadata.json': json }
    writeFileSync(join(folder.path, 'export.zip'), zipOf(Object.entries(files).map(([name, data]) => ({ name, data }))))
    const intake = await take(join(folder.path, 'export.zip'), { katas: [BUCKET] })
    expect(intake.submitted.find(({ learner }) => learner === 'ada@x.org')).toMatchObject({
      atMs: Date.UTC(2026, 2, 2, 4),
    })
    writeFiles(folder.path, { 'x/submission_metadata.yml': 'a: [', 'x/submission_1/token-bucket.ts': 'x' })
    await expect(take(join(folder.path, 'x'))).rejects.toThrow(
      /submission_metadata\.yml is damaged: .* Export the submissions again\./,
    )
  })
})

describe('GitHub Classroom', () => {
  const CSV = `assignment_name,assignment_url,starter_code_url,github_username,roster_identifier,student_repository_name,student_repository_url,submission_timestamp,points_awarded,points_available
Bucket,u,s,ada-l,ada@x.org,bucket-ada-l,u,2026-03-02 10:00:00 UTC,,
`

  test('the folder tells the assignment, the CSV who it is and when they pushed', async () => {
    using folder = tempFolder()
    const at = join(folder.path, 'bucket-submissions')
    const pushed = Date.UTC(2026, 2, 2, 10)
    makeRepository(join(at, 'bucket-ada-l'), [{ atMs: 0, files: { [DECLARED]: 'ada' } }])
    cpSync(join(at, 'bucket-ada-l'), join(at, 'bucket-adam'), { recursive: true })
    commit(join(at, 'bucket-adam'), 5_000_000, { [DECLARED]: 'adam' })
    const without = await take(at, { katas: [BUCKET] })
    expect(without.layout).toBe('github-classroom')
    expect(taken(without)).toEqual(['ada-l token-bucket: ada', 'adam token-bucket: adam'])
    expect(without.remarks).toHaveLength(1)
    writeFiles(at, { 'grades.csv': CSV })
    const intake = await take(at, { katas: [BUCKET] })
    expect(taken(intake)).toEqual(['ada@x.org token-bucket: ada', 'adam token-bucket: adam'])
    // The commit says 1970; the classroom says when it came.
    expect(intake.submitted[0]).toMatchObject({ atMs: pushed, atFrom: 'export' })
    expect(intake.submitted[1]).toMatchObject({ atMs: 5_000_000, atFrom: 'commit' })
    expect(intake.learners[0]?.ids).toEqual({ github_username: 'ada-l' })
    // Elsewhere the names alone are a guess, and it is said.
    cpSync(at, join(folder.path, 'elsewhere'), { recursive: true })
    const guessed = await take(join(folder.path, 'elsewhere'), { katas: [BUCKET] })
    expect(guessed.remarks[0]).toMatch(/^Usernames are what follows "bucket-"/)
  })

  test('one row for each member of a group, and whoever has no repository is missing', async () => {
    using folder = tempFolder()
    const at = join(folder.path, 'bucket-submissions')
    writeFiles(at, {
      'bucket-team/token-bucket.ts': 'team',
      'grades.csv': `assignment_name,github_username,roster_identifier,group_name,student_repository_name,submission_timestamp
Bucket,ada-l,ada@x.org,team,bucket-team,2026-03-02 10:00:00 UTC
Bucket,bob-b,bob@x.org,team,bucket-team,2026-03-02 10:00:00 UTC
Bucket,carl-c,,solo,bucket-solo,
Bucket,,dora@x.org,,,
`,
    })
    const intake = await take(at, { katas: [BUCKET] })
    expect(intake.layout).toBe('github-classroom')
    expect(taken(intake)).toEqual(['ada@x.org token-bucket: team', 'bob@x.org token-bucket: team'])
    expect(intake.submitted.map(({ atMs }) => atMs)).toEqual([Date.UTC(2026, 2, 2, 10), Date.UTC(2026, 2, 2, 10)])
    expect(missing(intake)).toEqual(['carl-c token-bucket', 'dora@x.org token-bucket'])
    expect(intake.learners.map(({ ids }) => ids?.['github_username'])).toEqual(['ada-l', 'bob-b', 'carl-c', undefined])
  })

  test('a time without a zone is not believed, and said', async () => {
    using folder = tempFolder()
    const at = join(folder.path, 'bucket-submissions')
    writeFiles(at, {
      'bucket-ada-l/token-bucket.ts': 'ada',
      'grades.csv': CSV.replace('10:00:00 UTC', '10:00:00'),
    })
    const intake = await take(at, { katas: [BUCKET] })
    expect(intake.submitted).toMatchObject([{ learner: 'ada@x.org' }])
    expect(intake.submitted[0]?.atMs).toBeUndefined()
    expect(intake.remarks).toEqual([
      'The classroom\'s CSV has a time without a zone ("2026-03-02 10:00:00"), and no such time is believed: commits say when. Add the zone, like 2026-03-02 10:00:00 UTC.',
    ])
  })
})

describe('one learner alone in a class, and several who look like one', () => {
  const learners = (intake: Intake) => [...new Set(intake.submitted.map(({ learner }) => learner))]
  const BOTH = ['token-bucket.ts', 'hash-ring.ts'] as const
  const inside = (folder: string, [one, other]: readonly [string, string]) => ({
    [`${folder}/${one}/${BOTH[0]}`]: 'bucket',
    [`${folder}/${other}/${BOTH[1]}`]: 'ring',
  })

  test.each<[string, readonly [string, string], readonly Learner[], readonly string[], RegExp | undefined]>([
    ['folders of parts', ['src', 'lib'], [], ['ada'], /^ada was read as one learner, .*\(lib, src\)/],
    ['folders of the course', ['token-bucket', '2-foundation'], [], ['ada'], /^ada was read as one learner/],
    ['names that may be people’s', ['bea', 'lib'], [], ['bea', 'lib'], /^ada was read as a class of 2 \(bea, lib\)/],
    ['a learner’s own folder further in', ['src/bea', 'lib'], [], ['lib', 'src'], /^ada was read as a class of 2/],
    ['a roster with the outer name', ['bea', 'carl'], [{ id: 'ada' }], ['ada'], undefined],
    ['a roster with an inner name', ['src', 'lib'], [{ id: 'src' }], ['lib', 'src'], undefined],
  ])('%s', async (_, parts, roster, expected, said) => {
    using folder = tempFolder()
    writeFiles(folder.path, inside('w/ada', parts))
    const intake = await take(join(folder.path, 'w'), { roster })
    expect(learners(intake)).toEqual(expected)
    const about = intake.remarks.filter((remark) => remark.startsWith('ada was read'))
    expect(about).toEqual(said === undefined ? [] : [expect.stringMatching(said)])
    if (expected[0] === 'ada') expect(learners(await take(join(folder.path, 'w/ada'), { roster }))).toEqual(['ada'])
  })

  test('the same kata twice is no one’s, and a class at the top is a class', async () => {
    using folder = tempFolder()
    writeFiles(folder.path, { 'w/hw/src/token-bucket.ts': '1', 'w/hw/lib/token-bucket.ts': '2' })
    expect(learners(await take(join(folder.path, 'w')))).toEqual(['lib', 'src'])
    writeFiles(folder.path, inside('class', ['ada', 'bob']))
    const intake = await take(join(folder.path, 'class'))
    expect(learners(intake)).toEqual(['ada', 'bob'])
    expect(intake.remarks).toEqual([])
  })
})
