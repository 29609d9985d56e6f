// Everything that an instructor gets of a class, made of a class that the real judge has judged; and the same pages with
// hostile text wherever a learner has a say.

import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tempFolder } from '../course/course-fixture.ts'
import { discoverKatas } from '../course/discover.ts'
import type { Kata, Workspace } from '../course/kata.ts'
import { readLesson } from '../course/lesson.ts'
import type { KataGrade, LearnerGrade } from '../gradebook/grades.ts'
import { canvasCsv } from '../gradebook/reports/canvas-csv.ts'
import { gradebookCsv } from '../gradebook/reports/gradebook-csv.ts'
import { aClass, aGrade, aLearner, aReport, hostileClass } from '../gradebook/reports/grades-fixture.ts'
import { gradescopeResults } from '../gradebook/reports/gradescope-results.ts'
import { COMMAND_LEFT, HOSTILE } from '../gradebook/reports/hostile-text-fixture.ts'
import { junitXml } from '../gradebook/reports/junit-xml.ts'
import { schemaFaults } from '../gradebook/reports/xml-fixture.ts'
import { openStore } from '../gradebook/store.ts'
import { COURSE } from '../house/sources.ts'
import type { Report, Trace } from '../judge/report.ts'
import { classPage } from './class-page.ts'
import { skeletonOf, tagsOf, wordsOf } from './html-fixture.ts'
import { type JudgedClass, judgedClass } from './judged-class-fixture.ts'
import { learnerPage, learnerPageName } from './learner-page.ts'
import { run as runCommand } from './main.ts'
import { pageText } from './page-frame.ts'
import { verdictScreen, verdictWithoutCommands } from './screens/verdict-screen.ts'
import { longGossip, twoLeaders } from './space-time-runs-fixture.ts'

const WS: Workspace = { course: COURSE, root: COURSE }
const NOTHING = { layout: 'files', evidence: '', notTaken: [], missing: [], remarks: [] } as const
/** What a learner of a class has no way to type. */
const OUR_COMMAND = /\bkata (?:check|trace|hint|perf|diff|watch|lesson|next|solution|redo|doctor)\b|--json|--seed/
const LOOK = { width: 80, colour: false }
const hrefOf = ({ learner }: LearnerGrade) => learnerPageName(learner.id)

/** One file that loads nothing, whose tables have captions and headers, and whose headings skip no level. */
function standsAlone(html: string): void {
  const tags = tagsOf(html)
  const policy = tags.find(({ attributes }) => attributes['http-equiv'] === 'Content-Security-Policy')
  expect(policy?.attributes['content']).toMatch(/^default-src 'none';/)
  const script = /<script>([\s\S]*?)<\/script>/.exec(html)?.[1]
  if (script !== undefined)
    expect(policy?.attributes['content']).toContain(
      `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
    )
  for (const { name, attributes } of tags) {
    expect(['img', 'link', 'iframe', 'object', 'embed', 'base', 'form', 'audio', 'video', 'use']).not.toContain(name)
    expect(Object.keys(attributes).filter((key) => /^(on|src|style|action|xlink)/.test(key))).toEqual([])
    if ('href' in attributes) expect(attributes['href']).toMatch(/^(#[\w-]+|[\p{L}\p{M}\p{N}-]+\.html)$/u)
  }
  const of = (name: string) => tags.filter((tag) => tag.name === name)
  expect([of('main').length, of('h1').length]).toEqual([1, 1])
  expect(of('caption').length).toBe(of('table').length)
  expect(of('th').every(({ attributes }) => 'scope' in attributes)).toBe(true)
  const ids = tags.flatMap(({ attributes }) => attributes['id'] ?? [])
  expect(new Set(ids).size).toBe(ids.length)
  for (const { attributes } of tags)
    if ('aria-labelledby' in attributes) expect(ids).toContain(attributes['aria-labelledby'])
  const levels = tags.flatMap(({ name }) => (/^h[1-6]$/.test(name) ? [Number(name[1])] : []))
  for (const [i, level] of levels.entries()) expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1)
}

describe('a judged class', () => {
  let judged: JudgedClass
  beforeAll(async () => {
    judged = await judgedClass()
  }, 600_000)
  const eachKata = (): [LearnerGrade, KataGrade][] =>
    judged.grades.learners.flatMap((learner) =>
      learner.katas.map((grade): [LearnerGrade, KataGrade] => [learner, grade]),
    )

  test('has the verdicts that the pages are about', () => {
    const verdicts = new Set(eachKata().map(([, { state, report }]) => report?.verdict ?? state))
    for (const one of ['accepted', 'wrong-answer', 'over-budget', 'crashed', 'rejected-source', 'todo', 'judge-error'])
      expect(verdicts).toContain(one)
  })

  test('its page counts what its grades hold, and stands alone', () => {
    const html = classPage(judged.grades, { hrefOf })
    standsAlone(html)
    for (const kata of judged.grades.assignment.katas)
      for (const item of [...kata.promises, ...kata.budgets]) {
        const states = eachKata()
          .filter(([, grade]) => grade.kata === kata.kata && grade.state === 'graded')
          .flatMap(([, { promises, budgets }]) => [...promises, ...budgets].filter(({ name }) => name === item.name))
          .map(({ state }) => state)
        const of = (state: string) => states.filter((one) => one === state).length
        const at = html.indexOf(`<tr><th scope="row">${item.name}`, html.indexOf(`${kata.title}: of `))
        const row = html.slice(at, html.indexOf('</tr>', at))
        expect(
          [...row.matchAll(/<td class="number">(\d+)/g)].map(([, n]) => Number(n)),
          item.name,
        ).toEqual([of('kept'), of('broken'), of('unknown')])
        expect(row.includes('nobody breaks it'), item.name).toBe(of('broken') === 0 && of('kept') > 0)
      }
  })

  test('its page tells what needs a person apart from what was scored', () => {
    const html = classPage(judged.grades, { hrefOf })
    const person = wordsOf(html.slice(html.indexOf('id="person"'), html.indexOf('id="points"')))
    expect(person).toContain('The suite gave no evidence. Error: The process of the subject could not be started')
    expect(person).toContain('Handed in 40 seconds after it was taken')
    expect(person).toContain('symbolic link to /etc/passwd')
    expect(person).toContain('nobody we know')
    expect(person).toContain('Edsger Dijkstra')
    expect(wordsOf(html)).toContain('Not all of it was judged in the strict sandbox. bubblewrap is not installed')
    // After a regrade in the strict sandbox the portable run is history: what counts is where the standing results come from.
    const strict = {
      ...judged.grades,
      learners: judged.grades.learners.map((one) => ({
        ...one,
        katas: one.katas.map((grade) =>
          grade.isolation === undefined ? grade : { ...grade, isolation: 'strict' as const },
        ),
      })),
    }
    expect(wordsOf(classPage(strict))).toContain('Judged in the strict sandbox.')
    const rows = html.slice(html.indexOf('id="learners"')).match(/<tr data-states/g)
    expect(rows).toHaveLength(30)
  })

  test('a learner reads what the terminal says, to the letter, and never a flag nor a command of ours', () => {
    for (const learner of judged.grades.learners) {
      const html = learnerPage(judged.grades, learner)
      standsAlone(html)
      const words = wordsOf(html)
      expect(words).not.toContain('Handed in 40 seconds')
      expect(words).not.toMatch(OUR_COMMAND)
      expect(JSON.stringify(gradescopeResults(judged.grades, learner))).not.toMatch(OUR_COMMAND)
      for (const { report, state } of learner.katas) {
        if (state !== 'graded' || report === undefined) continue
        if (report.verdict !== 'accepted') {
          const said = verdictWithoutCommands(report, LOOK)
          expect(words).toContain(said)
          // The same but for what to type, which decides how much room there is for the rest.
          const first = verdictScreen(report, LOOK).split('\n').slice(0, 5)
          expect(said.split('\n').slice(0, 5)).toEqual(first)
        }
        for (const { kept, got, untried } of report.promises)
          if (!kept && untried !== true && got !== undefined)
            expect(words.replace(/\s+/g, ' ')).toContain(got.slice(0, 40).replace(/\s+/g, ' '))
        for (const { budget, got } of report.spent) for (const said of [budget, got]) expect(words).toContain(said)
      }
    }
  })

  test('without hidden inputs, no page tells any', () => {
    let told = 0
    for (const learner of judged.grades.learners) {
      const words = wordsOf(learnerPage(judged.grades, learner, { redact: true }))
      expect(words).not.toMatch(OUR_COMMAND)
      for (const { report, state } of learner.katas) {
        if (state !== 'graded' || report === undefined) continue
        expect(words).not.toContain(String(report.seed))
        for (const { counterexample = [] } of report.promises)
          for (const call of counterexample) {
            // Kept stories of other katas aside, what a todo says is the stub's own word.
            if (report.verdict !== 'todo') expect(words).not.toContain(call)
            told++
          }
      }
    }
    expect(told).toBeGreaterThan(50)
  })

  test('every kind of file is made of it whole', () => {
    expect(gradebookCsv(judged.grades).split('\r\n')).toHaveLength(32)
    expect(canvasCsv(judged.grades).split('\r\n')).toHaveLength(33)
    for (const redact of [false, true]) expect(schemaFaults(junitXml(judged.grades, { redact }))).toEqual([])
    for (const learner of judged.grades.learners) {
      const { score, tests } = gradescopeResults(judged.grades, learner)
      expect(Math.round(score * 100)).toBe(learner.points)
      const late = learner.katas.reduce((sum, one) => sum + (one.late?.off ?? 0), 0)
      const sum = tests.reduce((all, one) => all + Math.round(100 * (one.score ?? 0)), 0)
      expect(sum).toBe(learner.points + late)
    }
  })
})

describe('a run that was kept in a gradebook', () => {
  const folder = tempFolder()
  afterAll(() => folder.remove())
  const RAFT = 'raft-election'
  const [promise, other] = readLesson(WS, discoverKatas(COURSE).find(({ slug }) => slug === RAFT) as Kata).promises

  /** Two promises broken by the same run, kept, and written out by the real command. */
  async function pageOf(name: string, trace: Trace, ...flags: string[]): Promise<string> {
    const file = join(folder.path, `${name}.sqlite`)
    const assignment = join(folder.path, 'hw.json')
    writeFileSync(assignment, JSON.stringify({ name: 'Week 9', katas: [{ kata: RAFT, points: 100 }] }))
    const bytes = Buffer.from(name)
    const content = createHash('sha256').update(bytes).digest('hex')
    const broken = (promiseName = '') => ({
      ...{ name: promiseName, kept: false, verdict: 'wrong-answer' as const, trace },
      ...{ counterexample: ['a run'], expected: 'one leader', got: 'two leaders' },
    })
    const report: Report = {
      ...{ kata: RAFT, file: 'katas/4-scale/raft-election.ts', verdict: 'wrong-answer', spent: [], seed: 4711, ms: 1 },
      ...{ replay: `npx kata check ${RAFT} --seed 4711`, revision: 'r' },
      promises: [broken(promise?.name), broken(other?.name)],
    }
    const store = openStore(file, 'write')
    store.takeIn(
      'class',
      { ...NOTHING, learners: [{ id: 'ada' }], submitted: [{ learner: 'ada', kata: RAFT, bytes, origin: 'ada.ts' }] },
      0,
    )
    const run = store.startRun({ kind: 'grade', startedMs: 0, isolation: 'portable', secret: '', fromCache: 0 })
    store.keep(run, { kata: RAFT, content }, { grader: 'g', engine: 'e' }, report, 0)
    store.endRun(run, 0)
    store.close()
    const out = join(folder.path, `out-${name}-${flags.length}`)
    const screen = new PassThrough()
    const io = { stdout: screen, stderr: screen, stdin: process.stdin, env: {}, cwd: folder.path, now: Date.now }
    const argv = ['gradebook', file, '--assignment', assignment, '--out', out, ...flags]
    expect([await runCommand(argv, io), String(screen.read())]).toEqual([0, expect.stringContaining('files in ')])
    return readFileSync(join(out, 'learners', learnerPageName('ada')), 'utf8')
  }
  const pictures = (html: string) => tagsOf(html).filter(({ attributes }) => attributes['class'] === 'picture-frame')

  test('is drawn with each promise that it broke, and told in words', async () => {
    const html = await pageOf('two', twoLeaders())
    standsAlone(html)
    expect(pictures(html).map(({ attributes }) => attributes['aria-label'])).toEqual(
      [promise, other].map((one) => pageText(`The run that broke: ${one?.name}`)),
    )
    expect(html.match(/class="event /g)).toHaveLength(2 * twoLeaders().events.length)
    expect(html.match(/<li[^>]*>step \d+: /g)?.length).toBe(2 * twoLeaders().events.length)
    expect(wordsOf(html)).not.toMatch(OUR_COMMAND)
  })

  test('is a hidden input, and on no page without those', async () => {
    const html = await pageOf('hidden', twoLeaders(), '--redact')
    standsAlone(html)
    expect(pictures(html)).toEqual([])
    for (const told of ['space-time', 'two leaders', 'sends', 'term=', '4711'])
      expect(wordsOf(html)).not.toContain(told)
    expect(wordsOf(html)).toContain(promise?.name)
  })

  test('has a page of bounded size, however long it is and whatever it says', async () => {
    const text = '"<script>alert(1)</script>\u202e&'.repeat(5)
    const long = longGossip(200)
    const hostile: Trace = {
      ...long,
      events: long.events.map((event) => ({
        ...event,
        label: text,
        changed: Object.fromEntries(Array.from({ length: 24 }, (_, i) => [`${i}${text}`, text])),
      })),
    }
    const html = await pageOf('long', hostile)
    standsAlone(html)
    expect(html).not.toMatch(COMMAND_LEFT)
    expect(html.length).toBeLessThan(400_000)
    expect(pictures(html)).toHaveLength(2)
    expect(html).toContain('Left out: ')
  })
})

test('the median of an even class lies between its middle two; days late and late days are told apart', () => {
  const late = (days: number, lateDaysUsed: number) => ({ days, lateDaysUsed, off: 0 })
  const points = (id: string, hundredths: number, more = {}) =>
    aLearner(id, aGrade('graded', aReport('accepted', ''), { points: hundredths, rawPoints: hundredths, ...more }))
  const html = classPage(
    aClass([points('a', 250), points('b', 500, { late: late(3, 2) }), points('c', 1000), points('d', 1250)]),
  )
  expect(html).toContain('Half of the class is between 20 % and 80 %; the median is 60 %,')
  expect(html).toMatch(/days late<\/th>.*late days used<\/th>/)
  expect(classPage(aClass([points('a', 250)]))).not.toContain('late days used')
  expect(html).toMatch(/<td class="number">3<\/td><td class="number">2<\/td><td class="number">0<\/td><\/tr>/)
})

test('a flag that many share is one row, which hides no other', () => {
  const flagged = (id: string, ...flags: string[]) => aLearner(id, aGrade('graded', aReport('accepted', ''), { flags }))
  const shared = 'Nothing says when it was handed in.'
  const many = Array.from({ length: 9 }, (_, i) => flagged(`l${i}`, shared))
  const html = classPage(aClass([...many, flagged('odd', 'Look here.', shared)]))
  const rows = (flag: string) => html.split('<tr>').filter((row) => row.includes(`<td>${flag}</td>`))
  expect(rows(shared)).toHaveLength(1)
  expect(rows(shared)[0]).toMatch(/l0.*l5.* and 4 more<\/th>/s)
  expect(rows('Look here.')).toHaveLength(1)
  expect(rows('Look here.')[0]).toContain('odd')
})

test('a class of nobody has a page', () => {
  standsAlone(classPage(aClass([], { runs: [] })))
})

test('the name of a page stays in its folder, and two learners never share one', () => {
  for (const id of [
    ...HOSTILE,
    '..',
    '../../etc/passwd',
    'C:\\x',
    'ada',
    'Ada',
    '',
    '𝒳'.repeat(99),
    'a\u3164\u200bb',
  ]) {
    expect(learnerPageName(id)).toMatch(/^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}-]{0,39}-[0-9a-f]{8}\.html$/u)
    expect(learnerPageName(id)).not.toMatch(/\p{Default_Ignorable_Code_Point}/u)
    expect(Buffer.byteLength(learnerPageName(id))).toBeLessThan(200)
  }
  expect(learnerPageName('José')).toMatch(/^José-/)
  expect(learnerPageName('Jose\u0301')).toMatch(/^José-/)
  expect(learnerPageName('Jose\u0301')).not.toBe(learnerPageName('José'))
  expect(learnerPageName('李明 (2)')).toMatch(/^李明-2-[0-9a-f]{8}\.html$/)
  expect(learnerPageName('ada').toLowerCase()).not.toBe(learnerPageName('Ada').toLowerCase())
})

describe.each(HOSTILE)('hostile text %#', (text) => {
  const grades = hostileClass(text)
  const harmless = hostileClass('x')

  test('changes no element of the page of a class', () => {
    const html = classPage(grades, { hrefOf })
    expect(skeletonOf(html)).toEqual(skeletonOf(classPage(harmless, { hrefOf })))
    expect(html).not.toMatch(COMMAND_LEFT)
    standsAlone(html)
  })

  test('changes no element of the page of a learner', () => {
    for (const redact of [false, true])
      for (const [i, learner] of grades.learners.entries()) {
        const html = learnerPage(grades, learner, { redact })
        expect(skeletonOf(html)).toEqual(
          skeletonOf(learnerPage(harmless, harmless.learners[i] as LearnerGrade, { redact })),
        )
        expect(html).not.toMatch(COMMAND_LEFT)
        standsAlone(html)
      }
  })
})
