import { expect, test } from 'vitest'
import { exactMoment, momentText } from './moments.ts'

test('a moment that lateness hangs on is told to the last digit that says something', () => {
  const due = Date.UTC(2026, 2, 1, 22, 59)
  expect([0, 1_000, 500, 59_999].map((ms) => exactMoment(due + ms))).toEqual([
    '2026-03-01 22:59 UTC',
    '2026-03-01 22:59:01 UTC',
    '2026-03-01 22:59:00.500 UTC',
    '2026-03-01 22:59:59.999 UTC',
  ])
  expect(momentText(due + 59_999)).toBe('2026-03-01 22:59 UTC')
})
