// Drives indexes through scripts, and reads their graphs. In most scripts the index is not given the vectors but tokens that
// stand for them, and a distance that knows what they stand for: each distance is then measured here and counted, whatever
// the index does, and who reckons with the numbers of a token learns nothing.

import { type Distance, Hnsw } from '#kata/5-kernel/hnsw'
import { type Attempt, attempt } from '../../kit/driver.ts'

export interface Options {
  dimensions: number
  capacity: number
  m: number
  efConstruction: number
  /** `hidden`: squared Euclidean, by tokens */
  metric: 'l2' | 'cosine' | 'inner-product' | 'hidden'
  /** what `random` gives, one after the other; from there on what a generator with the seed gives */
  chances: number[]
  seed: number
}

export type Step =
  | { do: 'add'; id: number; vector: number[] }
  /** all of these, with ids from 0 on */
  | { do: 'addAll'; vectors: Uint8Array }
  | { do: 'delete'; id: number }
  | { do: 'deleteAll'; ids: number[] }
  /** `only`: the ids that the filter lets through */
  | { do: 'search'; query: number[]; k: number; ef?: number; only?: number[] }
  | { do: 'searchAll'; queries: Uint8Array; k: number; ef: number; only?: number[] }
  | { do: 'look' }

/** An answer as it came, made plain. */
export type Found = { id: number; distance: number }[]

/** All that can be seen from outside. */
export interface Look {
  size: number
  entryPoint: number | null
  /** how often chance was asked for until now */
  drawn: number
  /** by id; null where there is none */
  levels: (number | null)[]
  /** layer by layer: who is there, and where one can go from there */
  layers: [id: number, neighbours: number[]][][]
  /** who is said to have neighbours on a layer that he is not on */
  beyond: [id: number, layer: number, neighbours: number[]][]
}

export interface Answer {
  add?: Attempt<null>
  delete?: Attempt<boolean>
  search?: Attempt<Found>
  searchAll?: Found[]
  look?: Look
}

export interface Script {
  options: Options
  steps: Step[]
}

export function run({ options, steps }: Script): Answer[] {
  const play = player(options)
  return steps.map(play)
}

/** Two indexes of one kind go through the same steps: one of them in turns with a third one, which is given other ones. */
export function twins({ options, steps, others }: Script & { others: Step[] }): { one: Answer[]; other: Answer[] } {
  const alone = player(options)
  const one = steps.map(alone)
  const [crowded, third] = [player(options), player({ ...options, seed: options.seed + 1 })]
  const other = steps.map((step, i) => {
    const answer = crowded(step)
    const odd = others[i]
    if (odd !== undefined) third(odd)
    return answer
  })
  return { one, other }
}

/** Makes an index of options of which one may be nonsense. */
export function construct([name, value]: [string, unknown]): Attempt<string> {
  const sound = { dimensions: 2, capacity: 4, m: 4, efConstruction: 8, metric: 'l2', random: () => 0.5 }
  return attempt(() => {
    new Hnsw({ ...sound, [name]: value } as ConstructorParameters<typeof Hnsw>[0])
    return 'an index'
  })
}

function player(options: Options): (step: Step) => Answer {
  const { dimensions, capacity, m, efConstruction, metric } = options
  const isHidden = metric === 'hidden'
  const table: Float32Array[] = []
  const chance = generator(options.seed)
  let drawn = 0
  const index = new Hnsw({
    dimensions,
    capacity,
    m,
    efConstruction,
    metric: isHidden ? hiddenDistance(table, dimensions) : metric,
    random: () => options.chances[drawn++] ?? chance(),
  })
  /** One array for all of them, overwritten before each call and behind it: who keeps it keeps nonsense. */
  const lent = new Float32Array(dimensions)
  const lend = <T>(vector: Float32Array, use: (lent: Float32Array) => T): T => {
    // What has another length, or is no number, is handed over as it is.
    if (vector.length !== dimensions || !vector.every(Number.isFinite)) return use(vector)
    lent.set(vector)
    if (isHidden) {
      table.push(vector)
      lent.fill(0.25).fill(table.length, 0, 1)
    }
    try {
      return use(lent)
    } finally {
      lent.fill(-1)
    }
  }
  const add = (id: number, vector: Float32Array) => lend(vector, (given) => index.add(id, given))
  const search = (vector: Float32Array, k: number, ef: number | undefined, only: number[] | undefined): Found => {
    const may = new Set(only)
    const settings = {
      ...(ef === undefined ? {} : { ef }),
      ...(only === undefined ? {} : { filter: (id: number) => may.has(id) }),
    }
    const answer = lend(vector, (given) => index.search(given, k, settings))
    return Array.from(answer, ({ id, distance }) => ({ id, distance }))
  }
  const play: { [K in Step['do']]: (step: Extract<Step, { do: K }>) => Answer } = {
    add: ({ id, vector }) => ({
      add: attempt(() => {
        add(id, Float32Array.from(vector))
        return null
      }),
    }),
    addAll: ({ vectors }) => {
      for (const [id, vector] of vectorsOf(vectors, dimensions).entries()) add(id, vector)
      return {}
    },
    delete: ({ id }) => ({ delete: attempt(() => index.delete(id)) }),
    deleteAll: ({ ids }) => {
      for (const id of ids) index.delete(id)
      return {}
    },
    search: ({ query, k, ef, only }) => ({ search: attempt(() => search(Float32Array.from(query), k, ef, only)) }),
    searchAll: ({ queries, k, ef, only }) => ({
      searchAll: vectorsOf(queries, dimensions).map((query) => search(query, k, ef, only)),
    }),
    look: () => ({ look: { ...look(index, capacity), drawn } }),
  }
  return (step) => (play[step.do] as (step: Step) => Answer)(step)
}

function look(index: Hnsw, capacity: number): Omit<Look, 'drawn'> {
  const levels = Array.from({ length: capacity }, (_, id) => index.levelOf(id) ?? null)
  const highest = levels.reduce<number>((most, level) => Math.max(most, level ?? -1), -1)
  // Who says that there are more layers than there can be is not followed there.
  const layers = Array.from({ length: Math.min(highest, 64) + 1 }, (_, layer) =>
    levels.flatMap((level, id): [number, number[]][] =>
      level === null || level < layer ? [] : [[id, Array.from(index.neighbours(id, layer))]],
    ),
  )
  const beyond = layers.flatMap((_, layer) =>
    levels.flatMap((level, id): [number, number, number[]][] => {
      const neighbours = (level ?? -1) < layer ? Array.from(index.neighbours(id, layer)) : []
      return neighbours.length > 0 ? [[id, layer, neighbours]] : []
    }),
  )
  return { size: index.size, entryPoint: index.entryPoint ?? null, levels, layers, beyond }
}

function hiddenDistance(table: readonly Float32Array[], dimensions: number): Distance {
  return (a, atA, b, atB) => {
    const [one, other] = [table[(a[atA] as number) - 1], table[(b[atB] as number) - 1]]
    // Whoever asks about anything else than whole tokens gets no distance.
    if (one === undefined || other === undefined) throw new Error('distance: there is no vector where you point to')
    let sum = 0
    for (let i = 0; i < dimensions; i++) sum += ((one[i] as number) - (other[i] as number)) ** 2
    return sum
  }
}

function vectorsOf(bytes: Uint8Array, dimensions: number): Float32Array[] {
  const numbers = new Float32Array(bytes.slice().buffer)
  return Array.from({ length: numbers.length / dimensions }, (_, i) =>
    numbers.slice(i * dimensions, (i + 1) * dimensions),
  )
}

/** Uniform in [0, 1): mulberry32. */
function generator(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
