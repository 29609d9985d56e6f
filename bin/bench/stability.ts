// `npm run bench:stability -- [runs] [kata…] [--each N] [--minutes N] [--at-once N]`: does a verdict about cost ever flip?
// Every right and every too dear submission of the course, and every dodge, is measured again and again, every second time
// with all cores loaded by busy loops. Each time it has to come to the same figures, to the letter, as before on the same
// seed, and on each of ten seeds to what its name and header say. Each measurement is made by fresh processes; only what is
// ours (budgets, the reference's answers) is kept.
//
// All of them are hours of work a hundred runs: with `--each 2` it is the reference of each kata, and one that tries to hide
// what it costs or is too dear.
//
// A run of each is appended to .kata/stability.jsonl, so that an interruption loses no more than one. What was found by
// another state of the engine, of the kata's grader or of the file itself does not count.

import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { discoverKatas } from '../course/discover.ts'
import { costCorpus, costOutcome, type Implementation } from '../judge/budgets/cost-corpus.ts'
import { chosenKatas, deadline, wholeNumber } from './bench-arguments.ts'
import { identities, keep, readKept } from './kept-lines.ts'

const COURSE = join(import.meta.dirname, '../..')
const FILE = join(COURSE, '.kata/stability.jsonl')
/** Lines that garbage comes from take a run of their own: told in so many runs only, two quiet and two loaded of 40. */
const EXPLAINED_EVERY = 20
/** Runs go through as many seeds in turn, each quiet and loaded: figures are a seed's own, the verdict must be one on all. */
const SEEDS = 10
const LOADED_LANES = 3

interface Run {
  readonly identity: string
  readonly name: string
  readonly run: number
  readonly loaded: boolean
  /** of verdict and figures */
  readonly digest: string
  /** they are what name and header say */
  readonly right: boolean
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string' }, 'at-once': { type: 'string' }, each: { type: 'string' } },
})
const [runsText = '200', ...only] = positionals
const runs = wholeNumber('The number of runs', runsText)
const isOver = deadline(values.minutes)
const atOnce = wholeNumber('--at-once', values['at-once'] ?? String(availableParallelism()))
const each = values.each === undefined ? Number.POSITIVE_INFINITY : wholeNumber('--each', values.each)

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)

function busyLoops(): ChildProcess[] {
  return Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  )
}

/** The reference, then by turns what hides its costs, what is too dear, and what is right in another way. */
function someOf(ofOneKata: readonly Implementation[]): Implementation[] {
  const rooms = [' dodges/', ' rejected/', ' accepted/'].map((room) =>
    ofOneKata.filter(({ name }) => name.includes(room)),
  )
  const inTurns = ofOneKata.flatMap((_, at) => rooms.flatMap((room) => room.slice(at, at + 1)))
  return [...ofOneKata.filter((one) => !inTurns.includes(one)), ...inTurns].slice(0, each)
}

const chosen = chosenKatas(discoverKatas(COURSE), only)
const ws = { course: COURSE, root: COURSE }
const corpus = await costCorpus(ws, chosen)
const all = chosen.flatMap((kata) => someOf(corpus.filter((one) => one.kata === kata)))
const identityOf = identities(ws)
const identity = new Map(all.map(({ name, kata, source }) => [name, identityOf(kata, name, source, true)]))
const found = readKept<Run>(FILE, new Set(identity.values())).filter(({ run }) => run < runs)
console.log(`${all.length} implementations of ${chosen.length} katas, ${runs} runs each, every second one under load`)
if (found.length > 0) console.log(`${found.length} runs were made before`)

/** what each came to first, in full, where it was measured by this process */
const letters = new Map<string, string>()
const seedOf = (run: number) => 1 + (Math.floor(run / 2) % SEEDS)
const kindOf = (run: number) => `seed ${seedOf(run)}${run % EXPLAINED_EVERY < 2 ? ' explained' : ''}`
let loops: ChildProcess[] = []
process.on('exit', () => {
  for (const loop of loops) loop.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

async function measureOnce(one: Implementation, run: number): Promise<void> {
  const { name } = one
  const loaded = run % 2 === 1
  const { right, letter } = await costOutcome(one, seedOf(run), run % EXPLAINED_EVERY < 2)
  const key = `${kindOf(run)} ${name}`
  const known = letters.get(key)
  if (known === undefined) letters.set(key, letter)
  else if (known !== letter)
    console.log(`FLIP ${name}, run ${run}${loaded ? ' (loaded)' : ''}\n  ${known}\n  ${letter}`)
  if (!right) console.log(`WRONG ${name}, run ${run}${loaded ? ' (loaded)' : ''}\n  ${letter}`)
  const line: Run = { identity: identity.get(name) ?? '', name, run, loaded, digest: digestOf(letter), right }
  found.push(line)
  keep(FILE, line)
}

for (let run = 0; run < runs && !isOver(); run++) {
  const made = new Set(found.filter((one) => one.run === run).map(({ name }) => name))
  const queue = all.filter(({ name }) => !made.has(name))
  if (queue.length === 0) continue
  const startedMs = performance.now()
  loops = run % 2 === 1 ? busyLoops() : []
  const work = async () => {
    for (let one = queue.shift(); one !== undefined && !isOver(); one = queue.shift()) await measureOnce(one, run)
  }
  // Beside busy loops more of them get on, and all wait for each other the more.
  await Promise.all(Array.from({ length: loops.length > 0 ? LOADED_LANES * atOnce : atOnce }, work))
  const seconds = Math.round((performance.now() - startedMs) / 1000)
  console.log(`run ${run + 1}${loops.length > 0 ? ' (loaded)' : ''}: ${seconds} s`)
  for (const loop of loops) loop.kill('SIGKILL')
  loops = []
}

let flips = 0
const first = new Map<string, string>()
for (const { run, name, digest } of found) {
  const key = `${kindOf(run)} ${name}`
  if (!first.has(key)) first.set(key, digest)
  else if (first.get(key) !== digest) flips++
}
const wrong = found.filter(({ right }) => !right).length
const underLoad = found.filter(({ loaded }) => loaded).length
console.log(`\n${found.length} of ${all.length * runs} runs, ${underLoad} of them under load`)
console.log(`${flips} flips / ${found.length} runs; ${wrong} wrong verdicts / ${found.length} runs`)
process.exit(flips + wrong === 0 ? 0 : 1)
