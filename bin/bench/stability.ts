// `npm run bench:stability -- [runs] [kata…]`: does a verdict about cost ever flip? Every right and every too dear submission
// of the course is measured again and again, half of the time with all cores loaded by busy loops, and has to come to the
// same verdict with the same figures each time, and to the one that its name and header say.

import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { discoverKatas } from '../course/discover.ts'
import { costCorpus, costOutcome } from '../judge/budgets/cost-corpus.ts'

const COURSE = join(import.meta.dirname, '../..')
const [runsText = '200', ...only] = process.argv.slice(2)
const RUNS = Number(runsText)

function busyLoops(): ChildProcess[] {
  return Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  )
}

const chosen = discoverKatas(COURSE).filter(({ slug }) => only.length === 0 || only.includes(slug))
const all = await costCorpus({ course: COURSE, root: COURSE }, chosen)
const katas = new Set(all.map(({ kata }) => kata.slug)).size
console.log(`${all.length} implementations of ${katas} katas, ${RUNS} runs each, every second one under load\n`)

const first = new Map<string, string>()
const flips = new Map<string, number>()
const wrong = new Map<string, number>()
let done = 0
const startedMs = performance.now()
for (let run = 0; run < RUNS; run++) {
  const loops = run % 2 === 1 ? busyLoops() : []
  try {
    for (const one of all) {
      const { right, letter } = await costOutcome(one)
      done++
      if (!right) wrong.set(one.name, (wrong.get(one.name) ?? 0) + 1)
      const known = first.get(one.name)
      if (known === undefined) first.set(one.name, letter)
      else if (known !== letter) {
        flips.set(one.name, (flips.get(one.name) ?? 0) + 1)
        console.log(`FLIP ${one.name}, run ${run}${loops.length > 0 ? ' (loaded)' : ''}\n  ${known}\n  ${letter}`)
      }
    }
  } finally {
    for (const loop of loops) loop.kill('SIGKILL')
  }
  if (run % 10 === 0) console.log(`run ${run + 1}: ${Math.round((performance.now() - startedMs) / 1000)} s`)
}
const sum = (counts: Map<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0)
console.log(`\n${sum(flips)} flips / ${done} runs; ${sum(wrong)} wrong verdicts / ${done} runs`)
for (const [name, times] of wrong) console.log(`  wrong ${times}×: ${name}`)
process.exit(sum(flips) + sum(wrong) === 0 ? 0 : 1)
