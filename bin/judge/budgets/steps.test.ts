// True subjects, measured: every place where work can hide is charged, honest code comes out as what it is, and what is
// ours is nobody's cost.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { parse } from 'acorn'
import { beforeAll, describe, expect, test } from 'vitest'
import type { StepsBudget } from '../../../graders/kit/budget.ts'
import { countSteps } from '../../sandbox/count-steps.ts'
import { openSession } from '../../sandbox/session.ts'
import { stepAside } from '../../sandbox/step-aside.ts'
import { type Answers, judgeSteps } from './steps.ts'
import { DODGES, HONEST, type Piece } from './steps-corpus-fixture.ts'

const SUBMISSION = 'kata:/katas/9-x/steps.ts'
const DRIVER = 'kata:/graders/9-x/steps/budgets.ts'
const SYNTAX = { ecmaVersion: 'latest', sourceType: 'module', locations: true } as const
const SUBJECT = join(import.meta.dirname, '../../sandbox/subject')

/** @param budgets text of the list that a `budgets.ts` exports @returns what each came to, in one subject */
async function measured(submission: string, budgets: readonly string[], seed = 1) {
  const session = openSession({}, undefined, 'steps')
  try {
    const loaded = await session.load({
      url: SUBMISSION,
      modules: { [SUBMISSION]: countSteps(submission, parse(submission, SYNTAX)) },
      driver: { url: DRIVER, modules: { [DRIVER]: stepAside(`export default [${budgets.join(',\n')}]`) } },
    })
    if (!loaded.alive || 'threw' in loaded) throw new Error(JSON.stringify(loaded))
    const all = []
    for (const index of budgets.keys()) all.push(await session.measure(index, { seed }))
    return all
  } finally {
    session.kill()
  }
}

async function rawOf(submission: string, budget: string, seed = 1): Promise<unknown> {
  const [answer] = await measured(submission, [budget], seed)
  if (answer === undefined || !('raw' in answer)) throw new Error(JSON.stringify(answer))
  return answer.raw
}

const O1: Pick<StepsBudget, 'steps'> = { steps: 'O(1)' }

describe.each([
  ['a dodge is charged', DODGES],
  ['honest code comes out as what it is', HONEST],
])('%s', (_, pieces: Readonly<Record<string, Piece>>) => {
  const found = new Map<string, unknown>()
  /** For a machine that is busy with something else. */
  const PATIENCE_MS = 300_000

  beforeAll(async () => {
    const names = Object.keys(pieces)
    const submission = names
      .map((name, i) => `export const k${i} = (n, random) => { ${pieces[name]?.code} }`)
      .join('\n')
    const budgets = names.map((name, i) => {
      const when = pieces[name]?.when ?? '(call, i) => call(i)'
      return `{ given: (kata, { n, random }) => kata.k${i}(n, random), when: ${when}, sizes: [32, 128, 512] }`
    })
    for (const [i, answer] of (await measured(submission, budgets)).entries()) {
      const verdict = 'raw' in answer ? judgeSteps(O1, answer.raw) : answer
      found.set(
        names[i] as string,
        verdict !== undefined && 'got' in verdict ? (verdict.trouble ?? verdict.got) : verdict,
      )
    }
  }, PATIENCE_MS)

  test.each(Object.entries(pieces))('%s', (name, { steps }) => {
    expect(found.get(name)).toBe(steps)
  })
})

const CALL = '{ given: ({ make }, { n, random }) => make(n, random), when: (call, i) => call(i) }'

describe('what a verdict says', () => {
  test('work in set-up, at import and in the worst call has budgets of its own', async () => {
    const table =
      'export const make = (n) => { const t = []; for (let i = 0; i < n * n; i += 16) t.push(i); return () => t[0] }'
    expect(judgeSteps({ steps: 'O(1)', setUp: 'O(n)' }, await rawOf(table, CALL))).toMatchObject({
      kept: false,
      part: 'setUp',
      got: 'O(n²)',
      spendsMost: { line: 1 },
    })
    const early = 'const t = []\nfor (let i = 0; i < 200_000; i++) t.push(i)\nexport const make = () => (i) => t[i]'
    expect(judgeSteps(O1, await rawOf(early, CALL))).toMatchObject({ kept: false, part: 'import' })
    const doubling = `export const make = () => { ${HONEST['an array that doubles']?.code} }`
    const raw = await rawOf(doubling, CALL)
    expect(judgeSteps(O1, raw)).toMatchObject({ kept: true, part: 'steps', got: 'O(1)' })
    expect(judgeSteps({ ...O1, worstCall: 'O(1)' }, raw)).toMatchObject({ kept: false, part: 'worstCall', got: 'O(n)' })
    // What is cheap in the long run is dear on one line of one call; that every other call spends more elsewhere hides nothing.
    const seldom = `export const make = () => {
      let a = new Array(16), n = 0
      return (i) => {
        for (let k = 0; k < 40; k++);
        if (n < a.length) return a[n++] = i
        const b = new Array(2 * n)
        for (let k = 0; k < n; k++)
          b[k] = a[k]
        a = b
        return a[n++] = i } }`
    expect(judgeSteps({ ...O1, worstCall: 'O(1)' }, await rawOf(seldom, CALL))).toMatchObject({
      kept: false,
      part: 'worstCall',
      got: 'O(n)',
      spendsMost: { line: 6, share: expect.closeTo(0.65, 1) },
      growsMost: { line: 6, growth: 'O(n)' },
    })
  })

  test('work that is put off for longer than is counted at the largest size comes to light at the smallest', async () => {
    const putsOff = `export const make = (n) => {
      let left = 0
      return () => {
        if (++left < 10 * n) return left
        for (let k = 0; k < 100 * n; k++) left = 0
        return left } }`
    expect(judgeSteps({ ...O1, worstCall: 'O(1)' }, await rawOf(putsOff, CALL))).toMatchObject({
      kept: false,
      part: 'later',
      got: expect.stringMatching(/^1\d(\.\d)? steps a call in 2,\d+ calls at n = \d\d$/),
      spendsMost: { line: 5 },
    })
    // What evens out, sooner or later, is not put off.
    const evensOut = putsOff.replace('100 * n', '10 * n')
    expect(judgeSteps({ ...O1, worstCall: 'O(1)' }, await rawOf(evensOut, CALL))).toMatchObject({ kept: true })
  })

  test('a growth is not hidden beside a constant that nobody needs', async () => {
    const pads = 'export const make = (n) => () => { for (let k = 0; k < 20_000 + n / 8; k++); return n }'
    const few = '{ given: ({ make }, { n }) => make(n), when: (call) => call(), calls: () => 8 }'
    const raw = await rawOf(pads, few)
    expect(judgeSteps(O1, raw)).toMatchObject({ kept: true, got: 'O(1)' })
    expect(judgeSteps(O1, raw, undefined, 800)).toMatchObject({ kept: false, part: 'constant' })
    expect(judgeSteps(O1, raw, undefined, 1_000)).toMatchObject({ kept: true })
  })

  test('a ceiling holds whatever the class', async () => {
    const raw = await rawOf(
      `export const make = (n) => { ${HONEST['a binary search']?.code.replace('random', '')} }`,
      CALL,
    )
    const ceiling = (a: number) => ({ says: `${a} · log2(n) + 2`, of: (n: number) => a * Math.log2(n) + 2 })
    expect(judgeSteps({ steps: 'O(log n)', ceiling: ceiling(1) }, raw)).toMatchObject({ kept: true })
    expect(judgeSteps({ steps: 'O(log n)', ceiling: ceiling(0.5) }, raw)).toMatchObject({
      kept: false,
      part: 'ceiling',
    })
  })

  test('the line that spends most, and the one that grows', async () => {
    const submission = [
      'export function make(n) {',
      '  const big = Array.from({ length: n }, (_, i) => i)',
      '  return (i) => {',
      '    for (let j = 0; j < 5000; j++);',
      '    return big',
      '      .filter((x) => x > i)',
      '      .length',
      '  }',
      '}',
    ].join('\n')
    expect(judgeSteps(O1, await rawOf(submission, CALL))).toMatchObject({
      got: 'O(n)',
      spendsMost: { line: 4, share: expect.closeTo(0.7, 1) },
      growsMost: { line: 6, growth: 'O(n)' },
    })
  })

  test('round sizes are never drawn', async () => {
    const sniffs =
      'export const make = (n) => () => { if ([64, 256, 1024].includes(n)) return 1; for (let i = 0; i < n; i++); return 1 }'
    for (const seed of [1, 2, 3]) expect(judgeSteps(O1, await rawOf(sniffs, CALL, seed))?.got).toBe('O(n)')
  })

  test('what is cheap by being wrong at large n is found', async () => {
    const right = 'export const make = (n) => (i) => ({ sum: i % n })'
    const wrong = 'export const make = (n) => (i) => ({ sum: n > 500 && i === 700 ? 0 : i % n })'
    const answers = ((await rawOf(right, CALL)) as { series: Answers }).series
    expect(judgeSteps(O1, await rawOf(right, CALL), answers)).toMatchObject({ kept: true })
    expect(judgeSteps(O1, await rawOf(wrong, CALL), answers)).toMatchObject({
      kept: false,
      wrongAnswer: { call: 700, got: '{"sum":0}', expected: '{"sum":700}' },
    })
  })

  test('a call that throws or sticks is told', async () => {
    const throws = 'export const make = () => (i) => {\n  if (i === 5) throw new RangeError("five") }'
    expect(judgeSteps(O1, await rawOf(throws, CALL))?.trouble).toMatch(/^It threw RangeError: five, in call 5 at n = /)
    const sticks = 'export const make = () => () => new Promise(() => {})'
    expect(judgeSteps(O1, await rawOf(sticks, CALL))?.trouble).toMatch(/^It never answered, in call 0 at n = /)
  })

  test('what runs without end runs out of fuel, on its line', async () => {
    const [answer] = await measured('export const make = () => () => {\n  for (;;) [].push(1) }', [CALL])
    expect(answer).toMatchObject({ alive: false, death: { cause: 'timed-out', line: 2 } })
  })

  test.each([
    ['nothing', undefined],
    ['no series', { importSteps: 0 }],
    ['an empty series', { importSteps: 0, series: [] }],
    ['a negative count', { importSteps: -1, series: [] }],
    ['a sample of another shape', { importSteps: 0, series: [{ n: 64, total: 0 }] }],
    [
      'no calls',
      {
        importSteps: 0,
        series: [{ n: 9, setUp: 0, calls: 0, total: 0, worst: 0, worstLines: [], lines: [], setUpLines: [] }],
      },
    ],
    ['a failure without reason', { importSteps: 0, series: [], failed: { n: 64 } }],
  ])('%s is no figure of ours', (_, raw) => {
    expect(judgeSteps(O1, raw)).toBeUndefined()
  })
})

describe('what is ours', () => {
  test('costs nothing: neither what the driver does nor what it is called back for', async () => {
    const submission =
      'export const make = (f) => ({ get size() { return 3 }, go: async (x) => { await 0; f(x); return [x].at(0) } })'
    const budget = `{ given: ({ make }, { n, random }) => {
        const list = Array.from({ length: n }, () => random())
        return { list, it: make((x) => list.toSorted((a, b) => a - b).indexOf(x)) }
      },
      when: async ({ it, list }, i) => {
        const size = it.size
        const text = list.map((x) => x + size).join()
        for (const x of new Set(list)) if (x < 0) return text
        await it.go(i)
        return [...list].reverse().includes(text) ? { ...list } : size
      } }`
    const raw = await rawOf(submission, budget)
    expect(judgeSteps({ steps: 'O(1)', setUp: 'O(1)' }, raw)).toMatchObject({ kept: true })
    expect(raw).toMatchObject({ series: [{ setUp: 1 }, { setUp: 1 }, { setUp: 1 }] })
  })

  test('nor does the event loop: a call that enters one function is one step', async () => {
    for (const make of ['() => 1', 'async () => 1', 'async () => { await 0; await 0 }'])
      expect(await rawOf(`export const make = () => ${make}`, CALL)).toMatchObject({
        importSteps: 0,
        series: [{ setUp: 1 }, { setUp: 1 }, { worst: 1 }].map((part, i) => ({
          ...part,
          worst: 1,
          n: [69, 276, 1104][i],
        })),
      })
  })

  test('what is put off, by however many microtasks, is the cost of the call that put it off', async () => {
    const chain = `export const make = (n) => {
      const later = (k) => k === 0 ? undefined : Promise.resolve(k - 1).then(later)
      return (i) => void (i === 0 && later(n))
    }`
    const { series } = (await rawOf(chain, CALL)) as { series: { n: number; worst: number }[] }
    expect(series.map(({ n, worst }) => worst - n)).toEqual([2, 2, 2])
  })

  test('the same figures come twice, byte for byte', async () => {
    const names = [...Object.values(HONEST), ...Object.values(DODGES)].filter((_, i) => i % 9 === 0)
    const submission = names.map(({ code }, i) => `export const k${i} = (n, random) => { ${code} }`).join('\n')
    const budgets = names.map(
      (_, i) => `{ given: (kata, { n, random }) => kata.k${i}(n, random), when: (call, i) => call(i) }`,
    )
    const [one, two] = await Promise.all([measured(submission, budgets, 7), measured(submission, budgets, 7)])
    expect(JSON.stringify(one)).toBe(JSON.stringify(two))
  })
})

describe('built-ins', () => {
  /** What touches a constant, or calls what is metered. */
  const FREE = [
    ...[
      'Array.isArray',
      'Array.prototype.values',
      'Array.prototype.toString',
      'Array.prototype.Symbol(Symbol.iterator)',
    ],
    ...['TypedArray.prototype.values', 'TypedArray.prototype.Symbol(Symbol.iterator)', 'TypedArray.prototype.toString'],
    ...['ArrayBuffer.isView', 'String.prototype.toString', 'String.prototype.valueOf', 'BigInt.prototype.valueOf'],
    ...['String.prototype.Symbol(Symbol.iterator)', 'Function.prototype.Symbol(Symbol.hasInstance)'],
    ...['RegExp.prototype.compile', 'RegExp.prototype.toString', 'RegExp.prototype.test'],
    ...['match', 'matchAll', 'replace', 'search', 'split'].map((key) => `RegExp.prototype.Symbol(Symbol.${key})`),
    ...['getOwnPropertyDescriptor', 'hasOwn', 'defineProperty', 'getPrototypeOf'].map((key) => `Object.${key}`),
    ...['isFinite', 'isInteger', 'isNaN', 'isSafeInteger'].map((key) => `Number.${key}`),
    ...['toExponential', 'toFixed', 'toPrecision', 'toString', 'valueOf', 'toLocaleString'].map(
      (key) => `Number.prototype.${key}`,
    ),
    ...['keyFor', 'prototype.toString', 'prototype.valueOf', 'prototype.Symbol(Symbol.toPrimitive)'].map(
      (key) => `Symbol.${key}`,
    ),
    ...['defineProperty', 'deleteProperty', 'get', 'getOwnPropertyDescriptor', 'getPrototypeOf', 'has'].map(
      (key) => `Reflect.${key}`,
    ),
    ...['Object.isExtensible', 'Reflect.isExtensible', 'Reflect.preventExtensions', 'Reflect.set'],
    ...['JSON.rawJSON', 'JSON.isRawJSON'],
  ]
  const script = `
    import { openMeter } from './meter.mjs'
    import { meterBuiltIns } from './prices.mjs'
    const own = Reflect.ownKeys, of = Reflect.getOwnPropertyDescriptor
    const TypedArray = Object.getPrototypeOf(Int8Array), toText = (f) => Function.prototype.toString.call(f)
    // Function.prototype is a function, too.
    const owners = { Array, TypedArray, Uint8Array, ArrayBuffer, SharedArrayBuffer, Map, Set, String, Number, Symbol, RegExp, BigInt, Object, Reflect, JSON, Function }
    const all = Object.entries(owners).flatMap(([name, owner]) => [[name, owner], ...(owner.prototype && name !== 'Object' ? [[name + '.prototype', owner.prototype]] : [])])
    const look = () => all.flatMap(([name, owner]) => own(owner).map((key) => [name + '.' + String(key), of(owner, key)])).filter(([, d]) => typeof d.value === 'function' && d.value !== Function.prototype && !d.value.prototype)
    const say = (d) => [d.value.name, d.value.length, d.writable, d.enumerable, d.configurable, toText(d.value), 'prototype' in d.value].join()
    const before = look().map(([name, d]) => [name, d, say(d)])
    const twins = before.map(([, d]) => before.findIndex(([, e]) => e.value === d.value))
    meterBuiltIns(openMeter(() => {}))
    const after = new Map(look())
    const list = before.map(([name]) => after.get(name))
    console.log(JSON.stringify({
      free: before.filter(([name, d]) => after.get(name).value === d.value).map(([name]) => name),
      changed: before.filter(([name, , was]) => say(after.get(name)) !== was).map(([name, , was]) => [name, was, say(after.get(name))]),
      parted: before.filter((_, i) => list[i].value !== list[twins[i]].value).map(([name]) => name),
    }))`

  test('are metered, all that touch more than a constant, and look as they did', () => {
    const said = JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: SUBJECT, encoding: 'utf8' }),
    )
    expect(said.changed).toEqual([])
    expect(said.parted).toEqual([])
    expect(said.free.filter((name: string) => !FREE.includes(name))).toEqual([])
    expect(FREE.filter((name) => !said.free.includes(name))).toEqual([])
  })
})
