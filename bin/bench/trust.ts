// `npm run bench:trust -- [seeds] [kata…] [--minutes N]`: is a verdict to be trusted? All that the course knows to be right
// and all that it knows to be wrong, attacks included, are judged on secret seeds drawn for this run: how many that are
// wrong were accepted, and how many that are right were not.
//
// On its first seed each is judged as a class is, whole. On the others, what is asked is only whether it is accepted: one
// broken promise is enough, and a file of the course's own is asked on all of them by one process (an attack never is).
// What the compiler refuses is refused on every seed, and asked once.
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
import { chosenKatas, deadline, wholeNumber } from './bench-arguments.ts'
import { knownSubmissions } from './class-of-submissions.ts'
import { identities, keep, readKept } from './kept-lines.ts'
import { moreVerdicts } from './more-verdicts.ts'

const COURSE = join(import.meta.dirname, '../..')
const HOSTILE = join(COURSE, 'bin/sandbox/hostile')
/** What the attacks pretend to solve. */
const ATTACKED = 'token-bucket'
const BATCH = 32
const FILE = join(COURSE, '.kata/trust.jsonl')
const { values, positionals } = parseArgs({ allowPositionals: true, options: { minutes: { type: 'string' } } })
const [seedsText = '20', ...only] = positionals
const SEEDS = wholeNumber('The number of seeds', seedsText)
const isOver = deadline(values.minutes)

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
const katas = chosenKatas(discoverKatas(COURSE), only)
const isAttack = ({ name }: Subject) => name.startsWith('attack ')
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
const askedOn = ({ verdict }: Subject) => (verdict === 'rejected-source' ? 1 : SEEDS)

const identityOf = identities(ws)
/** What it costs is asked only of what keeps its promises. */
const isMeasured = ({ verdict }: Subject) => ['accepted', 'over-budget'].includes(verdict)
const identity = new Map(subjects.map((one) => [one.name, identityOf(one.kata, one.name, one.bytes, isMeasured(one))]))
// An error of the judge's is no verdict: it is asked for again.
const kept = readKept<Verdict>(FILE, new Set(identity.values())).filter(({ verdict }) => verdict !== 'judge-error')
const done = new Map<string, number>()
for (const { name } of kept) done.set(name, (done.get(name) ?? 0) + 1)
const missing = (subject: Subject) => Math.max(0, askedOn(subject) - (done.get(subject.name) ?? 0))
// Seeds of now: what was judged before had secrets of its own.
const secret = randomBytes(32)
const seedsFor = (subject: Subject) => secretSeeds(secret, subject.bytes, SEEDS)
const right = subjects.filter(({ verdict }) => verdict === 'accepted').length
console.log(
  `${right} right and ${subjects.length - right} wrong submissions of ${katas.length} katas, ${SEEDS} secret seeds each`,
)
if (kept.length > 0) console.log(`${kept.length} verdicts were given before`)

const judge = startJudge(COURSE, { workers: availableParallelism() })
const measuring = measuringInTurn(ws)
const startedMs = performance.now()
const total = subjects.reduce((sum, subject) => sum + askedOn(subject), 0)
let toldAt = kept.length
function give({ name, verdict: wanted }: Subject, seed: number, verdict: string, whole: boolean): void {
  const line: Verdict = { identity: identity.get(name) ?? '', name, wanted, seed, whole, verdict }
  kept.push(line)
  keep(FILE, line)
  done.set(name, (done.get(name) ?? 0) + 1)
  if (kept.length < toldAt + 500) return
  toldAt = kept.length
  console.log(`${kept.length} of ${total}: ${Math.round((performance.now() - startedMs) / 1000)} s`)
}

async function judgeEach(asked: readonly { subject: Subject; seed: number }[], whole: boolean): Promise<void> {
  for (let at = 0; at < asked.length && !isOver(); at += BATCH) {
    const batch = asked.slice(at, at + BATCH)
    const requests = batch.map(({ subject: { kata, name, bytes, verdict }, seed }, i) => ({
      ...{ id: String(i), kata, file: name, bytes, seeds: [seed] },
      ...(whole || verdict === 'accepted' ? {} : { untilBroken: true as const }),
    }))
    const reports = await judgeSubmissions(ws, judge, requests, measuring)
    for (const [i, { subject, seed }] of batch.entries())
      give(subject, seed, reports.get(String(i))?.verdict ?? 'none', whole)
  }
}

// As a class is.
await judgeEach(
  subjects.filter((one) => !done.has(one.name)).map((subject) => ({ subject, seed: seedsFor(subject)[0] as number })),
  true,
)
// And on more seeds, kata by kata.
const oneByOne: { subject: Subject; seed: number }[] = []
for (const kata of katas) {
  const open = subjects
    .filter((one) => one.kata === kata && missing(one) > 0)
    .map((subject) => ({ subject, seeds: seedsFor(subject).slice(-missing(subject)) }))
  const together = open.filter(({ subject }) => !isAttack(subject))
  const [attacks, rest] = [open.filter(({ subject }) => isAttack(subject)), new Map<Subject, number[]>()]
  await moreVerdicts(ws, await judge, measuring, kata, together, isOver, (subject, seed, verdict) => {
    if (verdict !== undefined) give(subject, seed, verdict, false)
    else rest.set(subject, [...(rest.get(subject) ?? []), seed])
  })
  for (const { subject, seeds } of [...attacks, ...[...rest].map(([subject, seeds]) => ({ subject, seeds }))])
    oneByOne.push(...seeds.map((seed) => ({ subject, seed })))
}
await judgeEach(oneByOne, false)
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
const left = subjects.reduce((sum, subject) => sum + missing(subject), 0)
if (left > 0) console.log(`${left} are left`)
for (const line of [...falseAccepts, ...falseRejects, ...errors, ...others].slice(0, 40)) console.log(`  ${line}`)
process.exitCode = falseAccepts.length + falseRejects.length + errors.length === 0 ? 0 : 1
