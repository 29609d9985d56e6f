// Each promise is checked in a setting of its own, in which breaking another promise does not show: bursts inside one
// window, times on a grid that never meets a border, or two runs of one submission that must come to the same.

import { agree, fc, hiddenTest, holds, same, show } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)

type Options = Omit<driver.Script, 'calls'>

/** Two beginnings of time; the second is of a size that 32 bits do not hold. */
const baseMs = fc.constantFrom(0, 1_700_000_000_000)

const opening = (o: Options) =>
  `new SlidingWindowLog({ limit: ${show(o.limit)}, windowMs: ${show(o.windowMs)}, clock })` +
  (o.startMs === 0 ? '' : `  // made at ${show(o.startMs)} ms`)

const told = (o: Options, call: driver.Call) => {
  const afterMs = call.atMs - o.startMs
  const when = `at ${afterMs < 0 ? '' : '+'}${show(afterMs)} ms: `
  if ('ask' in call) return `${when}retryAfterMs()`
  return call.take === 1 ? `${when}tryAcquire()` : `${when}tryAcquire() × ${show(call.take)}, granted`
}

/** A single request is granted or not; of several, some number is. */
const said = (call: driver.Call, answer: number | undefined) =>
  'take' in call && call.take === 1 && answer !== undefined ? answer === 1 : answer

const tell = (s: driver.Script) => [opening(s), ...s.calls.map((call) => told(s, call))]

/** Steps for `agree`: `undefined` in `want` means that the contract says nothing of this answer here. */
const against = (s: driver.Script, got: number[], want: (number | undefined)[]) =>
  agree(
    opening(s),
    s.calls.map((call, i) => ({ call: told(s, call), got: said(call, got[i]), want: said(call, want[i] ?? got[i]) })),
  )

/** The model: every grant is kept for ever, and counted anew each time. */
function countedAt(grants: readonly number[], atMs: number, windowMs: number): number {
  return grants.filter((grantMs) => grantMs > atMs - windowMs && grantMs <= atMs).length
}

test('A burst is counted one by one', async ({ subject, forAll }) => {
  // All within the first half of a window: nothing has time to leave.
  const scripts = fc
    .record({
      baseMs,
      windowMs: fc.integer({ min: 2, max: 1_000 }),
      bursts: fc.array(fc.record({ place: fc.nat(), take: fc.integer({ min: 1, max: 9 }) }), {
        minLength: 1,
        maxLength: 6,
      }),
    })
    .map(({ baseMs, windowMs, bursts }) => {
      const startMs = baseMs - (baseMs % windowMs)
      const places = bursts.map(({ place }) => place % Math.floor(windowMs / 2)).sort((a, b) => a - b)
      return inOneWindow({ startMs, windowMs, bursts: bursts.map(({ take }, i) => [places[i] as number, take]) })
    })
  await forAll(scripts, subject.run, (s, got) => against(s, got, s.want), {
    tell,
    examples: [
      inOneWindow({ startMs: 0, windowMs: 1_000, bursts: [[0, 2]] }),
      inOneWindow({
        startMs: 1_700_000_000_000,
        windowMs: 1_000_000_000,
        bursts: [
          [0, 90],
          [7, 60],
        ],
      }),
    ],
  })
})

/** The bursts add up to the limit; then nothing more fits. */
function inOneWindow({ startMs, windowMs, bursts }: { startMs: number; windowMs: number; bursts: [number, number][] }) {
  const calls = bursts.map(([afterMs, take]) => ({ atMs: startMs + afterMs, take }))
  const limit = bursts.reduce((sum, [, take]) => sum + take, 0)
  const lastMs = calls.at(-1)?.atMs ?? startMs
  return {
    limit,
    windowMs,
    startMs,
    calls: [...calls, { atMs: lastMs, take: 1 }],
    want: [...bursts.map(([, n]) => n), 0],
  }
}

test('No window holds more than the limit, wherever it begins', async ({ subject, forAll }) => {
  // Requests that fit, and then one that may or may not. Times are whole tens and windows end in five, so that no request
  // ever meets the border of another's window.
  const scripts = fc
    .record({
      startMs: baseMs,
      limit: fc.integer({ min: 1, max: 8 }),
      tens: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constantFrom(1_000, 99_999_999)),
      gaps: fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
    })
    .map(({ startMs, limit, tens, gaps }) => {
      // On average a little denser than the limit allows.
      const spread = Math.max(1, Math.floor((1.6 * tens) / limit))
      return offGrid({ startMs, limit, windowMs: tens * 10 + 5, gaps: gaps.map((gap) => 10 + 10 * (gap % spread)) })
    })
  await forAll(scripts, subject.run, (s, got) => against(s, got, s.want), {
    tell,
    runs: 120,
    examples: [
      offGrid({ startMs: 0, limit: 1, windowMs: 105, gaps: [100, 10] }),
      offGrid({ startMs: 0, limit: 2, windowMs: 105, gaps: [90, 10, 10] }),
      offGrid({ startMs: 0, limit: 2, windowMs: 105, gaps: [10, 90, 20, 10] }),
      offGrid({ startMs: 0, limit: 1, windowMs: 105, gaps: [10, 110] }),
    ],
  })
})

function offGrid({ gaps, ...options }: Options & { gaps: number[] }): driver.Script & { want: number[] } {
  let atMs = options.startMs
  const grants: number[] = []
  const calls: driver.Call[] = []
  const want: number[] = []
  for (const [i, gap] of gaps.entries()) {
    atMs += gap
    const fits = countedAt(grants, atMs, options.windowMs) < options.limit
    if (fits) grants.push(atMs)
    if (!fits && i < gaps.length - 1) continue
    calls.push({ atMs, take: 1 })
    want.push(fits ? 1 : 0)
  }
  return { ...options, calls, want }
}

test('A place is free again exactly windowMs after it was taken', async ({ subject, forAll }) => {
  const scripts = fc
    .record({
      baseMs,
      limit: fc.integer({ min: 1, max: 6 }),
      extraMs: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.constant(999_999_000)),
      early: fc.boolean(),
    })
    .map(({ baseMs, limit, extraMs, early }) => atTheBorder({ baseMs, limit, windowMs: 2 * limit + extraMs, early }))
  const examples = [1, 2, 1_000_000_000].flatMap((windowMs) =>
    [true, false].map((early) => atTheBorder({ baseMs: 0, limit: 1, windowMs, early })),
  )
  await forAll(scripts, subject.run, (s, got) => against(s, got, s.want), { tell, examples })
})

/** All places are taken, in milliseconds of their own; then one is asked for as the first is due, or just before. */
function atTheBorder(p: { baseMs: number; limit: number; windowMs: number; early: boolean }) {
  const startMs = p.baseMs - (p.baseMs % p.windowMs)
  const taken = Array.from({ length: p.limit }, (_, i) => ({ atMs: startMs + i, take: 1 }))
  const atMs = startMs + p.windowMs - (p.early ? 1 : 0)
  return {
    limit: p.limit,
    windowMs: p.windowMs,
    startMs,
    calls: [...taken, { atMs, take: 1 }],
    want: [...taken.map(() => 1), p.early ? 0 : 1],
  }
}

test('A refusal leaves no trace', async ({ subject, forAll }) => {
  const windowMs = 200
  const round = fc.record({
    askFirst: fc.boolean(),
    refused: fc.array(fc.record({ tens: fc.integer({ min: 0, max: 4 }), ask: fc.boolean() }), { maxLength: 4 }),
    aheadMs: fc.option(fc.integer({ min: 0, max: 500 }), { nil: undefined }),
    knock: fc.boolean(),
    visits: fc.integer({ min: 1, max: 4 }),
    knocks: fc.nat({ max: 2 }),
  })
  const scripts = fc
    .record({ limit: fc.integer({ min: 1, max: 5 }), rounds: fc.array(round, { minLength: 1, maxLength: 3 }) })
    .map(({ limit, rounds }) => pestered({ limit, windowMs, rounds }))
  const once: Round = {
    askFirst: false,
    refused: [{ tens: 0, ask: false }],
    aheadMs: undefined,
    knock: false,
    visits: 1,
    knocks: 0,
  }
  await forAll(
    scripts,
    subject.twins,
    ({ one, extra }, got) => {
      const kept = one.calls.flatMap((call, i) => (extra[i] ? [] : [{ call, i }]))
      const wrong = kept.find(({ i }, n) => !same(got.one[i], got.other[n]))
      if (wrong === undefined) return
      const lines = one.calls.map(
        (call, i) => `${told(one, call)} → ${show(said(call, got.one[i]))}${extra[i] ? '  // extra' : ''}`,
      )
      holds(
        false,
        [opening(one), ...lines.slice(0, wrong.i + 1)],
        `${show(said(wrong.call, got.other[kept.indexOf(wrong)]))} at the end, as without the extra calls`,
        show(said(wrong.call, got.one[wrong.i])),
      )
    },
    {
      tell: ({ one }) => tell(one),
      examples: [
        pestered({ limit: 1, windowMs, rounds: [once] }),
        pestered({ limit: 2, windowMs, rounds: [once] }),
        pestered({ limit: 2, windowMs, rounds: [{ ...once, knock: true }] }),
        pestered({ limit: 1, windowMs, rounds: [{ ...once, askFirst: true, refused: [] }] }),
        pestered({ limit: 3, windowMs, rounds: [{ ...once, refused: [{ tens: 3, ask: true }], visits: 2 }] }),
        pestered({ limit: 2, windowMs, rounds: [{ ...once, refused: [], visits: 2, knocks: 1 }, once] }),
        pestered({ limit: 1, windowMs, rounds: [{ ...once, refused: [], aheadMs: 200, knock: true }] }),
        pestered({ limit: 1, windowMs, rounds: [{ ...once, refused: [], aheadMs: 300, visits: 2 }, once] }),
      ],
    },
  )
})

type Round = {
  askFirst: boolean
  refused: { tens: number; ask: boolean }[]
  /** the extra calls end with a question on a clock that runs so far ahead, and is put right again */
  aheadMs: number | undefined
  knock: boolean
  visits: number
  knocks: number
}

/**
 * In each round every place is taken, ten milliseconds apart; then come the extra calls, which can only be refused, and
 * perhaps a question at a time that then was not yet after all; then, as the first places fall free, visitors, who take
 * one or take all and go on knocking. What they get must not depend on the extra calls.
 */
function pestered({ limit, windowMs, rounds }: { limit: number; windowMs: number; rounds: Round[] }) {
  const calls: driver.Call[] = []
  const extra: boolean[] = []
  const add = (call: driver.Call, isExtra: boolean) => {
    calls.push(call)
    extra.push(isExtra)
  }
  for (const [i, round] of rounds.entries()) {
    const fromMs = i * 3 * windowMs
    const fullMs = fromMs + 10 * (limit - 1)
    if (round.askFirst) add({ atMs: fromMs, ask: true }, true)
    for (let place = 0; place < limit; place++) add({ atMs: fromMs + 10 * place, take: 1 }, false)
    for (const { tens, ask } of round.refused.toSorted((a, b) => a.tens - b.tens))
      add(ask ? { atMs: fullMs + 10 * tens, ask } : { atMs: fullMs + 10 * tens, take: 1 }, true)
    if (round.aheadMs !== undefined) add({ atMs: fullMs + 40 + round.aheadMs, ask: true }, true)
    if (round.knock) add({ atMs: fullMs + 50, take: 1 }, false)
    for (let visit = 0; visit < round.visits; visit++) {
      const atMs = fromMs + windowMs + 5 + 10 * visit
      add({ atMs, take: round.knocks > 0 ? limit + 1 : 1 }, false)
      for (let knock = 0; knock < round.knocks; knock++) add({ atMs, take: 1 }, true)
    }
  }
  const options = { limit, windowMs, startMs: 0 }
  return { one: { ...options, calls }, other: { ...options, calls: calls.filter((_, i) => !extra[i]) }, extra }
}

test('A clock that steps back is a clock that stands still', async ({ subject, forAll }) => {
  // Mostly by a few windows; now and then by more than any clock is put right by.
  const farMs = fc.oneof(
    { withCrossShrink: true },
    { weight: 9, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(-10_000, -1_000_000, -1_000_000_000) },
  )
  const byMs = fc.tuple(fc.integer({ min: -300, max: 120 }), farMs).map(([near, far]) => near + far)
  const move = fc.record({ byMs, act: fc.constantFrom<Act>(1, 2, 'ask') })
  const scripts = fc
    .record({
      limit: fc.integer({ min: 1, max: 5 }),
      windowMs: fc.integer({ min: 50, max: 150 }),
      moves: fc.array(move, { minLength: 1, maxLength: 12 }),
    })
    .map(wander)
  const by = (byMs: number, act: Act = 1) => ({ byMs, act })
  await forAll(
    scripts,
    subject.steppingBack,
    (s, got) =>
      agree(
        opening({ ...s, startMs: 0 }),
        got.map(({ call, behindMs, stepping, still }) => {
          // The wait is counted from what the clock shows, so it has the way up before it.
          const want = 'ask' in call && still > 0 ? still + behindMs : still
          return { call: told(s, call), got: said(call, stepping), want: said(call, want) }
        }),
      ),
    {
      tell,
      examples: [
        wander({ limit: 1, windowMs: 100, moves: [by(0), by(-1)] }),
        wander({ limit: 2, windowMs: 100, moves: [by(0), by(-600), by(200)] }),
        wander({ limit: 1, windowMs: 100, moves: [by(0), by(-100_000_000)] }),
        wander({ limit: 2, windowMs: 100, moves: [by(0), by(100), by(-40)] }),
        wander({ limit: 1, windowMs: 100, moves: [by(0), by(-30, 'ask')] }),
        wander({ limit: 2, windowMs: 100, moves: [by(0), by(100), by(-40, 'ask')] }),
      ],
    },
  )
})

type Act = 1 | 2 | 'ask'

function wander({ limit, windowMs, moves }: { limit: number; windowMs: number; moves: { byMs: number; act: Act }[] }) {
  const startMs = 1_700_000_000_000
  let atMs = startMs
  const calls = moves.map(({ byMs, act }): driver.Call => {
    atMs += byMs
    return act === 'ask' ? { atMs, ask: true } : { atMs, take: act }
  })
  return { limit, windowMs, startMs, calls }
}

test('The wait that it names is exact', async ({ subject, forAll }) => {
  const inputs = fc
    .record({
      startMs: baseMs,
      limit: fc.integer({ min: 1, max: 6 }),
      windowMs: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(60_000, 1_000_000_000)),
      visits: fc.array(fc.record({ part: fc.nat({ max: 600 }), take: fc.integer({ min: 1, max: 3 }) }), {
        maxLength: 8,
      }),
      laterPart: fc.nat({ max: 600 }),
    })
    .map(({ startMs, limit, windowMs, visits, laterPart }) => {
      // In thousandths of the window, so that a few visits fill it and some more outlast it.
      const msOf = (part: number) => Math.floor((part * windowMs) / 1_000)
      let atMs = startMs
      const calls = visits.map(({ part, take }) => {
        atMs += msOf(part)
        return { atMs, take }
      })
      return { limit, windowMs, startMs, calls: [...calls, { atMs: atMs + msOf(laterPart), take: 0 }] }
    })
  const example = (limit: number, times: number[], askMs: number): driver.Script => ({
    limit,
    windowMs: 100,
    startMs: 0,
    calls: [...times.map((atMs) => ({ atMs, take: 1 })), { atMs: askMs, take: 0 }],
  })
  const past = (s: driver.Script) => tell({ ...s, calls: s.calls.slice(0, -1) })
  const asked = (s: driver.Script) => [...past(s), told(s, { atMs: s.calls.at(-1)?.atMs ?? s.startMs, ask: true })]
  await forAll(
    inputs,
    subject.waits,
    (s, got) => {
      const story = [...past(s), `${asked(s).at(-1)} → ${show(got.waitMs)}`]
      holds(got.onTime !== undefined, story, 'a whole number of milliseconds, at least 0', show(got.waitMs))
      const onTime = [...story, `${show(got.waitMs)} ms later: tryAcquire() → ${show(got.onTime)}`]
      holds(got.onTime, onTime, 'true', show(got.onTime))
      const early = [...story, `${show(got.waitMs - 1)} ms later: tryAcquire() → ${show(got.early)}`]
      holds(got.early !== true, early, 'false: one millisecond less would not do', show(got.early))
    },
    {
      tell: asked,
      examples: [
        example(1, [0], 10),
        example(2, [0, 50], 60),
        example(3, [0, 50], 60),
        example(2, [0, 50, 120], 130),
        example(2, [0, 50], 100),
        example(1, [], 0),
      ],
    },
  )
})

test('Bad input is refused by name', async ({ forAll, subject }) => {
  const nonsense = fc.constantFrom(0, -1, 0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
  const [maxLimit, maxWindowMs] = [1_000_000, 1_000_000_000]
  const options = fc.oneof(
    fc.oneof(nonsense, fc.constant(maxLimit + 1)).map((limit) => ({ limit, windowMs: 1_000, name: 'limit' })),
    fc.oneof(nonsense, fc.constant(maxWindowMs + 1)).map((windowMs) => ({ limit: 5, windowMs, name: 'windowMs' })),
  )
  const made = (o: { limit: number; windowMs: number }) =>
    `new SlidingWindowLog({ limit: ${show(o.limit)}, windowMs: ${show(o.windowMs)}, clock })`
  await forAll(
    options,
    subject.construct,
    ({ name, ...o }, got) =>
      holds(
        'threw' in got && got.threw === 'RangeError' && got.message.includes(name),
        [made(o)],
        `throws RangeError naming ${name}`,
        'threw' in got ? `${got.threw}: ${got.message}` : show(got),
      ),
    {
      tell: (o) => [made(o)],
      examples: [
        { limit: 0, windowMs: 1_000, name: 'limit' },
        { limit: maxLimit + 1, windowMs: 1_000, name: 'limit' },
        { limit: 5, windowMs: 0, name: 'windowMs' },
        { limit: 5, windowMs: maxWindowMs + 1, name: 'windowMs' },
        { limit: 2.5, windowMs: 1_000, name: 'limit' },
        { limit: 5, windowMs: Number.NaN, name: 'windowMs' },
      ],
    },
  )
  const ends = fc.constantFrom(
    { limit: 1, windowMs: 1 },
    { limit: maxLimit, windowMs: 1 },
    { limit: 1, windowMs: maxWindowMs },
  )
  await forAll(
    ends,
    subject.construct,
    (o, got) => holds('returned' in got, [made(o)], 'a limiter: both are in their range', show(got)),
    {
      tell: (o) => [made(o)],
      runs: 1,
      examples: [
        { limit: 1, windowMs: 1 },
        { limit: maxLimit, windowMs: maxWindowMs },
      ],
    },
  )
})
