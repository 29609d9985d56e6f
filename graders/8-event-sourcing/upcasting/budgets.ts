// Every event of every stream passes through here, at every start, for as long as the company lives.

import type * as kata from '#kata/8-event-sourcing/upcasting'
import { budget } from '../../kit/budget.ts'

type Kata = typeof kata

const VERSIONS = 20

const up = (data: kata.Data): kata.Data => data

/** As long for every number: who copies an event copies its text, and digits are no growth. */
const digits = (i: number): string => String(i).padStart(9, '0')
const typeOf = (i: number): string => `type ${digits(i)}`

/** Chains of so many versions each. */
const chains = ({ Upcasters }: Kata, types: number, versions: number) =>
  new Upcasters({
    current: Object.fromEntries(Array.from({ length: types }, (_, i) => [typeOf(i), versions])),
    steps: Array.from({ length: types * (versions - 1) }, (_, i) => ({
      type: typeOf(i % types),
      from: 1 + Math.floor(i / types),
      up,
    })),
  })

export default [
  budget('An event finds its steps at once, however many there are', {
    given: (module: Kata, { n, random }) => ({
      upcasters: chains(module, n, 3),
      events: Array.from({ length: n }, () => ({
        type: typeOf(Math.floor(random() * n)),
        version: 1,
        data: { items: 1 },
      })),
    }),
    when: ({ upcasters, events }, i) => upcasters.upcast(events[i % events.length]!),
    steps: 'O(1)',
    worstCall: 'O(1)',
  }),
  budget('An old event takes its steps one by one', {
    given: (module: Kata, { n }) => ({
      upcasters: chains(module, 1, n),
      event: { type: typeOf(0), version: 1, data: { items: 1 } },
    }),
    when: ({ upcasters, event }) => upcasters.upcast(event),
    steps: 'O(n)',
    calls: () => 4,
  }),
  budget('The data is copied once, however many steps there are', {
    given: (module: Kata, { n }) => ({
      upcasters: chains(module, 1, VERSIONS),
      event: {
        type: typeOf(0),
        version: 1,
        data: Object.fromEntries(Array.from({ length: n }, (_, i) => [`f${digits(i)}`, i])),
      },
    }),
    when: ({ upcasters, event }) => upcasters.upcast(event),
    steps: 'O(n)',
    ceiling: { says: '8 steps a field', of: (n) => 8 * n + 500 },
    calls: () => 4,
  }),
  budget('A current event makes no garbage', {
    given: (module: Kata) => ({
      upcasters: chains(module, 10, 3),
      event: { type: typeOf(5), version: 3, data: { items: 1 } },
    }),
    when: ({ upcasters, event }) => upcasters.upcast(event),
    bytesPerCall: 0,
  }),
  budget('An event two versions old beside the reference', {
    given: (module: Kata) => ({
      upcasters: chains(module, 10, 3),
      event: { type: typeOf(5), version: 1, data: { items: 1 } },
    }),
    when: ({ upcasters, event }) => upcasters.upcast(event),
    throughput: 'reference',
  }),
]
