// Drives durable indexes through power failures, damage and failing syncs, each on a graph of the kit's, and says what has
// become of the graph. An item stands for an id and a vector, so that whatever is found can be told.

import * as kata from '#kata/5-kernel/hnsw-recovery'
import { crashLab, type Disk, type Note } from '../../kit/crash-lab.ts'
import { attempt } from '../../kit/driver.ts'
import { type Look, levels, type SmallWorld, smallWorld, TINY, vectorOf } from '../../kit/vectors/small-world.ts'

export type Step =
  /** items; see {@link itemOf}. Below 0: what is to be refused */
  | readonly ['insert', ...number[]]
  | readonly ['delete', number]
  | readonly ['checkpoint']
  /** the nearest 10 of these items' vectors, in the graph as it is */
  | readonly ['search', ...number[]]

export type Told =
  | readonly ['opened', Look]
  | readonly ['tries', Step]
  /** what the call returned, and what the graph is now */
  | readonly ['done', unknown, Look]
  /** by name and message */
  | readonly ['refused', string]
  | readonly ['found', readonly (readonly number[])[]]
  | readonly ['sync fails']

const LEVEL_SEED = 7
const K = 10
/** Items of one id, which comes again after it was deleted, have other vectors. */
const IDS = 1_000

interface Item {
  readonly id: number
  readonly vector: Float32Array
}

interface Opened {
  readonly index: kata.DurableIndex
  readonly world: SmallWorld
}

function labOf(dimensions: number) {
  const known: Float32Array[] = []
  const vectorOfItem = (item: number): Float32Array => {
    known[item] ??= vectorOf(item, dimensions)
    return known[item]
  }
  const bad: readonly Item[] = [
    { id: 0.5, vector: vectorOfItem(0) },
    { id: -1, vector: vectorOfItem(0) },
    { id: 900, vector: new Float32Array(0) },
    { id: 900, vector: vectorOf(0, dimensions).fill(Number.NaN, 1, 2) },
    { id: 900, vector: new Float32Array(dimensions) },
  ]
  /** @param item from 0 on: an id and a vector; -1 and below: the first that is bad, and so on */
  const itemOf = (item: number): Item =>
    item < 0 ? (bad[-1 - item] as Item) : { id: item % IDS, vector: vectorOfItem(item) }

  function open({ openIndex }: typeof kata, disk: Disk, note: Note): Opened {
    const world = smallWorld({ ...TINY, dimensions })
    const index = openIndex(disk, world.face, levels(TINY.m, LEVEL_SEED))
    note(['opened', world.look()] satisfies Told)
    return { index, world }
  }

  function act({ index, world }: Opened, step: Step, note: Note): void {
    const say = (told: Told) => note(told)
    if (step[0] === 'search') {
      const found = (item: number) => world.search(vectorOfItem(item), K, 4 * K).map(({ id }) => id)
      say(['found', step.slice(1).map((item) => found(item as number))])
      return
    }
    say(['tries', step])
    const tried = attempt(() => {
      if (step[0] === 'delete') return index.delete(step[1])
      if (step[0] === 'checkpoint') return index.checkpoint()
      const items = step.slice(1).map((item) => {
        const { id, vector } = itemOf(item as number)
        return { id, vector: vector.slice() }
      })
      try {
        return index.insertAll(items)
      } finally {
        // The caller's numbers are the caller's: the next ones are written over them at once.
        for (const { vector } of items) vector.fill(-1)
      }
    })
    if ('threw' in tried) say(['refused', `${tried.threw}: ${tried.message}`])
    else say(['done', tried.returned ?? null, world.look()])
  }

  return crashLab<Step, typeof kata, Opened, Told>(kata, { open, act, syncFailed: ['sync fails'] satisfies Told })
}

export const { everyCrash, retell } = labOf(TINY.dimensions)
/** Of vectors of three numbers, so that there are few bytes, and each is tried. */
export const { everyFlip } = labOf(3)
