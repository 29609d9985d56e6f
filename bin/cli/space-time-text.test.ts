// Pictures as they are read: fixtures/space-time holds them; look at a change before you accept it.

import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Trace } from '../judge/report.ts'
import { columns } from './columns.ts'
import { traceScreen } from './screens/trace-screen.ts'
import { layOut } from './space-time-layout.ts'
import { anyRun, longGossip, sleepsThroughItsLease, twoLeaders } from './space-time-runs-fixture.ts'
import { diagramLines } from './space-time-text.ts'

const LOOK = { width: 80, colour: false }
const keep = (kata: string, promise: string, trace: Trace) => ({
  kata,
  promise,
  seed: 7,
  replay: `npx kata check ${kata} --seed 7`,
  trace,
})
const leaders = keep('raft-election', 'A term has at most one leader', twoLeaders())
const lease = keep('fencing-tokens', 'A lower token changes nothing', sleepsThroughItsLease())
const gossip = keep('gossip-swim', 'Nobody comes back from the dead', longGossip())
const DRAWN = { plain: false, all: false }

test.each([
  ['two-leaders', leaders, LOOK, DRAWN],
  ['two-leaders.ascii', leaders, { ...LOOK, ascii: true as const }, DRAWN],
  ['two-leaders.plain', leaders, LOOK, { plain: true, all: false }],
  ['two-leaders.narrow', leaders, { ...LOOK, width: 44 }, DRAWN],
  ['lease', lease, LOOK, DRAWN],
  ['gossip', gossip, LOOK, DRAWN],
])('%s', async (name, kept, look, choice) => {
  const text = traceScreen(kept, look, choice)
  await expect(`${text}\n`).toMatchFileSnapshot(`fixtures/space-time/${name}.txt`)
  if (look === LOOK && !choice.plain)
    for (const line of text.split('\n')) expect(columns(line), line).toBeLessThanOrEqual(80)
})

test('a picture that must be short ends with the violation', () => {
  const lines = diagramLines(layOut(twoLeaders()), LOOK, { most: 8 })
  expect(lines.length).toBeLessThanOrEqual(8)
  expect(`${lines.join('\n')}\n`).toMatchInlineSnapshot(`
    "step n1                      n2                      n3
         │  … 7 before these     │                       │
     14▌ │                       ●◀────── vote? t1 ──────┤
       ▌ │                       │ term=1 vote=n3        │
     16▌ │                       ├─────── yes t1 ───────▶● role=LEADER
     17 ═ healed ═══════════════════════════════════════════════════════════════════
     18  ✗◀─── yes t1 (sent 7) ──┤                       │
         │ role=LEADER           │                       │
    "
  `)
})

test('more lifelines than have room are told in words', () => {
  const many = { ...longGossip(3), nodes: Array.from({ length: 12 }, (_, i) => `node ${i}`) }
  const wide = { ...many, events: many.nodes.map((_, node) => ({ at: 0, node, what: 'timer' }) as const) }
  const { broken: _, ...whole } = wide
  expect(traceScreen({ ...gossip, trace: whole }, LOOK, DRAWN)).toContain('0 ms: timer of node 11.')
})

test('colour changes no word', () => {
  const plain = traceScreen(leaders, LOOK, DRAWN)
  const coloured = traceScreen(leaders, { ...LOOK, colour: true }, DRAWN)
  expect(coloured).not.toBe(plain)
  expect(stripVTControlCharacters(coloured)).toBe(plain)
})

test('whatever a run holds, its picture is 80 columns wide and drives no terminal', () => {
  fc.assert(
    fc.property(anyRun, fc.constantFrom(5, 12, 1_000), fc.boolean(), (trace, most, ascii) => {
      const look = { ...LOOK, ...(ascii ? { ascii: true as const } : {}) }
      const lines = diagramLines(layOut(trace, 30), look, { most })
      const wide = lines.filter((line) => columns(line) > 80)
      if (wide.length > 0) throw new Error(wide.join('\n'))
      // A last row that takes more than there is room for is left out, with all before it.
      if (lines.length > most) throw new Error(`${lines.length} lines of ${most}`)
      if (/\p{Cc}/u.test(lines.join(''))) throw new Error('a control character')
    }),
    { seed: 11, numRuns: 400 },
  )
})
