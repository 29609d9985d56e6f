import { expect, test } from 'vitest'
import type { Context, Node } from '#world'
import { bootLock, bootStorage, LEASE_MS, type Message } from './fencing-tokens.ts'

/** A node by hand, with a clock that you turn and a disk that you can look at. */
function started(boot: (context: Context<Message>) => Node<Message>, disk = new Map<string, unknown>()) {
  const sent: [to: string, message: Message][] = []
  let nowMs = 5_000
  const node = boot({
    self: 'n1',
    peers: ['n2', 'n3', 'n4'],
    now: () => nowMs,
    random: () => 0,
    send: (to, message) => void sent.push([to, message]),
    setTimer() {},
    cancelTimer() {},
    reply() {},
    disk: {
      get: <T>(key: string) => disk.get(key) as T | undefined,
      put: (key, value) => void disk.set(key, value),
      log: { length: 0, at: () => undefined, append() {}, truncate() {}, drop() {} },
      sync() {},
    },
  })
  const ask = (from: string, message: Message) => {
    node.onMessage(from, message)
    return sent.at(-1)
  }
  const sleep = (ms: number) => {
    nowMs += ms
  }
  return { node, ask, disk, sleep }
}

const tokenOf = (answer: readonly [string, Message] | undefined): number => {
  const message = answer?.[1]
  return message?.type === 'Granted' ? message.token : Number.NaN
}

test('the lock is granted to one at a time, and the next has a higher token', () => {
  const { ask } = started(bootLock)
  const token = tokenOf(ask('n3', { type: 'Acquire', request: 1 }))
  expect(token).toBeGreaterThan(0)
  expect(ask('n4', { type: 'Acquire', request: 2 })).toEqual(['n4', { type: 'Refused', request: 2 }])
  expect(ask('n3', { type: 'Release', request: 3, token })).toEqual(['n3', { type: 'Released', request: 3, token }])
  expect(tokenOf(ask('n4', { type: 'Acquire', request: 4 }))).toBeGreaterThan(token)
})

test('who is gone loses it in the end', () => {
  const { ask, sleep } = started(bootLock)
  ask('n3', { type: 'Acquire', request: 1 })
  sleep(LEASE_MS)
  expect(ask('n4', { type: 'Acquire', request: 2 })).toEqual(['n4', { type: 'Refused', request: 2 }])
  sleep(LEASE_MS)
  expect(tokenOf(ask('n4', { type: 'Acquire', request: 3 }))).toBeGreaterThan(0)
})

test('a lock service that restarts goes on counting', () => {
  const { ask, disk } = started(bootLock)
  const token = tokenOf(ask('n3', { type: 'Acquire', request: 1 }))
  const again = started(bootLock, disk)
  again.sleep(3 * LEASE_MS)
  expect(tokenOf(again.ask('n4', { type: 'Acquire', request: 2 }))).toBeGreaterThan(token)
})

test('the storage knows the past when it sees it', () => {
  const { node, ask } = started(bootStorage)
  const write = (from: string, token: number, value: string) => ask(from, { type: 'Write', request: 1, token, value })
  expect(write('n3', 33, 'a')).toEqual(['n3', { type: 'Written', request: 1 }])
  expect(write('n4', 34, 'b')).toEqual(['n4', { type: 'Written', request: 1 }])
  expect(write('n3', 33, 'c')).toEqual(['n3', { type: 'Stale', request: 1 }])
  expect(node.inspect()).toEqual({ token: 34, writer: 'n4', value: 'b' })
})
