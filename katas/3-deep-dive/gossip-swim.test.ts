import { expect, test } from 'vitest'
import type { Context } from '#world'
import { boot, type Message, PERIOD_MS, suspicionMs, type Update, type View } from './gossip-swim.ts'

/** n1 of four, by hand: what it sends, and what happens when time passes. */
function n1(disk = new Map<string, unknown>()) {
  const sent: [to: string, message: Message][] = []
  const timers = new Map<string, number>()
  const log: unknown[] = []
  let nowMs = 0
  const context: Context<Message> = {
    self: 'n1',
    peers: ['n2', 'n3', 'n4'],
    now: () => nowMs,
    random: () => 0,
    send: (to, message) => void sent.push([to, message]),
    setTimer: (name, afterMs) => void timers.set(name, nowMs + afterMs),
    cancelTimer: (name) => void timers.delete(name),
    reply() {},
    disk: {
      get: <T>(key: string) => disk.get(key) as T | undefined,
      put: (key, value) => void disk.set(key, value),
      log: {
        get length() {
          return log.length
        },
        at: <T>(index: number) => log[index] as T | undefined,
        append: (entry) => void log.push(entry),
        truncate() {},
        drop() {},
      },
      sync() {},
    },
  }
  const node = boot(context)
  const sleep = (ms: number) => {
    const untilMs = nowMs + ms
    for (;;) {
      const [next] = [...timers].toSorted((a, b) => a[1] - b[1])
      if (next === undefined || next[1] > untilMs) break
      nowMs = next[1]
      timers.delete(next[0])
      node.onTimer(next[0])
    }
    nowMs = untilMs
  }
  const hear = (from: string, ...updates: Update[]) => {
    node.onMessage(from, { type: 'Ping', seq: 7, updates })
    return sent.at(-1)?.[1]
  }
  return { node, sent, sleep, hear, view: () => node.inspect() as View }
}

test('a ping is acknowledged', () => {
  const { node, sent } = n1()
  node.onMessage('n3', { type: 'Ping', seq: 7, updates: [] })
  expect(sent).toEqual([['n3', { type: 'Ack', seq: 7, target: 'n1', updates: [] }]])
})

test('who answers neither it nor its helpers is suspected, and dead in the end', () => {
  const { sent, sleep, view } = n1()
  sleep(PERIOD_MS - 100)
  const target = sent.find(([, { type }]) => type === 'Ping')?.[0]
  expect(sent.filter(([, { type }]) => type === 'PingReq')).toHaveLength(2)
  expect(view().suspects).toEqual([])
  sleep(PERIOD_MS)
  expect(view().suspects).toContain(target)
  sleep(suspicionMs(4) + PERIOD_MS)
  expect(view().dead).toContain(target)
})

test('it hears of others, and tells it on', () => {
  const { hear, view } = n1()
  const news: Update = { node: 'n2', state: 'dead', incarnation: 3 }
  expect(hear('n3', news)).toMatchObject({ type: 'Ack', updates: [news] })
  expect(view().dead).toEqual(['n2'])
})

test('who accuses it is told in a higher incarnation', () => {
  const { hear, view } = n1()
  const answer = hear('n3', { node: 'n1', state: 'suspect', incarnation: 4 })
  expect(answer).toMatchObject({ updates: [{ node: 'n1', state: 'alive', incarnation: 5 }] })
  expect(view().incarnation).toBe(5)
})
