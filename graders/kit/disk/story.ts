// A power failure told in a few lines: each step with what it asked of the disk and what it gave its word for, what of it
// all did not arrive, and what was found then.

import type { Part, Retold, TellableEntry } from '../crash-lab.ts'

export interface Telling<S, N> {
  /** the call that opens it: `Log.open(disk)` */
  readonly opening: string
  /** the call that a step stands for */
  readonly step: (step: S) => string
  /** what a note says; undefined for what goes without saying */
  readonly note: (note: N) => string | undefined
  /** simpler steps to try instead, for what fails */
  readonly smaller?: (step: S) => readonly S[]
}

const MAX_LINES = 11
const MAX_ENTRIES = 4

export function storyOfCrashes<S, N>({ lives }: Retold<S, N>, telling: Telling<S, N>): string[] {
  const lines = lives.flatMap(({ steps, failure }) => [
    ...steps.map(({ step, entries, notes }) => {
      const call = step === undefined ? telling.opening : telling.step(step)
      const told = [...inFew(entries.map(entryWords)), ...notes.flatMap((note) => telling.note(note) ?? [])]
      return told.length === 0 ? call : `${call} → ${told.join(', ')}`
    }),
    ...(failure === undefined ? [] : [failureWords(failure)]),
  ])
  if (lines.length <= MAX_LINES) return lines
  const gone = lines.length - MAX_LINES + 1
  return [...lines.slice(0, 3), `… ${gone} more …`, ...lines.slice(3 + gone)]
}

function inFew(words: readonly string[]): readonly string[] {
  if (words.length <= MAX_ENTRIES) return words
  return [...words.slice(0, MAX_ENTRIES - 1), `… ${words.length - MAX_ENTRIES} more …`, words.at(-1) as string]
}

const number = (value: unknown): string => Number(value).toLocaleString('en-US')

function entryWords(entry: TellableEntry): string {
  switch (entry.what) {
    case 'create':
      return `creates ${entry['name']}`
    case 'remove':
      return `removes ${entry['name']}`
    case 'rename':
      return `renames ${entry['from']} to ${entry['to']}`
    case 'write':
      return `writes bytes ${range(Number(entry['at']), Number(entry['at']) + Number(entry['length']))} of ${entry['name']}`
    case 'truncate':
      return `makes ${entry['name']} ${number(entry['size'])} bytes long`
    case 'sync':
      return entry['failed'] === true ? `fails to sync ${entry['name']}` : `syncs ${entry['name']}`
    case 'sync-directory':
      return entry['failed'] === true ? 'fails to sync the directory' : 'syncs the directory'
  }
}

const range = (from: number, to: number): string =>
  to - from === 1 ? number(from) : `${number(from)}–${number(to - 1)}`

function failureWords({
  lost,
  arrived,
  fill,
  killed,
}: NonNullable<Retold<never, never>['lives'][number]['failure']>): string {
  if (killed === true) return '✗ the program is killed; what it wrote is in the cache'
  const fails = '✗ the power fails'
  if (lost.length === 0) return arrived.length === 0 ? fails : `${fails}; all that was not synced has arrived`
  const isHole = arrived.some(({ what }) => what === 'length') && lost.some(({ what }) => what === 'sector')
  const but = arrived.length === 0 ? '' : '; the rest has arrived'
  return `${fails}; lost: ${lostWords(lost).join(', ')}${isHole ? ` (which read as ${fill})` : ''}${but}`
}

/** Sectors side by side are told as one stretch. */
function lostWords(lost: readonly Part[]): string[] {
  const words: string[] = []
  let last: { name: unknown; from: number; to: number } | undefined
  for (const { what, entry, from, to } of lost) {
    if (what === 'sector' && last !== undefined && last.name === entry['name'] && last.to === from) last.to = to
    else if (what === 'sector') last = { name: entry['name'], from, to }
    else last = undefined
    const word = last === undefined ? otherWord(what, entry) : `bytes ${range(last.from, last.to)} of ${last.name}`
    if (what === 'sector' && last !== undefined && last.from !== from) words[words.length - 1] = word
    else words.push(word)
  }
  return inFew(words) as string[]
}

function otherWord(what: Part['what'], entry: TellableEntry): string {
  if (what === 'length') return `that ${entry['name']} is ${number(entry['size'])} bytes long`
  if (entry.what === 'create') return `that there is ${entry['name']}`
  if (entry.what === 'remove') return `that ${entry['name']} is gone`
  return `that ${entry['from']} is now ${entry['to']}`
}
