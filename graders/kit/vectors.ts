// Vectors for graders of search indexes: made ones of several shapes, real ones, and the exact answer to hold others against.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Stream, stream } from './world/chance.ts'

export type Vector = Float32Array
type Metric = 'l2' | 'cosine' | 'inner-product'

/**
 * `uniform`: alike in all directions; `clustered`: around 20 centres, in mixed order; `repeated`: every other one is one of 20
 * that come again and again.
 */
export type Shape = 'uniform' | 'clustered' | 'repeated'

/** Those, and as many queries as are wanted, each near one of them. */
export interface Crowd {
  readonly vectors: readonly Vector[]
  readonly queries: readonly Vector[]
}

const CENTRES = 20
const SPREAD = 0.1

export function crowd(shape: Shape, count: number, dimensions: number, queries: number, seed: number): Crowd {
  const chance = stream(seed)
  const anywhere = () => Float32Array.from({ length: dimensions }, () => normal(chance))
  const near = (vector: Vector, spread: number) => vector.map((x) => x + spread * normal(chance))
  const centres = Array.from({ length: CENTRES }, anywhere)
  const makers: Record<Shape, (i: number) => Vector> = {
    uniform: anywhere,
    clustered: () => near(chance.pick(centres), SPREAD),
    repeated: (i) => (i % 2 === 0 ? anywhere() : chance.pick(centres)),
  }
  const vectors = Array.from({ length: count }, (_, i) => makers[shape](i))
  const away = shape === 'clustered' ? SPREAD / 2 : 3 * SPREAD
  return { vectors, queries: Array.from({ length: queries }, () => near(chance.pick(vectors), away)) }
}

/** Normal, with mean 0 and deviation 1 (Box and Muller). */
const normal = (chance: Stream): number =>
  Math.sqrt(-2 * Math.log(1 - chance.fraction())) * Math.cos(2 * Math.PI * chance.fraction())

/** Their numbers one behind the other, as bytes: what crosses to a subject most cheaply. */
export function bytesOf(vectors: readonly Vector[]): Uint8Array {
  const dimensions = vectors[0]?.length ?? 0
  const numbers = new Float32Array(vectors.length * dimensions)
  for (const [i, vector] of vectors.entries()) numbers.set(vector, i * dimensions)
  return new Uint8Array(numbers.buffer)
}

export const DISTANCES: Record<Metric, (a: Vector, b: Vector) => number> = {
  l2: (a, b) => a.reduce((sum, x, i) => sum + (x - (b[i] as number)) ** 2, 0),
  cosine: (a, b) => 1 - inner(a, b) / Math.sqrt(inner(a, a) * inner(b, b)),
  'inner-product': (a, b) => -inner(a, b),
}

const inner = (a: Vector, b: Vector): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

/**
 * How many of these answers are among the k nearest: as near as the k-th, that is, since of several that are equally near
 * any will do. @param slack what single precision may make of a distance, relative to its size
 */
export function hits(
  { vectors, queries }: Crowd,
  found: readonly (readonly { readonly id: number }[])[],
  k: number,
  metric: Metric,
  admits: (id: number) => boolean = () => true,
  slack = 1e-5,
): number {
  const distance = DISTANCES[metric]
  let count = 0
  for (const [i, query] of queries.entries()) {
    const all = vectors.map((vector) => distance(vector, query))
    const kth = all.filter((_, id) => admits(id)).sort((a, b) => a - b)[k - 1] ?? Number.POSITIVE_INFINITY
    const limit = kth + slack * Math.max(1, Math.abs(kth))
    const right = new Set(
      (found[i] ?? []).map(({ id }) => id).filter((id) => admits(id) && (all[id] as number) <= limit),
    )
    count += Math.min(k, right.size)
  }
  return count
}

const REAL = '@sap-ux/fiori-docs-embeddings'
const REAL_DIMENSIONS = 384

/**
 * 778 passages of a manual, each as the 384 numbers that a small language model makes of it.
 * @returns undefined where the package is not installed: it is one of those that only the course itself needs
 */
export function realEmbeddings(): readonly Vector[] | undefined {
  let bytes: Buffer
  try {
    const main = createRequire(import.meta.url).resolve(REAL)
    bytes = readFileSync(join(dirname(main), 'data/embeddings/embeddings.bin'))
  } catch (error) {
    if (['MODULE_NOT_FOUND', 'ENOENT'].includes(String((error as { code?: unknown }).code))) return undefined
    throw error
  }
  const numbers = new Float32Array(new Uint8Array(bytes).buffer)
  return Array.from({ length: numbers.length / REAL_DIMENSIONS }, (_, i) =>
    numbers.slice(i * REAL_DIMENSIONS, (i + 1) * REAL_DIMENSIONS),
  )
}
