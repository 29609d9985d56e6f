// Examples of the contract, to run from an editor or with `npx vitest run katas/1-scars/singleflight`.
// The judge looks closer: npx kata check singleflight

import { expect, test } from 'vitest'
import { Singleflight } from './singleflight.ts'

/** A load that stays in the air until the test lets it land, and remembers the signals that it was called with. */
function slowLoad() {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const signals: AbortSignal[] = []
  const load = (signal: AbortSignal) => {
    signals.push(signal)
    return promise
  }
  return { load, signals, resolve, reject }
}

test('two callers, one load, the same value', async () => {
  const flights = new Singleflight<string>()
  const { load, signals, resolve } = slowLoad()
  const both = Promise.all([flights.do('home', load), flights.do('home', load)])
  expect(flights.inFlight).toBe(1)
  resolve('the page')
  expect(await both).toEqual(['the page', 'the page'])
  expect(signals.length).toBe(1)
  expect(flights.inFlight).toBe(0)
})

test('a failure reaches both callers, and the next one tries again', async () => {
  const flights = new Singleflight<string>()
  const { load, reject } = slowLoad()
  const both = Promise.allSettled([flights.do('home', load), flights.do('home', load)])
  const down = new Error('database down')
  reject(down)
  expect(await both).toEqual([
    { status: 'rejected', reason: down },
    { status: 'rejected', reason: down },
  ])
  expect(await flights.do('home', () => 'the page')).toBe('the page')
})

test('a forgotten flight still serves its caller', async () => {
  const flights = new Singleflight<string>()
  const [before, after] = [slowLoad(), slowLoad()]
  const early = flights.do('home', before.load)
  flights.forget('home')
  const late = flights.do('home', after.load)
  before.resolve('the old page')
  after.resolve('the new page')
  expect(await Promise.all([early, late])).toEqual(['the old page', 'the new page'])
})

test('one caller leaves, the other is served', async () => {
  const flights = new Singleflight<string>()
  const { load, signals, resolve } = slowLoad()
  const leaver = new AbortController()
  const both = Promise.allSettled([flights.do('home', load, { signal: leaver.signal }), flights.do('home', load)])
  leaver.abort('closed the tab')
  resolve('the page')
  expect(await both).toEqual([
    { status: 'rejected', reason: 'closed the tab' },
    { status: 'fulfilled', value: 'the page' },
  ])
  expect(signals[0]?.aborted).toBe(false)
})
