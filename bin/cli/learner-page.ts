// One page for one learner: what each kata came to, every failure with the calls that lead to it, what it cost, and what
// to do next. The failure that the verdict is about stands as the terminal shows it; of a simulated run there is a picture.
// Hidden inputs are left out where an instructor wants it so. Flags are for the instructor: they are on no learner's page.
// Nor is any command of ours: a learner of a class has none, and whoever owned its name on npm would run there.

import { createHash } from 'node:crypto'
import type { Verdict } from '../course/verdict.ts'
import type { Grades, KataGrade, LearnerGrade, ScoredItem } from '../gradebook/grades.ts'
import { decimal } from '../gradebook/reports/decimal.ts'
import { redacted } from '../gradebook/reports/redacted.ts'
import { STATE_WORDS } from '../gradebook/reports/state-words.ts'
import { toldPromise, toldReport } from '../gradebook/reports/told.ts'
import { leadingPromise, type PromiseReport, type Report } from '../judge/report.ts'
import { table } from './class-page.ts'
import { WORDS_STYLE } from './class-page-style.ts'
import { exactMoment } from './moments.ts'
import { pageFrame, pageText as text } from './page-frame.ts'
import { SPENT_STYLE, spentSection } from './perf-page.ts'
import { verdictWithoutCommands } from './screens/verdict-screen.ts'
import { layOut } from './space-time-layout.ts'
import { PICTURE_STYLE, pictureHtml } from './space-time-picture.ts'
import { arrowTips } from './space-time-svg.ts'
import { leftOutText } from './space-time-words.ts'

export interface LearnerPageOptions {
  /** leave the hidden inputs out, and so every picture of a run */
  readonly redact?: boolean
}

/** Whatever is no letter of any script, and those that nobody sees. */
const NOT_FOR_A_NAME = /[^[\p{L}\p{M}\p{N}]--\p{Default_Ignorable_Code_Point}]+/gv
const MAX_READABLE = 40

/** The name of a learner's page beside that of the class: whatever the id is, it stays in the folder, and is its own. */
export function learnerPageName(id: string): string {
  // Code points, so that none is cut in two; of 4 bytes each they are well within what file systems take.
  const readable = [...id.normalize('NFC').replace(NOT_FOR_A_NAME, '-')].slice(0, MAX_READABLE).join('')
  return `${readable.replace(/^-+|-+$/g, '') || 'learner'}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}.html`
}

const STYLE = `${SPENT_STYLE}${WORDS_STYLE}${PICTURE_STYLE}
main { max-width: 48rem; }
main p, main li { max-width: 70ch; }
.scroll, pre { width: auto; min-width: 0; max-width: 100%; }
h4 { color: inherit; }
td, tbody th { min-width: 0; }
.story { white-space: pre; }
`

export function learnerPage(
  { assignment, notTaken }: Grades,
  { learner, points, of, isComplete, lateDaysUsed, deadlineMs = assignment.deadlineMs, katas }: LearnerGrade,
  options: LearnerPageOptions = {},
): string {
  const titles = new Map(assignment.katas.map(({ kata, title }) => [kata, title]))
  const titleOf = (grade: KataGrade) => titles.get(grade.kata) ?? grade.kata
  const mine = notTaken.filter((one) => one.learner === learner.id)
  const overview = katas.map((grade) => [
    `<a href="#${text(grade.kata)}">${text(titleOf(grade))}</a>`,
    grade.points === undefined ? '–' : `${decimal(grade.points)} of ${decimal(grade.of)}`,
    word(grade),
    grade.late === undefined ? '' : lateness(grade),
  ])
  return pageFrame({
    title: `${learner.name ?? learner.id}: ${assignment.name}`,
    style: STYLE,
    main: `<header>
<h1>${text(learner.name ?? learner.id)}</h1>
<p>${text(assignment.name)}${deadlineMs === undefined ? '' : ` · deadline ${exactMoment(deadlineMs)}${deadlineMs === assignment.deadlineMs ? '' : ', your own'}`}</p>
<p><strong>${decimal(points)} of ${decimal(of)} points</strong>${isComplete ? '' : ', not complete yet: what is not known is not counted'}${lateDaysUsed === 0 ? '' : ` · late days used: ${lateDaysUsed}`}</p>
</header>
${table('What each kata came to', [{ title: 'kata' }, { title: 'points', isNumber: true }, { title: 'verdict' }, { title: 'late' }], overview)}
${
  mine.length === 0
    ? ''
    : `${table(
        'Was there, and was not taken',
        [{ title: 'where it came from' }, { title: 'why' }],
        mine.map(({ origin, why }) => [`<code>${text(origin)}</code>`, text(why)]),
      )}\n`
}${arrowTips()}
${katas.map((grade) => kataSection(grade, titleOf(grade), options)).join('\n')}
`,
  })
}

const word = ({ state, report }: KataGrade): string => {
  const said = state === 'graded' ? (report?.verdict ?? state) : state
  const tone = said === 'accepted' ? 'kept' : state === 'graded' ? 'over' : state === 'missing' ? 'soft' : 'ours'
  return `<span class="word ${tone}">${text(said)}</span>`
}

function lateness({ late }: KataGrade): string {
  if (late === undefined) return ''
  const { days, lateDaysUsed, off } = late
  const price = off > 0 ? `${decimal(off)} points off` : 'nothing off'
  return `${days} ${days === 1 ? 'day' : 'days'} late${lateDaysUsed === 0 ? '' : `, ${lateDaysUsed} from the bank`}: ${price}`
}

function kataSection(grade: KataGrade, title: string, options: LearnerPageOptions): string {
  const { kata, state, attempt } = grade
  const report = grade.report === undefined || options.redact !== true ? grade.report : redacted(grade.report)
  const came =
    attempt === undefined
      ? ''
      : ` · <code>${text(attempt.origin)}</code>${attempt.of > 1 ? `, attempt ${attempt.number} of ${attempt.of}` : ''}${attempt.atMs === undefined ? '' : `, ${exactMoment(attempt.atMs)}`}`
  const head = `<section aria-labelledby="${text(kata)}">
<h2 id="${text(kata)}">${text(title)}</h2>
<p>${word(grade)}${grade.points === undefined ? '' : ` · ${decimal(grade.points)} of ${decimal(grade.of)} points`}${came}</p>
${grade.late === undefined ? '' : `<p>${lateness(grade)}.</p>\n`}`
  if (state !== 'graded' || report === undefined)
    return `${head}<p>${state === 'graded' ? 'Its report is not kept.' : STATE_WORDS[state]}</p>\n</section>`
  return `${head}${failures(report, options)}${scoreTable(grade, title)}
${costs(report)}${nextSteps(report)}</section>`
}

const LOOK = { width: 80, colour: false }

/** Fewer rows than a page of one run has: a learner may break many promises. */
const MAX_ROWS = 60
/** Of one picture with its words, which a submission can make as long as a trace allows. */
const MAX_PICTURE = 150_000

/** How a promise was broken in a simulated run: the end of it, as much as a page can carry. */
function picture({ name, trace }: PromiseReport): string {
  if (trace === undefined) return ''
  for (let rows = MAX_ROWS; rows > 0; ) {
    const diagram = layOut(trace, rows)
    const leftOut = leftOutText(diagram)
    const html = `${pictureHtml(diagram, `The run that broke: ${name}`)}${leftOut === undefined ? '' : `<p class="facts">${leftOut}</p>\n`}`
    if (html.length <= MAX_PICTURE) return html
    rows = Math.min(rows - 1, Math.floor((rows * MAX_PICTURE) / html.length))
  }
  return '<p class="facts">The run is too long to be drawn here.</p>\n'
}

/** The screen of `kata check` without its commands, then every other promise that is broken, with its own story. */
function failures(report: Report, { redact = false }: LearnerPageOptions): string {
  if (report.verdict === 'accepted') return ''
  const leading = redact ? undefined : leadingPromise(report)
  const others = report.promises.filter((one) => !one.kept && one.untried !== true && one !== leading)
  const untried = report.promises.filter((one) => one.untried === true)
  return [
    redact ? withoutInputs(report, others) : '<h3>What the judge says</h3>\n',
    redact ? '' : story(verdictWithoutCommands(report, LOOK)),
    leading === undefined ? '' : picture(leading),
    redact || others.length === 0 ? '' : `<h3>${leading === undefined ? 'Broken' : 'Also broken'}</h3>\n`,
    ...(redact ? [] : others).map(
      (promise) =>
        `<h4>✗ ${text(promise.name)}</h4>\n${story(toldPromise(report, promise).join('\n'))}${picture(promise)}`,
    ),
    untried.length === 0
      ? ''
      : `<p>Not tried, because judging ended before: ${untried.map(({ name }) => text(name)).join('; ')}.</p>\n`,
  ].join('')
}

/** What is broken and where, and why a source was refused. */
function withoutInputs(report: Report, broken: readonly PromiseReport[]): string {
  const why = toldReport(report).join('\n')
  const items = broken.map(({ name, line }) => `<li>✗ ${text(name)}${line === undefined ? '' : ` (line ${line})`}</li>`)
  return [
    why === '' ? '' : story(why),
    items.length === 0 ? '' : `<h3>Broken</h3>\n<ul>\n${items.join('\n')}\n</ul>\n`,
    items.length === 0 ? '' : '<p>The inputs that show it are not told on this page.</p>\n',
  ].join('')
}

const story = (lines: string): string => `<pre class="story" tabindex="0"><code>${text(lines)}</code></pre>\n`

const STATES: Record<ScoredItem['state'], string> = {
  kept: '<span class="word kept">✓ kept</span>',
  broken: '<span class="word over">✗ broken</span>',
  unknown: '<span class="word soft">not judged</span>',
}

function scoreTable({ promises, budgets }: KataGrade, title: string): string {
  const rows = [...promises, ...budgets].map(({ name, state, points, of }) => [
    text(name),
    STATES[state],
    `${decimal(points)} of ${decimal(of)}`,
  ])
  const columns = [{ title: 'promise or budget' }, { title: '' }, { title: 'points', isNumber: true } as const]
  return rows.length === 0 ? '' : `<h3>Points</h3>\n${table(`${title}: points before lateness`, columns, rows)}`
}

function costs(report: Report): string {
  if (report.spent.length === 0) return ''
  return `<h3>What it costs</h3>\n${report.spent.map((one) => spentSection(one, 'h4')).join('\n')}\n`
}

const LESSON = 'Read the lesson again, in <code>lessons/</code>'
const EXAMPLES = 'Run the examples on your machine: <code>npm test</code>.'
const AGAIN = [`${LESSON}: the promise that fails, and why it is asked for.`, EXAMPLES]

/** As HTML. By what a learner of a class has: the lesson, the file and its examples. */
const STEPS: Record<Verdict, readonly string[]> = {
  accepted: [],
  todo: [`${LESSON}: the idea, and what must hold.`, EXAMPLES],
  'wrong-answer': AGAIN,
  crashed: AGAIN,
  'timed-out': AGAIN,
  'over-budget': [`${LESSON}: what it may cost.`, 'Look at the lines above that spend most.'],
  'rejected-source': ['Does it compile? <code>npm run types</code>', EXAMPLES],
  tampered: [`${LESSON}: what is asked for.`],
  'judge-error': [],
}

function nextSteps({ verdict }: Report): string {
  const steps = STEPS[verdict]
  if (steps.length === 0) return ''
  return `<h3>What to do next</h3>\n<ul>\n${steps.map((step) => `<li>${step}</li>`).join('\n')}\n</ul>\n`
}
