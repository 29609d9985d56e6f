// What keeping a graph may cost: syncs and bytes, counted by the simulated disk; distances, counted by the graph; and what is
// left of a search's quality.
//
// How sure the limits are: syncs, what is read, and what is measured are the same whatever the vectors. Bytes hang on how many
// links a change has: over 50 seeds of the reference and both accepted files a limit is 22 standard deviations away or more.

import type * as kata from '#kata/5-kernel/hnsw-recovery'
import { budget } from '../../kit/budget.ts'
import { type Image, type SimulatedDisk, simulatedDisk } from '../../kit/disk.ts'
import { type Change, levels, type SmallWorld, smallWorld } from '../../kit/vectors/small-world.ts'

type Kata = typeof kata
type Random = () => number

const WORLD = { dimensions: 8, m: 6, ef: 40 }
const BATCH = 16
const K = 10

const vector = (random: Random) => Float32Array.from({ length: WORLD.dimensions }, () => random() - 0.5)

interface Made {
  readonly disk: SimulatedDisk
  readonly world: SmallWorld
  readonly index: kata.DurableIndex
  /** numbers in all changes since this was asked last: ids, links and those of vectors */
  numbers(): number
}

function opened({ openIndex }: Kata, seed: number, image: Image = new Map()): Made {
  const disk = simulatedDisk({ image })
  const world = smallWorld(WORLD)
  const { face } = world
  let numbers = 0
  const counted = <T extends Change | undefined>(change: T): T => {
    if (change !== undefined) numbers += numbersOf(change)
    return change
  }
  const graph: kata.Graph = Object.freeze({
    ...face,
    insert: (id: number, given: Float32Array, level: number) => counted(face.insert(id, given, level)),
    delete: (id: number) => counted(face.delete(id)),
  })
  const index = openIndex(disk.face, graph, levels(WORLD.m, seed))
  return {
    disk,
    world,
    index,
    numbers: () => {
      const now = numbers
      numbers = 0
      return now
    },
  }
}

const numbersOf = ({ put, gone }: Change): number =>
  put.reduce((sum, { links, vector }) => sum + 1 + links.flat().length + (vector?.length ?? 0), gone.length)

const graphBytes = ({ world }: Made): number => 4 * numbersOf(world.face.snapshot())
const bytesIn = (image: Image): number => [...image.values()].reduce((sum, { length }) => sum + length, 0)

/** Inserts so many, in batches, with ids from `from` on. @returns their vectors, by place */
function fill({ index }: Made, count: number, random: Random, from = 0): Float32Array[] {
  const items = Array.from({ length: count }, (_, i) => ({ id: from + i, vector: vector(random) }))
  for (let at = 0; at < count; at += BATCH) index.insertAll(items.slice(at, at + BATCH))
  return items.map((item) => item.vector)
}

const seedOf = (random: Random): number => Math.floor(random() * 2 ** 31)

/** One that has changed more often than it is large: each vector came and went several times, with checkpoints between. */
function churned(kata: Kata, random: Random): Made {
  const made = opened(kata, seedOf(random))
  for (let round = 0; round < 5; round++) {
    fill(made, 64, random)
    made.index.checkpoint()
    if (round < 4) for (let id = 0; id < 64; id++) made.index.delete(id)
  }
  return made
}

const BATCHES = 30
const CHECKPOINTS = 8

export default [
  budget('A batch syncs once, however many are in it', {
    sample: (kata: Kata, { random }) => {
      const made = opened(kata, seedOf(random))
      fill(made, BATCHES * BATCH, random)
      const { syncs, directorySyncs } = made.disk.counts
      return { figure: (syncs + directorySyncs) / BATCHES }
    },
    // Opening an index may take a few of its own.
    quality: { what: 'syncs a batch', figureAtMost: 1.2 },
  }),
  budget('An insert writes what it has changed, and little more', {
    sample: (kata: Kata, { random }) => {
      const made = opened(kata, seedOf(random))
      fill(made, BATCHES * BATCH, random)
      const before = made.disk.counts.bytesWritten
      made.numbers()
      for (let i = 0; i < BATCHES; i++) made.index.insertAll([{ id: 10_000 + i, vector: vector(random) }])
      return { figure: (made.disk.counts.bytesWritten - before) / (4 * made.numbers()) }
    },
    // 1.29 ± 0.009; 2.56 ± 0.01 as text.
    quality: { what: 'bytes written for each byte changed', figureAtMost: 1.5 },
  }),
  budget('A checkpoint takes a few syncs, however large the graph is', {
    sample: (kata: Kata, { random }) => {
      const made = opened(kata, seedOf(random))
      fill(made, 200, random)
      const before = { ...made.disk.counts }
      for (let i = 0; i < CHECKPOINTS; i++) made.index.checkpoint()
      const { syncs, directorySyncs } = made.disk.counts
      return { figure: (syncs + directorySyncs - before.syncs - before.directorySyncs) / CHECKPOINTS }
    },
    quality: { what: 'syncs a checkpoint', figureAtMost: 5 },
  }),
  budget('Opening reads what is there once or twice', {
    sample: (kata: Kata, { random }) => {
      const made = opened(kata, seedOf(random))
      fill(made, 200, random)
      const image = made.disk.now()
      return { figure: opened(kata, 0, image).disk.counts.bytesRead / bytesIn(image) }
    },
    quality: { what: 'bytes read for each byte there', figureAtMost: 2.1 },
  }),
  budget('After a checkpoint there is the graph, and not its past', {
    sample: (kata: Kata, { random }) => {
      const made = churned(kata, random)
      return { figure: bytesIn(made.disk.now()) / graphBytes(made) }
    },
    // 1.18 ± 0.002. Whoever keeps the checkpoint before, to be on the safe side, has twice as much; with all of them, 5.8.
    quality: { what: 'bytes on the disk for each byte of the graph', figureAtMost: 2.6 },
  }),
  budget('Opening measures nothing', {
    sample: (kata: Kata, { random }) => {
      const made = opened(kata, seedOf(random))
      fill(made, 100, random)
      made.index.checkpoint()
      fill(made, 100, random, 100)
      return { figure: opened(kata, 0, made.disk.now()).world.distances() / 100 }
    },
    quality: { what: 'distances for each vector in the log', figureAtMost: 0 },
  }),
  budget('Of the ten nearest, 95 % are found after a recovery', {
    sample: (kata: Kata, { n, random }) => {
      const made = opened(kata, seedOf(random))
      const vectors = fill(made, n, random)
      made.index.checkpoint()
      const world = reopened(kata, made.disk.now())
      let hits = 0
      for (let i = 0; i < QUERIES; i++) {
        const query = vector(random)
        // One of the ten a query, the next one each time: what one search finds of ten are not ten independent trials.
        const wanted = nearest(vectors, query)[i % K]
        if (world?.search(query, K, 80).some(({ id }) => id === wanted)) hits++
      }
      return { hits, of: QUERIES }
    },
    // Of one graph the trials are independent, and 34 that are missed of 200 fail: less than once in 10^9 runs where 95 % are
    // found. In the graphs of 50 seeds all of 100,000 were. Nobody finds any in what cannot be opened.
    quality: { what: 'of the ten nearest of 800 vectors', shareAtLeast: 0.95 },
    n: 800,
  }),
]

const QUERIES = 200

/** An index that cannot be opened finds nothing. */
function reopened(kata: Kata, image: Image): SmallWorld | undefined {
  try {
    return opened(kata, 0, image).world
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('TODO')) throw error
    return undefined
  }
}

/** The ten nearest by angle, nearest first, by looking at all. */
function nearest(vectors: readonly Float32Array[], query: Float32Array): number[] {
  const cosine = (one: Float32Array) => {
    let [product, square] = [0, 0]
    for (let i = 0; i < one.length; i++) {
      product += one[i]! * query[i]!
      square += one[i]! ** 2
    }
    return product / Math.sqrt(square)
  }
  const all = vectors.map((one, id) => ({ id, cosine: cosine(one) })).sort((a, b) => b.cosine - a.cosine)
  return all.slice(0, K).map(({ id }) => id)
}
