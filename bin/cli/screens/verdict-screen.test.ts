// The edges of the screen that no kata provokes: everything at once, hostile text, a narrow terminal. What it looks
// like in earnest is in fixtures/screens, by way of the real command line.

import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { VERDICTS } from '../../course/verdict.ts'
import type { Spent } from '../../judge/budgets/spent.ts'
import type { PromiseReport, Report } from '../../judge/report.ts'
import { columns } from '../columns.ts'
import { longGossip, twoLeaders } from '../space-time-runs-fixture.ts'
import { plotLines } from './spent-lines.ts'
import { verdictScreen, verdictWithoutCommands } from './verdict-screen.ts'

const LOOK = { width: 80, colour: false }
const REPLAY = 'npx kata check sliding-window-counter --seed 4294967295'

const broken = (name: string, more: Partial<PromiseReport> = {}): PromiseReport => ({
  name,
  kept: false,
  verdict: 'wrong-answer',
  counterexample: ['new Thing()', 'at +0 ms: take() → true'],
  expected: 'true',
  got: 'false',
  replay: REPLAY,
  ...more,
})
const report = (more: Partial<Report> = {}): Report => ({
  kata: 'sliding-window-counter',
  file: 'katas/2-foundation/sliding-window-counter.ts',
  verdict: 'wrong-answer',
  promises: [{ name: 'It begins empty', kept: true }, broken('A refusal takes nothing')],
  spent: [],
  seed: 4294967295,
  replay: REPLAY,
  ms: 123_456,
  revision: '0123456789ab',
  ...more,
})
const linesOf = (one: Report, width = 80) => verdictScreen(one, { width, colour: false }).split('\n')

const WORDS = 'a promise is kept when what it says is what one sees, and not otherwise, however long it takes to say '
const everything = (verdict: Report['verdict']): Report =>
  report({
    verdict,
    promises: Array.from({ length: 7 }, (_, i) =>
      broken(`${i} ${WORDS}`, {
        ...(i === 6 ? { untried: true as const } : { verdict: i === 5 ? 'wrong-answer' : verdict }),
        counterexample: Array.from({ length: 40 }, (_, call) => `call ${call}: ${WORDS}${WORDS}`),
        expected: WORDS.repeat(9),
        got: `TODO: ${'x'.repeat(999)}`,
        line: 46,
      }),
    ),
    ...(verdict === 'crashed' || verdict === 'timed-out' ? { reason: WORDS.repeat(2) } : {}),
    printed: Array.from({ length: 40 }, () => WORDS.repeat(3)),
  })

const STORIES = VERDICTS.filter((verdict) => !['accepted', 'rejected-source'].includes(verdict))

test.each(STORIES)('%s with everything at once fits 20 lines of 80 columns, and says what to type', (verdict) => {
  const lines = linesOf(everything(verdict))
  expect(lines.length).toBeLessThanOrEqual(20)
  for (const line of lines) expect(columns(line), line).toBeLessThanOrEqual(80)
  expect(lines.slice(-2).join()).toContain('npx kata')
})

test('a run is drawn in the place of the story, its end where there is no room for more', () => {
  for (const trace of [twoLeaders(), longGossip()]) {
    const { promises, ...more } = everything('wrong-answer')
    const lines = linesOf({ ...more, promises: promises.map((one) => ({ ...one, trace })) })
    expect(lines.length).toBeLessThanOrEqual(20)
    for (const line of lines) expect(columns(line), line).toBeLessThanOrEqual(80)
    expect(lines).toContain('trace   npx kata trace sliding-window-counter')
  }
  const alone = linesOf(report({ promises: [broken('It holds', { trace: twoLeaders() })] }))
  expect(alone).toContain(' 16▌ │                       ├─────── yes t1 ───────▶● role=LEADER')
  expect(alone.join()).not.toContain('new Thing()')
  // Another file's run is not kept.
  const other = verdictScreen(report({ promises: [broken('It holds', { trace: twoLeaders() })] }), LOOK, false)
  expect(other).not.toContain('kata trace')
})

test('many problems fit too, and how many are left is said', () => {
  const problem = { kind: 'type', line: 10, column: 5, message: WORDS.repeat(9) } as const
  const lines = linesOf(report({ verdict: 'rejected-source', promises: [], problems: Array(9).fill(problem) }))
  expect(lines.length).toBeLessThanOrEqual(20)
  expect(lines).toContain('  and 6 more')
})

test('a long story keeps its opening and its end, a long call its answer', () => {
  const calls = Array.from({ length: 30 }, (_, i) => `at +${i} ms: take() → true`)
  const long = `new Thing({ ${'option: 1_000_000, '.repeat(5)}})`
  const told = (counterexample: string[]) =>
    linesOf(report({ promises: [broken('It holds', { counterexample })] })).filter((line) => line.startsWith('    '))
  expect(told([long, ...calls])).toEqual([
    `    ${long.slice(0, 75)}…`,
    '    … 24 calls …',
    ...calls.slice(-6).map((line) => `    ${line}`),
  ])
  expect(told([`take(${'1_000_000, '.repeat(8)}) → true`]).join('')).toContain(') → true')
})

test('what comes from a submission drives no terminal', () => {
  const hostile = '\u001b[2J\u202eevil\r'
  const text = verdictScreen(
    report({
      file: `katas/${hostile}.ts`,
      promises: [broken('It holds', { counterexample: [hostile], expected: hostile, got: hostile, line: 1 })],
      printed: [hostile],
      reason: hostile,
    }),
    LOOK,
  )
  for (const command of ['\u001b', '\u202e', '\r']) expect(text).not.toContain(command)
  expect(text).toContain('evil')
})

test('promises that were not come to are not called broken', () => {
  const { verdict: _, ...untried } = broken('It is fair', { untried: true })
  const lines = linesOf(report({ promises: [broken('It holds'), untried] }))
  expect(lines).toContain('Not tried after that: It is fair')
  expect(lines.join()).not.toContain('Also broken')
})

test('colour changes no word', () => {
  const plain = verdictScreen(report(), LOOK)
  const coloured = verdictScreen(report(), { ...LOOK, colour: true })
  expect(coloured).not.toBe(plain)
  expect(stripVTControlCharacters(coloured)).toBe(plain)
})

test('on a narrow terminal only commands and places are wider', () => {
  for (const line of linesOf(everything('wrong-answer'), 40))
    if (!/npx kata|katas\//.test(line)) expect(columns(line), line).toBeLessThanOrEqual(40)
})

const dear: Spent = {
  budget: `${WORDS}${WORDS}`,
  kind: 'steps',
  kept: false,
  limit: WORDS,
  got: `O(n²) ${WORDS}`,
  reference: 'O(1) steps a call',
  series: {
    unit: 'steps a call',
    points: [64, 256, 123_456].map((n) => ({ n, value: n * n })),
    reference: [64, 256, 123_456].map((n) => ({ n, value: 3.5 })),
  },
  growsMost: { line: 12_345, growth: 'O(n²)', code: 'x'.repeat(200) },
  spendsMost: { line: 7, share: 0.987, code: WORDS },
  allocations: [1, 2, 3].map((line) => ({ line, share: 1 / 3, code: WORDS })),
  cacheLines: {
    lineBytes: 128,
    threads: ['thread 1', 'thread 2'],
    rows: [0, 128].map((startsAt) => ({
      startsAt,
      falseMisses: 1.987,
      words: Array.from({ length: 30 }, (_, i) => ({
        byteOffset: 4 * i,
        reads: [1_000_000, 0],
        writes: [0, 1_000_000],
        places: [{ line: 77, code: WORDS }],
        hot: i === 0,
      })),
    })),
  },
}
const keeps: PromiseReport = { name: 'It begins empty', kept: true }

test('over budget with everything at once fits 25 lines of 80 columns, and says what to type', () => {
  const { spendsMost: _, ...other } = dear
  const lines = linesOf(report({ verdict: 'over-budget', promises: [keeps], spent: [dear, other, other] }))
  expect(lines.length).toBeLessThanOrEqual(25)
  for (const line of lines) if (!/npx kata|katas\//.test(line)) expect(columns(line), line).toBeLessThanOrEqual(80)
  expect(lines.slice(0, 2).join('\n')).toContain('1 of 1 promises kept')
  expect(lines.join('\n')).toMatch(/Also over: [\s\S]*npx kata perf sliding-window-counter/)
})

test('a plot has one scale, and a number beside each bar', () => {
  const series = { unit: 'steps', points: [10, 100, 1_000].map((n) => ({ n, value: n })) }
  const lines = plotLines(series, LOOK)
  const bars = lines.slice(1).map((line) => (line.match(/[█▌]/g) ?? []).length)
  expect(bars).toEqual([1, 4, 40])
  expect(lines.slice(1).map((line) => line.split(' ').at(-1))).toEqual(['10', '100', '1,000'])
})

test('what was spent stands below what is accepted', () => {
  const kept = { ...dear, kept: true, got: '0 bytes a call', budget: 'A call makes no garbage' }
  const text = linesOf(report({ verdict: 'accepted', promises: [keeps], spent: [kept] })).join('\n')
  expect(text).toMatch(/^✓ 0 bytes a call {3}A call makes no garbage$/m)
})

const manyKept = Array.from({ length: 40 }, (_, i): Spent => {
  return { ...dear, kept: true, got: '0 bytes a call', budget: `Budget ${i}: ${WORDS}` }
})

test('budgets that an accepted file has no room for are counted, and what shows them is said', () => {
  const accepted = report({ verdict: 'accepted', promises: [keeps], spent: manyKept, printed: ['x'] })
  const lines = linesOf(accepted)
  expect(lines.length).toBeLessThanOrEqual(25)
  for (const line of lines) expect(columns(line), line).toBeLessThanOrEqual(80)
  const told = lines.filter((line) => line.startsWith('✓')).length
  expect(told).toBeGreaterThan(3)
  expect(lines).toContain(`… and ${40 - told} more: npx kata perf sliding-window-counter`)
  // None is told by half.
  expect(lines[lines.findIndex((line) => line.startsWith('… and')) - 1]).toMatch(/say\s*$/)
  const few = report({ verdict: 'accepted', promises: [keeps], spent: manyKept.slice(0, 3) })
  expect(linesOf(few).join()).not.toContain('more')
  // Another file is measured by its own command, and who has no command is told none.
  const from = { ...accepted, replay: 'npx kata check a --from b.ts --seed 1' }
  expect(verdictScreen(from, LOOK, false)).toContain('more: npx kata perf a --from b.ts --seed 1')
  expect(verdictWithoutCommands(accepted, LOOK)).toMatch(/^… and \d+ more$/m)
})

test('whatever an over-budget screen has no room for is counted, too', () => {
  const lines = linesOf(report({ verdict: 'over-budget', promises: [keeps], spent: [dear, dear, dear] }))
  expect(lines.filter((line) => /^ {2}… and \d+ lines more$/.test(line))).toHaveLength(2)
})
