// Examples of the contract, to run from an editor or with `npx vitest run katas/8-event-sourcing/upcasting`.
// The judge looks closer: npx kata check upcasting

import { expect, test } from 'vitest'
import { type Step, Upcasters } from './upcasting.ts'

const toCurrency: Step = { type: 'OrderPlaced', from: 1, up: (data) => ({ ...data, currency: 'USD' }) }
/** Changes what it is given, as some do. */
const toLines: Step = {
  type: 'OrderPlaced',
  from: 2,
  up: (data) => {
    data['lines'] = data['items'] ?? []
    delete data['items']
    return data
  },
}

test('an event takes every step from its version to the current one', () => {
  const upcasters = new Upcasters({ current: { OrderPlaced: 3 }, steps: [toLines, toCurrency] })
  expect(upcasters.upcast({ type: 'OrderPlaced', version: 1, data: { items: ['tea'] } })).toEqual({
    type: 'OrderPlaced',
    version: 3,
    data: { currency: 'USD', lines: ['tea'] },
  })
})

test('what is stored stays as it is, whatever a step does to its data', () => {
  const upcasters = new Upcasters({ current: { OrderPlaced: 3 }, steps: [toCurrency, toLines] })
  const stored = { type: 'OrderPlaced', version: 2, data: { items: ['tea'], currency: 'CHF' } }
  upcasters.upcast(stored)
  expect(stored.data).toEqual({ items: ['tea'], currency: 'CHF' })
})

test('a missing step is found at the start', () => {
  expect(() => new Upcasters({ current: { OrderPlaced: 3 }, steps: [toLines] })).toThrow(/OrderPlaced.*1/)
})

test('a version from the future is refused', () => {
  const upcasters = new Upcasters({ current: { OrderPlaced: 1 }, steps: [] })
  expect(() => upcasters.upcast({ type: 'OrderPlaced', version: 2, data: {} })).toThrow(/OrderPlaced.*2/)
})
