// Beside a learner's figure stands the reference's own of the same part, or none.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { StepsBudget } from '../../../graders/kit/budget.ts'
import type { Kata } from '../../course/kata.ts'
import type { Measured } from './measure.ts'
import { besideReference, costsFile, costsText, readCosts } from './reference-costs.ts'
import { judgeSteps } from './steps.ts'

const NAME = 'A look-up is cheap'
type Limits = Pick<StepsBudget, 'steps' | 'worstCall' | 'setUp' | 'ceiling'>
type Steps = Readonly<Record<'average' | 'worst' | 'setUp', readonly number[]>>

const SIZES = [64, 256, 1024]
const raw = ({ average, worst, setUp }: Steps, importSteps = 0) => ({
  importSteps,
  series: SIZES.map((n, i) => ({
    n,
    calls: 10,
    total: 10 * (average[i] as number),
    worst: worst[i],
    setUp: setUp[i],
    lines: [],
    worstLines: [],
    setUpLines: [],
  })),
})

function counted(limits: Limits, steps: Steps, importSteps = 0): Measured {
  const verdict = judgeSteps(limits, raw(steps, importSteps))
  if (verdict === undefined) throw new Error('No probe says that.')
  const { part, at, counted, ...spent } = verdict
  return {
    spent: { budget: NAME, kind: 'steps', ...spent },
    steps: { part, ...(at === undefined ? {} : { at }), ...(counted === undefined ? {} : { counted }) },
  }
}

const REFERENCE: Steps = { average: [3, 3, 3], worst: [7, 9, 11], setUp: [640, 2_560, 10_240] }

/** What is shown of a submission, once the reference's costs have been written to a file and read again. */
function shown(limits: Limits, steps: Steps, reference = limits, importSteps = 0) {
  const course = mkdtempSync(join(tmpdir(), 'costs-'))
  onTestFinished(() => rmSync(course, { recursive: true }))
  const [ws, kata] = [{ course, root: course }, { path: '0-test/kata' } as Kata]
  mkdirSync(dirname(costsFile(ws, kata)), { recursive: true })
  writeFileSync(costsFile(ws, kata), costsText([counted(reference, REFERENCE)]))
  const [one] = besideReference([counted(limits, steps, importSteps)], readCosts(ws, kata))
  if (one === undefined || !('spent' in one)) throw new Error('Nothing was spent.')
  return { reference: one.spent.reference, values: one.spent.series?.reference?.map(({ value }) => value) }
}

const LIMITS: Limits = { steps: 'O(1)', worstCall: 'O(log n)', setUp: 'O(n)' }

test('an average stands beside an average', () => {
  const walks = { ...REFERENCE, average: SIZES }
  expect(shown(LIMITS, walks)).toEqual({ reference: 'O(1)', values: [3, 3, 3] })
  expect(shown(LIMITS, REFERENCE)).toEqual({ reference: 'O(1)', values: [3, 3, 3] })
})

test('a dearest call stands beside the dearest call, and setting up beside setting up', () => {
  const bursts = { ...REFERENCE, worst: SIZES }
  expect(shown(LIMITS, bursts)).toEqual({ reference: 'O(log n) steps in the worst call', values: [7, 9, 11] })
  const prepares = { ...REFERENCE, setUp: SIZES.map((n) => n * n) }
  expect(shown(LIMITS, prepares)).toEqual({ reference: 'O(n) steps to set up', values: [640, 2_560, 10_240] })
})

test('nothing stands there where the reference was not counted', () => {
  const bursts = { ...REFERENCE, worst: SIZES }
  expect(shown(LIMITS, bursts, { steps: 'O(1)' })).toEqual({ reference: undefined, values: undefined })
  // What a file does while it is loaded is no call: there is no figure of the reference for it.
  expect(shown(LIMITS, REFERENCE, LIMITS, 1_000_000).reference).toBeUndefined()
})

test('beside one figure above a ceiling stands one figure', () => {
  const limits: Limits = { steps: 'O(n)', ceiling: { says: '4 each', of: () => 4 } }
  const rises = { ...REFERENCE, average: [4, 5, 6] }
  expect(shown(limits, rises)).toEqual({ reference: '3 steps a call at n = 256', values: [3, 3, 3] })
})

test('what nobody promises is not written down', () => {
  expect(costsText([counted({ steps: 'O(1)' }, REFERENCE)])).not.toMatch(/worstCall|setUp/)
  expect(JSON.parse(costsText([counted(LIMITS, REFERENCE)]))[0].points[0]).toEqual({
    n: 64,
    value: 3,
    worstCall: 7,
    setUp: 640,
  })
})
