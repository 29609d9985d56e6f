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
  budget('A call leaves nothing behind, however it ends', {
    given: async ({ CircuitBreaker }: Kata, { n }) => {
      // Of a hundred calls sixty come first, twenty open it, and the others are refused, tried, and made again.
      let nowMs = 0
      const breaker = new CircuitBreaker({
        windowCalls: 20,
        minimumCalls: 10,
        failurePercent: 60,
        slowCallMs: 1_000,
        openMs: 20,
        trialCalls: 3,
        clock: () => nowMs,
      })
      let late: (value: number) => void = () => {}
      for (let i = 0; i < n; i++, nowMs++) {
        const phase = i % 100
        if (phase === 0) breaker.execute(() => new Promise<number>((resolve) => (late = resolve)), instead)
        if (phase === 80) late(1)
        const fails = phase < 60 ? phase % 4 === 0 : phase < 80
        await breaker.execute(fails ? fail : succeed, instead)
      }
      return breaker
    },
    bytesPerEntry: 0,
    // So far apart that what V8 keeps of its own is no byte an entry.
    sizes: [10_000, 90_000],
  }),
  budget('Beside the reference', {
    given: closed,
    when: (breaker) => breaker.execute(succeed),
    throughput: 'reference',
  }),
]
