// A classroom from the real course: what learners get runs as its workflow says, and nothing in it gives anything away.

import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { tempFolder, writeFiles } from '../../course/course-fixture.ts'
import { discoverKatas } from '../../course/discover.ts'
import { takeClass } from '../intake/take-class.ts'
import { classroomFiles } from './classroom-files.ts'
import { writeClassroom } from './write-classroom.ts'

const COURSE = join(import.meta.dirname, '../../..')
const ALL = discoverKatas(COURSE)
const KATAS = ALL.filter(({ slug }) => ['token-bucket', 'fixed-window'].includes(slug))
const write = (dir: string, asked: Parameters<typeof writeClassroom>[2]) => writeClassroom(COURSE, dir, asked, ALL)

/** Every file, by its path. */
function filesBelow(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]))
}

test('a starter of the whole course names no command that its learners do not have', async () => {
  const files = await classroomFiles(COURSE, { name: 'All', katas: ALL })
  const learners = files.filter(({ path }) => path.startsWith('starter/'))
  expect(learners.length).toBeGreaterThan(3 * ALL.length)
  const commands =
    /\bkata (?:check|trace|hint|perf|diff|watch|lesson|list|next|solution|redo|reset|doctor|init)\b|npx (?!vitest)/
  expect(
    learners.flatMap(({ path, text }) => (commands.test(text) ? [`${path}: ${commands.exec(text)?.[0]}`] : [])),
  ).toEqual([])
  const example = learners.find(({ path }) => path.endsWith('katas/1-scars/singleflight.test.ts'))
  expect(example?.text).toContain('// The judge looks closer.\n')
})

describe('nothing is given away', () => {
  test('no line of a solution, a grader, a hint or a quiz of the whole course is in a classroom of it', async () => {
    const files = await classroomFiles(COURSE, { name: 'All', katas: ALL })
    const written = new Set(files.flatMap(({ text }) => linesOf(text)))
    // The kit's faces are for everybody: they say what a stub is given.
    const faces = ['world', 'disk'].flatMap((name) => linesOf(read(`graders/kit/${name}.ts`)))
    const shown = new Set([
      ...faces,
      ...ALL.flatMap(({ path }) => [
        ...linesOf(read(`graders/${path}/stub.ts`)),
        ...linesOf(read(`katas/${path}.test.ts`)),
        ...linesOf(read(`lessons/${path}.md`).replace(/^## (?:Hints|Quiz)$[\s\S]*?(?=^## |$(?![\s\S]))/gm, '')),
      ]),
    ])
    const hidden = ALL.flatMap(({ path }) => [
      read(`solutions/${path}.ts`),
      read(`lessons/${path}.md`),
      ...[...filesBelow(join(COURSE, 'graders', path))].map(([, text]) => text),
    ]).flatMap(linesOf)
    const secret = hidden.filter((line) => !shown.has(line))
    // Thousands of lines, or this test looks at nothing.
    expect(secret.length).toBeGreaterThan(5000)
    // What is told of budgets by their names is what `kata lesson` tells.
    expect(secret.filter((line) => written.has(line))).toEqual([])
    expect(files.map(({ path }) => path).filter((path) => /solution|grader|suite|driver|hint|quiz/.test(path))).toEqual(
      [],
    )
  })

  const read = (path: string): string => readFileSync(join(COURSE, path), 'utf8')
  const linesOf = (text: string): string[] =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.length >= 25 && /[a-z]{3}/.test(line))
})

describe('a class', () => {
  const folder = tempFolder()
  const dir = join(folder.path, 'hw1')
  const starter = join(dir, 'starter')
  beforeAll(async () => {
    await write(dir, { katas: KATAS, name: 'Homework 1', deadline: '2026-03-01T23:59:00+01:00' })
  })
  afterAll(() => folder.remove())

  const steps = (): string[] => {
    const workflow = parse(readFileSync(join(starter, '.github/workflows/examples.yml'), 'utf8')) as {
      jobs: { examples: { steps: { run?: string }[] } }
    }
    return workflow.jobs.examples.steps.flatMap(({ run }) => run ?? [])
  }

  test('its lock is whole: exact versions with their hashes, in step with package.json', () => {
    const { packages } = JSON.parse(readFileSync(join(starter, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version?: string; integrity?: string; optional?: boolean }>
    }
    const { packages: ours } = JSON.parse(readFileSync(join(COURSE, 'package-lock.json'), 'utf8')) as {
      packages: typeof packages
    }
    const { devDependencies, optionalDependencies } = JSON.parse(
      readFileSync(join(starter, 'package.json'), 'utf8'),
    ) as Record<string, Record<string, string>>
    for (const [name, version] of Object.entries({ ...devDependencies, ...optionalDependencies }))
      expect(packages[`node_modules/${name}`]?.version).toBe(version)
    for (const [path, { version, integrity, optional }] of Object.entries(packages).filter(([path]) => path !== '')) {
      expect([path, version, integrity]).toEqual([path, ours[path]?.version, ours[path]?.integrity])
      expect(integrity).toMatch(/^sha512-/)
      // What does not run on every machine must not stop `npm ci` on any.
      if ('os' in (ours[path] ?? {})) expect([path, optional]).toEqual([path, true])
    }
    expect(Object.keys(packages).length).toBeLessThan(Object.keys(ours).length)
    for (const each of ['acorn', 'ts-morph', 'titan-katas']) expect(packages[`node_modules/${each}`]).toBeUndefined()
    expect(steps()[0]).toBe('npm ci --ignore-scripts')
    // npm itself holds the lock against package.json; nothing is fetched for that.
    execFileSync('npm', ['ci', '--ignore-scripts', '--dry-run', '--offline'], { cwd: starter, stdio: 'pipe' })
  })

  // Three runs of real tools: seconds alone, minutes beside other work.
  test('the workflow fails on stubs and passes on solutions', { timeout: 300_000 }, () => {
    const work = join(folder.path, 'clone')
    cpSync(starter, work, { recursive: true })
    // As `npm ci` would leave it: the lock names the same versions.
    symlinkSync(join(COURSE, 'node_modules'), join(work, 'node_modules'))
    const run = (step: string) =>
      spawnSync('sh', ['-c', step], { cwd: work, encoding: 'utf8', env: { ...process.env, CI: 'true' } })
    const [, types = '', examples = ''] = steps()
    expect([types, examples]).toEqual(['npm run types', 'npm test'])
    const failed = run(examples)
    expect(failed.status).toBe(1)
    expect(failed.stdout).toMatch(/Test Files.*2 failed/)
    for (const { path } of KATAS) cpSync(join(COURSE, 'solutions', `${path}.ts`), join(work, 'katas', `${path}.ts`))
    expect(run(types)).toMatchObject({ status: 0 })
    expect(run(examples)).toMatchObject({ status: 0 })
  })

  test('what learners make of it is taken in again', async () => {
    const submissions = join(folder.path, 'submissions')
    for (const learner of ['ada', 'bob']) cpSync(starter, join(submissions, learner), { recursive: true })
    const { submitted, missing } = await takeClass({ from: submissions, katas: KATAS })
    expect(submitted.map(({ learner, kata }) => `${learner} ${kata}`)).toEqual([
      'ada fixed-window',
      'ada token-bucket',
      'bob fixed-window',
      'bob token-bucket',
    ])
    expect(missing).toEqual([])
  })

  test('the instructor’s side says what it is worth and until when', () => {
    expect(JSON.parse(readFileSync(join(dir, 'assignment.json'), 'utf8'))).toEqual({
      name: 'Homework 1',
      deadline: '2026-03-01T23:59:00+01:00',
      katas: [
        { kata: 'fixed-window', points: 100 },
        { kata: 'token-bucket', points: 100 },
      ],
      late: { policy: 'none' },
      extensions: {},
      attempts: 'best',
    })
    const readme = readFileSync(join(dir, 'README.md'), 'utf8')
    expect(readme).toContain('npx kata grade SUBMISSIONS --assignment assignment.json --roster roster.csv')
    expect(readFileSync(join(starter, 'README.md'), 'utf8')).toContain(
      '[Token bucket](lessons/2-foundation/token-bucket.md)',
    )
  })
})

test('run again it adds and updates, and leaves alone what somebody changed', async () => {
  using folder = tempFolder()
  const dir = join(folder.path, 'hw1')
  const [first] = KATAS
  await write(dir, { katas: first === undefined ? [] : [first] })
  expect(await write(dir, { katas: [] })).toMatchObject({ added: [], updated: [], kept: [], conflicts: [] })
  const mine = '{ "name": "mine" }\n'
  writeFileSync(join(dir, 'assignment.json'), mine)
  writeFiles(dir, { 'starter/README.md': 'rewritten', 'starter/extra.md': 'of the instructor' })
  const again = await write(dir, { katas: KATAS })
  expect(again.added).toContain('starter/katas/2-foundation/token-bucket.ts')
  expect(again.updated).toEqual(['README.md'])
  expect(again.conflicts).toEqual([
    { file: 'starter/README.md', newFile: 'starter/README.new.md' },
    { file: 'assignment.json', newFile: 'assignment.new.json' },
  ])
  expect(readFileSync(join(dir, 'assignment.json'), 'utf8')).toBe(mine)
  expect(readFileSync(join(dir, 'starter/README.md'), 'utf8')).toBe('rewritten')
  expect(existsSync(join(dir, 'starter/extra.md'))).toBe(true)
})

test('learners are told what the assignment file has come to say of time', async () => {
  using folder = tempFolder()
  const dir = join(folder.path, 'hw1')
  await write(dir, { katas: KATAS, deadline: '2026-03-01T23:59:00+01:00' })
  const told = () => readFileSync(join(dir, 'starter/README.md'), 'utf8')
  expect(told()).toContain('\nHand in by **2026-03-01T23:59:00+01:00**.\n')
  const file = join(dir, 'assignment.json')
  const change = (more: object) =>
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...more }))
  change({ deadline: '2026-03-08T12:00:00Z', late: { policy: 'per-day', percentPerDay: 12.5, maxDays: 5 } })
  const again = await write(dir, { katas: [] })
  expect(again).toMatchObject({ updated: ['starter/README.md'], kept: ['assignment.json'], conflicts: [] })
  expect(told()).toContain(
    '\nHand in by **2026-03-08T12:00:00Z**. Late work loses 12.5 % of its points for each day that has begun since, and is worth nothing after 5 days.\n',
  )
  change({ late: { policy: 'late-days', bank: 1 } })
  await write(dir, { katas: [] })
  expect(told()).toContain('You have 1 day of lateness in all: ')
  // Two deadlines, of which grades would be made by the other one.
  await expect(write(dir, { katas: [], deadline: '2026-04-01T12:00:00Z' })).rejects.toThrow(
    /assignment\.json is yours since you changed it, and has the deadline 2026-03-08T12:00:00Z\./,
  )
  expect(told()).toContain('2026-03-08')
})

test('katas that are named take the place of the list, and what stays of others is told each time', async () => {
  using folder = tempFolder()
  const dir = join(folder.path, 'hw1')
  expect((await write(dir, { katas: KATAS })).stays).toEqual([])
  const one = KATAS.filter(({ slug }) => slug === 'fixed-window')
  const stays = [
    'starter/katas/2-foundation/token-bucket.ts',
    'starter/katas/2-foundation/token-bucket.test.ts',
    'starter/lessons/2-foundation/token-bucket.md',
  ]
  expect(await write(dir, { katas: one })).toMatchObject({
    stays,
    updated: expect.arrayContaining(['assignment.json']),
  })
  expect((await write(dir, { katas: [] })).stays).toEqual(stays)
  for (const path of stays) expect(existsSync(join(dir, path))).toBe(true)
})

test.each<[string, Partial<Parameters<typeof writeClassroom>[2]>, RegExp]>([
  ['no kata', { katas: [] }, /^No kata is named\. For example: npx kata classroom /],
  ['a deadline without an offset', { deadline: '2026-03-01T23:59' }, /no deadline that means the same everywhere/],
  ['a deadline that is none', { deadline: '2026-13-41T00:00Z' }, /no deadline/],
  ['a name with markup', { name: '<img src=x>' }, /cannot stand in a heading/],
  ['a name of two lines', { name: 'a\nb' }, /cannot stand in a heading/],
])('%s is told, and nothing is written', async (_, asked, message) => {
  using folder = tempFolder()
  const dir = join(folder.path, 'new')
  await expect(write(dir, { katas: KATAS, ...asked })).rejects.toThrow(message)
  expect(existsSync(dir)).toBe(false)
})

test('a folder of somebody else is left alone', async () => {
  using folder = tempFolder()
  writeFiles(folder.path, { 'x.md': '' })
  await expect(write(folder.path, { katas: KATAS })).rejects.toThrow('is not empty and no classroom.')
})
