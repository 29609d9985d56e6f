// The class as JUnit XML, for whatever shows test results: a suite for each kata of each learner, a case for each promise
// and each budget. Valid against both schemas in use, Jenkins's junit-10.xsd and Ant's JUnit.xsd, so each suite has all
// that either wants. Written here in full: a builder would bring three packages for these few elements.

import type { Grades, KataGrade, LearnerGrade, ScoredItem } from '../grades.ts'
import { redacted } from './redacted.ts'
import { STATE_WORDS } from './state-words.ts'
import { toldPromise, toldReport, toldSpent } from './told.ts'

export function junitXml(grades: Grades, { redact = false }: { readonly redact?: boolean } = {}): string {
  const judgedMs = grades.runs[0]?.startedMs ?? 0
  const suites = grades.learners.flatMap((learner) =>
    learner.katas.map((grade) => suiteOf(learner, shown(grade, redact), judgedMs)),
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    ...suites.map((suite, id) => suiteXml(suite, id)),
    '</testsuites>',
    '',
  ].join('\n')
}

const shown = (grade: KataGrade, redact: boolean): KataGrade =>
  redact && grade.report !== undefined ? { ...grade, report: redacted(grade.report) } : grade

interface Suite {
  readonly name: string
  readonly kata: string
  readonly timestamp: string
  readonly seconds: string
  readonly properties: readonly (readonly [name: string, value: string])[]
  readonly cases: readonly Case[]
  readonly out: string
}

interface Case {
  readonly name: string
  readonly end: 'passed' | 'failure' | 'error' | 'skipped'
  readonly type: string
  readonly message: string
  readonly text: string
}

function suiteOf({ learner }: LearnerGrade, grade: KataGrade, judgedMs: number): Suite {
  const { kata, report, state, attempt } = grade
  return {
    name: `${learner.id} ${kata}`,
    kata,
    // Local time without a zone, as the schema wants it; ours is UTC.
    timestamp: new Date(judgedMs).toISOString().slice(0, 19),
    seconds: ((report?.ms ?? 0) / 1000).toFixed(3),
    properties: [
      ['learner', learner.id],
      ['state', state],
      ...(report === undefined
        ? []
        : ([
            ['verdict', report.verdict],
            ['revision', report.revision],
          ] as const)),
      ...(attempt === undefined
        ? []
        : ([
            ['content', attempt.content],
            ['origin', attempt.origin],
          ] as const)),
    ],
    cases: casesOf(grade),
    out: report === undefined ? '' : toldReport(report).join('\n'),
  }
}

function casesOf(grade: KataGrade): Case[] {
  const { state, report, promises, budgets } = grade
  if (state !== 'graded') {
    // A fault of ours, or of what we could take, is an error of the run; what was not handed in is the learner's.
    const end = state === 'missing' ? 'failure' : state === 'pending' ? 'skipped' : 'error'
    return [{ name: 'Handed in and judged', end, type: state, message: STATE_WORDS[state], text: '' }]
  }
  const verdict = report?.verdict ?? state
  const items = [...promises, ...budgets].map((item) => caseOf(item, grade))
  // A source that was refused has no promise to hang its reason on.
  const whole: Case[] =
    verdict === 'accepted' || items.some(({ end }) => end === 'failure')
      ? []
      : [
          {
            name: 'Verdict',
            end: 'failure',
            type: verdict,
            message: verdict,
            text: report ? toldReport(report).join('\n') : '',
          },
        ]
  return [...whole, ...items]
}

function caseOf({ name, state }: ScoredItem, { report }: KataGrade): Case {
  if (state === 'kept') return { name, end: 'passed', type: '', message: '', text: '' }
  if (state === 'unknown') return { name, end: 'skipped', type: '', message: '', text: '' }
  const promise = report?.promises.find((one) => one.name === name && !one.kept)
  const spent = report?.spent.find((one) => one.budget === name && !one.kept)
  const lines =
    report !== undefined && promise !== undefined ? toldPromise(report, promise) : spent ? toldSpent(spent) : []
  return {
    name,
    end: 'failure',
    type: promise?.verdict ?? (spent === undefined ? (report?.verdict ?? 'broken') : 'over-budget'),
    message: messageOf(promise?.expected ?? spent?.limit, promise?.got ?? spent?.got) ?? name,
    text: lines.join('\n'),
  }
}

/** One line that says what is wrong where nothing else is shown: what came alone may be no more than `false`. */
function messageOf(expected: string | undefined, got: string | undefined): string | undefined {
  if (got === undefined) return undefined
  return expected === undefined ? got : `expected ${expected}, got ${got}`
}

function suiteXml({ name, kata, timestamp, seconds, properties, cases, out }: Suite, id: number): string {
  const ended = (end: Case['end']) => cases.filter((one) => one.end === end).length
  const head = attributes({
    name,
    package: kata,
    id,
    timestamp,
    hostname: 'localhost',
    tests: cases.length,
    failures: ended('failure'),
    errors: ended('error'),
    skipped: ended('skipped'),
    time: seconds,
  })
  return [
    `  <testsuite${head}>`,
    '    <properties>',
    ...properties.map(([key, value]) => `      <property${attributes({ name: key, value })}/>`),
    '    </properties>',
    ...cases.map((one) => caseXml(one, kata)),
    `    <system-out>${escaped(out)}</system-out>`,
    '    <system-err></system-err>',
    '  </testsuite>',
  ].join('\n')
}

function caseXml({ name, end, type, message, text }: Case, kata: string): string {
  const head = `    <testcase${attributes({ name, classname: kata, time: '0' })}`
  if (end === 'passed') return `${head}/>`
  if (end === 'skipped') return `${head}><skipped/></testcase>`
  return `${head}><${end}${attributes({ type, message })}>${escaped(text)}</${end}></testcase>`
}

const attributes = (of: Readonly<Record<string, string | number>>): string =>
  Object.entries(of)
    .map(([key, value]) => ` ${key}="${escaped(String(value)).replace(/[\t\n\r]/g, ' ')}"`)
    .join('')

// Everything that XML 1.0 has no way to say, lone surrogates and commands to a terminal.
const UNSAYABLE = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\ufffe\uffff]/gu
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(UNSAYABLE, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] as string)
