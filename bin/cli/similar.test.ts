// `kata similar` through the real command line, over a class in which somebody has copied.

import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { COMMAND_LEFT, HOSTILE } from '../gradebook/reports/hostile-text-fixture.ts'
import { aligned } from '../gradebook/similar/aligned.ts'
import { disguised, FULL } from '../gradebook/similar/clone-fixture.ts'
import { compareClass, prepareClass } from '../gradebook/similar/compare.ts'
import { openStore } from '../gradebook/store.ts'
import { COURSE } from '../house/sources.ts'
import { columns } from './columns.ts'
import { type CourseCopy, courseCopy, SOLUTION } from './course-copy-fixture.ts'
import { skeletonOf, wordsOf } from './html-fixture.ts'
import { ADVISORY, pairScreen, similarScreen } from './screens/similar-screen.ts'
import { similarPage } from './similar-page.ts'

const TOKEN_BUCKET = 'graders/2-foundation/token-bucket'
const read = (path: string) => readFileSync(join(COURSE, TOKEN_BUCKET, path), 'utf8')
const HONEST = read('accepted/keeps-the-remainder.ts')
const STUB = read('stub.ts')
const COPY = disguised(HONEST, FULL)

let copy: CourseCopy
beforeAll(async () => {
  copy = await courseCopy()
  const handIn = (path: string, text: string) => {
    mkdirSync(join(copy.ws, 'class', path, '..'), { recursive: true })
    writeFileSync(join(copy.ws, 'class', path), text)
  }
  handIn('ada/token-bucket.ts', HONEST)
  handIn('bob/work/katas/2-foundation/token-bucket.ts', COPY)
  handIn('eve/token-bucket.ts', SOLUTION)
  handIn('sam/token-bucket.ts', STUB)
  handIn('zoe/token-bucket.ts', STUB)
  handIn('zoe/node_modules/x/token-bucket.ts', HONEST)
  handIn('readme.txt', 'not a learner')
  mkdirSync(join(copy.ws, 'class/mallory'))
  symlinkSync(join(copy.ws, 'class/ada/token-bucket.ts'), join(copy.ws, 'class/mallory/token-bucket.ts'))
})
afterAll(() => copy?.[Symbol.dispose]())

test('the copy is found, honest work, stubs and links are not, and nobody is judged', async () => {
  const text = await copy.screen(['similar', 'class'])
  expect(text).toContain('token-bucket · 5 files · 1 of 10 pairs at 0.60 or above')
  expect(text).toMatch(/ {2}(1\.00|0\.9\d) {2}ada {2}bob {2}/)
  expect(text).toContain('Close to the reference solution: eve 1.00')
  expect(text).toContain('Too little of their own to compare: sam, zoe')
  expect(text.replace(/\s+/g, ' ')).toContain(ADVISORY)
  expect(text).toContain('npx kata similar class --pair ada bob')
  expect(text).toMatch(/\[exit 0\]\n$/)
  await expect(text).toMatchFileSnapshot('fixtures/screens/similar.txt')
})

test('a pair stands side by side in 80 columns', async () => {
  const text = await copy.screen(['similar', 'class', '--pair', 'ada', 'bob'])
  for (const line of text.split('\n').slice(1)) expect(columns(line), line).toBeLessThanOrEqual(80)
  await expect(text).toMatchFileSnapshot('fixtures/screens/similar-pair.txt')
  expect(await copy.screen(['similar', 'class', '--pair', 'sam', 'zoe'])).toContain(
    'Nothing that sam and zoe wrote themselves is the same.',
  )
  expect(await copy.screen(['similar', 'class', '--pair', 'ada', 'Ada'])).toContain('--pair takes two learners.')
})

test('on a narrow screen names are cut and what is said elsewhere is left out', async () => {
  const narrow = { env: { COLUMNS: '40' } }
  const screens = [
    await copy.screen(['similar', 'class', '--min', '0'], narrow),
    await copy.screen(['similar', 'class', '--pair', 'ada', 'bob'], narrow),
  ]
  // Commands are for copying: they are never broken.
  for (const line of screens.join('\n').split('\n'))
    if (!/^\$|npx kata/.test(line)) expect(columns(line), line).toBeLessThanOrEqual(40)
  expect(screens[0]).toMatch(/ {2}(1\.00|0\.9\d) {2}ada {2}bob {2}\d\.\d\d {2}\d\.\d\d\n/)
})

test('as data, and as a page', async () => {
  const data = await copy.json(['similar', 'class', '--min', '0', '--html', 'similar.html'])
  expect(data).toMatchObject({ advisory: ADVISORY, min: 0, html: 'similar.html', katas: [{ kata: 'token-bucket' }] })
  const page = readFileSync(join(copy.ws, 'similar.html'), 'utf8')
  expect(wordsOf(page)).toContain(ADVISORY)
  expect(wordsOf(page)).toMatch(/ada and bob · \d+ fragments?/)
  expect(page).not.toContain('<script')
  const { katas } = (await copy.json(['similar', 'class', '--pair', 'ada', 'bob'])) as {
    katas: { aligned: unknown[] }[]
  }
  expect(katas[0]?.aligned).toHaveLength(1)
})

test('a copy is found whatever was handed in after it, and nobody is a pair with themselves', async () => {
  const store = openStore(join(copy.ws, 'hidden.sqlite'), 'write')
  const week = (texts: Readonly<Record<string, string>>) =>
    store.takeIn(
      'class',
      {
        ...{ layout: 'folders', evidence: '', remarks: [], learners: [], notTaken: [], missing: [] },
        submitted: Object.entries(texts).map(([learner, text]) => ({
          ...{ learner, kata: 'token-bucket', origin: `${learner}/token-bucket.ts`, bytes: Buffer.from(text) },
        })),
      },
      1,
    )
  week({ ada: HONEST, bob: COPY })
  week({ ada: `${HONEST}// again\n`, bob: STUB })
  store.close()
  const { katas } = (await copy.json(['similar', 'hidden.sqlite'])) as unknown as {
    katas: { files: { learner: string }[]; pairs: { a: string; b: string; similarity: number }[] }[]
  }
  expect(katas[0]?.pairs).toMatchObject([{ a: 'ada', b: 'bob' }])
  expect(katas[0]?.pairs[0]?.similarity).toBeGreaterThan(0.9)
  expect(katas[0]?.files.map(({ learner }) => learner)).toEqual(['ada', 'bob'])
  expect(await copy.screen(['similar', 'hidden.sqlite', '--pair', 'bob', 'ada'])).toContain('fragment')
})

test('who could not be read is said, and is not taken for honest', async () => {
  mkdirSync(join(copy.ws, 'unread'))
  writeFileSync(join(copy.ws, 'unread/eve.zip'), 'PK no archive')
  for (const learner of ['ada', 'bob']) {
    mkdirSync(join(copy.ws, 'unread', learner))
    writeFileSync(join(copy.ws, 'unread', learner, 'token-bucket.ts'), HONEST)
  }
  const told = { learner: 'eve', origin: 'eve.zip', why: expect.stringContaining(' ') }
  expect(await copy.json(['similar', 'unread'])).toMatchObject({ notTaken: [told] })
  expect(await copy.screen(['similar', 'unread'])).toMatch(/^Not taken, and so in no pair:\n {2}eve · eve\.zip: It /m)
  expect(await copy.screen(['similar', 'unread', '--html', 'unread.html'])).toMatch(
    /Written to [\s\S]*eve · eve\.zip: It /,
  )
  expect(wordsOf(readFileSync(join(copy.ws, 'unread.html'), 'utf8'))).toContain('eve · eve.zip: It ')
  expect(await copy.screen(['similar', 'unread', '--pair', 'ada', 'Eve'])).toMatch(
    /^Nothing of eve could be compared\. Not taken: eve\.zip: It [\s\S]*\[exit 64\]/m,
  )
  // Nor is a class of nothing else an empty one.
  rmSync(join(copy.ws, 'unread/ada'), { recursive: true })
  rmSync(join(copy.ws, 'unread/bob'), { recursive: true })
  expect(await copy.screen(['similar', 'unread'])).toContain('any kata. Not taken: eve.zip: It ')
  const store = openStore(join(copy.ws, 'unread.sqlite'), 'write')
  const bytes = Buffer.from(HONEST)
  const notTaken = [{ learner: 'eve', origin: 'eve.zip', why: 'It is no archive.', katas: ['token-bucket'] }]
  const submitted = [{ learner: 'ada', kata: 'token-bucket', origin: 'ada/token-bucket.ts', bytes }]
  store.takeIn('c', { layout: 'folders', evidence: '', remarks: [], learners: [], missing: [], notTaken, submitted }, 1)
  store.close()
  expect(await copy.json(['similar', 'unread.sqlite'])).toMatchObject({ notTaken })
})

test('mistakes say what is wrong and what to do', async () => {
  const mistakes = [
    ['similar'],
    ['similar', 'nowhere'],
    ['similar', 'class', 'other'],
    ['similar', 'class', '--min', '7'],
    ['similar', 'class', '--pair', 'ada'],
    ['similar', 'class', '--pair', 'ada', 'eva'],
    ['similar', 'class', '--kata', 'ask-twice'],
    ['similar', 'class', '--html', 'no/page.html'],
  ]
  const screens: string[] = []
  for (const mistake of mistakes) screens.push(await copy.screen(mistake))
  const text = screens.join('\n')
  expect(text.match(/\[exit 64\]/g)?.length).toBe(mistakes.length)
  await expect(text).toMatchFileSnapshot('fixtures/screens/similar-mistakes.txt')
})

/** Two learners with hostile names, whose copies have hostile text in them. */
function hostilePair(text: string) {
  const source = `${HONEST}\n// ${text.replace(/[\r\n\u2028\u2029]/g, ' ')}\nexport const last = (n: number) => n\n`
  const prepared = prepareClass(
    { kata: 'token-bucket', stub: STUB, reference: SOLUTION },
    ['1', '2'].map((n) => ({ learner: `${n}${text}`, kata: 'token-bucket', text: source })),
  )
  const compared = compareClass(prepared)
  return { title: 'Token bucket', compared, aligned: compared.pairs.flatMap((pair) => aligned(prepared, pair) ?? []) }
}

const unreadOf = (text: string) => [{ learner: text, origin: `${text}.zip`, why: `It is ${text}.`, katas: [] }]

test.each(HOSTILE)('hostile text %# neither commands a terminal nor changes a page', (text) => {
  const found = hostilePair(text)
  expect(found.aligned).toHaveLength(1)
  const look = { width: 80, colour: false }
  const screens = [
    similarScreen([found.compared], { min: 0.6, folder: 'class', notTaken: unreadOf(text) }, look),
    ...found.aligned.map((one) => pairScreen('token-bucket', one, look)),
  ].join('\n')
  expect(screens).not.toMatch(COMMAND_LEFT)
  const page = similarPage([found], 0.6, unreadOf(text))
  expect(page).not.toMatch(COMMAND_LEFT)
  expect(skeletonOf(page)).toEqual(skeletonOf(similarPage([hostilePair('x')], 0.6, unreadOf('x'))))
})
