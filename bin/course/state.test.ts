import { expect, test } from 'vitest'
import { aKata } from './course-fixture.ts'
import type { EventType, ProgressEvent } from './progress.ts'
import { DAY_MS, deriveState } from './state.ts'

const kata = aKata('token-bucket', { path: '2-foundation/token-bucket' })
const START_MS = Date.parse('2026-03-01T10:00:00Z')

/** An event so many days after the start. */
const on = (day: number, type: EventType, fields: Readonly<Record<string, unknown>> = {}): ProgressEvent => ({
  id: `${day}-${type}`,
  at: new Date(START_MS + day * DAY_MS).toISOString(),
  type,
  kata: 'token-bucket',
  ...fields,
})
const check = (day: number, verdict: string, fields: Readonly<Record<string, unknown>> = {}) =>
  on(day, 'check', { verdict, seed: 1, kept: 3, of: 5, revision: 'r1', ...fields })
const pass = (day: number, revision = 'r1') => check(day, 'accepted', { revision, kept: 5 })

const stateAt = (day: number, ...events: ProgressEvent[]) =>
  deriveState(events, [kata], () => 'r1', START_MS + day * DAY_MS).get('token-bucket')
const dueDay = (...events: ProgressEvent[]) => ((stateAt(0, ...events)?.dueAtMs ?? Number.NaN) - START_MS) / DAY_MS

test('new, started, passed', () => {
  expect(stateAt(0)).toEqual({ state: 'new', attempts: 0, hints: new Map() })
  expect(stateAt(0, on(0, 'quiz'), on(0, 'estimate'))?.state).toBe('new')
  expect(stateAt(0, on(0, 'start'))?.state).toBe('started')
  expect(stateAt(0, check(0, 'wrong-answer', { promise: 'A refusal takes nothing' }))).toEqual({
    state: 'started',
    attempts: 1,
    hints: new Map(),
    lastCheck: {
      verdict: 'wrong-answer',
      seed: 1,
      kept: 3,
      of: 5,
      revision: 'r1',
      promise: 'A refusal takes nothing',
      atMs: START_MS,
    },
    failing: 'A refusal takes nothing',
  })
  expect(stateAt(0, check(0, 'wrong-answer'), pass(1), check(2, 'crashed'))).toMatchObject({
    state: 'passed',
    attempts: 3,
    passedAtMs: START_MS + DAY_MS,
    lastCheck: { verdict: 'crashed' },
  })
})

test('an empty stub is no attempt, and a fault of the judge is nothing at all', () => {
  expect(stateAt(0, check(0, 'todo'))).toMatchObject({ state: 'started', attempts: 0 })
  expect(stateAt(0, check(0, 'judge-error'))).toEqual({ state: 'new', attempts: 0, hints: new Map() })
})

test('a pass of another revision asks for a recheck, a pass of this one settles it', () => {
  expect(stateAt(0, pass(0, 'r0'))?.state).toBe('recheck')
  expect(stateAt(0, pass(0, 'r0'), pass(1))?.state).toBe('passed')
  // An event of another machine whose course was not yet updated.
  expect(stateAt(0, pass(0), pass(1, 'r0'))?.state).toBe('passed')
  expect(stateAt(0, on(0, 'check', { verdict: 'accepted' }))?.state).toBe('recheck')
})

test('revisions are computed for passed katas only', () => {
  const asked: string[] = []
  const katas = ['new', 'tried', 'gave-up', 'done'].map((slug) => aKata(slug))
  const events = [
    { ...check(0, 'wrong-answer'), kata: 'tried' },
    { ...pass(0), kata: 'gave-up' },
    { ...on(1, 'reveal'), kata: 'gave-up' },
    { ...pass(0), kata: 'done' },
  ]
  deriveState(events, katas, ({ slug }) => `${asked.push(slug)}`, START_MS)
  expect(asked).toEqual(['done'])
})

test('giving up schedules a redo a day later; until it is begun a pass does not count', () => {
  const gaveUp = [check(0, 'wrong-answer'), on(0, 'reveal')]
  expect(stateAt(0.9, ...gaveUp)).toMatchObject({ state: 'revealed', attempts: 1, dueAtMs: START_MS + DAY_MS })
  expect(stateAt(0.9, ...gaveUp)).not.toHaveProperty('due')
  expect(stateAt(1, ...gaveUp)).toMatchObject({ state: 'revealed', due: 'redo' })
  for (const day of [0.5, 2]) {
    expect(stateAt(2, ...gaveUp, pass(day))).toMatchObject({
      state: 'revealed',
      due: 'redo',
      dueAtMs: START_MS + DAY_MS,
    })
    expect(stateAt(3, ...gaveUp, pass(day), on(3, 'redo'))?.state).toBe('started')
  }
})

test('a redo starts afresh, and a pass after it clears the giving up', () => {
  const redone = [check(0, 'wrong-answer'), on(0, 'hint', { stage: 1, rung: 2 }), on(0, 'reveal'), on(1, 'redo')]
  expect(stateAt(2, ...redone)).toEqual({ state: 'started', attempts: 0, hints: new Map() })
  expect(stateAt(2, ...redone, check(1, 'crashed'), pass(2))).toMatchObject({ state: 'passed', attempts: 2 })
  expect(dueDay(...redone, pass(2))).toBe(9)
})

test('giving up after a pass takes the pass back', () => {
  expect(stateAt(9, pass(0), on(8, 'reveal'))).toMatchObject({ state: 'revealed', due: 'redo' })
  expect(stateAt(9, pass(0), on(8, 'reveal'), on(9, 'redo'))).toEqual({
    state: 'started',
    attempts: 0,
    hints: new Map(),
  })
})

test('the redo of a passed kata is practice: it stays passed and keeps its review', () => {
  expect(stateAt(3, pass(0), on(3, 'redo'))).toMatchObject({
    state: 'passed',
    attempts: 0,
    dueAtMs: START_MS + 7 * DAY_MS,
  })
})

test('reviews come back after 7, 30, 90, 180 days, each pass when due one rung further', () => {
  const passes = [pass(0)]
  for (const days of [7, 30, 90, 180, 180]) {
    const last = (Date.parse(passes.at(-1)!.at) - START_MS) / DAY_MS
    expect(dueDay(...passes)).toBe(last + days)
    passes.push(pass(last + days))
  }
})

test('a pass before it is due changes nothing, a late one counts from its own day', () => {
  expect(dueDay(pass(0), pass(6.9))).toBe(7)
  expect(dueDay(pass(0), pass(20))).toBe(50)
  expect(stateAt(6.9, pass(0))).not.toHaveProperty('due')
  expect(stateAt(7, pass(0))).toMatchObject({ state: 'passed', due: 'review' })
})

test('a failed check of a due review falls back to 7 days; one before it is due, an empty stub or our fault do not', () => {
  const reviewed = [pass(0), pass(7)]
  expect(dueDay(...reviewed, check(40, 'wrong-answer'))).toBe(47)
  expect(dueDay(...reviewed, check(40, 'wrong-answer'), pass(40.1), pass(47))).toBe(77)
  for (const verdict of ['todo', 'judge-error']) expect(dueDay(...reviewed, check(40, verdict))).toBe(37)
  expect(dueDay(...reviewed, check(36, 'wrong-answer'))).toBe(37)
})

test('a save under watch earns a review and never loses one', () => {
  const reviewed = [pass(0), pass(7)]
  const save = (day: number, verdict: string) => check(day, verdict, { watch: true })
  expect(dueDay(...reviewed, save(40, 'wrong-answer'))).toBe(37)
  expect(dueDay(...reviewed, save(40, 'wrong-answer'), save(40.1, 'accepted'))).toBe(130.1)
  expect(dueDay(...reviewed, check(40, 'wrong-answer', { watch: 'true' }))).toBe(47)
})

test('what a hint is about: the promise shown last, through sources that were refused, until all are kept', () => {
  const wrong = check(0, 'wrong-answer', { promise: 'A refusal takes nothing' })
  const refused = check(1, 'rejected-source', { kept: 0, of: 0 })
  expect(stateAt(2, wrong, refused)?.failing).toBe('A refusal takes nothing')
  expect(stateAt(2, wrong, refused, pass(2))).not.toHaveProperty('failing')
  expect(stateAt(2, wrong, on(1, 'redo'))).not.toHaveProperty('failing')
})

test('hints: the highest rung of each stage', () => {
  const hints = [
    on(0, 'hint', { stage: 2, rung: 1 }),
    on(0, 'hint', { stage: 1, rung: 3 }),
    on(0, 'hint', { stage: 1, rung: 2 }),
  ]
  expect(stateAt(0, ...hints)).toMatchObject({
    state: 'started',
    hints: new Map([
      [2, 1],
      [1, 3],
    ]),
  })
})

test('hostile events: fields of wrong types, unknown katas and verdicts change no state they should not', () => {
  const hostile = [
    { ...pass(0), kata: '__proto__' },
    { ...pass(0), kata: 'no-such-kata' },
    on(0, 'check', { verdict: 'ACCEPTED' }),
    on(0, 'check', { verdict: { toString: 'accepted' } }),
  ]
  expect(stateAt(0, ...hostile)?.state).toBe('new')
  expect(stateAt(0, on(0, 'hint', { stage: 1e9, rung: -1 }), on(0, 'hint', { stage: '1', rung: 5 }))?.hints).toEqual(
    new Map(),
  )
  const odd = check(0, 'crashed', { seed: '1', kept: Number.NaN, of: [], revision: 5, promise: '\u001b[2J' })
  expect(stateAt(0, odd)?.lastCheck).toEqual({
    verdict: 'crashed',
    seed: 0,
    kept: 0,
    of: 0,
    revision: '',
    promise: '\uFFFD[2J',
    atMs: START_MS,
  })
})

test('an event may name its kata by path', () => {
  expect(stateAt(0, { ...pass(0), kata: '2-foundation/token-bucket' })?.state).toBe('passed')
})
