// The promises of a ring between two threads. Calls in one thread show what it holds; two real threads in lock step show
// what one may see of the other. Small scenes are run by every schedule of few switches, so that what is wrong is found on
// every seed; larger ones by schedules that the seed draws.

import { agree, BrokenPromise, fc, hiddenTest, holds, same, show } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)

type Answer = boolean | number | undefined

const capacities = fc.constantFrom(2, 4, 8)
const anyValue = fc.oneof(fc.constantFrom(0, -1, 1, 2 ** 31 - 1, -(2 ** 31)), fc.integer())

const opening = ({ capacity, passed, rings }: driver.Script) =>
  `new SpscRing(memory, ${capacity})${passed === 0 ? '' : ` after prepare(memory, ${capacity}, ${show(passed)})`}${rings === 2 ? ', one to push and one to pop' : ''}`
const said = (call: driver.Call) => (call === 'pop' ? 'tryPop()' : `tryPush(${show(call)})`)
const tell = (script: driver.Script) => [opening(script), ...script.calls.map(said)]

/** What a ring answers that holds so many. */
function model({ capacity, calls }: driver.Script): Answer[] {
  const held: number[] = []
  return calls.map((call) => {
    if (call === 'pop') return held.shift()
    if (held.length === capacity) return false
    held.push(call)
    return true
  })
}

const against = (script: driver.Script, got: Answer[], want: Answer[]) =>
  agree(
    opening(script),
    script.calls.map((call, i) => ({ call: said(call), got: got[i], want: want[i] })),
  )

/** Leaves out what would be pushed into a ring that holds so many. */
function neverAbove(most: number, calls: readonly driver.Call[]): driver.Call[] {
  let held = 0
  return calls.filter((call) => {
    if (call === 'pop') held = Math.max(0, held - 1)
    else if (held >= most) return false
    else held++
    return true
  })
}

test('What goes in comes out, once and in order', async ({ subject, forAll }) => {
  const scripts = fc
    .record({
      capacity: capacities,
      rings: fc.constantFrom(1 as const, 2 as const),
      calls: fc.array(fc.oneof(anyValue, fc.constant('pop' as const)), { minLength: 1, maxLength: 40 }),
    })
    // Never full: what happens then is another promise.
    .map(({ capacity, rings, calls }) => ({ capacity, passed: 0, rings, calls: neverAbove(capacity - 1, calls) }))
  const example = (capacity: number, ...calls: driver.Call[]): driver.Script => ({
    capacity,
    passed: 0,
    rings: 2,
    calls,
  })
  await forAll(scripts, subject.run, (script, got) => against(script, got, model(script)), {
    tell,
    examples: [
      example(2, 0, 'pop', 'pop'),
      example(2, 1, 'pop', 2, 'pop', 3, 'pop', 4, 'pop', 'pop'),
      example(4, 1, 2, 3, 'pop', 4, 'pop', 5, 'pop', 6, 'pop', 'pop', 'pop'),
      example(2, -(2 ** 31), 'pop', 2 ** 31 - 1, 'pop', -1, 'pop'),
    ],
  })
})

test('It holds its capacity, and no more', async ({ subject, forAll }) => {
  const scripts = fc
    .record({
      capacity: fc.constantFrom(2, 4, 8, 64, 1_024),
      rings: fc.constantFrom(1 as const, 2 as const),
      bursts: fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 5 })), { maxLength: 6 }),
    })
    .map(({ capacity, rings, bursts }) => filled(capacity, rings, [[capacity, 0], ...bursts]))
  await forAll(scripts, subject.run, (script, got) => against(script, got, model(script)), {
    tell,
    examples: [
      filled(2, 1, [[3, 0]]),
      filled(2, 2, [[3, 3]]),
      filled(2, 1, [
        [3, 1],
        [2, 3],
      ]),
    ],
  })
})

/** Numbers from 1 on; each burst pushes so many and pops so many. */
function filled(capacity: number, rings: 1 | 2, bursts: readonly (readonly [number, number])[]): driver.Script {
  let value = 1
  const calls = bursts.flatMap(([pushes, pops]): driver.Call[] => [
    ...Array.from({ length: pushes }, () => value++),
    ...Array<driver.Call>(pops).fill('pop'),
  ])
  return { capacity, passed: 0, rings, calls }
}

test('It goes round for ever, past the end of 32 bits too', async ({ subject, forAll }) => {
  const ends = [2 ** 31, 2 ** 32, 2 ** 32 + 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER]
  const scripts = fc.record({
    capacity: capacities,
    passed: fc.oneof(
      fc.tuple(fc.constantFrom(...ends), fc.integer({ min: 0, max: 12 })).map(([end, before]) => end - before),
      fc.maxSafeNat(),
      fc.integer({ min: 0, max: 20 }),
    ),
    rings: fc.constantFrom(1 as const, 2 as const),
    calls: fc.array(fc.oneof(fc.integer({ min: 1, max: 99 }), fc.constant('pop' as const)), {
      minLength: 1,
      maxLength: 40,
    }),
  })
  const over = (capacity: number, end: number, before: number): driver.Script => ({
    ...filled(capacity, 2, [
      [capacity + 1, 2],
      [3, capacity],
      [2, 3],
      [capacity + 1, capacity + 1],
    ]),
    passed: end - before,
  })
  await forAll(scripts, subject.beside, (script, { far, near }) => against(script, far, near), {
    tell,
    examples: [2 ** 31, 2 ** 32].flatMap((end) =>
      [2, 4].flatMap((capacity) => [0, 1, 2, 3, 5].map((before) => over(capacity, end, before))),
    ),
  })
})

// ---- two threads -----------------------------------------------------------------------------------------------------

const who = ({ push = [] }: driver.Side) => (push.length > 0 ? 'pusher' : 'popper')

function does({ push = [], pop = 0, tries }: driver.Side): string {
  const call = `${tries ? 'try' : ''}${push.length > 0 ? (tries ? 'Push' : 'push') : tries ? 'Pop' : 'pop'}`
  return push.length > 0
    ? `the pusher calls ${push.map((value) => `${call}(${value})`).join(', ')}`
    : `the popper calls ${call}()${pop > 1 ? ` ${pop} times` : ''}`
}

const setting = ({ capacity, held, sides }: driver.Scene) => [
  `A ring of ${capacity}${held.length === 0 ? ', empty' : ` that holds ${show(held)}`}: ${sides.map(does).join('; ')}`,
]

function order({ sides }: driver.Scene, { schedule }: driver.Came): string {
  if ('seed' in schedule) return `Threads take turns at each touch of shared memory as seed ${schedule.seed} draws it.`
  const { first, switches } = schedule
  const start = `The ${who(sides[first] as driver.Side)} runs first`
  if (switches.length === 0) return `${start}.`
  return `${start}; the other goes on after ${switches.map((at) => `touch ${at}`).join(' and after ')} of shared memory.`
}

const MAX_EVENTS = 7

function happened(scene: driver.Scene, came: driver.Came): string[] {
  const events = came.history.events.map(({ thread, what }) => {
    const { push, came: answer } = what as driver.Noted
    const { tries } = scene.sides[thread] as driver.Side
    const call = push === undefined ? (tries ? 'tryPop()' : 'pop()') : `${tries ? 'tryPush' : 'push'}(${push})`
    const isPush = push !== undefined && !tries
    return `${who(scene.sides[thread] as driver.Side)}: ${call}${isPush ? ' returns' : ` → ${show(answer)}`}`
  })
  const dropped = events.length - MAX_EVENTS
  return [
    ...setting(scene),
    order(scene, came),
    ...(dropped > 0 ? [`… ${dropped} calls before`, ...events.slice(-MAX_EVENTS)] : events),
  ]
}

const noted = ({ history }: driver.Came) => history.events.map(({ what }) => what as driver.Noted)

const push = (...values: number[]): driver.Side => ({ push: values, tries: false })
const pop = (count: number): driver.Side => ({ pop: count, tries: false })
const tryPush = (...values: number[]): driver.Side => ({ push: values, tries: true })
const tryPop = (count: number): driver.Side => ({ pop: count, tries: true })
const scene = (held: number[], ...sides: driver.Side[]): driver.Scene => ({ capacity: 2, held, sides })

/** Scenes small enough for every schedule of one switch, the first of them of two. */
const SMALL = [
  scene([], tryPush(1, 2), tryPop(2)),
  scene([1, 2], tryPush(3), tryPop(1)),
  scene([1], tryPush(2, 3), tryPop(2)),
]

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i)
const larger = fc
  .record({
    capacity: capacities,
    count: fc.integer({ min: 1, max: 24 }),
    held: fc.integer({ min: 0, max: 8 }),
    seed: fc.nat(),
  })
  .map(({ capacity, count, held, seed }) => ({ capacity, count, seed, held: numbers(1, Math.min(held, capacity)) }))

test('Neither thread sees what the other has not finished', async ({ subject, forAll }) => {
  const check = ({ scene }: { scene: driver.Scene }, all: driver.Came[]) => {
    for (const came of all) {
      const calls = noted(came)
      const went = [
        ...came.held,
        ...calls.flatMap(({ push, came }) => (push !== undefined && came === true ? [push] : [])),
      ]
      const popped = calls.flatMap(({ push, came }) => (push === undefined && came !== undefined ? [came] : []))
      const story = [...happened(scene, came), `left in the ring: ${show(came.left)}`]
      holds(
        same([...popped, ...came.left], went),
        story,
        `out and left, in order: ${show(went)}`,
        show([...popped, ...came.left]),
      )
    }
  }
  const every = fc
    .constantFrom(...SMALL)
    .map((scene): { scene: driver.Scene; switches: 1 | 2 } => ({ scene, switches: 2 }))
  await forAll(every, subject.ways, check, {
    runs: 0,
    examples: SMALL.map((scene, i) => ({ scene, switches: i === 0 ? 2 : 1 })),
    tell: ({ scene }) => setting(scene),
  })
  const some = larger.map(({ capacity, count, held, seed }) => ({
    scene: { capacity, held, sides: [tryPush(...numbers(101, count)), tryPop(count)] },
    seed,
  }))
  await forAll(some, subject.way, check, { tell: ({ scene }) => setting(scene) })
})

test('What the threads share is ordered by atomic operations', async ({ subject, forAll }) => {
  const check = ({ scene }: { scene: driver.Scene }, all: driver.Came[]) => {
    for (const came of all) {
      const [race] = came.history.races
      if (race === undefined) continue
      const name = (thread: number) => who(scene.sides[thread] as driver.Side)
      const { first, second, byteOffset } = race
      throw new BrokenPromise(
        [
          ...setting(scene),
          order(scene, came),
          `line ${first.line}: the ${name(first.thread)} touches the word at byte ${byteOffset} of the memory`,
          `line ${second.line}: the ${name(second.thread)} touches it too, and at least one of them writes it`,
        ],
        'an atomic store before and an atomic load after, of one and the same word, that order the two',
        'nothing orders them: another processor may see them the other way round',
      )
    }
  }
  const scenes = [...SMALL, scene([], push(1, 2, 3), pop(3)), scene([1, 2], push(3), pop(1))]
  await forAll(
    fc.constantFrom(...scenes).map((scene) => ({ scene, switches: 1 as const })),
    subject.ways,
    check,
    {
      runs: 0,
      examples: scenes.map((scene) => ({ scene, switches: 1 as const })),
      tell: ({ scene }) => setting(scene),
    },
  )
  const some = larger.map(({ capacity, count, held, seed }) => ({
    scene: { capacity, held, sides: [push(...numbers(101, count)), pop(count)] },
    seed,
  }))
  await forAll(some, subject.way, check, { runs: 20, tell: ({ scene }) => setting(scene) })
})

test('Whoever waits sleeps, and is woken', async ({ subject, forAll }) => {
  const check = ({ scene }: { scene: driver.Scene }, all: driver.Came[]) => {
    for (const came of all) {
      const { end, waits, threads } = came.history
      const isAlone = scene.sides.length === 1
      if (end === (isAlone ? 'deadlock' : 'done')) continue
      const story = happened(scene, came)
      const lines = threads.flatMap((thread) => ('stoppedAt' in thread ? [thread.stoppedAt] : []))
      if (end === 'endless')
        throw new BrokenPromise(
          story,
          isAlone ? 'it sleeps' : 'it sleeps until it is woken',
          `it looks again and again, on line ${lines[0]}`,
        )
      if (isAlone) throw new BrokenPromise(story, 'it waits', 'it goes on')
      const [wait] = waits
      holds(wait !== undefined, story, 'both threads come to their end', 'they do not')
      const { thread, line, changedBy, notifiedBefore } = wait
      const name = who(scene.sides[thread] as driver.Side)
      const why =
        changedBy !== undefined
          ? `: line ${changedBy.line} changed the word that it waits on, and nobody notified it`
          : notifiedBefore !== undefined
            ? `: line ${notifiedBefore.line} notified it just before it went to sleep`
            : ': nobody notified it'
      throw new BrokenPromise(story, `the ${name} is woken`, `it sleeps for ever on line ${line}${why}`)
    }
  }
  const scenes = [
    scene([], push(1), pop(1)),
    scene([1, 2], push(3), pop(1)),
    scene([], tryPush(1), pop(1)),
    scene([1, 2], push(3), tryPop(1)),
  ]
  const alone = [scene([], pop(1)), scene([1, 2], push(3)), scene([1], pop(2)), scene([1], push(2, 3))]
  const long = [scene([], push(1, 2, 3, 4), pop(4)), scene([1, 2], push(3, 4, 5), pop(5))]
  const examples = [
    ...alone.map((scene) => ({ scene, switches: 0 as const })),
    ...scenes.map((scene, i) => ({ scene, switches: i === 0 ? (2 as const) : (1 as const) })),
    ...long.map((scene) => ({ scene, switches: 1 as const })),
  ]
  const tell = ({ scene }: { scene: driver.Scene }) => setting(scene)
  await forAll(fc.constantFrom(...examples), subject.ways, check, { runs: 0, examples, tell })
  const some = larger.map(({ capacity, count, held, seed }) => ({
    scene: { capacity, held, sides: [push(...numbers(101, count)), pop(count)] },
    seed,
  }))
  await forAll(some, subject.way, check, { tell })
})

test('Bad input is refused by name and changes nothing', async ({ subject, forAll }) => {
  type Attempted = { returned: unknown } | { threw: string; message: string }
  const isRefusal = (answer: Attempted | undefined, name: string) =>
    answer !== undefined && 'threw' in answer && answer.threw === 'RangeError' && answer.message.includes(name)
  const shown = (answer: Attempted | undefined) =>
    answer !== undefined && 'message' in answer ? `${show(answer)}: ${answer.message}` : show(answer)
  const refused = (answer: Attempted, name: string, call: string) =>
    holds(isRefusal(answer, name), [call], `throws RangeError naming ${name}`, shown(answer))
  const fine = (answer: Attempted, call: string) => holds('returned' in answer, [call], 'no objection', shown(answer))

  const badCapacity = fc.constantFrom(
    0,
    1,
    3,
    6,
    12,
    -2,
    -8,
    1.5,
    2.5,
    2 ** 21,
    2 ** 31,
    2 ** 32,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  )
  await forAll(
    badCapacity.map((capacity) => ({ capacity, bytes: 0, passed: 0 })),
    subject.setUp,
    ({ capacity }, { bytesFor, prepare, make }) => {
      refused(bytesFor, 'capacity', `SpscRing.bytesFor(${show(capacity)})`)
      refused(prepare, 'capacity', `SpscRing.prepare(memory, ${show(capacity)}, 0)`)
      refused(make, 'capacity', `new SpscRing(memory, ${show(capacity)})`)
    },
    {
      examples: [0, 1, 3, 6, 2 ** 21, -2, 2.5, 2 ** 32, Number.NaN].map((capacity) => ({
        capacity,
        bytes: 0,
        passed: 0,
      })),
    },
  )
  const good = fc.constantFrom(2, 4, 64, 1 << 20)
  const setUps = fc.oneof(
    good.map((capacity) => ({ capacity, bytes: -1, passed: 0 })),
    good.map((capacity) => ({ capacity, bytes: 0, passed: 0 })),
    fc
      .tuple(good, fc.constantFrom(-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 2 ** 60))
      .map(([capacity, passed]) => ({ capacity, bytes: 0, passed })),
  )
  await forAll(
    setUps,
    subject.setUp,
    ({ capacity, bytes, passed }, { prepare, make }) => {
      const memory = bytes === 0 ? 'memory' : 'memory of one byte too few'
      const prepared = `SpscRing.prepare(${memory}, ${show(capacity)}, ${show(passed)})`
      const made = `new SpscRing(${memory}, ${show(capacity)})`
      if (bytes < 0) {
        refused(prepare, 'memory', prepared)
        refused(make, 'memory', made)
      } else {
        fine(make, made)
        if (passed === 0) fine(prepare, prepared)
        else refused(prepare, 'passed', prepared)
      }
    },
    {
      examples: [
        { capacity: 2, bytes: -1, passed: 0 },
        { capacity: 2, bytes: 0, passed: 0 },
        { capacity: 1 << 20, bytes: 0, passed: 0 },
        ...[-1, 0.5, Number.NaN, 2 ** 53].map((passed) => ({ capacity: 2, bytes: 0, passed })),
      ],
    },
  )
  const badValue = fc.constantFrom(0.5, -1.5, 2 ** 31, -(2 ** 31) - 1, 2 ** 32, Number.NaN, Number.POSITIVE_INFINITY)
  // In both ways; but into a full ring without waiting, or who looks for room first would sleep for ever.
  const misuse = ({ capacity, good, bad }: { capacity: number; good: number[]; bad: number[] }): driver.Misuse => {
    const held = good.slice(0, capacity)
    const ways = held.length < capacity ? [true, false] : [true]
    return { capacity, good: held, bad: bad.flatMap((push) => ways.map((tries) => ({ push, tries }))) }
  }
  await forAll(
    fc
      .record({
        capacity: fc.constantFrom(2, 8, 16),
        good: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }),
        bad: fc.array(badValue, { minLength: 1, maxLength: 4 }),
      })
      .map(misuse),
    subject.misuse,
    ({ capacity, good, bad }, { answers, held, left }) => {
      const story = [`new SpscRing(memory, ${capacity})`, ...good.map((value) => `tryPush(${value})`)]
      const calls = bad.map(({ push, tries }) => `${tries ? 'tryPush' : 'push'}(${show(push)})`)
      for (const [i, answer] of answers.entries())
        holds(
          isRefusal(answer, 'value'),
          [...story, calls[i] as string],
          'throws RangeError naming value',
          shown(answer),
        )
      holds(same(left, held), [...story, `refused: ${calls.join(', ')}`], `it holds ${show(held)}`, show(left))
    },
    {
      examples: [
        ...[0.5, 2 ** 31, -(2 ** 31) - 1, Number.NaN].map((value) => ({ capacity: 8, good: [1], bad: [value] })),
        { capacity: 2, good: [1, 2], bad: [0.5] },
      ].map(misuse),
    },
  )
})
