// How a real text came to be, for suites and benchmarks of what edits texts: this project's own README through its first 24
// versions, as git keeps them. The first version is pasted; from there on the words that differ between one version and the
// next are deleted and typed, keystroke by keystroke, from the front to the end.

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

/** 35,849 patches. @param atMost the first so many of them */
export function editingTrace(atMost?: number): Patch[] {
  const file = join(import.meta.dirname, 'readme.json.gz')
  const { moved, deleted, inserted, text } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Columns
  let at = 0
  let from = 0
  return moved.slice(0, atMost).map((by, i) => {
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
