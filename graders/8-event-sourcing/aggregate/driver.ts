// Drives the three functions. Orders are made ready by folding `evolve` over a history, so that what is asked of `decide`
// does not hang on how it decided before.

import {
  type Command,
  type Decision,
  decide,
  evolve,
  NEW_ORDER,
  type Order,
  type OrderEvent,
  replay,
} from '#kata/8-event-sourcing/aggregate'
import { type Attempt, attempt } from '../../kit/driver.ts'

export type { Command, Decision, Order, OrderEvent }

/** A copy of what the contract says of an order, without whatever else a submission keeps there. */
function look({ version, status, customer, lines, totalCents, payment, parcels, owedCents }: Order): Order {
  return {
    version,
    status,
    customer,
    lines: lines.map(({ sku, quantity, unitCents, shipped }) => ({ sku, quantity, unitCents, shipped })),
    totalCents,
    payment: payment === null ? null : { id: payment.id, paidCents: payment.paidCents },
    parcels: parcels.map(({ id, delivered }) => ({ id, delivered })),
    owedCents,
  }
}

const after = (history: readonly OrderEvent[]): Order => history.reduce<Order>(evolve, NEW_ORDER)

/** What a command leads to, for an order that has seen these events. */
export function decideAfter({ history, command }: { history: OrderEvent[]; command: Command }): Decision {
  return decide(after(history), command)
}

/** The order after each event. */
export function evolveAll({ history }: { history: OrderEvent[] }): Order[] {
  let order = NEW_ORDER
  return history.map((event) => {
    order = evolve(order, event)
    return look(order)
  })
}

/** Commands one after another, with what they led to; then the same order by other ways, and what each would decide next. */
export interface Lives {
  events: OrderEvent[]
  orders: Record<Way, { order: Order; next: Decision }>
}
export type Way = 'live' | 'replayed' | 'from text' | 'from an iterator' | 'replayed in part'

export function live({ commands, next }: { commands: Command[]; next: Command }): Lives {
  const events: OrderEvent[] = []
  let order = NEW_ORDER
  for (const command of commands) {
    const decision = decide(order, command)
    if (!('events' in decision)) continue
    for (const event of decision.events) {
      events.push(event)
      order = evolve(order, event)
    }
  }
  const text = JSON.stringify(events)
  const half = events.length >> 1
  const ended = (one: Order) => ({ order: look(one), next: decide(one, next) })
  return {
    events,
    orders: {
      live: ended(order),
      replayed: ended(replay(events)),
      'from text': ended(replay(JSON.parse(text))),
      'from an iterator': ended(replay(events.values())),
      'replayed in part': ended(events.slice(half).reduce<Order>(evolve, replay(events.slice(0, half)))),
    },
  }
}

/** Something that was given, as text before and after. */
export interface Given {
  what: string
  before: string
  after: string
}

/** Evolves, decides and replays; what was given each time must be as before. */
export function untouched({ history, command }: { history: OrderEvent[]; command: Command }): Given[] {
  const given: Given[] = []
  const watched: { what: string; thing: unknown; before: string }[] = []
  const keep = (what: string, thing: unknown) => watched.push({ what, thing, before: JSON.stringify(thing) })
  keep('NEW_ORDER', NEW_ORDER)
  let order = NEW_ORDER
  for (const [i, event] of history.entries()) {
    keep(`event ${i + 1}`, event)
    order = evolve(order, event)
    keep(`the order after event ${i + 1}`, order)
  }
  keep('the command', command)
  const decision = decide(order, command)
  if ('events' in decision) {
    for (const event of decision.events) {
      keep(`the event ${event.type} of the decision`, event)
      order = evolve(order, event)
    }
  }
  keep('the list of events', history)
  replay(history)
  for (const { what, thing, before } of watched) given.push({ what, before, after: JSON.stringify(thing) })
  return given
}

/** An event that nobody knows, met by `evolve` or in the midst of a `replay`. */
export function unknown({
  history,
  type,
  by,
}: {
  history: OrderEvent[]
  type: string
  by: 'evolve' | 'replay'
}): Attempt<Order> {
  const event = { type } as unknown as OrderEvent
  return attempt(() => look(by === 'evolve' ? evolve(after(history), event) : replay([...history, event, ...history])))
}
