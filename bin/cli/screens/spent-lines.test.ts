// What a cost looks like: names in full, bars with their numbers, and whatever is left out is counted.

import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { CacheLineMap, Spent } from '../../judge/budgets/spent.ts'
import { columns } from '../columns.ts'
import { cacheLineLines } from './cache-line-lines.ts'
import { spentLines } from './spent-lines.ts'

const LOOK = { width: 80, colour: false }
const NAMES = [
  'Atomics.store(this.#words, this.#indexOfTheTailOfTheRing + this.#offsetOfThisProducer, this.#tail)',
  'if (Atomics.load(this.#words, this.#indexOfTheFlagThatSaysWhoSleeps) === SLEEPS_UNTIL_IT_IS_WOKEN) wake()',
] as const
const map = (threads: number, words = 2, rows = 1): CacheLineMap => ({
  lineBytes: 64,
  threads: Array.from({ length: threads }, (_, i) => `thread ${i + 1}`),
  rows: Array.from({ length: rows }, (_, row) => ({
    startsAt: 64 * row,
    falseMisses: 0.998,
    words: Array.from({ length: words }, (_, word) => ({
      byteOffset: 64 * row + 4 * word,
      reads: Array(threads).fill(word === 0 ? 0 : 1_000),
      writes: Array(threads).fill(1_000 - word),
      places: [{ line: 70 + word, code: NAMES[word % 2] as string }],
      hot: word === 0,
    })),
  })),
})
/** The words of a screen, whatever lines they were broken into. */
const wordsOf = (lines: readonly string[]) => lines.join('').replaceAll(/\s/g, '')

test.each([
  [4, 80],
  [4, 40],
  [12, 80],
])('of %s threads the map names what collides in full, within %s columns', (threads, width) => {
  const lines = cacheLineLines(map(threads), { ...LOOK, width })
  for (const line of lines) expect(columns(line), line).toBeLessThanOrEqual(width)
  for (const name of NAMES) expect(wordsOf(lines)).toContain(name.replaceAll(' ', ''))
  expect(lines.join('\n')).not.toContain('…')
  for (const [i, name] of map(threads).threads.entries())
    expect(lines.join('\n').match(new RegExp(`${name}\\b`, 'g'))?.length, `${i}`).toBeGreaterThanOrEqual(1)
})

test('a word far back in its buffer has no more columns than others', () => {
  const [row] = map(12).rows as [CacheLineMap['rows'][number]]
  const words = row.words.map((word) => ({ ...word, byteOffset: 123_456_789 }))
  const lines = cacheLineLines({ ...map(12), rows: [{ ...row, words }] }, LOOK)
  expect(lines.join('\n')).toMatch(/^ {2}123456789 hot thread 1 /m)
  for (const line of lines) expect(columns(line), line).toBeLessThanOrEqual(80)
})

test.each([2, 12])('of %s threads, words that have a name are told by it', (threads) => {
  const unnamed = map(threads)
  const [row] = unnamed.rows as [CacheLineMap['rows'][number]]
  const [first, second] = row.words as [(typeof row.words)[number], (typeof row.words)[number]]
  const words = [{ ...first, name: 'mine + HEAD\u001b[2J' }, second]
  const lines = cacheLineLines({ ...unnamed, rows: [{ ...row, words }] }, LOOK)
  const said = lines.join('\n')
  expect(said).toMatch(/^ {2}0 hot +mine \+ HEAD/m)
  expect(said).not.toContain('\u001b')
  expect(said.includes('field')).toBe(threads === 2)
  // A table says more than names that stand in the code below, anyhow.
  const many = cacheLineLines({ ...map(4), rows: [{ ...(map(4).rows[0] as typeof row), words }] }, LOOK).join('\n')
  expect(many).toMatch(/^ {2}byte +thread 1 +thread 2 +thread 3 +thread 4 +on line$/m)
  expect(cacheLineLines(unnamed, LOOK).join('\n')).not.toContain('field')
  for (const line of lines) expect(columns(line), line).toBeLessThanOrEqual(80)
})

test('a line of code stands there once, whichever words it touches', () => {
  const [row] = map(2, 8).rows
  const same = row?.words.map((word) => ({ ...word, places: [{ line: 70, code: 'words[at] = 1' }] })) ?? []
  const lines = cacheLineLines(
    { ...map(2), rows: [{ ...map(2).rows[0], words: same } as CacheLineMap['rows'][number]] },
    LOOK,
  )
  expect(lines.filter((line) => line.includes('words[at] = 1'))).toEqual(['  line 70   words[at] = 1'])
})

test('where there is no room for the whole map, it begins with what is hot and says how much is left', () => {
  const whole = { ...map(2, 8, 3), moreRows: 2 }
  expect(cacheLineLines(whole, LOOK).at(-1)).toBe('  … 2 more cache lines')
  const lines = cacheLineLines(whole, LOOK, 12)
  expect(lines.length).toBeLessThanOrEqual(12)
  expect(lines.join('\n')).toMatch(/^ {2}0 hot /m)
  expect(lines).toContain('  … 6 more words')
  expect(lines.at(-1)).toBe('  … 4 more cache lines')
  // Words that nobody counted for us are said, too.
  const [row] = map(2).rows
  const more = cacheLineLines({ ...map(2), rows: [{ ...(row as CacheLineMap['rows'][number]), moreWords: 1 }] }, LOOK)
  expect(more).toContain('  … 1 more word')
})

test('colour changes no word of the map', () => {
  const coloured = cacheLineLines(map(4), { ...LOOK, colour: true })
  expect(coloured).not.toEqual(cacheLineLines(map(4), LOOK))
  expect(coloured.map((line) => stripVTControlCharacters(line))).toEqual(cacheLineLines(map(4), LOOK))
})

const raced = (yours: number, reference: number): Spent => ({
  budget: 'Beside the reference',
  kind: 'throughput',
  kept: true,
  limit: 'shown, never judged',
  got: 'so many',
  reference: 'so many',
  speed: { yours, reference },
})

test('speed has two bars on one scale, and says in words what they mean', () => {
  const lines = spentLines(raced(30e6, 120e6), 'katas/a.ts', LOOK)
  const bars = lines.slice(0, 2).map((line) => 2 * (line.match(/█/g) ?? []).length + (line.includes('▌') ? 1 : 0))
  expect(bars).toEqual([20, 80])
  expect(lines[0]).toMatch(/^ {2}yours .* 30 million calls a second$/)
  expect(lines[1]).toMatch(/^ {2}reference .* 120 million calls a second$/)
  expect(lines.slice(3)).toEqual([
    "  0.25 × the reference's speed. The reference is 4 times as fast as yours.",
    '  Here and now, in turns, by processor time. Shown, never judged.',
  ])
  expect(spentLines(raced(9e3, 3e3), 'a.ts', LOOK)[3]).toContain('Yours is 3 times as fast as the reference.')
  expect(spentLines(raced(9e3, 8e3), 'a.ts', LOOK)[3]).toContain('As fast as the reference')
  for (const width of [40, 80])
    for (const line of spentLines(raced(1e3, 1e9), 'a.ts', { ...LOOK, width }))
      expect(columns(line)).toBeLessThanOrEqual(width)
})
