// What similarity says of copies, of honest work and of next to no work, over the course's own files.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { discoverKatas } from '../../course/discover.ts'
import { graderFolder, pristineStubFile, solutionFile } from '../../course/files.ts'
import type { Kata } from '../../course/kata.ts'
import { type Disguise, disguised, FULL } from './clone-fixture.ts'
import { compareClass, DEFAULT_MIN, type Pair, prepareClass, type Submission } from './compare.ts'
import { fragmentsOf } from './fragments.ts'

const COURSE = join(import.meta.dirname, '../../..')
const WS = { course: COURSE, root: COURSE }
const KATAS = discoverKatas(COURSE)

const read = (file: string) => readFileSync(file, 'utf8')
const templateOf = (kata: Kata) => ({
  kata: kata.slug,
  stub: read(pristineStubFile(WS, kata)),
  reference: read(solutionFile(WS, kata)),
})
const files = (kata: Kata, of: 'accepted' | 'rejected'): Submission[] => {
  const folder = join(graderFolder(WS, kata), of)
  return readdirSync(folder).map((name) => ({ learner: name, kata: kata.slug, text: read(join(folder, name)) }))
}
const compare = (kata: Kata, submissions: readonly Submission[], min?: number) =>
  compareClass(prepareClass(templateOf(kata), submissions), min)
const two = (kata: Kata, a: string, b: string): Pair | undefined =>
  compare(
    kata,
    [a, b].map((text, i) => ({ learner: 'ab'[i] as string, kata: kata.slug, text })),
    0,
  ).pairs[0]

test.each(KATAS)('$slug: a copy under every disguise at once is one to 0.9 and more', (kata) => {
  for (const { text } of [{ text: templateOf(kata).reference }, ...files(kata, 'accepted')]) {
    const copy = disguised(text, FULL)
    expect(copy).not.toBe(text)
    expect(two(kata, text, copy)?.similarity).toBeGreaterThanOrEqual(0.9)
  }
})

const DISGUISES: readonly (readonly [string, Disguise])[] = [
  ['new names', { renamed: true }],
  ['another order', { reordered: true }],
  ['other layout', { reformatted: true }],
  ['comments', { commented: true }],
  ['other types', { retyped: true }],
  ['lines that do nothing', { padded: 30 }],
]
test.each(DISGUISES)('%s alone hide nothing', (_, how) => {
  const [kata] = KATAS
  const { reference } = templateOf(kata as Kata)
  expect(two(kata as Kata, reference, disguised(reference, how))?.similarity).toBeGreaterThanOrEqual(0.95)
})

/** Some of their other right answers are the reference with one part replaced: as similar as they look, and rightly a pair. */
const VARIANTS = ['disruptor', 'write-ahead-log', 'hnsw', 'hnsw-recovery']
const INDEPENDENT = KATAS.filter(({ slug }) => !VARIANTS.includes(slug))

test.each(INDEPENDENT)('$slug: different right answers are no pair', (kata) => {
  const { reference } = templateOf(kata)
  const honest = [{ learner: 'reference', kata: kata.slug, text: reference }, ...files(kata, 'accepted')]
  const compared = compare(kata, honest)
  expect(compared.pairs).toEqual([])
  for (const { learner, reference: share } of compared.files)
    if (learner === 'reference') expect(share).toBe(1)
    else expect(share, learner).toBeLessThan(DEFAULT_MIN)
})

test.each(KATAS)('$slug: stubs that are untouched or barely touched are no copies of each other', (kata) => {
  const { stub } = templateOf(kata)
  const touched = stub.replace(/throw new Error\('TODO[^']*'\)/, 'return undefined as never')
  const texts = [stub, stub, touched, touched, `// mine\n${disguised(stub, { renamed: true })}`]
  const compared = compare(
    kata,
    texts.map((text, i) => ({ learner: `s${i}`, kata: kata.slug, text })),
    0,
  )
  expect(compared.pairs).toEqual([])
  expect(compared.files.every(({ leftOut }) => leftOut === 'too-short')).toBe(true)
})

test('what more than half of a class has is no sign of anything, in a class that is large enough for halves', () => {
  const kata = KATAS[0] as Kata
  const [honest] = files(kata, 'accepted')
  const copies = (n: number) =>
    Array.from({ length: n }, (_, i) => ({ learner: `s${i}`, kata: kata.slug, text: honest?.text ?? '' }))
  // Three of three have it: in so small a class that is three copies.
  expect(compare(kata, copies(3)).pairs).toHaveLength(3)
  const most = compare(kata, copies(20))
  expect(most.pairs).toEqual([])
  expect(most.common).toBeGreaterThan(100)
  expect(most.files.every(({ leftOut }) => leftOut === 'mostly-common')).toBe(true)
})

test('the same class gives the same answer, in whatever order it is read', () => {
  const kata = KATAS[0] as Kata
  const [accepted] = files(kata, 'accepted')
  const { reference } = templateOf(kata)
  const texts = [
    reference,
    disguised(reference, { renamed: true }),
    disguised(reference, { commented: true, padded: 9 }),
    accepted?.text ?? '',
    disguised(accepted?.text ?? '', { reordered: true }),
  ]
  const submissions = texts.map((text, i) => ({ learner: `s${i}`, kata: kata.slug, text }))
  const once = compare(kata, submissions, 0.1)
  expect(once.pairs.length).toBeGreaterThan(3)
  expect(compare(kata, submissions.toReversed(), 0.1)).toEqual(once)
  for (const [i, pair] of once.pairs.entries())
    expect(pair.similarity).toBeLessThanOrEqual(once.pairs[i - 1]?.similarity ?? 1)
})

test('what is no program is compared as far as it goes, and breaks nothing', () => {
  const kata = KATAS[0] as Kata
  const { reference } = templateOf(kata)
  const texts = [
    '',
    '}'.repeat(9_999),
    '('.repeat(50_000),
    `x = ${'['.repeat(20_000)}`,
    'a;'.repeat(20_000),
    '\0\u2028\ud800',
    reference.slice(0, reference.length * 0.7),
    reference,
  ]
  const compared = compare(
    kata,
    texts.map((text, i) => ({ learner: `s${i}`, kata: kata.slug, text })),
  )
  expect(compared.files).toHaveLength(texts.length)
  // The start of a file is in the whole of it.
  expect(compared.pairs.map(({ a, b }) => [a, b])).toContainEqual(['s6', 's7'])
})

test('fragments say which lines are the same, also where they have moved', () => {
  const kata = KATAS[0] as Kata
  const { reference } = templateOf(kata)
  const moved = disguised(reference, { reordered: true, renamed: true, commented: true })
  const { files: prepared } = prepareClass(
    templateOf(kata),
    [reference, moved].map((text, i) => ({ learner: 'ab'[i] as string, kata: kata.slug, text })),
  )
  const [a, b] = prepared
  if (a === undefined || b === undefined) throw new Error('Two were given.')
  const fragments = fragmentsOf(a, b)
  expect(fragments.length).toBeGreaterThan(1)
  const covered = fragments.reduce((sum, { length }) => sum + length, 0)
  expect(covered / a.own.length).toBeGreaterThan(0.9)
  for (const { a: left, b: right } of fragments) {
    const lines = (text: string, { first, last }: { first: number; last: number }) =>
      text
        .split('\n')
        .slice(first - 1, last)
        .join('\n')
    // The words that no disguise has touched stand on both sides.
    const words = (text: string) => text.match(/\b(if|for|while|return|throw|new|await|typeof|delete)\b/g) ?? []
    const withoutComments = (text: string) => text.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '')
    const [of, to] = [words(withoutComments(lines(reference, left))), words(withoutComments(lines(moved, right)))]
    expect(Math.abs(of.length - to.length)).toBeLessThanOrEqual(1)
  }
})

test('a file that repeats itself without end is compared in no time', () => {
  const kata = KATAS[0] as Kata
  const text = 'function f(a) { for (const x of a) if (x > 1) return x << 2 }\n'.repeat(3_000)
  const { files: prepared } = prepareClass(
    templateOf(kata),
    ['a', 'b'].map((learner) => ({ learner, kata: kata.slug, text })),
  )
  const [a, b] = prepared
  if (a === undefined || b === undefined) throw new Error('Two were given.')
  expect(fragmentsOf(a, b).length).toBeLessThan(5_000)
})
