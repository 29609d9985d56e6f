// What no class of the other tests has: work that came late.

import { expect, test } from 'vitest'
import { aClass, aGrade, aLearner, aReport } from '../../gradebook/reports/grades-fixture.ts'
import { stateScreen } from './gradebook-screen.ts'

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
