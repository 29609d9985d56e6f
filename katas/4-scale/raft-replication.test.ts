import { expect, test } from 'vitest'
import type { Context } from '#world'
import { boot, type Entry, type Message, type View } from './raft-replication.ts'

/** n1 of three, by hand: what it sends and answers, and what is in the log on its disk. */
function n1(log: Entry[] = []) {
  const sent: [to: string, message: Message][] = []
  const replies: [request: number, answer: unknown][] = []
  const disk = new Map<string, unknown>([['ballot', { term: 1, votedFor: null }]])
  const context: Context<Message> = {
    self: 'n1',
    peers: ['n2', 'n3'],
    now: () => 0,
    random: () => 0,
    send: (to, message) => void sent.push([to, message]),
    setTimer() {},
    cancelTimer() {},
    reply: (request, answer) => void replies.push([request, answer]),
    disk: {
      get: <T>(key: string) => disk.get(key) as T | undefined,
      put: (key, value) => void disk.set(key, value),
      log: {
        get length() {
          return log.length
        },
        at: <T>(index: number) => log[index] as T | undefined,
        append: (entry) => void log.push(entry as Entry),
        truncate: (length) => void log.splice(length),
        drop() {},
      },
      sync() {},
    },
  }
  const node = boot(context)
  return { node, sent, replies, log, view: () => node.inspect() as View }
}

const a: Entry = { term: 1, command: 'a' }
const b: Entry = { term: 1, command: 'b' }
const c: Entry = { term: 2, command: 'c' }
const FROM_START = { type: 'AppendEntries', prevLogIndex: 0, prevLogTerm: 0, leaderCommit: 0 } as const

test('a follower appends what fits, and says up to where', () => {
  const { node, sent, log } = n1([a])
  node.onMessage('n2', { ...FROM_START, term: 2, prevLogIndex: 1, prevLogTerm: 1, entries: [b, c] })
  expect(log).toEqual([a, b, c])
  expect(sent).toEqual([
    ['n2', { type: 'AppendReply', term: 2, success: true, matchIndex: 3, conflictTerm: 0, conflictIndex: 0 }],
  ])
})

test('it refuses what does not fit, and says where its own term begins', () => {
  const { node, sent, log } = n1([a, b, b])
  node.onMessage('n2', { ...FROM_START, term: 3, prevLogIndex: 3, prevLogTerm: 2, entries: [c] })
  node.onMessage('n2', { ...FROM_START, term: 3, prevLogIndex: 7, prevLogTerm: 2, entries: [c] })
  expect(log).toEqual([a, b, b])
  expect(sent.map(([, message]) => message)).toEqual([
    { type: 'AppendReply', term: 3, success: false, matchIndex: 0, conflictTerm: 1, conflictIndex: 1 },
    { type: 'AppendReply', term: 3, success: false, matchIndex: 0, conflictTerm: 0, conflictIndex: 4 },
  ])
})

test('what contradicts the leader goes, and an older message takes nothing back', () => {
  const { node, log, view } = n1([a, b, b])
  node.onMessage('n2', { ...FROM_START, term: 2, prevLogIndex: 1, prevLogTerm: 1, entries: [c], leaderCommit: 2 })
  node.onMessage('n2', { ...FROM_START, term: 2, entries: [a] })
  expect(log).toEqual([a, c])
  expect(view().commitIndex).toBe(2)
})

test('who does not lead refuses a client at once, and names the leader', () => {
  const { node, replies } = n1()
  node.onMessage('n3', { ...FROM_START, term: 2, entries: [] })
  node.onRequest?.(7, 'x')
  expect(replies).toEqual([[7, { ok: false, leader: 'n3' }]])
})
