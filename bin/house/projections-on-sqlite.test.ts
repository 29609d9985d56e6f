// Runs the hidden suite of projections, every test and every power failure of it, on one that is made of SQLite.

import { expect, test, vi } from 'vitest'
import { judgedHere } from './suite-here-fixture.ts'

vi.mock('#kata/8-event-sourcing/projections', async () => {
  const kata = await import('./projections-on-sqlite.ts')
  // It keeps nothing outside of a projection: a new life needs no evaluation of its own.
  return { ...kata, 'kata: evaluate afresh': () => kata }
})
const results = judgedHere('SQLite', await import('../../graders/8-event-sourcing/projections/driver.ts'))

await import('../../graders/8-event-sourcing/projections/suite.test.ts')

test('a projection on SQLite keeps every promise of projections', () => {
  const broken = [...results].filter(([, { kept }]) => !kept)
  expect(broken).toEqual([])
  expect(results.size).toBe(20)
})
