// Rings right and wrong in where they keep their words, measured as a submission would be.

import { parse } from 'acorn'
import { expect, test } from 'vitest'
import { openSession } from '../../sandbox/session.ts'
import { traceShared } from '../../sandbox/trace-shared.ts'
import { withFieldNames } from '../budgets/field-names.ts'
import { judgeSharedCacheLines } from '../budgets/shared-cache-lines.ts'
import { worstSharing } from './false-sharing.ts'
import { RING_BUDGETS, RINGS } from './ring-fixture.ts'
import { readRuns } from './touches.ts'

const SUBMISSION = 'kata:/katas/9-x/ring.ts'
const BUDGETS = 'kata:/graders/9-x/ring/budgets.ts'

async function measured(source: string, budget: number): Promise<unknown> {
  const session = openSession({}, undefined, 'threads')
  try {
    const program = parse(source, { ecmaVersion: 'latest', sourceType: 'module', locations: true })
    const loaded = await session.load({
      url: SUBMISSION,
      modules: { [SUBMISSION]: traceShared(source, program) },
      driver: { url: BUDGETS, modules: { [BUDGETS]: RING_BUDGETS } },
    })
    if (!loaded.alive || 'threw' in loaded) throw new Error(JSON.stringify(loaded))
    const answer = await session.measure(budget, { seed: 1 })
    if (!answer.alive || !('raw' in answer)) throw new Error(JSON.stringify(answer))
    return answer.raw
  } finally {
    session.kill()
  }
}

/** The worst figure of each ring: of operations called in turns, and of real threads. */
const FIGURES: Record<string, readonly [number, number]> = {
  naive: [2, 1],
  'naive, data beside': [2, 1.2],
  'indices cached, not padded': [2, 1.3],
  'padded to 64 bytes': [2, 1.3],
  padded: [0, 0],
  'padded, eager': [0, 0],
  'padded, data right behind the tail': [0.5, 0.5],
  'mask beside the tail': [1, 1],
  'mask beside the head': [1, 1],
  'mask on a line of its own': [0, 0],
  'plain loads and stores': [2, 1],
  'a count that both change': [0, 0],
  'hides its writes': [2, 1.3],
}

test.each(Object.entries(RINGS))('%s', { timeout: 60_000 }, async (name, source) => {
  const [turns, threads] = FIGURES[name] as readonly [number, number]
  for (const [budget, expected] of [turns, threads].entries()) {
    const raw = await measured(source, budget)
    const worst = Math.max(...(readRuns(raw) ?? []).map((run) => worstSharing(run).perOperation))
    const judged = judgeSharedCacheLines({ sharedCacheLines: 0 }, raw)
    expect(judged?.kept, `budget ${budget}: ${judged?.got}`).toBe(expected === 0)
    expect(worst).toBeGreaterThanOrEqual(0.9 * expected)
    expect(worst).toBeLessThanOrEqual(1.15 * expected)
  }
})

test('the same figures on every run', async () => {
  const [source] = [RINGS['naive'] as string]
  for (const budget of [0, 1]) expect(await measured(source, budget)).toEqual(await measured(source, budget))
})

test('the map names the words that share a line, who touches them, and where', async () => {
  const source = RINGS['mask beside the tail'] as string
  const judged = judgeSharedCacheLines({ sharedCacheLines: 0 }, await measured(source, 0))
  const lineOf = (text: string) => source.split('\n').findIndex((line) => line.includes(text)) + 1
  expect(judged).toMatchObject({ limit: '0 false misses an operation', got: '1.00 false misses an operation' })
  const [row, ...others] = judged?.cacheLines?.rows ?? []
  expect(others).toEqual([])
  expect(row?.words).toMatchObject([
    { byteOffset: 256, hot: true, writes: [1_000, 0], places: [{ line: lineOf('load(words, TAIL)') }, {}, {}] },
    { byteOffset: 260, hot: false, writes: [0, 0], places: [{ line: lineOf('const mask = words') }, {}] },
  ])
  const named = judged?.cacheLines === undefined ? undefined : withFieldNames(judged.cacheLines, source)
  expect(named?.rows[0]?.words.map(({ name }) => name)).toEqual(['TAIL', 'TAIL + 1'])
})

test('what no probe says is no figure', async () => {
  const raw = (await measured(RINGS['padded'] as string, 0)) as { threads: number; runs: Record<string, unknown>[] }
  const [run] = raw.runs
  const changed = (more: object) => ({ ...raw, runs: [{ ...run, ...more }] })
  expect(judgeSharedCacheLines({ sharedCacheLines: 0 }, changed({}))).toBeDefined()
  for (const wrong of [
    null,
    {},
    { ...raw, threads: 1 },
    { ...raw, threads: 1e9 },
    { ...raw, runs: [] },
    { ...raw, runs: Array(99).fill(run) },
    changed({ schedule: 1 }),
    changed({ sites: [0, -4, 4, 1] }),
    changed({ sites: [0, 0.5, 4, 1] }),
    changed({ sites: [] }),
    changed({ trace: new Uint8Array(4) }),
    changed({ trace: 'x' }),
    changed({ buffers: ['x'] }),
    changed({ sites: [0, 0, 2 ** 31, 1], trace: new Uint8Array([0, 0, 0]) }),
  ])
    expect(judgeSharedCacheLines({ sharedCacheLines: 0 }, wrong), JSON.stringify(wrong)?.slice(0, 80)).toBeUndefined()
})

test('words that the map has no row for are counted', async () => {
  const judged = judgeSharedCacheLines(
    { sharedCacheLines: 0 },
    await measured(RINGS['padded, data right behind the tail'] as string, 0),
  )
  const [row] = judged?.cacheLines?.rows ?? []
  const bytes = judged?.cacheLines?.lineBytes ?? 0
  expect(row?.words).toHaveLength(8)
  // Of four bytes each: no more than the line has room for.
  expect(row?.moreWords).toBeGreaterThan(0)
  expect(8 + (row?.moreWords ?? 0)).toBeLessThanOrEqual(bytes / 4)
})
