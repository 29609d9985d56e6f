// Where two submissions are the same: runs of k-grams that both have, the longest first, none of them used twice. Found
// for one pair when somebody asks for it, never for a whole class.

import type { Prepared } from './compare.ts'
import { GAP, KGRAM } from './tokens.ts'

export interface Fragment {
  readonly a: Place
  readonly b: Place
  /** k-grams */
  readonly length: number
}

/** Lines of a submission, counted from 1. */
export interface Place {
  readonly first: number
  readonly last: number
}

/** A few k-grams in a row are chance. */
const MIN_LENGTH = 6
/** A file can repeat itself as often as it likes: only so many places are tried for each of its k-grams. */
const MAX_PLACES = 32

interface Run {
  readonly a: number
  readonly b: number
  readonly length: number
}

/** In the order of `a`. */
export function fragmentsOf(a: Prepared, b: Prepared): Fragment[] {
  const shared = new Set(a.own).intersection(new Set(b.own))
  const places = new Map<number, number[]>()
  for (const [at, gram] of b.grams.entries()) {
    if (!shared.has(gram)) continue
    const known = places.get(gram)
    if (known === undefined) places.set(gram, [at])
    else if (known.length < MAX_PLACES) known.push(at)
  }
  const [usedA, usedB] = [new Uint8Array(a.grams.length), new Uint8Array(b.grams.length)]
  const runs = runsOf(a, b, places).sort((x, y) => y.length - x.length || x.a - y.a || x.b - y.b)
  const kept: Run[] = []
  for (const run of runs) {
    // What a longer run has taken of this one is cut off at its ends.
    let [start, end] = [0, run.length]
    while (start < end && (usedA[run.a + start] === 1 || usedB[run.b + start] === 1)) start++
    while (end > start && (usedA[run.a + end - 1] === 1 || usedB[run.b + end - 1] === 1)) end--
    if (end - start < MIN_LENGTH) continue
    usedA.fill(1, run.a + start, run.a + end)
    usedB.fill(1, run.b + start, run.b + end)
    kept.push({ a: run.a + start, b: run.b + start, length: end - start })
  }
  const [linesA, linesB] = [lineStarts(a.text), lineStarts(b.text)]
  return kept
    .sort((x, y) => x.a - y.a)
    .map((run) => ({
      a: placeOf(a, run.a, run.length, linesA),
      b: placeOf(b, run.b, run.length, linesB),
      length: run.length,
    }))
}

/** Maximal runs: each begins where the k-grams before it differ. */
function runsOf(a: Prepared, b: Prepared, places: ReadonlyMap<number, readonly number[]>): Run[] {
  const runs: Run[] = []
  const isShared = (gram: number | undefined) => gram !== undefined && places.has(gram)
  for (const [at, gram] of a.grams.entries()) {
    for (const other of places.get(gram) ?? []) {
      if (at > 0 && other > 0 && a.grams[at - 1] === b.grams[other - 1] && isShared(a.grams[at - 1])) continue
      let length = 1
      while (a.grams[at + length] === b.grams[other + length] && isShared(a.grams[at + length])) length++
      if (length >= MIN_LENGTH) runs.push({ a: at, b: other, length })
    }
  }
  return runs
}

function placeOf({ tokens, text }: Prepared, at: number, length: number, lines: readonly number[]): Place {
  let [start, end] = [at, at + length + KGRAM - 2]
  while (start < end && tokens.tokens[start] === GAP) start++
  while (end > start && tokens.tokens[end] === GAP) end--
  const from = tokens.from[start] ?? 0
  let to = from
  for (let i = start; i <= end; i++) to = Math.max(to, tokens.to[i] ?? 0)
  // A token's end is where the next one begins: white space before that is not its own.
  const last = from + text.slice(from, to).trimEnd().length
  return { first: lineOf(lines, from), last: lineOf(lines, Math.max(from, last - 1)) }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function lineOf(starts: readonly number[], at: number): number {
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] as number) <= at) low = middle
    else high = middle - 1
  }
  return low + 1
}
