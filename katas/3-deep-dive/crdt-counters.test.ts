// Examples that make the contract concrete. The judge tries far more: kata check crdt-counters

import { expect, test } from 'vitest'
import type { Context } from '#world'
import { boot, GCounter, PNCounter, type PNState, type View } from './crdt-counters.ts'

test('two replicas count, and each learns of the other', () => {
  const [here, there] = [new GCounter('n1'), new GCounter('n2')]
  here.increment(2)
  there.increment(3)
  here.merge(there.state())
  expect(here.state()).toEqual({ n1: 2, n2: 3 })
  expect(here.value).toBe(5)
  expect(there.value).toBe(3)
})

test('what is old news already changes nothing', () => {
  const [here, there] = [new GCounter('n1'), new GCounter('n2')]
  there.increment(1)
  const old = there.state()
  there.increment(1)
  for (const state of [there.state(), old, old]) here.merge(state)
  expect(here.value).toBe(2)
})

test('down is counting up, in another counter', () => {
  const counter = new PNCounter('n1')
  counter.add(5)
  counter.add(-7)
  expect(counter.value).toBe(-2)
  expect(counter.state()).toEqual({ up: { n1: 5 }, down: { n1: 7 } })
})

test('a node answers at once, keeps it, and gossips when its timer goes off', () => {
  const sent: [to: string, state: PNState][] = []
  const replies: unknown[] = []
  const timers: string[] = []
  const disk = new Map<string, unknown>()
  const log: unknown[] = []
  const context: Context<PNState> = {
    self: 'n1',
    peers: ['n2'],
    now: () => 0,
    random: () => 0,
    send: (to, state) => void sent.push([to, state]),
    setTimer: (name) => void timers.push(name),
    cancelTimer() {},
    reply: (_, result) => void replies.push(result),
    disk: {
      get: <T>(key: string) => disk.get(key) as T | undefined,
      put: (key, value) => void disk.set(key, value),
      log: {
        get length() {
          return log.length
        },
        at: <T>(index: number) => log[index] as T | undefined,
        append: (entry) => void log.push(entry),
        truncate: (length) => void log.splice(length),
        drop() {},
      },
      sync() {},
    },
  }
  const node = boot(context)
  node.onRequest?.(1, { add: 3 })
  expect(replies).toEqual([3])
  expect(disk.size + log.length).toBeGreaterThan(0)
  node.onMessage('n2', { up: { n2: 4 }, down: {} })
  expect((node.inspect() as View).value).toBe(7)
  node.onTimer(timers[0] ?? '')
  expect(sent).toEqual([['n2', { up: { n1: 3, n2: 4 }, down: expect.anything() }]])
})
