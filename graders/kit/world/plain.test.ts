// What leaves a node is copied, frozen and weighed; what stays on a disk is copied once, however often it is handed on.

import { expect, test } from 'vitest'
import { taken, takenToStay, weightOfLast } from './plain.ts'

const entry = () => ({ term: 3, command: { key: 'x', value: 'one' } })

test('an entry that stays is the same one in each message and on each disk, and weighs what it weighed', () => {
  const copied = taken({ entries: [entry(), entry()] }, 'a message')
  const weight = weightOfLast()
  const mine = entry()
  const kept = takenToStay(mine, 'an entry')
  expect(kept).not.toBe(mine)
  mine.command.value = 'another'
  expect(kept).toEqual(entry())
  expect(Object.isFrozen((kept as ReturnType<typeof entry>).command)).toBe(true)
  const sent = taken({ entries: [kept, kept] }, 'a message') as { entries: unknown[] }
  expect(weightOfLast()).toBe(weight)
  expect(sent).toEqual(copied)
  expect(sent.entries[0]).toBe(kept)
  expect(takenToStay(sent.entries[1], 'an entry')).toBe(kept)
  expect(() => takenToStay({ run: () => 1 }, 'an entry')).toThrow('an entry is plain data')
})
