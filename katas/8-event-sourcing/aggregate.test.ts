// Examples of the contract, to run from an editor or with `npx vitest run katas/8-event-sourcing/aggregate`.
// The judge looks closer: npx kata check aggregate

import { expect, test } from 'vitest'
import { type Command, decide, evolve, NEW_ORDER, type OrderEvent, replay } from './aggregate.ts'

const PLACE: Command = {
  type: 'place',
  customer: 'ann',
  lines: [
    { sku: 'tea', quantity: 2, unitCents: 450 },
    { sku: 'pot', quantity: 1, unitCents: 1_999 },
  ],
}

/** Carries out commands one after another. */
function eventsOf(...commands: Command[]): OrderEvent[] {
  let order = NEW_ORDER
  const all: OrderEvent[] = []
  for (const command of commands) {
    const decision = decide(order, command)
    if (!('events' in decision)) throw new Error(`${command.type} is refused: ${decision.refused}`)
    all.push(...decision.events)
    order = decision.events.reduce(evolve, order)
  }
  return all
}

test('an order is placed, paid, shipped in two parcels and delivered', () => {
  const events = eventsOf(
    PLACE,
    { type: 'confirm', payment: 'p1', paidCents: 2_899 },
    { type: 'ship', parcel: 'box', items: [{ sku: 'pot', quantity: 1 }] },
    { type: 'deliver', parcel: 'box' },
    { type: 'ship', parcel: 'bag', items: [{ sku: 'tea', quantity: 2 }] },
    { type: 'deliver', parcel: 'bag' },
  )
  expect(events.map(({ type }) => type)).toEqual([
    ...['OrderPlaced', 'OrderConfirmed', 'ParcelShipped', 'ParcelDelivered'],
    ...['ParcelShipped', 'OrderShipped', 'ParcelDelivered', 'OrderDelivered'],
  ])
  expect(replay(events)).toMatchObject({ status: 'delivered', version: 8, totalCents: 2_899 })
})

test('what the status does not allow is refused', () => {
  const placed = replay(eventsOf(PLACE))
  const ship: Command = { type: 'ship', parcel: 'box', items: [{ sku: 'pot', quantity: 1 }] }
  expect(decide(placed, ship)).toEqual({ refused: 'wrong-status' })
})

test('a payment is the total to the cent, and counts once', () => {
  const placed = replay(eventsOf(PLACE))
  expect(decide(placed, { type: 'confirm', payment: 'p1', paidCents: 2_898 })).toEqual({ refused: 'wrong-amount' })
  const confirmed = evolve(placed, { type: 'OrderConfirmed', payment: 'p1', paidCents: 2_899 })
  expect(decide(confirmed, { type: 'confirm', payment: 'p1', paidCents: 2_899 })).toEqual({ events: [] })
})

test('what has happened is not judged again', () => {
  expect(evolve(NEW_ORDER, { type: 'OrderShipped' })).toMatchObject({ status: 'shipped', version: 1 })
  expect(() => evolve(NEW_ORDER, { type: 'OrderEaten' } as never)).toThrow(/OrderEaten/)
})
