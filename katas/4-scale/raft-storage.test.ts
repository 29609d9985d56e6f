import { expect, test } from 'vitest'
import type { Context } from '#world'
import { apply, boot, type Entry, type Message, type Snapshot, START, type View } from './raft-storage.ts'

/** n1 of three, by hand: what it sends, and what is on its disk. */
function n1(first: (Entry | undefined)[] = [], snapshot?: Snapshot) {
  const sent: [to: string, message: Message][] = []
  const keys = new Map<string, unknown>([['ballot', { term: 2, votedFor: null }]])
  if (snapshot !== undefined) keys.set('snapshot', snapshot)
  // What was dropped leaves a hole at its place.
  const log: (Entry | undefined)[] = [...first]
  const context: Context<Message> = {
    self: 'n1',
    peers: ['n2', 'n3'],
    now: () => 0,
    random: () => 0,
    send: (to, message) => void sent.push([to, message]),
    setTimer() {},
    cancelTimer() {},
    reply() {},
    disk: {
      get: <T>(key: string) => keys.get(key) as T | undefined,
      put: (key, value) => void keys.set(key, value),
      log: {
        get length() {
          return log.length
        },
        at: <T>(index: number) => log[index] as T | undefined,
        append: (entry) => void log.push(entry as Entry),
        truncate: (length) => void log.splice(length),
        drop(until) {
          log.length = Math.max(log.length, until)
          log.fill(undefined, 0, until)
        },
      },
      sync() {},
    },
  }
  const node = boot(context)
  const held = () => log.filter((entry) => entry !== undefined)
  return { node, sent, keys, held, length: () => log.length, view: () => node.inspect() as View }
}

const entries = (n: number): Entry[] => Array.from({ length: n }, (_, i) => ({ term: 1, command: `c${i + 1}` }))
const stateAfter = (n: number) => entries(n).reduce((state, { command }) => apply(state, command ?? ''), START)
const APPEND = { type: 'AppendEntries', term: 2, entries: [] } as const

test('it does what is committed, once', () => {
  const { node, view } = n1(entries(3))
  node.onMessage('n2', { ...APPEND, prevLogIndex: 3, prevLogTerm: 1, leaderCommit: 2 })
  node.onMessage('n2', { ...APPEND, prevLogIndex: 3, prevLogTerm: 1, leaderCommit: 2 })
  expect(view()).toMatchObject({ commitIndex: 2, state: stateAfter(2) })
})

test('a log that is too long becomes a snapshot, and what is not committed stays', () => {
  const { node, keys, held, length } = n1(entries(50))
  node.onMessage('n2', { ...APPEND, prevLogIndex: 50, prevLogTerm: 1, leaderCommit: 48 })
  expect(keys.get('snapshot')).toMatchObject({ lastTerm: 1 })
  expect(held().length).toBeLessThanOrEqual(34)
  expect(held().slice(-2)).toEqual(entries(50).slice(-2))
  expect(length()).toBe(50)
})

test('it comes back with what its snapshot holds', () => {
  const { view, sent } = n1([], { lastIndex: 40, lastTerm: 1, state: stateAfter(40) })
  expect(view()).toMatchObject({ commitIndex: 40, state: stateAfter(40) })
  expect(sent).toEqual([])
})

test('a snapshot that is sent takes the place of what was missed', () => {
  const { node, sent, keys, held, view } = n1(entries(3))
  const snapshot: Snapshot = { lastIndex: 40, lastTerm: 1, state: stateAfter(40) }
  node.onMessage('n2', { type: 'InstallSnapshot', term: 2, ...snapshot })
  expect(keys.get('snapshot')).toEqual(snapshot)
  expect(held()).toEqual([])
  expect(view()).toMatchObject({ commitIndex: 40, state: stateAfter(40) })
  expect(sent).toEqual([
    ['n2', { type: 'AppendReply', term: 2, success: true, matchIndex: 40, conflictTerm: 0, conflictIndex: 0 }],
  ])
})
