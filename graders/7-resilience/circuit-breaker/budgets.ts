// The breaker is in the way of every call, and busiest when the dependency is down.

import type * as kata from '#kata/7-resilience/circuit-breaker'
import { budget, type Setting } from '../../kit/budget.ts'

type Kata = typeof kata

const answer = Promise.resolve(1)
const error = new Error('down')
const succeed = () => answer
const fail = () => Promise.reject(error)
const instead = () => 0

const breakerOf = ({ CircuitBreaker }: Kata, windowCalls: number) =>
  new CircuitBreaker({
    windowCalls,
    minimumCalls: windowCalls,
    // Unless every single call fails, it stays closed.
    failurePercent: 100,
    slowCallMs: 1_000,
    openMs: 1_000,
    trialCalls: 1,
    clock: () => 0,
  })

/** A breaker that remembers as much as it can: half of it failures. */
const closed = async (kata: Kata, { n }: Setting) => {
  const breaker = breakerOf(kata, n)
  for (let i = 0; i < n; i++) await breaker.execute(i % 2 === 0 ? succeed : fail, instead)
  return breaker
}

/** A breaker that has opened on a window full of failures. Its clock stands still: so it stays open. */
const open = async (kata: Kata, { n }: Setting) => {
  const breaker = breakerOf(kata, n)
  for (let i = 0; i < n; i++) await breaker.execute(fail, instead)
  return breaker
}

export default [
  budget('A call is constant work on average, however large the window', {
    given: closed,
    when: (breaker, i) => breaker.execute(i % 3 === 0 ? fail : succeed, instead),
    steps: 'O(1)',
    calls: (n) => 4 * n,
  }),
  budget('A refusal is constant work, however large the window', {
    given: open,
    when: (breaker, i) => (i % 2 === 0 ? breaker.execute(succeed, instead) : breaker.state),
    steps: 'O(1)',
    worstCall: 'O(1)',
  }),
  budget('A call that is let through needs little memory', {
    given: closed,
    when: (breaker) => breaker.execute(succeed),
    bytesPerCall: 800,
  }),
  budget('Beside the reference', {
    given: closed,
    when: (breaker) => breaker.execute(succeed),
    throughput: 'reference',
  }),
]
