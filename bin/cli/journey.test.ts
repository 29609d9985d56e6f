// A learner's way from the first command on, through the real command line. Time passes by making what is recorded
// older. The tests follow one another in one workspace, as a learner's days do.

import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  ASK_TWICE,
  ASK_TWICE_SOLUTION,
  type CourseCopy,
  courseCopy,
  rejected,
  SOLUTION,
} from './course-copy-fixture.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let copy: CourseCopy
let file: string
beforeAll(async () => {
  copy = await courseCopy()
  file = join(copy.ws, '.kata/progress.jsonl')
})
afterAll(() => copy?.[Symbol.dispose]())

interface Event {
  readonly at: string
  readonly type: string
  readonly verdict?: string
}
const events = (): Event[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Event)
    : []
const checks = () => events().filter(({ type }) => type === 'check')

function letPass(ms: number): void {
  const older = events().map((event) => ({ ...event, at: new Date(Date.parse(event.at) - ms).toISOString() }))
  writeFileSync(file, older.map((event) => `${JSON.stringify(event)}\n`).join(''))
}

const verdict = async (kata = 'token-bucket') => (await copy.json(['check', kata]))['verdict']
const hint = async () => {
  const { promise, rung } = await copy.json(['hint', 'token-bucket'])
  return [(promise as { number: number }).number, rung]
}
const next = async () => {
  const { kata, why, due } = await copy.json(['next'])
  return { kata, why, due }
}
const stateOf = async (kata: string) => {
  const list = (await copy.json(['list'])) as unknown as { kata: string; state: string; due: string | null }[]
  const found = list.find((one) => one.kata === kata)
  return found?.due ?? found?.state
}

test('the first kata is next; an empty stub that is judged is not yet begun', async () => {
  expect(await next()).toEqual({
    kata: 'token-bucket',
    why: 'First in volume 2; nothing before it is needed.',
    due: null,
  })
  expect(await verdict()).toBe('todo')
  expect(events()).toEqual([])
})

test('the hint follows the promise that fails, and climbs; a slip of the pen does not lose it', async () => {
  copy.write(rejected('wrong-answer.drifts'))
  expect(await verdict()).toBe('wrong-answer')
  expect(checks()).toMatchObject([{ verdict: 'wrong-answer', kept: 5, of: 7 }])
  expect([await hint(), await hint()]).toEqual([
    [2, 1],
    [2, 2],
  ])
  copy.write('export class {')
  expect(await verdict()).toBe('rejected-source')
  expect(await hint()).toEqual([2, 3])
  copy.write(rejected('wrong-answer.starts-empty'))
  await verdict()
  expect(await hint()).toEqual([1, 1])
  expect((await next()).why).toBe('You have begun token-bucket and not passed it yet.')
})

test('where only a budget is over, the hint is about costs; one that is asked for is still given', async () => {
  copy.write(rejected('over-budget.counts-in-big-integers'))
  expect(await verdict()).toBe('over-budget')
  const hints = [
    await copy.json(['hint', 'token-bucket']),
    await copy.json(['hint', 'token-bucket']),
    await copy.json(['hint', 'token-bucket']),
  ]
  expect(hints).toMatchObject([
    { promise: null, stage: 'What it costs', rung: 1, of: 2, why: 'a budget is over' },
    { promise: null, rung: 2 },
    { promise: null, rung: 2 },
  ])
  expect(hints[0]?.['text']).toContain('garbage')
  expect(hints[1]?.['text']).toContain('`over-budget.counts-in-big-integers`')
  expect(await copy.json(['hint', 'token-bucket', '--promise', '2'])).toMatchObject({ promise: { number: 2 } })
  copy.write('export class {')
  expect(await verdict()).toBe('rejected-source')
  expect(await copy.json(['hint', 'token-bucket'])).toMatchObject({ promise: null, why: 'a budget is over' })
})

test('before a pass the solution is shut; after it, solution and diff open and next moves on', async () => {
  expect((await copy.kata(['solution', 'token-bucket'])).code).toBe(64)
  copy.write(SOLUTION)
  expect(await verdict()).toBe('accepted')
  expect((await copy.kata(['solution', 'token-bucket'])).out).toBe(SOLUTION)
  expect(await copy.json(['diff', 'token-bucket'])).toMatchObject({ with: 'solution', same: true })
  expect((await copy.kata(['hint', 'token-bucket'])).err).toContain('kept every promise')
  expect(await next()).toMatchObject({ kata: 'ask-twice', why: 'It builds on token-bucket, which you passed.' })
  expect(events().some(({ type }) => type === 'reveal')).toBe(false)
})

test('reset and undo keep the work', async () => {
  await copy.kata(['reset', 'token-bucket'])
  expect(readFileSync(copy.file(), 'utf8')).toContain('TODO')
  await copy.kata(['reset', 'token-bucket', '--undo'])
  expect(readFileSync(copy.file(), 'utf8')).toBe(SOLUTION)
  expect(await stateOf('token-bucket')).toBe('passed')
})

test('giving up shows the solution, and a day later the kata is back, to be built from an empty stub', async () => {
  copy.write('// my attempt\n', `katas/${ASK_TWICE}.ts`)
  const gaveUp = await copy.kata(['solution', 'ask-twice', '--give-up'])
  expect(gaveUp.out).toContain('comes back tomorrow')
  expect((await copy.kata(['next'])).out).toMatch(/^Nothing is left to do today\.\nThe next kata comes back on /)
  copy.write(ASK_TWICE_SOLUTION, `katas/${ASK_TWICE}.ts`)
  expect(await verdict('ask-twice')).toBe('accepted')
  expect(await stateOf('ask-twice')).toBe('revealed') // that pass was the solution's

  letPass(25 * HOUR_MS)
  expect(await next()).toEqual({
    kata: 'ask-twice',
    why: 'You gave up on ask-twice yesterday: time to build it from an empty stub.',
    due: 'redo',
  })
  expect((await copy.kata(['next'])).out).toContain('npx kata redo ask-twice')
  expect((await copy.kata(['redo'])).out).toContain(`katas/${ASK_TWICE}.ts is the empty stub again.`)
  copy.write(ASK_TWICE_SOLUTION, `katas/${ASK_TWICE}.ts`)
  expect(await verdict('ask-twice')).toBe('accepted')
  expect(await stateOf('ask-twice')).toBe('passed')
})

test('a week after a pass comes the review; a failed one comes back in another week', async () => {
  letPass(7 * DAY_MS)
  expect(await next()).toMatchObject({ kata: 'token-bucket', due: 'review' })
  copy.write(rejected('wrong-answer.drifts'))
  expect(await verdict()).toBe('wrong-answer')
  expect(await stateOf('token-bucket')).toBe('passed')
  letPass(7 * DAY_MS)
  expect(await stateOf('token-bucket')).toBe('review')
  copy.write(SOLUTION)
  expect(await verdict()).toBe('accepted')
  letPass(7 * DAY_MS)
  expect(await stateOf('token-bucket')).toBe('passed')
})

test('a kata whose tests have changed asks for a recheck, and a pass settles it', async () => {
  appendFileSync(join(copy.course, 'graders/2-foundation/token-bucket/suite.test.ts'), '\n// sharper\n')
  expect(await stateOf('token-bucket')).toBe('recheck')
  expect((await copy.kata(['list'])).out).toContain('? token-bucket')
  expect(await verdict()).toBe('accepted')
  expect(await stateOf('token-bucket')).toBe('passed')
})

test('a torn last line is forgotten and swallows nothing; two checks at once are both recorded', async () => {
  const before = checks().length
  appendFileSync(file, '{"id":"torn","at":"2026-')
  const verdicts = await Promise.all([verdict(), verdict('ask-twice')])
  expect(verdicts).toEqual(['accepted', 'accepted'])
  const stats = await copy.json(['stats'])
  expect(stats).toMatchObject({ checks: before + 2, damagedLines: 1, passed: 2 })
})

test('the progress of another machine is added once', async () => {
  const other = join(copy.ws, 'laptop.jsonl')
  const at = new Date(Date.parse('2026-01-01T00:00:00Z')).toISOString()
  writeFileSync(
    other,
    `${JSON.stringify({ id: 'laptop-1', at, type: 'hint', kata: 'ask-twice', stage: 1, rung: 1 })}\n`,
  )
  expect((await copy.kata(['stats', '--merge', 'laptop.jsonl'])).out).toContain('1 event added from the other file.')
  expect(await copy.json(['stats', '--merge', 'laptop.jsonl'])).toMatchObject({ merged: { added: 0, skipped: 0 } })
})
