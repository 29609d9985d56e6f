// Examples of the contract, to run from an editor or with `npx vitest run katas/5-kernel/striped-counter`.
// The judge looks closer, with real threads in every order: npx kata check striped-counter

import { expect, test } from 'vitest'
import { StripedCounter } from './striped-counter.ts'

/** Counters over one memory, as two threads would make them, each for itself. */
function twoThreads() {
  const memory = new SharedArrayBuffer(StripedCounter.bytesFor(2))
  return [0, 1].map((stripe) => new StripedCounter({ memory, stripes: 2, stripe })) as [StripedCounter, StripedCounter]
}

test('every thread sees what all have counted', () => {
  const [one, other] = twoThreads()
  one.add()
  other.add(5)
  one.add(2)
  expect([one.sum(), other.sum()]).toEqual([8, 8])
})

test('it does not end where 32 bits end', () => {
  const [one, other] = twoThreads()
  for (let i = 0; i < 5; i++) one.add(2_147_483_647)
  other.add()
  expect(one.sum()).toBe(10_737_418_236)
})

test('a thread that comes late finds what is there', () => {
  const memory = new SharedArrayBuffer(StripedCounter.bytesFor(3))
  new StripedCounter({ memory, stripes: 3, stripe: 2 }).add(7)
  const late = new StripedCounter({ memory, stripes: 3, stripe: 2 })
  late.add()
  expect(late.sum()).toBe(8)
})

test('what is no count is refused', () => {
  const [one] = twoThreads()
  expect(() => one.add(-1)).toThrow(/delta/)
  expect(() => one.add(0.5)).toThrow(RangeError)
  expect(one.sum()).toBe(0)
})
