// Each promise is checked in a setting in which breaking another promise does not show: chains are sound except where they
// are what it is about, steps are careful except where carelessness is.

import { fc, hiddenTest, holds, same, show } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

type Chains = driver.Chains
type Stored = driver.Stored
type StepMade = driver.StepMade

const test = hiddenTest<typeof driver>(import.meta.url)

// ---- chains and events ----------------------------------------------------------------------------------------------

const TYPES = ['OrderPlaced', 'OrderShipped', 'Refunded']
/** How sound steps write. */
const SOUND: readonly driver.Doing[] = ['copies', 'writes', 'replaces']

const currentOf = (chains: Chains, type: string) => chains.current.find(([name]) => name === type)?.[1] ?? 0

function chainsOf(versions: readonly number[], does: (type: string, from: number) => driver.Doing): Chains {
  const current = versions.map((version, i): [string, number] => [TYPES[i] as string, version])
  const steps = current.flatMap(([type, version]) =>
    Array.from({ length: version - 1 }, (_, i): StepMade => ({ type, from: i + 1, does: does(type, i + 1) })),
  )
  return { current, steps }
}

const versions = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 })
/** Sound chains, their steps in any order. Careful ones all. */
const sound = fc.tuple(versions, fc.array(fc.nat(), { minLength: 15, maxLength: 15 })).map(([list, order]) =>
  shuffled(
    chainsOf(list, () => 'copies'),
    order,
  ),
)

function shuffled({ current, steps }: Chains, order: readonly number[]): Chains {
  const keyed = steps.map((step, i) => ({ step, key: order[i] ?? 0 }))
  return { current, steps: keyed.sort((a, b) => a.key - b.key).map(({ step }) => step) }
}

const dataOf = (trail: readonly number[] = []): driver.Data => ({ trail: [...trail], inner: { deep: 1 } })
const eventOf = (type: string, version: number, more: object = {}): Stored => ({
  type,
  version,
  data: dataOf(),
  ...more,
})
/** Where an event of that version should come out. */
const upcast = (chains: Chains, event: Stored): Stored => {
  const current = currentOf(chains, event.type)
  const trail = Array.from({ length: current - event.version }, (_, i) => event.version + i)
  return { ...event, version: current, data: { ...event.data, trail } }
}
const agedBy = (chains: Chains, which: number, age: number): Stored => {
  const [type, current] = chains.current[which % chains.current.length] as [string, number]
  return eventOf(type, current - (age % current))
}

// ---- how they are told ----------------------------------------------------------------------------------------------

function opening({ current, steps }: Chains): string[] {
  const types = current.map(([type, version]) => `${type}: ${show(version)}`).join(', ')
  const made = steps.map(({ type, from, does }) => {
    const careful = does === 'copies' ? '' : ` (${does === 'writes' ? 'writes into what it gets' : does})`
    return `${current.length > 1 ? `${type} ` : ''}from ${show(from)}${careful}`
  })
  return [`new Upcasters({ current: { ${types} }, steps })`, `steps: ${made.join(', ') || 'none'}`]
}
const said = ({ type, version, data, ...more }: Stored) => {
  const fields = Object.keys(data).filter((name) => !['trail', 'inner', 'lines'].includes(name))
  const withFields = fields.length === 0 ? '' : `, data with ${fields.map(show).join(' and ')}`
  return `${type}, version ${show(version)}${withFields}${Object.keys(more).length === 0 ? '' : `, ${show(more)}`}`
}
const reading = (chains: Chains, event: Stored) => [...opening(chains), `upcast(${said(event)})`]
const threw = (answer: object) =>
  'threw' in answer && 'message' in answer ? `throws ${String(answer.threw)}: ${String(answer.message)}` : show(answer)

interface Reading {
  chains: Chains
  events: Stored[]
}
const one = (chains: Chains, event: Stored): Reading => ({ chains, events: [event] })
const tell = ({ chains, events }: Reading) => [...opening(chains), ...events.map((event) => `upcast(${said(event)})`)]

type Answered = { made: object; reads: driver.Read[] }

/** The first read, where the chains could be made: whether they can is a promise of its own. */
function firstRead({ chains, events }: Reading, { made, reads }: Answered): driver.Read {
  const [read] = reads
  holds(read !== undefined, opening(chains), 'chains for these', threw(made))
  holds('returned' in read.answer, reading(chains, events[0]!), 'an event', threw(read.answer))
  return read
}
const returned = (read: driver.Read) => ('returned' in read.answer ? read.answer.returned : undefined)

const isRefusal = (answer: object, kind: string, ...named: string[]) =>
  'threw' in answer &&
  answer.threw === kind &&
  'message' in answer &&
  named.every((name) => String(answer.message).includes(name))

// ---- promises -------------------------------------------------------------------------------------------------------

test('An old event takes every step to the present, in order', async ({ subject, forAll }) => {
  // Any text is a field, also what lists and objects have under that name.
  const fields = fc
    .uniqueArray(fc.constantFrom('length', '__proto__', 'constructor', ''), { maxLength: 2 })
    .map((names) => Object.fromEntries(names.map((name): [string, driver.Json] => [name, { cm: 12 }])))
  const withFields = (event: Stored, more: driver.Data): Stored => ({ ...event, data: { ...event.data, ...more } })
  const inputs = fc
    .tuple(sound, fc.nat({ max: 2 }), fc.integer({ min: 1, max: 5 }), fields)
    .map(([chains, which, age, more]) => one(chains, withFields(agedBy(chains, which, age), more)))
    .filter(({ chains, events: [event] }) => event!.version < currentOf(chains, event!.type))
  const chain = (version: number, ...order: number[]) =>
    shuffled(
      chainsOf([version], () => 'copies'),
      order,
    )
  await forAll(
    inputs,
    subject.read,
    (input, answered) => {
      const { chains, events } = input
      const read = firstRead(input, answered)
      const [event] = events as [Stored]
      const want = upcast(chains, event)
      const story = reading(chains, event)
      const path = (steps: readonly number[]) => `steps from ${steps.map(show).join(', ') || 'nowhere'}`
      const trail = want.data['trail'] as number[]
      holds(same(trail, read.ran), story, path(trail), path(read.ran))
      const is = returned(read)
      holds(is?.version === want.version, story, `version ${want.version}`, `version ${show(is?.version)}`)
      holds(same(is?.data, want.data), story, show(want.data), show(is?.data))
    },
    {
      tell,
      examples: [
        one(chain(2), eventOf('OrderPlaced', 1)),
        one(chain(3), eventOf('OrderPlaced', 1)),
        one(chain(3), eventOf('OrderPlaced', 2)),
        one(chain(4, 3, 2, 1), eventOf('OrderPlaced', 1)),
        one(chain(12), eventOf('OrderPlaced', 2)),
        ...['length', '__proto__'].map((name) =>
          one(chain(2), withFields(eventOf('OrderPlaced', 1), Object.fromEntries([[name, 12]]))),
        ),
      ],
    },
  )
})

test('A current event comes out as it is', async ({ subject, forAll }) => {
  const inputs = fc.tuple(sound, fc.nat({ max: 2 })).map(([chains, which]) => one(chains, agedBy(chains, which, 0)))
  await forAll(
    inputs,
    subject.read,
    (input, answered) => {
      const read = firstRead(input, answered)
      const story = reading(input.chains, input.events[0]!)
      holds(read.ran.length === 0, story, 'no step', `steps from ${read.ran.join(', ')}`)
      holds(read.same, story, 'the very object that was given', 'another object')
    },
    {
      tell,
      runs: 30,
      examples: [1, 3].map((version) =>
        one(
          chainsOf([version], () => 'copies'),
          eventOf('OrderPlaced', version),
        ),
      ),
    },
  )
})

test('Everything but version and data stays as it was', async ({ subject, forAll }) => {
  const more = fc.record(
    {
      id: fc.constantFrom('e1', 'e2'),
      position: fc.nat({ max: 99 }),
      by: fc.constantFrom(null, 'ann', ''),
      at: fc.constant({ ms: 1 }),
      seen: fc.constantFrom(false, true),
    },
    { requiredKeys: [] },
  )
  const inputs = fc
    .tuple(sound, fc.nat({ max: 2 }), fc.integer({ min: 1, max: 5 }), more)
    .map(([chains, which, age, fields]) => one(chains, { ...agedBy(chains, which, age), ...fields } as Stored))
  const two = chainsOf([2], () => 'copies')
  await forAll(
    inputs,
    subject.read,
    (input, answered) => {
      const [event] = input.events as [Stored]
      const { data: _, version: __, ...want } = event
      const { data: ___, version: ____, ...is } = returned(firstRead(input, answered)) ?? ({} as Stored)
      holds(same(want, is), reading(input.chains, event), show(want), show(is))
    },
    {
      tell,
      runs: 40,
      examples: [{ id: 'e1' }, { position: 0, by: null }].map((fields) => one(two, eventOf('OrderPlaced', 1, fields))),
    },
  )
})

/** An event that one step upcasts, or some. Steps are careful: what they are given is no matter here. */
const careful = fc.tuple(fc.integer({ min: 2, max: 5 }), fc.nat()).map(([version, age]) => ({
  chains: chainsOf([version], () => 'copies'),
  event: eventOf('OrderPlaced', version - 1 - (age % (version - 1))),
}))
const simplest = { chains: chainsOf([2], () => 'copies'), event: eventOf('OrderPlaced', 1) }

test('What is stored is never changed', async ({ subject, forAll }) => {
  /** Data as it is: lists, and objects in them. */
  const withLines = (version: number) =>
    eventOf('OrderPlaced', version, { data: { ...dataOf(), lines: [{ sku: 'tea', quantity: 9 }] } })
  const careless = fc
    .tuple(
      fc.integer({ min: 2, max: 5 }),
      fc.array(fc.constantFrom<driver.Doing[]>(...SOUND, 'writes inside'), { minLength: 5, maxLength: 5 }),
      fc.nat(),
    )
    .map(([version, doing, age]) => {
      const chains = chainsOf([version], (_, from) => doing[from] ?? 'writes')
      return one(chains, withLines(version - 1 - (age % (version - 1))))
    })
  const by = (...doing: driver.Doing[]) =>
    one(
      chainsOf([doing.length + 1], (_, from) => doing[from - 1] as driver.Doing),
      withLines(1),
    )
  const examples = [
    by('replaces'),
    by('writes'),
    by('writes inside'),
    by('copies', 'writes'),
    by('copies', 'writes inside'),
    by('writes', 'writes'),
  ]
  await forAll(
    careless,
    subject.read,
    (input, { made, reads }) => {
      const [read] = reads
      const [event] = input.events as [Stored]
      holds(read !== undefined, opening(input.chains), 'chains for these', threw(made))
      const story = [...reading(input.chains, event), 'the event in the store']
      holds(same(read.stored, event), story, show(event.data), show(read.stored.data))
    },
    { tell, examples },
  )
  // A store that freezes what it gives: steps may still write, for what they are given is theirs.
  await forAll(
    careless.map(({ chains, events }) => ({ chains, event: events[0] as Stored })),
    subject.readFrozen,
    ({ chains, event }, answer) => {
      const story = [...opening(chains), `upcast(${said(event)}), which is frozen`]
      holds('returned' in answer, story, 'an event', threw(answer))
    },
    {
      tell: ({ chains, event }) => reading(chains, event),
      runs: 20,
      examples: examples.map(({ chains, events }) => ({ chains, event: events[0] as Stored })),
    },
  )
  // And what a reader does with its answer.
  const told = ({ chains, event }: { chains: Chains; event: Stored }) => [
    ...reading(chains, event),
    'the answer is written over, deep inside',
    'the event in the store',
  ]
  await forAll(
    careful.map((one) => ({ ...one, inside: true })),
    subject.readTwice,
    (input, { stored }) =>
      holds(same(stored.data, input.event.data), told(input), show(input.event.data), show(stored.data)),
    { tell: told, runs: 10, examples: [{ ...simplest, inside: true }] },
  )
})

test('Every read has data of its own', async ({ subject, forAll }) => {
  // Held only against the submission's own first answer, which is written over at its surface.
  const told = ({ chains, event }: { chains: Chains; event: Stored }) => [
    ...reading(chains, event),
    'the trail in the answer is written over',
    `upcast(${said(event)})`,
  ]
  await forAll(
    careful.map((one) => ({ ...one, inside: false })),
    subject.readTwice,
    (input, { first, second }) =>
      holds(same(first.data, second.data), told(input), `${show(first.data)}, as at first`, show(second.data)),
    { tell: told, runs: 20, examples: [{ ...simplest, inside: false }] },
  )
})

/** Chains with one fault, and what a refusal must name. */
interface Faulty {
  chains: Chains
  names: string[]
}

test('A faulty chain is found at the start', async ({ subject, forAll }) => {
  const without = (version: number, from: number): Faulty => {
    const { current, steps } = chainsOf([version], () => 'copies')
    return {
      chains: { current, steps: steps.filter((step) => step.from !== from) },
      names: ['OrderPlaced', String(from)],
    }
  }
  const withStep = (version: number, type: string, from: number): Faulty => {
    const { current, steps } = chainsOf([version], () => 'copies')
    return { chains: { current, steps: [...steps, { type, from, does: 'copies' }] }, names: [type, String(from)] }
  }
  const withVersion = (version: number): Faulty => ({
    chains: { current: [['OrderPlaced', version]], steps: [] },
    names: ['OrderPlaced'],
  })
  const length = fc.integer({ min: 2, max: 7 })
  const faulty = fc.oneof(
    fc.tuple(length, fc.nat()).map(([version, which]) => without(version, 1 + (which % (version - 1)))),
    fc.tuple(length, fc.nat()).map(([version, which]) => withStep(version, 'OrderPlaced', 1 + (which % (version - 1)))),
    fc
      .tuple(length, fc.constantFrom(0, 1, 5))
      .map(([version, beyond]) => withStep(version, 'OrderPlaced', version + beyond)),
    fc
      .tuple(length, fc.constantFrom(0, -1, 1.5, Number.NaN))
      .map(([version, from]) => withStep(version, 'OrderPlaced', from)),
    fc
      .tuple(length, fc.constantFrom('OrderEaten', 'constructor', 'toString', '__proto__'))
      .map(([version, type]) => withStep(version, type, 1)),
    fc.constantFrom(0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY).map(withVersion),
  )
  await forAll(
    faulty.map((one) => ({ ...one, events: [] as Stored[] })),
    subject.read,
    ({ chains, names }, { made }) =>
      holds(
        isRefusal(made, 'RangeError', ...names),
        opening(chains),
        `throws RangeError naming ${names.join(' and ')}`,
        'threw' in made ? threw(made) : 'no error',
      ),
    {
      tell: ({ chains }) => opening(chains),
      runs: 80,
      examples: [
        without(2, 1),
        without(4, 1),
        without(4, 2),
        without(4, 3),
        withStep(3, 'OrderPlaced', 2),
        withStep(3, 'OrderPlaced', 3),
        withStep(3, 'OrderPlaced', 4),
        withStep(2, 'OrderPlaced', 0),
        withStep(2, 'OrderPlaced', 1.5),
        withStep(2, 'OrderEaten', 1),
        withStep(2, 'constructor', 1),
        withVersion(0),
        withVersion(1.5),
      ].map((one) => ({ ...one, events: [] })),
    },
  )
})

test('What comes from the future or from nowhere is refused', async ({ subject, forAll }) => {
  const beyond = fc.constantFrom(1, 2, 100)
  const none = fc.constantFrom(0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY)
  const unknown = fc.constantFrom('OrderEaten', 'constructor', 'toString', '__proto__', '')
  const strange = fc.oneof(
    fc.tuple(sound, fc.nat({ max: 2 }), beyond).map(([chains, which, by]) => {
      const event = agedBy(chains, which, 0)
      return one(chains, { ...event, version: event.version + by })
    }),
    fc.tuple(sound, none).map(([chains, version]) => one(chains, eventOf('OrderPlaced', version))),
    fc.tuple(sound, unknown).map(([chains, type]) => one(chains, eventOf(type, 1))),
  )
  const three = chainsOf([3], () => 'copies')
  await forAll(
    strange,
    subject.read,
    ({ chains, events }, { made, reads }) => {
      const [event] = events as [Stored]
      const [read] = reads
      holds(read !== undefined, opening(chains), 'chains for these', threw(made))
      const isKnown = currentOf(chains, event.type) > 0
      const names = isKnown ? [event.type, String(event.version)] : [event.type]
      const got = 'threw' in read.answer ? threw(read.answer) : `${said(read.answer.returned)}`
      holds(
        isRefusal(read.answer, 'RangeError', ...names),
        reading(chains, event),
        `throws RangeError naming ${names.map((name) => name || 'it').join(' and ')}`,
        got,
      )
      holds(read.ran.length === 0, reading(chains, event), 'no step', `steps from ${read.ran.join(', ')}`)
    },
    {
      tell,
      examples: [
        ...[4, 5, 0, -1, 1.5, Number.NaN].map((version) => one(three, eventOf('OrderPlaced', version))),
        one(
          chainsOf([1], () => 'copies'),
          eventOf('OrderPlaced', 2),
        ),
        one(three, eventOf('OrderEaten', 1)),
        one(three, eventOf('constructor', 1)),
      ],
    },
  )
})

test('A step that brings nothing is found out', async ({ subject, forAll }) => {
  const broken = fc
    .tuple(
      fc.integer({ min: 2, max: 5 }),
      fc.nat(),
      fc.constantFrom<driver.Doing[]>('returns nothing', 'returns null', 'returns a list', 'throws'),
    )
    .map(([version, at, does]) => breaking(version, 1 + (at % (version - 1)), does))
  /** The step from `at` is the broken one, and the first that the event has to take. */
  function breaking(version: number, at: number, does: driver.Doing) {
    const chains = chainsOf([version], (_, from) => (from === at ? does : 'copies'))
    return { ...one(chains, eventOf('OrderPlaced', at)), at, does }
  }
  await forAll(
    broken,
    subject.read,
    ({ chains, events, at, does }, { made, reads }) => {
      const [event] = events as [Stored]
      const [read] = reads
      holds(read !== undefined, opening(chains), 'chains for these', threw(made))
      const { answer } = read
      const kept =
        does === 'throws'
          ? 'threw' in answer && answer.threw === 'Error' && answer.message === `this step fails from version ${at}`
          : isRefusal(answer, 'TypeError', event.type, String(at))
      const want =
        does === 'throws'
          ? `throws Error: this step fails from version ${at}`
          : `throws TypeError naming ${event.type} and ${at}`
      holds(kept, reading(chains, event), want, 'threw' in answer ? threw(answer) : show(answer.returned.data))
      const ranOn = read.ran.filter((from) => from > at)
      holds(
        ranOn.length === 0,
        reading(chains, event),
        `no step after the one from ${at}`,
        `steps from ${ranOn.join(', ')}`,
      )
    },
    {
      tell,
      examples: [
        breaking(2, 1, 'returns nothing'),
        breaking(2, 1, 'returns null'),
        breaking(2, 1, 'returns a list'),
        breaking(2, 1, 'throws'),
        breaking(3, 1, 'returns nothing'),
      ],
    },
  )
})
