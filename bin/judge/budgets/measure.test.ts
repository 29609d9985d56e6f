// From budgets to verdicts, by real subjects: what is found out beside figures.

import { expect, test } from 'vitest'
import { type Budget, budget, passingClock } from '../../../graders/kit/budget.ts'
import { DEADLINES } from '../../sandbox/session.ts'
import { measure } from './measure.ts'
import { referenceAnswers } from './reference-answers.ts'

const URL = 'kata:/katas/0-test/kata.ts'

// The same list as text, as it goes into a subject, and as data, as the judge knows it.
const LIST = [
  `{ name: 'look', given: (kata, { n }) => new kata.Table(n), when: (table, i) => table.look(i), steps: 'O(1)' }`,
  `{ name: 'bytes', given: (kata) => new kata.Table(10), when: (table, i) => { table.look(i) }, bytesPerCall: 0 }`,
]
interface Kata {
  readonly Table: new (n: number) => { look(i: number): number }
}
const BUDGETS: Budget[] = [
  budget('look', {
    given: (kata: Kata, { n }) => new kata.Table(n),
    when: (table, i) => table.look(i),
    steps: 'O(1)',
  }),
  budget('bytes', { given: () => 0, when: () => 0, bytesPerCall: 0 }),
]
const url = 'kata:/graders/0-test/kata/budgets.ts'
const course = { kit: {}, budgets: { url, modules: { [url]: `export default [${LIST.join(', ')}]` } } }
const table = (look: string, more = '') => ({
  url: URL,
  script: `export class Table { constructor(n) { this.n = n; ${more} }\n look(i) {\n${look}\n} }`,
})
const reference = table('return (i * 7) % this.n')
class Table {
  readonly #n: number
  constructor(n: number) {
    this.#n = n
  }
  look(i: number): number {
    return (i * 7) % this.#n
  }
}
const answers = (seed: number, budgets = BUDGETS) => referenceAnswers(budgets, { Table }, seed)

test('the reference keeps its budgets, and says where it spends', async () => {
  const [look, bytes] = await measure(course, BUDGETS, reference, answers(1), 1)
  expect(look).toMatchObject({
    spent: { budget: 'look', kind: 'steps', kept: true, limit: 'O(1) steps a call', got: 'O(1) steps a call' },
  })
  expect(bytes).toMatchObject({ spent: { budget: 'bytes', kept: true, got: '0 bytes a call' } })
})

test('what is too dear is told with its line, growth and bytes', async () => {
  const scans = table('let at = 0\nfor (let k = 0; k < this.n; k++) at = (i * 7) % this.n\nthis.last = [i]\nreturn at')
  const [look, bytes] = await measure(course, BUDGETS, scans, answers(1), 1, { everything: true })
  expect(look).toMatchObject({
    spent: { kept: false, got: 'O(n) steps a call', growsMost: { line: 4, growth: 'O(n)' } },
  })
  expect(bytes).toMatchObject({ spent: { kept: false, got: '56 bytes a call', allocations: [{ line: 5, share: 1 }] } })
  // The line comes to the figure, so it is no guess.
  expect(bytes).not.toHaveProperty('spent.allocationsAreGuessed')
})

test('a line that does not come to the figure is only a guess', async () => {
  // A buffer is beside the heap, where no profile of lines sees more than its handle.
  const buffers = table('this.last = new Float64Array(1_000)\nreturn (i * 7) % this.n')
  const [, bytes] = await measure(course, BUDGETS, buffers, answers(1), 1, { everything: true })
  expect(bytes).toMatchObject({
    spent: { kept: false, allocations: [{ line: 3, share: 1 }], allocationsAreGuessed: true },
  })
})

test('fast by being wrong at large n is wrong', async () => {
  const lies = table('return this.n > 500 ? 0 : (i * 7) % this.n')
  const [look] = await measure(course, BUDGETS, lies, answers(1), 1)
  expect(look).toEqual({
    budget: 'look',
    differs: expect.stringMatching(/^At n = 1,\d+, call 2 answers 0 and not 7\. /),
  })
})

test('what throws at large n has crashed, and what does not end is too dear', async () => {
  const throws = table("if (this.n > 500) throw new Error('too large'); return (i * 7) % this.n")
  const [look] = await measure(course, BUDGETS, throws, answers(1), 1)
  expect(look).toMatchObject({
    death: { cause: 'crashed', why: expect.stringMatching(/too large.*call 0 at n = 1,/) },
  })
  const spins = table('for (let k = 0; this.n > 500; k++);\nreturn (i * 7) % this.n')
  const [endless, bytes] = await measure(course, BUDGETS, spins, answers(1), 1, { everything: true })
  expect(endless).toMatchObject({ spent: { kept: false, got: 'more steps than are counted' } })
  // Each budget is judged by itself.
  expect(bytes).toMatchObject({ spent: { kept: true } })
})

test('what is right and too slow, or too large, to be measured is a finding about it, with the budget named', {
  timeout: 600_000,
}, async () => {
  const list = [
    `{ name: 'held', given: (kata, { n }) => kata.fill(n), bytesPerEntry: 8 }`,
    `{ name: 'made', given: (kata) => kata.fill(1), when: (kata) => kata.get(1), bytesPerCall: 0 }`,
    `{ name: 'counted', given: (kata) => kata.fill(1), when: (kata) => kata.get(1), steps: 'O(1)' }`,
  ]
  interface Store {
    get(i: number): number
  }
  const given = (kata: { fill(n: number): Store }) => kata.fill(1)
  const when = (store: Store) => store.get(1)
  const budgets = [
    budget('held', { given, bytesPerEntry: 8 }),
    budget('made', { given, when, bytesPerCall: 0 }),
    budget('counted', { given, when, steps: 'O(1)' }),
  ]
  const three = { kit: {}, budgets: { url, modules: { [url]: `export default [${list.join(', ')}]` } } }
  const costs = (script: string, cpuMs: number) =>
    measure(three, budgets, { url: URL, script }, Promise.resolve(new Map()), 1, {
      everything: true,
      deadlines: { ...DEADLINES, stuckCpuMs: cpuMs, cpuMs },
    })
  const quadratic =
    'export const fill = (n) => { const a = []; for (let i = 0; i < n * n; i++) a[i % n] = i; return { get: (i) => i } }'
  expect(await costs(quadratic, 5_000)).toMatchObject([
    { budget: 'held', death: { cause: 'timed-out', why: expect.stringMatching(/s of work\. \(While "held" was/) } },
    { spent: { budget: 'made', kept: true } },
    { spent: { budget: 'counted', kept: true } },
  ])
  const large =
    'export const fill = (n) => { const a = []; for (let i = 0; i < n; i++) a.push(new Uint8Array(n > 1 ? 1_000_000 : 1).fill(1)); return { a, get: (i) => i } }'
  // Memory that is short costs the system's time, too: the room has to run out first.
  expect(await costs(large, 60_000)).toMatchObject([
    { spent: { budget: 'held', kept: false, got: 'more memory than is counted' } },
    { spent: { budget: 'made', kept: true } },
    { spent: { budget: 'counted', kept: true } },
  ])
  // How far it comes hangs on the collector; whose finding it is, and where, does not.
  const hoards =
    'const all = []; export const fill = () => ({ get: () => all.push(new Uint8Array(1_000_000).fill(1)) })'
  for (const one of await costs(hoards, 5_000)) {
    const { budget: name, why } =
      'spent' in one ? { budget: one.spent.budget, why: '' } : { budget: one.budget, why: JSON.stringify(one) }
    if (name === 'held') continue
    expect('spent' in one ? one.spent.kept : why).not.toBe(true)
    expect(why).not.toContain('judge-error')
    if (why !== '') expect(why).toContain(`While \\"${name}\\" was measured`)
  }
})

test('after the first budget that is not kept nothing is measured, whoever was faster', async () => {
  const both = table('for (let k = 0; k < this.n; k++) this.last = [k]\nreturn (i * 7) % this.n')
  expect(await measure(course, BUDGETS, both, answers(1), 1)).toMatchObject([
    { spent: { budget: 'look', kept: false } },
  ])
  const bytesFirst = [BUDGETS[1] as Budget, BUDGETS[0] as Budget]
  const url = course.budgets.url
  const turned = { kit: {}, budgets: { url, modules: { [url]: `export default [${LIST[1]}, ${LIST[0]}]` } } }
  expect(await measure(turned, bytesFirst, both, answers(1, bytesFirst), 1)).toMatchObject([
    { spent: { budget: 'look', kept: false } },
  ])
})

test('one seed gives one result, to the letter', async () => {
  const one = await measure(course, BUDGETS, reference, answers(7), 7)
  expect(JSON.stringify(await measure(course, BUDGETS, reference, answers(7), 7))).toBe(JSON.stringify(one))
  expect(JSON.stringify(await measure(course, BUDGETS, reference, answers(9), 9))).not.toBe(JSON.stringify(one))
})

test('a clock for budgets goes in steps, and stands still at its end', () => {
  const time = passingClock(1_700_000_000_000, 5)
  time.pass()
  expect([time.clock(), time.clock()]).toEqual([1_700_000_000_005, 1_700_000_000_005])
  for (let i = 0; i < 140_000; i++) time.pass()
  const end = time.clock()
  time.pass()
  expect(time.clock()).toBe(end)
})

test('who does not live through a second look is as dear as it seemed', async () => {
  const few: Budget[] = [budget('look', { given: () => 0, when: () => 0, steps: 'O(1)', calls: () => 4 })]
  const list = `[{ name: 'look', given: (kata, { n }) => new kata.Table(n), when: (table, i) => table.look(i), steps: 'O(1)', calls: () => 4 }]`
  // Some 30 bytes for each pair of n: no more than a subject may have, up to the third size.
  const all = table(
    'for (let k = 0; k < 2_000; k++);\nfor (const one of this.rows);\nreturn 0',
    'this.rows = Array.from({ length: n }, () => Array(4 * n).fill(0))',
  )
  const small = { kit: {}, budgets: { url, modules: { [url]: `export default ${list}` } } }
  const [look] = await measure(small, few, all, Promise.resolve(new Map()), 1)
  expect(look).toMatchObject({ spent: { budget: 'look', kept: false, got: 'O(n) steps a call' } })
  expect(look).toHaveProperty('spent.series.points.length', 3)
})
