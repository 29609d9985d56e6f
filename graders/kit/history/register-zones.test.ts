import { expect, test } from 'vitest'
import { type RegisterInput, register } from './models.ts'
import { isLinearizable, type Plan, randomHistory } from './random-histories-fixture.ts'
import { registerZones } from './register-zones.ts'

const plan: Plan<unknown, RegisterInput, unknown> = {
  model: register,
  clients: 4,
  count: 7,
  givesUp: 10,
  spoilt: 20,
  input: (draw, i) => (draw(2) === 0 ? { op: 'read' } : { op: 'write', value: i }),
  spoil: (draw, output) => (output === undefined ? undefined : [null, draw(7)][draw(2)]),
}

test('the same verdict as by the definition on 6,000 histories, and the reason alone is one', () => {
  const seen = { yes: 0, no: 0 }
  for (let seed = 1; seed <= 6_000; seed++) {
    const history = randomHistory(plan, seed)
    const expected = isLinearizable(history, register) ? 'yes' : 'no'
    const found = registerZones(history)
    if (found.verdict !== expected) throw new Error(`seed ${seed} is ${expected}: ${JSON.stringify(history)}`)
    seen[expected]++
    // The writes of what the four have read belong to the reason, too: nothing else does.
    if (found.verdict === 'no') {
      const values = found.operations.map(({ input, output }) => (input.op === 'write' ? input.value : output))
      const alone = history.filter(
        (one) => found.operations.includes(one) || (one.input.op === 'write' && values.includes(one.input.value)),
      )
      if (isLinearizable(alone, register)) throw new Error(`seed ${seed}: the reason is none`)
    }
  }
  expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(1_000)
})

const write = (client: number, value: unknown, start: number, end: number) => ({
  client,
  input: { op: 'write', value } as const,
  start,
  end,
})
const read = (client: number, output: unknown, start: number, end: number) => ({
  client,
  input: { op: 'read' } as const,
  output,
  start,
  end,
})

test('a stale read is told in the four operations that show it', () => {
  const history = [write(0, 1, 0, 5), write(0, 2, 10, 15), read(1, 2, 16, 18), read(2, 1, 20, 25), write(0, 3, 30, 35)]
  expect(registerZones(history)).toMatchObject({
    why: [
      '1 came before 2:',
      '  client 0: write(1)   from 0 to 5',
      '  client 1: read() → 2   from 16 to 18',
      '2 came before 1, too:',
      '  client 0: write(2)   from 10 to 15',
      '  client 2: read() → 1   from 20 to 25',
    ],
  })
})

test('what nobody wrote, and what was not written yet', () => {
  expect(registerZones([read(1, 7, 0, 1)])).toMatchObject({
    why: ['Nobody has ever written 7:', '  client 1: read() → 7   from 0 to 1'],
  })
  expect(registerZones([read(1, 7, 0, 1), write(2, 7, 3, 4)])).toMatchObject({
    why: [
      'A value was read before it was written:',
      '  client 1: read() → 7   from 0 to 1',
      '  client 2: write(7)   from 3 to 4',
    ],
  })
  expect(registerZones([write(1, 7, 0, 1), read(2, null, 2, 3)])).toMatchObject({
    why: expect.arrayContaining(['  it was there from the start']),
  })
})

test('values must be unique', () => {
  expect(() => registerZones([write(0, 1, 0, 1), write(0, 1, 2, 3)])).toThrow(RangeError)
})
