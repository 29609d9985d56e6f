// The checker against the definition of linearizability on thousands of small random histories, against histories whose
// verdict is known, and on large ones in which a plain search would drown.

import { describe, expect, test } from 'vitest'
import { same } from '../broken.ts'
import { ETCD_LOGS, historyOf } from './etcd-logs-fixture.ts'
import { linearizable } from './linearizable.ts'
import { casRegister, counter, fifoQueue, kv, type Model, mutex, type RegisterInput, register } from './models.ts'
import type { History, Operation } from './operation.ts'
import { isLinearizable, type Plan, randomHistory } from './random-histories-fixture.ts'

const small = { clients: 4, count: 7, givesUp: 12, spoilt: 12 }
// biome-ignore lint/suspicious/noExplicitAny: plans of different objects in one list; each is right in itself
const PLANS: Record<string, Plan<any, any, any>> = {
  register: {
    ...small,
    model: register,
    input: (draw) => (draw(2) === 0 ? { op: 'read' } : { op: 'write', value: draw(3) }),
    spoil: (draw) => draw(3),
  },
  'compare-and-set register': {
    ...small,
    model: casRegister,
    input: (draw) =>
      [{ op: 'read' }, { op: 'write', value: draw(3) }, { op: 'cas', from: draw(3), to: draw(3) }][draw(3)],
    spoil: (draw, output) => (typeof output === 'boolean' ? !output : draw(3)),
  },
  'keys and values': {
    ...small,
    model: kv,
    input: (draw, i) =>
      [{ op: 'get' }, { op: 'put', value: `${i}` }, { op: 'append', value: `${i}` }, { op: 'delete' }].map((one) => ({
        ...one,
        key: 'ab'.charAt(draw(2)),
      }))[draw(4)],
    spoil: (draw, output) => (output === undefined ? undefined : [null, `${draw(7)}`][draw(2)]),
  },
  counter: {
    ...small,
    model: counter,
    input: (draw) => (draw(2) === 0 ? { op: 'read' } : { op: 'add', by: 1 + draw(2) }),
    spoil: (draw, output) => (output === undefined ? undefined : draw(4)),
  },
  queue: {
    ...small,
    model: fifoQueue,
    input: (draw, i) => (draw(2) === 0 ? { op: 'dequeue' } : { op: 'enqueue', value: i }),
    spoil: (draw, output) => (output === undefined ? undefined : [null, draw(7)][draw(2)]),
  },
  mutex: {
    ...small,
    model: mutex,
    input: (draw) => ({ op: draw(2) === 0 ? 'lock' : 'unlock', by: draw(2) }),
  },
}

describe.each(Object.entries(PLANS))('%s', (name, plan) => {
  test('the same verdict as by the definition, on 1,500 histories', () => {
    const seen = { yes: 0, no: 0 }
    for (let seed = 1; seed <= 1_500; seed++) {
      const history = randomHistory(plan, seed)
      const expected = isLinearizable(history, plan.model) ? 'yes' : 'no'
      const found = linearizable(history, plan.model)
      if (found.verdict !== expected) throw new Error(`seed ${seed} is ${expected}: ${JSON.stringify(history)}`)
      seen[expected]++
      if (found.verdict === 'no' && !holdsWater(found, plan.model)) throw new Error(`seed ${seed}: no reason`)
    }
    // Neither verdict by default. A lock has no answers to lie about.
    if (name !== 'mutex') expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(100)
  })

  test('what an object that is there has answered is linearizable, six times as long', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const history = randomHistory({ ...plan, clients: 3, count: 40, givesUp: 5, spoilt: 0 }, seed)
      expect(history.length).toBeGreaterThan(0)
      expect(linearizable(history, plan.model).verdict, `seed ${seed}`).toBe('yes')
    }
  })
})

/** The reason is one: its linearization can be told so, and none of the operations that are stuck can follow. */
function holdsWater(
  { explained, stuck }: { explained: History; stuck: History },
  model: Model<unknown, unknown, unknown>,
): boolean {
  const fits = ({ input, output, end }: Operation, from: unknown) => {
    const effect = model.apply(from, input)
    return effect !== undefined && (end === undefined || same(effect.output, output)) ? effect : undefined
  }
  let state = model.init
  for (const one of explained) {
    const effect = fits(one, state)
    if (effect === undefined) return false
    state = effect.state
  }
  return stuck.length > 0 && stuck.every((one) => fits(one, state) === undefined)
}

const op = (client: number, start: number, end: number | undefined, input: RegisterInput, output?: unknown) => ({
  client,
  input,
  start,
  ...(end === undefined ? {} : { end, output }),
})
const write = (value: unknown): RegisterInput => ({ op: 'write', value })
const read: RegisterInput = { op: 'read' }

test('Herlihy and Wing’s point: a value that was read may not be unread by who comes later', () => {
  const concurrent = [op(0, 0, 10, write(1)), op(1, 1, 2, read, 1), op(2, 3, 4, read, null)]
  const found = linearizable(concurrent, register)
  expect(found).toMatchObject({
    verdict: 'no',
    why: [
      'This much can be told one after the other:',
      '  client 0: write(1)   from 0 to 10',
      '  client 1: read() → 1   from 1 to 2',
      'Then this must come, and cannot:',
      '  client 2: read() → null   from 3 to 4',
    ],
  })
  expect(linearizable([concurrent[0], concurrent[2], op(1, 5, 6, read, 1)] as never, register).verdict).toBe('yes')
})

test('at one moment is at the same time', () => {
  expect(linearizable([op(0, 0, 5, write(1)), op(1, 5, 6, read, null)], register).verdict).toBe('yes')
  expect(linearizable([op(0, 0, 5, write(1)), op(1, 6, 7, read, null)], register).verdict).toBe('no')
})

test('what was never answered may have happened, late or not at all, and only once', () => {
  const lost = op(0, 0, undefined, write(1))
  expect(linearizable([lost, op(1, 1, 2, read, null), op(1, 3, 4, read, 1)], register).verdict).toBe('yes')
  expect(linearizable([lost, op(1, 3, 4, read, null)], register).verdict).toBe('yes')
  const again = [lost, op(1, 1, 2, read, 1), op(1, 3, 4, write(2)), op(1, 5, 6, read, 1)]
  expect(linearizable(again, register).verdict).toBe('no')
  expect(linearizable([], register).verdict).toBe('yes')
})

test('the reason is about the first answer that cannot be explained, not about all that came after', () => {
  const history = Array.from({ length: 400 }, (_, i) => op(i % 4, 10 * i, 10 * i + 5, write(i)))
  const stale = [...history.slice(0, 200), op(7, 1_996, 1_999, read, 3), ...history.slice(200)]
  const found = linearizable(stale, register)
  if (found.verdict !== 'no') throw new Error(found.verdict)
  expect(found.stuck).toEqual([stale[200]])
  expect(found.explained).toEqual(history.slice(0, 200))
  expect(found.why).toMatchInlineSnapshot(`
    [
      "This much can be told one after the other:",
      "  … 196 before",
      "  client 0: write(196)   from 1960 to 1965",
      "  client 1: write(197)   from 1970 to 1975",
      "  client 2: write(198)   from 1980 to 1985",
      "  client 3: write(199)   from 1990 to 1995",
      "Then this must come, and cannot:",
      "  client 7: read() → 3   from 1996 to 1999",
    ]
  `)
})

test('one part that explodes keeps no other from saying no, and alone it ends in unknown', () => {
  // Twenty adds at once of powers of two, and a sum that none of the subsets gives.
  const explodes: Operation[] = Array.from({ length: 24 }, (_, i) => ({
    client: i,
    input: { op: 'add', part: 'a', by: 2 ** (i + 1) },
    start: 0,
    end: 100,
  }))
  explodes.push({ client: 99, input: { op: 'read', part: 'a' }, output: 1, start: 50, end: 60 })
  const parts: Model<number, never, unknown> = {
    ...(counter as never as Model<number, never, unknown>),
    partOf: ({ part }) => part,
  }
  expect(linearizable(explodes as never, parts, { maxSteps: 50_000 })).toMatchObject({ verdict: 'unknown' })
  const plain: Operation = { client: 0, input: { op: 'read', part: 'b' }, output: 7, start: 0, end: 1 }
  expect(linearizable([...explodes, plain] as never, parts)).toMatchObject({ verdict: 'no', part: 'b', stuck: [plain] })
})

test('memory makes an exponential search a small one', () => {
  // Twelve writes at once, then a read of nothing that was written: 12! orders, 12 × 2^12 configurations.
  const writes = Array.from({ length: 12 }, (_, i) => op(i, 0, 10, write(i)))
  const found = linearizable([...writes, op(99, 20, 21, read, 77)], register)
  expect(found.verdict).toBe('no')
  expect(found.steps).toBeLessThan(12 * 12 * 2 ** 12 * 2)
})

test('an operation that ends before it starts is a mistake of who wrote it down', () => {
  expect(() => linearizable([op(0, 5, 4, read, null)], register)).toThrow(RangeError)
})

test.each(ETCD_LOGS.map((one) => [one.log, one] as const))('Porcupine says so too: %s', (_, log) => {
  const history = historyOf(log)
  expect(history.length).toBeGreaterThan(30)
  expect(linearizable(history, casRegister).verdict).toBe(log.isLinearizable ? 'yes' : 'no')
})
