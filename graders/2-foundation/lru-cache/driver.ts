// Drives one cache through a script of calls at given times.

import { LruCache } from '#kata/2-foundation/lru-cache'
import { type Attempt, attempt, manualClock } from '../../kit/driver.ts'

export interface Script {
  maxWeight: number
  ttlMs?: number
  /**
   * What an entry weighs; left out, nothing is said of it. `itself`: a value is its own weight, and `UNWEIGHABLE` makes
   * `weigh` throw. `length`: a value n stands for a list of n items, which may grow later.
   */
  weigh?: 'itself' | 'length'
  calls: Call[]
}

export type Key = string | number

/** `atMs`: what the clock shows from this call on */
export type Call = { atMs?: number } & (
  | { get: Key }
  | { peek: Key }
  | { has: Key }
  | { delete: Key }
  | { set: Key; value: unknown }
  | { read: 'size' | 'weight' }
  /** sets so many keys, each a number with itself as its value; answers how many were kept */
  | { fill: number; from: number }
  /** no call of the cache: the list that was last set under the key gets longer; answers its length */
  | { grow: Key; by: number }
)

export const UNWEIGHABLE = 'unweighable'

/** A list is answered by its length. */
export type Answer = unknown

export function run(script: Script): Answer[] {
  const make = cacheOf(script)
  return script.calls.map(make)
}

/** Each script on a cache of its own; any call may throw. */
export function attempts(scripts: Script[]): Attempt<Answer>[][] {
  return scripts.map((script) => {
    const make = cacheOf(script)
    return script.calls.map((call) => attempt(() => make(call)))
  })
}

/** Makes a cache from what may be nonsense. */
export function construct(options: { maxWeight: number; ttlMs?: number }): Attempt<string> {
  return attempt(() => {
    new LruCache({ ...options, clock: () => 0 })
    return 'a cache'
  })
}

function cacheOf({ maxWeight, ttlMs, weigh }: Omit<Script, 'calls'>): (call: Call) => Answer {
  const time = manualClock(0)
  const cache = new LruCache<Key, unknown>({
    maxWeight,
    clock: time.clock,
    ...(ttlMs === undefined ? {} : { ttlMs }),
    ...(weigh === undefined ? {} : { weigh: weigh === 'itself' ? weightOf : lengthOf }),
  })
  const lists = new Map<Key, unknown[]>()
  const listOf = (key: Key, length: number) => {
    const list = Array.from({ length }, (_, i) => i)
    lists.set(key, list)
    return list
  }
  const answered = (value: unknown) => (weigh === 'length' && Array.isArray(value) ? value.length : value)
  return (call) => {
    if (call.atMs !== undefined) time.set(call.atMs)
    if ('get' in call) return answered(cache.get(call.get))
    if ('peek' in call) return answered(cache.peek(call.peek))
    if ('has' in call) return cache.has(call.has)
    if ('delete' in call) return cache.delete(call.delete)
    if ('set' in call)
      return cache.set(call.set, weigh === 'length' ? listOf(call.set, call.value as number) : call.value)
    if ('read' in call) return call.read === 'size' ? cache.size : cache.weight
    if ('fill' in call) {
      let kept = 0
      for (let i = 0; i < call.fill; i++) if (cache.set(call.from + i, call.from + i)) kept++
      return kept
    }
    const list = lists.get(call.grow) ?? []
    for (let i = 0; i < call.by; i++) list.push(i)
    return list.length
  }
}

const weightOf = Object.freeze((value: unknown): number => {
  if (value === UNWEIGHABLE) throw new Error('this cannot be weighed')
  return value as number
})

const lengthOf = Object.freeze((value: unknown): number => (value as unknown[]).length)
