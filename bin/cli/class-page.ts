// The class as one page for the instructor: what needs a person first, then how it went, what holds and what breaks, and
// everybody in a table. One file that loads nothing; every figure of a picture is also there as text.

import type { GradedKata, Grades, KataGrade, LearnerGrade, Run, ScoredItem } from '../gradebook/grades.ts'
import { decimal } from '../gradebook/reports/decimal.ts'
import { NO_END, PROPOSAL_WORDS, STATE_WORDS } from '../gradebook/reports/state-words.ts'
import { CLASS_PAGE_SCRIPT } from './class-page-script.ts'
import { CLASS_STYLE } from './class-page-style.ts'
import { exactMoment, momentText } from './moments.ts'
import { pageFrame, pageText as text } from './page-frame.ts'
import { histogram } from './points-histogram.ts'
import { wordOf } from './screens/grade-screen.ts'
import { whoIs } from './screens/gradebook-screen.ts'
import { count } from './screens/look.ts'

export interface ClassPageOptions {
  /** where a learner's own page is, beside this one */
  readonly hrefOf?: (learner: LearnerGrade) => string
}

export function classPage(grades: Grades, options: ClassPageOptions = {}): string {
  const { assignment, learners, runs } = grades
  const complete = learners.filter(({ isComplete }) => isComplete).length
  const deadline = assignment.deadlineMs === undefined ? '' : ` · deadline ${exactMoment(assignment.deadlineMs)}`
  return pageFrame({
    title: `${assignment.name}: the class`,
    style: CLASS_STYLE,
    script: CLASS_PAGE_SCRIPT,
    main: `<header>
<h1>${text(assignment.name)}</h1>
<p>${count(learners.length, 'learner')} · ${complete} with every kata known · ${count(assignment.katas.length, 'kata')}${deadline}</p>
${isolationRemark(grades)}</header>
${section('person', 'For a person to look at', attention(grades))}
${section('points', 'Points', points(learners))}
${section('promises', 'What holds and what breaks', assignment.katas.map((kata) => kataPart(kata, learners)).join('\n'))}
${section('everybody', 'Everybody', everybody(grades, options))}
${section('runs', 'How it was judged', runTable(runs))}
`,
  })
}

const section = (id: string, title: string, html: string): string =>
  `<section aria-labelledby="${id}">\n<h2 id="${id}">${title}</h2>\n${html}\n</section>`

/** Said on every page of a class: what an instructor may rely on. A run whose results a regrade has replaced is history. */
export function isolationRemark({ learners, runs }: Pick<Grades, 'learners' | 'runs'>): string {
  const standing = learners.flatMap(({ katas }) => katas.flatMap(({ isolation }) => isolation ?? []))
  if (standing.length === 0) return '<p class="note">Nothing was judged yet.</p>\n'
  if (!standing.includes('portable')) return '<p>Judged in the strict sandbox.</p>\n'
  const portable = runs.filter(({ isolation }) => isolation === 'portable')
  const remarks = [...new Set(portable.flatMap(({ remark }) => (remark === undefined ? [] : [remark])))]
  return `<p class="note" role="note"><strong>Not all of it was judged in the strict sandbox.</strong> ${text(remarks.join(' '))}</p>\n`
}

export interface Column {
  readonly title: string
  /** numbers stand to the right */
  readonly isNumber?: true
}

/** Cells are HTML; the first of a row is its header. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const side = (i: number) => (columns[i]?.isNumber === true ? ' class="number"' : '')
  const body = rows.map(([first = '', ...cells]) => {
    const rest = cells.map((cell, i) => `<td${side(i + 1)}>${cell}</td>`).join('')
    return `<tr><th scope="row">${first}</th>${rest}</tr>`
  })
  const head = columns.map(({ title }, i) => `<th scope="col"${side(i)}>${text(title)}</th>`).join('')
  return `<div class="scroll" role="region" aria-label="${text(caption)}" tabindex="0"><table>
<caption>${text(caption)}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>`
}

const nameOf = ({ learner }: LearnerGrade): string => learner.name ?? learner.id

/** Learners that are named beside a flag which they share; each has it on a page of their own. */
const MAX_FLAGGED = 6

/** Everything that no policy can settle, each with its reason. */
function attention({ learners, notTaken }: Grades): string {
  const inState = (state: KataGrade['state']) =>
    learners.flatMap((learner) =>
      learner.katas.filter((one) => one.state === state).map((grade) => ({ learner, grade })),
    )
  const names = new Map(learners.map((one) => [one.learner.id, whoIs(one)]))
  const faults = inState('judge-error').map(({ learner, grade }) => [
    text(whoIs(learner)),
    text(grade.kata),
    text(grade.report?.reason?.split('\n')[0] ?? STATE_WORDS['judge-error']),
  ])
  const flagged = new Map<string, { readonly kata: string; readonly flag: string; readonly who: string[] }>()
  for (const learner of learners)
    for (const { kata, flags } of learner.katas)
      for (const flag of flags) {
        const key = JSON.stringify([kata, flag])
        const known = flagged.get(key) ?? { kata, flag, who: [] }
        flagged.set(key, known)
        known.who.push(whoIs(learner))
      }
  // What is true of half a class is one thing to know, and would hide all the others.
  const flags = [...flagged.values()].map(({ kata, flag, who }) => [
    text(
      who.length > MAX_FLAGGED
        ? `${who.slice(0, MAX_FLAGGED).join(', ')} and ${who.length - MAX_FLAGGED} more`
        : who.join(', '),
    ),
    text(kata),
    text(flag),
  ])
  const left = notTaken.map(({ learner, origin, why }) => [
    text(learner === undefined ? 'nobody we know' : (names.get(learner) ?? learner)),
    `<code>${text(origin)}</code>`,
    text(why),
  ])
  const waiting = inState('pending').map(({ learner, grade }) => [text(whoIs(learner)), text(grade.kata)])
  const columns = (second: string, third: string): Column[] => [
    { title: 'learner' },
    { title: second },
    { title: third },
  ]
  const parts = [
    ...(faults.length === 0
      ? []
      : [
          table(
            'Our own faults: not scored, and judged again by the same command',
            columns('kata', 'what went wrong'),
            faults,
          ),
        ]),
    ...(flags.length === 0 ? [] : [table('Flags: no verdicts, only worth a look', columns('kata', 'why'), flags)]),
    ...(left.length === 0 ? [] : [table('Was there, and was not taken', columns('where it came from', 'why'), left)]),
    ...missingPart(inState('missing')),
    ...(waiting.length === 0
      ? []
      : [table('Taken and not judged yet', [{ title: 'learner' }, { title: 'kata' }], waiting)]),
  ]
  return parts.length === 0 ? '<p>Nothing.</p>' : parts.join('\n')
}

/** One line a learner: a whole class without the last kata is a long table otherwise. */
function missingPart(missing: readonly { learner: LearnerGrade; grade: KataGrade }[]): string[] {
  if (missing.length === 0) return []
  const byLearner = Map.groupBy(missing, ({ learner }) => learner)
  const rows = [...byLearner].map(([learner, all]) => [
    text(whoIs(learner)),
    text(all.map(({ grade }) => grade.kata).join(', ')),
  ])
  return [table('Nothing was handed in', [{ title: 'learner' }, { title: 'katas' }], rows)]
}

function points(learners: readonly LearnerGrade[]): string {
  const known = learners.filter(({ isComplete }) => isComplete)
  if (known.length === 0) return '<p>Of nobody every kata is known yet.</p>'
  const left = learners.length - known.length
  const shares = known.map(({ points, of }) => (of === 0 ? 0 : points / of))
  return `${histogram(shares)}
${left === 0 ? '' : `<p>Without ${left === 1 ? 'one learner' : `${left} learners`} of whom not every kata is known.</p>`}`
}

function kataPart(kata: GradedKata, learners: readonly LearnerGrade[]): string {
  const all = learners.flatMap(({ katas }) => katas.filter((one) => one.kata === kata.kata))
  const graded = all.filter(({ state }) => state === 'graded')
  const items = [
    ...kata.promises.map((item) =>
      itemRow(
        item,
        'promise',
        graded.map(({ promises }) => promises),
      ),
    ),
    ...kata.budgets.map((item) =>
      itemRow(
        item,
        'budget',
        graded.map(({ budgets }) => budgets),
      ),
    ),
  ]
  const columns: Column[] = [
    { title: 'promise or budget' },
    { title: 'kept', isNumber: true },
    { title: 'broken', isNumber: true },
    { title: 'not reached', isNumber: true },
    { title: '' },
  ]
  return `<h3>${text(kata.title)}</h3>
<p>${verdictCounts(all)}</p>
${table(`${kata.title}: of ${graded.length} judged`, columns, items)}`
}

function verdictCounts(grades: readonly KataGrade[]): string {
  const counts = Map.groupBy(grades, wordOf)
  return [...counts]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([word, some]) => `<span class="word ${toneOf(some[0] as KataGrade)}">${text(word)}</span> ${some.length}`)
    .join(' · ')
}

function toneOf(grade: KataGrade): string {
  if (grade.state !== 'graded') return grade.state === 'missing' ? 'soft' : 'ours'
  return grade.report?.verdict === 'accepted' ? 'kept' : 'over'
}

const BAR = 120

function itemRow(
  { name }: { readonly name: string },
  kind: string,
  scored: readonly (readonly ScoredItem[])[],
): string[] {
  const states = scored.flatMap((items) => items.filter((item) => item.name === name).map(({ state }) => state))
  const of = (state: ScoredItem['state']) => states.filter((one) => one === state).length
  const [kept, broken, unknown] = [of('kept'), of('broken'), of('unknown')]
  const reached = kept + broken
  const remark =
    reached === 0 ? 'nobody came to it' : broken === 0 ? 'nobody breaks it' : kept === 0 ? 'everybody breaks it' : ''
  const width = (n: number) => ((BAR * n) / Math.max(1, states.length)).toFixed(1)
  const bar = `<svg class="bar" viewBox="0 0 ${BAR} 10" preserveAspectRatio="none" aria-hidden="true"><rect class="is-kept" width="${width(kept)}" height="10"/><rect class="is-broken" x="${width(kept)}" width="${width(broken)}" height="10"/></svg>`
  const mark = remark === '' ? '' : ` <strong class="remark">${remark}</strong>`
  return [
    `${text(name)}${kind === 'budget' ? ' <span class="soft">(budget)</span>' : ''}${mark}`,
    ...[kept, broken, unknown].map(String),
    bar,
  ]
}

function everybody({ assignment, learners }: Grades, { hrefOf }: ClassPageOptions): string {
  const words = [...new Set(learners.flatMap(({ katas }) => katas.map(wordOf)))].sort()
  const number = ' class="number"'
  // The most of one kata, and what all of them took of a bank: two figures, and the second one only where there is a bank.
  const spendsDays = learners.some(({ lateDaysUsed }) => lateDaysUsed > 0)
  const head = [
    ...['learner', 'id', 'section'].map((title) => `<th scope="col">${title}</th>`),
    `<th scope="col"${number}>points</th>`,
    ...assignment.katas.map(({ title }) => `<th scope="col">${text(title)}</th>`),
    ...['days late', ...(spendsDays ? ['late days used'] : []), 'flags'].map(
      (title) => `<th scope="col"${number}>${title}</th>`,
    ),
  ]
  const rows = learners.map((one) => {
    const { learner, points, of, isComplete, katas, lateDaysUsed } = one
    const name = text(nameOf(one))
    const cells = assignment.katas.map(({ kata }) => kataCell(katas.find((grade) => grade.kata === kata)))
    const late = Math.max(0, ...katas.map(({ late }) => late?.days ?? 0))
    const flags = katas.reduce((sum, { flags }) => sum + flags.length, 0)
    return `<tr data-states="${text(katas.map(wordOf).join(' '))}"><th scope="row">${hrefOf === undefined ? name : `<a href="${text(hrefOf(one))}">${name}</a>`}</th><td class="id">${text(learner.id)}</td><td>${text(learner.section ?? '')}</td><td${number} data-value="${decimal(points)}">${decimal(points)} of ${decimal(of)}${isComplete ? '' : ' <span class="word ours">not complete</span>'}</td>${cells.join('')}${[late, ...(spendsDays ? [lateDaysUsed] : []), flags].map((n) => `<td${number}>${n}</td>`).join('')}</tr>`
  })
  return `<div id="tools" role="search" hidden>
<label>Show those with <input type="search" placeholder="a name, an id, a section" autocomplete="off"></label>
<label>and a kata that is <select><option value="">anything</option>${words.map((word) => `<option value=" ${text(word)} ">${text(word)}</option>`).join('')}</select></label>
<output></output>
</div>
<div class="scroll" role="region" aria-label="Everybody" tabindex="0"><table id="learners">
<caption>Points after the late policy, and the verdict of each kata</caption>
<thead><tr>${head.join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`
}

function kataCell(grade: KataGrade | undefined): string {
  if (grade === undefined) return '<td data-value=""></td>'
  const { points, late } = grade
  const lateness = late === undefined ? '' : `<br><span class="soft">${late.days} d late</span>`
  const known = points === undefined ? '' : `${decimal(points)} `
  return `<td class="kata" data-value="${points === undefined ? '' : decimal(points)}">${known}<span class="word ${toneOf(grade)}">${text(wordOf(grade))}</span>${lateness}</td>`
}

function runTable(runs: readonly Run[]): string {
  const columns: Column[] = [
    { title: 'begun' },
    { title: 'what for' },
    { title: 'sandbox' },
    { title: 'judged', isNumber: true },
    { title: 'known from before', isNumber: true },
    { title: 'our own faults', isNumber: true },
  ]
  const rows = runs.map(({ kind, startedMs, endedMs, proposal, isolation, judged, fromCache, judgeErrors }) => [
    momentText(startedMs),
    [
      kind === 'regrade' ? 'a regrade' : 'grading',
      ...(proposal === undefined ? [] : [PROPOSAL_WORDS[proposal]]),
      ...(endedMs === undefined ? [NO_END] : []),
    ].join(', '),
    isolation,
    ...[judged, fromCache, judgeErrors].map(String),
  ])
  return rows.length === 0 ? '<p>Not at all yet.</p>' : table('Runs of the grader, the newest first', columns, rows)
}
