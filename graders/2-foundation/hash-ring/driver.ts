// Drives hash rings through scripts of calls, with a hash that the suite lays down text by text, or on many keys at once.

import { HashRing } from '#kata/2-foundation/hash-ring'
import { type Attempt, attempt } from '../../kit/driver.ts'

export interface Script {
  /** left to the default if it is not given */
  virtualNodes?: number
  hash: Positions
  calls: Call[]
}

/** A hash as data: the positions of some texts, and where all others are. */
export interface Positions {
  at: [text: string, position: number][]
  elsewhere: number
}

export type Call = { add: string; weight?: number } | { remove: string } | { find: string } | { read: 'nodes' | 'size' }

/** `null` for a call that returns nothing */
export type Answer = string | number | string[] | null | undefined

export function run({ calls, ...options }: Script): Answer[] {
  const ring = new HashRing(optionsOf(options))
  return calls.map((call) => make(ring, call))
}

/** Several scripts, each on a ring of its own, of which any call may throw. */
export function attempts(scripts: Script[]): Attempt<Answer>[][] {
  return scripts.map(({ calls, ...options }) => {
    const ring = new HashRing(optionsOf(options))
    return calls.map((call) => attempt(() => make(ring, call)))
  })
}

/** Makes a ring from what may be nonsense. */
export function construct(options: { virtualNodes: number }): Attempt<string> {
  return attempt(() => {
    new HashRing(options)
    return 'a ring'
  })
}

/** Rings of the same nodes in different orders, all with the submission's own hash: what each of them answers. */
export function orders({ orders, keys }: { orders: string[][]; keys: string[] }): Answer[][] {
  return orders.map((ids) => {
    const ring = ringOf(ids)
    return keys.map((key) => ring.nodeFor(key))
  })
}

/** How many of `count` keys each node gets in a ring with nothing but defaults. */
export function spread({ ids, keys }: { ids: string[]; keys: Keys }): number[] {
  const ring = ringOf(ids)
  const counts = new Map(ids.map((id) => [id as string | undefined, 0]))
  for (let i = 0; i < keys.count; i++) {
    const id = ring.nodeFor(textOf(keys, i))
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return ids.map((id) => counts.get(id) as number)
}

/** Many texts that are alike. */
export interface Keys {
  before: string
  after: string
  count: number
}

const textOf = ({ before, after }: Keys, i: number) => `${before}${i}${after}`

/** Keys that went from one node to another. */
export interface Move {
  from: string | undefined
  to: string | undefined
  keys: number
}

/** Asks for every key before a change and after it, with a hash that is good. */
export function moves({ seed, ids, change, keys }: { seed: number; ids: string[]; change: Call; keys: Keys }): Move[] {
  const ring = ringOf(ids, { hash: scattered(seed) })
  const before = Array.from({ length: keys.count }, (_, i) => ring.nodeFor(textOf(keys, i)))
  make(ring, change)
  const moves: Move[] = []
  for (const [i, from] of before.entries()) {
    const to = ring.nodeFor(textOf(keys, i))
    if (to === from) continue
    const known = moves.find((move) => move.from === from && move.to === to)
    if (known === undefined) moves.push({ from, to, keys: 1 })
    else known.keys++
  }
  return moves
}

function ringOf(ids: string[], options: { hash?: (text: string) => number } = {}): HashRing {
  const ring = new HashRing(options)
  for (const id of ids) ring.addNode(id)
  return ring
}

function make(ring: HashRing, call: Call): Answer {
  if ('find' in call) return ring.nodeFor(call.find)
  if ('read' in call) return call.read === 'size' ? ring.size : [...ring.nodes]
  if ('remove' in call) ring.removeNode(call.remove)
  else if (call.weight === undefined) ring.addNode(call.add)
  else ring.addNode(call.add, call.weight)
  return null
}

function optionsOf({ virtualNodes, hash }: Omit<Script, 'calls'>) {
  const at = new Map(hash.at)
  return {
    hash: Object.freeze((text: string) => at.get(text) ?? hash.elsewhere),
    ...(virtualNodes === undefined ? {} : { virtualNodes }),
  }
}

/**
 * A hash that gives no position twice, and only such of ten digits: collisions and the order of numbers as text have promises
 * of their own. Each new text gets the next number, mixed by steps that can be undone (on 31 bits).
 */
function scattered(seed: number): (text: string) => number {
  const given = new Map<string, number>()
  const mix = (n: number) => {
    let x = n & 0x7fffffff
    x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) & 0x7fffffff
    x = Math.imul(x ^ (x >>> 12), 0x297a2d39) & 0x7fffffff
    return 2 ** 31 + (x ^ (x >>> 15))
  }
  return Object.freeze((text: string) => {
    const known = given.get(text)
    if (known !== undefined) return known
    const position = mix(seed + given.size)
    given.set(text, position)
    return position
  })
}
