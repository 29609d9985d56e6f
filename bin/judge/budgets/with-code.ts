// Lines of a report with what stands on them: a place is understood sooner by its text than by its number.

import { withFieldNames } from './field-names.ts'
import type { Measured } from './measure.ts'
import type { CacheLineMap, Place, Spent } from './spent.ts'

const MAX_CODE = 200

export function withCode(measured: readonly Measured[], source: string): Measured[] {
  const lines = source.split(/\r?\n/)
  const at = <P extends Place>(place: P): P => {
    const code = lines[place.line - 1]?.trim() ?? ''
    if (code === '') return place
    return { ...place, code: code.length > MAX_CODE ? `${code.slice(0, MAX_CODE - 1)}…` : code }
  }
  return measured.map((one) => ('spent' in one ? { ...one, spent: placed(one.spent, source, at) } : one))
}

function placed(spent: Spent, source: string, at: <P extends Place>(place: P) => P): Spent {
  const { spendsMost, growsMost, allocations, cacheLines } = spent
  return {
    ...spent,
    ...(spendsMost === undefined ? {} : { spendsMost: at(spendsMost) }),
    ...(growsMost === undefined ? {} : { growsMost: at(growsMost) }),
    ...(allocations === undefined ? {} : { allocations: allocations.map(at) }),
    ...(cacheLines === undefined ? {} : { cacheLines: codeOfMap(withFieldNames(cacheLines, source), at) }),
  }
}

const codeOfMap = (map: CacheLineMap, at: <P extends Place>(place: P) => P): CacheLineMap => ({
  ...map,
  rows: map.rows.map((row) => ({
    ...row,
    words: row.words.map((word) => ({ ...word, places: word.places.map(at) })),
  })),
})
