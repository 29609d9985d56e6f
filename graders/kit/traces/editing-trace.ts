// A real session of two people in one text, keystroke by keystroke: for suites and benchmarks of what edits texts.
//
// The data are `friendsforever_flat` of https://github.com/josephg/editing-traces by Joseph Gentle (Seph) and a friend of his,
// licensed under CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/). Changed: the patches alone, in their order, as
// columns, without times and the final text.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

export type Patch = readonly [at: number, deleted: number, inserted: string]

interface Columns {
  /** how far each patch begins from the one before */
  readonly moved: readonly number[]
  readonly deleted: readonly number[]
  /** how many characters of `text` */
  readonly inserted: readonly number[]
  readonly text: string
}

/** 26,078 keystrokes. */
export function editingTrace(): Patch[] {
  const file = join(import.meta.dirname, 'friends.json.gz')
  const { moved, deleted, inserted, text } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Columns
  let at = 0
  let from = 0
  return moved.map((by, i) => {
    at += by
    const typed = text.slice(from, from + (inserted[i] as number))
    from += typed.length
    return [at, deleted[i] as number, typed]
  })
}

/** What a plain string comes to. */
export function textAfter(patches: readonly Patch[]): string {
  let text = ''
  for (const [at, deleted, inserted] of patches) text = text.slice(0, at) + inserted + text.slice(at + deleted)
  return text
}
