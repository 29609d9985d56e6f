// The promises of a disruptor. Calls in one thread show what a claim may get; real threads in lock step show what one party
// may see of another. Small scenes are run by every schedule of one switch, so that what is wrong is found on every seed;
// larger ones by schedules that the seed draws. What a party got is taken as it is, so that one promise is judged at a time.
//
// Scenes are few and their first thread begins: a run in lock step takes a millisecond or two, and a proof takes thousands.

import { agree, BrokenPromise, fc, hiddenTest, holds, same, show } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)

type Shape = driver.Script['shape']
type Party = driver.Call['by']

const nameOf = (by: Party) => (by === 'producer' ? 'producer' : `consumer ${by}`)
const theOne = (by: Party) => (by === 'producer' ? 'the producer' : `consumer ${by}`)
const shapeOf = (capacity: number, after: Shape['after'], fields = 1): Shape => ({ capacity, fields, after })
const DIAMOND = [[], [], [0, 1]]

function openingOf(shape: Shape, passed = 0): string {
  const { capacity, fields, after } = shape
  const numbers = fields === 1 ? 'one number' : `${fields} numbers`
  return `A ring of ${capacity} slots of ${numbers}, after: ${show(after)}${passed === 0 ? '' : `, prepared as after ${show(passed)} events`}`
}

// ---- scripts in one thread -------------------------------------------------------------------------------------------

const saidOf = ({ by, does, most }: driver.Call): string => {
  if (does === 'join') return `${nameOf(by)} joins anew`
  const claim = `tryClaim(${most ?? ''})`
  const calls = { claim, release: 'release()', 'claim and release': `${claim}, release()` }
  return `${nameOf(by)}: ${calls[does]}`
}
const tell = ({ shape, passed, calls }: driver.Script) => [openingOf(shape, passed), ...calls.map(saidOf)]

/** Whom a party follows. */
function upstream(by: Party, { after }: Shape): readonly Party[] {
  if (by === 'producer') return [...after.keys()].filter((one) => !after.some((list) => list.includes(one)))
  const list = after[by] as readonly number[]
  return list.length > 0 ? list : ['producer']
}

/** A disruptor by its contract: how far each party is, and what stands in the slots. */
function model(shape: Shape) {
  const released = new Map<Party, number>()
  const held = new Map<Party, number>()
  const sequence = (by: Party) => released.get(by) ?? 0
  return {
    /** how many slots there are for it */
    there: (by: Party) =>
      Math.min(...upstream(by, shape).map(sequence)) - sequence(by) + (by === 'producer' ? shape.capacity : 0),
    sequence,
    claim: (by: Party, count: number) => held.set(by, count),
    release: (by: Party) => {
      released.set(by, sequence(by) + (held.get(by) ?? 0))
      held.set(by, 0)
    },
    join: (by: Party) => held.set(by, 0),
    isHolding: (by: Party) => (held.get(by) ?? 0) > 0,
  }
}

const countOf = (answer: driver.Answer | undefined) =>
  Array.isArray(answer) ? answer.length : typeof answer === 'number' ? answer : 0

interface Judged {
  call: driver.Call
  got: driver.Answer
  /** slots that there were for it, whatever it asked for */
  there: number
  /** what it should have read in as many slots as it got */
  reads: driver.Answer
}

/** What the contract says of each call, where all before it came as they came. */
function judged({ shape, values, calls }: driver.Script, got: readonly driver.Answer[]): Judged[] {
  const { capacity, fields } = shape
  const state = model(shape)
  const slots = Array.from({ length: capacity }, () => Array<number>(fields).fill(0))
  let written = 0
  return calls.map((call, i) => {
    const { by, does } = call
    const answer = got[i] as driver.Answer
    const there = state.there(by)
    const count = Math.min(countOf(answer), 2 * capacity)
    let reads = answer
    if (does === 'join') state.join(by)
    else if (does !== 'release') {
      const first = state.sequence(by)
      const read: number[][] = []
      for (let at = first; at < first + count; at++) {
        const slot = slots[at % capacity] as number[]
        if (by === 'producer')
          for (let field = 0; field < fields; field++) slot[field] = values[written++ % values.length] as number
        else {
          read.push([...slot])
          if (by + 1 < fields) slot[by + 1] = ((slot[0] as number) + 1_000 * (by + 1)) | 0
        }
      }
      if (by !== 'producer') reads = read
      state.claim(by, count)
    }
    if (does === 'release' || does === 'claim and release') state.release(by)
    return { call, got: answer, there, reads }
  })
}

/** Nobody gets more than there is. @throws {BrokenPromise} */
function noMore(script: driver.Script, got: readonly driver.Answer[], isMeant: (by: Party) => boolean): void {
  const all = judged(script, got)
  const wrong = all.findIndex(
    ({ call, got, there }) => isMeant(call.by) && call.does !== 'release' && countOf(got) > there,
  )
  if (wrong < 0) return
  const { got: answer, there } = all[wrong] as Judged
  throw new BrokenPromise(
    [
      openingOf(script.shape, script.passed),
      ...all.slice(0, wrong + 1).map(({ call, got }) => `${saidOf(call)}${got === null ? '' : ` → ${countOf(got)}`}`),
    ],
    there === 0 ? 'none: no slot is there for it' : `at most ${there}, which is what there is`,
    show(countOf(answer)),
  )
}

/** Leaves no more to ask for than there is for those of whom that is meant, if all goes right; and nobody claims twice. */
function tamed(shape: Shape, calls: readonly driver.Call[], isTamed: (by: Party) => boolean): driver.Call[] {
  const state = model(shape)
  return calls.flatMap((call) => {
    const { by, does } = call
    if (does === 'join') state.join(by)
    else if (does === 'release') state.release(by)
    else {
      if (state.isHolding(by)) return []
      const there = state.there(by)
      const most = Math.min(call.most ?? shape.capacity, there)
      if (isTamed(by) && most === 0) return []
      state.claim(by, most)
      if (does === 'claim and release') state.release(by)
      return [isTamed(by) ? { ...call, most } : call]
    }
    return [call]
  })
}

const isProducer = (by: Party) => by === 'producer'
const isConsumer = (by: Party) => by !== 'producer'

const partyIn = ({ after }: Shape) =>
  fc.oneof(fc.constant<Party>('producer'), fc.nat({ max: after.length - 1 }) as fc.Arbitrary<Party>)

const capacities = fc.constantFrom(2, 4, 8)
const anyValue = fc.oneof(fc.constantFrom(0, -1, 2 ** 31 - 1, -(2 ** 31)), fc.integer())

interface Kind {
  after: readonly Shape['after'][]
  fields?: fc.Arbitrary<number>
  does?: readonly driver.Call['does'][]
  isTamed?: (by: Party) => boolean
  /** at the end every consumer takes all that is left, in the order of their numbers */
  drains?: true
}

/** Scripts of up to 24 calls on rings of the given graphs. */
const scripts = ({ after, fields = fc.constant(1), does = ['claim and release'], isTamed, drains }: Kind) =>
  fc
    .tuple(capacities, fc.constantFrom(...after), fields)
    .map(([capacity, after, fields]) => shapeOf(capacity, after, fields))
    .chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        values: fc.array(anyValue, { minLength: 3, maxLength: 7 }),
        calls: fc.array(
          fc.record({
            by: partyIn(shape),
            does: fc.constantFrom(...does),
            most: fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max: shape.capacity + 1 })),
          }),
          { minLength: 1, maxLength: 24 },
        ),
      }),
    )
    .map(({ shape, values, calls }): driver.Script => {
      const plain = calls.map(
        ({ by, does, most }): driver.Call => (most === undefined ? { by, does } : { by, does, most }),
      )
      const some = tamed(shape, plain, isTamed ?? (() => false))
      return { shape, passed: 0, values, calls: drains === undefined ? some : [...some, ...drained(shape)] }
    })

const drained = (shape: Shape): driver.Call[] =>
  [...shape.after.keys()].flatMap((by) =>
    Array.from({ length: shape.capacity }, (): driver.Call => ({ by, does: 'claim and release' })),
  )

/** "producer 3", "0" and "0 2" are calls that claim and release; a word in front says otherwise: "claim 0 2". */
function script(shape: Shape, ...said: string[]): driver.Script {
  const calls = said.map((one): driver.Call => {
    const words = one.split(' ')
    const does = /^(claim|release|join)$/.test(words[0] as string) ? (words.shift() as 'claim') : 'claim and release'
    const [who = '', most] = words
    const by = who === 'producer' ? who : Number(who)
    return most === undefined ? { by, does } : { by, does, most: Number(most) }
  })
  return { shape, passed: 0, values: [1, 2, 3, 4, 5, 6, 7], calls }
}

test('What is released arrives once, in order, with all its numbers', async ({ subject, forAll }) => {
  const check = (one: driver.Script, got: driver.Answer[]) => {
    const all = judged(one, got)
    agree(
      openingOf(one.shape),
      all.map(({ call, got, reads }) => ({ call: saidOf(call), got, want: reads })),
    )
    const filled = all.reduce((sum, { call, got }) => sum + (isProducer(call.by) ? countOf(got) : 0), 0)
    for (const consumer of one.shape.after.keys()) {
      const read = all.reduce((sum, { call, got }) => sum + (call.by === consumer ? countOf(got) : 0), 0)
      holds(
        read === filled,
        [openingOf(one.shape), ...all.slice(0, 12).map(({ call, got }) => `${saidOf(call)} → ${show(got)}`)],
        `consumer ${consumer} gets all ${filled} events`,
        `${read} events`,
      )
    }
  }
  const kinds = scripts({
    after: [[[]], [[], [0]], [[], []]],
    fields: fc.integer({ min: 1, max: 4 }),
    isTamed: isProducer,
    drains: true,
  })
  const example = (shape: Shape, ...said: string[]) => {
    const one = script(shape, ...said)
    return { ...one, calls: [...one.calls, ...drained(shape)] }
  }
  await forAll(kinds, subject.run, check, {
    tell,
    examples: [
      example(shapeOf(4, [[]]), 'producer 3', '0', 'producer 3', '0'),
      example(shapeOf(2, [[]], 2), 'producer 2', '0 1', 'producer 1', '0'),
      example(shapeOf(4, [[], [0]], 3), 'producer 3', '0', '1', 'producer 3', '0', '1'),
    ],
  })
  const handedOver = scene(shapeOf(2, [[]]), [], works('producer', 2), works(0, 2))
  await eachWay([handedOver], { subject, forAll }, isInOrder)
  await drawn(2, [[]], { subject, forAll }, isInOrder)
})

test('A claim gets all there is, up to what it asks for', async ({ subject, forAll }) => {
  const kinds = scripts({ after: [[[]], [[], []]], isTamed: isProducer })
  const check = (one: driver.Script, got: driver.Answer[]) =>
    agree(
      openingOf(one.shape),
      judged(one, got).map(({ call, got, there }) => ({
        call: saidOf(call),
        got: countOf(got),
        want: Math.min(call.most ?? one.shape.capacity, there),
      })),
    )
  await forAll(kinds, subject.run, check, {
    tell,
    examples: [
      script(shapeOf(4, [[]]), 'producer 4', '0'),
      script(shapeOf(4, [[]]), 'producer 3', '0 2', 'producer 1', '0'),
      script(shapeOf(4, [[]]), 'producer 2', '0', 'producer 2', '0 3', 'producer 4', '0'),
      script(shapeOf(4, [[]]), 'producer 4', '0 1', 'producer 1', '0 1', 'producer 1', '0 3', 'producer 3'),
    ],
  })
})

test('No slot is filled again before every last consumer has released it', async ({ subject, forAll }) => {
  const kinds = scripts({ after: [[[]], [[], []], [[], [0]], [[], [], []], [[], [0], [0]]] })
  await forAll(kinds, subject.run, (one, got) => noMore(one, got, isProducer), {
    tell,
    examples: [
      script(shapeOf(2, [[]]), 'producer', 'producer'),
      script(shapeOf(2, [[]]), 'producer 2', '0 1', 'producer'),
      script(shapeOf(2, [[], []]), 'producer 2', '0', 'producer'),
      script(shapeOf(2, [[], []]), 'producer 2', '1', 'producer'),
      script(shapeOf(2, [[], [0]]), 'producer 2', '0', 'producer'),
      script(shapeOf(4, [[], []]), 'producer 4', '0 1', '1 2', 'producer'),
    ],
  })
  await eachWay([moving('producer', [[], []], 1)], { subject, forAll }, notTooFar(isProducer))
})

test('A consumer sees only what all before it have released', async ({ subject, forAll }) => {
  const kinds = scripts({
    after: [DIAMOND, [[], [0]], [[], [0], [0], [1, 2]], [[], [], [1], [0, 2]]],
    isTamed: isProducer,
  })
  await forAll(kinds, subject.run, (one, got) => noMore(one, got, isConsumer), {
    tell,
    examples: [
      script(shapeOf(2, [[]]), '0'),
      script(shapeOf(2, DIAMOND), 'producer 2', '0', '2'),
      script(shapeOf(2, DIAMOND), 'producer 2', '1', '2'),
      script(shapeOf(4, DIAMOND), 'producer 4', '0 3', '1 1', '2'),
      script(shapeOf(2, [[], [0]]), 'producer 2', '1'),
    ],
  })
  const handedOn = scene(
    shapeOf(2, DIAMOND),
    [
      ['producer', 1],
      [1, 1],
    ],
    tries(0, 1),
    tries(2, 1),
  )
  await eachWay([moving(2, DIAMOND, 0), handedOn], { subject, forAll }, notTooFar(isConsumer))
  await drawn(3, DIAMOND, { subject, forAll }, (scene, came) => {
    notTooFar(isConsumer)(scene, came)
    isInOrder(scene, came)
  })
})

test('Only a release hands slots on', async ({ subject, forAll }) => {
  const kinds = scripts({ after: [[[]]], does: ['claim', 'release', 'claim and release', 'join'] })
  await forAll(kinds, subject.run, (one, got) => noMore(one, got, () => true), {
    tell,
    examples: [
      script(shapeOf(2, [[]]), 'claim producer 1', '0', 'release producer', '0'),
      script(shapeOf(2, [[]]), 'producer 2', 'claim 0', 'producer', 'release 0', 'producer'),
      script(shapeOf(2, [[]]), 'claim producer 2', 'join producer', 'release producer', '0'),
      script(shapeOf(4, [[]]), 'claim producer 1', 'release producer', 'release producer', '0'),
      script(shapeOf(2, [[]]), 'producer 2', '0 1', 'release 0', 'producer'),
    ],
  })
  // Whoever joins goes on where its party last released: what was claimed and not released is claimed again.
  const anew = scripts({ after: [[[]]], does: ['claim', 'claim and release', 'join'], isTamed: isProducer })
  const check = (one: driver.Script, got: driver.Answer[]) =>
    agree(
      openingOf(one.shape),
      judged(one, got).map(({ call, got, there }) => ({
        call: saidOf(call),
        got: got === null ? 'fine' : countOf(got) > 0 || there === 0,
        want: got === null ? 'fine' : true,
      })),
    )
  await forAll(anew, subject.run, check, {
    tell,
    examples: [
      script(shapeOf(4, [[]]), 'producer 3', 'claim 0 2', 'join 0', '0'),
      script(shapeOf(4, [[]]), 'producer 2', '0', 'join 0', 'producer 2', '0'),
    ],
  })
})

test('Sequences go on past the end of 32 bits', async ({ subject, forAll }) => {
  const ends = [2 ** 31, 2 ** 32, 2 ** 32 + 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER]
  const anyPassed = fc.oneof(
    fc.tuple(fc.constantFrom(...ends), fc.integer({ min: 0, max: 12 })).map(([end, before]) => end - before),
    fc.maxSafeNat(),
    fc.integer({ min: 0, max: 20 }),
  )
  const kinds = fc
    .tuple(scripts({ after: [[[]], DIAMOND, [[], []]] }), anyPassed)
    .map(([script, passed]) => ({ ...script, passed }))
  const over = (end: number, before: number): driver.Script => ({
    ...script(
      shapeOf(2, DIAMOND),
      ...['producer', '0', '1 1', '2', '1', '2', 'producer 1', 'producer 2', '1', '0', '2', 'producer', '0', '1', '2'],
    ),
    passed: end - before,
  })
  await forAll(
    kinds,
    subject.beside,
    (one, { far, near }) =>
      agree(
        openingOf(one.shape, one.passed),
        one.calls.map((call, i) => ({ call: saidOf(call), got: far[i], want: near[i] })),
      ),
    {
      tell,
      examples: [
        ...[2 ** 31, 2 ** 32].flatMap((end) => [0, 1, 2, 3, 4].map((before) => over(end, before))),
        // Large enough to reach far in front of the slots, for those who do.
        { ...script(shapeOf(128, [[]]), 'producer', '0', 'producer', '0 1', '0'), passed: 2 ** 31 },
      ],
    },
  )
})

// ---- threads ---------------------------------------------------------------------------------------------------------

type Tools = Pick<Parameters<Parameters<typeof test>[1]>[0], 'subject' | 'forAll'>
type Check = (scene: driver.Scene, came: driver.Came) => void

const scene = (shape: Shape, before: [Party, number][], ...sides: driver.Side[]): driver.Scene => ({
  shape,
  before: before.map(([by, most]) => ({ by, most })),
  sides,
})
const tries = (by: Party, tries: number, most?: number): driver.Side => ({
  by,
  strategy: 'sleep',
  until: { tries },
  ...(most === undefined ? {} : { most }),
})
const works = (by: Party, events: number, most?: number, strategy: 'spin' | 'sleep' = 'sleep'): driver.Side => ({
  by,
  strategy,
  until: { events },
  ...(most === undefined ? {} : { most }),
})

/** Of the two whom a party follows, one stands still, and the other overtakes it just while the party looks. */
const moving = (by: Party, after: Shape['after'], still: 0 | 1): driver.Scene =>
  scene(
    shapeOf(4, after),
    [
      ['producer', 4],
      [still, 3],
      [1 - still, 1],
    ],
    tries(by, 1),
    tries(1 - still, 1),
  )

/** Runs each scene by every schedule of so many switches. */
async function eachWay(
  scenes: readonly driver.Scene[],
  { subject, forAll }: Tools,
  check: Check,
  switches: 0 | 1 = 1,
): Promise<void> {
  const examples = scenes.map((scene) => ({ scene, switches }))
  await forAll(
    fc.constantFrom(...examples),
    subject.ways,
    ({ scene }, all) => {
      for (const came of all) check(scene, came)
    },
    { runs: 0, examples, tell: ({ scene }) => setting(scene) },
  )
}

/** A graph at work, in so many ways that the seed draws. A smaller one need not fail: there is nothing to shrink. */
async function drawn(count: number, after: Shape['after'], { subject, forAll }: Tools, check: Check): Promise<void> {
  const some = fc
    .record({
      capacity: fc.constantFrom(2, 4),
      events: fc.integer({ min: 3, max: 8 }),
      most: fc.integer({ min: 1, max: 3 }),
      seed: fc.nat(),
    })
    .map(({ capacity, events, most, seed }) => ({
      scene: scene(
        shapeOf(capacity, after, after.length),
        [],
        works('producer', events, most),
        ...[...after.keys()].map((by) => works(by, events, by === 1 ? most : undefined)),
      ),
      seed,
    }))
  await forAll(
    fc.noShrink(some),
    subject.drawn,
    ({ scene }, all) => {
      for (const came of all) check(scene, came)
    },
    { runs: count, tell: ({ scene }) => setting(scene) },
  )
}

function doesOf({ by, strategy, most, until }: driver.Side): string {
  const claim = 'tries' in until ? `tryClaim(${most ?? ''})` : `claim(${most ?? ''})`
  const how = 'tries' in until ? (until.tries === 1 ? 'once' : `${until.tries} times`) : `until it had ${until.events}`
  const waits = 'tries' in until ? '' : strategy === 'spin' ? ', spinning' : ', sleeping'
  return `${nameOf(by)}: ${claim}, work, release() ${how}${waits}`
}

const setting = ({ shape, before, sides }: driver.Scene) => [
  openingOf(shape),
  ...(before.length === 0
    ? []
    : [`Released before: ${before.map(({ by, most }) => `${nameOf(by)} ${most}`).join(', ')}`]),
  ...sides.map(doesOf),
]

function order({ sides }: driver.Scene, { schedule }: driver.Came): string {
  if ('seed' in schedule) return `Threads take turns at each touch of shared memory as seed ${schedule.seed} draws it.`
  const { first, switches } = schedule
  const start = `First runs ${theOne((sides[first] as driver.Side).by)}`
  return switches.length === 0
    ? `${start}.`
    : `${start}; the next goes on after touch ${switches.join(' and after touch ')} of shared memory.`
}

const MAX_EVENTS = 6
const eventsOf = (what: driver.Noted) => ('fills' in what ? what.fills : what.reads.map((slot) => slot[0] as number))

function happened(scene: driver.Scene, came: driver.Came, upTo = came.noted.length): string[] {
  const lines = came.noted.slice(scene.before.length, upTo).map(({ by, what }) => {
    const reads = 'reads' in what && scene.shape.fields > 1 ? what.reads : eventsOf(what)
    return `${nameOf(by)} ${'fills' in what ? 'fills' : 'reads'} ${show(reads)}`
  })
  const dropped = lines.length - MAX_EVENTS
  return [
    ...setting(scene),
    order(scene, came),
    ...(dropped > 0 ? [`… ${dropped} batches before`, ...lines.slice(-MAX_EVENTS)] : lines),
  ]
}

/** Who notes an event holds it: all that it follows must have held it before, and the producer a lap before that. */
const notTooFar =
  (isMeant: (by: Party) => boolean): Check =>
  (scene, came) => {
    const had = new Map<Party, number>()
    for (const [i, { by, what }] of came.noted.entries()) {
      const last = (had.get(by) ?? 0) + eventsOf(what).length
      had.set(by, last)
      if (!isMeant(by)) continue
      for (const one of upstream(by, scene.shape)) {
        const reach = (had.get(one) ?? 0) + (by === 'producer' ? scene.shape.capacity : 0)
        holds(
          last <= reach,
          happened(scene, came, i + 1),
          `it gets no further than event ${reach}: ${nameOf(one)} has had ${had.get(one) ?? 0}`,
          `it holds event ${last}`,
        )
      }
    }
  }

/** Each consumer reads event after event, and in each what those before it have written there. */
const isInOrder: Check = (scene, came) => {
  const had = new Map<Party, number>()
  for (const [i, { by, what }] of came.noted.entries()) {
    if (by === 'producer' || !('reads' in what)) continue
    for (const slot of what.reads) {
      const event = (had.get(by) ?? 0) + 1
      had.set(by, event)
      const marks = (scene.shape.after[by] as readonly number[]).filter((one) => one + 1 < scene.shape.fields)
      const want = [event, ...marks.map((one) => event + 1_000 * (one + 1))]
      holds(same(slot, want), happened(scene, came, i + 1), `${nameOf(by)} reads ${show(want)}`, show(slot))
    }
  }
}

const noRace: Check = (scene, came) => {
  const [race] = came.races
  if (race === undefined) return
  const name = (thread: number) => theOne((scene.sides[thread] as driver.Side).by)
  const { first, second, byteOffset } = race
  throw new BrokenPromise(
    [
      ...setting(scene),
      order(scene, came),
      `line ${first.line}: ${name(first.thread)} touches the word at byte ${byteOffset} of the memory`,
      `line ${second.line}: ${name(second.thread)} touches it too, and at least one of them writes it`,
    ],
    'an atomic store before and an atomic load after, of one and the same word, that order the two',
    'nothing orders them: another processor may see them the other way round',
  )
}

test('What the parties share is ordered by atomic operations', async ({ subject, forAll }) => {
  // Whether anything orders two touches does not depend on which came first: one way of each scene shows it.
  const scenes = [
    scene(shapeOf(2, [[]]), [], tries('producer', 2, 1), tries(0, 2)),
    scene(shapeOf(2, [[]]), [['producer', 2]], tries(0, 1), tries('producer', 1)),
    scene(shapeOf(2, DIAMOND, 3), [['producer', 1]], tries(0, 1), tries(1, 1), tries(2, 1)),
    scene(shapeOf(2, [[], []]), [], works(0, 3), works('producer', 3), works(1, 3)),
  ]
  await eachWay(scenes, { subject, forAll }, noRace, 0)
})

/** All come to their end; one that is alone, and has nothing to hope for, waits by its strategy for ever. */
const isWoken: Check = (scene, came) => {
  const { end, waits, stoppedAt } = came
  const [alone] = scene.sides.length === 1 ? scene.sides : []
  const isRight = alone === undefined ? 'done' : alone.strategy === 'sleep' ? 'deadlock' : 'endless'
  if (end === isRight) return
  const story = happened(scene, came)
  const line = stoppedAt[0]?.line
  if (alone !== undefined) {
    const got = {
      done: 'it goes on',
      deadlock: `it sleeps on line ${line}`,
      endless: `it looks again and again, on line ${line}`,
    }
    throw new BrokenPromise(story, alone.strategy === 'sleep' ? 'it sleeps' : 'it looks again and again', got[end])
  }
  if (end === 'endless')
    throw new BrokenPromise(story, 'all come to their end', `they look again and again, on line ${line}`)
  const [wait] = waits
  holds(wait !== undefined, story, 'all come to their end', 'they do not')
  const why =
    wait.changedBy !== undefined
      ? `: line ${wait.changedBy.line} changed the word that it waits on, and nobody notified it`
      : wait.notifiedBefore !== undefined
        ? `: line ${wait.notifiedBefore.line} notified it just before it went to sleep`
        : ': nobody notified it'
  throw new BrokenPromise(
    story,
    `${theOne((scene.sides[wait.thread] as driver.Side).by)} is woken`,
    `it sleeps for ever on line ${wait.line}${why}`,
  )
}

test('Whoever sleeps is woken, and whoever spins never sleeps', async ({ subject, forAll }) => {
  const one = shapeOf(2, [[]])
  const two = shapeOf(2, [[], []])
  const diamond = shapeOf(2, DIAMOND)
  const full: [Party, number][] = [['producer', 2]]
  const inOneWay = [
    ...(['sleep', 'spin'] as const).flatMap((strategy) => [
      scene(one, [], works(0, 1, undefined, strategy)),
      scene(one, full, works('producer', 1, undefined, strategy)),
    ]),
    scene(diamond, [...full, [0, 1]], works(2, 1)),
    scene(one, [], works(0, 2, undefined, 'spin'), works('producer', 2, 1)),
    // One sleeps on the slower of two, and on both, one after the other.
    scene(two, [...full, [0, 1]], works('producer', 1), works(1, 1)),
    scene(two, full, works('producer', 1), works(0, 1), works(1, 1)),
    scene(diamond, full, works(2, 2), works(0, 2, 1), works(1, 2)),
  ]
  await eachWay(inOneWay, { subject, forAll }, isWoken, 0)
  const inEachWay = [
    scene(one, [], works(0, 1), works('producer', 1)),
    scene(one, [], works('producer', 1), works(0, 1)),
    scene(one, full, works(0, 1), works('producer', 1)),
    // Two sleep on one, who goes on as soon as they are woken.
    scene(two, [], works(0, 2), works(1, 1), works('producer', 2, 1)),
  ]
  await eachWay(inEachWay, { subject, forAll }, isWoken)
  await drawn(4, DIAMOND, { subject, forAll }, isWoken)
})

// ---- bad input -------------------------------------------------------------------------------------------------------

test('Bad input is refused by name and changes nothing', async ({ subject, forAll }) => {
  type Attempted = { returned: unknown } | { threw: string; message: string }
  const shown = (answer: Attempted | undefined) =>
    answer !== undefined && 'message' in answer ? `${show(answer)}: ${answer.message}` : show(answer)
  const refused = (answer: Attempted | undefined, name: string, story: readonly string[]) =>
    holds(
      answer !== undefined && 'threw' in answer && answer.threw === 'RangeError' && answer.message.includes(name),
      story,
      `throws RangeError naming ${name}`,
      shown(answer),
    )
  const fine = (answer: Attempted, call: string) => holds('returned' in answer, [call], 'no objection', shown(answer))

  const good: driver.SetUp = {
    shape: shapeOf(4, DIAMOND, 2),
    bytes: 0,
    passed: 0,
    party: 'producer',
    strategy: 'sleep',
  }
  const badShape = [
    ...[0, 1, 3, 6, -2, 2.5, 2 ** 17, 2 ** 32, Number.NaN].map((capacity) => ({ capacity })),
    ...[0, -1, 17, 1.5, Number.NaN].map((fields) => ({ fields })),
    ...[[], [[0]], [[], [1]], [[], [-1]], [[], [0.5]], [[], [], [0, 2]], Array<number[]>(257).fill([])].map(
      (after) => ({
        after,
      }),
    ),
  ].map((bad): driver.SetUp => ({ ...good, shape: { ...good.shape, ...bad } }))
  const badSetUp: driver.SetUp[] = [
    { ...good, bytes: -1 },
    ...[-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53].map((passed) => ({ ...good, passed })),
    ...[-1, 3, 0.5, Number.NaN].map((party) => ({ ...good, party })),
    ...['', 'block', 'wait'].map((strategy) => ({ ...good, strategy })),
  ]
  const goodSetUp: driver.SetUp[] = [
    good,
    { ...good, party: 2, strategy: 'spin', passed: Number.MAX_SAFE_INTEGER },
    { ...good, shape: shapeOf(65_536, [[]], 16) },
    { ...good, shape: shapeOf(2, Array<number[]>(256).fill([])), party: 255 },
  ]
  const setUps = [...badShape, ...badSetUp, ...goodSetUp]
  await forAll(
    fc.constantFrom(...setUps),
    subject.setUp,
    ({ shape, bytes, passed, party, strategy }, { bytesFor, prepare, make }) => {
      const memory = bytes === 0 ? 'memory' : 'memory of one byte too few'
      const said = `{ capacity: ${show(shape.capacity)}, fields: ${show(shape.fields)}, after: ${show(shape.after.slice(0, 4))} }`
      const sized = `Disruptor.bytesFor(${said})`
      const prepared = `Disruptor.prepare(${memory}, ${said}, ${show(passed)})`
      const made = `new Disruptor(${memory}, ${said}, ${show(party)}, ${show(strategy)})`
      const bad = (['capacity', 'fields', 'after'] as const).find((name) => shape[name] !== good.shape[name])
      const isBadShape = badShape.some((one) => same(one.shape, shape))
      if (isBadShape && bad !== undefined) {
        refused(bytesFor, bad, [sized])
        refused(prepare, bad, [prepared])
        refused(make, bad, [made])
        return
      }
      fine(bytesFor, sized)
      if (bytes < 0) {
        refused(prepare, 'memory', [prepared])
        refused(make, 'memory', [made])
        return
      }
      if (!Number.isSafeInteger(passed) || passed < 0) refused(prepare, 'passed', [prepared])
      else fine(prepare, prepared)
      const isParty = party === 'producer' || (Number.isInteger(party) && party >= 0 && party < shape.after.length)
      if (!isParty) refused(make, 'party', [made])
      else if (strategy !== 'spin' && strategy !== 'sleep') refused(make, 'strategy', [made])
      else fine(make, made)
    },
    { runs: 0, examples: setUps },
  )

  const bads: driver.Bad[] = [
    ...[0, -1, 0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY].map((most) => ({ most })),
    ...[1, 2, 4, -1, 0.5, Number.NaN, 2 ** 32].flatMap((slot) => [
      { slot, field: 0 },
      { slot, field: 1, value: 9 },
    ]),
    ...[2, -1, 0.5, Number.NaN, 2 ** 32].flatMap((field) => [
      { slot: 0, field },
      { slot: 0, field, value: 9 },
    ]),
    ...[0.5, 2 ** 31, -(2 ** 31) - 1, Number.NaN, Number.POSITIVE_INFINITY].map((value) => ({
      slot: 0,
      field: 0,
      value,
    })),
  ]
  // A claim by one who holds slots is not part of the contract.
  const misuses = bads.map((bad) => ({ shape: shapeOf(4, [[]], 2), claimed: 'most' in bad ? 0 : 1, bad: [bad] }))
  await forAll(
    fc.constantFrom(...misuses),
    subject.misuse,
    ({ shape, claimed, bad: [bad] }, { answers, read }) => {
      const story = [openingOf(shape), ...(claimed === 0 ? [] : [`producer: tryClaim(${claimed}), and fills them`])]
      const one = bad as driver.Bad
      const isSlot = 'slot' in one && Number.isInteger(one.slot) && one.slot >= 0 && one.slot < claimed
      const isField = 'field' in one && Number.isInteger(one.field) && one.field >= 0 && one.field < shape.fields
      const name = 'most' in one ? 'most' : !isSlot ? 'slot' : !isField ? 'field' : 'value'
      const call =
        'most' in one
          ? `tryClaim(${show(one.most)})`
          : 'value' in one
            ? `set(${show(one.slot)}, ${show(one.field)}, ${show(one.value)})`
            : `get(${show(one.slot)}, ${show(one.field)})`
      for (const [i, answer] of answers.entries())
        refused(answer, name, [...story, `${i === 0 ? 'producer' : 'consumer 0'}: ${call}`])
      const want = claimed === 0 ? [] : [[1, 2]]
      const after = [...story, `producer: ${call} → throws RangeError`, 'producer: release()']
      holds(same(read, want), [...after, 'consumer 0: tryClaim(), reads'], show(want), show(read))
    },
    { runs: 0, examples: misuses },
  )
})
