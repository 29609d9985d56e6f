import { expect, test } from 'vitest'
import { type Command, type Log, type Result, serve } from './raft-kv.ts'

/** A node by hand: its log, and what its clients are told. Its leader's first entry is committed. */
function n1({ leads = true, snapshot }: { leads?: boolean; snapshot?: unknown } = {}) {
  const entries: { term: number; command: Command | null }[] = [{ term: 1, command: null }]
  let committed = 1
  const told: [request: number, result: Result][] = []
  const tickets: number[] = []
  const log: Log = {
    self: 'n1',
    leader: () => (leads ? 'n1' : 'n2'),
    term: () => 1,
    propose: (command) => (leads ? entries.push({ term: 1, command }) : undefined),
    commitIndex: () => committed,
    termAt: (index) => entries[index - 1]?.term ?? 0,
    confirm: (ticket) => void tickets.push(ticket),
    reply: (request, result) => void told.push([request, result]),
  }
  const service = serve(log, snapshot)
  const commit = () => {
    while (committed < entries.length) {
      committed++
      service.onCommitted(committed, 1, entries[committed - 1]?.command ?? null)
    }
  }
  const confirm = () => {
    for (const ticket of tickets.splice(0)) service.onConfirmed(ticket)
  }
  return { service, told, commit, confirm, entries }
}

const ADD: Command = { type: 'Append', key: 'x', value: 'a', client: 7, sequence: 1 }
const GET: Command = { type: 'Get', key: 'x' }

test('a write is answered when it is committed, with what was there before', () => {
  const { service, told, commit } = n1()
  service.onRequest(1, ADD)
  expect(told).toEqual([])
  commit()
  expect(told).toEqual([[1, { type: 'Done', value: null }]])
})

test('what is sent twice is executed once, and both are told the same', () => {
  const { service, told, commit, confirm } = n1()
  service.onRequest(1, ADD)
  service.onRequest(2, ADD)
  commit()
  service.onRequest(3, GET)
  confirm()
  expect(told).toEqual([
    [1, { type: 'Done', value: null }],
    [2, { type: 'Done', value: null }],
    [3, { type: 'Done', value: 'a' }],
  ])
})

test('a read waits until a majority has said that this node leads', () => {
  const { service, told, confirm, entries } = n1()
  service.onRequest(1, GET)
  expect(told).toEqual([])
  confirm()
  expect(told).toEqual([[1, { type: 'Done', value: null }]])
  expect(entries).toHaveLength(1)
})

test('who does not lead says who does', () => {
  const { service, told } = n1({ leads: false })
  service.onRequest(1, GET)
  expect(told).toEqual([[1, { type: 'NotLeader', leader: 'n2' }]])
})

test('after a crash it goes on from its snapshot', () => {
  const before = n1()
  before.service.onRequest(1, ADD)
  before.commit()
  const after = n1({ snapshot: before.service.snapshot() })
  after.service.onRequest(2, ADD)
  after.commit()
  expect(after.told).toEqual([[2, { type: 'Done', value: null }]])
})
