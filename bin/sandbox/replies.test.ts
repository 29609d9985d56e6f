// A reply is one of ours, to the letter, or it is none.

import { expect, test } from 'vitest'
import { replyOf } from './replies.ts'

const threw = { name: 'Error', message: 'x' }
const ours = [
  { type: 'ready' },
  { type: 'loaded', operations: ['run'] },
  { type: 'load-failed', threw: { ...threw, line: 3 }, late: [], printed: [] },
  { type: 'driver-failed', threw },
  {
    type: 'results',
    results: [
      { ok: true, value: 1 },
      { ok: false, threw },
      { ok: false, stuck: true },
    ],
    late: [threw],
    printed: ['x'],
  },
  { type: 'ended', late: [], printed: [] },
  { type: 'progress', item: 0, passes: 9, line: 1 },
  { type: 'out-of-fuel', item: 0, line: 1, fuel: 5 },
]

test('what we say is heard', () => {
  for (const reply of ours) expect(replyOf(JSON.stringify(reply))).toEqual(reply)
})

test('a reply with any field gone, or of another kind, is not', () => {
  for (const reply of ours)
    for (const key of Object.keys(reply))
      for (const instead of [undefined, {}, -1, 'no', [{}], null])
        expect(replyOf(JSON.stringify({ ...reply, [key]: instead })), `${reply.type} with ${key} ${instead}`).toBe(
          undefined,
        )
})

test('nor is anything else', () => {
  const long = 'x'.repeat(10_000)
  const others = ['', 'null', '[]', '"ready"', '{"type":"toString"}', '{"type":"hasOwnProperty"}']
  const tooMuch = [
    { type: 'ended', late: Array(9).fill(threw), printed: [] },
    { type: 'ended', late: [], printed: [long] },
    { type: 'driver-failed', threw: { name: long, message: '' } },
    { type: 'results', results: [{ ok: 'true' }], late: [], printed: [] },
    { type: 'out-of-fuel', item: 0, line: 'evil', fuel: 5 },
  ].map((reply) => JSON.stringify(reply))
  for (const json of [...others, ...tooMuch]) expect(replyOf(json), json.slice(0, 80)).toBe(undefined)
})
