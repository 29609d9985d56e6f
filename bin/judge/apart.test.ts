// Nodes that have found a channel which nobody thought of, beside the network: played again with a process each.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { planFor } from '../../graders/kit/world/faults.ts'
import { perNodeModules } from '../sandbox/per-node.ts'
import { type Modules, prepareOurs, prepareSubmission } from '../sandbox/prepare.ts'
import { openSession } from '../sandbox/session.ts'
import { bench } from './subject-bench.ts'

const COURSE = join(import.meta.dirname, '../..')
const PATH = '4-scale/raft-election'
const kit = prepareOurs(COURSE, join(COURSE, 'graders/kit/driver.ts')).modules
const driver = prepareOurs(COURSE, join(COURSE, 'graders', PATH, 'driver.ts'), kit)

/** A variable that every evaluation shares: what the judge's own preparation makes impossible. */
const LEAK = 'const leak = { value: 0 };'

const solution = readFileSync(join(COURSE, 'solutions', `${PATH}.ts`), 'utf8')
/** Stands in front of the solution's own boot: wherever it says so, a node does something that depends on the others. */
const cheating = (done: string) =>
  solution.replace('  return new RaftNode(context)', `  ${done}\n  return new RaftNode(context)`)

const WALK = { nodes: 3, seed: 7, length: 60, crashes: 1 }
const TIMED = {
  nodes: 3,
  seed: 7,
  plan: planFor('swarm', 7, { nodes: 3, chaosMs: 3_000, quietMs: 2_000, patienceMs: 300 }),
  maxSteps: 20_000,
}

async function deathsOf(source: string, apart: boolean): Promise<readonly { cause: string; why: string }[]> {
  const prepared = prepareSubmission(PATH, source, [])
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems))
  const modules: Modules = Object.fromEntries(
    Object.entries(perNodeModules(prepared.modules)).map(([url, script]) => [url, LEAK + script]),
  )
  const job = { id: 'one', kata: PATH, url: prepared.url, modules, seeds: [1], shrink: false, exhaustive: false }
  const { subject, close } = bench({ ...job, ...(apart ? { apart } : {}) }, driver, (trail) => openSession(kit, trail))
  for (const [operation, input] of [
    ['walk', WALK],
    ['timed', TIMED],
  ] as const) {
    const [outcome] = await subject.call(operation, [input])
    expect(outcome?.kind).toBe('returned')
  }
  subject.report('it was asked', 1, { kept: true })
  return (await close()).deaths
}

test('a node that knows of the others by their messages alone does the same in a process of its own', async () => {
  expect(await deathsOf(solution, true)).toEqual([])
})

test.for([
  ['what it keeps', "leak.value++; context.disk.put('others', leak.value)", 'alone disk.put(others, '],
  ['how long it waits', "context.setTimer('late', 1 + leak.value++)", 'alone setTimer(late, '],
  ['what it draws', 'if (leak.value++ > 0) context.random(10)', 'together random(10)'],
])('a node whose neighbours decide %s, beside the network, is found out', async ([, done = '', seen = '']) => {
  const source = cheating(done)
  expect(source).not.toBe(solution)
  const deaths = await deathsOf(source, true)
  expect(deaths.map(({ cause }) => cause)).toEqual(['tampered'])
  expect(deaths[0]?.why).toMatch(
    /^In a process of its own, n[1-3] does not do what it did beside the others \(call 1 of its boot, boot\)/,
  )
  expect(deaths[0]?.why).toContain(seen)
  // Without this, nobody sees it: it keeps every promise.
  expect(await deathsOf(source, false)).toEqual([])
})
