// Lines of a file of any size in bounded memory. node:readline would hold a line of any length, and a progress file
// that something else filled with one endless line must cost us time, not the process.

import { readSync } from 'node:fs'

export interface FileLine {
  /** without the newline; undefined when the line is too long to look at */
  readonly bytes: Buffer | undefined
  /** false only for a last line without newline */
  readonly ended: boolean
}

const CHUNK_BYTES = 64 * 1024
const NEWLINE = 0x0a

/** @param descriptor open for reading, at its start; the caller closes it */
export function* fileLines(descriptor: number, maxLineBytes: number): Generator<FileLine> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  let held: Buffer | undefined = Buffer.alloc(0)
  for (;;) {
    const length = readSync(descriptor, chunk, 0, CHUNK_BYTES, null)
    if (length === 0) break
    const filled = chunk.subarray(0, length)
    let from = 0
    while (from < length) {
      const newline = filled.indexOf(NEWLINE, from)
      const piece = filled.subarray(from, newline === -1 ? length : newline)
      // Concatenation copies, since the chunk is filled again; it is bounded by the longest line.
      held = held === undefined || held.length + piece.length > maxLineBytes ? undefined : Buffer.concat([held, piece])
      if (newline === -1) break
      yield { bytes: held, ended: true }
      held = Buffer.alloc(0)
      from = newline + 1
    }
  }
  if (held === undefined || held.length > 0) yield { bytes: held, ended: false }
}
