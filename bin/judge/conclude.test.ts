import { expect, test } from 'vitest'
import type { PromiseResult } from '../../graders/kit/subjects.ts'
import type { Death } from '../sandbox/death.ts'
import { conclude } from './conclude.ts'
import type { Evidence } from './jobs.ts'
import { leadingPromise } from './report.ts'

const NAMES = ['It begins empty', 'It holds', 'It ends']
const evidence = (results: readonly PromiseResult[], more: Partial<Evidence> = {}): Evidence => ({
  id: 'a',
  promises: NAMES.map((name, i) => ({ name, seed: 1, result: results[i] ?? { kept: true } })),
  late: [],
  deaths: [],
  printed: [],
  ...more,
})
const concluded = (found: Evidence | undefined, fault?: string) =>
  conclude({
    kata: 'a-kata',
    file: 'a.ts',
    revision: 'r',
    seed: 1,
    ms: 0,
    promises: NAMES,
    replay: 'npx kata check a-kata --seed 1',
    problems: [],
    evidence: found,
    measured: [],
    fault,
  })

const broken: PromiseResult = { kept: false, kind: 'broken', story: ['a()'], expected: '1', got: '2' }
const threw = (message: string): PromiseResult => ({ kept: false, kind: 'threw', story: [], name: 'Error', message })
const fault: PromiseResult = { kept: false, kind: 'fault', message: 'TypeError: of the suite' }
const lost = (cause: Death): PromiseResult => ({ kept: false, kind: 'lost', story: [], cause })

test('the verdict is the gravest, and the leading promise and the reason are of that verdict', () => {
  const late = { name: 'Error', message: 'late' }
  const report = concluded(evidence([broken, fault, threw('TODO: end it')], { late: [late] }))
  expect(report).toMatchObject({ verdict: 'judge-error', reason: 'TypeError: of the suite' })
  expect(leadingPromise(report)?.name).toBe('It holds')

  const todo = concluded(evidence([broken, { kept: true }, threw('TODO: end it')]))
  expect(todo.verdict).toBe('todo')
  expect(todo).not.toHaveProperty('reason')
  expect(leadingPromise(todo)?.name).toBe('It ends')
})

test('runs that came to nothing are the submission’s doing where it breaks another promise, and ours where it does not', () => {
  const nothing: PromiseResult = { kept: false, kind: 'for-nothing', message: 'The runs were for nothing: lost is 0.' }
  const wrong = concluded(evidence([nothing, broken]))
  expect(wrong.verdict).toBe('wrong-answer')
  expect(leadingPromise(wrong)?.name).toBe('It holds')
  expect(wrong.promises[0]).toMatchObject({ kept: false, untried: true })
  const ours = concluded(evidence([nothing]))
  expect(ours).toMatchObject({ verdict: 'judge-error', reason: 'The runs were for nothing: lost is 0.' })
})

test('an error that came late is about no single promise', () => {
  const report = concluded(evidence([broken], { late: [{ name: 'Error', message: 'late' }] }))
  expect(report).toMatchObject({ verdict: 'crashed', reason: expect.stringContaining('Error: late') })
  expect(leadingPromise(report)).toBeUndefined()
})

test('promises that share one death were not tried; a death of its own is an answer', () => {
  const hung: Death = { cause: 'timed-out', why: 'No answer.' }
  const again: Death = { cause: 'crashed', why: 'It ended.' }
  const { promises } = concluded(evidence([lost(hung), lost(hung), lost(again)], { deaths: [hung, again] }))
  expect(promises.map(({ verdict, untried }) => untried ?? verdict)).toEqual(['timed-out', true, 'crashed'])
})

test('of a file that does not load no call is told', () => {
  const load = { name: 'Error', message: 'no', line: 3 }
  const thrown: PromiseResult = { kept: false, kind: 'threw', story: ['a()'], name: 'Error', message: 'no', line: 3 }
  const report = concluded(evidence([thrown, thrown, thrown], { load }))
  expect(report.promises[0]).toEqual({
    name: 'It begins empty',
    verdict: 'crashed',
    kept: false,
    expected: 'a file that loads',
    got: 'Error: no',
    line: 3,
    replay: 'npx kata check a-kata --seed 1',
  })
})

test('a run that is none is left out, and the promise is broken all the same', () => {
  const run = { nodes: ['a'], unit: 'ms', events: [{ at: 0, node: 0, what: 'boot' }] } as const
  const withRun = (trace: unknown) =>
    concluded(evidence([{ ...broken, trace } as PromiseResult])).promises[0] ?? { kept: true }
  expect(withRun(run)).toMatchObject({ verdict: 'wrong-answer', trace: run })
  const hostile = withRun({ ...run, nodes: [{ toString: 'a' }] })
  expect(hostile).toMatchObject({ verdict: 'wrong-answer', kept: false })
  expect(hostile).not.toHaveProperty('trace')
})

test('a suite and a lesson that disagree, and evidence that never came, are our fault', () => {
  const { promises } = evidence([])
  expect(concluded({ ...evidence([]), promises: promises.slice(1) })).toMatchObject({
    verdict: 'judge-error',
    reason: expect.stringContaining('It begins empty'),
  })
  expect(concluded(undefined, 'the suite does not load').verdict).toBe('judge-error')
  expect(concluded(evidence([])).verdict).toBe('accepted')
})
