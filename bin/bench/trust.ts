// `npm run bench:trust -- [seeds] [kata…]`: is a verdict to be trusted? All that the course knows to be right and all that it
// knows to be wrong, attacks included, are judged as a class is, on secret seeds drawn for this run: how many that are wrong
// were accepted, and how many that are right were not.

import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { discoverKatas } from '../course/discover.ts'
import type { Kata } from '../course/kata.ts'
import { startJudge } from '../judge/judge.ts'
import { judgeSubmissions, measuringInTurn } from '../judge/judge-submissions.ts'
import { secretSeeds } from '../judge/secret-seeds.ts'
import { knownSubmissions } from './class-of-submissions.ts'

const COURSE = join(import.meta.dirname, '../..')
const HOSTILE = join(COURSE, 'bin/sandbox/hostile')
/** What the attacks pretend to solve. */
const ATTACKED = 'token-bucket'
const BATCH = 16
const [seedsText = '20', ...only] = process.argv.slice(2)
const SEEDS = Number(seedsText)

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

const secret = randomBytes(32)
const requests = subjects.flatMap((subject) =>
  secretSeeds(secret, subject.bytes, SEEDS).map((seed) => ({ subject, seed })),
)
const right = subjects.filter(({ verdict }) => verdict === 'accepted').length
console.log(
  `${right} right and ${subjects.length - right} wrong submissions of ${katas.length} katas, ${SEEDS} secret seeds each\n`,
)

const falseAccepts: string[] = []
const falseRejects: string[] = []
const errors: string[] = []
/** rejected, and for another reason than the name says */
const others: string[] = []
const judge = startJudge(COURSE, { workers: availableParallelism() })
const measuring = measuringInTurn(ws)
const startedMs = performance.now()
for (let at = 0; at < requests.length; at += BATCH) {
  const batch = requests.slice(at, at + BATCH)
  const reports = await judgeSubmissions(
    ws,
    judge,
    batch.map(({ subject: { kata, name, bytes }, seed }, i) => ({
      id: String(i),
      kata,
      file: name,
      bytes,
      seeds: [seed],
    })),
    measuring,
  )
  for (const [i, { subject, seed }] of batch.entries()) {
    const got = reports.get(String(i))?.verdict ?? 'none'
    const what = `${subject.name}, seed ${seed}: ${got}`
    if (got === 'judge-error') errors.push(what)
    else if (got === 'accepted' && subject.verdict !== 'accepted') falseAccepts.push(what)
    else if (got !== 'accepted' && subject.verdict === 'accepted') falseRejects.push(what)
    else if (got !== subject.verdict) others.push(what)
  }
  if (Math.floor((at + BATCH) / 320) > Math.floor(at / 320))
    console.log(`${at + BATCH} of ${requests.length}: ${Math.round((performance.now() - startedMs) / 1000)} s`)
}
await (await judge).close()

console.log(
  `\n${falseAccepts.length} false accepts / ${falseRejects.length} false rejects in ${requests.length} verdicts`,
)
console.log(`${errors.length} judge errors, ${others.length} rejected with another verdict than the name says`)
for (const line of [...falseAccepts, ...falseRejects, ...errors, ...others].slice(0, 40)) console.log(`  ${line}`)
process.exitCode = falseAccepts.length + falseRejects.length + errors.length === 0 ? 0 : 1
