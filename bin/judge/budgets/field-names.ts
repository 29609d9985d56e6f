// What a programmer calls a word of shared memory: the index that it is touched by, `HEAD` or `mine + LOW`. Told only where
// it is beyond doubt: where the line that touches the word most touches memory by one index and in no other way.

import { stripTypes } from '../../sandbox/strip.ts'
import { indicesByLine } from '../../sandbox/touched-by.ts'
import type { CacheLineMap, Place } from './spent.ts'

/** Longer ones say less than the line of code that stands below the map. */
const MAX_NAME = 24

/** The map with names for the words that have one. @param source TypeScript of the submission */
export function withFieldNames(map: CacheLineMap, source: string): CacheLineMap {
  const stripped = stripTypes(source)
  if (!stripped.ok) return map
  const indices = indicesByLine(stripped.script)
  return {
    ...map,
    rows: map.rows.map((row) => ({
      ...row,
      words: row.words.map((word) => {
        const name = nameOf(word.places, indices)
        return name === undefined ? word : { ...word, name }
      }),
    })),
  }
}

function nameOf(places: readonly Place[], indices: ReadonlyMap<number, ReadonlySet<string>>): string | undefined {
  const [most, ...rest] = places.map(({ line }) => indices.get(line) ?? new Set<string>())
  if (most === undefined || most.has('')) return undefined
  // Where one line has more, the other lines of the same word may tell which of them it is.
  const left = [...most].filter((index) => most.size === 1 || rest.every((others) => others.has(index)))
  const [name = ''] = left
  return left.length === 1 && (most.size === 1 || rest.length > 0) && name.length <= MAX_NAME ? name : undefined
}
