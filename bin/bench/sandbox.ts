// What the strict sandbox costs: the same right answer judged in both, in turns, in one run. Under load the figures grow; the
// ratio is what counts.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { solutionFile } from '../course/files.ts'
import type { Kata } from '../course/kata.ts'
import { type Judge, startJudge } from '../judge/judge.ts'
import { judgeSubmissions } from '../judge/judge-submissions.ts'
import type { Isolation } from '../sandbox/isolation.ts'
import { openSession } from '../sandbox/session.ts'
import { strictSandbox } from '../sandbox/strict/strict-sandbox.ts'
import { median, type Row, table } from './statistics.ts'

const COURSE = join(import.meta.dirname, '../..')
const ROUNDS = Number(process.argv[2] ?? 15)
const AT_ONCE = Number(process.argv[3] ?? 12)
const SANDBOXES: readonly Isolation[] = ['portable', 'strict']
const ws = { course: COURSE, root: COURSE }
const kata: Kata = {
  slug: 'token-bucket',
  path: '2-foundation/token-bucket',
  volume: 2,
  title: 'Token bucket',
  level: 'easy',
  minutes: 30,
  after: [],
}
const bytes = readFileSync(solutionFile(ws, kata))

/** @returns milliseconds a submission */
async function judged(judge: Judge, round: number, count: number): Promise<number> {
  const requests = Array.from({ length: count }, (_, i) => ({
    ...{ id: `${round}-${i}`, kata, file: 'solution.ts', bytes },
    seeds: [round * count + i],
  }))
  const startedMs = performance.now()
  const reports = await judgeSubmissions(ws, Promise.resolve(judge), requests)
  for (const { verdict, reason } of reports.values())
    if (verdict !== 'accepted') throw new Error(`The solution is ${verdict}: ${reason}`)
  return (performance.now() - startedMs) / count
}

/** @returns milliseconds until an empty subject has answered, end included */
async function started(isolation: Isolation): Promise<number> {
  const url = 'kata:/katas/empty.ts'
  const startedMs = performance.now()
  const session = openSession({}, undefined, 'suite', isolation)
  const loaded = await session.load({
    url,
    modules: { [url]: '' },
    driver: { url: 'kata:/driver.ts', modules: { 'kata:/driver.ts': '' } },
  })
  if (!loaded.alive) throw new Error(loaded.death.why)
  await session.end()
  return performance.now() - startedMs
}

const sandbox = strictSandbox()
if (!sandbox.available) {
  console.log(`No strict sandbox here: ${sandbox.why}\n${sandbox.remedy}`)
  process.exit(1)
}
console.log(`${sandbox.found}; medians of ${ROUNDS} rounds in turns\n`)
const judges = await Promise.all(SANDBOXES.map((isolation) => startJudge(COURSE, { isolation })))
const figures: Record<string, Record<Isolation, number[]>> = {}
const note = (what: string, isolation: Isolation, ms: number) => {
  figures[what] ??= { portable: [], strict: [] }
  figures[what][isolation].push(ms)
}
for (let round = -1; round < ROUNDS; round++)
  for (const judge of judges) {
    const { isolation } = judge
    const one = await started(isolation)
    const alone = await judged(judge, round + 1, 1)
    const among = await judged(judge, round + 1, AT_ONCE)
    // The first round warms up.
    if (round < 0) continue
    note('an empty subject', isolation, one)
    note('a submission by itself', isolation, alone)
    note(`a submission, ${AT_ONCE} at a time`, isolation, among)
  }
await Promise.all(judges.map((judge) => judge.close()))
const rows: Row[] = Object.entries(figures).map(([what, { portable, strict }]) => {
  const [ours, theirs] = [median(portable), median(strict)]
  const more = median(strict.map((ms, i) => ms - (portable[i] ?? 0)))
  return {
    what,
    value: `${ours.toFixed(0)} ms portable, ${theirs.toFixed(0)} ms strict`,
    target: `${more >= 0 ? '+' : ''}${more.toFixed(0)} ms (× ${(theirs / ours).toFixed(2)})`,
    met: undefined,
  }
})
console.log(table(rows))
