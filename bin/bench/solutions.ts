// `npm run bench:solutions`: the reference solutions beside the best-known npm packages for the same work, interleaved in
// one process, as ratios. A ratio above 1 means that ours is faster. It informs; nothing is judged by it.

import { createRequire } from 'node:module'
import { BloomFilter as PeerFilter, HyperLogLog as PeerSketch } from 'bloom-filters'
import { CountBreaker, circuitBreaker, handleAll } from 'cockatiel'
import { TokenBucket as PeerBucket } from 'limiter'
import { LRUCache } from 'lru-cache'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import * as Y from 'yjs'
import { editingTrace } from '../../graders/kit/traces/editing-trace.ts'
import { Singleflight } from '../../solutions/1-scars/singleflight.ts'
import { FixedWindow } from '../../solutions/2-foundation/fixed-window.ts'
import { HashRing } from '../../solutions/2-foundation/hash-ring.ts'
import { LruCache } from '../../solutions/2-foundation/lru-cache.ts'
import { TokenBucket } from '../../solutions/2-foundation/token-bucket.ts'
import { BloomFilter } from '../../solutions/3-deep-dive/bloom-filter.ts'
import { HyperLogLog } from '../../solutions/3-deep-dive/hyperloglog.ts'
import { type Operation, SharedText } from '../../solutions/3-deep-dive/rga-text.ts'
import { CircuitBreaker } from '../../solutions/7-resilience/circuit-breaker.ts'
import { median, table } from './statistics.ts'

const ROUNDS = Number(process.argv[2] ?? 15)

interface Contest {
  readonly kata: string
  readonly peer: string
  /** operations in one round */
  readonly operations: number
  readonly ours: () => unknown
  readonly theirs: () => unknown
}

/** The packages read the time of day themselves, so ours reads it too: the clock is a good part of the cost. */
const clock = () => Date.now()
const repeat = (times: number, work: (i: number) => void) => () => {
  for (let i = 0; i < times; i++) work(i)
}

function contests(): Contest[] {
  const require = createRequire(import.meta.url)
  // It ships no types.
  const PeerRing = require('hashring') as new (nodes: string[]) => { get(key: string): string }
  const nodes = Array.from({ length: 10 }, (_, i) => `host-${i}`)
  const keys = Array.from({ length: 50_000 }, (_, i) => `user:${i}`) // more than the peer remembers
  const key = (i: number) => keys[i % keys.length] ?? ''

  const bucket = new TokenBucket({ capacity: 1_000_000, refillPerSecond: 1_000_000, clock })
  const peerBucket = new PeerBucket({ bucketSize: 1_000_000, tokensPerInterval: 1_000_000, interval: 'second' })
  const window = new FixedWindow({ limit: 1_000_000_000, windowMs: 60_000, clock })
  const peerWindow = new RateLimiterMemory({ points: 1_000_000_000, duration: 60 })
  const ring = new HashRing()
  for (const node of nodes) ring.addNode(node)
  const peerRing = new PeerRing(nodes)
  const flights = new Singleflight<number>()
  const peerFlights = new LRUCache<string, number>({ max: 1_000, ttl: 1, fetchMethod: async () => 1 })
  const breaker = new CircuitBreaker({
    windowCalls: 100,
    minimumCalls: 10,
    failurePercent: 50,
    slowCallMs: 1_000,
    openMs: 1_000,
    trialCalls: 1,
    clock,
  })
  const peerBreaker = circuitBreaker(handleAll, {
    halfOpenAfter: 1_000,
    breaker: new CountBreaker({ threshold: 0.5, size: 100 }),
  })
  const entries = 10_000
  // Half of the keys that are asked for are there; each fifth call sets one.
  const asked = keys.slice(0, 2 * entries)
  const ask = (i: number) => asked[(i * 7_919) % asked.length] ?? ''
  const useCache = (cache: { get(key: string): unknown; set(key: string, value: number): unknown }) =>
    repeat(200_000, (i) => (i % 5 === 0 ? cache.set(ask(i), i) : cache.get(ask(i))))
  const cache = new LruCache<string, number>({ maxWeight: entries, clock })
  const peerCache = new LRUCache<string, number>({ max: entries })
  const aging = new LruCache<string, number>({ maxWeight: entries, clock, ttlMs: 60_000 })
  const peerAging = new LRUCache<string, number>({ max: entries, ttl: 60_000 })
  // The peer's clock is read as often as ours: at each call.
  const exactAging = new LRUCache<string, number>({ max: entries, ttl: 60_000, ttlResolution: 0 })
  const filter = new BloomFilter({ entries, oneIn: 100 })
  const peerFilter = PeerFilter.create(entries, 0.01)
  // Ours takes a hash of 64 bits and the peer a text that it hashes: only the counts can be compared like for like.
  const sketch = new HyperLogLog()
  const peerSketch = new PeerSketch(2 ** 14)
  for (let i = 0; i < 50_000; i++) {
    sketch.add(Math.imul(i, 0x9e3779b1) >>> 0, Math.imul(i, 0x85ebca6b) >>> 0)
    if (i < 5_000) peerSketch.update(key(i))
  }
  const trace = editingTrace()
  const type = (tell?: (operation: Operation) => void) => () => {
    const text = new SharedText(1)
    for (const [at, deleted, inserted] of trace) {
      if (deleted > 0) for (const operation of text.delete(at, deleted)) tell?.(operation)
      if (inserted !== '') {
        const operation = text.insert(at, inserted)
        tell?.(operation)
      }
    }
    return text.length
  }
  const typeInPeer = (told?: Y.Doc) => {
    const doc = new Y.Doc()
    if (told !== undefined) doc.on('update', (update) => Y.applyUpdate(told, update))
    const text = doc.getText()
    for (const [at, deleted, inserted] of trace) {
      if (deleted > 0) text.delete(at, deleted)
      if (inserted !== '') text.insert(at, inserted)
    }
    return text.length
  }
  const action = async () => 1
  const joined = (join: (i: number) => Promise<unknown>) => () =>
    Promise.all(Array.from({ length: 1_000 }, (_, i) => join(i)))
  const inTurn = (times: number, call: () => Promise<unknown>) => async () => {
    for (let i = 0; i < times; i++) await call()
  }

  return [
    {
      kata: 'token-bucket',
      peer: 'limiter',
      operations: 200_000,
      ours: repeat(200_000, () => bucket.tryTake()),
      theirs: repeat(200_000, () => peerBucket.tryRemoveTokens(1)),
    },
    {
      kata: 'fixed-window',
      peer: 'rate-limiter-flexible',
      operations: 20_000,
      ours: repeat(20_000, () => window.tryAcquire()),
      theirs: inTurn(20_000, () => peerWindow.consume('one')),
    },
    {
      kata: 'hash-ring',
      peer: 'hashring',
      operations: 100_000,
      ours: repeat(100_000, (i) => ring.nodeFor(key(i))),
      theirs: repeat(100_000, (i) => peerRing.get(key(i))),
    },
    {
      kata: 'singleflight',
      peer: 'lru-cache fetch',
      operations: 1_000,
      ours: joined(() => flights.do('one', async () => 1)),
      theirs: joined(() => peerFlights.fetch('one', { forceRefresh: true })),
    },
    {
      kata: 'lru-cache',
      peer: 'lru-cache',
      operations: 200_000,
      ours: useCache(cache),
      theirs: useCache(peerCache),
    },
    {
      kata: 'lru-cache, expiring',
      peer: 'lru-cache, clock read once a ms',
      operations: 200_000,
      ours: useCache(aging),
      theirs: useCache(peerAging),
    },
    {
      kata: 'lru-cache, expiring',
      peer: 'lru-cache, clock read each time',
      operations: 200_000,
      ours: useCache(aging),
      theirs: useCache(exactAging),
    },
    {
      kata: 'bloom-filter',
      peer: 'bloom-filters',
      operations: 2_000,
      ours: repeat(2_000, (i) => (i % 2 === 0 ? filter.add(key(i)) : filter.has(key(i + 9)))),
      theirs: repeat(2_000, (i) => (i % 2 === 0 ? peerFilter.add(key(i)) : peerFilter.has(key(i + 9)))),
    },
    {
      kata: 'hyperloglog, count',
      peer: 'bloom-filters',
      operations: 50,
      ours: repeat(50, () => sketch.count()),
      theirs: repeat(50, () => peerSketch.count()),
    },
    {
      kata: 'rga-text, a session of 35,849 keystrokes',
      peer: 'yjs',
      operations: trace.length,
      ours: type(),
      theirs: () => typeInPeer(),
    },
    {
      kata: 'rga-text, the same heard by another replica',
      peer: 'yjs',
      operations: trace.length,
      ours: () => {
        const other = new SharedText(2)
        type((operation) => other.apply(operation))()
        return other.length
      },
      theirs: () => typeInPeer(new Y.Doc()),
    },
    {
      kata: 'circuit-breaker',
      peer: 'cockatiel',
      operations: 20_000,
      ours: inTurn(20_000, () => breaker.execute(action)),
      theirs: inTurn(20_000, () => peerBreaker.execute(action)),
    },
  ]
}

async function nsPerOperation(work: () => unknown, operations: number): Promise<number> {
  const startedMs = performance.now()
  await work()
  return ((performance.now() - startedMs) * 1e6) / operations
}

async function main(): Promise<void> {
  const rows = []
  for (const { kata, peer, operations, ours, theirs } of contests()) {
    const [mine, yours]: [number[], number[]] = [[], []]
    for (let round = -3; round < ROUNDS; round++) {
      const a = await nsPerOperation(ours, operations)
      const b = await nsPerOperation(theirs, operations)
      // The first rounds are the compiler's.
      if (round < 0) continue
      mine.push(a)
      yours.push(b)
    }
    const ratio = median(mine.map((ns, i) => (yours[i] ?? Number.NaN) / ns))
    rows.push({
      what: `${kata} / ${peer}`,
      value: `${median(mine).toFixed(0)} ns, ${median(yours).toFixed(0)} ns`,
      target: `${ratio.toFixed(2)}×`,
      met: undefined,
    })
  }
  console.log(
    `Reference and package, per operation, and how many times faster the reference is (${ROUNDS} rounds)\n\n${table(rows)}`,
  )
}

await main()
