import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aKata, lessonHead, tempFolder, writeCourse, writeFiles } from './course-fixture.ts'
import { discoverKatas, findKata } from './discover.ts'
import { KataError } from './kata-error.ts'

test('a lesson in a volume is a kata, in course order', () => {
  using folder = tempFolder()
  const tokenBucket = aKata('token-bucket', {
    path: '2-foundation/token-bucket',
    title: 'Token bucket',
    after: ['fixed-window'],
  })
  const fixedWindow = aKata('fixed-window', { path: '2-foundation/fixed-window', level: 'hard', minutes: 45 })
  const singleflight = aKata('singleflight', { path: '1-scars/singleflight', volume: 1 })
  writeCourse(folder.path, [tokenBucket, fixedWindow, singleflight])
  writeFiles(folder.path, {
    'lessons/README.md': 'no kata',
    'lessons/2-foundation/.#token-bucket.md': 'an editor was here',
  })
  expect(discoverKatas(folder.path)).toEqual([singleflight, fixedWindow, tokenBucket])
})

test('only the first 2 KiB are read, even when they end within a character', () => {
  using folder = tempFolder()
  const kata = aKata('token-bucket')
  const head = lessonHead(kata)
  writeFiles(folder.path, {
    [`lessons/${kata.path}.md`]: head + 'x'.repeat(2047 - Buffer.byteLength(head)) + 'ü'.repeat(9),
  })
  expect(discoverKatas(folder.path)).toEqual([kata])
  // A title that is cut off there is no title, rather than half of one.
  const cut = head.replace('# ', `${'\n'.repeat(2048 - head.indexOf('# ') - 5)}# `)
  writeFiles(folder.path, { [`lessons/${kata.path}.md`]: cut })
  expect(() => discoverKatas(folder.path)).toThrow('the first line after the front matter must be the title')
})

test('a broken lesson is named with file and line', () => {
  using folder = tempFolder()
  const kata = aKata('token-bucket')
  writeCourse(folder.path, [kata])
  writeFiles(folder.path, { [`lessons/${kata.path}.md`]: lessonHead(kata).replace('minutes', 'minuts') })
  const file = join(folder.path, 'lessons', '2-volume', 'token-bucket.md')
  expect(() => discoverKatas(folder.path)).toThrow(KataError)
  expect(() => discoverKatas(folder.path)).toThrow(
    `${file}:3: unknown key "minuts"; the keys are level, minutes, after`,
  )
})

test('one slug in two volumes is refused, both named', () => {
  using folder = tempFolder()
  writeCourse(folder.path, [aKata('hash-ring', { volume: 2 }), aKata('hash-ring', { volume: 3 })])
  expect(() => discoverKatas(folder.path)).toThrow(/hash-ring: 2-volume\/hash-ring and 3-volume\/hash-ring/)
})

test('a lesson whose name is no slug is refused', () => {
  using folder = tempFolder()
  writeFiles(folder.path, { 'lessons/2-foundation/Token Bucket.md': '' })
  expect(() => discoverKatas(folder.path)).toThrow("a lesson's name must be like token-bucket.md")
})

test('no course, no lessons', () => {
  using folder = tempFolder()
  expect(() => discoverKatas(folder.path)).toThrow('There are no lessons')
  mkdirSync(join(folder.path, 'lessons'))
  expect(discoverKatas(folder.path)).toEqual([])
})

test('long lessons cost nothing: what lies behind the head is never parsed', () => {
  using folder = tempFolder()
  const katas = Array.from({ length: 100 }, (_, n) => aKata(`kata-${n}`))
  writeCourse(folder.path, katas)
  for (const kata of katas)
    appendFileSync(join(folder.path, 'lessons', `${kata.path}.md`), '---\n# Another\nlevel: none\n'.repeat(500))
  expect(discoverKatas(folder.path)).toHaveLength(100)
})

const katas = [
  aKata('token-bucket', { path: '2-foundation/token-bucket' }),
  aKata('bucket', { path: '2-foundation/bucket' }),
  aKata('hash-ring', { path: '3-data/hash-ring', volume: 3 }),
]

test.each([
  'token-bucket',
  '2-foundation/token-bucket',
  'katas/2-foundation/token-bucket.ts',
  './katas/2-foundation/token-bucket.test.ts',
  '/home/ada/course/katas/2-foundation/token-bucket.ts',
  'C:\\course\\katas\\2-foundation\\token-bucket.ts',
  'lessons/2-foundation/token-bucket.md',
  'graders/2-foundation/token-bucket/suite.test.ts',
  'token-bucket.ts',
])('finds the kata by %s', (name) => {
  expect(findKata(katas, name)).toBe(katas[0])
})

test.each([
  ['token-buket', 'No kata "token-buket". Did you mean token-bucket? See: npx kata list'],
  [
    'katas/2-foundation/hash-rng.ts',
    'No kata "katas/2-foundation/hash-rng.ts". Did you mean hash-ring? See: npx kata list',
  ],
  ['quicksort', 'No kata "quicksort". See: npx kata list'],
  ['a\u001b[31m', 'No kata "a\uFFFD[31m". See: npx kata list'],
])('an unknown one is told: %j', (name, message) => {
  expect(() => findKata(katas, name)).toThrow(expect.objectContaining({ name: 'KataError', message }))
})
