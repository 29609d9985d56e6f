// Work that no counter sees is seen by the processor's time, and honest work never is: dear or cheap, in native code or not.

import { expect, test } from 'vitest'
import { type Budget, budget, type Growth } from '../../../graders/kit/budget.ts'
import { auditor, type Growths, MARGIN } from './hidden-work.ts'
import type { Measured } from './measure.ts'

const URL = 'kata:/katas/0-test/kata.ts'
const url = 'kata:/graders/0-test/kata/budgets.ts'
const NAME = 'A look is constant work'
const TEXT = `export default [{ name: '${NAME}', given: (kata, { n }) => new kata.Table(n), when: (table, i) => table.look(i), steps: 'O(1)' }]`
const course = { kit: {}, budgets: { url, modules: { [url]: TEXT } } }
interface Kata {
  readonly Table: new (n: number) => { look(i: number): unknown }
}
const BUDGETS: Budget[] = [
  budget(NAME, { given: (kata: Kata, { n }) => new kata.Table(n), when: (table, i) => table.look(i), steps: 'O(1)' }),
]
/** How the counters have seen it: for a dodge as constant work, whatever it really does. */
const counted = (growth: Growth): Measured[] => [
  {
    spent: {
      budget: NAME,
      kind: 'steps',
      kept: growth === 'O(1)',
      limit: 'O(1) steps a call',
      got: `${growth} steps a call`,
    },
  },
]
const table = (make: string, look: string) => ({
  url: URL,
  script: `export class Table { constructor(n) { this.n = n; ${make} }\n look(i) { ${look} } }`,
})
const reference = table('this.all = Array.from({ length: n }, (_, i) => i)', 'return this.all[(i * 7919) % this.n]')
const eye = auditor(course, BUDGETS, reference)
const TEXT_OF_N = "this.all = 'a'.repeat(n - 1) + 'z'"

test.each([
  // A pattern, whose work is charged by the length of what it matches: this passes for constant work.
  ['a sticky pattern that goes back over all', TEXT_OF_N, 'return /(?:a|b)*?q/y.test(this.all)'],
  // What counters could miss: here nothing is counted at all.
  ['a sum over all', 'this.all = new Float64Array(n)', 'let sum = 0; for (const x of this.all) sum += x; return sum'],
  // (A copy of a typed array is no such case: 50 times as dear at the large size, and so near the margin.)
  [
    'an ordered copy of all',
    'this.all = Array.from({ length: n }, (_, i) => (i * 7919) % n)',
    'return this.all.toSorted()',
  ],
  // Some 15 µs and 1 ms a call, where it was fitted: 64 calls are enough time, but not enough beyond the limit.
  [
    'a loop that is seventy times as long',
    '',
    'const most = 2_400 * (this.n > 1_000 ? 70 : 1); let x = i; for (let k = 0; k < most; k++) x = (x * 31 + k) | 0; return x',
  ],
])('found out: %s', async (_, make, look) => {
  const [found, ...more] = await eye.audit(table(make, look), counted('O(1)'), 1)
  expect(more).toEqual([])
  expect(found).toMatchObject({ budget: NAME, death: { cause: 'tampered' } })
  const why = found !== undefined && 'death' in found ? found.death.why : ''
  expect(why).toMatch(
    /^It hides work from the counters: "A look is constant work" was counted as O\(1\), but a call at n = 16,384 takes [\d,]+ times the processor time of a call at n = 64 \([\d.e+]+ µs against [\d.e+]+ µs; the reference's \d+ times\)\. 3 of 3 repeats agree\.$/,
  )
})

test.each<[string, string, string, Growth]>([
  [
    'constant work that is a hundred times as dear',
    '',
    'let x = i; for (let k = 0; k < 2_000; k++) x = (x * 31 + k) | 0; return x',
    'O(1)',
  ],
  [
    'native work of a constant size',
    "this.text = 'a'.repeat(12) + 'b'",
    'return /(a+)+$/.test(this.text.slice(5))',
    'O(1)',
  ],
  ['garbage', '', 'return Array.from({ length: 50 }, (_, k) => ({ k }))', 'O(1)'],
  [
    'memory that no cache holds',
    'this.all = new Float64Array(n * 128)',
    'return this.all[(i * 7_919 * 4_096) % this.all.length]',
    'O(1)',
  ],
  [
    'a table by text',
    'this.all = new Map(); for (let i = 0; i < n; i++) this.all.set("key " + i, i)',
    'return this.all.get("key " + ((i * 7919) % this.n))',
    'O(1)',
  ],
  [
    'one call in n that does the work of n',
    'this.all = []',
    'this.all.push(i); if (this.all.length >= this.n) this.all = []; return i',
    'O(1)',
  ],
  // Too dear, and counted so: that is another verdict.
  [
    'a search that was counted',
    'this.all = Array.from({ length: n }, (_, i) => i)',
    'return this.all.indexOf(-1)',
    'O(n)',
  ],
])('left alone: %s', async (_, make, look, growth) => {
  expect(await eye.audit(table(make, look), counted(growth), 1)).toEqual([])
  // Not near: by half the margin on the scale of its logarithm. As in the audit, one repeat is enough to be left alone:
  // what shares this machine's caches can make one of them several times as dear.
  const [found] = (await eye.growths(table(make, look), counted(growth), 1, 'all')) as [Growths]
  expect(found.beyond, JSON.stringify(found)).toHaveLength(3)
  expect(Math.min(...found.beyond), JSON.stringify(found)).toBeLessThan(Math.sqrt(MARGIN))
})

test('what cannot be measured at such sizes is nobody’s fault', async () => {
  const throws = table('', 'if (this.n > 2_000) throw new Error("too large"); return i')
  expect(await eye.audit(throws, counted('O(1)'), 1)).toEqual([])
  const blind = auditor(course, BUDGETS, throws)
  expect(await blind.audit(table(TEXT_OF_N, 'return /(?:a|b)*?q/y.test(this.all)'), counted('O(1)'), 1)).toEqual([])
})
