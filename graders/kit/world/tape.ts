// What one node was told and what it did, boot by boot, as plain data: taken down while it ran among others, and played to
// it again where it is alone. A node that knows of nothing but its context does the same; one that has another channel to
// its neighbours has lost it.

import type { Context, Disk, DiskLog, Node, NodeId } from '../world.ts'
import type { Boot } from './cluster.ts'
import { brief } from './history.ts'
import { alike, taken } from './plain.ts'

/** One boot. */
export interface Tape {
  readonly self: NodeId
  readonly peers: readonly NodeId[]
  readonly turns: readonly Turn[]
}

/** One function of the node that was called. */
export interface Turn {
  readonly call: 'boot' | 'onMessage' | 'onTimer' | 'onRequest' | 'inspect'
  readonly given: readonly unknown[]
  /** what it asked of its context meanwhile, in order */
  readonly asks: readonly Ask[]
  readonly came: Came
}

export interface Ask {
  /** `send`, `disk.get`, … */
  readonly what: string
  readonly given: readonly unknown[]
  readonly came: Came
}

export type Came = { readonly returned: unknown } | { readonly threw: string; readonly message: string }

/** The first thing that a node does otherwise when it is alone. */
export interface Difference {
  readonly node: NodeId
  /** place among the turns of its boot */
  readonly turn: number
  readonly call: Turn['call']
  readonly together: string
  readonly alone: string
}

/** A run of minutes would not fit into an answer; what a node does at first is as good as what it does later. */
const MAX_TURNS_A_BOOT = 400
const MAX_TURNS = 4_000

const NOTHING: Came = Object.freeze({ returned: undefined })
const NOT_PLAIN = '(no plain data)'

const plain = (value: unknown): unknown => {
  try {
    return taken(value, 'it')
  } catch {
    return NOT_PLAIN
  }
}

function told(error: unknown): Came {
  try {
    const { name, message } = error as Error
    return { threw: String(name).slice(0, 80), message: String(message).slice(0, 200) }
  } catch {
    return { threw: 'Error', message: 'a value that cannot be read' }
  }
}

/** @param tapes takes what is recorded, a tape for each boot */
export function taping(boot: Boot, tapes: Tape[]): Boot {
  let turnsLeft = MAX_TURNS
  return (context) => {
    const turns: Turn[] = []
    let asks: Ask[] | undefined
    tapes.push({ self: context.self, peers: context.peers, turns })
    const turn: Turning = (call, given, run) => {
      if (turns.length >= MAX_TURNS_A_BOOT || turnsLeft <= 0) return run()
      turnsLeft--
      const mine: Ask[] = []
      asks = mine
      let came: Came = NOTHING
      try {
        const result = run()
        if (call === 'inspect') came = { returned: plain(result) }
        return result
      } catch (error) {
        came = told(error)
        throw error
      } finally {
        asks = undefined
        turns.push({ call, given, asks: mine, came })
      }
    }
    const around = contextThrough(context, (what, given) => {
      const mine = asks
      const as = plain(given) as unknown[]
      try {
        const returned = answerOf(context, what, given)
        mine?.push({ what, given: as, came: { returned } })
        return returned
      } catch (error) {
        mine?.push({ what, given: as, came: told(error) })
        throw error
      }
    })
    return turningNode(
      turn('boot', [], () => boot(around)),
      turn,
    )
  }
}

/** Plays a tape to a node that is alone. @returns undefined where it does what it did among the others */
export function playTape(boot: Boot, { self, peers, turns }: Tape): Difference | undefined {
  let at = 0
  let next = 0
  let difference: Difference | undefined
  const differs = (together: string, alone: string) => {
    difference ??= { node: self, turn: at, call: turns[at]?.call ?? 'boot', together, alone }
  }
  const context = contextThrough({ self, peers: taken(peers, 'it') as readonly NodeId[] }, (what, given) => {
    const one = turns[at]?.asks[next++]
    const as = plain(given) as unknown[]
    if (one === undefined || one.what !== what || !alike(one.given, as)) {
      differs(one === undefined ? 'nothing more' : sentence(one), sentence({ what, given: as }))
      throw new Error('alone, it does what it did not do among the others')
    }
    return again(one.came)
  })
  let node: Record<string, ((...given: readonly unknown[]) => unknown) | undefined> = {}
  for (; at < turns.length && difference === undefined; at++) {
    const { call, given, asks, came } = turns[at] as Turn
    next = 0
    let now: Came = NOTHING
    try {
      if (call === 'boot') node = boot(context) as unknown as typeof node
      else {
        const result = node[call]?.(...(taken(given, 'it') as readonly unknown[]))
        if (call === 'inspect') now = { returned: plain(result) }
      }
    } catch (error) {
      now = told(error)
    }
    const missing = asks[next]
    if (missing !== undefined) differs(sentence(missing), 'nothing more')
    if (!alike(now, came)) differs(outcome(came), outcome(now))
    if ('threw' in came) break
  }
  return difference
}

type Turning = <T>(call: Turn['call'], given: readonly unknown[], run: () => T) => T

/** The same functions, and no others: the world holds it against what a node must have. */
function turningNode(node: Node<never, never>, turn: Turning): Node<never, never> {
  if (typeof node !== 'object' || node === null) return node
  const functions = node as unknown as Record<string, (...given: unknown[]) => unknown>
  const around: Record<string, unknown> = {}
  for (const call of ['onMessage', 'onTimer', 'onRequest', 'inspect'] as const)
    if (typeof functions[call] === 'function')
      around[call] = (...given: unknown[]) => turn(call, given, () => functions[call]?.(...given))
  return around as unknown as Node<never, never>
}

type Asking = (what: string, given: readonly unknown[]) => unknown

/** A context whose every use goes through one function. */
function contextThrough({ self, peers }: Pick<Context<never>, 'self' | 'peers'>, ask: Asking): Context<never> {
  const through =
    (what: string) =>
    (...given: unknown[]): never =>
      ask(what, given) as never
  const log: DiskLog = {
    get length() {
      return ask('disk.log.length', []) as number
    },
    at: through('disk.log.at'),
    append: through('disk.log.append'),
    truncate: through('disk.log.truncate'),
  }
  const disk: Disk = {
    get: through('disk.get'),
    put: through('disk.put'),
    log: Object.freeze(log),
    sync: through('disk.sync'),
  }
  return Object.freeze({
    self,
    peers,
    now: through('now'),
    random: through('random'),
    send: through('send'),
    setTimer: through('setTimer'),
    cancelTimer: through('cancelTimer'),
    reply: through('reply'),
    disk: Object.freeze(disk),
  })
}

/** What the world itself answers. */
function answerOf(context: Context<never>, what: string, given: readonly unknown[]): unknown {
  const path = what.split('.')
  const last = path.pop() as string
  let at = context as unknown as Record<string, unknown>
  for (const key of path) at = at[key] as Record<string, unknown>
  const found = at[last]
  return typeof found === 'function' ? found(...given) : found
}

/** The answer that it had before, or the error. */
function again(came: Came): unknown {
  if ('returned' in came) return taken(came.returned, 'it')
  const error = came.threw === 'RangeError' ? new RangeError(came.message) : new TypeError(came.message)
  if (error.name !== came.threw) error.name = came.threw
  throw error
}

const sentence = ({ what, given }: Pick<Ask, 'what' | 'given'>): string =>
  `${what}(${given.map((one) => brief(one)).join(', ')})`.slice(0, 160)
const outcome = (came: Came): string =>
  'returned' in came
    ? `shows ${brief(came.returned)}`.slice(0, 160)
    : `throws ${came.threw}: ${came.message}`.slice(0, 160)
