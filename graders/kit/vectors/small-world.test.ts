// The graph beneath: it must be right before anybody's way of keeping it can be judged by it.

import { expect, test } from 'vitest'
import { hits } from '../vectors.ts'
import { type Change, levels, smallWorld, TINY, vectorOf } from './small-world.ts'

const OPTIONS = { dimensions: 8, m: 6, ef: 40 }
const levelOf = levels(OPTIONS.m, 1)

/** A graph that came to its vectors by inserts and deletes, and all its changes. */
function grown(options = OPTIONS, count = 200) {
  const world = smallWorld(options)
  const changes: Change[] = []
  for (let id = 0; id < count; id++) {
    changes.push(world.face.insert(id, vectorOf(id, options.dimensions), levelOf(id)))
    if (id % 5 === 4) changes.push(world.face.delete(id - 2) as Change)
  }
  return { world, changes }
}

test('everybody is reached, links are of those who are there, and nobody has more than 2m of them', () => {
  for (const options of [OPTIONS, { ...TINY, dimensions: 3 }]) {
    const { ids, reached, strays, links } = grown(options).world.look()
    expect(ids).toHaveLength(160)
    expect(reached).toBe(160)
    expect(strays).toBe(0)
    for (const layer of links.flatMap((one) => one.split(' | ')))
      expect(layer.split(' ').length).toBeLessThanOrEqual(2 * options.m)
  }
})

test('down to the last one, and up again', () => {
  const { face, look } = smallWorld(OPTIONS)
  face.insert(3, vectorOf(3, 8), 2)
  face.insert(4, vectorOf(4, 8), 0)
  face.delete(3)
  expect(look()).toMatchObject({ ids: [4], reached: 1, strays: 0, entry: 4 })
  face.delete(4)
  expect(face.delete(4)).toBeUndefined()
  expect(look()).toMatchObject({ ids: [], reached: 0, entry: null })
  face.insert(3, vectorOf(3, 8), 1)
  expect(look()).toMatchObject({ ids: [3], reached: 1, entry: 3 })
})

test('its changes, and its snapshot, make the same graph, and measure nothing', () => {
  const { world, changes } = grown()
  const replayed = smallWorld(OPTIONS)
  for (const change of changes) replayed.face.apply(change)
  expect(replayed.look()).toEqual(world.look())
  const copied = smallWorld(OPTIONS)
  copied.face.apply(world.face.snapshot())
  expect(copied.look()).toEqual(world.look())
  expect(replayed.distances() + copied.distances()).toBe(0)
  expect(world.distances()).toBeGreaterThan(1_000)
  // And it goes on in the same way.
  for (const one of [world, replayed, copied]) one.face.insert(900, vectorOf(900, 8), 1)
  expect(replayed.look()).toEqual(world.look())
  expect(copied.look()).toEqual(world.look())
})

test('half a change is an island, and can be seen', () => {
  const { world } = grown()
  const { put, ...rest } = world.face.insert(900, vectorOf(900, 8), 0)
  const half = (of: Change) => {
    const other = grown().world
    other.face.apply(of)
    return other.look()
  }
  expect(half({ ...rest, put: put.filter(({ id }) => id === 900) })).toMatchObject({ reached: 160, strays: 0 })
  expect(half({ ...rest, put: put.filter(({ id }) => id !== 900) }).strays).toBeGreaterThan(1)
})

test('what is not there cannot be changed, and what was handed out is no way in', () => {
  const { world } = grown()
  const before = world.look()
  expect(() => world.face.apply({ put: [{ id: 901, links: [[1, 2]] }], gone: [], entry: 1 })).toThrow(RangeError)
  const handedOut = world.face.snapshot()
  for (const { links, vector } of handedOut.put) {
    ;(links[0] as number[]).fill(0)
    vector?.fill(7)
  }
  expect(world.look()).toEqual(before)
})

test('nearly all of the ten nearest are found', () => {
  const { world } = grown(OPTIONS, 500)
  const vectors = Array.from({ length: 500 }, (_, id) => vectorOf(id, 8))
  const queries = Array.from({ length: 50 }, (_, i) => vectorOf(1_000 + i, 8))
  const ids = new Set(world.look().ids)
  const found = queries.map((query) => world.search(query, 10, 60))
  expect(hits({ vectors, queries }, found, 10, 'cosine', (id) => ids.has(id))).toBeGreaterThan(490)
})

test('bad input is refused by name', () => {
  const { face } = smallWorld(OPTIONS)
  face.insert(1, vectorOf(1, 8), 0)
  for (const id of [-1, 0.5, Number.NaN, 2 ** 31, 1]) expect(() => face.check(id, vectorOf(2, 8))).toThrow(/^id/)
  for (const vector of [vectorOf(2, 7), new Float32Array(8), vectorOf(2, 8).fill(Number.NaN, 0, 1)])
    expect(() => face.insert(2, vector, 0)).toThrow(/^vector/)
  expect(() => face.insert(2, vectorOf(2, 8), 0.5)).toThrow(/^level/)
})
