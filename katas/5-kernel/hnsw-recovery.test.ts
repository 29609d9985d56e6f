// Examples of the contract, to run from an editor or with `npx vitest run katas/5-kernel/hnsw-recovery`.
// The judge has a true HNSW, and cuts the power everywhere: npx kata check hnsw-recovery

import { expect, test } from 'vitest'
import { type Disk, simulatedDisk } from '#disk'
import { type Change, type Graph, openIndex, type Placed } from './hnsw-recovery.ts'

/** A graph for examples: a chain, in which everybody is linked with who came before and who came after. */
function chain(): Graph & { readonly nodes: Map<number, Placed> } {
  const nodes = new Map<number, Placed>()
  const links = (id: number) => nodes.get(id)?.links[0] ?? []
  const entry = () => [...nodes.keys()][0]
  const relink = (id: number, to: readonly number[]): Placed => {
    const { links, ...rest } = nodes.get(id) as Placed
    const put = { id, links: [to, ...links.slice(1)] }
    nodes.set(id, { ...rest, ...put })
    return put
  }
  return {
    nodes,
    check(id) {
      if (nodes.has(id)) throw new RangeError(`id must be free, and ${id} is in use`)
    },
    insert(id, vector, level): Change {
      this.check(id, vector)
      const last = [...nodes.keys()].at(-1)
      const own = { id, links: [last === undefined ? [] : [last], ...Array(level).fill([])], vector: vector.slice() }
      nodes.set(id, own)
      return { put: last === undefined ? [own] : [relink(last, [...links(last), id]), own], gone: [], entry: entry() }
    },
    delete(id): Change | undefined {
      const ends = links(id)
      if (!nodes.delete(id)) return undefined
      const put = ends.map((end) =>
        relink(
          end,
          [...links(end), ...ends].filter((one) => one !== id && one !== end),
        ),
      )
      return { put, gone: [id], entry: entry() }
    },
    apply({ put, gone }) {
      for (const id of gone) nodes.delete(id)
      for (const one of put) nodes.set(one.id, { ...nodes.get(one.id), ...one })
    },
    snapshot: () => ({ put: [...nodes.values()], gone: [], entry: entry() }),
  }
}

const levelOf = (n: number): number => n % 3
const vector = (x: number) => Float32Array.of(x, 1)

/** Opens the index as the next life would, and says who is linked to whom, on all layers. */
function reopened(disk: Disk) {
  const graph = chain()
  const index = openIndex(disk, graph, levelOf)
  return { index, links: [...graph.nodes.values()].map(({ id, links }) => `${id} ${JSON.stringify(links)}`).sort() }
}

test('what was inserted and deleted is there again, link for link', () => {
  const { face } = simulatedDisk()
  const index = openIndex(face, chain(), levelOf)
  index.insertAll([
    { id: 7, vector: vector(1) },
    { id: 8, vector: vector(2) },
    { id: 9, vector: vector(3) },
  ])
  expect(index.delete(8)).toBe(true)
  expect(index.delete(8)).toBe(false)
  expect(reopened(face).links).toEqual(['7 [[9]]', '9 [[7],[],[]]'])
})

test('a batch is one sync, however many are in it', () => {
  const disk = simulatedDisk()
  const index = openIndex(disk.face, chain(), levelOf)
  const before = disk.counts.syncs
  index.insertAll(Array.from({ length: 50 }, (_, id) => ({ id, vector: vector(id) })))
  expect(disk.counts.syncs - before).toBe(1)
})

test('a checkpoint takes the place of what led to it, and chance goes on', () => {
  const disk = simulatedDisk()
  const index = openIndex(disk.face, chain(), levelOf)
  index.insertAll([{ id: 1, vector: vector(1) }])
  for (let i = 0; i < 40; i++) {
    index.insertAll([{ id: 2, vector: vector(i) }])
    index.delete(2)
  }
  const size = () => disk.face.list().reduce((sum, name) => sum + disk.face.size(name), 0)
  const before = size()
  index.checkpoint()
  expect(size()).toBeLessThan(before / 10)
  const again = reopened(disk.face)
  // 41 were inserted before it, so it is the vector of number 41, of level 2.
  again.index.insertAll([{ id: 3, vector: vector(3) }])
  expect(reopened(disk.face).links).toEqual(['1 [[3]]', '3 [[1],[],[]]'])
})

test('a batch with a mistake in it inserts nobody', () => {
  const { face } = simulatedDisk()
  const index = openIndex(face, chain(), levelOf)
  const twins = [5, 6, 5].map((id) => ({ id, vector: vector(id) }))
  expect(() => index.insertAll(twins)).toThrow(RangeError)
  expect(reopened(face).links).toEqual([])
})
