import { expect, test } from 'vitest'
import type { Context } from '#world'
import { type Ballot, boot, type Message, type View } from './raft-prevote.ts'

/** n1 of three, by hand: what it sends, its clock, and what is on its disk. */
function n1(ballot?: Ballot) {
  const sent: [to: string, message: Message][] = []
  const timers = new Map<string, number>()
  const disk = new Map<string, unknown>(ballot === undefined ? [] : [['ballot', ballot]])
  let nowMs = 0
  const context: Context<Message> = {
    self: 'n1',
    peers: ['n2', 'n3'],
    now: () => nowMs,
    random: () => 0,
    send: (to, message) => void sent.push([to, message]),
    setTimer: (name, afterMs) => void timers.set(name, nowMs + afterMs),
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
  /** Lets its timers go off until so many milliseconds have passed. */
  function wait(ms: number): void {
    const untilMs = nowMs + ms
    for (;;) {
      const [next] = [...timers].filter(([, dueMs]) => dueMs <= untilMs).sort((a, b) => a[1] - b[1])
      if (next === undefined) break
      nowMs = Math.max(nowMs, next[1])
      timers.delete(next[0])
      node.onTimer(next[0])
    }
    nowMs = untilMs
  }
  return { node, sent, disk, wait, view: () => node.inspect() as View }
}

const END = { lastLogIndex: 0, lastLogTerm: 0 } as const

test('it asks before it stands, and its term stays', () => {
  const { wait, sent, view } = n1({ term: 3, votedFor: 'n2' })
  wait(310)
  expect(sent).toContainEqual(['n2', { type: 'RequestPreVote', nextTerm: 4, ...END }])
  expect(view()).toEqual({ role: 'precandidate', term: 3, votedFor: 'n2', leader: null })
})

test('it stands when a majority would vote for it', () => {
  const { node, wait, sent, disk } = n1()
  wait(310)
  node.onMessage('n3', { type: 'PreVote', term: 0, nextTerm: 1, granted: true })
  expect(sent).toContainEqual(['n2', { type: 'RequestVote', term: 1, ...END }])
  expect(disk.get('ballot')).toEqual({ term: 1, votedFor: 'n1' })
})

test('it would vote for everybody who asks', () => {
  const { node, sent, view } = n1()
  node.onMessage('n2', { type: 'RequestPreVote', nextTerm: 1, ...END })
  node.onMessage('n3', { type: 'RequestPreVote', nextTerm: 1, ...END })
  expect(sent).toEqual([
    ['n2', { type: 'PreVote', term: 0, nextTerm: 1, granted: true }],
    ['n3', { type: 'PreVote', term: 0, nextTerm: 1, granted: true }],
  ])
  expect(view()).toMatchObject({ term: 0, votedFor: null })
})

test('who hears a leader refuses whoever asks or stands', () => {
  const { node, sent, view } = n1()
  node.onMessage('n2', { type: 'AppendEntries', term: 1 })
  node.onMessage('n3', { type: 'RequestPreVote', nextTerm: 9, ...END })
  node.onMessage('n3', { type: 'RequestVote', term: 9, ...END })
  expect(sent.slice(1)).toEqual([
    ['n3', { type: 'PreVote', term: 1, nextTerm: 9, granted: false }],
    ['n3', { type: 'Vote', term: 1, granted: false }],
  ])
  expect(view()).toMatchObject({ term: 1, leader: 'n2' })
})
