// What hides its work from every counter is found out by whoever grades a class, and only there: `kata check` judges by no
// time and accepts it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { discoverKatas, findKata } from '../../course/discover.ts'
import { solutionFile } from '../../course/files.ts'
import { strictSandbox } from '../../sandbox/strict/strict-sandbox.ts'
import { startJudge } from '../judge.ts'
import { judgeSubmissions } from '../judge-submissions.ts'

const COURSE = join(import.meta.dirname, '../../..')
const ws = { course: COURSE, root: COURSE }
const kata = findKata(discoverKatas(COURSE), 'lru-cache')
const right = readFileSync(solutionFile(ws, kata), 'utf8')

/** For each entry an object more in a chain of prototypes, linked from its end on; each look-up goes down all of it, in V8. */
const chained = [
  ['  #weight = 0\n', '  #weight = 0\n  #first: object = Object.create(null)\n  #last = this.#first\n'],
  [
    '  #find(key: K): number | undefined {\n',
    "  #find(key: K): number | undefined {\n    if (typeof key === 'string') void (this.#first as Record<string, unknown>)[key]\n",
  ],
  [
    '  #slotFor(key: K): number {\n',
    '  #slotFor(key: K): number {\n    if (this.#free.length === 0) Object.setPrototypeOf(this.#last, (this.#last = Object.create(null)))\n',
  ],
].reduce((text, [old, young]) => {
  expect(text.split(old as string)).toHaveLength(2)
  return text.replace(old as string, young as string)
}, right)

test.skipIf(!strictSandbox().available && process.env['CI'] !== 'true')(
  'a chain of prototypes, which no step of is counted, is found out in the strict sandbox',
  { timeout: 900_000 },
  async () => {
    const judge = startJudge(COURSE, { isolation: 'strict' })
    onTestFinished(async () => (await judge).close())
    const requests = Object.entries({ right, chained }).map(([id, text]) => ({
      ...{ id, kata, file: `${id}.ts`, seeds: [1] },
      bytes: Buffer.from(text),
    }))
    const reports = Object.fromEntries(await judgeSubmissions(ws, judge, requests))
    expect(reports).toMatchObject({
      right: { verdict: 'accepted' },
      chained: {
        verdict: 'tampered',
        reason: expect.stringMatching(
          /^It hides work from the counters: "Looking, setting again and deleting .*3 of 3/,
        ),
      },
    })
  },
)
