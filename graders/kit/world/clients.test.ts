// Clients of simulated clusters: what they saw of a right service, of a wrong one, and of one that is not there.

import { expect, test } from 'vitest'
import { BrokenPromise } from '../broken.ts'
import { kv } from '../history/models.ts'
import { everyRun, everyWalk } from '../simulate.ts'
import { planFor, type Simulated, simulation, type TimedInput, type WalkInput } from '../simulation.ts'
import type { Remote } from '../suite.ts'
import type { Context, Node } from '../world.ts'
import { type Packed, unpack } from './history.ts'
import { asOneCopy, operationsOf } from './operations.ts'

type Command =
  | { readonly op: 'get'; readonly key: string }
  | { readonly op: 'put'; readonly key: string; value: string }
interface Told {
  readonly type: 'Done' | 'NotLeader'
  readonly value?: string | null
  readonly leader?: string | null
}
type Message = { readonly type: 'Copy'; readonly key: string; readonly value: string }
type Boot = (context: Context<Message>) => Node<Message, Command>

/** n1 serves, and the others say so; or, of a kind that is wrong, everybody serves what it has. */
const service =
  (everybody: boolean): Boot =>
  ({ self, peers, send, reply }) => {
    const values = new Map<string, string>()
    return {
      onMessage: (_from, { key, value }) => void values.set(key, value),
      onTimer() {},
      onRequest(request, command) {
        if (!everybody && self !== 'n1') {
          reply(request, { type: 'NotLeader', leader: 'n1' })
          return
        }
        if (command.op === 'put') {
          values.set(command.key, command.value)
          for (const peer of peers) send(peer, { type: 'Copy', key: command.key, value: command.value })
        }
        reply(request, { type: 'Done', value: command.op === 'get' ? (values.get(command.key) ?? null) : undefined })
      },
      inspect: () => ({ keys: values.size }),
    }
  }

const worldOf = (boot: Boot) =>
  simulation<Message, unknown>({
    boot: boot as unknown as Simulated<Message, unknown>['boot'],
    refusal: (result) => {
      const { type, leader = null } = result as Told
      return type === 'NotLeader' ? { leader } : undefined
    },
    tellCommand: (command: Command) =>
      command.op === 'get' ? `get ${command.key}` : `put ${command.key}=${command.value}`,
    tellAnswer: ({ type, value }: Told) => (type !== 'Done' ? 'not I' : value === undefined ? 'done' : String(value)),
  })

const READING = {
  input: (command: unknown) => command as Command,
  output: (result: unknown) => (result as Told).value,
}
const check = asOneCopy(kv, READING)

/** Each value is written once, so that who reads it says what it has seen. */
const scripts = (clients: number, operations: number): Command[][] =>
  Array.from({ length: clients }, (_, client) =>
    Array.from({ length: operations }, (_, i): Command => {
      const key = i % 3 === 0 ? 'y' : 'x'
      return (client + i) % 2 === 0 ? { op: 'put', key, value: `${client}.${i}` } : { op: 'get', key }
    }),
  )

const seeds = (count: number) => Array.from({ length: count }, (_, seed) => seed)
const walks = (nodes: number): WalkInput[] =>
  seeds(60).map((seed) => ({ nodes, seed, length: 60, clients: scripts(3, 8), keepsAll: true }))
const runs = (nodes: number): TimedInput[] =>
  seeds(6).map((seed) => ({
    nodes,
    seed,
    maxSteps: 20_000,
    clients: scripts(4, 30),
    plan: planFor('swarm', seed, { nodes, chaosMs: 2_000, quietMs: 3_000, patienceMs: 200 }),
  }))

/** As a suite asks, only that nothing is far away. */
const asking = {
  shrink: true,
  askAll: async <Input, Output>(operation: Remote<Input, Output>, inputs: readonly Input[]) =>
    (inputs as never[]).map(operation as never) as Output[],
}
const near = <Input>(operation: (input: Input) => Packed) => operation as unknown as Remote<Input, Packed>

test('what clients see of one copy is one copy, however often they ask again', async () => {
  const { walk, replay, timed } = worldOf(service(false))
  await everyWalk(asking, { walk: near(walk), replay: near(replay), inputs: walks(3), check })
  await everyRun(asking, { timed: near(timed), inputs: withoutCrashes(runs(3)), check, tellView: () => undefined })
})

/** The service has no disk: what it keeps, it keeps as long as it is up. */
const withoutCrashes = (inputs: readonly TimedInput[]) =>
  inputs.map((input) => ({
    ...input,
    plan: { ...input.plan, faults: input.plan.faults.filter(({ what }) => what !== 'crash') },
  }))

test('they go where they are sent, and all that they want is done in the end', () => {
  const { timed } = worldOf(service(false))
  const input = withoutCrashes(runs(3))[0] as TimedInput
  const spoken = operationsOf(unpack(timed(input)), READING)
  expect(spoken).toHaveLength(4 * 30)
  expect(spoken.filter(({ returned }) => returned !== undefined).length).toBeGreaterThan(100)
})

test('a copy that is behind is told in two steps, and what should have been', async () => {
  const { walk, replay } = worldOf(service(true))
  const found = everyWalk(asking, { walk: near(walk), replay: near(replay), inputs: walks(3), check })
  const error = await found.catch((error: unknown) => error)
  expect(error).toBeInstanceOf(BrokenPromise)
  const { story, expected, got } = error as BrokenPromise
  expect([...story, `expected ${expected}`, `got ${got}`]).toMatchInlineSnapshot(`
    [
      "n3  is asked put y=2.0 → keys 1; answers put y=2.0: done",
      "n2  is asked get y; answers get y: null",
      "expected client 2, which asks in step 4, is told get('y') → '2.0': before it came client 3's put('y', '2.0')",
      "got get('y') → null",
    ]
  `)
})

test('and it is found by the clock, too', async () => {
  const { timed } = worldOf(service(true))
  const found = everyRun(asking, { timed: near(timed), inputs: runs(3), check, tellView: () => undefined })
  await expect(found).rejects.toThrow(BrokenPromise)
})

test('who is never answered gives up: the outcome is open, and whatever is read of it is legal', () => {
  const silent: Boot = (context) => {
    const node = service(false)(context)
    let puts = 0
    // Every other put is done, and nobody hears of it.
    return {
      ...node,
      onRequest(request, command) {
        if (command.op === 'get' || puts++ % 2 === 0) node.onRequest?.(request, command)
        else node.onRequest?.(-1, command)
      },
    }
  }
  const { timed } = worldOf(silent)
  const input = withoutCrashes(runs(1))[0] as TimedInput
  const history = unpack(timed({ ...input, pace: { thinkMs: 20, patienceMs: 50, attempts: 1 } }))
  const spoken = operationsOf(history, READING)
  const open = spoken.filter(({ returned }) => returned === undefined)
  expect(open.length).toBeGreaterThan(5)
  expect(open.every(({ operation }) => operation.end === undefined && operation.input.op === 'put')).toBe(true)
  expect(check(history)).toBeUndefined()
  // Some of what nobody was told of is seen all the same: it happened.
  const values = open.map(({ operation: { input } }) => input.op === 'put' && input.value)
  expect(
    spoken.some(({ operation: { input, output } }) => input.op === 'get' && values.includes(output ?? false)),
  ).toBe(true)
})

test('the same run comes out the same, and without clients as before there were any', () => {
  const { timed, walk } = worldOf(service(true))
  const run = runs(3)[0] as TimedInput
  const one = walks(3)[0] as WalkInput
  expect(timed(run).hash).toBe(timed(run).hash)
  expect(walk(one).hash).toBe(walk(one).hash)
  const { clients: _, ...bare } = one
  expect(unpack(walk(bare)).entries.some(([, , what]) => what === 'called')).toBe(false)
})
