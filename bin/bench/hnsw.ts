// `npm run bench:hnsw`: recall against speed on 778 real sentence embeddings, for our reference and for others, interleaved in
// one process: hnswlib itself (the C++ of the paper's authors, compiled to WebAssembly without SIMD; its native package would
// have to be built here) and the best-known index in plain JavaScript. It informs; nothing is judged by it.

import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { HNSW as PeerIndex } from 'hnsw'
import { type Crowd, hits, realEmbeddings, type Vector } from '../../graders/kit/vectors.ts'
import { stream } from '../../graders/kit/world/chance.ts'
import { Hnsw } from '../../solutions/5-kernel/hnsw.ts'
import { median, table } from './statistics.ts'

const ROUNDS = Number(process.argv[2] ?? 7)
const DIMENSIONS = 384
const [M, EF_CONSTRUCTION, K] = [16, 100, 10]
const EFS = [10, 20, 40, 80, 160]
const QUERIES = 78

type Search = (query: Vector, ef: number) => { id: number }[]
interface Contender {
  readonly name: string
  readonly build: (vectors: readonly Vector[]) => Promise<Search>
}

/** What we use of a package whose types its own entry does not lead to. */
interface HnswLib {
  HierarchicalNSW: new (
    space: string,
    dimensions: number,
    file: string,
  ) => {
    initIndex(capacity: number, m: number, efConstruction: number, seed: number): void
    addPoint(vector: Vector, label: number, replace: boolean): void
    setEfSearch(ef: number): void
    searchKnn(query: Vector, k: number, filter: undefined): { neighbors: number[] }
  }
}

/**
 * It was compiled for browsers only, and looks for one: it is shown a window and a database that never answers, and no process
 * while it is loaded.
 */
async function loadHnswLib(): Promise<HnswLib> {
  const main = createRequire(import.meta.url).resolve('hnswlib-wasm/dist/hnswlib.js')
  const outer = globalThis as unknown as Record<string, unknown>
  const { process: ours } = globalThis
  Object.assign(outer, {
    window: globalThis,
    document: { addEventListener() {} },
    location: { href: 'file:///' },
    indexedDB: { open: () => ({}) },
  })
  delete outer['process']
  try {
    const { loadHnswlib } = (await import(pathToFileURL(main).href)) as { loadHnswlib: () => Promise<HnswLib> }
    return await loadHnswlib()
  } finally {
    outer['process'] = ours
  }
}

async function contenders(): Promise<Contender[]> {
  const lib = await loadHnswLib()
  return [
    {
      name: 'ours',
      build: async (vectors) => {
        const options = { dimensions: DIMENSIONS, capacity: vectors.length, m: M, efConstruction: EF_CONSTRUCTION }
        const index = new Hnsw({ ...options, metric: 'cosine', random: stream(1).fraction })
        for (const [id, vector] of vectors.entries()) index.add(id, vector)
        return (query, ef) => index.search(query, K, { ef })
      },
    },
    {
      name: 'hnswlib-wasm',
      build: async (vectors) => {
        const index = new lib.HierarchicalNSW('cosine', DIMENSIONS, '')
        index.initIndex(vectors.length, M, EF_CONSTRUCTION, 1)
        for (const [id, vector] of vectors.entries()) index.addPoint(vector, id, false)
        return (query, ef) => {
          index.setEfSearch(ef)
          return index.searchKnn(query, K, undefined).neighbors.map((id) => ({ id }))
        }
      },
    },
    {
      name: 'hnsw (JavaScript)',
      build: async (vectors) => {
        const index = new PeerIndex(M, EF_CONSTRUCTION, DIMENSIONS, 'cosine')
        for (const [id, vector] of vectors.entries()) await index.addPoint(id, vector)
        return (query, ef) => index.searchKNN(query, K, { efSearch: ef })
      },
    },
  ]
}

/** Processor time: another program's turn is not counted. */
async function cpuMs<T>(work: () => T | Promise<T>): Promise<{ ms: number; value: T }> {
  const started = process.cpuUsage()
  const value = await work()
  const { user, system } = process.cpuUsage(started)
  return { ms: (user + system) / 1_000, value }
}

async function main(): Promise<void> {
  const real = realEmbeddings()
  if (real === undefined) throw new Error('The embeddings are not installed: npm ci')
  const crowd: Crowd = { vectors: real.slice(QUERIES), queries: real.slice(0, QUERIES) }
  const all = await contenders()
  const builds = all.map(() => [] as number[])
  const searches = all.map((): Search[] => [])
  for (let round = 0; round < 3; round++)
    for (const [i, { build }] of all.entries()) {
      const { ms, value } = await cpuMs(() => build(crowd.vectors))
      builds[i]?.push(ms)
      searches[i]?.push(value)
    }
  const rows = all.map(({ name }, i) => ({
    what: `${name}: ${crowd.vectors.length} adds`,
    value: `${median(builds[i] ?? []).toFixed(0)} ms`,
    target: '',
    met: undefined,
  }))
  for (const ef of EFS) {
    const times = all.map(() => [] as number[])
    const found = all.map((): { id: number }[][] => [])
    for (let round = -1; round < ROUNDS; round++)
      for (const i of all.keys()) {
        const search = searches[i]?.at(-1) as Search
        const { ms, value } = await cpuMs(() => crowd.queries.map((query) => search(query, ef)))
        found[i] = value
        // The first round is the compiler's.
        if (round >= 0) times[i]?.push(ms)
      }
    for (const [i, { name }] of all.entries()) {
      const recall = hits(crowd, found[i] ?? [], K, 'cosine') / (K * QUERIES)
      const perSecond = (1_000 * QUERIES) / median(times[i] ?? [])
      rows.push({
        what: `ef ${ef}, ${name}`,
        value: `recall@10 ${(100 * recall).toFixed(1)} %`,
        target: `${Math.round(perSecond).toLocaleString('en-US')} queries a second`,
        met: undefined,
      })
    }
  }
  console.log(
    `Real embeddings, m ${M}, efConstruction ${EF_CONSTRUCTION}, cosine; processor time, median of ${ROUNDS} rounds\n\n${table(rows)}`,
  )
}

await main()
