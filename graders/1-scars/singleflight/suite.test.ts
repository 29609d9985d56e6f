// Each promise is checked in a setting of its own, in which breaking another promise does not show. What should have been
// seen comes from a model that knows the whole script; what is told is a timeline, up to the first line that is wrong.

import { BrokenPromise, fc, hiddenTest, holds, show } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

type Script = driver.Script
type Step = driver.Step
type Call = driver.Call
type Timeline = driver.Timeline

const test = hiddenTest<typeof driver>(import.meta.url)

// ---- what should be seen -------------------------------------------------------------------------------------------

const isCall = (step: Step): step is Call => 'load' in step
const follows = ({ atMs }: Call, what: 'heard' | 'aborted', n: number) =>
  typeof atMs === 'object' && what in atMs && Object.values(atMs)[0] === n
const callsOf = (script: Script) => script.steps.filter(isCall)

function expected(script: Script): Timeline {
  type Flight = { key: string; by: number; waiting: number[] }
  const calls = callsOf(script)
  const table = new Map<string, Flight>()
  const left = new Map<number, driver.Thing>()
  const seen: Timeline = {
    callers: calls.map(() => null),
    loads: calls.map(() => ({ ranAtMs: [], abortedAtMs: null })),
    counts: [],
    listeners: calls.map(() => 0),
  }
  const agenda: { atMs: number; act: (atMs: number) => void }[] = []
  const plan = (atMs: number, act: (atMs: number) => void) => {
    const later = agenda.findIndex((one) => one.atMs > atMs)
    agenda.splice(later < 0 ? agenda.length : later, 0, { atMs, act })
  }
  const remove = (flight: Flight) => {
    if (table.get(flight.key) === flight) table.delete(flight.key)
  }
  const hear = (n: number, heard: driver.Heard) => {
    seen.callers[n] = heard
    for (const [m, call] of calls.entries()) if (follows(call, 'heard', n)) make(m, heard.atMs)
  }
  const make = (n: number, atMs: number) => {
    const { key, signal, load } = calls[n] as Call
    const reason = signal === undefined ? undefined : left.get(signal)
    if (reason !== undefined) return hear(n, { atMs, how: 'error', what: reason })
    let flight = table.get(key)
    if (flight === undefined) {
      const started = { key, by: n, waiting: [] }
      flight = started
      table.set(key, flight)
      seen.loads[n]?.ranAtMs.push(atMs)
      const atOnce = load.ends === 'plain' || load.ends === 'throws'
      plan(atMs + (atOnce ? 0 : load.takesMs), (landedAtMs) => land(started, landedAtMs))
    }
    flight.waiting.push(n)
  }
  const land = (flight: Flight, atMs: number) => {
    const { load } = calls[flight.by] as Call
    const how = load.ends === 'error' || load.ends === 'throws' ? 'error' : 'value'
    remove(flight)
    for (const n of flight.waiting.splice(0)) hear(n, { atMs, how, what: load.with ?? { load: flight.by } })
  }
  const abort = (whose: number, reason: driver.Thing, atMs: number) => {
    left.set(whose, reason)
    for (const flight of new Set([...table.values(), ...forgotten])) {
      const leavers = flight.waiting.filter((n) => calls[n]?.signal === whose)
      flight.waiting = flight.waiting.filter((n) => !leavers.includes(n))
      if (leavers.length > 0 && flight.waiting.length === 0) {
        remove(flight)
        const load = seen.loads[flight.by]
        if (load) load.abortedAtMs = atMs
        for (const [m, call] of calls.entries()) if (follows(call, 'aborted', flight.by)) make(m, atMs)
      }
      for (const n of leavers) hear(n, { atMs, how: 'error', what: reason })
    }
  }
  const forgotten: Flight[] = []
  for (const step of script.steps) {
    if (typeof step.atMs !== 'number') continue
    plan(step.atMs, (atMs) => {
      if (isCall(step)) make(calls.indexOf(step), atMs)
      else if ('abort' in step) abort(step.abort, step.with ?? { reason: step.abort }, atMs)
      else if ('count' in step) seen.counts.push(table.size)
      else {
        const flight = table.get(step.forget)
        if (flight) forgotten.push(flight)
        table.delete(step.forget)
      }
    })
  }
  for (let next = agenda.shift(); next; next = agenda.shift()) next.act(next.atMs)
  return seen
}

// ---- how it is told ------------------------------------------------------------------------------------------------

const opening = 'const flights = new Singleflight<Page>()'
const name = (n: number) => String.fromCharCode(65 + n)
const and = (words: readonly string[]) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`

function written(call: Call, n: number): string {
  const signal = call.signal === undefined ? '' : `, { signal: ${name(call.signal)} }`
  return `do(${show(call.key)}, load${name(n)}${signal})`
}

/** When a call is made; `undefined` if the moment that it waits for has not come. */
function momentOf({ atMs }: Call, { callers, loads }: Timeline): number | null | undefined {
  if (typeof atMs === 'number') return atMs
  return 'heard' in atMs ? callers[atMs.heard]?.atMs : loads[atMs.aborted]?.abortedAtMs
}

/** What the script does at a time: its steps, and the landing of the loads that are due. */
function happens(script: Script, seen: Timeline, atMs: number): string[] {
  const calls = callsOf(script)
  const landed = calls.flatMap(({ load }, n) => {
    const due = seen.loads[n]?.ranAtMs.some((ranAtMs) => ranAtMs + load.takesMs === atMs)
    if (!due || load.ends === 'plain' || load.ends === 'throws') return []
    if (load.heeds && seen.loads[n]?.abortedAtMs !== null) return []
    return [`load${name(n)} ${load.ends === 'error' ? 'fails' : 'is done'}`]
  })
  const steps = script.steps.flatMap((step) => {
    if (isCall(step)) {
      const n = calls.indexOf(step)
      if (step.atMs === atMs) return [`${name(n)}: ${written(step, n)}`]
      if (typeof step.atMs === 'number' || momentOf(step, seen) !== atMs) return []
      const moment =
        'heard' in step.atMs ? `${name(step.atMs.heard)} has heard` : `load${name(step.atMs.aborted)}'s signal aborts`
      return [`${name(n)}, as soon as ${moment}: ${written(step, n)}`]
    }
    if (step.atMs !== atMs) return []
    if ('abort' in step) return [`${name(step.abort)} aborts${step.with ? ` with ${show(step.with.plain)}` : ''}`]
    return ['forget' in step ? `forget(${show(step.forget)})` : 'inFlight']
  })
  return [...landed, ...steps]
}

function thing(what: driver.Thing, of: 'value' | 'error'): string {
  if ('load' in what) return `load${name(what.load)}'s ${of}`
  if ('reason' in what) return `${name(what.reason)}'s reason`
  return 'plain' in what ? show(what.plain) : what.other
}

/** What is seen at a time. */
function observed(script: Script, seen: Timeline, atMs: number): string {
  const calls = callsOf(script)
  const ran = calls.flatMap((_, n) =>
    (seen.loads[n]?.ranAtMs ?? []).filter((at) => at === atMs).map(() => `load${name(n)}`),
  )
  const called = calls.some((call) => momentOf(call, seen) === atMs)
  const fates = new Map<string, string[]>()
  for (const [n, heard] of seen.callers.entries()) {
    if (heard?.atMs !== atMs) continue
    const fate =
      heard.how === 'value'
        ? `gets ${thing(heard.what, 'value')}`
        : heard.how === 'error'
          ? `is rejected with ${thing(heard.what, 'error')}`
          : `gets no promise, for do throws "${thing(heard.what, 'error')}"`
    fates.set(fate, [...(fates.get(fate) ?? []), name(n)])
  }
  const aborted = calls.flatMap((_, n) =>
    seen.loads[n]?.abortedAtMs === atMs ? [`load${name(n)}'s signal aborts`] : [],
  )
  const all = [
    ...(ran.length > 0 ? [`${and(ran)} ${ran.length > 1 ? 'run' : 'runs'}`] : called ? ['no load runs'] : []),
    ...[...fates].map(
      ([fate, who]) => `${and(who)} ${who.length > 1 ? fate.replace(/^is /, 'are ').replace(/^gets/, 'get') : fate}`,
    ),
    ...aborted,
  ]
  return all.length === 0 ? 'nothing' : all.join('; ')
}

function timesOf(script: Script, ...timelines: Timeline[]): number[] {
  const steps = script.steps.flatMap((step) => (typeof step.atMs === 'number' ? [step.atMs] : []))
  const seen = timelines.flatMap(({ callers, loads }) => [
    ...callers.flatMap((heard) => (heard === null ? [] : [heard.atMs])),
    ...loads.flatMap(({ ranAtMs, abortedAtMs }) => (abortedAtMs === null ? ranAtMs : [...ranAtMs, abortedAtMs])),
  ])
  return [...new Set([...steps, ...seen])].sort((a, b) => a - b)
}

const COLUMNS = 84

/** One moment of the story: on one line where it fits, otherwise on a line for each thing that happens. */
function moment(atMs: number, events: readonly string[], seen: string): string[] {
  const time = `${atMs} ms`.padStart(6)
  const line = `${time}  ${[events.join('; '), `→ ${seen}`].join(' ').trim()}`
  if (line.length <= COLUMNS) return [line]
  return [...events, `→ ${seen}`].map((words, at) => `${at === 0 ? time : ' '.repeat(time.length)}  ${words}`)
}

function told(script: Script, seen: Timeline, upToMs = Number.POSITIVE_INFINITY): string[] {
  const times = timesOf(script, seen).filter((atMs) => atMs <= upToMs)
  return [opening, ...times.flatMap((atMs) => moment(atMs, happens(script, seen, atMs), observed(script, seen, atMs)))]
}

const tell = (script: Script) => told(script, expected(script))

/** Holds what was seen against the model, as far as `mask` leaves it to be judged. @throws {BrokenPromise} */
function compare(
  script: Script,
  seen: Timeline,
  mask: (timeline: Timeline) => Timeline = (timeline) => timeline,
): void {
  const [got, want] = [mask(seen), mask(expected(script))]
  for (const atMs of timesOf(script, got, want)) {
    const [is, should] = [observed(script, got, atMs), observed(script, want, atMs)]
    if (is !== should) throw new BrokenPromise(told(script, seen, atMs), `at ${atMs} ms: ${should}`, is)
  }
}

// ---- what scripts are made of ---------------------------------------------------------------------------------------

// Steps come at multiples of 10 ms and loads land at an odd 5, so that nothing happens in the same moment by chance.
const call = (
  atMs: Call['atMs'],
  key: string,
  takesMs: number,
  more: Partial<Call['load']> & { signal?: number } = {},
): Call => {
  const { signal, ...load } = more
  return { atMs, key, load: { takesMs, ends: 'value', ...load }, ...(signal === undefined ? {} : { signal }) }
}
/** The same script, begun at 0 ms. */
const fromZero = (steps: readonly Step[]): Script => {
  const firstMs = Math.min(...steps.flatMap(({ atMs }) => (typeof atMs === 'number' ? [atMs] : [])))
  return {
    steps: steps.map((step) => (typeof step.atMs === 'number' ? { ...step, atMs: step.atMs - firstMs } : step) as Step),
  }
}
const plainKey = fc.constantFrom('home', 'cart', 'user')
/** Whatever somebody aborts with is a reason; only for `undefined` the signal makes an error. */
const plainReason = fc.constantFrom<driver.Plain>(null, false, 0, '').map((plain) => ({ plain }))
const plainValue = fc.constantFrom<driver.Plain>(undefined, null, false, 0, '')

test('One load serves everybody who calls while it is in the air', async ({ subject, forAll }) => {
  const together = (bursts: readonly number[], more: Partial<Call['load']> = {}): Script => ({
    steps: bursts.flatMap((callers, at) =>
      Array.from({ length: callers }, () => call(10 * at, 'home', 10 * bursts.length - 5, more)),
    ),
  })
  const scripts = fc
    .record({
      bursts: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
      value: fc.option(plainValue.map((plain) => ({ plain }))),
    })
    .map(({ bursts, value }) => together(bursts, value === null ? {} : { with: value }))
  await forAll(scripts, subject.play, (script, seen) => compare(script, seen), {
    tell,
    examples: [
      together([1]),
      together([2]),
      together([1, 1]),
      together([1], { ends: 'plain' }),
      together([1, 1], { with: { plain: undefined } }),
    ],
  })

  await forAll(
    fc.record({ waves: fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 4 }) }),
    subject.crowd,
    ({ waves }, { loads, served }) => {
      const callers = waves.reduce((a, b) => a + b, 0)
      holds(
        loads === 1 && served === callers,
        [
          opening,
          ...waves.map((wave, atMs) => `${atMs} ms  ${wave} × do('home', load)`),
          `${waves.length} ms  load is done`,
        ],
        `1 load, and its value for ${callers} callers`,
        `${loads} loads, and the value for ${served} callers`,
      )
    },
    { runs: 5, examples: [{ waves: [1_000] }], tell: ({ waves }) => [`${waves.join(' + ')} callers of one key`] },
  )
})

test('Every key flies on its own', async ({ subject, forAll }) => {
  const strange = [
    'constructor',
    '__proto__',
    '',
    'home',
    'home ',
    'Home',
    ' ',
    '0',
    '00',
    'toString',
    'hasOwnProperty',
    'null',
    'é',
    'e\u0301',
  ]
  const apart = (keys: readonly string[]): Script => ({
    steps: keys.map((key, at) => call(10 * at, key, 10 * keys.length + 10 * (at % 3) + 5)),
  })
  const scripts = fc.array(fc.constantFrom(...strange), { minLength: 1, maxLength: 8 }).map(apart)
  await forAll(scripts, subject.play, (script, seen) => compare(script, seen), {
    tell,
    examples: [apart(['home', 'cart']), ...strange.map((key) => apart([key, key])), apart(strange)],
  })
})

test('A flight that has landed is not kept', async ({ subject, forAll }) => {
  const landings = (
    flights: readonly { key: string; joiners: number; again: boolean; value: driver.Plain | 'own' }[],
  ): Script => {
    const steps: Call[] = []
    let atMs = 0
    for (const { key, joiners, again, value } of flights) {
      const given = value === 'own' ? {} : { with: { plain: value } }
      const first = steps.length
      for (let i = 0; i <= joiners; i++) steps.push(call(atMs + 10 * i, key, 10 * joiners + 5, given))
      atMs += 10 * joiners + 10
      if (!again) continue
      steps.push(call({ heard: first }, key, 20, given))
      atMs += 20
    }
    return { steps }
  }
  const flight = fc.record({
    key: plainKey,
    joiners: fc.integer({ min: 0, max: 2 }),
    again: fc.boolean(),
    value: fc.oneof(fc.constant('own' as const), plainValue),
  })
  const own = { key: 'home', value: 'own' as const }
  await forAll(
    fc.array(flight, { minLength: 1, maxLength: 5 }).map(landings),
    subject.play,
    (script, seen) => compare(script, seen),
    {
      tell,
      examples: [
        landings([
          { ...own, joiners: 0, again: false },
          { ...own, joiners: 0, again: false },
        ]),
        landings([{ ...own, joiners: 0, again: true }]),
        landings([{ ...own, joiners: 1, again: true }]),
      ],
    },
  )
})

test('A failure reaches everybody who waited, and nobody else', async ({ subject, forAll }) => {
  type Failing = { key: string; joiners: number; again: boolean; ends: 'error' | 'throws'; with?: { plain: Plain } }
  type Plain = driver.Plain
  /** Failing flights, one after another; who calls in the end is served. */
  const failures = (flights: readonly Failing[], last: string): Script => {
    const steps: Call[] = []
    let atMs = 0
    for (const { key, joiners, again, ends, with: given } of flights) {
      const more = { ends, ...(given && ends === 'error' ? { with: given } : {}) }
      const first = steps.length
      const others = ends === 'throws' ? 0 : joiners
      for (let i = 0; i <= others; i++) steps.push(call(atMs + 10 * i, key, 10 * others + 5, more))
      atMs += 10 * others + 10
      if (!again) continue
      steps.push(call({ heard: first }, key, 20, { ends: 'error' }))
      atMs += 30
    }
    return { steps: [...steps, call(atMs, last, 5)] }
  }
  const failing = fc
    .record({
      key: plainKey,
      joiners: fc.integer({ min: 0, max: 3 }),
      again: fc.boolean(),
      ends: fc.constantFrom('error' as const, 'error' as const, 'throws' as const),
      given: fc.option(plainValue),
    })
    .map(({ given, ...one }): Failing => (given === null ? one : { ...one, with: { plain: given } }))
  const scripts = fc
    .tuple(fc.array(failing, { minLength: 1, maxLength: 4 }), plainKey)
    .map(([flights, last]) => failures(flights, last))
  const one = { key: 'home', joiners: 0, again: false, ends: 'error' as const }
  await forAll(scripts, subject.play, (script, seen) => compare(script, seen), {
    tell,
    examples: [
      failures([one], 'home'),
      failures([{ ...one, joiners: 1 }], 'home'),
      failures([{ ...one, ends: 'throws' }], 'home'),
      failures([{ ...one, again: true }], 'cart'),
      failures([{ ...one, joiners: 1, again: true }], 'cart'),
      failures([{ ...one, ends: 'throws', again: true }], 'cart'),
      failures([{ ...one, with: { plain: undefined } }], 'home'),
    ],
  })
})

test('A forgotten flight serves its own callers and leaves the newer one alone', async ({ subject, forAll }) => {
  type Old = { joiners: number; ends: 'value' | 'error' | 'leaves'; rank: number; probe: boolean }
  /**
   * Flights of one key, each forgotten as soon as its callers are there, until the newest; then the old ones end, in any
   * order, and after some of these ends somebody calls, who must join the newest.
   */
  const generations = (old: readonly Old[], bystander: boolean): Script => {
    const openMs = old.reduce((atMs, { joiners }) => atMs + 10 * (joiners + 2), 20)
    const order = old.map((_, at) => at).sort((a, b) => (old[a]?.rank ?? 0) - (old[b]?.rank ?? 0) || a - b)
    const endsAtMs = (at: number) => openMs + 10 + 20 * order.indexOf(at)
    const landsAtMs = openMs + 20 * old.length + 15
    // Forgetting what nobody has asked for does nothing, and another key is another key.
    const steps: Step[] = bystander
      ? [{ atMs: 0, forget: 'home' }, { atMs: 0, forget: 'cart' }, call(10, 'cart', landsAtMs - 10)]
      : []
    const ends: Step[] = []
    let atMs = 20
    let n = bystander ? 1 : 0
    for (const [at, { joiners, ends: how, probe }] of old.entries()) {
      const leaves = how === 'leaves'
      const first = n
      const load = { ends: leaves ? ('value' as const) : how, heeds: true, ...(leaves ? { signal: first } : {}) }
      for (let i = 0; i <= joiners; i++, n++, atMs += 10)
        steps.push(call(atMs, 'home', endsAtMs(at) + (leaves ? 505 : 5) - atMs, load))
      steps.push({ atMs, forget: 'home' })
      atMs += 10
      if (leaves) ends.push({ atMs: endsAtMs(at), abort: first })
      if (probe) ends.push(call(endsAtMs(at) + 10, 'home', 5))
    }
    steps.push(call(atMs, 'home', landsAtMs - atMs))
    if (bystander) steps.push(call(atMs, 'cart', 5))
    return fromZero([...steps, ...ends.sort((a, b) => (a.atMs as number) - (b.atMs as number))])
  }
  const one = fc.record({
    joiners: fc.integer({ min: 0, max: 2 }),
    ends: fc.constantFrom('value' as const, 'error' as const, 'leaves' as const),
    rank: fc.nat({ max: 9 }),
    probe: fc.boolean(),
  })
  // What a leaving caller hears, and its load, is for other promises to say.
  const mask =
    (script: Script) =>
    (timeline: Timeline): Timeline => ({
      ...timeline,
      callers: timeline.callers.map((heard, n) => (callsOf(script)[n]?.signal === undefined ? heard : null)),
      loads: timeline.loads.map((load) => ({ ...load, abortedAtMs: null })),
    })
  const scripts = fc
    .tuple(fc.array(one, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([old, bystander]) => generations(old, bystander))
  const plain = { joiners: 0, rank: 0 }
  await forAll(scripts, subject.play, (script, seen) => compare(script, seen, mask(script)), {
    tell,
    examples: [
      generations([{ ...plain, ends: 'value', probe: false }], false),
      generations([{ ...plain, ends: 'value', probe: true }], false),
      generations([{ ...plain, ends: 'error', probe: true }], false),
      generations([{ ...plain, ends: 'leaves', probe: true }], false),
      generations([{ ...plain, ends: 'value', probe: true }], true),
    ],
  })
})

test("One caller's abort is nobody else's", async ({ subject, forAll }) => {
  type Caller = {
    leaves: 'before' | 'later' | 'after' | 'never'
    signal: boolean
    rank: number
    shares: boolean
    /** the reason, if it is not an error */
    with?: { plain: driver.Plain }
  }
  /** One flight. Who leaves later does so while it is in the air, in any order; somebody stays, and somebody joins. */
  const departures = (callers: readonly Caller[], stayer: number): Script => {
    const stays = stayer % callers.length
    const leaves = callers.map((caller, n) => (n === stays && caller.leaves !== 'after' ? 'never' : caller.leaves))
    const withSignal = callers.map((caller, n) => caller.signal || leaves[n] !== 'never')
    const steps: Step[] = []
    const abort = (n: number) => ({ abort: n, ...(callers[n]?.with && { with: callers[n].with }) })
    const arrivedMs = 20 * callers.length
    const landsAtMs = arrivedMs + 10 * callers.length + 5
    for (const n of callers.keys()) {
      if (leaves[n] === 'before') steps.push({ atMs: 20 * n, ...abort(n) })
      // Two calls of one request come with one signal.
      const previous = n > 0 && leaves[n] === 'later' && leaves[n - 1] === 'later' && callers[n]?.shares ? n - 1 : n
      const signal = withSignal[n] ? { signal: previous } : {}
      steps.push(call(20 * n + 10, 'home', landsAtMs - 20 * n - 10, { heeds: true, ...signal }))
    }
    const later = [...callers.keys()].filter((n) => leaves[n] === 'later')
    later.sort((a, b) => (callers[a]?.rank ?? 0) - (callers[b]?.rank ?? 0) || a - b)
    for (const [at, n] of later.entries()) steps.push({ atMs: arrivedMs + 10 * at, ...abort(n) })
    // Who comes now still finds the flight in the air.
    steps.push(call(landsAtMs - 5, 'home', 5, { heeds: true }))
    for (const n of callers.keys()) if (leaves[n] === 'after') steps.push({ atMs: landsAtMs + 5, ...abort(n) })
    return fromZero(steps)
  }
  const caller = fc
    .record({
      leaves: fc.constantFrom(
        'before' as const,
        'later' as const,
        'later' as const,
        'after' as const,
        'never' as const,
      ),
      signal: fc.boolean(),
      rank: fc.nat({ max: 9 }),
      shares: fc.boolean(),
      reason: fc.option(plainReason, { freq: 2 }),
    })
    .map(({ reason, ...one }): Caller => (reason === null ? one : { ...one, with: reason }))
  const scripts = fc
    .tuple(fc.array(caller, { minLength: 1, maxLength: 5 }), fc.nat({ max: 4 }))
    .map(([callers, stayer]) => departures(callers, stayer))
  const goes = (leaves: Caller['leaves'], signal = leaves !== 'never') => ({ leaves, signal, rank: 0, shares: false })
  await forAll(scripts, subject.play, (script, seen) => compare(script, seen), {
    tell,
    examples: [
      departures([goes('later'), goes('never')], 1),
      departures([goes('never'), goes('later')], 0),
      departures([goes('never', true), goes('later')], 0),
      departures([goes('never', true), goes('later'), goes('later')], 0),
      departures([goes('before'), goes('never')], 1),
      departures([goes('never'), goes('before')], 0),
      departures([goes('after'), goes('never')], 1),
      departures([{ ...goes('later'), with: { plain: null } }, goes('never')], 1),
      departures([{ ...goes('before'), with: { plain: null } }, goes('never')], 1),
    ],
  })

  // Whose call was over long ago may still abort. The newer flight of the key has nothing to do with it.
  const late = (again: boolean): Script => ({
    steps: [
      call(0, 'home', 15, { heeds: true, signal: 0 }),
      ...(again ? [call(10, 'home', 5, { heeds: true })] : []),
      call(20, 'home', 25, { heeds: true, signal: again ? 2 : 1 }),
      { atMs: 30, abort: 0 },
    ],
  })
  await forAll(
    fc.boolean().map(late),
    subject.play,
    (script, seen) => {
      const newer = callsOf(script).length - 1
      // No newer flight, and so nothing to disturb: what is wrong then, another promise tells.
      if (seen.loads[newer]?.ranAtMs[0] === 20) compare(script, seen)
    },
    { tell, runs: 4, examples: [late(false), late(true)] },
  )
})

test('The last caller to leave stops the load and frees the key', async ({ subject, forAll }) => {
  type Leaving = {
    callers: { rank: number; shares: boolean }[]
    ends: 'value' | 'error'
    late: 'no' | 'alone' | 'joined'
    /**
     * when the late one calls: in the moment in which the load is told, or the last to leave hears, or later. Of a load that
     * several had asked for, or that was forgotten, this says nothing: when that is told is for other promises to say.
     */
    when: 'told' | 'heard' | 'later'
    forgotten: boolean
  }
  /** All leave, in any order. Then somebody calls; then the abandoned load ends; then somebody joins the newer flight. */
  const abandoned = ({ callers, ends, late, when, forgotten }: Leaving) => {
    const shared = callers.map(({ shares }, n) => (shares && n > 0 ? 0 : n))
    const arrivedMs = 10 * callers.length
    const order = [...new Set(shared)].sort((a, b) => (callers[a]?.rank ?? 0) - (callers[b]?.rank ?? 0) || a - b)
    const lastMs = arrivedMs + 10 * order.length
    const load = late === 'no' ? { ends, heeds: true } : { ends }
    const told = when === 'told' && callers.length === 1 && !forgotten
    const calls = when === 'later' ? lastMs + 10 : told ? { aborted: 0 } : { heard: order.at(-1) as number }
    const steps: Step[] = [
      ...callers.map((_, n) => call(10 * n, 'home', lastMs + 15 - 10 * n, { ...load, signal: shared[n] as number })),
      ...(forgotten ? [{ atMs: arrivedMs, forget: 'home' }] : []),
      ...order.map((abort, at) => ({ atMs: arrivedMs + 10 * (at + 1), abort })),
      ...(late === 'no' ? [] : [call(calls, 'home', when === 'later' ? 25 : 35)]),
      ...(late === 'joined' ? [call(lastMs + 20, 'home', 1)] : []),
    ]
    return { steps, lastMs, leavers: callers.length }
  }
  const scripts = fc
    .record({
      callers: fc.array(fc.record({ rank: fc.nat({ max: 9 }), shares: fc.boolean() }), { minLength: 1, maxLength: 4 }),
      ends: fc.constantFrom('value' as const, 'error' as const),
      late: fc.constantFrom('no' as const, 'alone' as const, 'joined' as const),
      when: fc.constantFrom('told' as const, 'heard' as const, 'later' as const),
      forgotten: fc.boolean(),
    })
    .map(abandoned)
  // What the leavers hear, and that the load does not stop too early, is for another promise to say.
  const mask =
    ({ lastMs, leavers }: { lastMs: number; leavers: number }) =>
    (timeline: Timeline): Timeline => ({
      ...timeline,
      callers: timeline.callers.map((heard, n) => (n < leavers ? null : heard)),
      loads: timeline.loads.map(({ ranAtMs, abortedAtMs }) => ({
        ranAtMs,
        abortedAtMs: abortedAtMs !== null && abortedAtMs < lastMs ? lastMs : abortedAtMs,
      })),
    })
  const one = [{ rank: 0, shares: false }]
  await forAll(scripts, subject.play, (script, seen) => compare(script, seen, mask(script)), {
    tell,
    examples: [
      abandoned({ callers: one, ends: 'value', late: 'no', when: 'later', forgotten: false }),
      abandoned({ callers: one, ends: 'value', late: 'alone', when: 'later', forgotten: false }),
      abandoned({ callers: one, ends: 'value', late: 'alone', when: 'heard', forgotten: false }),
      abandoned({ callers: one, ends: 'value', late: 'alone', when: 'told', forgotten: false }),
      abandoned({ callers: one, ends: 'value', late: 'joined', when: 'later', forgotten: false }),
      abandoned({ callers: one, ends: 'error', late: 'joined', when: 'later', forgotten: false }),
      abandoned({ callers: one, ends: 'value', late: 'no', when: 'later', forgotten: true }),
      abandoned({ callers: [...one, ...one], ends: 'value', late: 'alone', when: 'later', forgotten: false }),
    ],
  })
})

test('Nothing is left behind', async ({ subject, forAll }) => {
  type Doing = {
    key: string
    does: 'call' | 'forget' | 'abort'
    takesMs: number
    ends: 'value' | 'error'
    signal: number | null
  }
  const keys = ['home', 'cart', 'user']
  /** Anything may happen; then `inFlight` is read, and at once every key is tried: who joins, and who starts a load? */
  const counted = (doings: readonly Doing[]) => {
    const steps: Step[] = []
    let n = 0
    for (const [at, { key, does, takesMs, ends, signal }] of doings.entries()) {
      const atMs = 10 * at
      if (does === 'forget') steps.push({ atMs, forget: key })
      else if (does === 'call') {
        steps.push(call(atMs, key, takesMs, { ends, ...(signal === null ? {} : { signal: n }) }))
        n++
      } else if (n > 0) steps.push({ atMs, abort: (signal ?? 0) % n })
    }
    const atMs = 10 * doings.length
    return {
      steps: [...steps, { atMs, count: true as const }, ...keys.map((key) => call(atMs, key, 5))],
      atMs,
      probes: n,
    }
  }
  const before = ({ steps, atMs }: { steps: Step[]; atMs: number }, seen: Timeline) =>
    told({ steps: steps.slice(0, -keys.length) }, seen, atMs - 1)
  const doing = fc.record({
    key: fc.constantFrom(...keys),
    does: fc.constantFrom('call' as const, 'call' as const, 'call' as const, 'forget' as const, 'abort' as const),
    takesMs: fc.constantFrom(5, 15, 35, 65, 105),
    ends: fc.constantFrom('value' as const, 'value' as const, 'error' as const),
    signal: fc.option(fc.nat({ max: 9 })),
  })
  const does = (does: Doing['does'], takesMs = 5): Doing => ({
    key: 'home',
    does,
    takesMs,
    ends: 'value',
    signal: null,
  })
  await forAll(
    fc.array(doing, { maxLength: 10 }).map(counted),
    subject.play,
    (script, seen) => {
      const { atMs, probes } = script
      const joined = keys.filter((_, at) => seen.loads[probes + at]?.ranAtMs.length === 0)
      // A probe that neither starts a load nor waits hears something old: another promise tells of that.
      if (joined.some((key) => seen.callers[probes + keys.indexOf(key)]?.atMs === atMs)) return
      holds(
        seen.counts[0] === joined.length,
        [...before(script, seen), ...moment(atMs, ['inFlight'], show(seen.counts[0]))],
        joined.length === 0
          ? '0, for whoever calls now starts a new flight'
          : `${joined.length}, for a caller of ${and(joined.map(show))} would join, and no other`,
        show(seen.counts[0]),
      )
    },
    {
      tell: (script) => [...before(script, expected(script)), ...moment(script.atMs, ['inFlight'], '?')],
      examples: [
        counted([]),
        counted([does('call')]),
        counted([does('call', 35), does('call', 35)]),
        counted([does('call', 35), { ...does('call', 35), key: 'cart' }]),
        counted([does('call', 35), does('forget')]),
      ],
    },
  )

  /** Calls with signals that nobody ever aborts: when a call is over, its listener must be gone. */
  const listening = (
    calls: readonly { key: string; ends: 'value' | 'error' | 'throws' | 'plain'; shares: boolean }[],
  ): Script => ({
    steps: calls.map(({ key, ends, shares }, at) => call(10 * at, key, 35, { ends, signal: shares ? 0 : at })),
  })
  const calling = fc.record({
    key: plainKey,
    ends: fc.constantFrom('value' as const, 'error' as const, 'throws' as const, 'plain' as const),
    shares: fc.boolean(),
  })
  const alone = { key: 'home', shares: true }
  await forAll(
    fc.array(calling, { minLength: 1, maxLength: 6 }).map(listening),
    subject.play,
    (script, seen) => {
      // Of callers who have heard nothing, another promise tells.
      if (seen.callers.includes(null)) return
      const whose = seen.listeners.findIndex((listeners) => listeners > 0)
      const left = seen.listeners[whose] ?? 0
      holds(
        left === 0,
        [...told(script, seen), `in the end: listeners on ${name(Math.max(whose, 0))}'s signal → ${left}`],
        '0: every call that came with this signal is over',
        show(left),
      )
    },
    { tell, examples: [listening([{ ...alone, ends: 'value' }]), listening([{ ...alone, ends: 'error' }])] },
  )
})
