import { expect, test } from 'vitest'
import { draws } from './random-histories-fixture.ts'
import { type Guarantee, type SessionOperation, sessionFaults } from './sessions.ts'

const ALL: readonly Guarantee[] = [
  'read-your-writes',
  'monotonic-reads',
  'monotonic-writes',
  'writes-follow-reads',
  'causal',
]

/** `1 x=a` is a write by session 1, `2 x?a` a read that returned a, `2 x?` one that returned nothing; in this order. */
const history = (text: string): SessionOperation[] =>
  text.split(', ').map((word, i) => {
    const [client = '', key = '', sign = '', value = ''] = /^(\d) (\w)([=?])(\w*)$/.exec(word)?.slice(1) ?? []
    const input = sign === '=' ? { op: 'write' as const, key, value } : { op: 'read' as const, key }
    const output = sign === '=' ? {} : { output: value === '' ? null : value }
    return { client: Number(client), input, ...output, start: 10 * i, end: 10 * i + 5 }
  })
const order = (text: string) =>
  new Map(text.split(', ').map((word) => [word.charAt(0), word.slice(2).split('')] as const))

test.each<[string, string, string | undefined, Guarantee[]]>([
  ['all is well', '1 x=a, 1 x?a, 2 x?a, 2 x=b, 1 x?b', 'x:ab', []],
  ['behind its own write', '1 x=a, 1 x?', 'x:a', ['read-your-writes', 'causal']],
  ['behind its own write, by an older value', '2 x=a, 1 x=b, 1 x?a', 'x:ab', ['read-your-writes', 'causal']],
  ['a newer value than its own', '1 x=a, 2 x=b, 1 x?b', 'x:ab', []],
  ['reads go back', '1 x=a, 1 x=b, 2 x?b, 2 x?a', 'x:ab', ['monotonic-reads', 'causal']],
  ['reads go back to nothing', '1 x=a, 2 x?a, 2 x?', 'x:a', ['monotonic-reads', 'causal']],
  ['reads go back between writers', '1 x=a, 3 x=b, 2 x?b, 2 x?a', 'x:ab', ['monotonic-reads', 'causal']],
  ['another session is behind', '1 x=a, 1 x=b, 2 x?a, 2 x?b', 'x:ab', []],
  ['the second write is seen, not the first', '1 x=a, 1 y=b, 2 y?b, 2 x?', 'x:a, y:b', ['monotonic-writes', 'causal']],
  ['settled the other way round', '1 x=a, 1 x=b', 'x:ba', ['monotonic-writes', 'causal']],
  [
    'the answer is seen, not the question',
    '1 x=a, 2 x?a, 2 y=b, 3 y?b, 3 x?',
    'x:a, y:b',
    ['writes-follow-reads', 'causal'],
  ],
  ['an answer settled before the question', '1 x=a, 2 x?a, 2 x=b', 'x:ba', ['writes-follow-reads', 'causal']],
  [
    'by way of two writers',
    '1 x=a, 2 x?a, 2 y=b, 3 y?b, 3 z=c, 4 z?c, 4 x?',
    'x:a, y:b, z:c',
    ['writes-follow-reads', 'causal'],
  ],
  [
    'a write between, which only causality follows',
    '1 x=a, 1 y=b, 2 y?b, 2 z=c, 3 z?c, 3 x?',
    'x:a, y:b, z:c',
    ['causal'],
  ],
  ['without an order: its own write is unread', '1 x=a, 1 x?', undefined, ['read-your-writes', 'causal']],
  ['without an order: nothing is known of two at once', '1 x=a, 3 x=b, 2 x?b, 2 x?a', undefined, []],
  ['without an order: causality is one', '1 x=a, 2 x?a, 2 x=b, 3 x?b, 3 x?a', undefined, ['monotonic-reads', 'causal']],
  ['read of what nobody wrote', '1 x?a', 'x:a', [...ALL]],
  ['each reads the other’s future', '1 x?b, 1 y=a, 2 y?a, 2 x=b', undefined, [...ALL]],
])('%s: %s', (_, text, settled, guarantees) => {
  const options = settled === undefined ? {} : { order: order(settled) }
  expect(sessionFaults(history(text), ALL, options).map(({ guarantee }) => guarantee)).toEqual(guarantees)
})

test('a fault is told by how the last one should have known', () => {
  const [fault] = sessionFaults(history('1 x=a, 2 x?a, 2 y=b, 3 y?b, 3 x?'), ['writes-follow-reads'])
  expect(fault?.why).toEqual([
    'The last of these must know of the first, and saw nothing:',
    "  session 1: write('x', 'a')   from 0 to 5",
    "  session 2: read('x') → 'a'   from 10 to 15",
    "  session 2: write('y', 'b')   from 20 to 25",
    "  session 3: read('y') → 'b'   from 30 to 35",
    "  session 3: read('x') → null   from 40 to 45",
  ])
})

/** Sessions over replicas that each take writes in causal order, late; a session stays with one replica or roams. */
function replicated(seed: number, roams: boolean): SessionOperation[] {
  const draw = draws(seed)
  const writes: { key: string; value: string; after: Set<number> }[] = []
  const replicas = Array.from({ length: 3 }, () => ({ has: new Set<number>(), shows: new Map<string, string>() }))
  const apply = (replica: (typeof replicas)[number], id: number) => {
    const { key, value } = writes[id] as (typeof writes)[number]
    replica.has.add(id)
    replica.shows.set(key, value)
  }
  const found: SessionOperation[] = []
  for (let i = 0; i < 60; i++) {
    const receiver = replicas[draw(3)] as (typeof replicas)[number]
    const ready = writes.flatMap(({ after }, id) =>
      !receiver.has.has(id) && [...after].every((one) => receiver.has.has(one)) ? [id] : [],
    )
    if (draw(2) === 0 && ready.length > 0) {
      apply(receiver, ready[draw(ready.length)] as number)
      continue
    }
    const client = draw(3)
    const replica = replicas[roams ? draw(3) : client] as (typeof replicas)[number]
    const key = 'xy'.charAt(draw(2))
    const base = { client, start: 2 * i, end: 2 * i + 1 }
    if (draw(2) === 0) {
      const id = writes.push({ key, value: `${i}`, after: new Set(replica.has) }) - 1
      apply(replica, id)
      found.push({ ...base, input: { op: 'write', key, value: `${i}` } })
    } else found.push({ ...base, input: { op: 'read', key }, output: replica.shows.get(key) ?? null })
  }
  return found
}

test('a causally consistent store keeps every guarantee for sessions that stay, and none for sessions that roam', () => {
  const broken = new Set<Guarantee>()
  for (let seed = 1; seed <= 300; seed++) {
    expect(sessionFaults(replicated(seed, false), ALL), `seed ${seed}`).toEqual([])
    for (const { guarantee } of sessionFaults(replicated(seed, true), ALL)) broken.add(guarantee)
  }
  // What a session reads is as complete as its replica: only how it goes on elsewhere can go back.
  expect([...broken].sort()).toEqual([...ALL].sort())
})
