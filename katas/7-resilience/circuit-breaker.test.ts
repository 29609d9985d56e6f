// Examples of the contract, to run from an editor or with `npx vitest run katas/7-resilience/circuit-breaker`.
// The judge looks closer: npx kata check circuit-breaker

import { expect, test } from 'vitest'
import { CircuitBreaker, CircuitOpenError } from './circuit-breaker.ts'

/** A breaker that opens when half of at least four calls have failed, and a clock that stands still until it is moved. */
function setUp() {
  let nowMs = 0
  const breaker = new CircuitBreaker({
    windowCalls: 10,
    minimumCalls: 4,
    failurePercent: 50,
    slowCallMs: 200,
    openMs: 1_000,
    trialCalls: 2,
    clock: () => nowMs,
  })
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { breaker, pass }
}

const up = () => Promise.resolve('hello')
const down = () => Promise.reject(new Error('down'))
const swallow = () => 'nothing'

test('it opens when enough calls were made and enough of them failed', async () => {
  const { breaker } = setUp()
  for (const action of [down, down, up]) await breaker.execute(action, swallow)
  expect(breaker.state).toBe('closed')
  await breaker.execute(up)
  expect(breaker.state).toBe('open')
})

test('while open it refuses at once, calls nothing, and says when to come back', async () => {
  const { breaker, pass } = setUp()
  for (let i = 0; i < 4; i++) await breaker.execute(down, swallow)
  pass(300)
  let called = false
  const refused = breaker.execute(async () => {
    called = true
  })
  await expect(refused).rejects.toBeInstanceOf(CircuitOpenError)
  await expect(refused).rejects.toMatchObject({ name: 'CircuitOpenError', retryAfterMs: 700 })
  expect(called).toBe(false)
})

test('half-open lets two trials in at once, and closes when both have succeeded', async () => {
  const { breaker, pass } = setUp()
  for (let i = 0; i < 4; i++) await breaker.execute(down, swallow)
  pass(1_000)
  const { promise, resolve } = Promise.withResolvers<string>()
  const calls = [1, 2, 3, 4].map(() => breaker.execute(() => promise, swallow))
  resolve('hello')
  expect(await Promise.all(calls)).toEqual(['hello', 'hello', 'nothing', 'nothing'])
  expect(breaker.state).toBe('closed')
})

test('a slow call brings its value, and counts as a failure', async () => {
  const { breaker, pass } = setUp()
  const slow = async () => {
    pass(200)
    return 'at last'
  }
  for (let i = 0; i < 4; i++) expect(await breaker.execute(slow)).toBe('at last')
  expect(breaker.state).toBe('open')
})

test('a call that began before it opened changes nothing when it comes back', async () => {
  const { breaker, pass } = setUp()
  const { promise, resolve } = Promise.withResolvers<string>()
  const late = breaker.execute(() => promise)
  for (let i = 0; i < 4; i++) await breaker.execute(down, swallow)
  pass(1_000)
  resolve('hello')
  expect(await late).toBe('hello')
  expect(breaker.state).toBe('half-open')
})
