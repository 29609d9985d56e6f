// Which of all that a power failure may leave is tried at one point. Up to six writes in the air: every choice. More: those
// that somebody's bug needs, simplest first (ALICE looks for the same: nothing, everything, a part in order, a part out of
// order, length and bytes apart, names and bytes apart), then chance, up to a bound that is counted.

import { type Stream, stream } from '../world/chance.ts'
import type { Effect, Fill, Left, Platter } from './platter.ts'

/** What arrives of what is in the air, by place. */
type Choice = (place: number) => boolean

export interface State extends Left {
  /** by place in what was pending, `1` for what arrived; with the fill, enough to make the state again */
  readonly kept: string
  readonly fill: Fill
}

/** Up to so many writes in the air, every choice is tried: 2 to this power. */
const EXHAUSTIVE = 6

/**
 * Distinct states at this point, simplest first.
 * @param most how many choices are tried
 * @param cut told where there are more
 */
export function* crashStates(platter: Platter, seed: number, most: number, cut: () => void): Generator<State> {
  const { pending } = platter
  const seen = new Set<string>()
  let tried = 0
  for (const choice of pending.length <= EXHAUSTIVE ? every(pending.length) : chosen(pending, stream(seed))) {
    if (tried++ >= most) {
      cut()
      return
    }
    const left = platter.left(choice, 'zeros')
    const kept = left.lost.map((isLost) => (isLost ? '0' : '1')).join('')
    if (seen.has(kept)) continue
    seen.add(kept)
    yield { ...left, kept, fill: 'zeros' }
    if (left.hasHoles) yield { ...platter.left(choice, 'noise'), kept, fill: 'noise' }
  }
}

/** Every subset: nothing, everything, and the rest by how little is lost. */
function every(length: number): Choice[] {
  const subsets = Array.from({ length: 2 ** length }, (_, bits) => bits)
  const lost = (bits: number) => {
    let left = 0
    for (let i = 0; i < length; i++) if ((bits >> i) % 2 === 0) left++
    return left % length
  }
  subsets.sort((a, b) => lost(a) - lost(b) || a - b)
  return subsets.map((bits) => (place) => (bits >> place) % 2 === 1)
}

function* chosen(pending: readonly Effect[], draw: Stream): Generator<Choice> {
  const { length } = pending
  const what = (place: number) => pending[place]?.what
  yield () => false
  yield () => true
  yield (place) => what(place) !== 'sector'
  yield (place) => what(place) !== 'length'
  yield (place) => what(place) !== 'name'
  yield (place) => what(place) === 'name'
  for (let gone = 0; gone < length; gone++) yield (place) => place !== gone
  for (let end = 1; end < length; end++) yield (place) => place < end
  // Lengths and names are small: they are often there before the bytes.
  for (let end = 1; end < length; end++) yield (place) => place < end || what(place) !== 'sector'
  for (let from = 1; from < length; from++) yield (place) => place >= from
  for (let one = 0; one < length; one++) yield (place) => place === one
  for (;;) {
    const kept = Array.from({ length }, () => draw.below(2) === 1)
    yield (place) => kept[place] === true
  }
}

/** Two images are the same where this is: names, lengths and bytes. */
export function imageKey(image: ReadonlyMap<string, Uint8Array>): string {
  let one = 0x811c9dc5
  let two = 0x9e3779b9
  for (const name of [...image.keys()].sort()) {
    const bytes = image.get(name) as Uint8Array
    for (let i = 0; i < name.length; i++) one = Math.imul(one ^ name.charCodeAt(i), 0x01000193)
    two = Math.imul(two ^ bytes.length, 0x85ebca6b)
    for (let i = 0; i < bytes.length; i++) {
      one = Math.imul(one ^ (bytes[i] as number), 0x01000193)
      two = Math.imul((two + (bytes[i] as number)) ^ (two >>> 15), 0x5bd1e995)
    }
  }
  return `${image.size}:${one >>> 0}:${two >>> 0}`
}
