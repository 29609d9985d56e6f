// Names of words in the map of false sharing: the learner's own, and none where two would do.

import { expect, test } from 'vitest'
import { withFieldNames } from './field-names.ts'
import type { CacheLineMap } from './spent.ts'

const SOURCE = `
const HEAD = 1
type Words = Int32Array<SharedArrayBuffer>
export class Ring {
  readonly #mine = 0; readonly #first = 0; readonly #capacity = 8
  push(words: Words, cells: number[], view: DataView, flag: number): void {
    Atomics.store(words, HEAD, 1)
    words[this.#mine + 2]!++
    if (Atomics.load(words, flag) === 1) Atomics.notify(words, HEAD)
    view.setInt32(8 * HEAD, Atomics.load(words, HEAD))
    words.fill(0); cells[3] = 1
    Atomics.store(words, HEAD, cells[flag]!)
    Atomics.wait(words,
      HEAD, 0)
    words[this.#first + (flag & (this.#capacity - 1))] = 1
    return void words[
      HEAD
    ]
  }
}
`
/** The name of a word that these lines touch. */
function named(source: string, ...lines: number[]): string | undefined {
  const word = { byteOffset: 0, reads: [], writes: [], places: lines.map((line) => ({ line })), hot: true }
  const map: CacheLineMap = { lineBytes: 64, threads: [], rows: [{ startsAt: 0, words: [word], falseMisses: 1 }] }
  return withFieldNames(map, source).rows[0]?.words[0]?.name
}

test.each<[why: string, lines: number[], name: string | undefined]>([
  ['the index of an access', [7], 'HEAD'],
  ['of an element', [8], 'this.#mine + 2'],
  ['of what is touched, not of what is notified', [9], 'flag'],
  ['none of two', [10], undefined],
  ['of two, the one that another line of the word has, too', [10, 7], 'HEAD'],
  ['none where more is touched than an index says', [11], undefined],
  ['not a cell of another array', [12], undefined],
  ['but what another line tells of it', [12, 7], 'HEAD'],
  ['of the line that touches it most', [8, 7], 'this.#mine + 2'],
  ['of an access of two lines, where it begins', [13], 'HEAD'],
  ['none that is longer than a name', [15], undefined],
  ['of an element over several lines', [17], 'HEAD'],
  ['none where no line is known', [], undefined],
  ['none where nothing touches memory', [2], undefined],
])('%s', (_, lines, name) => {
  expect(named(SOURCE, ...lines)).toBe(name)
})

test('of what cannot be read there is a map without names', () => {
  expect(named('const = 1', 1)).toBeUndefined()
})
