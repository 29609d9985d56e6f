// From evidence to a verdict. Pure: the same evidence gives the same report, to the letter.

import type { PromiseResult } from '../../graders/kit/subjects.ts'
import type { Verdict } from '../course/verdict.ts'
import type { Death } from '../sandbox/session.ts'
import type { SourceProblem } from '../sandbox/source-problem.ts'
import type { Measured } from './budgets/measure.ts'
import type { Spent } from './budgets/spent.ts'
import type { Evidence } from './jobs.ts'
import type { PromiseReport, Report } from './report.ts'
import { readTrace } from './trace/read-trace.ts'

/** Only what keeps its promises is measured: what is wrong may be as cheap as it likes. */
export const isBehaved = (evidence: Evidence): boolean =>
  evidence.load === undefined &&
  evidence.late.length === 0 &&
  evidence.deaths.length === 0 &&
  evidence.promises.length > 0 &&
  evidence.promises.every(({ result }) => result.kept)

export interface Case {
  readonly kata: string
  readonly file: string
  readonly revision: string
  readonly seed: number
  readonly ms: number
  /** the lesson's promises, in its order: the manifest of what must have been judged */
  readonly promises: readonly string[]
  /** command that replays one run */
  readonly replay: string
  readonly problems: readonly SourceProblem[]
  readonly evidence: Evidence | undefined
  /** what it cost; empty where it was not measured */
  readonly measured: readonly Measured[]
  /** what went wrong on our side */
  readonly fault: string | undefined
}

/** Which verdict wins where several apply: the one that says most about why the others came. */
const PRECEDENCE: readonly Verdict[] = [
  'judge-error',
  'tampered',
  'timed-out',
  'crashed',
  'todo',
  'wrong-answer',
  'over-budget',
]

export function conclude(given: Case): Report {
  const { kata, file, revision, seed, ms, evidence, problems } = given
  const report = (verdict: Verdict, promises: readonly PromiseReport[], more: Partial<Report> = {}): Report => ({
    kata,
    verdict,
    promises,
    spent: [],
    seed,
    replay: given.replay,
    ms,
    file,
    revision,
    ...more,
  })
  if (problems.length > 0) return report('rejected-source', [], { problems })
  if (given.fault !== undefined || evidence === undefined)
    return report('judge-error', [], { reason: given.fault ?? 'There is no evidence.' })

  const judged = new Map(evidence.promises.map((promise) => [promise.name, promise]))
  const missing = given.promises.filter((name) => !judged.has(name))
  const extra = [...judged.keys()].filter((name) => !given.promises.includes(name))
  if (missing.length > 0 || extra.length > 0)
    return report('judge-error', [], {
      reason: `The suite and the lesson disagree on the promises: ${[...missing, ...extra].join('; ')}.`,
    })

  /** by verdict, the first that is known of why */
  const reasons = new Map<Verdict, string | undefined>()
  const say = (verdict: Verdict, why?: string) => reasons.set(verdict, reasons.get(verdict) ?? why)
  for (const death of evidence.deaths) say(death.cause, withLine(death))
  for (const late of evidence.late)
    say('crashed', `${thrown(late)}, after the call had returned and with nobody to catch it`)
  if (evidence.load !== undefined && !isTodo(evidence.load.message))
    say('crashed', `${thrown(evidence.load)}, while the file was being loaded`)
  const untried = untriedPromises(evidence)
  const isWrong = evidence.promises.some(
    ({ result }) => !result.kept && result.kind !== 'for-nothing' && result.kind !== 'fault',
  )
  const promises = given.promises.map((name): PromiseReport => {
    const { result } = judged.get(name) as Evidence['promises'][number]
    if (result.kept) return { name, kept: true }
    // Who does nothing leaves nothing to judge by.
    if (result.kind === 'for-nothing' && isWrong) return { name, kept: false, untried: true, replay: given.replay }
    const verdict = verdictOf(result)
    say(verdict, 'message' in result && verdict === 'judge-error' ? result.message : undefined)
    if (untried.has(name)) return { name, kept: false, untried: true, replay: given.replay }
    const how = verdict === 'crashed' && evidence.load !== undefined ? notLoaded(evidence.load) : told(result)
    return { name, verdict, ...how, replay: given.replay }
  })

  const spent: Spent[] = []
  for (const one of given.measured) {
    if ('death' in one) say(one.death.cause, withLine(one.death))
    else if ('differs' in one) say('wrong-answer', one.differs)
    else {
      spent.push(one.spent)
      if (!one.spent.kept) say('over-budget')
    }
  }

  const verdict = PRECEDENCE.find((one) => reasons.has(one)) ?? 'accepted'
  const reason = reasons.get(verdict)
  return report(verdict, promises, {
    ...(reason === undefined ? {} : { reason }),
    ...(evidence.printed.length === 0 ? {} : { printed: evidence.printed }),
    spent,
  })
}

const isTodo = (message: string): boolean => message.startsWith('TODO')

function verdictOf(result: Exclude<PromiseResult, { kept: true }>): Verdict {
  switch (result.kind) {
    case 'broken':
      return 'wrong-answer'
    case 'threw':
      return isTodo(result.message) ? 'todo' : 'crashed'
    case 'stuck':
      return 'timed-out'
    case 'lost':
      return (result.cause as Death).cause
    case 'for-nothing':
    case 'fault':
      return 'judge-error'
  }
}

/** A subject that died beyond recovery is not asked again: the promises after the one it died of share its death. */
function untriedPromises({ promises }: Evidence): Set<string> {
  const deaths = new Set<unknown>()
  const untried = new Set<string>()
  for (const { name, result } of promises) {
    if (result.kept || result.kind !== 'lost') continue
    if (deaths.has(result.cause)) untried.add(name)
    deaths.add(result.cause)
  }
  return untried
}

/** No call was ever made, so there is none to tell of. */
function notLoaded(load: NonNullable<Evidence['load']>): Omit<PromiseReport, 'name' | 'replay'> {
  return {
    kept: false,
    expected: 'a file that loads',
    got: thrown({ name: load.name, message: load.message }),
    ...(load.line === undefined ? {} : { line: load.line }),
  }
}

function thrown({ name, message, line }: { name: string; message: string; line?: number }): string {
  return `${name}: ${message}${line === undefined ? '' : ` (line ${line})`}`
}

function withLine(death: Death): string {
  return 'line' in death && death.line !== undefined ? `${death.why} Line ${death.line} was running.` : death.why
}

function told(result: Exclude<PromiseResult, { kept: true }>): Omit<PromiseReport, 'name' | 'replay'> {
  switch (result.kind) {
    case 'broken': {
      const { story, expected, got } = result
      const trace = result.trace === undefined ? undefined : readTrace(result.trace)
      return { kept: false, counterexample: story, expected, got, ...(trace === undefined ? {} : { trace }) }
    }
    case 'threw':
      return {
        kept: false,
        counterexample: result.story,
        expected: 'an answer',
        got: thrown({ name: result.name, message: result.message }),
        ...(result.line === undefined ? {} : { line: result.line }),
      }
    case 'stuck':
      return {
        kept: false,
        counterexample: result.story,
        expected: 'a promise that settles',
        got: 'a promise that stays pending though nothing is left to wait for',
      }
    case 'lost': {
      const death = result.cause as Death
      return {
        kept: false,
        counterexample: result.story,
        expected: 'an answer',
        got: death.why,
        ...('line' in death && death.line !== undefined ? { line: death.line } : {}),
      }
    }
    case 'for-nothing':
    case 'fault':
      return { kept: false, got: 'the suite itself failed' }
  }
}
