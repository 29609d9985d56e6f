// Each promise is checked in a setting of its own, in which breaking another promise does not show: the promise that a
// learner is told about is the one that they broke. Most settings compare the limiter with itself: with a past and
// without, with refusals and without, in company and alone, on a clock that wanders and on one that does not. Where an
// expected value is needed it comes from a token bucket, so that the two sides of the duality check each other.

import { agree, fc, hiddenTest, holds, show } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)

/** What all clients of a limiter have in common. */
type Pace = Omit<driver.Rate, 'clients'>

const startMs = fc.constantFrom(0, 1_700_000_000_000, 7_900_000_000_000)
/** Rates whose interval is often no whole number of milliseconds. */
const rate = fc.record({
  requests: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(7, 60, 999, 1_000)),
  periodMs: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(100, 1_000, 60_000)),
  burst: fc.integer({ min: 1, max: 6 }),
})
/** The interval between two requests of the steady rate, rounded up. */
const intervalMsOf = ({ requests, periodMs }: Pace) => Math.ceil(periodMs / requests)

const opening = (s: driver.Script) =>
  `new LeakyBucket({ clients: ${show(s.clients)}, requests: ${show(s.requests)}, periodMs: ${show(s.periodMs)}, burst: ${show(s.burst)}, clock })`

const told = (s: driver.Script, call: driver.Call) => {
  const afterMs = call.atMs - s.startMs
  const when = `${s.startMs === 0 ? '' : `${show(s.startMs)} `}${afterMs < 0 ? '-' : '+'} ${show(Math.abs(afterMs))} ms: `
  if ('take' in call) return `${when}tryAcquire(${show(call.take)})`
  if ('ask' in call) return `${when}retryAfterMs(${show(call.ask)})`
  if ('drain' in call) return `${when}tryAcquire(${show(call.drain)}) until refused, let through`
  return `${when}tryAcquire(${show(call.spend)}), the whole burst, let through`
}

const tell = (s: driver.Script) => [opening(s), ...s.calls.map((call) => told(s, call))]

/** Steps for `agree`: `undefined` in `want` means that this answer is not the matter here. */
const against = (s: driver.Script, got: (boolean | number)[], want: (boolean | number | undefined)[]) =>
  agree(
    opening(s),
    s.calls.map((call, i) => ({ call: told(s, call), got: got[i], want: want[i] === undefined ? got[i] : want[i] })),
  )

/** A token bucket of integers of any size: what the limiter must let through, seen from the other side. */
function tokenBucket({ requests, periodMs, burst }: Pace) {
  const [perMs, token] = [BigInt(requests), BigInt(periodMs)]
  const full = BigInt(burst) * token
  let level = full
  let seenMs = 0
  return {
    take(atMs: number): boolean {
      const refilled = level + BigInt(atMs - seenMs) * perMs
      level = refilled < full ? refilled : full
      seenMs = atMs
      if (level < token) return false
      level -= token
      return true
    },
  }
}

test('A new client gets its burst at once, and no more', async ({ subject, forAll }) => {
  const scripts = fc.record({ rate, startMs, clients: fc.integer({ min: 1, max: 9 }), client: fc.nat() }).map(
    ({ rate, startMs, clients, client }): driver.Script => ({
      ...rate,
      clients,
      startMs,
      calls: [{ atMs: startMs, drain: client % clients, most: 3 * rate.burst }],
    }),
  )
  const example = (burst: number, requests: number, periodMs: number, startMs = 0): driver.Script => ({
    ...{ clients: 1, requests, periodMs, burst, startMs },
    calls: [{ atMs: startMs, drain: 0, most: 3 * burst }],
  })
  await forAll(scripts, subject.run, (s, got) => against(s, got, [s.burst]), {
    tell,
    examples: [example(1, 1, 1_000), example(4, 3, 1_000), example(10, 7, 1_000, 1_700_000_000_000)],
  })
})

test('Each request moves the schedule by exactly one interval', async ({ subject, forAll }) => {
  // A client that has spent its burst comes as soon as it is due, or somewhat later, but never so late that its schedule
  // would start afresh. In the end it comes on the first millisecond that is not too early, or on the one before, or with
  // as many requests as it can.
  type Plan = {
    rate: Pace
    startMs: number
    delays: number[]
    looks: boolean
    last: 'due' | 'early' | 'all'
  }
  const write = ({ rate, startMs, delays, looks, last }: Plan) => {
    const { requests, periodMs } = rate
    // Tolerance for at least one millisecond: without any, the first whole millisecond may already be too late.
    const burst = Math.max(rate.burst, 1 + Math.ceil(requests / periodMs))
    const toleranceMs = Math.floor(((burst - 1) * periodMs) / requests)
    const firstMs = (k: number) => Number((BigInt(k) * BigInt(periodMs) + BigInt(requests) - 1n) / BigInt(requests))
    const bucket = tokenBucket({ requests, periodMs, burst })
    for (let i = 0; i < burst; i++) bucket.take(0)
    const calls: driver.Call[] = [{ atMs: startMs, spend: 0 }]
    const want: (boolean | number | undefined)[] = [undefined]
    let atMs = 0
    const add = (call: driver.Call, wanted: boolean | number | undefined) => {
      calls.push(call)
      want.push(wanted)
    }
    // The k-th request after the burst conforms from k intervals after it on.
    for (const [i, delay] of delays.entries()) {
      const beforeMs = atMs
      atMs = Math.max(atMs, firstMs(i + 1) + (delay % Math.max(1, toleranceMs)))
      if (looks) add({ atMs: startMs + Math.max(beforeMs, atMs - 1), ask: 0 }, undefined)
      add({ atMs: startMs + atMs, take: 0 }, bucket.take(atMs))
    }
    atMs = Math.max(atMs, firstMs(delays.length + 1) - (last === 'early' ? 1 : 0))
    if (last === 'all') {
      let all = 0
      while (bucket.take(atMs)) all++
      add({ atMs: startMs + atMs, drain: 0, most: 3 * burst }, all)
    } else add({ atMs: startMs + atMs, take: 0 }, bucket.take(atMs))
    return { requests, periodMs, burst, clients: 1, startMs, calls, want }
  }
  const plans = fc.record({
    rate,
    startMs,
    delays: fc.array(fc.oneof(fc.constant(0), fc.nat()), { maxLength: 10 }),
    looks: fc.boolean(),
    last: fc.constantFrom<Plan['last']>('due', 'early', 'all'),
  })
  const example = (requests: number, periodMs: number, later: number, last: Plan['last'], startMs = 0) =>
    write({ rate: { requests, periodMs, burst: 2 }, startMs, delays: Array(later).fill(0), looks: false, last })
  await forAll(plans.map(write), subject.run, (s, got) => against(s, got, s.want), {
    tell,
    runs: 120,
    examples: [
      example(1, 1_000, 0, 'due'),
      example(1, 1_000, 0, 'early'),
      example(3, 1_000, 1, 'early'),
      example(3, 1_000, 2, 'due'),
      example(3, 500, 2, 'due'),
      example(7, 1_000, 6, 'due', 1_700_000_000_000),
      // a thousand million milliseconds on, and still to the unit
      example(7, 1_000_000_000, 6, 'due'),
      example(7, 1_000_000_000, 6, 'early'),
    ],
  })
})

test('Silence saves up one burst, and no more', async ({ subject, forAll }) => {
  // A client with a past, after a silence in which its schedule has run out, against one that was never seen.
  type Plan = { rate: Pace; startMs: number; used: number; lateMs: number; later: number[] }
  const write = ({ rate, startMs, used, lateMs, later }: Plan) => {
    const k = 1 + (used % rate.burst)
    const kind = { ...rate, clients: 1, startMs }
    const backMs = startMs + k * intervalMsOf(rate) + lateMs
    const past: driver.Call[] = Array.from({ length: k }, () => ({ atMs: startMs, take: 0 }))
    const calls: driver.Call[] = [{ atMs: backMs, drain: 0, most: 3 * rate.burst + 3 }]
    let atMs = backMs
    for (const step of later) {
      atMs += intervalMsOf(rate) - 1 + (step % 3)
      calls.push({ atMs, take: 0 })
    }
    return {
      scripts: [
        { ...kind, calls: [...past, ...calls] },
        { ...kind, startMs: backMs, calls },
      ],
    }
  }
  const plans = fc.record({
    rate,
    startMs,
    used: fc.nat(),
    lateMs: fc.oneof(fc.nat({ max: 30 }), fc.constantFrom(0, 1, 1_000_000)),
    later: fc.array(fc.nat({ max: 2 }), { maxLength: 4 }),
  })
  const example = (burst: number, lateMs: number, ...later: number[]) =>
    write({ rate: { requests: 1, periodMs: 1_000, burst }, startMs: 0, used: burst - 1, lateMs, later })
  await forAll(
    plans.map(write),
    subject.runEach,
    ({ scripts: [known] }, [got = [], asNew = []]) => {
      const past = got.length - asNew.length
      against(
        known as driver.Script,
        got,
        got.map((_, i) => (i < past ? undefined : asNew[i - past])),
      )
    },
    {
      tell: ({ scripts: [known] }) => tell(known as driver.Script),
      examples: [example(2, 10_000), example(1, 1, 0), example(1, 0, 0, 1)],
    },
  )
})

test('A refusal leaves the schedule as it was', async ({ subject, forAll }) => {
  // Random arrivals, with and without those that a token bucket refuses: what differs is what the refusals did.
  type Plan = { rate: Pace; gaps: number[] }
  const write = ({ rate, gaps }: Plan) => {
    const bucket = tokenBucket(rate)
    const intervalMs = intervalMsOf(rate)
    let atMs = 0
    const arrivals = gaps.map((gap) => {
      atMs += gap % (2 * intervalMs + 2)
      return { atMs, refused: !bucket.take(atMs) }
    })
    const script = (some: typeof arrivals): driver.Script => ({
      ...{ ...rate, clients: 1, startMs: 0 },
      calls: some.map(({ atMs }) => ({ atMs, take: 0 })),
    })
    return { arrivals, scripts: [script(arrivals), script(arrivals.filter(({ refused }) => !refused))] }
  }
  const plans = fc.record({
    rate,
    gaps: fc.array(fc.oneof(fc.constantFrom(0, 1), fc.nat()), { minLength: 2, maxLength: 14 }),
  })
  const example = (burst: number, ...gaps: number[]) => write({ rate: { requests: 1, periodMs: 1_000, burst }, gaps })
  await forAll(
    plans.map(write),
    subject.runEach,
    ({ arrivals, scripts: [all] }, [got = [], without = []]) => {
      // A request that was let through although it came too early is another promise's concern.
      if (arrivals.some(({ refused }, i) => refused && got[i] === true)) return
      let kept = 0
      const want = arrivals.map(({ refused }) => (refused ? undefined : without[kept++]))
      against(all as driver.Script, got, want)
    },
    {
      tell: ({ scripts: [all] }) => tell(all as driver.Script),
      examples: [example(1, 0, 500, 500), example(1, 0, 999, 1), example(2, 0, 0, 0, 1_000)],
    },
  )
})

test('No client pays for another', async ({ subject, forAll }) => {
  // Clients in company, and each of them alone.
  type Plan = {
    rate: Pace
    clients: number
    arrivals: { client: number; gap: number }[]
  }
  const write = ({ rate, clients, arrivals }: Plan) => {
    const intervalMs = intervalMsOf(rate)
    const kind = { ...rate, clients, startMs: 0 }
    let atMs = 0
    const calls = arrivals.map(({ client, gap }) => {
      atMs += gap % (intervalMs + 1)
      return { atMs, take: client % clients }
    })
    const who = [...new Set(calls.map(({ take }) => take))]
    return {
      who,
      scripts: [
        { ...kind, calls },
        ...who.map((client) => ({ ...kind, calls: calls.filter(({ take }) => take === client) })),
      ],
    }
  }
  const plans = fc.record({
    rate,
    clients: fc.oneof(fc.integer({ min: 2, max: 5 }), fc.constant(2_000)),
    arrivals: fc.array(fc.record({ client: fc.nat(), gap: fc.nat() }), { minLength: 2, maxLength: 14 }),
  })
  /** Two clients whose numbers a small table may take for the same. */
  const example = (client: number, other: number) =>
    write({
      rate: { requests: 1, periodMs: 1_000, burst: 1 },
      clients: 1 + Math.max(client, other),
      arrivals: [
        { client, gap: 0 },
        { client: other, gap: 0 },
      ],
    })
  await forAll(
    plans.map(write),
    subject.runEach,
    ({ who, scripts: [together] }, [got = [], ...each]) => {
      const answered = who.map(() => 0)
      const want = (together as driver.Script).calls.map((call) => {
        const i = who.indexOf('take' in call ? call.take : -1)
        const nth = answered[i] as number
        answered[i] = nth + 1
        return each[i]?.[nth]
      })
      against(together as driver.Script, got, want)
    },
    {
      tell: ({ scripts: [together] }) => tell(together as driver.Script),
      examples: [example(0, 1), ...[2 ** 8, 2 ** 10, 2 ** 16, 100, 1_000].map((slots) => example(0, slots))],
    },
  )
})

test('A clock that steps back earns nothing', async ({ subject, forAll }) => {
  // A clock that wanders, against one that stands still while the other is behind. A wait is longer by that much.
  // Intervals are whole milliseconds, so that rounding does not show.
  type Plan = {
    requests: number
    intervalMs: number
    burst: number
    startMs: number
    moves: { by: number; ask: boolean }[]
  }
  const write = ({ requests, intervalMs, burst, startMs, moves }: Plan) => {
    const kind = { clients: 1, requests, periodMs: requests * intervalMs, burst, startMs }
    let atMs = startMs
    let latestMs = startMs
    const calls: driver.Call[] = [{ atMs, take: 0 }]
    const clamped: driver.Call[] = [{ atMs, take: 0 }]
    for (const { by, ask } of moves) {
      atMs = Math.max(0, atMs + by)
      latestMs = Math.max(latestMs, atMs)
      calls.push(ask ? { atMs, ask: 0 } : { atMs, take: 0 })
      clamped.push(ask ? { atMs: latestMs, ask: 0 } : { atMs: latestMs, take: 0 })
    }
    return {
      scripts: [
        { ...kind, calls },
        { ...kind, calls: clamped },
      ],
    }
  }
  // Mostly by a few intervals; now and then by more than any clock is put right by.
  const farMs = fc.oneof(
    { withCrossShrink: true },
    { weight: 9, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(-100_000_000, -10_000_000_000, 100_000_000) },
  )
  const nearMs = fc.oneof(fc.integer({ min: -60, max: 60 }), fc.constantFrom(-2_000, -1_000, 1_000))
  const plans = fc.record({
    requests: fc.integer({ min: 1, max: 5 }),
    intervalMs: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(1_000)),
    burst: fc.integer({ min: 1, max: 5 }),
    startMs: fc.constantFrom(1_000_000, 1_700_000_000_000),
    moves: fc.array(
      fc.record({
        by: fc.tuple(nearMs, farMs).map(([near, far]) => near + far),
        ask: fc.boolean(),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  })
  const example = (burst: number, ...moves: [by: number, ask?: 'ask'][]) =>
    write({
      requests: 1,
      intervalMs: 1_000,
      burst,
      startMs: 1_000_000_000,
      moves: moves.map(([by, ask]) => ({ by, ask: ask !== undefined })),
    })
  await forAll(
    plans.map(write),
    subject.runEach,
    ({ scripts: [wandering, steady] }, [got = [], still = []]) => {
      const calls = (wandering as driver.Script).calls
      const want = still.map((answer, i) => {
        const behindMs = ((steady as driver.Script).calls[i]?.atMs ?? 0) - (calls[i]?.atMs ?? 0)
        return typeof answer === 'number' && answer > 0 ? answer + behindMs : answer
      })
      against(wandering as driver.Script, got, want)
    },
    {
      tell: ({ scripts: [wandering] }) => tell(wandering as driver.Script),
      examples: [
        example(1, [-60_000]),
        example(1, [-60_000, 'ask']),
        example(1, [1_000, 'ask'], [-500, 'ask']),
        example(1, [1_000, 'ask'], [-1_000]),
        example(3, [-1_000], [0], [0], [1_000]),
        example(1, [-500], [500], [-500], [500]),
        example(1, [-900_000], [900_000]),
        example(2, [-100_000_000]),
      ],
    },
  )
})

test('The wait that it names is exact', async ({ subject, forAll }) => {
  const inputs = fc
    .record({ rate, startMs, gaps: fc.array(fc.nat({ max: 400 }), { maxLength: 12 }) })
    .map(({ rate, startMs, gaps }) => {
      const intervalMs = intervalMsOf(rate)
      let atMs = startMs
      const calls = gaps.map((gap): driver.Call => {
        // Mostly at once, so that there is something to wait for.
        atMs += gap < 300 ? 0 : gap % (intervalMs + 1)
        return { atMs, take: 0 }
      })
      return { script: { clients: 1, ...rate, startMs, calls }, client: 0 }
    })
  const example = (requests: number, periodMs: number, burst: number, taken: number, startMs = 0) => ({
    script: { clients: 1, requests, periodMs, burst, startMs, calls: Array(taken).fill({ atMs: startMs, take: 0 }) },
    client: 0,
  })
  await forAll(
    inputs,
    subject.waits,
    ({ script, client }, got) => {
      const story = [...tell(script), `retryAfterMs(${client}) → ${show(got.waitMs)}`]
      holds(
        Number.isSafeInteger(got.waitMs) && got.waitMs >= 0,
        story,
        'a whole number of milliseconds, at least 0',
        show(got.waitMs),
      )
      const onTime = [...story, `${show(got.waitMs)} ms later: tryAcquire(${client}) → ${show(got.onTime)}`]
      holds(got.onTime === true, onTime, 'true', show(got.onTime))
      if (got.early === undefined) return
      const early = [...story, `${show(got.waitMs - 1)} ms later: tryAcquire(${client}) → ${show(got.early)}`]
      holds(!got.early, early, 'false: one millisecond less would not do', show(got.early))
    },
    {
      tell: ({ script, client }) => [...tell(script), `retryAfterMs(${client})`],
      examples: [example(1, 1_000, 1, 0), example(3, 1_000, 1, 1), example(1, 1_000, 2, 2), example(1_000, 7, 1, 1)],
    },
  )
})

test('Bad input is refused by name and changes nothing', async ({ subject, forAll }) => {
  const nonsense = fc.constantFrom(-1, -5, 0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
  const isRefusal = (answer: object | undefined, name: string) =>
    answer !== undefined &&
    'threw' in answer &&
    answer.threw === 'RangeError' &&
    'message' in answer &&
    String(answer.message).includes(name)

  type Misuse = { clients: number; calls: ({ take: number } | { ask: number })[] }
  const thenUse = ({ clients, calls }: Misuse): Misuse => ({
    clients,
    calls: [...calls, { take: clients - 1 }, { take: clients - 1 }],
  })
  const misuses = fc
    .record({
      clients: fc.integer({ min: 1, max: 4 }),
      calls: fc.array(
        fc.record({ ask: fc.boolean(), client: fc.oneof(nonsense, fc.constantFrom('first beyond', 'far beyond')) }),
        { minLength: 1, maxLength: 5 },
      ),
    })
    .map(({ clients, calls }) =>
      thenUse({
        clients,
        calls: calls.map(({ ask, client }) => {
          const bad = client === 'first beyond' ? clients : client === 'far beyond' ? 2 ** 32 : (client as number)
          return ask ? { ask: bad } : { take: bad }
        }),
      }),
    )
  const made = ({ clients }: Misuse) =>
    `new LeakyBucket({ clients: ${clients}, requests: 1, periodMs: 1000, burst: 1, clock })`
  const said = (call: Misuse['calls'][number]) =>
    'take' in call ? `tryAcquire(${show(call.take)})` : `retryAfterMs(${show(call.ask)})`
  await forAll(
    misuses,
    subject.misuse,
    (input, { answers, undisturbed }) => {
      const bad = input.calls.length - 2
      const refusal = { threw: 'RangeError naming client' }
      agree(
        made(input),
        input.calls.map((call, i) => ({
          call: said(call),
          got: i < bad && isRefusal(answers[i], 'client') ? refusal : answers[i],
          want: i < bad ? refusal : undisturbed[i - bad],
        })),
      )
    },
    {
      tell: (input) => [made(input), ...input.calls.map(said)],
      examples: [
        thenUse({ clients: 3, calls: [{ take: 3 }] }),
        thenUse({ clients: 3, calls: [{ take: -1 }] }),
        thenUse({ clients: 3, calls: [{ take: 1.5 }] }),
        thenUse({ clients: 3, calls: [{ ask: 3 }] }),
        thenUse({ clients: 3, calls: [{ ask: -1 }] }),
      ],
    },
  )

  const least: driver.Rate = { clients: 1, requests: 1, periodMs: 1, burst: 1 }
  const most: driver.Rate = { clients: 1_000_000, requests: 1_000, periodMs: 1_000_000_000, burst: 1_000_000 }
  const names = ['clients', 'requests', 'periodMs', 'burst'] as const
  const withOne = (name: keyof driver.Rate, value: number): driver.Rate => ({ ...least, [name]: value })
  await forAll(
    fc
      .record({ name: fc.constantFrom(...names), value: fc.oneof(nonsense, fc.constant(0)) })
      .map(({ name, value }) => withOne(name, value)),
    subject.construct,
    (rate, got) => {
      const bad = names.find((name) => !(Number.isInteger(rate[name]) && rate[name] >= 1 && rate[name] <= most[name]))
      holds(
        bad === undefined ? 'returned' in got : isRefusal(got, bad),
        [`new LeakyBucket({ ${names.map((name) => `${name}: ${show(rate[name])}`).join(', ')}, clock })`],
        bad === undefined ? 'a limiter: all of these are in their ranges' : `throws RangeError naming ${bad}`,
        'message' in got ? `${show(got)}: ${got.message}` : show(got),
      )
    },
    {
      examples: [
        least,
        most,
        ...names.flatMap((name) => [0, 1.5, most[name] + 1].map((value) => withOne(name, value))),
      ],
    },
  )
})
