// Examples of the contract, to run from an editor or with `npx vitest run katas/8-event-sourcing/projections`.
// The judge looks closer: npx kata check projections

import { expect, test } from 'vitest'
import { simulatedDisk } from '#disk'
import { type Definition, type Feed, type Json, openProjection, type StoredEvent } from './projections.ts'

/** What is in each account; in version 2 in cents. */
const balances = (version: number): Definition => ({
  version,
  apply({ data }, get) {
    const { account, euros } = data as { account: string; euros: number }
    if (account === '') throw new Error('no such account')
    return [[account, Number(get(account) ?? 0) + euros * (version === 1 ? 1 : 100)]]
  },
})

/** A feed that behaves, to which events can be appended. */
function feedOf(...paid: (readonly [account: string, euros: number])[]) {
  const events: StoredEvent[] = []
  const listeners = new Set<(events: readonly StoredEvent[]) => void>()
  const append = (account: string, euros: number) => {
    const event = { position: events.length + 1, type: 'Paid', data: { account, euros } as Json }
    events.push(event)
    for (const listener of listeners) listener([event])
  }
  for (const [account, euros] of paid) append(account, euros)
  const feed: Feed = {
    read: (after, limit) => events.slice(after, after + limit),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return { feed, append }
}

test('the past, then the present', () => {
  const projection = openProjection(simulatedDisk().face, [balances(1)])
  const { feed, append } = feedOf(['ann', 5], ['bob', 2], ['ann', 1])
  const stop = projection.follow(feed, 2)
  expect(projection.get('ann')).toBe(6)
  append('ann', 10)
  expect(projection.get('ann')).toBe(16)
  expect(projection.status()).toEqual([{ version: 1, position: 4, stopped: undefined }])
  stop()
  append('ann', 10)
  expect(projection.get('ann')).toBe(16)
})

test('after a new start each event still counts once', () => {
  const disk = simulatedDisk()
  const { feed, append } = feedOf(['ann', 5])
  openProjection(disk.face, [balances(1)]).follow(feed)()
  append('ann', 1)
  const projection = openProjection(simulatedDisk({ image: disk.now() }).face, [balances(1)])
  expect(projection.get('ann')).toBe(5)
  projection.follow(feed)
  expect(projection.get('ann')).toBe(6)
})

test('a new version takes over when it has seen everything', () => {
  const disk = simulatedDisk()
  const { feed } = feedOf(['ann', 5], ['bob', 2])
  openProjection(disk.face, [balances(1)]).follow(feed)()
  const projection = openProjection(simulatedDisk({ image: disk.now() }).face, [balances(1), balances(2)])
  expect(projection.get('ann')).toBe(5)
  expect(projection.status().map(({ version, position }) => [version, position])).toEqual([
    [1, 2],
    [2, 0],
  ])
  projection.follow(feed)
  expect(projection.get('ann')).toBe(500)
  expect(projection.status()).toEqual([{ version: 2, position: 2, stopped: undefined }])
})

test('it stops in front of what cannot be applied', () => {
  const projection = openProjection(simulatedDisk().face, [balances(1)])
  projection.follow(feedOf(['ann', 5], ['', 2], ['ann', 1]).feed)
  expect(projection.get('ann')).toBe(5)
  expect(projection.status()).toEqual([{ version: 1, position: 1, stopped: 'event 2: no such account' }])
})
