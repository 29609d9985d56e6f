// Bytes against what V8 is known to allocate, on the pinned run time: to the byte, or this file fails.

import { expect, test } from 'vitest'
import { bytesOf, explained, judgeBytesPerCall, judgeBytesPerEntry } from './bytes.ts'
import type { Spent } from './spent.ts'
import { measured } from './subject-fixture.ts'

/** One call of each function that the submission exports. */
const calls = (...names: string[]) =>
  `[${names.map((name) => `{ name: '${name}', given: (kata) => kata, when: (kata, i) => kata.${name}(i), bytesPerCall: 0 }`).join()}]`

const bytes = async (script: string, ...names: string[]) =>
  (await measured('bytes', script, calls(...names))).map((raw) => judgeBytesPerCall({ bytesPerCall: 0 }, raw)?.got)

test('what is known to be free is free, and what is known to cost costs just that', async () => {
  const script = `
    let kept
    let level = 0.5
    const cell = { double: 0.5, small: 1 }
    const map = new Map([[1, 1], [2, 2], [3, 3], [4, 4]])
    const shared = new Int32Array(4)
    export const nothing = () => 0
    export const small = (i) => (cell.small = i & 1023)
    export const local = (i) => { const half = i / 2 + 0.25; return half > 3 ? 1 : 0 }
    export const object = (i) => (kept = { a: i })
    export const array = (i) => (kept = [i, i])
    export const closure = (i) => (kept = () => i)
    export const bigint = () => (kept = 12345678901234567890n + BigInt(level < 1))
    export const typed = (i) => { shared[i & 3] = i; return shared[0] }
    export const buffer = () => (kept = new Uint8Array(1000))
    export const every64th = (i) => { if (i % 64 === 0) kept = { a: i }; return 0 }
  `
  const names = ['nothing', 'small', 'local', 'object', 'array', 'closure', 'bigint', 'typed', 'buffer', 'every64th']
  const got = await bytes(script, ...names)
  expect(Object.fromEntries(names.map((name, i) => [name, got[i]]))).toEqual({
    nothing: '0 bytes a call',
    small: '0 bytes a call',
    local: '0 bytes a call',
    object: '32 bytes a call',
    // Two words of its own and a map, and as much for its elements.
    array: '64 bytes a call',
    closure: '96 bytes a call',
    bigint: '56 bytes a call',
    typed: '0 bytes a call',
    // The thousand bytes lie beside the heap.
    buffer: '1,200 bytes a call',
    every64th: '1 byte a call',
  })
})

test('what comes in bursts counts, however seldom within what is measured', async () => {
  const script = `
    let all = [], log = [], kept, n = 0
    const map = new Map()
    export const log_ = (i) => { all.push(i); return 0 }
    export const table = (i) => { map.set(i, i); return 0 }
    export const rebuilds = () => { if (++n % 20_000 === 0) kept = new Array(20_000).fill(0); return 0 }
    export const flushes = (i) => { if (log.push(1) === 10_000) log = []; return 0 }
    export const once = (i) => { if (i === 60_000) kept = new Array(900).fill(0); return 0 }
    export const never = (i) => { if (i > 500_000) kept = { i }; return 0 }
  `
  const names = ['log_', 'table', 'rebuilds', 'flushes', 'once', 'never']
  const got = Object.fromEntries((await bytes(script, ...names)).map((text, i) => [names[i], text]))
  for (const name of ['log_', 'table', 'rebuilds'])
    expect(got[name], name).toMatch(/^[1-9]\d* bytes a call on average, in bursts$/)
  expect(got['flushes']).toMatch(/^[1-9]\d* bytes a call/)
  // The array of twenty thousand words, once in as many calls.
  expect(got['rebuilds']).toMatch(/^8 bytes/)
  // So much V8 may take by itself; and what never came.
  expect(got).toMatchObject({ once: '0 bytes a call', never: '0 bytes a call' })
})

test('numbers in boxes are named as what they mostly are, where a call makes no more than one', async () => {
  const script = `
    class Begun { at = 0; now(i) { this.at = 1e12 + i; return 0 } }
    class Unbegun { at; now(i) { this.at = 1e12 + i; return 0 } }
    const [begun, unbegun, times] = [new Begun(), new Unbegun(), [1e12 + 1, 1e12 + 2]]
    let kept
    export const field = (i) => begun.now(i)
    export const boxedField = (i) => unbegun.now(i)
    export const index = (i) => (times[i & 1] > 5 ? 1 : 0)
    export const at = (i) => (times.at(-1) > 5 ? 1 : 0)
    const map = new Map(), mixed = [undefined, 1]
    export const inMap = (i) => { map.set(1, 1e12 + i); return 0 }
    export const besideUndefined = (i) => { mixed[1] = 1e12 + i; return 0 }
    export const within31 = (i) => { map.set(1, 2147400000 + i % 80000); return 0 }
    export const beyond31 = (i) => { map.set(1, 2147484000 + i % 80000); return 0 }
    export const object = (i) => (kept = { a: i })
  `
  const names = ['field', 'boxedField', 'index', 'at', 'inMap', 'besideUndefined', 'within31', 'beyond31', 'object']
  const raws = await measured('bytes', script, calls(...names))
  const judged = raws.map((raw) => judgeBytesPerCall({ bytesPerCall: 0 }, raw))
  expect(judged.map((one) => `${one?.got}${one?.often === undefined ? '' : `: ${one.often.slice(0, 22)}`}`)).toEqual([
    '0 bytes a call',
    '16 bytes a call: a number in a box: one',
    '0 bytes a call',
    ...Array(3).fill('16 bytes a call: a number in a box: one'),
    '0 bytes a call',
    '16 bytes a call: a number in a box: one',
    '32 bytes a call',
  ])
})

test('the same figures twice, to the last digit that is judged', async () => {
  const script = 'let kept; export const f = (i) => (kept = [i, { i }])'
  expect(await bytes(script, 'f')).toEqual(await bytes(script, 'f'))
})

test('garbage of a declaration is told by its line, whatever makes it', async () => {
  const script = `let kept, other
const pair = (i) => ({ a: i, b: i })
export function rest(i) {
  const { a, ...others } = pair(i)
  kept = others
  return a
}
export function several(i) {
  const {
    a,
    c = { x: i },
  } = pair(i)
  kept = c
  return a
}
const list = [1, 2, 3, 4]
export function more(i) {
  other = [i]
  const [
    a,
    ...others
  ] = list
  kept = others
  return a
}
export function inner(i) {
  return [i].map((x) => {
    let { a, ...others } = pair(x)
    kept = others
    return a
  }).length
}
`
  const names = ['rest', 'several', 'more', 'inner']
  const raws = await measured('allocations', script, calls(...names))
  const lines = raws.map((raw) => (raw as [number, number][]).map(([line]) => line).sort((a, b) => a - b))
  // The pair is made on line 2, and what each declaration makes of it on its own.
  expect(lines).toEqual([[2, 4], [2, 11], [18, 21], expect.arrayContaining([2, 28])])
  // The first comes to what a call was measured to make, with nothing of ours in it.
  expect((await bytes(script, 'rest'))[0]).toBe('96 bytes a call')
  expect(totalOf(raws[0])).toBeCloseTo(96, -1)
  expect(explained(SPENT, raws[0], 96)).not.toHaveProperty('allocationsAreGuessed')
})

test('lines on which numbers are put in boxes are told from others by what they make', async () => {
  const script = `
    class Unbegun { at; before; now(i) { this.at = 1e12 + i; return 0 } both(i) { this.before = 1e13 + i; this.at = 1e12 + i; return 0 } }
    const one = new Unbegun(), two = new Unbegun()
    let kept
    export const box = (i) => one.now(i)
    export const boxes = (i) => two.both(i)
    export const seldom = (i) => { if (i & 1) kept = { a: i }; return 0 }
  `
  const names = ['box', 'boxes', 'seldom']
  const [counted, lines] = await Promise.all(
    (['bytes', 'allocations'] as const).map((profile) => measured(profile, script, calls(...names))),
  )
  const told = names.map((_, i) => {
    const judged = judgeBytesPerCall({ bytesPerCall: 0 }, counted?.[i])
    const { got, often } = explained({ ...SPENT, ...judged }, lines?.[i], bytesOf(counted?.[i]))
    return [judged?.often !== undefined, got, often?.slice(0, 22)]
  })
  expect(told).toEqual([
    [true, '16 bytes a call', 'a number in a box: one'],
    // More than a box by size, and boxes all the same.
    [false, '32 bytes a call', 'a number in a box: one'],
    // No more than a box, and none.
    [true, '16 bytes a call', undefined],
  ])
})

const SPENT: Spent = { budget: 'no garbage', kind: 'bytesPerCall', kept: false, limit: '', got: '' }

const totalOf = (raw: unknown) => (raw as [number, number][]).reduce((sum, [, some]) => sum + some, 0)

test('promises are drained, and what settles later is counted', async () => {
  const script = `
    let kept
    export const later = () => { Promise.resolve().then(() => { kept = new Array(100).fill(0) }); return Promise.resolve() }
    const done = Promise.resolve()
    export const done_ = () => done
  `
  const [later, done] = await bytes(script, 'later', 'done_')
  expect(Number.parseInt(String(later).replace(',', ''), 10)).toBeGreaterThan(800)
  expect(done).toBe('0 bytes a call')
})

test('memory that is held is told by entry, beside the heap too', async () => {
  const script = `
    export const sets = (n) => new Set(Array.from({ length: n }, (_, i) => i))
    export const bits = (n) => new Uint8Array(Math.ceil(n / 8))
    export const nothing = () => 0
  `
  const budgets = `[${['sets', 'bits', 'nothing'].map((name) => `{ name: '${name}', given: (kata, { n }) => kata.${name}(n), bytesPerEntry: 1, sizes: [100_000, 400_000] }`).join()}]`
  const [sets, bits, nothing] = (await measured('bytes', script, budgets)).map((raw) =>
    judgeBytesPerEntry({ bytesPerEntry: 1 }, raw),
  )
  expect(sets).toMatchObject({ kept: false })
  expect(bits).toMatchObject({ kept: true, got: '0.1 bytes an entry' })
  expect(nothing).toMatchObject({ kept: true, got: '0 bytes an entry' })
})

test.each([
  // The realm is closed before a submission is loaded: there is nothing to patch, and nobody to ask.
  ['patches the reader', 'process.memoryUsage = () => ({ arrayBuffers: 0 }); export const f = () => 0'],
  ['calls the collector', 'export const f = () => gc()'],
  ['makes code of text', "export const f = () => eval('1')"],
])('one that %s is not measured', async (_, script) => {
  expect(JSON.stringify(await measured('bytes', script, calls('f')))).toMatch(/ReferenceError|EvalError/)
})

const METHOD = 'Array.prototype.indexOf'
test.each([
  ['patched while it is loaded', `const was = ${METHOD}; ${METHOD} = () => 0`, ''],
  ['patched for a moment', `${METHOD} = ${METHOD}`, ''],
  ['patched in a call, and put back', '', `const was = ${METHOD}; ${METHOD} = () => 0; ${METHOD} = was`],
  ['made read-only', '', `Object.defineProperty(Array.prototype, 'at', { writable: false })`],
  ['given a length', '', 'Array.prototype.length = 1'],
])('whoever counts on an array method that was %s gets no figure', async (_, head, body) => {
  const script = `${head}; export const f = (i) => { if (i === 7) { ${body} } return 0 }`
  expect(await measured('bytes', script, calls('f'))).toMatchObject([
    { name: 'TypeError', message: 'Cannot change the built-in Array.prototype' },
  ])
  expect(await measured('allocations', script, calls('f'))).toMatchObject([{ name: 'TypeError' }])
})

test('beyond its methods, what arrays inherit from cannot even be tried on', async () => {
  const script = `
    const p = Array.prototype
    const tries = [() => { p[0] = 1 }, () => { p.more = 1 }, () => { delete p.at }, () => Object.defineProperty(p, 0, { get: () => 1 }), () => Object.defineProperty(p, 'at', { get: () => 1 }),
      () => Object.setPrototypeOf(p, null), () => p.push.call(p, 1), () => { Object.prototype[0] = 1 }, () => { Object.prototype.at = 1 }, () => { Object.prototype.toString = 1 },
      () => Object.defineProperty(Object.prototype, 'toString', { value: 1 }), () => { Map.prototype.get = 1 }, () => { Float64Array.prototype.fill = 1 }, () => { Math.max = 1 }]
    export const f = (call) => {
      if (call !== 7) return 0
      for (const [i, attempt] of tries.entries()) {
        let went = true
        try { attempt() } catch (error) { went = !(error instanceof TypeError) }
        if (went) throw new Error('went through: ' + i)
      }
    }`
  const [raw] = await measured('bytes', script, calls('f'))
  expect(raw).toMatchObject({ calls: expect.any(Number) })
})

test('a figure that some hundredths move is told as the same', () => {
  const told = (bytes: number) => judgeBytesPerCall({ bytesPerCall: 0 }, { bytes, mean: bytes, calls: 77_824 })?.got
  expect([708.48, 708.5, 708.52].map(told)).toEqual(Array(3).fill('709 bytes a call'))
  expect([32, 32.02, 31.98, 32.3].map(told)).toEqual(Array(4).fill('32 bytes a call'))
  expect([0.28, 0.3].map(told)).toEqual(['0 bytes a call', '1 byte a call'])
})

test('what no probe says is no figure', () => {
  for (const raw of [
    ...[
      null,
      1,
      {},
      { bytes: '0', mean: 0, calls: 1 },
      { bytes: Number.NaN, mean: 0, calls: 1 },
      { bytes: 0, calls: 1 },
    ],
    ...[
      { bytes: 0, mean: 0 },
      { bytes: 0, mean: 0, calls: 0 },
    ],
  ])
    expect(judgeBytesPerCall({ bytesPerCall: 0 }, raw)).toBeUndefined()
  for (const raw of [
    null,
    { series: [] },
    { series: [{ n: 1, bytes: 1 }] },
    {
      series: [
        { n: 2, bytes: 1 },
        { n: 2, bytes: 1 },
      ],
    },
  ])
    expect(judgeBytesPerEntry({ bytesPerEntry: 0 }, raw)).toBeUndefined()
})

test('few and large entries are told no finer than what V8 keeps beside them', () => {
  const told = (bytes: number) =>
    judgeBytesPerEntry(
      { bytesPerEntry: 13_000 },
      {
        series: [
          { n: 15, bytes: 0 },
          { n: 60, bytes },
        ],
      },
    )
  // As measured: 128 bytes more or less, by what the optimiser kept.
  expect(told(566_088)).toEqual(told(565_960))
  expect(told(565_960)).toMatchObject({ kept: true, got: '12,600 bytes an entry' })
  expect(told(45 * 13_100)).toMatchObject({ kept: false, got: '13,100 bytes an entry' })
})
