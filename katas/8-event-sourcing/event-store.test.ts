// Examples of the contract, to run from an editor or with `npx vitest run katas/8-event-sourcing/event-store`.
// The judge looks closer: npx kata check event-store

import { expect, test } from 'vitest'
import { simulatedDisk } from '#disk'
import { type NewEvent, openStore, type StoredEvent } from './event-store.ts'

const event = (id: string, type = 'Paid'): NewEvent => ({ id, type, data: { cents: 100 } })

test('of two who have read the same version one is stored, the other hears of it', () => {
  const store = openStore(simulatedDisk().face)
  store.append('order', 0, [event('e1', 'Placed')])
  expect(store.append('order', 1, [event('e2')])).toEqual({ version: 2, position: 2, again: false })
  expect(store.append('order', 1, [event('e3')])).toEqual({ conflict: 2 })
  expect(store.version('order')).toBe(2)
})

test('streams have versions, all together have positions', () => {
  const store = openStore(simulatedDisk().face)
  store.append('a', 0, [event('e1')])
  store.append('b', 0, [event('e2')])
  store.append('a', 1, [event('e3')])
  expect(store.read('a').map(({ version, position }) => [version, position])).toEqual([
    [1, 1],
    [2, 3],
  ])
  expect(store.readAll(1).map(({ id }) => id)).toEqual(['e2', 'e3'])
})

test('the same append again is the same append, also after a new start', () => {
  const disk = simulatedDisk()
  const answer = { version: 2, position: 2, again: false }
  expect(openStore(disk.face).append('a', 0, [event('e1'), event('e2')])).toEqual(answer)
  const store = openStore(simulatedDisk({ image: disk.now() }).face)
  expect(store.append('a', 0, [event('e1'), event('e2')])).toEqual({ ...answer, again: true })
  expect(store.readAll()).toHaveLength(2)
})

test('a subscriber is told the past, then the present', () => {
  const store = openStore(simulatedDisk().face)
  store.append('a', 0, [event('e1')])
  const told: StoredEvent[] = []
  const stop = store.subscribe(0, (one) => told.push(one))
  store.append('a', 1, [event('e2')])
  stop()
  store.append('a', 2, [event('e3')])
  expect(told.map(({ id }) => id)).toEqual(['e1', 'e2'])
})
