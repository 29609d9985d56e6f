// One run without time: takes steps as they are chosen, by chance, by a script, or from a list, and keeps which they were.

import { mix } from './chance.ts'
import { type Cluster, type ClusterOptions, type Cut, cluster, type Flight, nameOf } from './cluster.ts'
import type { History, Step } from './history.ts'

export interface Untimed {
  readonly world: Cluster
  readonly flights: ReadonlyMap<number, Flight>
  /** Starts every node. */
  bootAll(): void
  /**
   * Takes one step, where it can be taken: a message that was never sent is not delivered, a timer that is not set does
   * not go off. So any part of a schedule is a schedule.
   * @param flight of a delivery, where it is at hand
   */
  take(step: Step, flight?: Flight): boolean
  taken(): number
  isUp(node: number): boolean
  /** how many nodes are down */
  down(): number
  history(): History
}

export function untimed(
  options: Omit<ClusterOptions, 'unit'> & { readonly commands?: readonly unknown[] },
  onSent: (flight: Flight) => void = () => {},
  /** keeps which steps were taken, and finds messages by name */
  records = true,
): Untimed {
  const size = options.boots.length
  const flights = new Map<number, Flight>()
  const world = cluster(
    { ...options, unit: 'step' },
    {
      sent(flight) {
        if (records) flights.set(flight.id, flight)
        onSent(flight)
      },
      armed() {},
    },
  )
  const steps: Step[] = []
  const causes: number[] = []
  const places: number[] = []
  const isUp = (node: number) => world.seats[node]?.node !== undefined
  let taken = 0
  const note = (step: Step, place: number, cause = -1) => {
    world.at++
    taken++
    if (!records) return
    steps.push(step)
    causes.push(cause)
    places.push(place)
  }

  function deliver(step: Extract<Step, readonly ['deliver', ...unknown[]]>, given?: Flight): boolean {
    const flight = given ?? flights.get(step[1])
    if (flight === undefined || !isUp(flight.to)) return false
    note(step, flight.to, flight.step)
    return world.deliver(flight, cutOf(step[2], step[3]))
  }

  function fire(step: Extract<Step, readonly ['timer', ...unknown[]]>): boolean {
    const [, node, name, token, after, keep] = step
    const due = world.seats[node]?.timers.get(name)?.due
    if (due === undefined || !isUp(node)) return false
    note(step, node)
    world.at = Math.max(world.at, Math.ceil(due))
    world.fire(node, name, token, cutOf(after, keep))
    return true
  }

  function tell(step: Extract<Step, readonly ['tell', ...unknown[]]>): boolean {
    const [, to, from, body] = step
    if (!isUp(to)) return false
    const id = mix(mix(from, to), taken)
    const flight: Flight = { id, from, to, body, step: -1, hops: 1, drawn: world.trace?.length ?? 0, copies: 0 }
    flights.set(id, flight)
    world.say(from, 'told', { what: 'send', to, label: options.label?.(body as never) ?? '' })
    note(step, to)
    return world.deliver(flight)
  }

  function call(step: Extract<Step, readonly ['call', ...unknown[]]>): boolean {
    const [, node, client, operation, token] = step
    if (!isUp(node) || !canCall(client, operation)) return false
    note(step, node)
    return world.call(node, client, operation, token) === 'asked'
  }

  /** What was given up, or answered, is not begun again. */
  function canCall(client: number, operation: number): boolean {
    const { clients } = world
    const now = clients.current(client)
    return clients.isWaiting(client) ? operation >= now : operation > now
  }

  function ask(step: Extract<Step, readonly ['ask', ...unknown[]]>): boolean {
    const [, node, request, after, keep] = step
    if (node >= size || !isUp(node)) return false
    note(step, node)
    return world.ask(node, request, options.commands?.[request], cutOf(after, keep))
  }

  function take(step: Step, flight?: Flight): boolean {
    if (step[0] === 'deliver') return deliver(step, flight)
    if (step[0] === 'timer') return fire(step)
    if (step[0] === 'tell') return tell(step)
    if (step[0] === 'call') return call(step)
    if (step[0] === 'ask') return ask(step)
    const [what, node, which] = step
    if (node >= size || isUp(node) === (what === 'restart')) return false
    note(step, node)
    if (what === 'restart') world.start(node)
    else world.crash(node, which)
    return true
  }

  return {
    world,
    flights,
    take,
    isUp,
    bootAll() {
      for (let node = 0; node < size && world.threw === undefined; node++) take(['restart', node, 0])
    },
    taken: () => taken,
    down: () => world.seats.reduce((sum, { node }) => sum + (node === undefined ? 1 : 0), 0),
    history() {
      const { threw, entries, counts, trace } = world
      return {
        end: threw === undefined ? 'done' : 'threw',
        ...(threw === undefined ? {} : { threw }),
        entries,
        counts,
        hash: world.hash(),
        ...(records ? { steps, causes, places } : {}),
        ...(trace === undefined
          ? {}
          : { trace: { nodes: world.seats.map(({ index }) => nameOf(index)), unit: 'step', events: trace } }),
      }
    },
  }
}

const cutOf = (after: number | undefined, keep = 0): Cut | undefined =>
  after === undefined ? undefined : { after, keep }

export interface ReplayOptions extends Omit<ClusterOptions, 'unit'> {
  readonly steps: readonly Step[]
  readonly commands?: readonly unknown[]
}

/** Takes the steps of a schedule, as far as they can be taken. @returns with the steps that were */
export function replay(options: ReplayOptions): History {
  const run = untimed(options)
  for (const step of options.steps) {
    if (run.world.threw !== undefined) break
    run.take(step)
  }
  return run.history()
}
