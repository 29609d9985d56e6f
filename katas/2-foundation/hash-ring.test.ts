// Examples of the contract, to run from an editor or with `npx vitest run katas/2-foundation/hash-ring`.
// The judge looks closer: npx kata check hash-ring

import { expect, test } from 'vitest'
import { HashRing } from './hash-ring.ts'

/** A hash that is a list: each text has the position that it is given here. */
const listed = (positions: Record<string, number>) => (text: string) => positions[text] ?? 0

test('a key belongs to the first point at or after it, and after the last point comes the first', () => {
  const ring = new HashRing({
    virtualNodes: 2,
    hash: listed({ 'a#0': 10, 'b#0': 20, 'a#1': 30, 'b#1': 40, x: 20, y: 21, z: 41 }),
  })
  ring.addNode('a')
  ring.addNode('b')
  expect(ring.nodeFor('x')).toBe('b')
  expect(ring.nodeFor('y')).toBe('a')
  expect(ring.nodeFor('z')).toBe('a')
})

test('of two nodes on one position the smaller id has it, and gives it back', () => {
  const ring = new HashRing({ virtualNodes: 1, hash: listed({ 'a#0': 10, 'b#0': 10, 'c#0': 20, x: 5 }) })
  for (const id of ['c', 'b', 'a']) ring.addNode(id)
  expect(ring.nodeFor('x')).toBe('a')
  ring.removeNode('a')
  expect(ring.nodeFor('x')).toBe('b')
})

test('a fourth node takes about a quarter of the keys, and no key moves between the old ones', () => {
  const ring = new HashRing()
  for (const id of ['north', 'east', 'south']) ring.addNode(id)
  const keys = Array.from({ length: 1_000 }, (_, i) => `user:${i}`)
  const before = keys.map((key) => ring.nodeFor(key))
  ring.addNode('west')
  const moved = keys.map((key) => ring.nodeFor(key)).filter((id, i) => id !== before[i])
  expect(new Set(moved)).toEqual(new Set(['west']))
  expect(moved.length).toBeGreaterThan(125)
  expect(moved.length).toBeLessThan(500)
})

test('an empty ring names nobody', () => {
  const ring = new HashRing()
  expect(ring.nodeFor('user:1')).toBeUndefined()
  ring.addNode('only')
  expect(ring.nodeFor('user:1')).toBe('only')
  expect([ring.size, ring.nodes]).toEqual([1, ['only']])
})

test('a node is in once, and a stranger cannot leave', () => {
  const ring = new HashRing()
  ring.addNode('db-1')
  expect(() => ring.addNode('db-1')).toThrow(/db-1/)
  expect(() => ring.removeNode('db-2')).toThrow(/db-2/)
  expect(() => ring.addNode('db-3', 0)).toThrow(/weight/)
  expect(ring.nodes).toEqual(['db-1'])
})
