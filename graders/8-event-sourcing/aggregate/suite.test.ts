// Each promise is checked in a setting in which breaking another promise does not show: what `decide` says is asked of
// orders that were made from events, what `evolve` does is asked without any decision, and of a decision each promise looks
// at its own part.

import { fc, hiddenTest, holds, same, show } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

type Command = driver.Command
type Decision = driver.Decision
type Event = driver.OrderEvent
type Order = driver.Order
type Status = Order['status']
type Line = { sku: string; quantity: number; unitCents: number }
type Item = { sku: string; quantity: number }

const test = hiddenTest<typeof driver>(import.meta.url)

// ---- the model: one rule a line, written without a look at speed ----------------------------------------------------

const NEW: Order = {
  version: 0,
  status: 'none',
  customer: '',
  lines: [],
  totalCents: 0,
  payment: null,
  parcels: [],
  owedCents: 0,
}

function step(before: Order, event: Event): Order {
  const order = JSON.parse(JSON.stringify(before)) as {
    -readonly [K in keyof Order]: K extends 'lines'
      ? (Line & { shipped: number })[]
      : K extends 'parcels'
        ? { id: string; delivered: boolean }[]
        : Order[K]
  }
  order.version++
  if (event.type === 'OrderPlaced') {
    order.customer = event.customer
    order.lines = event.lines.map((line) => ({ ...line, shipped: 0 }))
  }
  if (event.type === 'LineChanged') {
    for (const line of order.lines) if (line.sku === event.sku) line.quantity = event.quantity
    if (event.quantity === 0) order.lines = order.lines.filter((line) => line.sku !== event.sku)
  }
  if (event.type === 'OrderPlaced' || event.type === 'LineChanged') {
    order.totalCents = 0
    for (const line of order.lines) order.totalCents += line.quantity * line.unitCents
  }
  if (event.type === 'OrderConfirmed') order.payment = { id: event.payment, paidCents: event.paidCents }
  if (event.type === 'ParcelShipped') {
    order.parcels.push({ id: event.parcel, delivered: false })
    for (const item of event.items)
      for (const line of order.lines) if (line.sku === item.sku) line.shipped += item.quantity
  }
  if (event.type === 'ParcelDelivered')
    for (const parcel of order.parcels) if (parcel.id === event.parcel) parcel.delivered = true
  if (event.type === 'RefundOwed') order.owedCents = event.cents
  const statuses: { readonly [K in Event['type']]?: Status } = {
    OrderPlaced: 'placed',
    OrderConfirmed: 'confirmed',
    ParcelShipped: 'shipping',
    OrderShipped: 'shipped',
    OrderDelivered: 'delivered',
    OrderCancelled: 'cancelled',
  }
  order.status = statuses[event.type] ?? order.status
  return order
}

const leftOf = (order: Order): Item[] =>
  order.lines
    .map(({ sku, quantity, shipped }) => ({ sku, quantity: quantity - shipped }))
    .filter(({ quantity }) => quantity > 0)

/** The events of a command that is allowed: nothing else is ever asked of this. */
function decided(order: Order, command: Command): Event[] {
  switch (command.type) {
    case 'place':
      return [{ ...command, type: 'OrderPlaced' }]
    case 'change':
      return [{ ...command, type: 'LineChanged' }]
    case 'confirm':
      return [{ ...command, type: 'OrderConfirmed' }]
    case 'ship': {
      const event: Event = { ...command, type: 'ParcelShipped' }
      return leftOf(step(order, event)).length === 0 ? [event, { type: 'OrderShipped' }] : [event]
    }
    case 'deliver': {
      const event: Event = { ...command, type: 'ParcelDelivered' }
      const last = order.status === 'shipped' && step(order, event).parcels.every(({ delivered }) => delivered)
      return last ? [event, { type: 'OrderDelivered' }] : [event]
    }
    case 'cancel': {
      const event: Event = { ...command, type: 'OrderCancelled' }
      const { payment } = order
      return payment === null ? [event] : [event, { type: 'RefundOwed', payment: payment.id, cents: payment.paidCents }]
    }
  }
}

const ALLOWED: Record<Command['type'], readonly Status[]> = {
  place: ['none'],
  change: ['placed'],
  confirm: ['placed'],
  ship: ['confirmed', 'shipping'],
  deliver: ['shipping', 'shipped'],
  cancel: ['placed', 'confirmed'],
}
const TYPES = Object.keys(ALLOWED) as Command['type'][]

// ---- histories: what has happened to an order, by commands that were allowed ----------------------------------------

const SKUS = ['tea', 'pot', 'cup']
/** Any text is a sku, also what every object has under that name. */
const ANY_SKUS = [...SKUS, 'constructor', '__proto__']

/** Chooses among what is possible; `what` and the rest are any numbers, and smaller ones give simpler orders. */
interface Choice {
  what: number
  which: number
  howMany: number
}
const choice: fc.Arbitrary<Choice> = fc.record({
  what: fc.nat({ max: 9 }),
  which: fc.nat({ max: 9 }),
  howMany: fc.nat({ max: 9 }),
})

/** One order in ten is free. */
const linesOf = ({ which, howMany }: Choice): Line[] =>
  SKUS.slice(0, 1 + (which % 3)).map((sku, i) => ({
    sku,
    quantity: 1 + (howMany % (i + 2)),
    unitCents: howMany === 8 ? 0 : 100 + 5 * i,
  }))

/** A command of that type that an order allows, if there is one. The names of parcels and payments are new; '' is one, too. */
function allowed(order: Order, type: Command['type'], by: Choice): Command | undefined {
  if (!ALLOWED[type].includes(order.status)) return undefined
  if (type === 'place') return { type, customer: 'ann', lines: linesOf(by) }
  if (type === 'cancel') return { type, reason: 'too late' }
  if (type === 'confirm') return { type, payment: by.howMany === 7 ? '' : 'p1', paidCents: order.totalCents }
  if (type === 'change') {
    const sku = order.lines[by.which % order.lines.length]!.sku
    return { type, sku, quantity: order.lines.length > 1 ? by.howMany : by.howMany + 1 }
  }
  if (type === 'ship') {
    const items = leftOf(order).filter((_, i) => by.what % 3 > 0 || i === 0)
    const some = items.map(({ sku, quantity }) => ({ sku, quantity: 1 + (by.howMany % quantity) }))
    const parcel = order.parcels.length === 0 && by.howMany === 7 ? '' : `box ${order.parcels.length + 1}`
    return { type, parcel, items: by.which % 2 === 0 ? items : some }
  }
  const onTheirWay = order.parcels.filter(({ delivered }) => !delivered)
  const parcel = onTheirWay[by.which % onTheirWay.length]
  return parcel && { type, parcel: parcel.id }
}

/** A history, the commands that lead to it, and the order that comes of it. */
interface Lived {
  commands: Command[]
  history: Event[]
  order: Order
}

function lived(choices: readonly Choice[]): Lived {
  const life: Lived = { commands: [], history: [], order: NEW }
  for (const by of choices) {
    const possible = TYPES.map((type) => allowed(life.order, type, by)).filter((command) => command !== undefined)
    // Few orders are cancelled.
    const usual = possible.filter(({ type }) => type !== 'cancel' || by.what === 9)
    const command = usual[(by.what + by.which) % usual.length]
    if (command === undefined) continue
    const events = decided(life.order, command)
    life.commands.push(command)
    life.history.push(...events)
    life.order = events.reduce(step, life.order)
  }
  return life
}

const life = fc.array(choice, { maxLength: 14 }).map(lived)

/**
 * Events that no decision of today would lead to, in any order. What the contract leaves open does not happen: two parcels
 * of one name, money that is owed twice.
 */
const facts = (quantity: fc.Arbitrary<number>, unitCents: fc.Arbitrary<number>): fc.Arbitrary<Event[]> => {
  const sku = fc.constantFrom(...ANY_SKUS)
  const line = fc.record({ sku, quantity, unitCents })
  const change = fc.record({ sku, quantity: fc.oneof(quantity, fc.constant(0)) })
  const event = fc.oneof(
    fc
      .uniqueArray(line, { selector: (one) => one.sku })
      .map((lines): Event => ({ type: 'OrderPlaced', customer: 'ann', lines })),
    change.map((change): Event => ({ type: 'LineChanged', ...change })),
    fc.nat({ max: 500 }).map((paidCents): Event => ({ type: 'OrderConfirmed', payment: 'p1', paidCents })),
    fc.record({ sku, quantity }).map((item): Event => ({ type: 'ParcelShipped', parcel: '', items: [item] })),
    fc.constantFrom('box 1', 'box 2').map((parcel): Event => ({ type: 'ParcelDelivered', parcel })),
    fc.nat({ max: 500 }).map((cents): Event => ({ type: 'RefundOwed', payment: 'p1', cents })),
    fc.constantFrom<Event[]>(
      { type: 'OrderShipped' },
      { type: 'OrderDelivered' },
      { type: 'OrderCancelled', reason: 'why' },
    ),
  )
  return fc.array(event, { minLength: 1, maxLength: 6 }).map((all) => {
    let parcels = 0
    return all
      .filter(({ type }, i) => type !== 'RefundOwed' || all.findIndex((one) => one.type === type) === i)
      .map((one) => (one.type === 'ParcelShipped' ? { ...one, parcel: `box ${++parcels}` } : one))
  })
}

const all: Choice = { what: 0, which: 0, howMany: 0 }

/** A history by hand: each command is the one allowed of its type; everything is shipped at once. */
function straight(...types: Command['type'][]): Lived {
  const life: Lived = { commands: [], history: [], order: NEW }
  for (const [i, type] of types.entries()) {
    const command = allowed(life.order, type, {
      ...all,
      which: i === 0 ? 1 : 0,
      what: i > 0 && types[i] === types[i - 1] ? 1 : 0,
    })
    if (command === undefined) throw new Error(`${type} is not allowed`)
    const events = decided(life.order, command)
    life.commands.push(command)
    life.history.push(...events)
    life.order = events.reduce(step, life.order)
  }
  return life
}

/** One history for each status that an order can have. */
const STATIONS: readonly Lived[] = [
  straight(),
  straight('place'),
  straight('place', 'confirm'),
  straight('place', 'confirm', 'ship'),
  straight('place', 'confirm', 'ship', 'ship'),
  straight('place', 'confirm', 'ship', 'ship', 'deliver'),
  straight('place', 'confirm', 'ship', 'deliver', 'ship', 'deliver'),
  straight('place', 'cancel'),
  straight('place', 'confirm', 'cancel'),
]

// ---- how they are told ----------------------------------------------------------------------------------------------

const items = (list: readonly Item[]) =>
  list.length === 0 ? 'no items' : list.map(({ sku, quantity }) => `${show(quantity)} ${sku}`).join(', ')
const lines = (list: readonly Line[]) =>
  list.length === 0 || list.length > 6
    ? `${list.length || 'no'} lines`
    : list.map(({ sku, quantity, unitCents }) => `${show(quantity)} ${sku} at ${show(unitCents)}`).join(', ')

function fields(of: Command | Event): string {
  const { type, ...rest } = of
  return Object.entries(rest)
    .map(([key, value]) =>
      key === 'lines' ? lines(value as Line[]) : key === 'items' ? items(value as Item[]) : `${key} ${show(value)}`,
    )
    .join(', ')
}
const tell = (of: Command | Event) => (fields(of) === '' ? of.type : `${of.type} (${fields(of)})`)

const opening = (history: readonly Event[]) =>
  history.length === 0 ? ['a new order'] : ['an order that has seen', ...history.map((event) => `  ${tell(event)}`)]
const asked = (history: readonly Event[], command: Command) => [...opening(history), `decide: ${tell(command)}`]

function said(decision: unknown): string {
  if (typeof decision !== 'object' || decision === null) return show(decision)
  if ('refused' in decision) return `refused: ${show(decision.refused)}`
  if (!('events' in decision) || !Array.isArray(decision.events)) return show(decision)
  return decision.events.length === 0 ? 'no events' : decision.events.map((event) => sayEvent(event)).join(', then ')
}
/** Comes from a submission: whatever is no event of ours is shown as it is. */
function sayEvent(event: unknown): string {
  const known = typeof event === 'object' && event !== null && 'type' in event && typeof event.type === 'string'
  try {
    return known ? tell(event as Event) : show(event)
  } catch {
    return show(event)
  }
}

interface Question {
  history: Event[]
  command: Command
}
const tellQuestion = ({ history, command }: Question) => asked(history, command)

/** Asks of a decision only what the promise is about. */
function decision({ history, command }: Question, want: Decision, got: Decision): void {
  holds(same(want, got), asked(history, command), said(want), said(got))
}

// ---- promises -------------------------------------------------------------------------------------------------------

test('What the status allows happens', async ({ subject, forAll }) => {
  // Of two events, only the first is looked at.
  const questionOf = (life: Lived, type: Command['type'], by: Choice): (Question & { first: Event })[] => {
    const command = allowed(life.order, type, by)
    return command === undefined
      ? []
      : [{ history: life.history, command, first: decided(life.order, command)[0] as Event }]
  }
  // A line that is changed to what it is, too.
  const every = STATIONS.flatMap((station) =>
    TYPES.flatMap((type) => [0, 1].flatMap((howMany) => questionOf(station, type, { ...all, howMany }))),
  )
  // No line was changed: to know the total is the matter of another promise.
  const unchanged = life.filter(({ history }) => history.every(({ type }) => type !== 'LineChanged'))
  const questions = fc.tuple(unchanged, choice).map(([one, by]) => {
    const possible = TYPES.flatMap((type) => questionOf(one, type, by))
    return possible[(by.what + by.howMany) % possible.length] ?? every[0]!
  })
  await forAll(
    questions,
    subject.decideAfter,
    ({ first, history, command }, got) => {
      const kept = 'events' in got && same(got.events[0], first)
      holds(
        kept,
        asked(history, command),
        tell(first),
        'events' in got ? said({ events: got.events.slice(0, 1) }) : said(got),
      )
    },
    { tell: tellQuestion, examples: every, runs: 120 },
  )
})

test('What the status does not allow is refused', async ({ subject, forAll }) => {
  // No repetitions: other parcels and payments than the order has.
  const commands: Command[] = [
    { type: 'place', customer: 'bob', lines: [{ sku: 'pot', quantity: 1, unitCents: 100 }] },
    { type: 'change', sku: 'tea', quantity: 1 },
    { type: 'confirm', payment: 'p9', paidCents: 300 },
    { type: 'ship', parcel: 'box 9', items: [{ sku: 'tea', quantity: 1 }] },
    { type: 'deliver', parcel: 'box 9' },
    { type: 'cancel', reason: 'too late' },
  ]
  // A second payment is the matter of the promise on repetitions.
  const forbidden = ({ order }: Lived, { type }: Command) =>
    !ALLOWED[type].includes(order.status) &&
    !(type === 'cancel' && order.status === 'cancelled') &&
    !(type === 'confirm' && order.payment !== null)
  const every = STATIONS.flatMap((station) =>
    commands.filter((command) => forbidden(station, command)).map((command) => ({ history: station.history, command })),
  )
  const questions = fc.tuple(life, fc.constantFrom(...commands)).map(([one, command]) => {
    const forbiddenOnes = commands.filter((other) => forbidden(one, other))
    const chosen = forbidden(one, command) ? command : (forbiddenOnes[0] ?? commands[1]!)
    return { history: one.history, command: chosen }
  })
  await forAll(
    questions,
    subject.decideAfter,
    (question, got) => decision(question, { refused: 'wrong-status' }, got),
    {
      tell: tellQuestion,
      examples: every,
    },
  )
})

test('What makes no sense is refused, whatever the status', async ({ subject, forAll }) => {
  const one: Line = { sku: 'tea', quantity: 1, unitCents: 100 }
  const place = (...lines: Line[]): Command => ({ type: 'place', customer: 'ann', lines })
  const ship = (...items: Item[]): Command => ({ type: 'ship', parcel: 'box 9', items })
  const change = (quantity: number): Command => ({ type: 'change', sku: 'tea', quantity })
  const notWhole = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]
  const many = (n: number) => Array.from({ length: n }, (_, i): Line => ({ ...one, sku: `sku ${i}` }))
  const nonsense: Command[] = [
    place(),
    place(...many(51)),
    place(one, { ...one, quantity: 2 }),
    place(one, { ...one, sku: 'pot' }, { ...one, sku: 'tea', unitCents: 5 }),
    ...[0, 1_000, ...notWhole].map((quantity) => place({ ...one, quantity })),
    ...[0, ...notWhole].map((quantity) => place(one, { ...one, sku: 'pot', quantity })),
    ...[1_000_001, ...notWhole].map((unitCents) => place({ ...one, unitCents })),
    ...[1_000, 1e21, ...notWhole].map(change),
    ship(),
    ship({ sku: 'tea', quantity: 1 }, { sku: 'tea', quantity: 1 }),
    ...[0, ...notWhole].map((quantity) => ship({ sku: 'tea', quantity })),
  ]
  const fits = (command: Command) => STATIONS.find(({ order }) => ALLOWED[command.type].includes(order.status)) as Lived
  /** As a parcel that the order has, if there is one: nonsense is no repetition. */
  const asRepeated = ({ history, order }: Lived, command: Command, which: number): Question => {
    const { parcels } = order
    const known = parcels[which % (parcels.length + 1)]
    return { history, command: command.type === 'ship' && known ? { ...command, parcel: known.id } : command }
  }
  const questions = fc
    .tuple(fc.oneof(life, fc.constantFrom(...STATIONS)), fc.constantFrom(...nonsense), fc.nat({ max: 9 }))
    .map(([one, command, which]) => asRepeated(one, command, which))
  await forAll(questions, subject.decideAfter, (question, got) => decision(question, { refused: 'invalid' }, got), {
    tell: tellQuestion,
    examples: [
      ...nonsense.map((command) => ({ history: fits(command).history, command })),
      asRepeated(straight('place', 'confirm', 'ship'), ship(), 0),
    ],
  })

  // And the largest that makes sense. A parcel has no bound but what is left, which in an old order may be more than today.
  const large: Event[] = [
    { type: 'OrderPlaced', customer: 'ann', lines: [{ ...one, quantity: 2_000 }] },
    { type: 'OrderConfirmed', payment: 'p1', paidCents: 200_000 },
  ]
  const sound: Question[] = [
    ...[
      place(...many(50)),
      place({ ...one, quantity: 999, unitCents: 1_000_000 }),
      place({ ...one, unitCents: 0 }),
      place({ ...one, sku: 'constructor' }),
      change(999),
      change(1),
    ].map((command) => ({ history: fits(command).history, command })),
    { history: large, command: ship({ sku: 'tea', quantity: 1_500 }) },
  ]
  await forAll(
    fc.constantFrom(...sound),
    subject.decideAfter,
    ({ history, command }, got) => {
      const refusedAsNonsense = 'refused' in got && got.refused === 'invalid'
      const want = decided(history.reduce(step, NEW), command)
      holds(!refusedAsNonsense, asked(history, command), said({ events: want }), said(got))
    },
    { tell: tellQuestion, runs: 1, examples: sound },
  )
})

test('It is paid to the cent and shipped to the piece', async ({ subject, forAll }) => {
  const lineList = fc.uniqueArray(
    fc.record({
      sku: fc.constantFrom(...SKUS),
      quantity: fc.integer({ min: 1, max: 9 }),
      unitCents: fc.integer({ min: 1, max: 2_000 }),
    }),
    { selector: ({ sku }) => sku, minLength: 1 },
  )
  const paidFor = (lines: Line[]) => {
    const placed: Event = { type: 'OrderPlaced', customer: 'ann', lines }
    const { totalCents } = step(NEW, placed)
    return {
      placed,
      totalCents,
      confirmed: { type: 'OrderConfirmed', payment: 'p1', paidCents: totalCents } satisfies Event,
    }
  }
  type Wrong = Question & { want: Decision }
  const confirm = (lines: Line[], offCents: number): Wrong => {
    const { placed, totalCents } = paidFor(lines)
    const command: Command = { type: 'confirm', payment: 'p1', paidCents: totalCents + offCents }
    return { history: [placed], command, want: { refused: 'wrong-amount' } }
  }
  /** Some of the first line was shipped before; `over`: so many more than are left of it. */
  const ship = (lines: Line[], before: number, over: number, sku?: string): Wrong => {
    const { placed, confirmed } = paidFor(lines)
    const first = lines[0] as Line
    const earlier = Math.min(before, first.quantity - 1)
    const parcel: Event = { type: 'ParcelShipped', parcel: 'box 1', items: [{ sku: first.sku, quantity: earlier }] }
    const history: Event[] = [placed, confirmed, ...(earlier > 0 ? [parcel] : [])]
    // An unknown sku goes before too many of another one.
    const items = [
      { sku: first.sku, quantity: first.quantity - earlier + over },
      ...(sku === undefined ? [] : [{ sku, quantity: 1 }]),
    ]
    const refused = sku === undefined ? 'too-many' : 'unknown-sku'
    return { history, command: { type: 'ship', parcel: 'box 2', items }, want: { refused } }
  }
  const change = (lines: Line[], sku: string | undefined): Wrong => {
    const { placed } = paidFor(sku === undefined ? lines.slice(0, 1) : lines)
    const command: Command = { type: 'change', sku: sku ?? (lines[0] as Line).sku, quantity: 0 }
    return { history: [placed], command, want: { refused: sku === undefined ? 'last-line' : 'unknown-sku' } }
  }
  const deliver = (lines: Line[]): Wrong => {
    const { placed, confirmed } = paidFor(lines)
    const items = [{ sku: (lines[0] as Line).sku, quantity: 1 }]
    const shipped: Event = { type: 'ParcelShipped', parcel: 'box 1', items }
    const command: Command = { type: 'deliver', parcel: 'box 2' }
    return { history: [placed, confirmed, shipped], command, want: { refused: 'unknown-parcel' } }
  }
  const off = fc.integer({ min: 1, max: 5 })
  const unknown = fc.constantFrom('hat', 'toString')
  const questions = fc.oneof(
    fc
      .tuple(
        lineList,
        fc.oneof(
          off,
          off.map((cents) => -cents),
          fc.constantFrom(0.5, 0.001, -0.001, Number.NaN),
        ),
      )
      .map(([l, cents]) => confirm(l, cents)),
    fc.tuple(lineList, fc.nat({ max: 8 }), off).map(([l, before, over]) => ship(l, before, over)),
    fc
      .tuple(lineList, fc.nat({ max: 8 }), fc.nat({ max: 5 }), unknown)
      .map(([l, before, over, sku]) => ship(l, before, over, sku)),
    fc.tuple(lineList, unknown).map(([l, sku]) => change(l, sku)),
    lineList.map((l) => change(l, undefined)),
    lineList.map(deliver),
  )
  const tea: Line[] = [{ sku: 'tea', quantity: 3, unitCents: 100 }]
  await forAll(questions, subject.decideAfter, ({ want, ...question }, got) => decision(question, want, got), {
    tell: tellQuestion,
    examples: [
      ...[1, -1, 0.5, Number.NaN].map((cents) => confirm(tea, cents)),
      ship(tea, 0, 1),
      ship(tea, 2, 1),
      ship(tea, 0, 0, 'hat'),
      ship(tea, 0, 1, 'hat'),
      ship(tea, 0, 0, 'toString'),
      change(tea, 'hat'),
      change(tea, undefined),
      deliver(tea),
    ],
  })
})

test('What has been done is not done again', async ({ subject, forAll }) => {
  type Again = Question & { want: Decision }
  const done: Decision = { events: [] }
  /** All commands that an order has behind it, and some that only look like one of these. */
  const again = ({ history, order }: Lived): Again[] => {
    const { payment, parcels, status } = order
    const asks: [Command, Decision][] = []
    if (payment !== null) {
      // It is its name that makes it the same.
      for (const more of [0, 1])
        asks.push([{ type: 'confirm', payment: payment.id, paidCents: payment.paidCents + more }, done])
      asks.push([{ type: 'confirm', payment: 'p2', paidCents: payment.paidCents }, { refused: 'wrong-status' }])
    }
    for (const { id, delivered } of parcels) {
      for (const sku of ['tea', 'hat']) asks.push([{ type: 'ship', parcel: id, items: [{ sku, quantity: 1 }] }, done])
      if (delivered) asks.push([{ type: 'deliver', parcel: id }, done])
    }
    if (status === 'cancelled')
      for (const reason of ['too late', 'never mind']) asks.push([{ type: 'cancel', reason }, done])
    return asks.map(([command, want]) => ({ history, command, want }))
  }
  const every = STATIONS.flatMap(again)
  const questions = fc.tuple(life, fc.nat({ max: 20 })).map(([one, which]) => {
    const asks = again(one)
    return asks[which % asks.length] ?? every[which % every.length]!
  })
  await forAll(questions, subject.decideAfter, ({ want, ...question }, got) => decision(question, want, got), {
    tell: tellQuestion,
    examples: every,
  })
})

test('A decision may be two events', async ({ subject, forAll }) => {
  // What comes after the first one; where it is refused altogether, another promise is broken.
  const second = ({ history, order }: Lived, by: Choice): (Question & { rest: Event[] })[] =>
    (['ship', 'deliver', 'cancel'] as const).flatMap((type) => {
      const command = allowed(order, type, by)
      return command === undefined ? [] : [{ history, command, rest: decided(order, command).slice(1) }]
    })
  /** Paid more or less than the total, as the rules of its day may have let it: what was paid is owed. */
  const paidOtherwise = ({ commands, history }: Lived, byCents: number): Lived => {
    const old = history.map((event) =>
      event.type === 'OrderConfirmed' ? { ...event, paidCents: Math.max(0, event.paidCents + byCents) } : event,
    )
    return { commands, history: old, order: old.reduce(step, NEW) }
  }
  const free = lived([
    { ...all, howMany: 8 },
    { ...all, what: 1 },
  ])
  const stations = [...STATIONS, free, paidOtherwise(straight('place', 'confirm'), 5)]
  const every = stations.flatMap((station) => [...second(station, all), ...second(station, { ...all, what: 1 })])
  const questions = fc.tuple(life, choice, fc.constantFrom(0, 0, 5, -5)).map(([one, by, byCents]) => {
    const possible = second(paidOtherwise(one, byCents), by)
    return possible[by.howMany % possible.length] ?? every[by.howMany % every.length]!
  })
  await forAll(
    questions,
    subject.decideAfter,
    ({ rest, history, command }, got) => {
      if (!('events' in got) || got.events.length === 0) return
      const say = (events: readonly unknown[]) => (events.length === 0 ? 'nothing' : said({ events }))
      const told = [...asked(history, command), `→ ${said({ events: got.events.slice(0, 1) })}`]
      holds(same(rest, got.events.slice(1)), told, `then ${say(rest)}`, `then ${say(got.events.slice(1))}`)
    },
    { tell: tellQuestion, examples: every, runs: 120 },
  )
})

/** The first event after which an order differs from the model's, and the fields that do. */
function evolves(history: readonly Event[], got: readonly Order[], fields = Object.keys(NEW) as (keyof Order)[]): void {
  let want = NEW
  for (const [i, event] of history.entries()) {
    want = step(want, event)
    const is = got[i] as Order
    const wrong = fields.filter((field) => !same(want[field], is[field]))
    const say = (order: Order) => wrong.map((field) => `${field} ${show(order[field])}`).join(', ')
    holds(wrong.length === 0, opening(history.slice(0, i + 1)), say(want), say(is))
  }
}

test('An event changes what it says, and nothing else', async ({ subject, forAll }) => {
  await forAll(life, subject.evolveAll, ({ history }, got) => evolves(history, got), {
    tell: ({ history }) => opening(history),
    examples: [
      ...STATIONS,
      straight('place', 'change'),
      lived([
        { ...all, which: 2 },
        { what: 1, which: 0, howMany: 0 },
      ]),
      lived([
        { ...all, which: 2 },
        { what: 0, which: 0, howMany: 9 },
      ]),
    ],
  })

  // In any order, but within the bounds of today: those are the matter of another promise. Also the largest of totals.
  const most = SKUS.map((sku) => ({ sku, quantity: 999, unitCents: 1_000_000 }))
  const unordered = facts(fc.constantFrom(1, 2, 3, 999), fc.constantFrom(100, 0, 1_000_000))
  await forAll(
    unordered.map((history) => ({ history })),
    subject.evolveAll,
    ({ history }, got) => evolves(history, got),
    {
      tell: ({ history }) => opening(history),
      examples: [{ history: [{ type: 'OrderPlaced', customer: 'ann', lines: most }] }],
    },
  )
})

test('A replayed order is the order that was live', async ({ subject, forAll }) => {
  // Held only against itself: whatever it decides and however it evolves, all ways must lead to the same.
  const next: Command[] = [
    { type: 'confirm', payment: 'p1', paidCents: 1 },
    { type: 'ship', parcel: 'box 1', items: [{ sku: 'tea', quantity: 1 }] },
    { type: 'deliver', parcel: 'box 1' },
    { type: 'cancel', reason: 'too late' },
  ]
  const inputs = fc
    .tuple(life, fc.constantFrom(...next))
    .map(([{ commands }, command]) => ({ commands, next: command }))
  const told = ({ commands }: { commands: Command[] }) => [
    'decide and evolve, from a new order on:',
    ...commands.map((command) => `  ${tell(command)}`),
  ]
  await forAll(
    inputs,
    subject.live,
    (input, { orders }) => {
      const { live } = orders
      for (const way of ['replayed', 'from text', 'from an iterator', 'replayed in part'] as const) {
        const other = orders[way]
        const wrong = (Object.keys(live.order) as (keyof Order)[]).filter(
          (field) => !same(live.order[field], other.order[field]),
        )
        const say = (order: Order) => wrong.map((field) => `${field} ${show(order[field])}`).join(', ')
        holds(wrong.length === 0, [...told(input), `the same order, ${way}`], say(live.order), say(other.order))
        const asks = [...told(input), `the same order, ${way}`, `decide: ${tell(input.next)}`]
        holds(same(live.next, other.next), asks, said(live.next), said(other.next))
      }
    },
    {
      tell: told,
      examples: STATIONS.flatMap(({ commands }) => next.map((command) => ({ commands, next: command }))),
    },
  )
})

test('Nothing that is given is changed', async ({ subject, forAll }) => {
  const inputs = fc.tuple(life, choice).map(([{ history, order }, by]): Question => {
    const possible = TYPES.map((type) => allowed(order, type, by)).filter((command) => command !== undefined)
    return { history, command: possible[by.howMany % possible.length] ?? { type: 'cancel', reason: 'too late' } }
  })
  const told = ({ history, command }: Question) => [
    ...asked(history, command),
    'evolve with what was decided; replay all',
  ]
  await forAll(
    inputs,
    subject.untouched,
    (question, got) => {
      const changed = got.find(({ before, after }) => before !== after)
      if (changed !== undefined)
        holds(false, told(question), `${changed.what} as before: ${changed.before}`, changed.after)
    },
    {
      tell: told,
      examples: STATIONS.flatMap(({ history, order }) =>
        TYPES.flatMap((type) => {
          const command = allowed(order, type, all)
          return command === undefined ? [] : [{ history, command }]
        }),
      ),
    },
  )
})

test('What has happened is not judged again', async ({ subject, forAll }) => {
  // What each event changes is the matter of another promise.
  const events = facts(fc.constantFrom(1, 2, 3, 0, 5_000), fc.constantFrom(100, 0, 2_000_000))
  const placed: Event = {
    type: 'OrderPlaced',
    customer: 'ann',
    lines: [{ sku: 'tea', quantity: 5_000, unitCents: 100 }],
  }
  const box: Event = { type: 'ParcelShipped', parcel: 'box 1', items: [{ sku: 'tea', quantity: 1 }] }
  await forAll(
    events.map((history) => ({ history })),
    subject.evolveAll,
    ({ history }, got) => evolves(history, got, ['version', 'status']),
    {
      tell: ({ history }) => opening(history),
      examples: [
        [placed],
        [placed, box],
        [{ type: 'OrderShipped' } as const],
        [
          { type: 'OrderCancelled', reason: 'why' } as const,
          { type: 'OrderConfirmed', payment: 'p1', paidCents: 1 } as const,
        ],
        [placed, { ...box, items: [{ sku: 'tea', quantity: 6_000 }] }],
      ].map((history) => ({ history })),
    },
  )

  const names = fc.constantFrom('OrderEaten', 'orderPlaced', 'constructor', '')
  const unknowns = fc
    .record({ type: names, by: fc.constantFrom('evolve' as const, 'replay' as const), life })
    .map(({ life, ...rest }) => ({ ...rest, history: life.history }))
  const story = ({ history, type, by }: { history: Event[]; type: string; by: string }) => [
    ...opening(history),
    `${by}: an event of the type ${show(type)}`,
  ]
  await forAll(
    unknowns,
    subject.unknown,
    (input, got) => {
      const named = 'threw' in got && got.threw === 'RangeError' && String(got.message).includes(input.type)
      const what = 'threw' in got ? `${show(got)}: ${got.message}` : `an order that is ${show(got.returned.status)}`
      holds(named, story(input), `throws RangeError naming ${input.type === '' ? 'it' : input.type}`, what)
    },
    { tell: story, runs: 20, examples: [{ history: [], type: 'OrderEaten', by: 'evolve' }] },
  )
})
