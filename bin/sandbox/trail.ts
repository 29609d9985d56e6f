// A trail of breadcrumbs: where a subject hangs in something that no fuel gauge can see, it is run once more, and leaves
// the number of each line that it comes to in a file. The last one is the line.

import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Progress } from './death.ts'

export interface Trail {
  /** handed on to the subject, which may write nowhere else */
  readonly descriptor: number
  /** from where on: a crumb is a hundred times as dear as a burn */
  readonly from: Progress
  lastLine(): number | undefined
  close(): void
}

export function openTrail(from: Progress): Trail {
  const folder = mkdtempSync(join(tmpdir(), 'kata-trail-'))
  const file = join(folder, 'line')
  const descriptor = openSync(file, 'w+')
  return {
    descriptor,
    from,
    lastLine() {
      const bytes = readFileSync(file)
      return bytes.length === 4 ? bytes.readUInt32LE(0) : undefined
    },
    close() {
      closeSync(descriptor)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
