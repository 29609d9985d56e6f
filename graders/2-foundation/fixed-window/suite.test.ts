// Each promise is checked in a setting of its own, in which breaking another promise does not show: the promise that a
// learner is told about is the one that they broke. The tools for that: a first request exactly at the beginning of a
// window (so that a window that opens with it is no different), never the first millisecond of the next window unless
// that is the point, and windows left empty-handed (so that nothing could be carried over).

import { agree, fc, hiddenTest, holds, same, show } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)

const EPOCH_MS = 1_700_000_000_000
const windowMs = fc.oneof(fc.integer({ min: 5, max: 40 }), fc.constantFrom(1_000, 60_000, 86_400_000, 1_000_000_000))
/** Which window a story begins in: an early one, for stories that are easy to read, or one of today. */
const firstWindow = (lengthMs: number, today: boolean) => (today ? Math.floor(EPOCH_MS / lengthMs) : 2)

const opening = (s: driver.Script) =>
  `new FixedWindow({ limit: ${show(s.limit)}, windowMs: ${show(s.windowMs)}, clock })`

/** `window 2 + 250 ms`: 250 ms after the beginning of that window. */
const moment = (s: driver.Script, atMs: number) =>
  `window ${show(Math.floor(atMs / s.windowMs))} + ${show(atMs % s.windowMs)} ms`

const said = (count: driver.Count) => (count === 'unsaid' ? '' : show(count))

const told = (s: driver.Script, call: driver.Call) => {
  const when = `${moment(s, call.atMs)}: `
  if ('take' in call) return `${when}tryAcquire(${said(call.take)})`
  if ('ask' in call) return `${when}retryAfterMs(${said(call.ask)})`
  return `${when}remaining()`
}

const tell = (s: driver.Script) => [opening(s), ...s.calls.map((call) => told(s, call))]

/** A script that knows what each call must answer; `undefined`: that is the concern of another promise. */
type Judged = driver.Script & { want: (boolean | number | undefined)[] }

const against = (s: Judged, got: (boolean | number)[]) =>
  agree(
    opening(s),
    s.calls.map((call, i) => ({ call: told(s, call), got: got[i], want: s.want[i] ?? got[i] })),
  )

/** Writes a script call by call, next to what it must answer. */
function scribe(limit: number, lengthMs: number, startMs: number) {
  const script: Judged = { limit, windowMs: lengthMs, startMs, calls: [], want: [] }
  const add = (call: driver.Call, want: boolean | number | undefined) => {
    script.calls.push(call)
    script.want.push(want)
  }
  return {
    script,
    take: (atMs: number, take: driver.Count, want: boolean) => add({ atMs, take }, want),
    ask: (atMs: number, ask: driver.Count, want: number) => add({ atMs, ask }, want),
    left: (atMs: number, want?: number) => add({ atMs, left: true }, want),
  }
}

test('Each window grants its limit, and no more', async ({ subject, forAll }) => {
  // One window only. Whatever fits is granted, down to the last one; the first request that does not fit is the last call.
  type Plan = { lengthMs: number; today: boolean; chunks: number[]; room: number; over: number; offsets: number[] }
  const write = ({ lengthMs, today, chunks, room, over, offsets }: Plan) => {
    const limit = chunks.reduce((a, b) => a + b, 0) + room
    const beginMs = firstWindow(lengthMs, today) * lengthMs
    const times = [...chunks, over].map((_, i) => beginMs + ((offsets[i] ?? 0) % lengthMs)).sort((a, b) => a - b)
    const { script, take } = scribe(limit, lengthMs, times[0] as number)
    for (const [i, chunk] of chunks.entries()) take(times[i] as number, chunk, true)
    take(times.at(-1) as number, room + over, false)
    return script
  }
  const plans = fc.record({
    lengthMs: windowMs,
    today: fc.boolean(),
    chunks: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }),
    room: fc.nat({ max: 3 }),
    // Mostly a few too many; now and then more than the limit by far, or than 32 bits hold.
    over: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 5 }) },
      { weight: 1, arbitrary: fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 40) },
    ),
    offsets: fc.array(fc.nat(), { maxLength: 9 }),
  })
  const { script: unsaid, take } = scribe(2, 1_000, 2_000)
  for (const want of [true, true, false]) take(2_000, 'unsaid', want)
  const example = (chunks: number[], room: number, lengthMs = 1_000, over = 1) =>
    write({ lengthMs, today: false, chunks, room, over, offsets: [] })
  await forAll(plans.map(write), subject.run, against, {
    tell,
    examples: [
      example([1], 0),
      unsaid,
      example([2], 1),
      example([999_999_999], 1),
      example([1_000_000_000], 0, 1_000_000_000),
      example([1], 0, 1_000, 2 ** 31),
    ],
  })
})

test('Windows begin at the multiples of their length', async ({ subject, forAll }) => {
  // Made in the middle of a window, first used in the middle of a window: both must be without effect.
  type Plan = { lengthMs: number; today: boolean; limit: number; made: number; first: number; windows: number }
  const write = ({ lengthMs, today, limit, made, first, windows }: Plan) => {
    const beginMs = firstWindow(lengthMs, today) * lengthMs
    const [madeAt, firstAt] = [2 + (made % (lengthMs - 3)), 2 + (first % (lengthMs - 3))].sort((a, b) => a - b)
    const { script, take } = scribe(limit, lengthMs, beginMs + (madeAt as number))
    for (let i = 0; i < windows; i++) {
      take(beginMs + i * lengthMs + (i === 0 ? (firstAt as number) : 1), limit, true)
      take(beginMs + i * lengthMs + lengthMs - 1, 1, false)
    }
    return script
  }
  const plans = fc.record({
    lengthMs: windowMs,
    today: fc.boolean(),
    limit: fc.integer({ min: 1, max: 9 }),
    made: fc.nat(),
    first: fc.nat(),
    windows: fc.integer({ min: 2, max: 4 }),
  })
  await forAll(plans.map(write), subject.run, against, {
    tell,
    examples: [write({ lengthMs: 1_000, today: false, limit: 1, made: 498, first: 498, windows: 2 })],
  })
})

test('Every window starts afresh', async ({ subject, forAll }) => {
  // On its first millisecond a window grants its whole limit and no more, whatever the one before has used or left.
  type Plan = { lengthMs: number; first: number; limit: number; rounds: { use: number; last: number; skip: number }[] }
  const write = ({ lengthMs, first: window, limit, rounds }: Plan) => {
    let beginMs = window * lengthMs
    const { script, take } = scribe(limit, lengthMs, beginMs)
    for (const { use, last, skip } of rounds) {
      const first = 1 + (use % limit)
      take(beginMs, first, true)
      const more = last % (limit - first + 1)
      if (more > 0) take(beginMs + lengthMs - 1, more, true)
      if (first + more === limit) take(beginMs + lengthMs - 1, 1, false)
      beginMs += skip * lengthMs
    }
    take(beginMs, limit, true)
    take(beginMs, 1, false)
    return script
  }
  const plans = fc.record({
    lengthMs: windowMs,
    first: fc.constantFrom(2, 0, 1_700_000),
    limit: fc.integer({ min: 1, max: 12 }),
    rounds: fc.array(fc.record({ use: fc.nat(), last: fc.nat(), skip: fc.integer({ min: 1, max: 3 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  const example = (limit: number, use: number, last: number, first = 2) =>
    write({ lengthMs: 1_000, first, limit, rounds: [{ use, last, skip: 1 }] })
  await forAll(plans.map(write), subject.run, against, {
    tell,
    examples: [example(1, 0, 0), example(1, 0, 0, 0), example(100, 0, 99), example(100, 0, 0)],
  })
})

test('A refusal is not counted', async ({ subject, forAll }) => {
  // One window, with and without requests that are too large for what is left: what differs is what the refusals did.
  const limit = 100
  const scripts = fc
    .record({
      lengthMs: windowMs,
      visits: fc.array(
        fc.record({
          take: fc.integer({ min: 1, max: 30 }),
          refused: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 3 }),
        }),
        { minLength: 1, maxLength: 8 },
      ),
    })
    .map(({ lengthMs, visits }) => {
      const atMs = firstWindow(lengthMs, false) * lengthMs
      let room = limit
      const calls: driver.Call[] = []
      const extra: driver.Call[][] = []
      for (const visit of visits) {
        extra.push(visit.refused.map((more) => ({ atMs, take: room + more })))
        calls.push({ atMs, take: visit.take })
        if (visit.take <= room) room -= visit.take
      }
      return { script: { limit, windowMs: lengthMs, startMs: atMs, calls }, extra }
    })
  type Compared = { script: driver.Script; extra: driver.Call[][] }
  const story = ({ script, extra }: Compared) => [
    opening(script),
    ...script.calls.flatMap((call, i) => [...(extra[i] ?? []), call].map((one) => told(script, one))),
  ]
  const atMs = 2_000
  const example = (first: number, tooMany: number, then: number): Compared => ({
    script: {
      limit,
      windowMs: 1_000,
      startMs: atMs,
      calls: [
        { atMs, take: first },
        { atMs, take: then },
      ],
    },
    extra: [[], [{ atMs, take: tooMany }]],
  })
  await forAll(
    scripts,
    subject.compare,
    (input, got) => {
      // A request that was granted although it did not fit is another promise's concern.
      if (got.extra.includes(true)) return
      const at = got.with.findIndex((answer, i) => !same(answer, got.without[i]))
      if (at < 0) return
      const upTo = { script: { ...input.script, calls: input.script.calls.slice(0, at + 1) }, extra: input.extra }
      holds(false, story(upTo), `${show(got.without[at])} at the end, as without the refused calls`, show(got.with[at]))
    },
    { tell: story, examples: [example(98, 5, 2), example(1, 101, 99)] },
  )
})

test('A clock that steps back stays in the latest window', async ({ subject, forAll }) => {
  // The clock reaches a window at its very beginning, where somebody takes some or only looks; it wanders about in it and
  // before it, and goes on by two windows or more. What is left of the window is granted wherever the clock is; what is
  // used stays used. Everything in whole seconds, so that a wait that is rounded to seconds does not show here.
  type Act = 'take' | 'ask' | 'left'
  type Move = { toS: number; do: Act; count: number }
  type Visit = { by: Act; use: number; moves: Move[]; skip: number }
  type Plan = { lengthS: number; today: boolean; limit: number; visits: Visit[] }
  const write = ({ lengthS, today, limit, visits }: Plan) => {
    const lengthMs = lengthS * 1_000
    let beginMs = Math.max(4, firstWindow(lengthMs, today)) * lengthMs
    const { script, take, ask, left } = scribe(limit, lengthMs, beginMs)
    for (const { by, use, moves, skip } of visits) {
      let room = by === 'take' ? limit - 1 - (use % limit) : limit
      let refused = false
      if (by === 'take') take(beginMs, limit - room, true)
      else if (by === 'ask') ask(beginMs, 1, 0)
      else left(beginMs)
      for (const move of moves) {
        const atMs = Math.max(lengthMs, beginMs + Math.min(move.toS, lengthS - 1) * 1_000)
        // Not after a refusal: one that was counted shows in what remains.
        if (move.do === 'left' && !refused) left(atMs, room)
        else if (move.do === 'ask')
          ask(atMs, 1 + (move.count % limit), 1 + (move.count % limit) <= room ? 0 : beginMs + lengthMs - atMs)
        else if (room === 0) {
          take(atMs, 1, false)
          refused = true
        } else {
          const count = 1 + (move.count % room)
          take(atMs, count, true)
          room -= count
        }
      }
      if (room > 0) take(beginMs, room, true)
      beginMs += skip * lengthMs
    }
    take(beginMs, limit, true)
    return script
  }
  // Mostly by a few windows; now and then by more than any clock is put right by.
  const farS = fc.oneof(
    { withCrossShrink: true },
    { weight: 9, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(-10_000, -1_000_000, -1_000_000_000) },
  )
  const act = fc.constantFrom<Act>('take', 'ask', 'left')
  const move = fc.record({
    toS: fc.tuple(fc.integer({ min: -40, max: 20 }), farS).map(([near, far]) => near + far),
    do: act,
    count: fc.nat(),
  })
  const plans = fc.record({
    lengthS: fc.integer({ min: 3, max: 20 }),
    today: fc.boolean(),
    limit: fc.integer({ min: 1, max: 9 }),
    visits: fc.array(
      fc.record({
        by: act,
        use: fc.nat(),
        moves: fc.array(move, { minLength: 1, maxLength: 5 }),
        skip: fc.integer({ min: 2, max: 4 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  const visit = (by: Act, use: number, ...moves: [toS: number, what: Act, count?: number][]): Visit => ({
    by,
    use,
    moves: moves.map(([toS, what, count = 0]) => ({ toS, do: what, count })),
    skip: 2,
  })
  const example = (limit: number, use: number, ...moves: [toS: number, what: Act, count?: number][]) =>
    write({ lengthS: 10, today: false, limit, visits: [visit('take', use, ...moves)] })
  const looked = (by: Act) =>
    write({ lengthS: 10, today: false, limit: 1, visits: [visit('take', 0), visit(by, 0, [-1, 'take'])] })
  await forAll(plans.map(write), subject.run, against, {
    tell,
    examples: [
      example(1, 0, [-1, 'take']),
      example(1, 0, [-1, 'ask'], [0, 'take']),
      example(1, 0, [-1, 'ask']),
      example(1, 0, [-1, 'take'], [9, 'take']),
      example(5, 1, [-1, 'left'], [-12, 'take', 2]),
      looked('left'),
      looked('ask'),
      write({ lengthS: 10, today: true, limit: 1, visits: [visit('take', 0, [-1_000_000, 'take'])] }),
    ],
  })
})

test('What remains is what it would grant', async ({ subject, forAll }) => {
  // Every window is used up before the clock goes on, and the next is looked at before anything else is done in it.
  type Plan = {
    lengthMs: number
    today: boolean
    limit: number
    windows: { takes: number[]; skip: number; offset: number }[]
  }
  const write = ({ lengthMs, today, limit, windows }: Plan) => {
    let window = firstWindow(lengthMs, today)
    let atMs = window * lengthMs
    const { script, take, left } = scribe(limit, lengthMs, atMs)
    for (const { takes, skip, offset } of windows) {
      left(atMs, limit)
      let room = limit
      for (const some of takes) {
        if (room === 0) break
        const count = 1 + (some % room)
        take(atMs, count, true)
        room -= count
        left(atMs, room)
      }
      if (room > 0) take(atMs, room, true)
      window += skip
      atMs = window * lengthMs + 1 + (offset % (lengthMs - 1))
    }
    left(atMs, limit)
    return script
  }
  const plans = fc.record({
    lengthMs: windowMs,
    today: fc.boolean(),
    limit: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(1_000_000_000)),
    windows: fc.array(
      fc.record({
        takes: fc.array(fc.nat(), { maxLength: 3 }),
        skip: fc.integer({ min: 2, max: 4 }),
        offset: fc.nat(),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  await forAll(plans.map(write), subject.run, against, {
    tell,
    examples: [
      write({ lengthMs: 1_000, today: false, limit: 3, windows: [{ takes: [], skip: 1, offset: 499 }] }),
      write({ lengthMs: 1_000, today: false, limit: 1, windows: [] }),
    ],
  })
})

test('The wait that it names is exact', async ({ subject, forAll }) => {
  // One window is used from its beginning on; later somebody asks, in the same window or in one after the next.
  type Plan = {
    lengthMs: number
    today: boolean
    limit: number
    used: number
    asks: { atMs: number; count: number }[]
    skip: number
  }
  const write = ({ lengthMs, today, limit, used, asks, skip }: Plan) => {
    const beginMs = firstWindow(lengthMs, today) * lengthMs
    const { script, take, ask } = scribe(limit, lengthMs, beginMs)
    ask(beginMs, limit, 0)
    ask(beginMs, limit + 1, Number.POSITIVE_INFINITY)
    const count = 1 + (used % limit)
    take(beginMs, count, true)
    const later = asks.map((a) => ({ ...a, atMs: a.atMs % lengthMs })).sort((a, b) => a.atMs - b.atMs)
    for (const a of later) {
      const waitMs = a.count <= limit - count ? 0 : a.count <= limit ? lengthMs - a.atMs : Number.POSITIVE_INFINITY
      ask(beginMs + a.atMs, a.count, waitMs)
    }
    ask(beginMs + skip * lengthMs + 1, limit, 0)
    return script
  }
  const aCount = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 14 }) },
    { weight: 1, arbitrary: fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 40) },
  )
  const plans = fc.record({
    lengthMs: windowMs,
    today: fc.boolean(),
    limit: fc.integer({ min: 1, max: 12 }),
    used: fc.nat(),
    asks: fc.array(fc.record({ atMs: fc.nat(), count: aCount }), { maxLength: 4 }),
    skip: fc.integer({ min: 1, max: 3 }),
  })
  const { script: unsaid, ask, take } = scribe(2, 1_000, 2_000)
  for (const want of [0, 0, 1_000]) {
    ask(2_000, 'unsaid', want)
    if (want === 0) take(2_000, 1, true)
  }
  const example = (limit: number, used: number, ...asks: [atMs: number, count: number][]) =>
    write({ lengthMs: 1_000, today: false, limit, used, asks: asks.map(([atMs, count]) => ({ atMs, count })), skip: 1 })
  await forAll(plans.map(write), subject.run, against, {
    tell,
    examples: [example(1, 0, [250, 1]), unsaid, example(5, 1, [999, 3], [999, 4]), example(5, 1, [1, 6])],
  })
})

test('Bad input is refused by name and changes nothing', async ({ subject, forAll }) => {
  const nonsense = fc.constantFrom(0, -1, -5, 0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
  const isRefusal = (answer: object | undefined, name: string) =>
    answer !== undefined &&
    'threw' in answer &&
    answer.threw === 'RangeError' &&
    'message' in answer &&
    String(answer.message).includes(name)

  type Misuse = { limit: number; calls: ({ take: number } | { ask: number })[] }
  const thenFill = ({ limit, calls }: Misuse): Misuse => ({ limit, calls: [...calls, { take: limit }, { take: 1 }] })
  const badCall = fc.oneof(
    nonsense.map((take) => ({ take })),
    nonsense.map((ask) => ({ ask })),
  )
  const misuses = fc
    .record({ limit: fc.integer({ min: 1, max: 9 }), calls: fc.array(badCall, { minLength: 1, maxLength: 5 }) })
    .map(thenFill)
  const made = ({ limit }: Misuse) => `new FixedWindow({ limit: ${limit}, windowMs: 1000, clock })`
  const asked = (call: Misuse['calls'][number]) =>
    'take' in call ? `tryAcquire(${show(call.take)})` : `retryAfterMs(${show(call.ask)})`
  await forAll(
    misuses,
    subject.misuse,
    (input, { answers, undisturbed }) => {
      const bad = input.calls.length - 2
      const refusal = { threw: 'RangeError naming count' }
      agree(
        made(input),
        input.calls.map((call, i) => ({
          call: asked(call),
          got: i < bad && isRefusal(answers[i], 'count') ? refusal : answers[i],
          want: i < bad ? refusal : undisturbed[i - bad],
        })),
      )
    },
    {
      tell: (input) => [made(input), ...input.calls.map(asked)],
      examples: [
        thenFill({ limit: 3, calls: [{ take: -5 }] }),
        thenFill({ limit: 3, calls: [{ take: 1.5 }] }),
        thenFill({ limit: 3, calls: [{ take: Number.NaN }] }),
        thenFill({ limit: 1, calls: [{ ask: 0 }] }),
      ],
    },
  )

  const outOfRange = fc.oneof(nonsense, fc.constant(1_000_000_001))
  type Options = { limit: number; windowMs: number; name: string }
  const asLimit = (limit: number): Options => ({ limit, windowMs: 1, name: 'limit' })
  const asWindow = (windowMs: number): Options => ({ limit: 1, windowMs, name: 'windowMs' })
  await forAll(
    fc.oneof(outOfRange.map(asLimit), outOfRange.map(asWindow)),
    subject.construct,
    ({ limit, windowMs, name }, got) =>
      holds(
        isRefusal(got, name),
        [`new FixedWindow({ limit: ${show(limit)}, windowMs: ${show(windowMs)}, clock })`],
        `throws RangeError naming ${name}`,
        'message' in got ? `${show(got)}: ${got.message}` : show(got),
      ),
    {
      examples: [asLimit(0), asWindow(0), asLimit(1_000_000_001), asWindow(1_000_000_001), asLimit(1.5), asWindow(1.5)],
    },
  )
})
