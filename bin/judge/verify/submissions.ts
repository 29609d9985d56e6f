// The heart of the course check: what is right is accepted on every seed, what is wrong is rejected for the reason that
// its header gives, and its message reads as it was approved.

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { pristineStubFile, solutionFile } from '../../course/files.ts'
import type { Kata, Workspace } from '../../course/kata.ts'
import { readLesson } from '../../course/lesson.ts'
import type { Verdict } from '../../course/verdict.ts'
import { importsOf, prepareSubmission } from '../../sandbox/prepare.ts'
import type { SourceProblem } from '../../sandbox/source-problem.ts'
import type { Measured } from '../budgets/measure.ts'
import { readBudgets } from '../budgets/read-budgets.ts'
import { compileSubmission } from '../compile.ts'
import { conclude } from '../conclude.ts'
import type { Evidence, Job } from '../jobs.ts'
import type { Judged } from '../judge.ts'
import type { Report } from '../report.ts'
import type { Costs } from './costs.ts'
import type { Fault, ProvenSubmission } from './proof.ts'
import type { GraderFile, Rooms } from './rooms.ts'

/** The seed of every approved message. */
export const MESSAGE_SEED = 1
/** What is right needs many seeds to be believed; what is wrong breaks its promise on any. */
const REJECTED_SHARE = 10
/** One that ends by a clock or a crash costs a process each time. */
const COSTLY_SEEDS = 2
/** Headers for what is wrong as a whole, and for what comes to light only after every promise was kept. */
const EVERY = 'every promise'
const NONE = 'no promise'

export interface Candidate {
  readonly id: string
  readonly name: string
  readonly source: string
  readonly expected: Verdict
  /** promises and budgets that must be broken, and no others; undefined where the header says all, or there is none */
  readonly breaks: readonly string[] | undefined
  /** what it breaks on some seeds, beside that: chance may show it or not */
  readonly perhaps: readonly string[]
  readonly header: readonly string[]
  /** what the budget that it breaks must come to */
  readonly spends: string | undefined
  readonly seeds: readonly number[]
}

/** Every `of`th file of what must be rejected, from the `nth` on: two halves that take turns hold the whole in two runs. */
export interface Part {
  readonly nth: number
  readonly of: number
}

export interface Candidates {
  readonly kata: Kata
  readonly promises: readonly string[]
  readonly all: readonly Candidate[]
  readonly jobs: readonly Job[]
  /** JavaScript of each, by id, as it is measured */
  readonly scripts: ReadonlyMap<string, { readonly url: string; readonly script: string }>
  /** why a source was refused before it ran */
  readonly problems: ReadonlyMap<string, readonly SourceProblem[]>
  readonly faults: readonly Fault[]
}

/** A message is what a learner sees, whose file is judged on one seed: so it is made in a process of its own. */
const onOtherSeeds = (id: string): string => `${id} on other seeds`

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)

/** @param seeds how many for what must be accepted; a tenth of them for what must be rejected */
export async function prepareCandidates(
  ws: Workspace,
  kata: Kata,
  rooms: Rooms,
  seeds: number,
  { nth, of }: Part = { nth: 1, of: 1 },
): Promise<Candidates> {
  const read = ({ name, file }: GraderFile) => ({ name, source: readFileSync(file, 'utf8') })
  const right = [{ name: 'solution', file: solutionFile(ws, kata) }, ...rooms.accepted].map(read)
  const stub = read({ name: 'stub', file: pristineStubFile(ws, kata) })
  const plain = (one: { name: string; source: string }, expected: Verdict, on: readonly number[]): Candidate => ({
    ...one,
    id: `${kata.path} ${one.name}`,
    expected,
    breaks: expected === 'accepted' ? [] : undefined,
    perhaps: [],
    header: [],
    spends: undefined,
    seeds: on,
  })
  const rejectedSeeds = Math.ceil(seeds / REJECTED_SHARE)
  const every: Candidate[] = [
    plain(stub, 'todo', [MESSAGE_SEED]),
    ...right.map((one) => plain(one, 'accepted', upTo(seeds))),
    ...rooms.rejected.map(read).map((one): Candidate => {
      const expected = basename(one.name).split('.')[0] as Verdict
      const header = linesOf(one.source, 'breaks')
      return {
        ...one,
        id: `${kata.path} ${one.name}`,
        expected,
        header,
        perhaps: linesOf(one.source, 'perhaps'),
        spends: /^\/\/ spends: (.+)$/m.exec(one.source)?.[1]?.trim(),
        breaks:
          header.includes(EVERY) || expected === 'rejected-source' ? undefined : header.filter((one) => one !== NONE),
        seeds: upTo(expected === 'wrong-answer' ? rejectedSeeds : Math.min(rejectedSeeds, COSTLY_SEEDS)),
      }
    }),
  ]

  const from = every.length - rooms.rejected.length
  const all = every.filter((_, i) => i < from || (i - from) % of === nth - 1)

  const problems = new Map<string, readonly SourceProblem[]>()
  const jobs: Job[] = []
  const scripts = new Map<string, { readonly url: string; readonly script: string }>()
  const mayImport = importsOf(stub.source)
  for (const { id, source, seeds: on, expected } of all) {
    const prepared = prepareSubmission(kata.path, source, mayImport)
    if (!prepared.ok) problems.set(id, prepared.problems)
    else {
      const { url, modules, script } = prepared
      scripts.set(id, { url, script })
      const job = { kata: kata.path, url, modules, exhaustive: true }
      if (expected === 'accepted') jobs.push({ ...job, id, seeds: on, shrink: false })
      else {
        jobs.push({ ...job, id, seeds: [MESSAGE_SEED], shrink: true })
        const others = on.filter((seed) => seed !== MESSAGE_SEED)
        if (others.length > 0) jobs.push({ ...job, id: onOtherSeeds(id), seeds: others, shrink: false })
      }
    }
  }
  const pristineStub = pristineStubFile(ws, kata)
  const compiled = await compileSubmission({
    course: ws.course,
    katas: all.map(({ id, source }) => ({ id, path: kata.path, pristineStub, source })),
  })
  for (const one of compiled) if (one.problems.length > 0) problems.set(one.id, one.problems)

  const promises = readLesson(ws, kata).promises.map(({ name }) => name)
  const budgets = (await readBudgets(ws, kata)).filter((one) => !('throughput' in one)).map(({ name }) => name)
  return { kata, promises, all, jobs, scripts, problems, faults: headerFaults(every, promises, budgets) }
}

const linesOf = (source: string, head: 'breaks' | 'perhaps'): string[] =>
  [...source.matchAll(/^\/\/ (breaks|perhaps): (.+)$/gm)].flatMap(([, of, name = '']) =>
    of === head ? [name.trim()] : [],
  )

function headerFaults(all: readonly Candidate[], promises: readonly string[], budgets: readonly string[]): Fault[] {
  const rejected = all.filter(({ name }) => name.startsWith('rejected/'))
  const faults: Fault[] = rejected.flatMap(({ name, header, perhaps, source, expected, spends }) => [
    ...(header.length === 0 && expected !== 'rejected-source'
      ? [{ where: name, message: 'has no "// breaks: …"' }]
      : []),
    ...(expected === 'over-budget' && spends === undefined ? [{ where: name, message: 'has no "// spends: …"' }] : []),
    ...(/^\/\/ because: \S/m.test(source) ? [] : [{ where: name, message: 'has no "// because: …"' }]),
    ...[...header, ...perhaps]
      .filter((one) => one !== EVERY && one !== NONE && !promises.includes(one) && !budgets.includes(one))
      .map((one) => ({ where: name, message: `breaks "${one}", which neither lesson nor budgets promise` })),
  ])
  const alone = new Set(
    rejected.flatMap(({ breaks = [], perhaps }) => (breaks.length + perhaps.length === 1 ? breaks : [])),
  )
  for (const promise of [...promises, ...budgets])
    if (!alone.has(promise)) faults.push({ where: 'rejected', message: `nothing breaks "${promise}" alone` })
  return faults
}

export interface Judgement {
  readonly submissions: readonly ProvenSubmission[]
  readonly faults: readonly Fault[]
  /** reports of the rejected ones on the message seed, by name */
  readonly messages: readonly { readonly name: string; readonly report: Report }[]
}

export function judgeCandidates(
  { kata, promises, all, problems }: Candidates,
  { evidence, faults }: Judged,
  costs: Costs,
): Judgement {
  const disagreements: Fault[] = []
  const fault = faults.get(kata.path)
  // One fault of ours is told once, not once for each submission that it met.
  if (fault !== undefined)
    return { submissions: [], faults: [{ where: `graders/${kata.path}/suite.test.ts`, message: fault }], messages: [] }
  const messages: { name: string; report: Report }[] = []
  const submissions = all.map((candidate): ProvenSubmission => {
    const { id, name, expected, seeds } = candidate
    const before = disagreements.length
    for (const seed of problems.has(id) ? seeds.slice(0, 1) : seeds) {
      const measured = costs.get(id)?.get(seed)
      // Costs are counted on a few seeds only; on the others there is nothing that could be over.
      if (measured === undefined && expected === 'over-budget' && costs.has(id)) continue
      const found = evidence.get(expected === 'accepted' || seed === MESSAGE_SEED ? id : onOtherSeeds(id))
      const report = reportOn(kata, promises, seed, found, measured ?? [], problems.get(id) ?? [], fault)
      if (seed === MESSAGE_SEED && name.startsWith('rejected/')) messages.push({ name, report })
      const message = disagreement(report, candidate)
      if (message === undefined) continue
      disagreements.push({ where: name, message: `on seed ${seed}: ${message}` })
      break
    }
    return { name, expected, seeds: seeds.length, good: disagreements.length === before }
  })
  return { submissions, faults: disagreements, messages }
}

function disagreement(report: Report, { expected, breaks, perhaps, spends }: Candidate): string | undefined {
  const over = report.spent.filter(({ kept }) => !kept)
  if (report.verdict !== expected) {
    const why =
      over.map(({ budget, got }) => `${budget}: ${got}`)[0] ??
      report.reason ??
      report.problems?.[0]?.message ??
      report.promises.find(({ kept }) => !kept)?.name
    return `the verdict is ${report.verdict}, not ${expected}${why === undefined ? '' : ` (${why})`}`
  }
  if (breaks === undefined) return undefined
  const broken = [...report.promises.filter(({ kept }) => !kept), ...over.map(({ budget }) => ({ name: budget }))].map(
    ({ name }) => name,
  )
  const missed = breaks.filter((name) => !broken.includes(name))
  const extra = broken.filter((name) => !breaks.includes(name) && !perhaps.includes(name))
  if (missed.length > 0) return `it does not break "${missed.join('", "')}"`
  if (extra.length > 0) return `it also breaks "${extra.join('", "')}"`
  const odd = spends === undefined ? undefined : over.find(({ got }) => !got.includes(spends))
  return odd === undefined ? undefined : `it spends ${odd.got}, not ${spends}`
}

function reportOn(
  kata: Kata,
  promises: readonly string[],
  seed: number,
  evidence: Evidence | undefined,
  measured: readonly Measured[],
  problems: readonly SourceProblem[],
  fault: string | undefined,
): Report {
  return conclude({
    kata: kata.slug,
    // As a learner would see it: the mistake is in their own file.
    file: `katas/${kata.path}.ts`,
    revision: '',
    seed,
    ms: 0,
    promises,
    replay: `npx kata check ${kata.slug} --seed ${seed}`,
    problems,
    measured,
    evidence: evidence && { ...evidence, promises: evidence.promises.filter((promise) => promise.seed === seed) },
    fault,
  })
}
