// Runs a hidden suite in a test of ours, on something that may not be a submission: what imports a library, say. The driver
// is called in this very process, as it would be called in another one.

import { type PromiseResult, type Subject, serveSubjects } from '../../graders/kit/subjects.ts'

/**
 * To be called before the suite is imported.
 * @param driver the kata's, with `#kata/…` already mocked
 * @returns results, by promise and seed; they come in while the suite runs
 */
export function judgedHere(id: string, driver: Record<string, unknown>): ReadonlyMap<string, PromiseResult> {
  const results = new Map<string, PromiseResult>()
  const subject: Subject = {
    id,
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
  return results
}
