// Seeded chance. Streams for what is drawn in order; hashes for what must come out alike whatever else has changed: the
// fate of a message hangs on its name and the seed, and not on how many were sent before it.

/** A 32-bit hash of two (murmur3's finish over a mix of both). */
export function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ Math.imul(b, 0xcc9e2d51), 0x85ebca6b) + 0x9e3779b9
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/** A 32-bit hash of a text (FNV-1a). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash ^ (hash >>> 15)
}

/** Of a hash, in [0, 1). */
export const fraction = (hash: number): number => (hash >>> 0) / 4_294_967_296

export interface Stream {
  /** whole, from 0 up to but not including `below` */
  below(below: number): number
  /** in [0, 1) */
  fraction(): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
}

/** A stream of its own for each (seed, name of the use). Mulberry32: 32 bits of state, enough for one run. */
export function stream(seed: number, use = 0): Stream {
  let state = mix(seed, use)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    below: (below) => Math.floor(next() * below),
    fraction: next,
    chance: (probability) => next() < probability,
    pick: (items) => items[Math.floor(next() * items.length)] as never,
  }
}
