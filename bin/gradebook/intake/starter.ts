// What a class was given to start from. Of what learners hand in with it, a `package.json` that is still as it was given
// says nothing about anybody: two hundred such lines would hide the one that somebody changed.

import { steers } from './pick-stubs.ts'
import type { Read } from './tree.ts'

export interface Starter {
  /** by the path in it, each as it was given at one time or another */
  readonly files: ReadonlyMap<string, readonly Uint8Array[]>
  readonly maxBytes: number
}

export function starterOf(given: readonly { readonly path: string; readonly bytes: Uint8Array }[]): Starter {
  const files = new Map<string, Uint8Array[]>()
  for (const { path, bytes } of given)
    if (steers(path)) files.set(path, [...(files.get(path) ?? []), bytes, withReturns(bytes)])
  return { files, maxBytes: Math.max(0, ...[...files.values()].flat().map(({ length }) => length)) }
}

/** As a checkout on Windows has it: that is nobody's change. */
const withReturns = (bytes: Uint8Array): Uint8Array =>
  Buffer.from(Buffer.from(bytes).toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')

/** The same learner may have it twice, in a folder and in a zip of it; beyond that, whatever has such names is theirs. */
const TIMES = 2

/** Parts scripts and configuration into what is the learner's by its name, and what has to be read to know. */
export function byStarter<T extends { readonly path: string }>(
  items: readonly T[],
  starter: Starter | undefined,
): { readonly theirs: readonly T[]; readonly perhapsGiven: readonly T[] } {
  const steering = items.filter(({ path }) => steers(path))
  if (starter === undefined) return { theirs: steering, perhapsGiven: [] }
  const perhapsGiven = steering
    .filter(({ path }) => givenAs(starter, path) !== undefined)
    .slice(0, TIMES * starter.files.size)
  const doubtful = new Set(perhapsGiven)
  return { theirs: steering.filter((item) => !doubtful.has(item)), perhapsGiven }
}

export const isAsGiven = (starter: Starter | undefined, path: string, read: Read): boolean =>
  starter !== undefined &&
  'bytes' in read &&
  givenAs(starter, path)?.some((bytes) => Buffer.compare(bytes, read.bytes) === 0) === true

/** It may lie in a folder of its own, as a zip of the whole starter has it. */
function givenAs({ files }: Starter, path: string): readonly Uint8Array[] | undefined {
  for (let rest = path; ; rest = rest.slice(rest.indexOf('/') + 1)) {
    const found = files.get(rest)
    if (found !== undefined || !rest.includes('/')) return found
  }
}
