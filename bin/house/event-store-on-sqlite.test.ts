// Runs the hidden suite of event-store, every test and every power failure of it, on a store that is made of SQLite.

import { expect, test, vi } from 'vitest'
import { type PromiseResult, type Subject, serveSubjects } from '../../graders/kit/subjects.ts'

vi.mock('#kata/8-event-sourcing/event-store', async () => {
  const kata = await import('./event-store-on-sqlite.ts')
  // It keeps nothing outside of a store: a new life needs no evaluation of its own.
  return { ...kata, 'kata: evaluate afresh': () => kata }
})
const driver: Record<string, unknown> = await import('../../graders/8-event-sourcing/event-store/driver.ts')

const results = new Map<string, PromiseResult>()
const subject: Subject = {
  id: 'SQLite',
  seeds: [1, 2],
  shrink: false,
  exhaustive: true,
  isDecided: () => false,
  async call(operation, inputs) {
    const ask = driver[operation] as (input: unknown) => unknown
    // As between two processes: nothing is shared.
    return inputs.map((input) => ({ kind: 'returned', value: structuredClone(ask(structuredClone(input))) }))
  },
  report(promise, seed, result) {
    results.set(`${promise} (seed ${seed})`, result)
  },
}
serveSubjects(async () => ({ subjects: [subject], finish: async () => {} }))

await import('../../graders/8-event-sourcing/event-store/suite.test.ts')

test('a store on SQLite keeps every promise of event-store', () => {
  const broken = [...results].filter(([, { kept }]) => !kept)
  expect(broken).toEqual([])
  expect(results.size).toBe(18)
})
