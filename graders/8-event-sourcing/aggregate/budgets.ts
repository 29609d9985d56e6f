// An order lives as long as its customer complains. What happened to it must be readable in one pass, and must not weigh on
// what is decided next.

import type * as kata from '#kata/8-event-sourcing/aggregate'
import { budget } from '../../kit/budget.ts'

type Kata = typeof kata

const PLACED: kata.OrderEvent = {
  type: 'OrderPlaced',
  customer: 'ann',
  lines: [
    { sku: 'tea', quantity: 2, unitCents: 450 },
    { sku: 'pot', quantity: 1, unitCents: 1_999 },
    { sku: 'cup', quantity: 6, unitCents: 795 },
  ],
}

/** A customer who cannot make up his mind: n events, after which the order is as small as before. */
const undecided = (n: number): kata.OrderEvent[] => [
  PLACED,
  ...Array.from(
    { length: n - 1 },
    (_, i): kata.OrderEvent => ({ type: 'LineChanged', sku: 'tea', quantity: 1 + (i % 9) }),
  ),
]

export default [
  budget('A decision costs the same after a long history', {
    given: ({ decide, evolve, NEW_ORDER }: Kata, { n }) => ({
      decide,
      order: undecided(n).reduce<kata.Order>(evolve, NEW_ORDER),
    }),
    when: ({ decide, order }, i) => decide(order, { type: 'change', sku: 'tea', quantity: 1 + (i % 9) }),
    steps: 'O(1)',
    worstCall: 'O(1)',
  }),
  budget('A replay is one pass over the events', {
    given: ({ replay }: Kata, { n }) => ({ replay, events: undecided(n) }),
    when: ({ replay, events }) => replay(events).totalCents,
    steps: 'O(n)',
    calls: () => 3,
  }),
  budget('A replay beside the reference', {
    given: ({ replay }: Kata, { n }) => ({ replay, events: undecided(n) }),
    when: ({ replay, events }) => replay(events).version,
    throughput: 'reference',
    n: 100,
  }),
]
