// `kata grade`: a class into a gradebook. Whatever ends it, the same command goes on from there.

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { KataError } from '../../course/kata-error.ts'
import { nearest } from '../../course/nearest.ts'
import { printable } from '../../course/printable.ts'
import { shellPath } from '../../course/shell-path.ts'
import { readStarter } from '../../gradebook/classroom/read-starter.ts'
import { nobodysExtensions } from '../../gradebook/extensions.ts'
import { gradeClass } from '../../gradebook/grade-class.ts'
import { holdsSomething, mustHoldSomething } from '../../gradebook/gradebook-file.ts'
import { type GraderLock, tryLock } from '../../gradebook/grader-lock.ts'
import { readRoster } from '../../gradebook/intake/roster.ts'
import { type ClassOptions, takeClass } from '../../gradebook/intake/take-class.ts'
import { nowLookedFor, readGrades } from '../../gradebook/read-class.ts'
import { differences } from '../../gradebook/regrade.ts'
import { openStore, type Proposal, type Store, type Work } from '../../gradebook/store.ts'
import type { Intake, Layout } from '../../gradebook/submitted.ts'
import { changedDeadlines, rememberDeadlines } from '../../gradebook/taken-by.ts'
import { engineVersion, graderVersion, type Versions } from '../../gradebook/versions.ts'
import { EXIT } from '../../judge/report.ts'
import type { Values } from '../arguments.ts'
import {
  type ClassInUse,
  classOf,
  gradebookFile,
  namedAssignment,
  nothingSaid,
  type Remembered,
  remember,
  rememberedAssignment,
} from '../class-in-use.ts'
import { type Context, say, shown } from '../context.ts'
import { gradingProgress } from '../grading-progress.ts'
import { chooseIsolation, type IsolationChoice } from '../isolation-choice.ts'
import { jsonText } from '../json-text.ts'
import { withJudge } from '../judge-in-use.ts'
import {
  differencesScreen,
  type Fault,
  gradedScreen,
  nothingProposedScreen,
  nothingToRegradeScreen,
  whichGradebook,
} from '../screens/grade-screen.ts'

const LAYOUTS: readonly Layout[] = ['folders', 'files', 'canvas', 'gradescope', 'github-classroom']
const LOCK_EVERY_MS = 200

export async function grade(context: Context, word: string | undefined, values: Values): Promise<number> {
  if (values.regrade === true && word !== undefined && word !== 'apply' && word !== 'discard') {
    const [near] = nearest(word, ['apply', 'discard'])
    const which = whichGradebook(shown(context, gradebookFile(context, values)), '--gradebook ')
    throw new KataError(
      `--regrade judges what the gradebook holds, and needs no folder "${printable(word, 60)}".${near === undefined ? '' : ` Did you mean ${near}?`}`,
      `Propose the differences: npx kata grade --regrade${which}; then decide: npx kata grade --regrade apply${which} (or discard)`,
    )
  }
  const isolation = chooseIsolation(values)
  const file = gradebookFile(context, values)
  // What the instructor has to correct is told before a file is made.
  const { regrade: isRegrade = false, gradebook, assignment, kata } = values
  if (isRegrade || (word === undefined && (gradebook ?? assignment ?? kata) !== undefined))
    mustHoldSomething(
      file,
      isRegrade
        ? 'Name the one that holds the class: npx kata grade --regrade --gradebook FILE'
        : 'Name the one that holds the class, or the class itself: npx kata grade DIR',
    )
  const named = namedAssignment(context, values)
  const namedClass = named === undefined ? undefined : await classOf(context, named)
  if (named === undefined && !holdsSomething(file)) throw nothingSaid()
  const dir = values.regrade === true ? undefined : word
  const handedIn = dir === undefined ? undefined : sourceOf(context, values, dir, file)
  const early =
    named === undefined || namedClass === undefined || handedIn === undefined
      ? undefined
      : await taken(named, namedClass, handedIn)
  const store = openStore(file, 'write')
  let lock: GraderLock | undefined
  try {
    lock = await takeLock(context, file)
    const from = named ?? rememberedAssignment(store)
    const used = namedClass ?? (await classOf(context, from))
    const given: Given = { context, values, store, isolation, used }
    if (values.regrade === true) return await regrade(given, word)
    const remarks = handedIn === undefined ? [] : takeIn(given, handedIn, early ?? (await taken(from, used, handedIn)))
    remember(store, from)
    return await gradeNew(given, remarks)
  } finally {
    store.close()
    lock?.release()
  }
}

/** Where a class is taken from, and how; read and looked for before a gradebook is made. */
interface Source extends Pick<ClassOptions, 'from' | 'roster' | 'ref' | 'layout'> {
  readonly rosterFile: string | undefined
  readonly remarks: readonly string[]
}

function sourceOf(context: Context, { layout, roster, ref }: Values, dir: string, gradebook: string): Source {
  const { cwd } = context.io
  if (layout !== undefined && !LAYOUTS.some((one) => one === layout))
    throw new KataError(`--layout takes ${LAYOUTS.join(', ')}, not "${layout}".`, 'See: npx kata help grade')
  const from = resolve(cwd, dir)
  if (!existsSync(from))
    throw new KataError(`There is no ${printable(from)}.`, 'Name the folder of a class, or an archive of it.')
  const before = roster === undefined ? rosterBefore(gradebook, from) : undefined
  const rosterFile = roster === undefined ? before : resolve(cwd, roster)
  const isGone = before !== undefined && !existsSync(before)
  return {
    from,
    roster: rosterFile === undefined || isGone ? undefined : readRoster(rosterFile),
    rosterFile,
    ref,
    layout: layout as Layout | undefined,
    remarks:
      before === undefined
        ? []
        : isGone
          ? [
              `The roster of before, ${shown(context, before)}, is not there any more: nothing says what learners are called, nor who handed in nothing. Name another: --roster FILE`,
            ]
          : [`Roster as before: ${shown(context, before)}`],
  }
}

/** Whoever takes the same class in again without its roster must not lose names, and those who handed in nothing. */
function rosterBefore(gradebook: string, from: string): string | undefined {
  if (!existsSync(gradebook)) return undefined
  let store: Store
  try {
    store = openStore(gradebook, 'read')
  } catch (error) {
    // Another grader may just be making it. If it is none at all, whoever opens it to write says so.
    if (error instanceof KataError) return undefined
    throw error
  }
  try {
    return store.setting(rosterSetting(from))
  } finally {
    store.close()
  }
}

const rosterSetting = (from: string): string => `roster of ${from}`

async function taken(from: Remembered, { assignment, katas }: ClassInUse, source: Source): Promise<Intake> {
  const { deadlineMs, extensionsMs } = assignment
  const starter = 'file' in from ? await readStarter(from.file) : undefined
  return takeClass({ ...source, katas, deadlineMs, extensionsMs, starter })
}

interface Given {
  readonly context: Context
  readonly values: Values
  readonly store: Store
  readonly isolation: IsolationChoice
  readonly used: ClassInUse
}

async function gradeNew(given: Given, remarks: readonly string[]): Promise<number> {
  const { context, values, store, isolation, used } = given
  knowGraders(given)
  const slugs = used.katas.map(({ slug }) => slug)
  const work = store.pending(slugs, values['no-cache'] === true)
  const fromCache = store.attemptCount(slugs) - work.length
  const { judgeErrors, judged } = await judge(given, 'grade', work, fromCache)
  const grades = readGrades(store, used.assignment, used.graded)
  const outdated = store.outdated(versionsOf(context, used), isolation.isolation, false).length
  const gradebook = shown(context, store.file)
  const ids = grades.learners.map(({ learner }) => learner.id)
  const summary = {
    ...{ gradebook, judged, fromCache, judgeErrors, outdated, ...isolation },
    remarks: [
      ...remarks,
      ...nobodysExtensions(used.assignment, ids),
      ...changedDeadlines(
        store,
        used.assignment,
        (folder) => `npx kata grade ${shellPath(shown(context, folder))}${whichGradebook(gradebook, '--gradebook ')}`,
      ),
    ],
  }
  if (context.json) sayLine(context, { event: 'graded', ...summary })
  else say(context, gradedScreen(grades, summary, context.look))
  return judgeErrors > 0 ? EXIT.judgeError : EXIT.accepted
}

function takeIn({ context, store, used }: Given, source: Source, intake: Intake): readonly string[] {
  store.takeIn(source.from, intake, context.io.now())
  nowLookedFor(
    store,
    used.katas.map(({ slug }) => slug),
  )
  if (source.rosterFile !== undefined) store.set(rosterSetting(source.from), source.rosterFile)
  rememberDeadlines(store, source.from, used.assignment, intake, source.ref)
  const { learners, submitted, notTaken } = intake
  if (context.json) {
    const counts = { learners: learners.length, submitted: submitted.length, notTaken: notTaken.length }
    sayLine(context, { event: 'taken', layout: intake.layout, evidence: intake.evidence, ...counts })
  }
  return [`Read as ${intake.layout}: ${intake.evidence}`, ...source.remarks, ...intake.remarks]
}

async function regrade(given: Given, word: string | undefined): Promise<number> {
  const { context, values, store, isolation, used } = given
  const { now } = context.io
  knowGraders(given)
  const versions = versionsOf(context, used)
  let [judgeErrors, faults]: [number, readonly Fault[]] = [0, []]
  if (word === undefined) {
    const anew = values['no-cache'] === true
    const outdated = store.outdated(versions, isolation.isolation, anew)
    const resultOf = (one: Work, sinceRun = 0) =>
      store.resultFor(one, versions.get(one.kata) as Versions, isolation.isolation, sinceRun)
    // What a regrade that was interrupted has judged already is not judged again.
    const work = anew ? outdated : outdated.filter((one) => resultOf(one) === undefined)
    const done = await judge(given, 'regrade', work, outdated.length - work.length)
    ;({ judgeErrors, faults } = done)
    const replacements = outdated.flatMap((one) => {
      const result = resultOf(one, anew ? done.run : 0)
      return result === undefined ? [] : [{ ...one, result }]
    })
    store.propose(done.run, replacements, now())
  }
  const proposal = store.openProposal()
  if (proposal === undefined) {
    if (word !== undefined)
      throw new KataError(
        'There is no proposal to decide on.',
        `Make one: npx kata grade --regrade${whichGradebook(shown(context, store.file), '--gradebook ')}`,
      )
    if (context.json) sayLine(context, { event: 'proposed', rejudged: 0, judgeErrors, faults, differences: [] })
    else if (judgeErrors > 0) say(context, nothingProposedScreen(faults, shown(context, store.file), context.look))
    else say(context, nothingToRegradeScreen(context.look))
    return judgeErrors > 0 ? EXIT.judgeError : EXIT.accepted
  }
  if (word === 'apply') throwIfStale(proposal, versions, whichGradebook(shown(context, store.file), '--gradebook '))
  const found = differences(store, used.assignment, used.graded, proposal)
  const decision = word === 'apply' ? 'applied' : word === 'discard' ? 'discarded' : undefined
  if (decision !== undefined) store.decide(proposal.id, decision, now())
  const state = decision ?? 'proposed'
  const rejudged = proposal.changes.length
  const outdated = store.outdated(versions, isolation.isolation, false).length
  if (context.json) sayLine(context, { event: state, rejudged, judgeErrors, faults, outdated, differences: found })
  else
    say(
      context,
      differencesScreen(
        found,
        { state, rejudged, judgeErrors, faults, outdated, gradebook: shown(context, store.file) },
        context.look,
      ),
    )
  return judgeErrors > 0 ? EXIT.judgeError : EXIT.accepted
}

/** @throws {KataError} for a proposal of a grader that has changed since: nobody would know what the grades are of */
function throwIfStale({ changes }: Proposal, versions: ReadonlyMap<string, Versions>, which: string): void {
  const stale = changes.filter(({ kata, new: { versions: of } }) => {
    const now = versions.get(kata)
    return now !== undefined && (now.grader !== of.grader || now.engine !== of.engine)
  })
  if (stale.length === 0) return
  const katas = [...new Set(stale.map(({ kata }) => kata))].join(', ')
  throw new KataError(
    `The proposal was judged by another grader or engine than the present one (${katas}). Nothing was applied.`,
    `Propose anew: npx kata grade --regrade${which}`,
  )
}

/** So that what is judged now keeps its worth when a grader comes to ask for more, or less. */
function knowGraders({ context, store, used }: Given): void {
  const versions = versionsOf(context, used)
  for (const { kata, promises, budgets } of used.graded) {
    const names = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name)
    const { grader } = versions.get(kata) as Versions
    store.knowGrader(kata, grader, { promises: names(promises), budgets: names(budgets) })
  }
}

function versionsOf({ ws }: Context, { katas }: ClassInUse): Map<string, Versions> {
  const engine = engineVersion(ws.course)
  return new Map(katas.map((kata) => [kata.slug, { grader: graderVersion(ws, kata), engine }]))
}

/** One run, kept result by result. An interrupt ends it in good order: what is judged stays. */
async function judge(
  { context, store, used, isolation: { isolation, remark } }: Given,
  kind: 'grade' | 'regrade',
  work: readonly Work[],
  fromCache: number,
): Promise<{ run: number; judged: number; judgeErrors: number; faults: readonly Fault[] }> {
  const { ws, io } = context
  // A run that judges nothing is none; only a proposal, of what is known already, needs one to have come from.
  if (work.length === 0 && (kind === 'grade' || fromCache === 0))
    return { run: 0, judged: 0, judgeErrors: 0, faults: [] }
  const faults = new Map<string, Fault>()
  const versions = versionsOf(context, used)
  const secret = randomBytes(32)
  const run = store.startRun({
    kind,
    startedMs: io.now(),
    isolation,
    ...(remark === undefined ? {} : { remark }),
    secret: secret.toString('hex'),
    fromCache,
  })
  const progress = gradingProgress(context, work.length)
  let isStopped = false
  let stop = (_: NodeJS.Signals): void => {}
  const done =
    work.length === 0
      ? { judged: 0, judgeErrors: 0 }
      : await withJudge(
          context,
          (starting) => {
            stop = (signal) => {
              isStopped = true
              progress.stopped()
              const end = () => process.exit(128 + constants.signals[signal])
              void starting.then((started) => started.close()).then(end, end)
            }
            return gradeClass({
              ws,
              judge: starting,
              katas: new Map(used.katas.map((kata) => [kata.slug, kata])),
              work,
              bytesOf: store.bytesOf,
              secret,
              isStopped: () => isStopped,
              onJudged(one, report) {
                if (report.verdict === 'judge-error') {
                  store.keepJudgeError(run, one, report, io.now())
                  const reason = report.reason ?? 'no more is known'
                  const files = 1 + (faults.get(`${one.kata} ${reason}`)?.files ?? 0)
                  faults.set(`${one.kata} ${reason}`, { kata: one.kata, reason, files })
                } else store.keep(run, one, versions.get(one.kata) as Versions, report, io.now())
                progress.judged(one, report)
              },
            })
          },
          (signal) => stop(signal),
          { workers: 1, isolation },
        )
  // Interrupted: the end of the program is under way, and this run has no end.
  if (isStopped) await new Promise(() => {})
  store.endRun(run, io.now())
  progress.ended()
  return { run, ...done, faults: [...faults.values()] }
}

/** Waits for another grader on the same gradebook: two would judge everything twice. */
async function takeLock(context: Context, file: string): Promise<GraderLock> {
  let told = false
  for (;;) {
    const lock = tryLock(file)
    if (lock !== undefined) return lock
    if (!told && context.json) sayLine(context, { event: 'waiting', gradebook: shown(context, file) })
    else if (!told)
      context.io.stderr.write(`Another kata grade is at work on ${shown(context, file)}: waiting for it to end.\n`)
    told = true
    await wait(LOCK_EVERY_MS)
  }
}

/** One JSON document a line: what a program reads while it goes on. */
const sayLine = ({ io }: Context, value: unknown): void => void io.stdout.write(`${jsonText(value)}\n`)
