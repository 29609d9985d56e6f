// What no class of the other tests has: work that came late.

import { expect, test } from 'vitest'
import { aClass, aGrade, aLearner, aReport } from '../../gradebook/reports/grades-fixture.ts'
import { wordsOf } from '../html-fixture.ts'
import { learnerPage } from '../learner-page.ts'
import { kataScreen, learnerScreen, overviewScreen, runsScreen, stateScreen } from './gradebook-screen.ts'

test('who is late is told with how late it was, what it took of the bank and what it cost', () => {
  const grade = aGrade('graded', aReport('accepted', ''), {
    points: 1125,
    rawPoints: 1250,
    late: { days: 3, lateDaysUsed: 2, off: 125 },
  })
  const screen = stateScreen([{ learner: 'ada', grade }], aClass([aLearner('ada', grade)]), 'late', {
    width: 80,
    colour: false,
  })
  expect(screen).toBe('ada · token-bucket · accepted · 11.25\n    3 days late, 2 late days used, 1.25 of 12.5 off')
})

test('who came a second after the deadline is told both to the second', () => {
  const dueMs = Date.UTC(2026, 10, 20)
  const grade = aGrade('graded', aReport('accepted', ''), {
    late: { days: 1, lateDaysUsed: 0, off: 125 },
    attempt: { origin: 'ada', content: '', number: 1, of: 1, atMs: dueMs + 1_000 },
  })
  const ada = aLearner('ada', grade)
  const grades = aClass([ada])
  const look = { width: 80, colour: false }
  expect(overviewScreen(grades, 'gradebook.sqlite', 0, look)).toContain('due 2026-11-20 00:00 UTC\n')
  expect(learnerScreen(grades, ada, look)).toContain('2026-11-20 00:00:01 UTC · ada\n')
  expect(wordsOf(learnerPage(grades, ada))).toContain('2026-11-20 00:00:01 UTC')
})

test('who has an extension is told the deadline that they are late by, and not the one of the class', () => {
  const grade = aGrade('graded', aReport('accepted', ''), { late: { days: 1, lateDaysUsed: 0, off: 125 } })
  const ada = { ...aLearner('ada', grade), deadlineMs: Date.UTC(2026, 10, 25) }
  const grades = aClass([ada])
  expect(learnerScreen(grades, ada, { width: 100, colour: false })).toContain('extension until 2026-11-25 00:00 UTC')
  expect(wordsOf(learnerPage(grades, ada))).toContain('deadline 2026-11-25 00:00 UTC, your own')
  expect(wordsOf(learnerPage(grades, ada))).not.toContain('2026-11-20')
  const bob = { ...ada, deadlineMs: Date.UTC(2026, 10, 20) }
  expect(learnerScreen(grades, bob, { width: 100, colour: false })).not.toContain('extension')
  expect(wordsOf(learnerPage(grades, bob))).toContain('deadline 2026-11-20 00:00 UTC')
})

test('a kata is told with what lateness cost, what a mark means, and of whom a promise was asked', () => {
  const late = aGrade('graded', aReport('accepted', ''), {
    points: 1125,
    rawPoints: 1250,
    late: { days: 1, lateDaysUsed: 0, off: 125 },
    flags: ['Look at it.'],
  })
  const whole = aGrade('graded', aReport('accepted', ''))
  // Judged by a grader that knew no budget.
  const before = { ...whole, budgets: [] }
  const grades = aClass([aLearner('ada', late), aLearner('bob', whole), aLearner('cy', before)])
  const screen = kataScreen(grades, 'token-bucket', 'hw.sqlite', { width: 100, colour: false })
  expect(screen).toContain('1 day late, 1.25 of 12.5 off · ')
  expect(screen).toContain('! 1 grade to look at: npx kata gradebook hw.sqlite --kata token-bucket --state flagged\n')
  expect(screen).toMatch(/3 of 3 +│ 5 +│ A refusal takes nothing/)
  expect(screen).toMatch(/2 of 2 +│ 2\.5 +│ A call makes no garbage/)
})

test('what was not judged says so in words', () => {
  const ada = aLearner('ada', aGrade('graded', aReport('wrong-answer', '')))
  const screen = learnerScreen(aClass([ada]), ada, { width: 80, colour: false })
  expect(screen).toContain('? 0 of 2.5        A call makes no garbage (not judged)')
  expect(screen).toContain('✗ 0 of 5          A refusal takes nothing\n')
})

test('a run that was ended from outside is told from one that came to its end', () => {
  const { runs } = aClass([])
  const look = { width: 100, colour: false }
  expect(runsScreen(runs, look)).toMatch(/ · strict sandbox$/)
  const [run] = runs
  const { endedMs: _, ...killed } = run as (typeof runs)[number]
  expect(runsScreen([killed], look)).toMatch(/ · strict sandbox · interrupted, or still at work$/)
})
