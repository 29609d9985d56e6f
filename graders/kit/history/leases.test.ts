import { expect, test } from 'vitest'
import { type LeaseOperation, leaseFaults } from './leases.ts'

const grant = (client: number, token: number, start: number, end: number, until?: number): LeaseOperation => ({
  client,
  input: { op: 'acquire' },
  output: { token, ...(until === undefined ? {} : { until }) },
  start,
  end,
})
const release = (client: number, token: number, start: number, end: number): LeaseOperation => ({
  client,
  input: { op: 'release', token },
  output: true,
  start,
  end,
})
const access = (client: number, token: number, output: boolean, start: number, end: number): LeaseOperation => ({
  client,
  input: { op: 'access', token },
  output,
  start,
  end,
})

test.each<[string, string[], LeaseOperation[]]>([
  ['one after the other', [], [grant(1, 1, 0, 1), release(1, 1, 5, 6), grant(2, 2, 5, 7)]],
  ['a lease that is over', [], [grant(1, 1, 0, 1, 10), grant(2, 2, 11, 12, 20)]],
  ['two at once', ['held-twice'], [grant(1, 1, 0, 1, 10), grant(2, 2, 4, 5, 20)]],
  ['two that never let go', ['held-twice'], [grant(1, 1, 0, 1), grant(2, 2, 4, 5)]],
  ['let go of too late', ['held-twice'], [grant(1, 1, 0, 1), grant(2, 2, 4, 5), release(1, 1, 6, 7)]],
  ['another’s release', ['held-twice'], [grant(1, 1, 0, 1), release(3, 1, 2, 3), grant(2, 2, 4, 5)]],
  ['one token twice', ['token-reused'], [grant(1, 1, 0, 1, 2), grant(2, 1, 4, 5, 9)]],
  ['a token that falls', ['token-not-higher'], [grant(1, 3, 0, 1, 2), grant(2, 2, 4, 5, 9)]],
  ['a writer that slept', ['stale-access'], [access(2, 2, true, 5, 6), access(1, 1, true, 7, 8)]],
  ['a writer that slept, refused', [], [access(2, 2, true, 5, 6), access(1, 1, false, 7, 8)]],
  ['two writers at the same time', [], [access(2, 2, true, 5, 8), access(1, 1, true, 7, 9)]],
  ['refused for nothing', ['refused'], [access(2, 2, true, 5, 6), access(3, 3, false, 7, 8)]],
  ['refused by one that came at the same time', [], [access(2, 2, true, 5, 8), access(1, 1, false, 4, 6)]],
  ['no answer: nothing is known', [], [{ client: 1, input: { op: 'acquire' }, start: 0 }, grant(2, 2, 4, 5)]],
  ['refused the lock', [], [{ client: 1, input: { op: 'acquire' }, output: null, start: 0, end: 1 }]],
])('%s: %j', (_, kinds, history) => {
  expect(leaseFaults(history).map(({ kind }) => kind)).toEqual(kinds)
  expect(leaseFaults(history.toReversed()).map(({ kind }) => kind)).toEqual(kinds)
})

test('a fault is told with the operations that show it', () => {
  expect(leaseFaults([grant(1, 1, 0, 1, 10), grant(2, 2, 4, 5, 20)])[0]?.why).toEqual([
    'Two held it at once:',
    '  client 1: acquire() → token 1, until 10   from 0 to 1',
    '  client 2: acquire() → token 2, until 20   from 4 to 5',
  ])
})
