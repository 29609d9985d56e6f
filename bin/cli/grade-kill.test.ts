// The promise that an instructor relies on: whoever ends the grader at whatever moment, the same command again finishes
// the rest, and nothing is lost or doubled. Held by killing the real `kata grade` again and again, at seeded moments, and by
// a disk that fills up under it.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ASK_TWICE_SOLUTION, type CourseCopy, courseCopy, type RunOptions } from './course-copy-fixture.ts'

/** A sample; `KATA_KILLS=50 npx vitest run --project engine bin/cli/grade-kill.test.ts` is the whole of it. */
const KILLS = Number(process.env['KATA_KILLS'] ?? 8)
const LEARNERS = 13
const KATA = 'ask-twice'

let copy: CourseCopy
beforeAll(async () => {
  copy = await courseCopy()
  for (let i = 0; i < LEARNERS; i++) {
    const folder = join(copy.ws, 'class', `learner-${i}`)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${KATA}.ts`), submission(i))
  }
})
afterAll(() => copy?.[Symbol.dispose]())

/**
 * Thirteen files, twelve contents: most are refused at intake, which costs nothing, so that fifty kills take a minute; five
 * go the whole way through compiler and sandbox.
 */
function submission(i: number): Uint8Array {
  const text = (code: string) => new TextEncoder().encode(`${code}\n// by ${i}\n`)
  if (i % 6 === 0) return text(ASK_TWICE_SOLUTION)
  if (i % 6 === 1) return text(ASK_TWICE_SOLUTION.replace('return ask()', 'throw new RangeError("no")'))
  return Uint8Array.of(0xff, i === 11 ? 10 : i)
}

const verdictOf = (i: number) => (i % 6 === 0 ? 'accepted' : i % 6 === 1 ? 'wrong-answer' : 'rejected-source')

/** mulberry32 */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Moment = { readonly afterMs: number } | { readonly afterResults: number; readonly andMs: number }

/** @returns the contents that were reported as judged, and how the grader ended */
async function grade(gradebook: string, kill?: Moment, options?: RunOptions, folder = 'class') {
  const child = copy.start(['grade', folder, '--kata', KATA, '--gradebook', gradebook, '--portable', '--json'], options)
  const reported: string[] = []
  let killed = false
  const strike = (afterMs: number) =>
    setTimeout(() => {
      killed = child.kill('SIGKILL')
    }, afterMs)
  let timer = kill !== undefined && 'afterMs' in kill ? strike(kill.afterMs) : undefined
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
  if (child.stdout === null) throw new Error('it has no output')
  for await (const line of createInterface({ input: child.stdout })) {
    let event: { event?: string; content?: string }
    try {
      event = JSON.parse(line) as typeof event
    } catch {
      continue // the line that it was killed in
    }
    if (event.event === 'judged' && event.content !== undefined) reported.push(event.content)
    if (kill !== undefined && 'afterResults' in kill && timer === undefined && reported.length >= kill.afterResults)
      timer = strike(kill.andMs)
  }
  const code = await closed
  clearTimeout(timer)
  return { reported, code, killed: killed && code === null }
}

interface Row {
  readonly id: number
  readonly content: string
  readonly run: number
  readonly report: string
}

/** The raw results, read past the engine. */
function resultsIn(gradebook: string): Row[] {
  const db = new DatabaseSync(gradebook, { readOnly: true })
  try {
    const tables = db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'results'").get()
    if (tables?.['n'] === 0) return []
    return db.prepare('SELECT id, content, run, report FROM results ORDER BY id').all() as unknown as Row[]
  } finally {
    db.close()
  }
}

async function verdicts(gradebook: string) {
  const { learners } = (await copy.json(['gradebook', gradebook])) as {
    learners: { learner: { id: string }; katas: { state: string; points?: number; report?: { verdict: string } }[] }[]
  }
  return learners.map(({ learner, katas: [one] }) => [learner.id, one?.state, one?.points, one?.report?.verdict])
}

test('killed at any moment: nothing is lost, nothing is doubled', { timeout: 1_800_000 }, async () => {
  const draw = random(6)
  const startedMs = performance.now()
  const whole = join(copy.ws, 'whole.sqlite')
  expect(await grade(whole)).toMatchObject({ code: 0 })
  const takesMs = performance.now() - startedMs
  const expected = await verdicts(whole)
  expect(Object.fromEntries(expected.map(([id, , , verdict]) => [id, verdict]))).toEqual(
    Object.fromEntries(Array.from({ length: LEARNERS }, (_, i) => [`learner-${i}`, verdictOf(i)])),
  )
  expect(resultsIn(whole)).toHaveLength(LEARNERS - 1)

  let kills = 0
  let whileJudging = 0
  for (let book = 0; kills < KILLS; book++) {
    const gradebook = join(copy.ws, `book-${book}.sqlite`)
    let before: Row[] = []
    for (;;) {
      const moment: Moment =
        draw() < 0.3
          ? { afterMs: draw() * takesMs }
          : { afterResults: Math.floor(draw() * (LEARNERS - 2)), andMs: draw() * 60 }
      const { reported, code, killed } = await grade(gradebook, kills < KILLS ? moment : undefined)
      const after = existsSync(gradebook) ? resultsIn(gradebook) : []
      // What was there is there, to the letter; what was reported is there; nothing is there twice.
      expect(after.slice(0, before.length)).toEqual(before)
      const contents = after.map(({ content }) => content)
      expect(contents).toEqual(expect.arrayContaining(reported))
      expect(new Set(contents).size).toBe(contents.length)
      before = after
      if (!killed) {
        expect(code).toBe(0)
        break
      }
      kills++
      if (after.length > 0 && after.length < LEARNERS - 1) whileJudging++
    }
    expect(before).toHaveLength(LEARNERS - 1)
    expect(await verdicts(gradebook)).toEqual(expected)
  }
  // The moments that matter were among them.
  expect(whileJudging).toBeGreaterThan(KILLS / 5)
})

test.runIf(process.platform !== 'win32')(
  'on a disk that fills up it ends as it says, and goes on from there',
  { timeout: 600_000 },
  async () => {
    const wrong = join(copy.ws, 'wrong')
    for (let i = 0; i < 6; i++) {
      mkdirSync(join(wrong, `learner-${i}`), { recursive: true })
      writeFileSync(join(wrong, `learner-${i}`, `${KATA}.ts`), submission(1 + 6 * i))
    }
    let inTheMiddle = 0
    for (const maxFileBlocks of [340, 400, 430]) {
      const gradebook = join(copy.ws, `full-${maxFileBlocks}.sqlite`)
      const { reported, code } = await grade(gradebook, undefined, { maxFileBlocks }, 'wrong')
      // Not 1: nothing was found to be wrong with what was handed in.
      expect(code, `${maxFileBlocks} blocks`).toBe(64)
      const before = resultsIn(gradebook)
      expect(before.map(({ content }) => content)).toEqual(expect.arrayContaining(reported))
      if (before.length > 0 && before.length < 6) inTheMiddle++
      expect(await grade(gradebook, undefined, undefined, 'wrong')).toMatchObject({ code: 0 })
      const after = resultsIn(gradebook)
      expect(after.slice(0, before.length)).toEqual(before)
      expect(new Set(after.map(({ content }) => content)).size).toBe(6)
      expect(after).toHaveLength(6)
    }
    expect(inTheMiddle).toBeGreaterThan(0)
  },
)
