import { expect, test } from 'vitest'
import { fifoQueue, type QueueInput } from './models.ts'
import { type QueueContract, type QueueOperation, queueFaults } from './queue.ts'
import { isLinearizable, type Plan, randomHistory } from './random-histories-fixture.ts'

const put = (value: number, start: number, end?: number): QueueOperation => ({
  client: 0,
  input: { op: 'enqueue', value },
  start,
  ...(end === undefined ? {} : { end }),
})
const take = (output: number | null, start: number, end: number): QueueOperation => ({
  client: 1,
  input: { op: 'dequeue' },
  output,
  start,
  end,
})
const asked = (start: number): QueueOperation => ({ client: 2, input: { op: 'dequeue' }, start })

test.each<[string, string[], QueueOperation[], QueueContract?]>([
  ['in order', [], [put(1, 0, 1), put(2, 2, 3), take(1, 4, 5), take(2, 6, 7), take(null, 8, 9)], { drained: true }],
  ['overtaken', ['reordered'], [put(1, 0, 1), put(2, 2, 3), take(2, 4, 5), take(1, 6, 7)]],
  ['overtaken, which is allowed', [], [put(1, 0, 1), put(2, 2, 3), take(2, 4, 5), take(1, 6, 7)], { unordered: true }],
  ['put in at the same time', [], [put(1, 0, 3), put(2, 2, 3), take(2, 4, 5), take(1, 6, 7)]],
  ['taken at the same time', [], [put(1, 0, 1), put(2, 2, 3), take(2, 4, 7), take(1, 5, 6)]],
  ['twice', ['duplicated'], [put(1, 0, 1), take(1, 2, 3), take(1, 4, 5)]],
  ['twice, which is allowed', [], [put(1, 0, 1), take(1, 2, 3), take(1, 4, 5)], { atLeastOnce: true }],
  ['out of nothing', ['invented'], [take(1, 2, 3)]],
  ['before it was put in', ['invented'], [take(1, 2, 3), put(1, 4, 5)]],
  ['gone', ['lost'], [put(1, 0, 1)], { drained: true }],
  ['still in it', [], [put(1, 0, 1)]],
  ['never acknowledged and gone', [], [put(1, 0)], { drained: true }],
  ['never acknowledged and there', [], [put(1, 0), take(1, 5, 6)]],
  ['gone with an answer that never came', [], [put(1, 0, 1), asked(2)], { drained: true }],
  ['two gone, one answer that never came', ['lost'], [put(1, 0, 1), put(2, 0, 1), asked(2)], { drained: true }],
  ['called empty', ['not-empty'], [put(1, 0, 1), take(null, 2, 3), take(1, 4, 5)]],
  ['called empty while it was put in', [], [put(1, 0, 3), take(null, 2, 4), take(1, 5, 6)]],
])('%s: %j', (_, kinds, history, contract) => {
  expect(queueFaults(history, contract).map(({ kind }) => kind)).toEqual(kinds)
})

test('a fault is told with the operations that show it', () => {
  expect(queueFaults([put(1, 0, 1), put(2, 2, 3), take(2, 4, 5), take(1, 6, 7)])[0]?.why).toEqual([
    'The second overtook the first:',
    '  client 0: enqueue(1)   from 0 to 1',
    '  client 0: enqueue(2)   from 2 to 3',
    '  client 1: dequeue() → 2   from 4 to 5',
    '  client 1: dequeue() → 1   from 6 to 7',
  ])
})

const plan: Plan<readonly unknown[], QueueInput, unknown> = {
  model: fifoQueue,
  clients: 4,
  count: 8,
  givesUp: 8,
  spoilt: 8,
  input: (draw, i) => (draw(2) === 0 ? { op: 'dequeue' } : { op: 'enqueue', value: i }),
  spoil: (draw, output) => (output === undefined ? undefined : [null, draw(8)][draw(2)]),
}

test('each fault is one: no history that has it is linearizable, on 3,000 histories', () => {
  let faulty = 0
  for (let seed = 1; seed <= 3_000; seed++) {
    const history = randomHistory(plan, seed)
    const faults = queueFaults(history)
    if (faults.length > 0) faulty++
    if (faults.length > 0 && isLinearizable(history, fifoQueue))
      throw new Error(`seed ${seed}: ${faults[0]?.why.join('\n')}`)
  }
  expect(faulty).toBeGreaterThan(300)
})

test('and without answers that never came, few that are not linearizable have none', () => {
  let [missed, wrong] = [0, 0]
  for (let seed = 1; seed <= 3_000; seed++) {
    const history = randomHistory({ ...plan, givesUp: 0 }, seed)
    if (isLinearizable(history, fifoQueue)) continue
    wrong++
    if (queueFaults(history).length === 0) missed++
  }
  expect(wrong).toBeGreaterThan(300)
  expect(missed / wrong).toBeLessThan(0.1)
})
