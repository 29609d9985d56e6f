import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { SourceProblem } from '../sandbox/source-problem.ts'
import { compileApart, compileSubmission } from './compile.ts'

const STUB = `import type { World } from '../../graders/kit/world.ts'

export type Clock = () => number
export type State = 'open' | 'closed'

export interface LimitOptions {
  readonly capacity: number
  readonly clock: Clock
  readonly name?: string
}

export class Limit {
  readonly capacity: number

  constructor(options: LimitOptions) {
    this.capacity = options.capacity
    throw new Error('TODO')
  }

  static of(capacity: number): Limit {
    throw new Error(\`TODO: \${capacity}\`)
  }

  /** Takes. */
  take(key: string | number, count = 1): boolean {
    throw new Error(\`TODO: \${key} \${count}\`)
  }

  join(other: Limit, world?: World): void {
    throw new Error(\`TODO: \${other} \${world?.id}\`)
  }

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    throw new Error(\`TODO: \${key} \${work}\`)
  }

  [Symbol.iterator](): Iterator<string> {
    throw new Error('TODO')
  }
}

export class Store<K extends string, V = Map<K, number>> {
  get(key: K): V | undefined {
    throw new Error(\`TODO: \${key}\`)
  }

  put(key: K, value: V): void {
    throw new Error(\`TODO: \${key} \${value}\`)
  }
}

export function merge(limits: readonly Limit[], into: Limit): Limit {
  throw new Error(\`TODO: \${limits} \${into}\`)
}

export const NOTHING: unique symbol = Symbol('nothing')
`

let course: string
beforeAll(() => {
  course = mkdtempSync(join(tmpdir(), 'compile-test-'))
  mkdirSync(join(course, 'graders/kit'), { recursive: true })
  // A temporary folder to itself, so that what is left behind shows.
  mkdirSync(join(course, 'tmp'))
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, join(course, 'tmp'))
  // Flags come from the course's tsconfig: ours, so that its strictness is what is tested.
  writeFileSync(join(course, 'tsconfig.json'), JSON.stringify({ extends: resolve('tsconfig.json') }))
  writeFileSync(
    join(course, 'package.json'),
    JSON.stringify({ type: 'module', imports: { '#kit/*': './graders/kit/*.ts' } }),
  )
  writeFileSync(
    join(course, 'graders/kit/world.ts'),
    "import type { Id } from './id.ts'\nexport interface World { readonly id: Id }\n",
  )
  writeFileSync(join(course, 'graders/kit/id.ts'), 'export type Id = 7\n')
  writeFileSync(join(course, 'graders/kit/suite.ts'), 'export const expected = 123456\n')
})
afterAll(() => {
  vi.unstubAllEnvs()
  const left = readdirSync(join(course, 'tmp'))
  rmSync(course, { recursive: true, force: true })
  expect(left).toEqual([])
})

async function compileAll(sources: readonly string[], stub = STUB) {
  return compileSubmission({ course, katas: submissionsOf(sources, stub) })
}

function submissionsOf(sources: readonly string[], stub = STUB) {
  const pristineStub = join(course, 'stub.ts')
  writeFileSync(pristineStub, stub)
  return sources.map((source, at) => ({ id: `s${at}`, path: '2-foundation/limit', pristineStub, source }))
}

async function compile(source: string, stub = STUB): Promise<readonly SourceProblem[]> {
  const [only] = await compileAll([source], stub)
  return only?.problems ?? expect.unreachable()
}

/** The stub with one place changed. The test fails if that place is gone. */
function edited(from: string, to: string): string {
  expect(STUB).toContain(from)
  return STUB.replace(from, () => to)
}

const texts = (problems: readonly SourceProblem[]) =>
  problems.map(({ kind, line, column, message }) => `${kind} ${line}:${column} ${message}`)

describe('a submission that keeps the API', () => {
  test('the stub itself', async () => {
    expect(await compile(STUB)).toEqual([])
  })

  test('more members, private and public, even where the class is a parameter; more exports', async () => {
    const more = edited(
      'readonly capacity: number\n\n',
      'readonly capacity: number\n  #level = 0\n  private at = 1\n  readonly extra: Uint8Array = new Uint8Array(8)\n\n',
    )
      .replace(
        'put(key',
        'protected readonly map = new Map<K, V>()\n  has(key: K): boolean { return this.map.has(key) }\n  put(key',
      )
      .replace('readonly name?: string', 'readonly name?: string\n  readonly burst?: number')
    expect(await compile(`${more}\nexport const helper = (limit: Limit) => limit.capacity\n`)).toEqual([])
  })

  test('fewer parameters, a base class, an export list and inferred types', async () => {
    const taken = /take\(key[^}]*}[^}]*}[^}]*}/
    const other = STUB.replace(taken, '')
      .replace('export class Limit {', 'class Base { take() { return 1 > 0 } }\nclass Limit extends Base {')
      .replace('this.capacity', 'super()\n    this.capacity')
    expect(await compile(`${other}\nexport { Limit }\n`)).toEqual([])
  })

  test('other forms of a stub, and another kind of declaration that does as well', async () => {
    const stub = `export abstract class Shape {
  abstract area(): number
}

export class Square extends Shape {
  area(): number {
    throw new Error('TODO')
  }
}

export interface Visit<T extends Shape = Shape> {
  (shape: T): void
  readonly name: string
}

export const half = (n: number): number => n / 2

export async function* walk<A, B extends A[]>(from: B): AsyncGenerator<A> {
  yield* from
}

export class Box<A, B> {
  put(a: A, b: B): void {
    throw new Error('TODO')
  }
}
`
    const other = stub
      .replace('interface Visit<T extends Shape = Shape> {', 'type Visit<T extends Shape = Shape> = {')
      .replace('const half = (n: number): number => n / 2', 'function half(n: number) { return n / 2 }')
    expect([await compile(stub, stub), await compile(other, stub)]).toEqual([[], []])
    expect(texts(await compile(stub.replace('Box<A, B>', 'Box<A>').replace('b: B', 'b: unknown'), stub))).toEqual([
      'api 22:14 Box has the type parameters <A>; in the stub it has <A,B>.',
    ])
    expect(
      texts(await compile(other.replace('half(n: number)', 'half(n: string)').replace('n / 2', '1'), stub)),
    ).toEqual(["api 16:17 half no longer matches the stub (Type 'number' is not assignable to type 'string')."])
    expect(texts(await compile(stub.replace('class Square', 'abstract class Square'), stub))).toEqual([
      'api 5:23 Square no longer matches the stub (Cannot assign an abstract constructor type to a non-abstract constructor type).',
    ])
  })

  test('names of Node that we have no types for, as debugging leaves them behind', async () => {
    const debug = `console.log(performance.now(), process.pid)
const timer: NodeJS.Timeout = setTimeout(() => {}, 1)
clearTimeout(timer)
export const stop = (signal: AbortSignal) => signal.addEventListener('abort', (event) => console.log(event))
export class Stopped extends Error { readonly at = Error.captureStackTrace(this, Stopped) }
`
    expect(await compile(STUB + debug)).toEqual([])
    expect(texts(await compile(`${STUB}export const id = (n) => n\nexport const no = nope(Array.nope)\n`))).toEqual([
      "type 57:20 TS7006: Parameter 'n' implicitly has an 'any' type.",
      "type 58:19 TS2304: Cannot find name 'nope'.",
      "type 58:30 TS2339: Property 'nope' does not exist on type 'ArrayConstructor'.",
    ])
  })

  test('a stub that offers nothing, as for a fence of a lesson', async () => {
    const nothing = '// Nothing.\nexport {}\n'
    expect(await compile('const a = 1\nexport {}\n', nothing)).toEqual([])
    expect(texts(await compile('const a: string = 1\n', nothing))).toEqual([
      "type 1:7 TS2322: Type 'number' is not assignable to type 'string'.",
    ])
  })

  test('imports of the stub: through package.json, and of node, untyped', async () => {
    const stub =
      "import { createHash } from 'node:crypto'\nimport type { World } from '#kit/world'\nexport const hash = (world: World): string => createHash('md5').update(String(world.id))\n"
    expect(await compile(stub, stub)).toEqual([])
    expect(texts(await compile(stub.replace('world.id', 'world.no'), stub))).toEqual([
      "type 3:85 TS2339: Property 'no' does not exist on type 'World'.",
    ])
  })
})

describe('a submission whose API has changed', () => {
  test.each([
    [
      'a renamed method',
      'take(key',
      'grab(key',
      ['api 12:14 Limit.take is missing; the stub has `take(key: string | number, count = 1): boolean`: put it back.'],
    ],
    [
      'a changed parameter',
      'take(key: string | number',
      'take(key: boolean',
      [
        "api 25:3 Limit.take has changed: the stub has `take(key: string | number, count = 1): boolean`, yours is `take(key: boolean, count = 1): boolean` (Type 'string' is not assignable to type 'boolean').",
      ],
    ],
    [
      'a narrower parameter',
      'take(key: string | number',
      'take(key: string',
      [
        'api 25:3 Limit.take has changed: the stub has `take(key: string | number, count = 1): boolean`, yours is `take(key: string, count = 1): boolean`.',
      ],
    ],
    [
      'one parameter more',
      'count = 1)',
      'count = 1, nowMs: number)',
      [
        'api 25:3 Limit.take has changed: the stub has `take(key: string | number, count = 1): boolean`, yours is `take(key: string | number, count = 1, nowMs: number): boolean` (Target signature provides too few arguments. Expected 3 or more, but got 2).',
      ],
    ],
    [
      'a changed return, not written down',
      'count = 1): boolean {',
      'count = 1) { return count',
      [
        "api 25:3 Limit.take has changed: the stub has `take(key: string | number, count = 1): boolean`, yours is `take(key: string | number, count = 1)` (Type 'number' is not assignable to type 'boolean').",
      ],
    ],
    [
      'a static member gone',
      'static of',
      'static from',
      ['api 12:14 Limit.of is missing; the stub has `static of(capacity: number): Limit`: put it back.'],
    ],
    [
      'a generic method that lost its parameter',
      'run<T>(key: string, work: () => Promise<T>): Promise<T>',
      'run(key: string, work: () => Promise<string>): Promise<string>',
      [
        "api 33:9 Limit.run has changed: the stub has `async run<T>(key: string, work: () => Promise<T>): Promise<T>`, yours is `async run(key: string, work: () => Promise<string>): Promise<string>` (Type 'T' is not assignable to type 'string').",
      ],
    ],
    [
      'a member named by a symbol',
      '[Symbol.iterator]',
      'iterator',
      [
        "api 12:14 Limit no longer matches the stub (Property '[Symbol.iterator]' is missing in type 'Limit' but required in type 'StubLimit').",
      ],
    ],
    [
      'a constructor that asks for something else',
      'constructor(options: LimitOptions)',
      'constructor(options: LimitOptions, nowMs: number)',
      [
        'api 15:3 The constructor of Limit has changed: the stub has `constructor(options: LimitOptions)`, yours is `constructor(options: LimitOptions, nowMs: number)` (Target signature provides too few arguments. Expected 2 or more, but got 1).',
      ],
    ],
    [
      'a private constructor',
      'constructor(options',
      'private constructor(options',
      [
        "api 15:3 The constructor of Limit has changed: the stub has `constructor(options: LimitOptions)`, yours is `private constructor(options: LimitOptions)` (Cannot assign a 'private' constructor type to a 'public' constructor type).",
      ],
    ],
    [
      'a removed export',
      'export class Limit',
      'class Limit',
      ['api 12:7 Limit is no longer exported; the stub exports it: put it back.'],
    ],
    [
      'a removed type',
      "export type State = 'open' | 'closed'",
      '',
      ['api 1:1 State is no longer exported; the stub exports it: put it back.'],
    ],
    [
      'a changed union',
      "'open' | 'closed'",
      "'open' | 'half-open' | 'closed'",
      ["api 4:13 State no longer matches the stub (Type '\"half-open\"' is not assignable to type 'StubState')."],
    ],
    [
      'a changed function type',
      'Clock = () => number',
      'Clock = () => bigint',
      ["api 3:13 Clock no longer matches the stub (Type 'bigint' is not assignable to type 'number')."],
    ],
    [
      'an option that callers do not know',
      'readonly name?',
      'readonly burst: number\n  readonly name?',
      ['api 9:12 LimitOptions.burst is not in the stub, so nobody will give it: make it optional or remove it.'],
    ],
    [
      'an option that is no longer optional',
      'readonly name?',
      'readonly name',
      [
        "api 9:12 LimitOptions.name has changed: the stub has `readonly name?: string`, yours is `readonly name: string` (Property 'name' is optional in type 'StubLimitOptions' but required in type 'LimitOptions').",
      ],
    ],
    [
      'a type parameter more',
      'Store<K extends string,',
      'Store<A, K extends string,',
      ['api 42:14 Store has the type parameters <A,K,V>; in the stub it has <K,V>.'],
    ],
    [
      'members of a generic class swapped',
      'get(key: K): V | undefined',
      'get(key: K): K | undefined',
      [
        "api 43:3 Store.get has changed: the stub has `get(key: K): V | undefined`, yours is `get(key: K): K | undefined` ('V' could be instantiated with an arbitrary type which could be unrelated to 'string').",
      ],
    ],
    [
      'a changed function',
      'merge(limits: readonly Limit[], into: Limit): Limit',
      'merge(limits: readonly Limit[], into: string): Limit',
      ["api 52:17 merge no longer matches the stub (Type 'Limit' is not assignable to type 'string')."],
    ],
    [
      'a constant of another type',
      'NOTHING: unique symbol = Symbol',
      'NOTHING = String',
      ["api 56:14 NOTHING no longer matches the stub (Type 'string' is not assignable to type 'symbol')."],
    ],
  ])('%s', async (_, from, to, expected) => {
    expect(texts(await compile(edited(from, to))).filter((text) => text.startsWith('api'))).toEqual(expected)
  })

  test('a class turned into a function', async () => {
    const problems = await compile(STUB.replace(/export class Limit \{[\s\S]*?\n\}\n/, 'export function Limit() {}\n'))
    expect(texts(problems)[0]).toBe('api 12:17 Limit is a function here; in the stub it is a class.')
    expect(problems[0]?.member).toBe('Limit')
  })

  test('a type turned into a value', async () => {
    const problems = await compile(edited("export type State = 'open' | 'closed'", "export const State = ['open']"))
    expect(texts(problems)).toEqual(['api 4:14 State is a constant here; in the stub it is a type.'])
  })

  test('two members changed: each is named, without a reason that could belong to the other', async () => {
    const problems = await compile(
      edited('count = 1): boolean', 'count = 1): string').replace('join(other: Limit', 'join(other: string'),
    )
    expect(problems.map(({ member, line, kind }) => ({ member, line, kind }))).toEqual([
      { member: 'Limit.take', line: 25, kind: 'api' },
      { member: 'Limit.join', line: 29, kind: 'api' },
    ])
  })

  test('comments for the compiler do not hide it', async () => {
    const hidden = edited('export class Limit {', '// @ts-ignore\nexport class Limit {').replace('take(key', 'grab(key')
    expect((await compile(hidden)).map(({ member }) => member)).toEqual(['Limit.take'])
    expect(texts(await compile(`/* mine */ // @ts-nocheck\n${hidden}const a: string = 1\n`))).toEqual([
      'type 1:12 @ts-nocheck hides from you what callers will run into: remove it.',
      'api 14:14 Limit.take is missing; the stub has `take(key: string | number, count = 1): boolean`: put it back.',
    ])
  })
})

describe('a submission that does not compile', () => {
  test('a syntax error', async () => {
    expect(texts(await compile(`${STUB}const a = (1 + \n`))).toEqual([
      'syntax 57:15 TS1109: Expression expected.',
      "syntax 58:1 TS1005: ')' expected.",
    ])
  })

  test('a type error, under the flags of the course; the column counts as editors do', async () => {
    expect(texts(await compile(`${STUB}'🎉'; const a: string = [1][0]\n`))).toEqual([
      "type 57:13 TS2322: Type 'number | undefined' is not assignable to type 'string'.",
    ])
  })

  test('an enum', async () => {
    expect(texts(await compile(`${STUB}enum A { B }\n`))).toEqual([
      'syntax 57:6 Node runs TypeScript by blanking out types, and this would leave code behind: write a const object for an enum, a module for a namespace, a field for a parameter property, `as` for a cast in angle brackets.',
    ])
  })

  test('an import that the stub does not have, whatever is there: no message quotes a hidden file', async () => {
    const secret = join(course, 'graders/kit/suite.ts')
    const imports = ["'node:fs'", "'./stub.ts'", `'${secret}'`, "'../../graders/kit/../kit/suite.ts'"]
    const problems = await compile(
      `/// <reference path="${secret}" />\n${STUB}${imports.map((from, at) => `import * as x${at} from ${from}\n`).join('')}const leak: 1 = x2.expected\n`,
    )
    expect(texts(problems).slice(0, 2)).toEqual([
      'type 58:21 A kata is built from what its stub imports: remove the import of "node:fs".',
      `type 60:21 A kata is built from what its stub imports: remove the import of "${secret}".`,
    ])
    expect(JSON.stringify(problems)).not.toContain('123456')
  })

  test('no more than ten problems, in order', async () => {
    const lines = Array.from({ length: 3_000 }, (_, at) => `const a${at}: string = ${at}\n`).join('')
    const problems = await compile(lines + STUB.replace('take(key', 'grab(key'))
    expect(problems.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  test('nested deeper than a parser in JavaScript can follow', async () => {
    const deep = `export const deep = ${'('.repeat(60_000)}1${')'.repeat(60_000)}\n`
    expect(texts(await compile(STUB + deep))).toEqual([])
    expect(texts(await compile(edited('take(key', 'grab(key') + deep))).toEqual([
      'api 1:1 Limit.take is missing; the stub has `take(key: string | number, count = 1): boolean`: put it back.',
    ])
  })

  test('control characters of theirs do not reach a screen', async () => {
    const problems = await compile(edited('take(key: string | number', "take(key: '\u001b[31m\u202e'"))
    expect(JSON.stringify(problems)).not.toMatch(/\\u001b|\u202e/)
  })
})

test('fifty submissions, one start: each has its own world', async () => {
  const sources = Array.from({ length: 50 }, (_, at) =>
    at % 2 === 0 ? STUB : `${STUB}const n: string = (${at}).own\n`,
  )
  sources[10] = 'export class {{{'
  sources[20] = `${STUB}declare global { interface Number { own: string } }\n`
  // What a neighbour's output looks like, but for a name that nobody can guess.
  sources[22] = `${STUB}import no from "a\\n0/katas/2-foundation/submission.ts(1,1): error TS2322: mine"\n`
  sources[30] = `/// <reference no-default-lib="true" />\n${STUB}declare module './stub.ts' { export const x: number }\n`
  const results = await compileAll(sources)
  expect(results.map(({ id }) => id)).toEqual(sources.map((_, at) => `s${at}`))
  for (const [at, { problems }] of results.entries()) {
    if (at === 10) expect(problems[0]?.kind).toBe('syntax')
    else if (at === 22)
      expect(texts(problems)).toEqual([
        'type 57:16 A kata is built from what its stub imports: remove the import of "a".',
      ])
    else if (at === 30) expect(texts(problems)).toEqual([])
    else if (at % 2 === 0) expect(texts(problems)).toEqual([])
    else
      expect(texts(problems)).toEqual([
        `type 57:${at < 10 ? 23 : 24} TS2339: Property 'own' does not exist on type '${at}'.`,
      ])
  }
})

test('a type that takes the compiler for ever, or all of the memory, is undecided alone', async () => {
  // All 3,628,800 orders of ten letters.
  const bomb = `type Orders<U extends string, K extends string = U> =
  [U] extends [never] ? [] : K extends K ? [K, ...Orders<Exclude<U, K>>] : never
export const first: Orders<'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h' | 'i' | 'j'> = ['a']
`
  const katas = submissionsOf([STUB, `${STUB}${bomb}`, 'export class {{{'])
  const [right, undecided, wrong] = await compileApart({ course, katas, deadlineMs: 8_000 })
  expect(right).toEqual({ id: 's0', path: '2-foundation/limit', problems: [] })
  expect(undecided).toMatchObject({ problems: [], fault: expect.stringContaining('The TypeScript compiler') })
  expect(wrong?.problems[0]?.kind).toBe('syntax')
  expect(wrong?.fault).toBeUndefined()
})

test('faults of ours are errors', async () => {
  await expect(compile(STUB, 'export default 1\n')).rejects.toThrow('A stub exports by declarations only')
  rmSync(join(course, 'tsconfig.json'))
  try {
    await expect(compile(STUB)).rejects.toThrow('The TypeScript compiler did not look at s0 (2-foundation/limit): ')
  } finally {
    writeFileSync(join(course, 'tsconfig.json'), JSON.stringify({ extends: resolve('tsconfig.json') }))
  }
})
