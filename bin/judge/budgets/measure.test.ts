// From budgets to verdicts, by real subjects: what is found out beside figures.

import { expect, test } from 'vitest'
import { type Budget, budget, passingClock } from '../../../graders/kit/budget.ts'
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
  for (let i = 0; i < 70_000; i++) time.pass()
  const end = time.clock()
  time.pass()
  expect(time.clock()).toBe(end)
})
