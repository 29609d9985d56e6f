import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Trace, TraceEvent } from '../../../graders/kit/world/trace.ts'
import { causalCone } from './causal-cone.ts'
import { MAX_EVENTS, readTrace, WHATS } from './read-trace.ts'

const TRACE: Trace = {
  nodes: ['n1', 'n2'],
  unit: 'ms',
  events: [
    { at: 0, node: 0, what: 'boot', changed: { role: 'follower' } },
    { at: 1, node: -1, what: 'partition', groups: [[0], [1]] },
    { at: 2, node: 0, what: 'send', to: 1, label: 'hello' },
    { at: 3, node: 0, what: 'lost', cause: 2 },
  ],
  broken: { event: 3, what: 'everything arrives' },
}
const withEvent = (event: object) => ({ ...TRACE, events: [...TRACE.events, event] })

test('a trace is read as it is, and nothing that the contract does not name', () => {
  expect(readTrace(TRACE)).toEqual(TRACE)
  const { events, ...head } = TRACE
  const more = events.map((event) => ({ ...event, html: '<script>' }))
  expect(readTrace({ ...head, events: more, more: 1 })).toEqual(TRACE)
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['a list', [TRACE]],
  ['no lifelines', { ...TRACE, nodes: [] }],
  ['a lifeline that is no text', { ...TRACE, nodes: ['a', 1] }],
  ['another unit', { ...TRACE, unit: 's' }],
  ['a lifeline that is not there', withEvent({ at: 4, node: 2, what: 'boot' })],
  ['half a lifeline', withEvent({ at: 4, node: 0.5, what: 'boot' })],
  ['an unknown event', withEvent({ at: 4, node: 0, what: 'toString' })],
  ['a cause that comes later', withEvent({ at: 4, node: 0, what: 'receive', cause: 4 })],
  ['no time', withEvent({ at: null, node: 0, what: 'boot' })],
  ['time that never comes', withEvent({ at: Number.POSITIVE_INFINITY, node: 0, what: 'boot' })],
  ['a message to nobody', withEvent({ at: 4, node: 0, what: 'send', to: -1 })],
  ['fields that are no texts', withEvent({ at: 4, node: 0, what: 'boot', changed: { a: 1 } })],
  ['groups of strangers', withEvent({ at: 4, node: -1, what: 'partition', groups: [[7]] })],
  ['a violation of nothing', { ...TRACE, broken: { event: 4, what: 'it' } }],
])('%s is no trace', (_, value) => {
  expect(readTrace(value)).toBeUndefined()
})

test('long texts are cut', () => {
  const read = readTrace({
    ...withEvent({ at: 4, node: 0, what: 'note', label: 'x'.repeat(1e6), changed: { log: 'y'.repeat(1e6) } }),
    nodes: ['z'.repeat(1e6), 'n2'],
  })
  expect(JSON.stringify(read).length).toBeLessThan(1_000)
})

test('of a long run stays what led to the violation, and how much is left out is said', () => {
  const events: TraceEvent[] = []
  for (let i = 0; i < 4_000; i++) {
    const send = events.push({ at: i, node: 0, what: 'send', to: 1, label: `m${i}` }) - 1
    events.push({ at: i, node: 1, what: 'receive', cause: send })
    // A third lifeline that nobody listens to.
    events.push({ at: i, node: 2, what: 'timer' })
  }
  const broken = { event: events.length - 2, what: 'it' }
  const read = readTrace({ nodes: ['a', 'b', 'c'], unit: 'ms', events, broken }) as Trace
  expect(read.events).toHaveLength(MAX_EVENTS)
  expect(read.events[0]).toMatchObject({ what: 'note', label: '7,001 events beside or before these are left out' })
  expect(read.events.some(({ node }) => node === 2)).toBe(false)
  expect(read.events[read.broken?.event ?? 0]).toMatchObject({ at: 3_999, node: 1, what: 'receive' })
  for (const { what, cause, at } of read.events.slice(2))
    if (what === 'receive') expect(read.events[cause ?? 0]).toMatchObject({ at, what: 'send' })
})

/** Runs of nodes that send, receive and change: as a simulator would write them down. */
const runs = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { maxLength: 60 }))
  .map(([nodes, draws]): Trace => {
    const events: TraceEvent[] = []
    for (const [a, b, c] of draws) {
      const node = a % nodes
      const sent = events.flatMap(({ what, to }, id) => (what === 'send' && to === node ? [id] : []))
      if (c % 3 === 0) events.push({ at: events.length, node, what: 'send', to: b % nodes })
      else if (c % 3 === 1 && sent.length > 0)
        events.push({ at: events.length, node, what: 'receive', cause: sent[b % sent.length] as number })
      else events.push({ at: events.length, node, what: 'timer', ...(b % 4 === 0 ? { changed: { x: `${b}` } } : {}) })
    }
    return { nodes: Array.from({ length: nodes }, (_, i) => `n${i}`), unit: 'step', events }
  })

/** The definition, followed step by step. */
function happenedBefore({ events }: Trace, of: number): Set<number> {
  const found = new Set<number>()
  const visit = (id: number) => {
    if (found.has(id)) return
    found.add(id)
    const { node, cause } = events[id] as TraceEvent
    if (cause !== undefined) visit(cause)
    for (let i = 0; i < id; i++) if (events[i]?.node === node) visit(i)
  }
  visit(of)
  return found
}

test('the cone is what happened before, and what each other node last changed', () => {
  fc.assert(
    fc.property(runs, fc.nat(), (trace, pick) => {
      const of = trace.events.length === 0 ? 0 : pick % trace.events.length
      const expected = trace.events.length === 0 ? new Set<number>() : happenedBefore(trace, of)
      for (const node of trace.nodes.keys()) {
        const last = trace.events.findLastIndex((one, id) => id <= of && one.node === node && one.changed !== undefined)
        if (last >= 0) expected.add(last)
      }
      const cone = causalCone(trace, of)
      expect(cone.flatMap((isInside, id) => (isInside ? [id] : []))).toEqual([...expected].sort((a, b) => a - b))
    }),
    { seed: 7, numRuns: 500 },
  )
})

test('hostile values are refused or read, never thrown at', () => {
  const values = fc.oneof(
    fc.anything(),
    fc.record({ nodes: fc.anything(), unit: fc.constant('ms'), events: fc.anything() }),
  )
  const events = fc.array(
    fc.record({ at: fc.anything(), node: fc.integer({ min: -1, max: 2 }), what: fc.constantFrom(...WHATS) }),
  )
  const near = fc.record({ nodes: fc.constant(['a', 'b']), unit: fc.constant('ms'), events, broken: fc.anything() })
  fc.assert(
    fc.property(fc.oneof(values, near), (value) => {
      readTrace(value)
    }),
    { seed: 7, numRuns: 2_000 },
  )
})
