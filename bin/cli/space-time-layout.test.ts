import { expect, test } from 'vitest'
import type { Trace, TraceEvent } from '../judge/report.ts'
import { layOut } from './space-time-layout.ts'
import { longGossip, sleepsThroughItsLease, twoLeaders } from './space-time-runs-fixture.ts'

const run = (events: readonly Omit<TraceEvent, 'at'>[], broken?: Trace['broken']): Trace => ({
  nodes: ['a', 'b', 'c'],
  unit: 'step',
  events: events.map((event, at) => ({ at, ...event })),
  ...(broken === undefined ? {} : { broken }),
})
const send = (node: number, to: number) => ({ node, what: 'send', to }) as const
const receive = (node: number, cause: number) => ({ node, what: 'receive', cause }) as const
const fates = (trace: Trace) =>
  layOut(trace).messages.map(({ fate, sentRow, endRow, late }) => [fate, sentRow, endRow, late])

test('messages that cross each other are both late, those that went out together are not', () => {
  expect(fates(run([send(0, 1), send(1, 0), receive(1, 0), receive(0, 1)]))).toEqual([
    ['received', 0, 2, true],
    ['received', 1, 3, true],
  ])
  expect(fates(run([send(0, 1), send(0, 2), receive(1, 0), receive(2, 1)]))).toEqual([
    ['received', 0, 2, false],
    ['received', 1, 3, false],
  ])
})

test('one that overtakes makes the other late', () => {
  expect(fates(run([send(0, 1), send(0, 1), receive(1, 1), receive(1, 0)]))).toEqual([
    ['received', 0, 3, true],
    ['received', 1, 2, false],
  ])
})

test('a message that comes twice is two arrows, one that does not come is under way', () => {
  expect(fates(run([send(0, 1), receive(1, 0), receive(1, 0), send(1, 2)]))).toEqual([
    ['received', 0, 1, false],
    ['under-way', 3, 3, false],
    ['received', 0, 2, true],
  ])
})

test('a node is down from its crash to its restart, or to the end; a paused one that crashes is paused no more', () => {
  const { outages } = layOut(
    run([
      { node: 0, what: 'pause' },
      { node: 0, what: 'crash' },
      { node: 0, what: 'restart' },
      { node: 1, what: 'crash' },
      { node: 2, what: 'pause' },
      { node: 2, what: 'resume' },
    ]),
  )
  expect(outages).toEqual([
    { lane: 0, kind: 'paused', fromRow: 0, toRow: 1 },
    { lane: 0, kind: 'down', fromRow: 1, toRow: 2 },
    { lane: 2, kind: 'paused', fromRow: 4, toRow: 5 },
    { lane: 1, kind: 'down', fromRow: 3, toRow: 6 },
  ])
})

test('a partition lasts until it is healed or another one comes', () => {
  const cut = { node: -1, what: 'partition', groups: [[0], [1, 2]] } as const
  const { partitions } = layOut(
    run([cut, send(0, 1), { ...cut, groups: [[0, 1], [2]] }, { node: -1, what: 'heal' }, cut]),
  )
  expect(partitions).toEqual([
    { fromRow: 0, toRow: 2, groups: [[0], [1, 2]] },
    { fromRow: 2, toRow: 3, groups: [[0, 1], [2]] },
    { fromRow: 4, toRow: 5, groups: [[0], [1, 2]] },
  ])
})

test('what came after the violation is not drawn', () => {
  const trace = twoLeaders()
  expect(layOut({ ...trace, broken: { event: 9, what: 'it' } }).rows).toHaveLength(10)
  expect(layOut(sleepsThroughItsLease()).rows.at(-1)).toMatchObject({ what: 'receive', at: 4_500 })
})

test('of a long run the events that led to the violation are drawn, and the others counted', () => {
  const idle = Array.from({ length: 50 }, () => ({ node: 2, what: 'timer' }) as const)
  const unheard = Array.from({ length: 10 }, () => send(0, 2))
  const events = [...idle, ...unheard, send(0, 1), receive(1, 60), ...idle]
  const { rows, leftOut, broken } = layOut(run(events, { event: 61, what: 'it' }), 20)
  expect(rows.map(({ what }) => what)).toEqual(['send', 'receive'])
  expect(leftOut).toEqual({ beside: 60, before: 0 })
  expect(broken?.row).toBe(1)
  // Of what led to it, the end.
  const gossip = layOut(longGossip(), 20)
  expect(gossip.rows).toHaveLength(20)
  expect(gossip.leftOut.before + gossip.leftOut.beside + 20).toBe(longGossip().events.length)
  expect(gossip.rows.at(-1)?.label).toBe('')
  expect(layOut(longGossip()).leftOut).toEqual({ beside: 0, before: 0 })
})
