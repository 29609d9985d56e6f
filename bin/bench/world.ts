// `npm run bench:world`: how fast the simulated world is, in a real subject process with gauged code, as a learner waits
// for it: a trivial protocol by time, five nodes of Raft under chaos, and walks that know no time; what whole verdicts and
// 200 runs with all their rules take; and walks of the kit alone, without a gauge, a fresh module for each boot, or a border to cross.

import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Command } from '../../graders/kit/raft/key-values.ts'
import type { TimedInput } from '../../graders/kit/simulation.ts'
import { planFor } from '../../graders/kit/world/faults.ts'
import type { Packed } from '../../graders/kit/world/history.ts'
import { runWalk, type WalkOptions } from '../../graders/kit/world/walk.ts'
import { boot } from '../../solutions/4-scale/raft-election.ts'
import { startJudge } from '../judge/judge.ts'
import { prepareSubmission } from '../sandbox/prepare.ts'
import { openWorld, type World } from '../sandbox/simulation-fixture.ts'
import { heldRuns, type RunsFile } from './held-runs.ts'

const TOKEN_RING = `
  export function boot(context) {
    const next = context.peers.find((peer) => peer > context.self) ?? context.peers[0]
    let seen = 0
    return {
      onMessage(from, { token }) { seen = token; context.send(next, { token: token + 1 }) },
      onTimer() { context.send(next, { token: 1 }) },
      inspect: () => undefined,
    }
  }`
const RING_DRIVER = `
  import * as kata from '#kata/0-bench/token-ring'
  import { fresh, simulation } from '../../kit/simulation.ts'
  const world = simulation({ boot: fresh(kata, ({ boot }) => (context) => {
    if (context.self === 'n1') context.setTimer('start', 0)
    return boot(context)
  }) })
  export const { timed, walk } = world`

const RAFT = '4-scale/raft-election'
const LOG = '4-scale/raft-replication'
const KV = '4-scale/raft-kv'
const COURSE = join(import.meta.dirname, '../..')
/** Walks are short, and code is optimised late. */
const ROUNDS = 12
/** The clock that tells a subject's CPU time ticks a hundred times a second: so many calls make a round. */
const WALK_CALLS = 5
/** Of a master seed, a suite of Raft makes some 65 clusters that go by chance, and as many again by hand. */
const MASTER_SEEDS = 4
const CHAOS_RUNS = 200
const CHAOS_AT_ONCE = 4
const MINUTES = 12

/** CPU time of the subject, its answers included; best of a few: what disturbs only ever slows down. */
async function best(world: World, operation: string, inputs: readonly unknown[], calls = 1) {
  let best = { ms: Number.POSITIVE_INFINITY, steps: 0 }
  for (let round = 0; round < ROUNDS; round++) {
    const startedMs = world.cpuMs()
    let steps = 0
    for (let call = 0; call < calls; call++)
      for (const { counts } of await world.call<Packed>(operation, inputs)) steps += counts.steps
    const ms = world.cpuMs() - startedMs
    if (ms < best.ms) best = { ms, steps }
  }
  return best
}

/** Steps a millisecond of CPU time, of the kit alone: best of a few. */
function walkedAlone(walks: readonly WalkOptions[]): number {
  let best = 0
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    let steps = 0
    for (let call = 0; call < WALK_CALLS; call++) for (const walk of walks) steps += runWalk(walk).counts.steps
    const { user, system } = process.cpuUsage(before)
    best = Math.max(best, steps / ((user + system) / 1000))
  }
  return best
}

/** @returns seconds until the reference is judged, the judge being there */
async function verdict(path: string, seeds: number): Promise<number> {
  const prepared = prepareSubmission(path, readFileSync(join(COURSE, 'solutions', `${path}.ts`), 'utf8'), [])
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems))
  const { url, modules } = prepared
  const judge = await startJudge(COURSE, { workers: availableParallelism() })
  const job = (id: string, on: readonly number[]) => ({
    ...{ id, kata: path, url, modules, seeds: on },
    ...{ shrink: false, exhaustive: true },
  })
  await judge.run([job('warm', [1])])
  const startedMs = performance.now()
  const { evidence, faults } = await judge.run([
    job(
      'it',
      Array.from({ length: seeds }, (_, i) => i + 1),
    ),
  ])
  const seconds = (performance.now() - startedMs) / 1000
  await judge.close()
  const found = evidence.get('it')
  if (faults.size > 0 || !found?.promises.every(({ result }) => result.kept))
    throw new Error(`The reference of ${path} is refused.`)
  return seconds
}

/** @returns seconds of cores for runs by the clock, every one held against all that must hold, histories of clients too */
async function chaosHeld(path: string, inputs: readonly TimedInput[]): Promise<number> {
  const { RUN_RULES }: RunsFile = await import(join(COURSE, 'graders', path, 'runs.ts'))
  const world = await openWorld(path)
  // Twice: the first time warms up, here and there.
  let seconds = 0
  for (let round = 0; round < 2; round++) {
    const [before, theirMs] = [process.cpuUsage(), world.cpuMs()]
    // As many as one answer may hold.
    for (let at = 0; at < inputs.length; at += CHAOS_AT_ONCE) {
      const { failing } = await heldRuns(world, inputs.slice(at, at + CHAOS_AT_ONCE), RUN_RULES)
      if (Object.values(failing).some((places) => places.length > 0)) throw new Error(`The reference of ${path} fails.`)
    }
    const { user, system } = process.cpuUsage(before)
    seconds = (user + system) / 1e6 + (world.cpuMs() - theirMs) / 1000
  }
  world.close()
  return seconds
}

/** Four clients of five nodes, all of a minute, ten of its seconds quiet: 1,200 writes and reads of ten keys, about. */
function minuteOf(seed: number): TimedInput {
  const scale = { nodes: 5, chaosMs: 50_000, quietMs: 10_000, patienceMs: 300 }
  const commandOf = (client: number, i: number): Command => {
    const key = `k${(3 * client + 7 * i + seed) % 10}`
    return i % 2 === 0
      ? { type: 'Get', key }
      : { type: 'Put', key, value: `${client}.${i};`, client: client + 1, sequence: i + 1 }
  }
  return {
    ...{ nodes: 5, seed, plan: planFor('swarm', seed, scale), maxSteps: 100_000 },
    clients: Array.from({ length: 4 }, (_, client) => Array.from({ length: 300 }, (_, i) => commandOf(client, i))),
    pace: { thinkMs: 80, patienceMs: 250, attempts: 5 },
  }
}

const ring = await openWorld('0-bench/token-ring', { submission: TOKEN_RING, driver: RING_DRIVER })
const plan = {
  healMs: 0,
  untilMs: 1e6,
  weather: { delayMs: [1, 1], lost: 0, doubled: 0, slow: 0, slowMs: 0 },
  faults: [],
}
const ringRun = await best(ring, 'timed', [{ nodes: 5, seed: 1, plan, maxSteps: 400_000 }])
ring.close()
say('token ring, 5 nodes, by time', ringRun.steps / ringRun.ms / 1000, 'M steps/s', 'at least 1')

const raft = await openWorld(RAFT)
const chaos = Array.from({ length: 10 }, (_, seed) => ({
  nodes: 5,
  seed,
  plan: planFor('swarm', seed, { nodes: 5, chaosMs: 50_000, quietMs: 10_000, patienceMs: 300 }),
  maxSteps: 100_000,
}))
const chaosRun = await best(raft, 'timed', chaos)
say('Raft, 5 nodes, 60 s of chaos', (chaos.length / chaosRun.ms) * 1000, 'seeds/s', 'at least 15')
say('  of them', chaosRun.steps / chaosRun.ms, 'k steps/s', '')
const walks = Array.from({ length: 150 }, (_, seed) => ({ nodes: 3, seed, length: 100, crashes: 4 }))
const walkRun = await best(raft, 'walk', walks, WALK_CALLS)
say('Raft, 3 nodes, walks of 100 steps', walkRun.steps / walkRun.ms, 'k steps/s', '')
raft.close()
const alone = walks.map(({ nodes, ...rest }) => ({
  ...rest,
  boots: Array.from({ length: nodes }, () => boot as never),
}))
say('  the kit alone', walkedAlone(alone), 'k steps/s', 'at least 250')

const minutes = Array.from({ length: MINUTES }, (_, seed) => minuteOf(seed))
say('raft-kv, 5 nodes, 60 s, history held', MINUTES / (await chaosHeld(KV, minutes)), 'seeds/s', 'at least 15')
for (const path of [LOG, KV]) {
  say(`${path.slice(8)}, whole verdict, ${MASTER_SEEDS} seeds`, await verdict(path, MASTER_SEEDS), 's', 'at most 10')
  const { runsFor }: RunsFile = await import(join(COURSE, 'graders', path, 'runs.ts'))
  const runs = Array.from({ length: CHAOS_RUNS }, (_, seed) => runsFor(seed))
  const all = runs.flat().slice(0, CHAOS_RUNS)
  say(`${path.slice(8)}, ${CHAOS_RUNS} runs, rules held`, await chaosHeld(path, all), 's', 'at most 10')
}

function say(what: string, figure: number, unit: string, wanted: string): void {
  console.log(`${what.padEnd(38)} ${figure.toFixed(2).padStart(9)} ${unit.padEnd(10)} ${wanted}`)
}
