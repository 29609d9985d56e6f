// What `kata grade` says, on the narrowest terminal.

import { expect, test } from 'vitest'
import { aClass, aGrade, aLearner, aReport } from '../../gradebook/reports/grades-fixture.ts'
import { columns } from '../columns.ts'
import { differencesScreen, gradedScreen, nothingToRegradeScreen, progressLine } from './grade-screen.ts'

const NARROW = { width: 40, colour: false }

test('no line but a command or a path is longer than the screen', () => {
  const grades = aClass([aLearner('ada', aGrade('graded', aReport('accepted', '')))])
  const screens = [
    gradedScreen(
      grades,
      {
        ...{ gradebook: 'hw.sqlite', judged: 100, fromCache: 900, judgeErrors: 12, outdated: 3 },
        ...{
          remarks: ['Roster as before: roster.csv'],
          isolation: 'portable',
          remark: 'No bubblewrap is here, so it is.',
        },
      },
      NARROW,
    ),
    differencesScreen(
      [],
      { state: 'applied', rejudged: 1, judgeErrors: 0, faults: [], outdated: 0, gradebook: 'hw.sqlite' },
      NARROW,
    ),
    nothingToRegradeScreen(NARROW),
  ]
  for (const line of screens.join('\n').split('\n'))
    if (!line.includes('npx kata')) expect(columns(line), line).toBeLessThanOrEqual(40)
})

test('progress is one line whatever the width: what is written over must not break', () => {
  const progress = { done: 900, of: 1000, errors: 12, elapsedMs: 3_600_000 }
  const line = (width: number, more: Partial<typeof progress> = {}) =>
    progressLine({ ...progress, ...more }, { width, colour: false })
  expect(line(80)).toBe('900 of 1000 judged · 15 a minute · about 7 minutes left · 12 judge errors')
  expect(line(60)).toBe('900 of 1000 judged · about 7 minutes left · 12 judge errors')
  expect(line(40)).toBe('900 of 1000 judged · 12 judge errors')
  expect(line(40, { errors: 0 })).toBe('900 of 1000 judged')
  expect(line(40, { done: 1, of: 5, errors: 0, elapsedMs: 5_000 })).toBe('1 of 5 judged · about 20 s left')
})
