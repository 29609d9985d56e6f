// Calls sets without a world around them, and runs clusters of replicas that send each other operations, or states.

import * as kata from '#kata/3-deep-dive/or-set'
import { type Context, evaluated, fresh, type Node, simulation } from '../../kit/simulation.ts'

export type State = { added: [tag: string, element: string][]; removed: string[] }
export type Operation = { add: string; tag: string } | { remove: string; tags: string[] }

export type Call =
  | { add: string }
  | { remove: string }
  | { apply: Operation }
  | { merge: State }
  /** learns what another of the sets has done in the so many'th call (from the first of all), by its operation */
  | { hear: number }
  /** learns what another set knew after the so many'th call; before all of them: -1 */
  | { read: number }
  /** is made anew, of its own state */
  | { restart: true }

export interface Script {
  /** which replica makes each call */
  calls: { at: number; call: Call }[]
  /** asked of each set after each call */
  ask: string[]
  names?: string[]
}

export interface Seen {
  elements: string[]
  has: boolean[]
}

export interface Made extends Seen {
  /** of an add or a remove */
  operation?: Operation
}

export const NAMES = ['n1', 'n2', 'n3']

/** @returns what each call returned, and what its set showed after it */
export function run({ calls, ask, names = NAMES }: Script): Made[] {
  const { ORSet } = evaluated(kata)
  const sets = names.map((name) => new ORSet(name))
  const operations: (kata.Operation | undefined)[] = []
  const states: kata.SetState[] = []
  return calls.map(({ at, call }): Made => {
    let set = sets[at] as kata.ORSet
    let operation: kata.Operation | undefined
    if ('add' in call) operation = set.add(call.add)
    else if ('remove' in call) operation = set.remove(call.remove)
    else if ('apply' in call) set.apply(call.apply)
    else if ('merge' in call) set.merge(copied(call.merge))
    else if ('hear' in call) set.apply(operations[call.hear] as kata.Operation)
    else if ('read' in call) set.merge(call.read < 0 ? { added: [], removed: [] } : copied(states[call.read]!))
    else {
      set = new ORSet(names[at] as string, copied(set.state()))
      sets[at] = set
    }
    operations.push(operation)
    states.push(copied(set.state()))
    const seen = { elements: [...set.elements], has: ask.map((element) => set.has(element)) }
    return operation === undefined ? seen : { ...seen, operation: copiedOperation(operation) }
  })
}

export type News =
  | { apply: Operation }
  | { merge: State }
  /** states that a set of its own has put together first */
  | { through: State[] }

/** Each list of news comes to a set of its own. @returns what it shows then */
export function observers({ orders, ask }: { orders: News[][]; ask: string[] }): Seen[] {
  const { ORSet } = evaluated(kata)
  return orders.map((list) => {
    const set = new ORSet('observer')
    for (const news of list) {
      if ('apply' in news) set.apply(news.apply)
      else if ('merge' in news) set.merge(copied(news.merge))
      else {
        const middle = new ORSet('middle')
        for (const state of news.through) middle.merge(copied(state))
        set.merge(copied(middle.state()))
      }
    }
    return { elements: [...set.elements].sort(), has: ask.map((element) => set.has(element)) }
  })
}

export interface Owning {
  given: State
  element: string
}

export interface Owned {
  /** what was given to merge and to the constructor, and what was handed out, at the end; and that when it was */
  given: State
  initial: State
  out: State
  outAtFirst: State
  /** what adds and removes returned, at the end, and when they did */
  operations: Operation[]
  operationsAtFirst: Operation[]
  /** what the sets show before somebody writes over all of them, and after that */
  before: Kept
  after: Kept
}

interface Kept extends Seen {
  /** what each set knows, dead adds left out; in order */
  states: State[]
}

export function owned({ given, element }: Owning): Owned {
  const { ORSet } = evaluated(kata)
  const [mine, initial] = [copied(given), copied(given)]
  const set = new ORSet('n1')
  set.merge(mine)
  const out = set.state() as State
  const outAtFirst = copied(out)
  const other = new ORSet('n2', initial)
  const returned: kata.Operation[] = []
  const operationsAtFirst: Operation[] = []
  const keep = (operation: kata.Operation) => {
    returned.push(operation)
    operationsAtFirst.push(copiedOperation(operation))
  }
  for (const one of [set, other]) {
    keep(one.add(element))
    for (const [, other] of given.added.slice(1)) keep(one.remove(other))
    keep(one.add(element))
    keep(one.remove(element))
    keep(one.add(element))
  }
  const atTheEnd = {
    given: copied(mine),
    initial: copied(initial),
    out: copied(out),
    operations: returned.map(copiedOperation),
  }
  const look = () => {
    const all = [set, other].map(({ elements }) => [...elements].sort())
    const states = [set, other].map((one) => inOrder(one.state()))
    return { elements: all.flat(), has: [set.has(element), other.has(element)], states }
  }
  const before = look()
  for (const one of [mine, initial, out, set.state(), other.state(), ...returned]) spoil(one)
  return { ...atTheEnd, outAtFirst, operationsAtFirst, before, after: look() }
}

/** Writes over all of it. What is handed out may be frozen: that is one way to keep it apart. */
function spoil(what: object): void {
  for (const [key, value] of Object.entries(what)) {
    if (typeof value === 'object' && value !== null) spoil(value)
    else Reflect.set(what, key, 'spoilt')
  }
  if (Array.isArray(what)) Reflect.set(what, 'length', 0)
}

const inOrder = ({ added, removed }: kata.SetState): State => {
  const dead = new Set(removed)
  return copied({ added: added.filter(([tag]) => !dead.has(tag)).sort(), removed: [...removed].sort() })
}

const copied = ({ added, removed }: kata.SetState): State => ({
  added: added.map(([tag, element]): [string, string] => [tag, element]),
  removed: [...removed],
})

const copiedOperation = (operation: kata.Operation): Operation =>
  'add' in operation
    ? { add: operation.add, tag: operation.tag }
    : { remove: operation.remove, tags: [...operation.tags] }

// ---- clusters ------------------------------------------------------------------------------------------------------

export type Command = { readonly add: string } | { readonly remove: string }

/** `of`: the request that it comes from */
export type Message =
  | { readonly of: number; readonly operation: kata.Operation }
  | { readonly of: number; readonly state: kata.SetState }

export interface View {
  readonly elements: readonly string[]
}

/** Tells all others of each request at once, and once: what the network makes of that is its own business. */
const replica = (sends: 'operations' | 'states') =>
  fresh<typeof kata, Message>(kata, ({ ORSet }) => (context: Context<Message>): Node<Message, Command> => {
    const set = new ORSet(context.self)
    return {
      onRequest(request, command) {
        const operation = 'add' in command ? set.add(command.add) : set.remove(command.remove)
        const message = sends === 'states' ? { of: request, state: set.state() } : { of: request, operation }
        for (const peer of context.peers) context.send(peer, message)
      },
      onMessage(_, message) {
        // As from a wire: what a message holds is the receiver's own.
        if ('state' in message) set.merge(copied(message.state))
        else set.apply(copiedOperation(message.operation))
      },
      onTimer() {},
      inspect: (): View => ({ elements: [...new Set(set.elements)].sort() }),
    }
  })

const label = (message: Message): string => {
  if ('state' in message) {
    const { added, removed } = message.state
    const adds = added.map(([tag, element]) => `${element}:${tag}`)
    return ['state', ...adds, ...removed.map((tag) => `-${tag}`)].join(' ')
  }
  const { operation } = message
  return 'add' in operation ? `add ${operation.add}:${operation.tag}` : `remove ${operation.tags.join(' ')}`
}

const world = simulation<Message, View>({
  boot: replica('operations'),
  peers: { states: replica('states') },
  keeps: () => true,
  label,
})

export const { walk, replay, script, explore, tapes, alone } = world
