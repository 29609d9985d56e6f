// `npm run bench:stability -- [runs] [kata…] [--minutes N] [--at-once N]`: does a verdict about cost ever flip? Every right
// and every too dear submission of the course, and every dodge, is measured again and again, every second time with all
// cores loaded by busy loops. Each time it has to come to the same figures, to the letter, and to what its name and header
// say. Each measurement is made by fresh processes; only what is ours (budgets, the reference's answers) is kept.
//
// A finished round is appended to .kata/stability.jsonl, so that an interruption loses no more than one. What was found by
// another state of the corpus or of the engine does not count.

import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { discoverKatas } from '../course/discover.ts'
import { costCorpus, costOutcome, type Implementation, type Outcome } from '../judge/budgets/cost-corpus.ts'
import { identityOf, keep, readKept } from './kept-lines.ts'

const COURSE = join(import.meta.dirname, '../..')
const FILE = join(COURSE, '.kata/stability.jsonl')
/** Lines that garbage comes from take a run of their own: told in so many rounds only, two quiet and two loaded of 40. */
const EXPLAINED_EVERY = 20

interface Round {
  readonly identity: string
  readonly round: number
  readonly loaded: boolean
  readonly seconds: number
  /** by name: a digest of verdict and figures, and whether they are what name and header say */
  readonly outcomes: Readonly<Record<string, { readonly digest: string; readonly right: boolean }>>
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string' }, 'at-once': { type: 'string' } },
})
const [runsText = '200', ...only] = positionals
const runs = Number(runsText)
const endMs = performance.now() + 60_000 * Number(values.minutes ?? Number.POSITIVE_INFINITY)
const atOnce = Number(values['at-once'] ?? availableParallelism())

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)

function busyLoops(): ChildProcess[] {
  return Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  )
}

async function measureAll(all: readonly Implementation[], isExplained: boolean): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>()
  const queue = [...all]
  const work = async () => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift())
      outcomes.set(one.name, await costOutcome(one, isExplained))
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return outcomes
}

const chosen = discoverKatas(COURSE).filter(({ slug }) => only.length === 0 || only.includes(slug))
const all = await costCorpus({ course: COURSE, root: COURSE }, chosen)
const identity = identityOf(COURSE, all)
const rounds = readKept<Round>(FILE, identity)
console.log(`${all.length} implementations of ${chosen.length} katas, ${runs} runs each, every second one under load`)
if (rounds.length > 0) console.log(`${rounds.length} rounds were made before`)

/** what each came to first, in full, where it was measured by this process */
const letters = new Map<string, string>()
const kindOf = (round: number) => (round % EXPLAINED_EVERY < 2 ? 'explained' : 'counted')
let loops: ChildProcess[] = []
process.on('exit', () => {
  for (const loop of loops) loop.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

for (let round = rounds.length; round < runs && performance.now() < endMs; round++) {
  const startedMs = performance.now()
  const loaded = round % 2 === 1
  loops = loaded ? busyLoops() : []
  const outcomes = await measureAll(all, kindOf(round) === 'explained')
  for (const loop of loops) loop.kill('SIGKILL')
  loops = []
  for (const [name, { right, letter }] of outcomes) {
    const key = `${kindOf(round)} ${name}`
    const known = letters.get(key)
    if (known === undefined) letters.set(key, letter)
    else if (known !== letter)
      console.log(`FLIP ${name}, round ${round}${loaded ? ' (loaded)' : ''}\n  ${known}\n  ${letter}`)
    if (!right) console.log(`WRONG ${name}, round ${round}${loaded ? ' (loaded)' : ''}\n  ${letter}`)
  }
  const seconds = Math.round((performance.now() - startedMs) / 1000)
  const one: Round = {
    identity,
    round,
    loaded,
    seconds,
    outcomes: Object.fromEntries(
      [...outcomes].map(([name, { letter, right }]) => [name, { digest: digestOf(letter), right }]),
    ),
  }
  rounds.push(one)
  keep(FILE, one)
  console.log(`round ${round + 1}${loaded ? ' (loaded)' : ''}: ${seconds} s`)
}

let flips = 0
let wrong = 0
let measured = 0
const first = new Map<string, string>()
for (const { round, outcomes } of rounds)
  for (const [name, { digest, right }] of Object.entries(outcomes)) {
    measured++
    if (!right) wrong++
    const key = `${kindOf(round)} ${name}`
    if (!first.has(key)) first.set(key, digest)
    else if (first.get(key) !== digest) flips++
  }
const underLoad = rounds.filter(({ loaded }) => loaded).length
console.log(`\n${rounds.length} rounds, ${underLoad} of them under load`)
console.log(`${flips} flips / ${measured} runs; ${wrong} wrong verdicts / ${measured} runs`)
process.exit(flips + wrong === 0 ? 0 : 1)
