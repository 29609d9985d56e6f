import { expect, test } from 'vitest'
import type { Context } from '#world'
import { type Ballot, boot, type Message, type View } from './raft-election.ts'

/** n1 of three, by hand: what it sends, which timers it has set, and what is on its disk. */
function n1(ballot?: Ballot) {
  const sent: [to: string, message: Message][] = []
  const timers = new Map<string, number>()
  const disk = new Map<string, unknown>(ballot === undefined ? [] : [['ballot', ballot]])
  const context: Context<Message> = {
    self: 'n1',
    peers: ['n2', 'n3'],
    now: () => 0,
    random: () => 0,
    send: (to, message) => void sent.push([to, message]),
    setTimer: (name, afterMs) => void timers.set(name, afterMs),
    cancelTimer: (name) => void timers.delete(name),
    reply() {},
    disk: {
      get: <T>(key: string) => disk.get(key) as T | undefined,
      put: (key, value) => void disk.set(key, value),
      log: { length: 0, at: () => undefined, append() {}, truncate() {}, drop() {} },
      sync() {},
    },
  }
  const node = boot(context)
  return { node, sent, timers, disk, view: () => node.inspect() as View }
}

const REQUEST = { type: 'RequestVote', lastLogIndex: 0, lastLogTerm: 0 } as const

test('it begins as a follower, and waits', () => {
  const { view, timers, sent } = n1()
  expect(view()).toEqual({ role: 'follower', term: 0, votedFor: null, leader: null })
  expect([...timers.values()][0]).toBeGreaterThan(0)
  expect(sent).toEqual([])
})

test('it votes for who asks first in a term, and keeps that on its disk', () => {
  const { node, sent, disk } = n1()
  node.onMessage('n2', { ...REQUEST, term: 1 })
  node.onMessage('n3', { ...REQUEST, term: 1 })
  expect(sent).toEqual([
    ['n2', { type: 'Vote', term: 1, granted: true }],
    ['n3', { type: 'Vote', term: 1, granted: false }],
  ])
  expect(disk.get('ballot')).toEqual({ term: 1, votedFor: 'n2' })
})

test('after a crash it stands by its vote', () => {
  const { node, sent } = n1({ term: 1, votedFor: 'n2' })
  node.onMessage('n3', { ...REQUEST, term: 1 })
  expect(sent).toEqual([['n3', { type: 'Vote', term: 1, granted: false }]])
})

test('it answers a leader, and knows it', () => {
  const { node, sent, view } = n1()
  node.onMessage('n3', { type: 'AppendEntries', term: 2 })
  expect(sent).toEqual([['n3', { type: 'AppendReply', term: 2, success: true }]])
  expect(view()).toMatchObject({ role: 'follower', term: 2, leader: 'n3' })
})
