// Each promise is checked in a setting of its own, in which breaking another promise does not show: the promise that a
// learner is told about is the one that they broke.

import { agree, fc, hiddenTest, holds, same, show } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)

const startMs = fc.constantFrom(0, 1_000, 1_700_000_000_000)
const rate = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(100, 999, 1_000, 1_000_000, 1_000_000_000))

const opening = (s: driver.Script) =>
  `new TokenBucket({ capacity: ${show(s.capacity)}, refillPerSecond: ${show(s.refillPerSecond)}, clock })`

const told = (s: driver.Script, call: driver.Call) => {
  const afterMs = call.atMs - s.startMs
  const when = `at ${afterMs < 0 ? '' : '+'}${show(afterMs)} ms: `
  if ('take' in call) return `${when}tryTake(${counted(call.take)})`
  if ('ask' in call) return `${when}retryAfterMs(${counted(call.ask)})`
  return `${when}tryTake() until refused, granted`
}

/** The driver says nothing where it means one. */
const counted = (count: number) => (count === 1 ? '' : show(count))

const tell = (s: driver.Script) => [opening(s), ...s.calls.map((call) => told(s, call))]

/** Steps for `agree`: `undefined` in `want` means that the contract says nothing of this answer here. */
const against = (s: driver.Script, got: (boolean | number)[], want: (boolean | number | undefined)[]) =>
  agree(
    opening(s),
    s.calls.map((call, i) => ({ call: told(s, call), got: got[i], want: want[i] === undefined ? got[i] : want[i] })),
  )

test('A new bucket grants its whole capacity at once, and no more', async ({ subject, forAll }) => {
  const scripts = fc
    .record({
      startMs,
      refillPerSecond: rate,
      chunks: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }),
    })
    .map(({ startMs, refillPerSecond, chunks }) => ({
      startMs,
      refillPerSecond,
      capacity: chunks.reduce((a, b) => a + b, 0),
      calls: [...chunks, 1].map((take) => ({ atMs: startMs, take })),
    }))
  await forAll(
    scripts,
    subject.run,
    (s, got) =>
      against(
        s,
        got,
        s.calls.map((_, i) => i < s.calls.length - 1),
      ),
    {
      tell,
      examples: [
        {
          startMs: 0,
          refillPerSecond: 1,
          capacity: 1,
          calls: [
            { atMs: 0, take: 1 },
            { atMs: 0, take: 1 },
          ],
        },
        {
          startMs: 0,
          refillPerSecond: 1_000_000_000,
          capacity: 1_000_000_000,
          calls: [
            { atMs: 0, take: 1_000_000_000 },
            { atMs: 0, take: 1 },
          ],
        },
      ],
    },
  )
})

test('Tokens come back at the refill rate, to the thousandth', async ({ subject, forAll }) => {
  // An emptied bucket is looked at now and then, and asked for k tokens on the first millisecond that they are all there,
  // or on the one before.
  const scripts = fc
    .record({
      startMs,
      refillPerSecond: rate,
      wanted: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 1, max: 40 }) },
        { weight: 1, arbitrary: fc.integer({ min: 100_000, max: 1_000_000 }) },
      ),
      spare: fc.integer({ min: 0, max: 5 }),
      looks: fc.array(fc.nat(), { maxLength: 12 }),
      early: fc.boolean(),
    })
    .map(
      ({
        startMs,
        refillPerSecond,
        wanted,
        spare,
        looks,
        early,
      }): driver.Script & { want: (boolean | undefined)[] } => {
        const dueMs = firstMsWith(wanted, refillPerSecond)
        const atMs = startMs + dueMs - (early ? 1 : 0)
        const capacity = wanted + spare
        const times = looks.map((n) => n % Math.max(1, atMs - startMs)).sort((a, b) => a - b)
        const calls: driver.Call[] = [
          { atMs: startMs, take: capacity },
          ...times.map((afterMs) => ({ atMs: startMs + afterMs, ask: 1 })),
          { atMs, take: wanted },
        ]
        return { startMs, refillPerSecond, capacity, calls, want: [...calls.slice(1).map(() => undefined), !early] }
      },
    )
  await forAll(scripts, subject.run, (s, got) => against(s, got, s.want), {
    tell,
    examples: [
      polled({ refillPerSecond: 3, everyMs: 100, looks: 3, wanted: 1 }),
      polled({ refillPerSecond: 100, everyMs: 290, looks: 0, wanted: 29 }),
      polled({ refillPerSecond: 7, everyMs: 1, looks: 142, wanted: 1 }),
      // A thousand million milliseconds at once: a long absence earns as much as many short ones.
      polled({ refillPerSecond: 1, everyMs: 1_000_000_000, looks: 0, wanted: 1_000_000 }),
    ],
  })
  // A thousand million milliseconds of being looked at, and still to the thousandth.
  const far = polled({ refillPerSecond: 3, everyMs: 9_999_991, looks: 99, wanted: 2_999_997 })
  await forAll(fc.constant(far), subject.run, (s, got) => against(s, got, s.want), { tell, runs: 1 })
})

/** The first millisecond on which an empty bucket holds that many tokens, counted with integers of any size. */
function firstMsWith(tokens: number, refillPerSecond: number): number {
  const [missing, perMs] = [BigInt(tokens) * 1000n, BigInt(refillPerSecond)]
  return Number((missing + perMs - 1n) / perMs)
}

function polled(p: { refillPerSecond: number; everyMs: number; looks: number; wanted: number }): driver.Script & {
  want: (boolean | undefined)[]
} {
  const looks = Array.from({ length: p.looks }, (_, i) => ({ atMs: (i + 1) * p.everyMs, ask: 1 }))
  const atMs = Math.max((p.looks + 1) * p.everyMs, firstMsWith(p.wanted, p.refillPerSecond))
  return {
    startMs: 0,
    refillPerSecond: p.refillPerSecond,
    capacity: p.wanted,
    calls: [{ atMs: 0, take: p.wanted }, ...looks, { atMs, take: p.wanted }],
    want: [...looks.map(() => undefined), undefined, true],
  }
}

test('It never holds more than its capacity', async ({ subject, forAll }) => {
  // Some is taken, or nothing; then nobody takes any until it is full and longer, but perhaps somebody looks at it when it
  // is. Then some is taken again, and so on; in the end all of it, by ones and, before that, by more at once.
  type Round = { spent: number; idleMs: number; looks: number[]; chunk: number }
  type Plan = { startMs: number; refillPerSecond: number; capacity: number; rounds: Round[] }
  const write = ({ startMs, refillPerSecond, capacity, rounds }: Plan) => {
    const fullMs = firstMsWith(capacity, refillPerSecond)
    const script: driver.Script = { startMs, refillPerSecond, capacity, calls: [] }
    const want: (number | undefined)[] = []
    const add = (call: driver.Call, wanted?: number) => {
      script.calls.push(call)
      want.push(wanted)
    }
    let atMs = startMs
    let left = capacity
    for (const [i, { spent, idleMs, looks, chunk }] of rounds.entries()) {
      // Not more than is there: it is full but for what the round before has taken.
      const take = Math.min(spent % (capacity + 1), left)
      if (take > 0) add({ atMs, take })
      for (const afterMs of looks.map((n) => n % idleMs).sort((a, b) => a - b))
        add({ atMs: atMs + fullMs + afterMs, ask: 1 })
      atMs += fullMs + idleMs
      const first = chunk % (capacity + 1)
      if (first > 0) add({ atMs, take: first })
      left = capacity - first
      if (i === rounds.length - 1) add({ atMs, drain: 'all', most: 3 * capacity }, left)
    }
    return { ...script, want }
  }
  const plans = fc.record({
    startMs,
    refillPerSecond: rate,
    capacity: fc.integer({ min: 1, max: 30 }),
    rounds: fc.array(
      fc.record({
        spent: fc.nat(),
        idleMs: fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.constantFrom(1e9, 1e12)),
        looks: fc.array(fc.nat(), { maxLength: 2 }),
        chunk: fc.oneof(fc.constant(0), fc.nat()),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  const example = (capacity: number, spent: number, chunk: number) =>
    write({
      startMs: 0,
      refillPerSecond: 1,
      capacity,
      rounds: [{ spent, idleMs: 10_000, looks: [], chunk }],
    })
  await forAll(plans.map(write), subject.run, (s, got) => against(s, got, s.want), {
    tell,
    examples: [example(1, 1, 0), example(5, 0, 0), example(5, 0, 5)],
  })
})

test('A refusal takes nothing', async ({ subject, forAll }) => {
  // From empty, and never full again; whole seconds and whole tokens, so that nothing is rounded: what differs between
  // the two runs is what the refusals did.
  const capacity = 200
  const scripts = fc
    .record({
      refillPerSecond: fc.integer({ min: 1, max: 5 }),
      visits: fc.array(
        fc.record({
          afterS: fc.integer({ min: 0, max: 3 }),
          take: fc.integer({ min: 1, max: 12 }),
          refused: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 3 }),
        }),
        { minLength: 1, maxLength: 8 },
      ),
    })
    .map(({ refillPerSecond, visits }) => {
      let atMs = 0
      let level = 0
      const calls: driver.Call[] = [{ atMs, take: capacity }]
      const extra: driver.Call[][] = [[]]
      for (const visit of visits) {
        atMs += visit.afterS * 1000
        level += visit.afterS * refillPerSecond
        extra.push(visit.refused.map((more) => ({ atMs, take: level + more })))
        calls.push({ atMs, take: visit.take })
        if (visit.take <= level) level -= visit.take
      }
      return { script: { capacity, refillPerSecond, startMs: 0, calls }, extra }
    })
  const story = ({ script, extra }: { script: driver.Script; extra: driver.Call[][] }) => [
    opening(script),
    ...script.calls.flatMap((call, i) => [...(extra[i] ?? []), call].map((one) => told(script, one))),
  ]
  await forAll(
    scripts,
    subject.compare,
    (input, got) => {
      const at = got.with.findIndex((answer, i) => !same(answer, got.without[i]))
      if (at < 0) return
      const { script, extra } = input
      const upTo = { script: { ...script, calls: script.calls.slice(0, at + 1) }, extra }
      holds(false, story(upTo), `${show(got.without[at])} at the end, as without the refused calls`, show(got.with[at]))
    },
    { tell: story },
  )
})

test('A clock that steps back earns nothing', async ({ subject, forAll }) => {
  const scripts = fc
    .record({
      startMs: fc.constantFrom(0, 1_700_000_000_000),
      refillPerSecond: fc.constantFrom(1, 2, 4, 5, 8, 10),
      // Mostly a few seconds; now and then far back, by more than any clock is put right by, and mostly up again.
      moves: fc.array(
        fc.oneof(
          { weight: 6, arbitrary: fc.integer({ min: -6, max: 6 }).map((s) => [s]) },
          {
            weight: 1,
            arbitrary: fc
              .record({ backS: fc.constantFrom(400, 5_000, 100_000, 10_000_000), up: fc.integer({ min: 0, max: 6 }) })
              .chain(({ backS, up }) => fc.constantFrom([-backS], [-backS, backS + up], [-backS, up, backS])),
          },
        ),
        { minLength: 1, maxLength: 10 },
      ),
    })
    .map(({ moves, ...rest }) => wander({ ...rest, moves: moves.flat() }))
  await forAll(scripts, subject.run, (s, got) => against(s, got, s.want), {
    tell,
    examples: [[-1], [1, -1], [1, -1, 2], [1, -5_000]].map((moves) =>
      wander({ startMs: 0, refillPerSecond: 1, moves }),
    ),
  })
})

/**
 * An emptied bucket whose clock wanders by whole seconds. What the way up has earned is looked at on the way up and taken
 * whole on the way down: it must be there. At the end everything is taken: then nothing may be left, and seen from three
 * seconds before, the next token is three seconds farther away. (Rates that divide 1000: no wait needs rounding.)
 */
function wander({ startMs, refillPerSecond, moves }: { startMs: number; refillPerSecond: number; moves: number[] }) {
  const capacity = 10_000
  const calls: driver.Call[] = [{ atMs: startMs, take: capacity }]
  const want: (boolean | number | undefined)[] = [undefined]
  const add = (call: driver.Call, wanted: boolean | number | undefined) => {
    calls.push(call)
    want.push(wanted)
  }
  let atS = 0
  let latestS = 0
  let held = 0
  for (const move of moves) {
    atS += move
    held += Math.max(0, atS - latestS) * refillPerSecond
    latestS = Math.max(latestS, atS)
    const atMs = startMs + atS * 1000
    if (move < 0 && held > 0) {
      add({ atMs, take: held }, true)
      held = 0
    } else add({ atMs, ask: 1 }, undefined)
  }
  const atMs = startMs + latestS * 1000
  if (held > 0) add({ atMs, take: held }, true)
  add({ atMs: atMs - 3_000, ask: 1 }, 3_000 + 1_000 / refillPerSecond)
  add({ atMs, take: 1 }, false)
  return { startMs, refillPerSecond, capacity, calls, want }
}

test('The wait that it names is exact', async ({ subject, forAll }) => {
  const inputs = fc
    .record({
      startMs,
      refillPerSecond: rate,
      capacity: fc.integer({ min: 1, max: 60 }),
      taken: fc.nat({ max: 60 }),
      count: fc.integer({ min: 1, max: 70 }),
    })
    .map(({ startMs, refillPerSecond, capacity, taken, count }) => ({
      script: {
        startMs,
        refillPerSecond,
        capacity,
        calls: Math.min(taken, capacity) > 0 ? [{ atMs: startMs, take: Math.min(taken, capacity) }] : [],
      },
      count,
    }))
  const example = (capacity: number, refillPerSecond: number, count: number) => ({
    script: { startMs: 0, refillPerSecond, capacity, calls: [{ atMs: 0, take: capacity }] },
    count,
  })
  // One thousandth of a token is missing.
  const nearly = {
    script: {
      startMs: 0,
      refillPerSecond: 999,
      capacity: 1,
      calls: [
        { atMs: 0, take: 1 },
        { atMs: 1, ask: 1 },
      ],
    },
    count: 1,
  }
  await forAll(
    inputs,
    subject.waits,
    ({ script, count }, got) => {
      const story = [...tell(script), `retryAfterMs(${counted(count)}) → ${show(got.waitMs)}`]
      if (count > script.capacity) {
        holds(
          got.waitMs === Number.POSITIVE_INFINITY,
          story,
          'Infinity: it holds no more than its capacity',
          show(got.waitMs),
        )
        return
      }
      const onTime = [...story, `${show(got.waitMs)} ms later: tryTake(${counted(count)}) → ${show(got.onTime)}`]
      holds(got.onTime === true, onTime, 'true', show(got.onTime ?? got.waitMs))
      if (got.early === undefined)
        holds(got.waitMs === 0, story, 'a whole number of milliseconds, at least 0', show(got.waitMs))
      else {
        const early = [...story, `${show(got.waitMs - 1)} ms later: tryTake(${counted(count)}) → ${show(got.early)}`]
        holds(!got.early, early, 'false: one millisecond less would not do', show(got.early))
      }
    },
    {
      tell: ({ script, count }) => [...tell(script), `retryAfterMs(${counted(count)})`],
      examples: [
        example(1, 3, 1),
        nearly,
        example(5, 7, 4),
        example(29, 100, 29),
        example(2, 1_000, 1),
        example(3, 1, 4),
      ],
    },
  )
})

test('Bad input is refused by name and changes nothing', async ({ subject, forAll }) => {
  const nonsense = fc.constantFrom(0, -1, -5, 0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
  const isRefusal = (answer: object | undefined, name: string) =>
    answer !== undefined &&
    'threw' in answer &&
    answer.threw === 'RangeError' &&
    'message' in answer &&
    String(answer.message).includes(name)

  type Misuse = { capacity: number; calls: ({ take: number } | { ask: number })[] }
  const thenDrain = ({ capacity, calls }: Misuse): Misuse => ({
    capacity,
    calls: [...calls, { take: capacity }, { take: 1 }],
  })
  const badCall = fc.oneof(
    nonsense.map((take) => ({ take })),
    nonsense.map((ask) => ({ ask })),
  )
  const misuses = fc
    .record({ capacity: fc.integer({ min: 1, max: 9 }), calls: fc.array(badCall, { minLength: 1, maxLength: 5 }) })
    .map(thenDrain)
  const made = ({ capacity }: Misuse) => `new TokenBucket({ capacity: ${capacity}, refillPerSecond: 1, clock })`
  const said = (call: Misuse['calls'][number]) =>
    'take' in call ? `tryTake(${show(call.take)})` : `retryAfterMs(${show(call.ask)})`
  await forAll(
    misuses,
    subject.misuse,
    (input, { answers, undisturbed }) => {
      const bad = input.calls.length - 2
      const refusal = { threw: 'RangeError naming count' }
      agree(
        made(input),
        input.calls.map((call, i) => ({
          call: said(call),
          got: i < bad && isRefusal(answers[i], 'count') ? refusal : answers[i],
          want: i < bad ? refusal : undisturbed[i - bad],
        })),
      )
    },
    {
      tell: (input) => [made(input), ...input.calls.map(said)],
      examples: [thenDrain({ capacity: 3, calls: [{ take: -5 }] }), thenDrain({ capacity: 1, calls: [{ ask: 0 }] })],
    },
  )

  const outOfRange = fc.oneof(nonsense, fc.constant(1_000_000_001))
  const options = fc.oneof(
    outOfRange.map((capacity) => ({ capacity, refillPerSecond: 1, name: 'capacity' })),
    outOfRange.map((refillPerSecond) => ({ capacity: 1, refillPerSecond, name: 'refillPerSecond' })),
  )
  await forAll(options, subject.construct, ({ capacity, refillPerSecond, name }, got) =>
    holds(
      isRefusal(got, name),
      [`new TokenBucket({ capacity: ${show(capacity)}, refillPerSecond: ${show(refillPerSecond)}, clock })`],
      `throws RangeError naming ${name}`,
      'message' in got ? `${show(got)}: ${got.message}` : show(got),
    ),
  )
})
