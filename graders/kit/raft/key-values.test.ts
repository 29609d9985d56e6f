// A guide to the search must lead wherever the model itself would have come: held against the definition on small random
// histories, and on one with more orders than can be tried.

import { expect, test } from 'vitest'

import { linearizable } from '../history/linearizable.ts'
import type { Operation } from '../history/operation.ts'
import { isLinearizable, type Plan, randomHistory } from '../history/random-histories-fixture.ts'
import { type Command, copy, growing } from './key-values.ts'

const command = (type: 'Put' | 'Append', i: number, key = 'x'): Command => ({
  ...{ type, key, value: `${i};` },
  ...{ client: 1, sequence: i },
})

/** @param puts of a hundred writes */
const planOf = (puts: number): Plan<string | null, Command, string | null> => ({
  ...{ model: copy, clients: 4, count: 7, givesUp: 30, spoilt: 10 },
  input: (draw, i) =>
    draw(3) === 0
      ? { type: 'Get', key: 'xy'.charAt(draw(2)) }
      : command(draw(100) < puts ? 'Put' : 'Append', i, 'xy'.charAt(draw(2))),
  spoil: (draw, output) => [null, `${draw(7)};`, `${output ?? ''}${draw(7)};`][draw(3)] as string | null,
})

test.each([0, 15])('guided, the verdict is that of the definition (%i puts of a hundred writes)', (puts) => {
  const seen = { yes: 0, no: 0 }
  for (let seed = 1; seed <= 1_500; seed++) {
    const history = randomHistory(planOf(puts), seed)
    const verdict = isLinearizable(history, copy) ? 'yes' : 'no'
    seen[verdict]++
    expect([seed, linearizable(history, growing(history)).verdict]).toEqual([seed, verdict])
  }
  expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(200)
})

test('fourteen writes that nobody was told of are orders without number, and none with a guide', () => {
  const pending = Array.from(
    { length: 14 },
    (_, i): Operation<Command, string | null> => ({ client: i, input: command('Append', i), start: 1 }),
  )
  const told = (start: number, output: string): Operation<Command, string | null> => ({
    ...{ client: 20, input: { type: 'Get', key: 'x' }, output, start, end: start + 1 },
  })
  const history = [...pending, told(2, '3;5;7;'), told(4, '3;5;7;9;'), told(6, '3;5;7;9;11;13;1;')]
  const found = linearizable(history, growing(history))
  expect(found).toMatchObject({ verdict: 'yes' })
  expect(found.steps).toBeLessThan(200)
  expect(linearizable(history, copy, { maxSteps: 20_000 }).verdict).toBe('unknown')
  const torn = [...history, told(8, '3;5;')]
  expect(linearizable(torn, growing(torn)).verdict).toBe('no')
})
