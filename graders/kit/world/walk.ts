// The execution that knows no time: whatever could happen next may, however late or early. A message that waits, a timer
// that is set, a crash, a restart, a request; and a message may come twice, or never. What must hold whatever the clocks
// do is found here, and made small here.

import { type Stream, stream } from './chance.ts'
import { type Cluster, type ClusterOptions, cluster, type Flight } from './cluster.ts'
import type { History, Step } from './history.ts'
import { names } from './timed.ts'

export interface WalkOptions extends ClusterOptions {
  /** how many steps to take */
  readonly length: number
  /** how many nodes may crash, all in all; none unless told */
  readonly crashes?: number
  /** what clients may ask, each once, of any node */
  readonly commands?: readonly unknown[]
  readonly wants?: { readonly steps?: boolean }
}

/** What one walk is inclined to, drawn from its seed: a walk that does everything alike finds only what is near. */
interface Inclination {
  readonly timer: number
  readonly crash: number
  readonly restart: number
  readonly ask: number
  /** of deliveries: again, though it was delivered before */
  readonly again: number
  /** of deliveries: the message that was sent last, or first, and not just any */
  readonly newest: number
  readonly oldest: number
  /** a step ends in the midst, with a crash */
  readonly cut: number
  /** how often it changes who can hear whom; a message that cannot be heard waits */
  readonly shift: number
}

function inclinationOf(draw: Stream): Inclination {
  const some = (share: number, most: number) => (draw.chance(share) ? draw.fraction() * most : 0)
  return {
    timer: 0.02 + some(0.9, 0.3),
    crash: some(0.6, 0.06),
    restart: 0.3 + draw.fraction(),
    ask: some(0.8, 0.2),
    again: some(0.4, 0.2),
    newest: some(0.4, 0.6),
    oldest: some(0.4, 0.6),
    cut: some(0.4, 0.5),
    shift: some(0.6, 0.15),
  }
}

export function runWalk(options: WalkOptions): History {
  const draw = stream(options.seed, 5)
  const inclined = inclinationOf(draw)
  const size = options.boots.length
  const { commands = [], length } = options
  const waiting: Flight[] = []
  const delivered: Flight[] = []
  /** by `from * size + to`: cannot be heard now */
  const deaf = new Uint8Array(size * size)
  const world = cluster(options, { sent: (flight) => void waiting.push(flight), armed() {}, replied() {} })
  const steps: Step[] = []
  const causes: number[] = []
  const stepOf = new Map<number, number>()
  const timers: (readonly [node: number, name: string])[] = []
  let crashes = options.crashes ?? 0
  let down = 0
  let asked = 0
  let token = 0

  const took = (step: Step, cause = -1): void => {
    world.at = steps.length
    stepOf.set(world.counts.steps, steps.length)
    steps.push(step)
    causes.push(cause)
  }
  for (let node = 0; node < size && world.threw === undefined; node++) {
    took(['restart', node, 0])
    world.start(node)
  }
  let blanks = 0
  while (steps.length < length + size && world.threw === undefined && blanks < 50) {
    const before = steps.length
    choose()
    blanks = steps.length === before ? blanks + 1 : 0
  }
  return finished(world, size, options.wants?.steps ? { steps, causes } : {})

  function choose(): void {
    if (inclined.shift > 0 && draw.chance(inclined.shift)) shift()
    if (down > 0 && draw.chance(inclined.restart * 0.3)) restart()
    else if (crashes > 0 && inclined.crash > 0 && draw.chance(inclined.crash)) crash()
    else if (asked < commands.length && draw.chance(inclined.ask)) ask()
    else if (delivered.length > 0 && inclined.again > 0 && draw.chance(inclined.again)) arrive(draw.pick(delivered))
    else if (waiting.length === 0 || draw.chance(inclined.timer)) fire()
    else deliver()
  }

  function crash(): void {
    const node = draw.below(size)
    const seat = world.seats[node]
    if (seat?.node === undefined) return
    const keep = draw.below(seat.disk.unsynced() + 1)
    crashes--
    down++
    took(['crash', node, keep, ++token])
    world.crash(node, keep)
  }

  function ask(): void {
    const node = draw.below(size)
    if (world.seats[node]?.node === undefined) return
    took(['ask', node, asked])
    world.ask(node, asked, commands[asked], -1)
    asked++
  }

  function shift(): void {
    deaf.fill(0)
    if (draw.chance(0.3)) return
    const one = draw.below(size)
    const bothWays = draw.chance(0.7)
    for (let other = 0; other < size; other++) {
      if (other === one || draw.chance(0.2)) continue
      deaf[one * size + other] = 1
      if (bothWays) deaf[other * size + one] = 1
    }
  }

  function restart(): void {
    const nodes = world.seats.filter((seat) => seat.node === undefined)
    const seat = draw.pick(nodes)
    took(['restart', seat.index, ++token])
    world.start(seat.index)
    down--
  }

  function cutting(): [] | [cut: number, keep: number] {
    if (crashes === 0 || inclined.cut === 0 || !draw.chance(inclined.cut * 0.1)) return []
    crashes--
    down++
    return [draw.below(5), draw.below(4)]
  }

  function fire(): void {
    timers.length = 0
    for (const seat of world.seats)
      for (const timer of seat.timers.values())
        if (timer.due !== undefined && seat.node !== undefined) timers.push([seat.index, timer.name])
    if (timers.length === 0) {
      if (down > 0) restart()
      return
    }
    const [node, name] = draw.pick(timers)
    const cut = cutting()
    took(['timer', node, name, ++token, ...cut])
    world.fire(node, name, token, cut.length === 0 ? undefined : { after: cut[0], keep: cut[1] })
  }

  function deliver(): void {
    const by = draw.fraction()
    const last = waiting.length - 1
    let at = by < inclined.newest ? last : by < inclined.newest + inclined.oldest ? 0 : draw.below(waiting.length)
    const isDeaf = (flight: Flight) => deaf[flight.from * size + flight.to] === 1
    // One that is heard, from there on: a few tries are enough, and a network where nobody is has to wait.
    for (let tries = 0; isDeaf(waiting[at] as Flight); tries++) {
      if (tries === 4) return
      at = (at + 1) % waiting.length
    }
    const flight = waiting[at] as Flight
    if (at === 0) waiting.shift()
    else if (at === last) waiting.pop()
    else waiting.splice(at, 1)
    if (world.seats[flight.to]?.node === undefined) world.lose(flight)
    else {
      delivered.push(flight)
      arrive(flight)
    }
  }

  function arrive(flight: Flight): void {
    if (world.seats[flight.to]?.node === undefined) return
    const cut = cutting()
    took(['deliver', flight.id, ...cut], stepOf.get(flight.step) ?? -1)
    world.deliver(flight, cut.length === 0 ? undefined : { after: cut[0], keep: cut[1] })
  }
}

export interface ReplayOptions extends ClusterOptions {
  readonly steps: readonly Step[]
  readonly commands?: readonly unknown[]
}

/**
 * Takes the steps of a schedule, as far as they can be taken: a message that was never sent is not delivered, a timer that
 * is not set does not go off. So any part of a schedule is a schedule. @returns with the steps that were taken
 */
export function replay(options: ReplayOptions): History {
  const size = options.boots.length
  const flights = new Map<number, Flight>()
  const world = cluster(options, { sent: (flight) => void flights.set(flight.id, flight), armed() {}, replied() {} })
  const taken: Step[] = []
  const causes: number[] = []
  const stepOf = new Map<number, number>()
  const took = (step: Step, cause = -1): void => {
    world.at = taken.length
    stepOf.set(world.counts.steps, taken.length)
    taken.push(step)
    causes.push(cause)
  }
  for (const step of options.steps) {
    if (world.threw !== undefined) break
    const [what, which] = step
    if (what === 'deliver') {
      const flight = flights.get(which)
      if (flight === undefined || world.seats[flight.to]?.node === undefined) continue
      took(step, stepOf.get(flight.step) ?? -1)
      world.deliver(flight, cutOf(step[2], step[3]))
      continue
    }
    const seat = world.seats[which]
    if (seat === undefined) continue
    const isUp = seat.node !== undefined
    if (what === 'timer') {
      if (!isUp || seat.timers.get(step[2])?.due === undefined) continue
      took(step)
      world.fire(which, step[2], step[3], cutOf(step[4], step[5]))
    } else if (what === 'restart') {
      if (isUp) continue
      took(step)
      world.start(which)
    } else if (isUp) {
      took(step)
      if (what === 'crash') world.crash(which, step[2])
      else world.ask(which, step[2], options.commands?.[step[2]], -1)
    }
  }
  return finished(world, size, { steps: taken, causes })
}

const cutOf = (after: number | undefined, keep = 0) => (after === undefined ? undefined : { after, keep })

function finished(world: Cluster, size: number, more: Partial<History>): History {
  const { threw, entries, counts, trace } = world
  return {
    end: threw === undefined ? 'done' : 'threw',
    ...(threw === undefined ? {} : { threw }),
    entries,
    counts,
    hash: world.hash(),
    ...more,
    ...(trace === undefined ? {} : { trace: { nodes: names(size), unit: 'step', events: trace } }),
  }
}
