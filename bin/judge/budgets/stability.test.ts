// The short version of `npm run bench:stability`: verdicts about cost do not hang on what else the machine has to do.

import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { discoverKatas } from '../../course/discover.ts'
import { costCorpus, costOutcome } from './cost-corpus.ts'

const COURSE = join(import.meta.dirname, '../../..')
const SEED = 1
const SAMPLE = ['token-bucket', 'singleflight', 'leaky-bucket']

test('the same figures to the last letter, quiet and with all cores busy', { timeout: 900_000 }, async () => {
  const loops: ChildProcess[] = []
  onTestFinished(() => {
    for (const loop of loops) loop.kill('SIGKILL')
  })
  const katas = discoverKatas(COURSE).filter(({ slug }) => SAMPLE.includes(slug))
  const all = await costCorpus({ course: COURSE, root: COURSE }, katas)
  expect(all.length).toBeGreaterThan(6)
  const quiet = new Map<string, string>()
  for (const one of all) {
    const { right, letter } = await costOutcome(one, SEED)
    expect(right, `${one.name} ${letter}`).toBe(true)
    quiet.set(one.name, letter)
  }
  for (let i = 0; i < availableParallelism(); i++)
    loops.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }))
  for (const one of all) expect((await costOutcome(one, SEED)).letter, one.name).toBe(quiet.get(one.name))
})
