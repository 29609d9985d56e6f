// Nobody is refused for a few steps of one seed, and nobody gets away with what grows: a treap, whose dearest look-up hangs on
// the luck of its nodes, and the same treap with a walk that it hides from whoever asks again.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { discoverKatas } from '../../course/discover.ts'
import { submissionUrl } from '../../sandbox/prepare.ts'
import { stripTypes } from '../../sandbox/strip.ts'
import { type KataBudgets, kataBudgets } from './course-budgets.ts'
import { middleOf, oneMoreSize, otherSeeds } from './second-look.ts'
import { judgeSteps, type Sample } from './steps.ts'

const COURSE = join(import.meta.dirname, '../../..')
const TREAP = readFileSync(join(COURSE, 'graders/2-foundation/hash-ring/accepted/a-treap.ts'), 'utf8')
const [kata] = discoverKatas(COURSE).filter(({ slug }) => slug === 'hash-ring')
const BUDGET = 'A look-up walks no more than a logarithm of the points'
/** On which three sizes of the treap look like a square root. */
const UNLUCKY = [5, 9, 30]

let budgets: KataBudgets
beforeAll(async () => {
  if (kata === undefined) throw new Error('There is no hash-ring.')
  budgets = (await kataBudgets({ course: COURSE, root: COURSE }, kata)) as KataBudgets
})

async function lookUpOf(source: string, seed: number) {
  const stripped = stripTypes(source)
  if (!stripped.ok || kata === undefined) throw new Error('It is a submission.')
  const { costOf } = budgets
  const url = submissionUrl(kata.path)
  const [first] = await costOf({ url, script: stripped.script }, source, seed, { isExplained: false })
  return first
}

test.each(UNLUCKY)('a treap that looks dear on seed %i is looked at again, and keeps its budget', async (seed) => {
  const first = await lookUpOf(TREAP, seed)
  expect(first).toMatchObject({ spent: { budget: BUDGET, kept: true, got: 'O(log n) steps a call' } })
  // It was looked at again: there is a fourth size.
  expect(first).toHaveProperty('spent.series.points.length', 4)
})

test('a few steps that grow are found again, also by one that is honest once it has been measured', async () => {
  const head = 'constructor({ hash = stirred'
  // Two rings for each size: those of the first look are numbered below 9.
  const walks = `let rings = 0\n${TREAP}`.replace(head, `readonly #nth = ++rings\n  ${head}`).replace(
    'const position = this.#positionOf(key)',
    `for (let i = 0; i * i < 2 * this.#pointsOf.size && this.#nth < 9; i++);
    const position = this.#positionOf(key)`,
  )
  const [seed] = UNLUCKY
  const first = await lookUpOf(walks, seed as number)
  expect(first).toMatchObject({ spent: { budget: BUDGET, kept: false } })
  expect(first).toHaveProperty('spent.series.points.length', 4)
})

test('the middle is judged, and nothing where one has come to no end', () => {
  const sample = (n: number, worst: number): Sample => ({
    ...{ n, worst, setUp: 0, calls: 2 * n, total: 20 * n },
    ...{ worstLines: [], lines: [], setUpLines: [] },
  })
  const sizes = oneMoreSize([64, 256, 1024])
  expect(sizes).toEqual([64, 256, 1024, 4096])
  expect(oneMoreSize([32, 128, 512])).toEqual([32, 128, 512, 2048])
  const raw = (...worst: number[]) => ({ importSteps: 0, series: sizes.map((n, i) => sample(n, worst[i] as number)) })
  const limits = { steps: 'O(1)', worstCall: 'O(log n)' } as const
  const [dear, cheap, burst] = [raw(20, 24, 32, 48), raw(20, 26, 32, 38), raw(20, 26, 32, 4_000)]
  const judged = (first: ReturnType<typeof raw>, ...others: unknown[]) =>
    judgeSteps(limits, first, undefined, undefined, middleOf(others))
  expect(judgeSteps(limits, dear)).toMatchObject({ kept: false, part: 'worstCall', got: 'O(√n)', isClose: true })
  expect(judged(dear, dear, dear, dear, cheap)).toMatchObject({ kept: false, part: 'worstCall', got: 'O(√n)' })
  expect(judged(dear, cheap, cheap, cheap, burst)).toMatchObject({ kept: true })
  // Whatever else is promised is held to the first.
  const early = { ...dear, importSteps: 1e6 }
  expect(judged(early, cheap, cheap, cheap, cheap)).toMatchObject({ kept: false, part: 'import' })
  const late = { ...dear, longer: { ...sample(64, 20), calls: 2_048, total: 1e6 } }
  expect(judged(late, cheap, cheap, cheap, cheap)).toMatchObject({ kept: false, part: 'later' })
  expect(middleOf([dear, { ...cheap, failed: { n: 4096, stuck: true } }])).toBeUndefined()
  expect(middleOf([dear, 'what no probe says'])).toBeUndefined()
  expect(new Set([1, ...otherSeeds(1), ...otherSeeds(2)]).size).toBe(9)
})

test('an array that doubles in the few calls that are counted is no growth', () => {
  const sample = (n: number, each: number): Sample => ({
    ...{ n, worst: each, setUp: 0, calls: 400, total: 400 * each },
    ...{ worstLines: [], lines: [], setUpLines: [] },
  })
  const raw = (...each: number[]) => ({
    importSteps: 0,
    series: [200, 800, 3_200, 12_800].slice(0, each.length).map((n, i) => sample(n, each[i] as number)),
  })
  const limits = { steps: 'O(log n)' } as const
  const [unlucky, plain] = [raw(95, 124, 211), raw(95, 124, 153, 182)]
  expect(judgeSteps(limits, unlucky)).toMatchObject({ kept: false, isClose: true })
  const others = [plain, plain, raw(95, 124, 153, 900), plain]
  expect(judgeSteps(limits, unlucky, undefined, undefined, middleOf(others))).toMatchObject({ kept: true })
})
