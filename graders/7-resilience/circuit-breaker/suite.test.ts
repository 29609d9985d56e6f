// Each promise is checked in a setting of its own, in which breaking another promise does not show: no late results where
// refusals are looked at, no refusals where periods are measured, one outcome that decides where its kind is in question.

import { fc, hiddenTest, holds, same, show } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)

type Want = Partial<driver.Seen> | undefined

/** What an arbitrary makes. */
type Of<A> = A extends fc.Arbitrary<infer T> ? T : never

/** A script, and what the contract says of each of its steps; it says nothing where `want` has no field. */
interface Plan extends driver.Script {
  want: Want[]
}

/** One failure opens it, one success of a trial closes it, nothing is slow, until a promise says otherwise. */
const one: driver.Options = {
  windowCalls: 1,
  minimumCalls: 1,
  failurePercent: 100,
  slowCallMs: 1_000_000_000,
  openMs: 1_000,
  trialCalls: 1,
}

/** Opens exactly on the last of `failures` failures that follow as many successes, whatever the volume threshold is. */
const half = (failures: number): driver.Options => ({ ...one, windowCalls: 2 * failures, failurePercent: 50 })

const succeed = (atMs: number, times = 1): driver.Step => ({ atMs, run: 'succeeds', times, tookMs: 0 })
const fail = (atMs: number, times = 1): driver.Step => ({ atMs, run: 'fails', times, tookMs: 0 })
const look = (atMs: number): driver.Step => ({ atMs, look: 'state' })
const made = (state: string, called = 1): Want => ({ called, refused: 0, state })
const turnedAway = (state: string, refused = 1): Want => ({ called: 0, refused, state })

const plan = (options: driver.Options, steps: [driver.Step, Want][]): Plan => ({
  options,
  steps: steps.map(([step]) => step),
  want: steps.map(([, want]) => want),
})

// ── Narration ───────────────────────────────────────────────────────────────────────────────────────────────────────

const opening = (o: driver.Options) => [
  `new CircuitBreaker({ windowCalls: ${o.windowCalls}, minimumCalls: ${o.minimumCalls}, failurePercent: ${o.failurePercent},`,
  `  slowCallMs: ${show(o.slowCallMs)}, openMs: ${show(o.openMs)}, trialCalls: ${o.trialCalls}, clock })`,
]

const ENDINGS: Record<driver.Ending, string> = {
  succeeds: 'will succeed',
  fails: 'will fail',
  'fails with undefined': 'will reject with undefined',
  throws: 'will throw, before there is a promise',
}

/** One line a step. Calls that stay on their way have numbers, so that their ends can be told. */
function told(steps: readonly driver.Step[]): string[] {
  let begun = 0
  return steps.map((step) => {
    const when = `at ${show(step.atMs)} ms: `
    if ('end' in step) return `${when}call ${step.end} ${step.as}`
    if ('look' in step) return `${when}state`
    if ('begin' in step) {
      const first = begun + 1
      begun += step.begin
      return step.begin === 1
        ? `${when}call ${first} begins`
        : `${when}calls ${first} ${step.begin === 2 ? 'and' : 'to'} ${begun} begin at once`
    }
    const took = step.tookMs === 0 ? '' : `, ${show(step.tookMs)} ms later`
    const calls = step.times === 1 ? 'a call' : `${step.times} calls, one by one,`
    return `${when}${calls} that ${ENDINGS[step.run]}${took}`
  })
}

const tell = ({ options, steps }: driver.Script) => [...opening(options), ...told(steps)]

/** What was seen of a step, in words. */
function words(step: driver.Step, { called, refused, state }: Partial<driver.Seen>): string {
  const calls = 'begin' in step ? step.begin : 'run' in step ? step.times : 0
  const fate =
    called === calls && refused === 0
      ? calls === 1
        ? 'called'
        : 'all called'
      : refused === calls && called === 0
        ? 'refused'
        : `${called} called, ${refused} refused`
  return [...(calls === 0 || called === undefined ? [] : [fate]), ...(state === undefined ? [] : [state])].join(', ')
}

function against({ options, steps, want }: Plan, seen: driver.Seen[]): void {
  const differs = (step: number) =>
    Object.entries(want[step] ?? {}).some(([field, wanted]) => !same(wanted, seen[step]?.[field as keyof driver.Seen]))
  const wrong = steps.findIndex((_, i) => differs(i))
  if (wrong < 0) return
  const lines = told(steps.slice(0, wrong + 1)).map((line, i) => `${line} → ${words(steps[i]!, seen[i] ?? {})}`)
  const step = steps[wrong]!
  holds(false, [...opening(options), ...lines], words(step, want[wrong] ?? {}), words(step, seen[wrong] ?? {}))
}

// ── Promises ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Outcomes one after another, up to the one that opens it; `pending` calls are on their way all the while. */
function counted(
  o: Pick<driver.Options, 'windowCalls' | 'minimumCalls' | 'failurePercent'>,
  outcomes: driver.Step[],
  pending = 0,
): Plan {
  const steps: [driver.Step, Want][] = pending === 0 ? [] : [[{ atMs: 0, begin: pending }, made('closed', pending)]]
  const latest: boolean[] = []
  for (const step of outcomes) {
    if (!('run' in step)) continue
    for (let i = 0; i < step.times; i++) latest.push(step.run === 'fails')
    const counting = latest.slice(-o.windowCalls)
    const failures = counting.filter((failed) => failed).length
    const open = counting.length >= o.minimumCalls && failures * 100 >= o.failurePercent * counting.length
    steps.push([step, made(open ? 'open' : 'closed', step.times)])
    if (open) break
  }
  return plan({ ...one, slowCallMs: 50, ...o }, steps)
}

test('It opens exactly when volume and rate are reached', async ({ subject, forAll }) => {
  const outcome = fc.oneof(
    fc.constantFrom(succeed(0), fail(0)),
    // A failure that is slow as well is one failure.
    fc.constant<driver.Step>({ atMs: 0, run: 'fails', times: 1, tookMs: 50 }),
  )
  const plans = fc
    .record({
      windowCalls: fc.integer({ min: 1, max: 12 }),
      minimum: fc.nat({ max: 11 }),
      failurePercent: fc.oneof(
        fc.constantFrom(1, 25, 33, 34, 50, 51, 66, 67, 75, 100),
        fc.integer({ min: 1, max: 100 }),
      ),
      outcomes: fc.array(outcome, { minLength: 1, maxLength: 12 }),
      pending: fc.nat({ max: 3 }),
    })
    .map(({ windowCalls, minimum, failurePercent, outcomes, pending }) =>
      counted(
        { windowCalls, minimumCalls: 1 + (minimum % windowCalls), failurePercent },
        outcomes.slice(0, windowCalls),
        pending,
      ),
    )
  await forAll(plans, subject.run, against, {
    tell,
    runs: 120,
    examples: [
      counted({ windowCalls: 1, minimumCalls: 1, failurePercent: 1 }, [fail(0)]),
      counted({ windowCalls: 2, minimumCalls: 2, failurePercent: 50 }, [fail(0), succeed(0)]),
      counted({ windowCalls: 4, minimumCalls: 4, failurePercent: 50 }, [fail(0), succeed(0), fail(0), succeed(0)]),
      counted({ windowCalls: 4, minimumCalls: 2, failurePercent: 50 }, [succeed(0), succeed(0), fail(0), fail(0)]),
      counted({ windowCalls: 3, minimumCalls: 3, failurePercent: 34 }, [succeed(0), succeed(0), fail(0)]),
      counted({ windowCalls: 3, minimumCalls: 3, failurePercent: 33 }, [succeed(0), succeed(0), fail(0)]),
      counted({ windowCalls: 3, minimumCalls: 3, failurePercent: 67 }, [fail(0), fail(0), succeed(0)]),
      counted({ windowCalls: 3, minimumCalls: 3, failurePercent: 100 }, [fail(0), fail(0)], 3),
      counted({ windowCalls: 2, minimumCalls: 2, failurePercent: 100 }, [fail(0), succeed(0), fail(0)]),
      counted({ windowCalls: 100, minimumCalls: 100, failurePercent: 29 }, [succeed(0, 71), fail(0, 28), fail(0)]),
    ],
  })
})

test('Only the latest outcomes count', async ({ subject, forAll }) => {
  // At 100 per cent a full window of failures is a row of failures; and after a full window of successes, the failures in
  // the window are all in a row. So whoever counts a row, or no volume, breaks the promise above and not this one.
  const all = fc
    .record({
      windowCalls: fc.integer({ min: 1, max: 5 }),
      outcomes: fc.array(fc.boolean(), { minLength: 1, maxLength: 16 }),
    })
    .map(({ windowCalls, outcomes }) =>
      counted({ windowCalls, minimumCalls: 1, failurePercent: 100 }, [
        succeed(0),
        ...outcomes.map((failed) => (failed ? fail(0) : succeed(0))),
      ]),
    )
  const filled = fc
    .record({
      windowCalls: fc.integer({ min: 1, max: 12 }),
      more: fc.nat({ max: 20 }),
      failurePercent: fc.integer({ min: 1, max: 100 }),
    })
    .map(({ windowCalls, more, failurePercent }) =>
      counted({ windowCalls, minimumCalls: windowCalls, failurePercent }, [
        succeed(0, windowCalls + more),
        ...Array.from({ length: windowCalls }, () => fail(0)),
      ]),
    )
  const example = (windowCalls: number, outcomes: string) =>
    counted(
      { windowCalls, minimumCalls: 1, failurePercent: 100 },
      [...outcomes].map((letter) => (letter === 'f' ? fail(0) : succeed(0))),
    )
  await forAll(fc.oneof(all, filled), subject.run, against, {
    tell,
    runs: 120,
    examples: [
      ...[example(1, 'sf'), example(2, 'sff'), example(2, 'sfsff'), example(3, 'sffsfff')],
      counted({ windowCalls: 4, minimumCalls: 4, failurePercent: 50 }, [succeed(0, 8), fail(0), fail(0)]),
    ],
  })
})

test('A throw and a slow call are failures too', async ({ subject, forAll }) => {
  // One outcome decides, so it is enough to see what the breaker makes of it.
  const kinds = fc.record({
    run: fc.constantFrom<driver.Ending>('succeeds', 'fails', 'fails with undefined', 'throws'),
    slowCallMs: fc.oneof(fc.constantFrom(1, 2), fc.integer({ min: 1, max: 5_000 })),
    beyondMs: fc.integer({ min: -2, max: 2 }),
    trial: fc.boolean(),
  })
  const judged = ({ run, slowCallMs, beyondMs, trial }: Of<typeof kinds>): Plan => {
    const tookMs = run === 'throws' ? 0 : Math.max(0, slowCallMs + beyondMs)
    const want = made(run === 'succeeds' && tookMs < slowCallMs ? 'closed' : 'open')
    return plan(
      { ...one, slowCallMs },
      trial
        ? [
            [fail(0), made('open')],
            [{ atMs: one.openMs, run, times: 1, tookMs }, want],
          ]
        : [[{ atMs: 0, run, times: 1, tookMs }, want]],
    )
  }
  await forAll(kinds.map(judged), subject.run, against, {
    tell,
    examples: [
      judged({ run: 'throws', slowCallMs: 100, beyondMs: 0, trial: false }),
      judged({ run: 'fails with undefined', slowCallMs: 100, beyondMs: -100, trial: false }),
      judged({ run: 'succeeds', slowCallMs: 100, beyondMs: 0, trial: false }),
      judged({ run: 'succeeds', slowCallMs: 100, beyondMs: -1, trial: false }),
      judged({ run: 'succeeds', slowCallMs: 100, beyondMs: 0, trial: true }),
      judged({ run: 'throws', slowCallMs: 100, beyondMs: 0, trial: true }),
    ],
  })
})

test('An open breaker calls nothing until its time is up', async ({ subject, forAll }) => {
  const scripts = fc.record({
    openMs: fc.oneof(fc.constantFrom(1, 2), fc.integer({ min: 1, max: 5_000 })),
    gapsMs: fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 3 }),
    knocks: fc.array(fc.nat({ max: 5_000 }), { maxLength: 4 }),
    looked: fc.boolean(),
  })
  const knocked = ({ openMs, gapsMs, knocks, looked }: Of<typeof scripts>): Plan => {
    let atMs = 0
    const steps: [driver.Step, Want][] = [[succeed(0, gapsMs.length), made('closed', gapsMs.length)]]
    for (const [i, gapMs] of gapsMs.entries()) {
      atMs += gapMs
      steps.push([fail(atMs), made(i === gapsMs.length - 1 ? 'open' : 'closed')])
    }
    for (const afterMs of knocks.map((n) => n % openMs).sort((a, b) => a - b))
      steps.push([succeed(atMs + afterMs), turnedAway('open')])
    if (looked) steps.push([look(atMs + openMs), { state: 'half-open' }])
    steps.push([succeed(atMs + openMs), made('closed')])
    return plan({ ...half(gapsMs.length), openMs }, steps)
  }
  await forAll(scripts.map(knocked), subject.run, against, {
    tell,
    examples: [
      knocked({ openMs: 100, gapsMs: [0], knocks: [], looked: false }),
      knocked({ openMs: 100, gapsMs: [0], knocks: [99], looked: false }),
      knocked({ openMs: 100, gapsMs: [0], knocks: [0, 50], looked: false }),
      knocked({ openMs: 100, gapsMs: [0, 40], knocks: [99], looked: false }),
      knocked({ openMs: 1, gapsMs: [0], knocks: [0], looked: true }),
    ],
  })
})

test('A refusal has a name and says when to come back', async ({ subject, forAll }) => {
  // One refusal in a script, so that nothing can depend on how many there were. Where nobody is refused, half-open breaks
  // another promise and not this one.
  const scripts = fc.record({
    openMs: fc.oneof(fc.constantFrom(1, 2), fc.integer({ min: 1, max: 5_000 })),
    trialCalls: fc.integer({ min: 1, max: 3 }),
    afterMs: fc.nat({ max: 5_000 }),
    halfOpen: fc.boolean(),
  })
  const refused = ({ openMs, trialCalls, afterMs, halfOpen }: Of<typeof scripts>) => {
    const earlyMs = afterMs % openMs
    const steps: driver.Step[] = halfOpen
      ? [fail(0), { atMs: openMs, begin: trialCalls }, succeed(openMs + afterMs)]
      : [fail(0), succeed(earlyMs)]
    return { options: { ...one, openMs, trialCalls }, steps, waitMs: halfOpen ? openMs : openMs - earlyMs }
  }
  await forAll(scripts.map(refused), subject.refusals, namesTheWait, {
    tell,
    examples: [
      refused({ openMs: 100, trialCalls: 1, afterMs: 0, halfOpen: false }),
      refused({ openMs: 100, trialCalls: 1, afterMs: 99, halfOpen: false }),
      refused({ openMs: 100, trialCalls: 1, afterMs: 0, halfOpen: true }),
      refused({ openMs: 100, trialCalls: 1, afterMs: 30, halfOpen: true }),
    ],
  })
})

/** Holds what the last caller of a script was told, if that one was turned away. */
function namesTheWait(script: driver.Script & { waitMs: number }, got: driver.Refusal[][]): void {
  const [refusal] = got.at(-1) ?? []
  if (refusal === undefined) return
  const said = (named: boolean, name: string, waitMs: unknown) =>
    `${named ? 'a CircuitOpenError' : 'another error'} named ${name}, with retryAfterMs ${show(waitMs)}`
  const want = said(true, 'CircuitOpenError', script.waitMs)
  const is = said(refusal.named, refusal.name, refusal.retryAfterMs)
  holds(is === want, [...tell(script), 'what the last caller sees:'], want, is)
}

test('Half-open lets in exactly the trial calls, all at once', async ({ subject, forAll }) => {
  // Calls arrive in bursts and trials succeed one by one; never the last of them, so that it stays half-open.
  const scripts = fc.record({
    trialCalls: fc.integer({ min: 1, max: 5 }),
    moves: fc.array(fc.oneof(fc.integer({ min: 1, max: 7 }), fc.constant<'succeeds'>('succeeds')), {
      minLength: 1,
      maxLength: 8,
    }),
  })
  const burst = ({ trialCalls, moves }: Of<typeof scripts>): Plan => {
    const steps: [driver.Step, Want][] = [[fail(0), made('open')]]
    const atMs = one.openMs
    let [begun, ended] = [0, 0]
    for (const move of moves) {
      if (move !== 'succeeds') {
        const called = Math.min(move, trialCalls - begun)
        begun += called
        steps.push([
          { atMs, begin: move },
          { called, refused: move - called, state: 'half-open' },
        ])
      } else if (ended < begun && ended < trialCalls - 1) {
        ended++
        steps.push([{ atMs, end: trial(steps, ended), as: 'succeeds' }, { state: 'half-open' }])
      }
    }
    return plan({ ...one, trialCalls }, steps)
  }
  await forAll(scripts.map(burst), subject.run, against, {
    tell,
    examples: [
      burst({ trialCalls: 1, moves: [2] }),
      burst({ trialCalls: 1, moves: [1, 1] }),
      burst({ trialCalls: 2, moves: [3] }),
      burst({ trialCalls: 2, moves: [2, 'succeeds', 1] }),
      burst({ trialCalls: 3, moves: [1, 'succeeds', 3] }),
    ],
  })
})

/** The number of the nth trial among all calls that were begun, the refused ones too. */
function trial(steps: [driver.Step, Want][], nth: number): number {
  let [number, trials] = [0, 0]
  for (const [step, want] of steps) {
    if (!('begin' in step)) continue
    for (let i = 0; i < step.begin; i++) {
      number++
      if (i < (want?.called ?? 0) && ++trials === nth) return number
    }
  }
  throw new RangeError(`there is no trial number ${nth}`)
}

test('All trials must succeed, and then it starts afresh', async ({ subject, forAll }) => {
  // Trials come one after another and nobody is refused. A round ends with a failure, the last one with none.
  const scripts = fc.record({
    failures: fc.integer({ min: 1, max: 4 }),
    openMs: fc.constantFrom(1, 100),
    trialCalls: fc.integer({ min: 1, max: 4 }),
    rounds: fc.array(fc.record({ successes: fc.nat({ max: 3 }), tookMs: fc.nat({ max: 50 }) }), { maxLength: 3 }),
  })
  type Rounds = Of<typeof scripts>
  const trials = ({ failures, openMs, trialCalls, rounds }: Rounds): Plan => {
    const fresh = (atMs: number): [driver.Step, Want][] => [
      [succeed(atMs, failures), made('closed', failures)],
      ...(failures === 1
        ? []
        : [[fail(atMs, failures - 1), made('closed', failures - 1)] satisfies [driver.Step, Want]]),
      [fail(atMs), made('open')],
    ]
    const steps = fresh(0)
    let atMs = openMs
    for (const { successes, tookMs } of rounds) {
      const before = successes % trialCalls
      if (before > 0) steps.push([succeed(atMs, before), made('half-open', before)])
      steps.push([{ atMs, run: 'fails', times: 1, tookMs }, made('open')])
      atMs += tookMs + openMs
      steps.push([look(atMs - 1), { state: 'open' }])
    }
    if (trialCalls > 1) steps.push([succeed(atMs, trialCalls - 1), made('half-open', trialCalls - 1)])
    steps.push([succeed(atMs), made('closed')], ...fresh(atMs))
    return plan({ ...half(failures), openMs, trialCalls }, steps)
  }
  await forAll(scripts.map(trials), subject.run, against, {
    tell,
    examples: [
      trials({ failures: 1, openMs: 100, trialCalls: 1, rounds: [] }),
      trials({ failures: 2, openMs: 100, trialCalls: 1, rounds: [] }),
      trials({ failures: 1, openMs: 100, trialCalls: 2, rounds: [] }),
      trials({ failures: 1, openMs: 100, trialCalls: 1, rounds: [{ successes: 0, tookMs: 0 }] }),
      trials({ failures: 1, openMs: 100, trialCalls: 1, rounds: [{ successes: 0, tookMs: 30 }] }),
      trials({ failures: 1, openMs: 100, trialCalls: 2, rounds: [{ successes: 1, tookMs: 0 }] }),
    ],
  })
})

test('A late result of an older state changes nothing', async ({ subject, forAll }) => {
  // Calls that began while it was closed, and a trial that was overtaken by its neighbour's failure, come back in later
  // stretches. Two trials at once, and no call that has to be refused.
  type Late = { stretch: number; as: 'succeeds' | 'fails' }
  const late = fc.record({
    stretch: fc.nat({ max: 4 }),
    as: fc.constantFrom<Late['as']>('succeeds', 'fails'),
  })
  const scripts = fc.record({
    early: fc.array(late, { maxLength: 4 }),
    overtaken: fc.option(late, { nil: undefined }),
  })
  /** Stretches: 0 open, 1 half-open, 2 open again, 3 half-open again, 4 closed again; without `overtaken` no 2 and 3. */
  const visited = ({ early, overtaken }: { early: Late[]; overtaken: Late | undefined }): Plan => {
    const { openMs } = one
    const steps: [driver.Step, Want][] = []
    let begun = 0
    const begin = (atMs: number, calls: number, state: string) => {
      begun += calls
      steps.push([{ atMs, begin: calls }, made(state, calls)])
      return begun - calls + 1
    }
    const end = (atMs: number, number: number, as: 'succeeds' | 'fails', state: string) =>
      steps.push([{ atMs, end: number, as }, { state }])
    const first = early.length === 0 ? 0 : begin(0, early.length, 'closed')
    const pool = early.map(({ stretch, as }, i) => {
      const reached = overtaken !== undefined || stretch === 4 ? stretch : stretch % 2
      return { stretch: reached, as, number: first + i }
    })
    const comeBack = (stretch: number, atMs: number, state: string) => {
      for (const one of pool) if (one.stretch === stretch) end(atMs, one.number, one.as, state)
    }
    let atMs = 0
    steps.push([succeed(atMs), made('closed')], [fail(atMs), made('open')])
    comeBack(0, atMs + openMs - 1, 'open')
    atMs += openMs
    let trials = begin(atMs, 2, 'half-open')
    comeBack(1, atMs, 'half-open')
    if (overtaken !== undefined) {
      end(atMs, trials, 'fails', 'open')
      pool.push({ stretch: Math.max(2, overtaken.stretch), as: overtaken.as, number: trials + 1 })
      comeBack(2, atMs + openMs - 1, 'open')
      atMs += openMs
      trials = begin(atMs, 2, 'half-open')
      comeBack(3, atMs, 'half-open')
    }
    end(atMs, trials, 'succeeds', 'half-open')
    end(atMs, trials + 1, 'succeeds', 'closed')
    steps.push([succeed(atMs), made('closed')])
    comeBack(4, atMs, 'closed')
    // One failure of two is the half that opens it, if nothing else has been counted.
    steps.push([fail(atMs), made('open')])
    return plan({ ...half(2), trialCalls: 2 }, steps)
  }
  const example = (stretch: number, as: Late['as']) => visited({ early: [{ stretch, as }], overtaken: undefined })
  const trialExample = (stretch: number, as: Late['as']) => visited({ early: [], overtaken: { stretch, as } })
  await forAll(scripts.map(visited), subject.run, against, {
    tell,
    examples: [
      ...[0, 1, 4].flatMap((stretch) => [example(stretch, 'fails'), example(stretch, 'succeeds')]),
      ...[2, 3, 4].flatMap((stretch) => [trialExample(stretch, 'fails'), trialExample(stretch, 'succeeds')]),
    ],
  })
})

test("The caller gets the action's own outcome, or the fallback's", async ({ subject, forAll }) => {
  const visits = fc.record({
    options: fc
      .record({ slowCallMs: fc.constantFrom(1, 100), openMs: fc.constantFrom(1, 1_000) })
      .map((some): driver.Options => ({ ...one, windowCalls: 2, minimumCalls: 2, ...some })),
    meets: fc.constantFrom<driver.Visit['meets']>('closed', 'left', 'open', 'half-open'),
    action: fc.constantFrom<driver.Visit['action']>('succeeds', 'fails', 'throws'),
    brings: fc.constantFrom<driver.Visit['brings']>('something', 0, '', false, null, undefined),
    tookMs: fc.constantFrom(0, 100),
    fallback: fc.constantFrom<driver.Visit['fallback']>('none', 'returns', 'resolves', 'throws', 'rejects'),
    instead: fc.constantFrom<driver.Visit['instead']>('something else', 0, undefined),
  })
  const expected = ({ meets, action, fallback }: driver.Visit): Partial<driver.Answer> => {
    const refused = meets === 'open' || meets === 'half-open'
    const called = refused ? 0 : 1
    if (!refused && action === 'succeeds')
      return { called, fallbackCalls: 0, fallbackGot: 'nothing', caller: "the action's own value" }
    // Two failures open it: the one of this call, counted although the fallback has not answered yet, and one more.
    const counted = meets === 'closed' && action === 'fails' ? { stateAfterOneMore: 'open' } : {}
    if (fallback === 'none') return { called, ...counted, caller: refused ? 'a refusal' : "the action's own error" }
    return {
      called,
      ...counted,
      fallbackCalls: 1,
      fallbackGot: refused ? 'the refusal' : 'own error',
      caller: fallback === 'returns' || fallback === 'resolves' ? "the fallback's value" : "the fallback's error",
    }
  }
  const MEETS = {
    closed: ['it is closed: execute(action)'],
    left: ['it is closed: execute(action)', 'two other calls fail: it is open'],
    open: ['two calls fail: it is open', 'execute(action)'],
    'half-open': ['two calls fail, and when the time is up a trial begins: it is half-open', 'execute(action)'],
  }
  const story = ({ options, meets, action, brings, tookMs, fallback, instead }: driver.Visit) => {
    const verb = action === 'succeeds' ? 'brings' : action === 'fails' ? 'fails with' : 'throws'
    const after = tookMs === 0 || meets === 'open' || meets === 'half-open' ? '' : ` after ${tookMs} ms`
    const outcome =
      fallback === 'returns' || fallback === 'resolves'
        ? `${fallback === 'returns' ? 'returns' : 'resolves with'} ${show(instead)}`
        : fallback
    return [
      ...opening(options),
      ...MEETS[meets].map((line) => (fallback === 'none' ? line : line.replace('(action)', '(action, fallback)'))),
      ...(meets === 'closed' || meets === 'left' ? [`the action ${verb} ${show(brings)}${after}`] : []),
      ...(fallback === 'none' ? [] : [`the fallback ${outcome}`]),
    ]
  }
  const QUESTIONS: Record<keyof driver.Answer, string> = {
    called: 'times that the action was called',
    fallbackCalls: 'times that the fallback was called',
    fallbackGot: 'what the fallback was given',
    caller: 'what the caller got',
    stateAfterOneMore: 'the state after one more failing call',
  }
  const visit = (some: Partial<driver.Visit>): driver.Visit => ({
    options: { ...one, windowCalls: 2, minimumCalls: 2, slowCallMs: 100 },
    meets: 'closed',
    action: 'succeeds',
    brings: 'something',
    tookMs: 0,
    fallback: 'none',
    instead: 'something else',
    ...some,
  })
  await forAll(
    visits,
    subject.visit,
    (input, got) => {
      // Who is let in although no place is left breaks another promise.
      if (input.meets === 'half-open' && got.called > 0) return
      const want = expected(input)
      for (const field of ['called', 'fallbackCalls', 'fallbackGot', 'caller', 'stateAfterOneMore'] as const) {
        const last = field === 'stateAfterOneMore' ? ['before the fallback has settled, another call fails'] : []
        holds(
          want[field] === undefined || same(want[field], got[field]),
          [...story(input), ...(input.fallback === 'none' ? [] : last)],
          `${QUESTIONS[field]}: ${want[field]}`,
          `${QUESTIONS[field]}: ${got[field]}`,
        )
      }
    },
    {
      tell: story,
      examples: [
        visit({ tookMs: 100 }),
        visit({ tookMs: 100, fallback: 'returns' }),
        visit({ action: 'fails' }),
        visit({ action: 'fails', brings: undefined }),
        visit({ action: 'throws' }),
        visit({ action: 'fails', fallback: 'returns' }),
        visit({ action: 'throws', fallback: 'returns' }),
        visit({ action: 'fails', fallback: 'resolves' }),
        visit({ action: 'fails', fallback: 'returns', instead: undefined }),
        visit({ action: 'fails', fallback: 'throws' }),
        visit({ action: 'fails', fallback: 'rejects' }),
        visit({ meets: 'open' }),
        visit({ meets: 'open', fallback: 'returns' }),
        visit({ meets: 'open', fallback: 'rejects' }),
        visit({ meets: 'half-open', fallback: 'resolves' }),
        visit({ meets: 'left' }),
        visit({ meets: 'left', action: 'fails', fallback: 'returns' }),
      ],
    },
  )
})

test('A clock that steps back does no harm', async ({ subject, forAll }) => {
  const scripts = fc.record({
    kind: fc.constantFrom<Kind>('open', 'half-open', 'on its way', 'before'),
    backMs: fc.oneof(fc.constantFrom(1, 100, 101), fc.integer({ min: 1, max: 10_000 })),
  })
  type Kind = 'open' | 'half-open' | 'on its way' | 'before'
  const startMs = 50_000
  const openMs = 100
  const stepped = ({ kind, backMs }: { kind: Kind; backMs: number }): Plan => {
    const options = { ...one, openMs, slowCallMs: 100 }
    const dueMs = startMs + openMs
    switch (kind) {
      case 'open': // Its end is where it was.
        return plan(options, [
          [fail(startMs), made('open')],
          [look(startMs - backMs), { state: 'open' }],
          [look(dueMs - 1), { state: 'open' }],
          [succeed(dueMs), made('closed')],
        ])
      case 'half-open': // It does not become open again.
        return plan({ ...options, trialCalls: 2 }, [
          [fail(startMs), made('open')],
          [{ atMs: dueMs, begin: 1 }, made('half-open')],
          [{ atMs: dueMs - backMs, begin: 1 }, made('half-open')],
          [{ atMs: dueMs - backMs, end: 1, as: 'succeeds' }, { state: 'half-open' }],
          [{ atMs: dueMs - backMs, end: 2, as: 'succeeds' }, { state: 'closed' }],
        ])
      case 'on its way': // What ends before it began is not slow.
        return plan(options, [
          [{ atMs: startMs, begin: 1 }, made('closed')],
          [{ atMs: startMs - backMs, end: 1, as: 'succeeds' }, { state: 'closed' }],
        ])
      case 'before': // What begins after the step is measured from there, not from the latest time seen.
        return plan({ ...options, ...half(1), openMs }, [
          [succeed(startMs), made('closed')],
          [fail(startMs - backMs), made('open')],
          [look(dueMs - backMs - 1), { state: 'open' }],
          [succeed(dueMs - backMs), made('closed')],
        ])
    }
  }
  await forAll(scripts.map(stepped), subject.run, against, {
    tell,
    examples: (['open', 'half-open', 'on its way', 'before'] as const).flatMap((kind) =>
      [1, 150].map((backMs) => stepped({ kind, backMs })),
    ),
  })
  // The wait, too, is what the clock has still to go, be it longer than an open period.
  const knocked = (backMs: number) => ({
    options: { ...one, openMs },
    steps: [fail(startMs), succeed(startMs - backMs)],
    waitMs: openMs + backMs,
  })
  await forAll(fc.integer({ min: 1, max: 10_000 }).map(knocked), subject.refusals, namesTheWait, {
    tell,
    examples: [knocked(1), knocked(150)],
  })
})

test('Bad input is refused by name and changes nothing', async ({ subject, forAll }) => {
  const notFunctions = fc.constantFrom<unknown>(0, 'action', true, {}, [])
  const nonsense = fc.oneof(
    fc.constantFrom<driver.Nonsense>({ action: undefined }, { action: null }),
    notFunctions.map((action): driver.Nonsense => ({ action })),
    notFunctions.map((fallback): driver.Nonsense => ({ fallback })),
  )
  /** Opens, closes again and opens again; a place or an outcome too many would show. */
  const script = {
    options: { ...half(1), trialCalls: 2 },
    steps: [
      succeed(0),
      fail(0),
      look(999),
      { atMs: 1_000, begin: 1 },
      { atMs: 1_000, begin: 1 },
      { atMs: 1_000, end: 1, as: 'succeeds' },
      { atMs: 1_000, end: 2, as: 'succeeds' },
      succeed(1_000),
      fail(1_000),
    ] satisfies driver.Step[],
  }
  const misuses = fc.record({
    script: fc.constant(script),
    before: fc.nat({ max: script.steps.length - 1 }),
    nonsense: fc.array(nonsense, { minLength: 1, maxLength: 3 }),
  })
  type Misuse = Of<typeof misuses>
  const said = (bad: driver.Nonsense) =>
    'action' in bad ? `execute(${show(bad.action)}, fallback)` : `execute(action, ${show(bad.fallback)})`
  await forAll(
    misuses,
    subject.misuse,
    ({ before, nonsense }, got) => {
      const past = [...opening(script.options), ...told(script.steps.slice(0, before))]
      for (const [i, bad] of nonsense.entries()) {
        const { threw, message, called } = got.errors[i] ?? { threw: 'nothing', message: '', called: 0 }
        const name = 'action' in bad ? 'action' : 'fallback'
        holds(
          threw === 'TypeError' && message.includes(name) && called === 0,
          [...past, ...nonsense.slice(0, i + 1).map(said)],
          `rejects with a TypeError naming ${name}, and calls nothing`,
          `${threw}${message === '' ? '' : `: ${message}`}${called === 0 ? '' : ', and a function was called'}`,
        )
      }
      const at = got.with.findIndex((seen, i) => !same(seen, got.without[i]))
      if (at < 0) return
      const step = script.steps[at]!
      const later = told(script.steps.slice(0, at + 1)).slice(before)
      holds(
        false,
        [...past, ...nonsense.map(said), ...later],
        `${words(step, got.without[at] ?? {})}, as without the bad calls`,
        words(step, got.with[at] ?? {}),
      )
    },
    {
      tell: ({ before, nonsense }: Misuse) => [
        ...opening(script.options),
        ...told(script.steps.slice(0, before)),
        ...nonsense.map(said),
      ],
      examples: [0, 1, 2, 3, 4, 8].flatMap((before) => [
        { script, before, nonsense: [{ action: undefined }] },
        { script, before, nonsense: [{ fallback: 'cached' }] },
      ]),
    },
  )

  const good: driver.Options = { ...one, windowCalls: 5, minimumCalls: 5 }
  const MOST: Record<keyof driver.Options, number> = {
    windowCalls: 10_000,
    minimumCalls: 5,
    failurePercent: 100,
    slowCallMs: 1_000_000_000,
    openMs: 1_000_000_000,
    trialCalls: 10_000,
  }
  const names = Object.keys(MOST) as (keyof driver.Options)[]
  const bad = [0, -1, 0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const wrong = names.flatMap((name) => [...bad, MOST[name] + 1].map((value) => ({ ...good, [name]: value })))
  const isWrong = (o: driver.Options) =>
    names.find((name) => !Number.isInteger(o[name]) || o[name] < 1 || o[name] > MOST[name])
  const right = names
    .filter((name) => name !== 'minimumCalls' && name !== 'windowCalls')
    .flatMap((name) => [
      { ...good, [name]: 1 },
      { ...good, [name]: MOST[name] },
    ])
  await forAll(
    fc.constantFrom(...wrong),
    subject.construct,
    (options, got) => {
      const name = isWrong(options)
      if (name === undefined) return holds('returned' in got, opening(options), 'a breaker', show(got))
      holds(
        'threw' in got && got.threw === 'RangeError' && got.message.includes(name),
        opening(options),
        `throws RangeError naming ${name}`,
        'message' in got ? `${show(got)}: ${got.message}` : show(got),
      )
    },
    { tell: opening, runs: 1, examples: [...wrong, ...right, { ...good, windowCalls: 10_000 }] },
  )
})
