// `npm run bench:trust -- [seeds] [kata…] [--minutes N]`: is a verdict to be trusted? All that the course knows to be right
// and all that it knows to be wrong, attacks included, are judged as a class is, on secret seeds drawn for this run: how
// many that are wrong were accepted, and how many that are right were not.
//
// Each verdict is appended to .kata/trust.jsonl: what was given before, by the same engine, is not asked for again.

import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { discoverKatas } from '../course/discover.ts'
import type { Kata } from '../course/kata.ts'
import { startJudge } from '../judge/judge.ts'
import { judgeSubmissions, measuringInTurn } from '../judge/judge-submissions.ts'
import { secretSeeds } from '../judge/secret-seeds.ts'
import { knownSubmissions } from './class-of-submissions.ts'
import { identityOf, keep, readKept } from './kept-lines.ts'

const COURSE = join(import.meta.dirname, '../..')
const HOSTILE = join(COURSE, 'bin/sandbox/hostile')
/** What the attacks pretend to solve. */
const ATTACKED = 'token-bucket'
const BATCH = 32
const FILE = join(COURSE, '.kata/trust.jsonl')
const { values, positionals } = parseArgs({ allowPositionals: true, options: { minutes: { type: 'string' } } })
const [seedsText = '20', ...only] = positionals
const SEEDS = Number(seedsText)
const endMs = performance.now() + 60_000 * Number(values.minutes ?? Number.POSITIVE_INFINITY)

interface Verdict {
  readonly identity: string
  readonly name: string
  readonly wanted: string
  readonly seed: number
  /** and not only up to its first broken promise */
  readonly whole: boolean
  readonly verdict: string
}

interface Subject {
  readonly name: string
  readonly kata: Kata
  readonly verdict: string
  readonly bytes: Uint8Array
}

const ws = { course: COURSE, root: COURSE }
const katas = discoverKatas(COURSE).filter(({ slug }) => only.length === 0 || only.includes(slug))
const subjects: Subject[] = katas.flatMap((kata) => [
  ...knownSubmissions(ws, kata).map(({ name, verdict, source }) => ({
    name: `${kata.slug} ${name}`,
    kata,
    verdict,
    bytes: Buffer.from(source),
  })),
  ...(kata.slug === ATTACKED ? readdirSync(HOSTILE) : [])
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({
      name: `attack ${name}`,
      kata,
      verdict: name.split('.')[0] ?? '',
      bytes: readFileSync(join(HOSTILE, name)),
    })),
])

const identity = identityOf(
  COURSE,
  subjects.map(({ name, bytes }) => ({ name, source: Buffer.from(bytes).toString('latin1') })),
)
// An error of the judge's is no verdict: it is asked for again.
const kept = readKept<Verdict>(FILE, identity).filter(({ verdict }) => verdict !== 'judge-error')
const done = new Map<string, number>()
for (const { name } of kept) done.set(name, (done.get(name) ?? 0) + 1)
// Seeds of now: what was judged before had secrets of its own. Every submission has its first before one has its second.
const secret = randomBytes(32)
const requests = Array.from({ length: SEEDS }, (_, round) => round).flatMap((round) =>
  subjects
    .filter(({ name }) => (done.get(name) ?? 0) <= round)
    .map((subject) => ({ subject, seed: secretSeeds(secret, subject.bytes, SEEDS)[round] as number, round })),
)
const right = subjects.filter(({ verdict }) => verdict === 'accepted').length
console.log(
  `${right} right and ${subjects.length - right} wrong submissions of ${katas.length} katas, ${SEEDS} secret seeds each`,
)
if (kept.length > 0) console.log(`${kept.length} verdicts were given before`)

const judge = startJudge(COURSE, { workers: availableParallelism() })
const measuring = measuringInTurn(ws)
const startedMs = performance.now()
for (let at = 0; at < requests.length && performance.now() < endMs; at += BATCH) {
  const batch = requests.slice(at, at + BATCH)
  const reports = await judgeSubmissions(
    ws,
    judge,
    batch.map(({ subject: { kata, name, bytes, verdict }, seed, round }, i) => ({
      ...{ id: String(i), kata, file: name, bytes, seeds: [seed] },
      // The first time as a class is. Then what is wrong is wrong at its first broken promise, however it goes on.
      ...(round === 0 || verdict === 'accepted' ? {} : { untilBroken: true as const }),
    })),
    measuring,
  )
  for (const [i, { subject, seed, round }] of batch.entries()) {
    const verdict = reports.get(String(i))?.verdict ?? 'none'
    const line: Verdict = { identity, name: subject.name, wanted: subject.verdict, seed, whole: round === 0, verdict }
    kept.push(line)
    keep(FILE, line)
  }
  if (Math.floor((at + BATCH) / 320) > Math.floor(at / 320))
    console.log(`${at + BATCH} of ${requests.length}: ${Math.round((performance.now() - startedMs) / 1000)} s`)
}
await (await judge).close()

const told = (lines: readonly Verdict[]) => lines.map(({ name, seed, verdict }) => `${name}, seed ${seed}: ${verdict}`)
const judged = kept.filter(({ verdict }) => verdict !== 'judge-error')
const falseAccepts = told(judged.filter(({ wanted, verdict }) => verdict === 'accepted' && wanted !== 'accepted'))
const falseRejects = told(judged.filter(({ wanted, verdict }) => verdict !== 'accepted' && wanted === 'accepted'))
const errors = told(kept.filter(({ verdict }) => verdict === 'judge-error'))
/** rejected, and for another reason than the name says */
const others = told(
  judged.filter(({ wanted, verdict, whole }) => whole && wanted !== 'accepted' && verdict !== wanted),
).filter((line) => !falseAccepts.includes(line))
console.log(`\n${falseAccepts.length} false accepts / ${falseRejects.length} false rejects in ${kept.length} verdicts`)
console.log(
  `${errors.length} judge errors; of ${kept.filter(({ whole }) => whole).length} judged whole, ${others.length} rejected with another verdict than the name says`,
)
if (kept.length < SEEDS * subjects.length) console.log(`${SEEDS * subjects.length - kept.length} are left`)
for (const line of [...falseAccepts, ...falseRejects, ...errors, ...others].slice(0, 40)) console.log(`  ${line}`)
process.exitCode = falseAccepts.length + falseRejects.length + errors.length === 0 ? 0 : 1
