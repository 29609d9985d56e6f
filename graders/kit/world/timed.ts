// The execution that knows time: what is planned happens when it is due. For liveness, clocks, time-outs, and for chaos by
// the minute. A message's fate hangs on its cause and the seed alone, so that one fault less leaves the others as they were.

import { fraction, mix, stream } from './chance.ts'
import {
  type Cluster,
  type ClusterOptions,
  type Cut,
  cluster,
  type Flight,
  nameOf,
  type Seat,
  type Timer,
} from './cluster.ts'
import type { Fault, Plan } from './faults.ts'
import type { History, Step } from './history.ts'
import { queue } from './queue.ts'

export interface TimedOptions extends Omit<ClusterOptions, 'unit'> {
  readonly plan: Plan
  /** after so many steps it is called a storm */
  readonly maxSteps: number
  /** and after so many bytes, too: a few messages may hold a whole log each */
  readonly maxBytes?: number
  /** who leads, by what a node shows: for faults that strike there */
  readonly leads?: ((view: never) => boolean) | undefined
  /** faults and fates that are left out, by name: see {@link History.deviations} */
  readonly spared?: readonly number[]
  readonly wants?: { readonly deviations?: boolean; readonly steps?: boolean }
  /** how clients go about it */
  readonly pace?: Pace
}

/** All that a client knows is its own clock, which goes right. */
export interface Pace {
  /** from an answer to the next operation, and after a refusal; drawn, this at most */
  readonly thinkMs: number
  /** without an answer it tries the next node */
  readonly patienceMs: number
  /** after so many attempts it gives up */
  readonly attempts: number
}

const PACE: Pace = { thinkMs: 60, patienceMs: 200, attempts: 8 }

type Planned =
  | { readonly kind: 0; readonly flight: Flight }
  | { readonly kind: 1; readonly seat: Seat; readonly timer: Timer }
  | { readonly kind: 2; readonly act: () => void }

export function runTimed(options: TimedOptions): History {
  const { plan, seed, maxSteps, maxBytes = Number.POSITIVE_INFINITY, wants = {} } = options
  const size = options.boots.length
  const planned = queue<Planned>()
  const spared = new Set(options.spared)
  const deviations: number[] | undefined = wants.deviations ? [] : undefined
  const steps: Step[] | undefined = wants.steps ? [] : undefined
  const fates = mix(seed, 3)
  const [least, most] = plan.weather.delayMs
  const spread = most - least + 1
  /** by `from * size + to` */
  const blocked = new Uint8Array(size * size)
  const freeAt = new Float64Array(size * size)
  const pausedUntil = new Float64Array(size)
  const isolated = new Float64Array(size)
  const cuts: (Cut | undefined)[] = Array.from({ length: size }, () => undefined)
  /** forMs of the cut that is waiting */
  const downFor = new Float64Array(size)
  const pace = options.pace ?? PACE
  const draw = stream(seed, 17)
  /** of each client: attempts at its operation so far, whom it asks, and which of its plans still counts */
  const tries = (options.clients ?? []).map(() => ({ count: 0, node: draw.below(size), turn: 0 }))
  let calls = 0
  let calm = plan.healMs === 0
  let restarts = 0

  const deviates = (name: number): boolean => {
    if (spared.has(name)) return false
    deviations?.push(name)
    return true
  }
  const isCutOff = (from: number, to: number): boolean =>
    blocked[from * size + to] === 1 || (isolated[from] as number) > world.at || (isolated[to] as number) > world.at

  const world: Cluster = cluster(
    { ...options, unit: 'ms' },
    {
      sent(flight) {
        const { id, from, to } = flight
        const fate = mix(fates, id)
        const atMs = world.at + least + (spread === 1 ? 0 : (fate >>> 8) % spread)
        if (calm) {
          planned.push(atMs, { kind: 0, flight })
          return
        }
        const { lost, doubled, slow, slowMs } = plan.weather
        if (isCutOff(from, to) || (lost > 0 && fraction(mix(fate, 1)) < lost && deviates(id >>> 0))) {
          world.lose(flight)
          return
        }
        const free = freeAt[from * size + to] as number
        const isSlow = slow > 0 && fraction(mix(fate, 2)) < slow && deviates(id >>> 0)
        const late = isSlow ? fraction(mix(fate, 3)) * slowMs : 0
        planned.push(Math.max(atMs + late, free), { kind: 0, flight })
        if (doubled > 0 && fraction(mix(fate, 4)) < doubled && deviates(id >>> 0))
          planned.push(Math.max(atMs + fraction(mix(fate, 5)) * slowMs, free), { kind: 0, flight })
      },
      answered({ client, refused }) {
        const one = tries[client] as (typeof tries)[number]
        if (refused === undefined) one.count = 0
        else {
          const hinted = world.seats.findIndex(({ index }) => nameOf(index) === refused.leader)
          one.node = hinted >= 0 ? hinted : (one.node + 1) % size
        }
        next(client, 1 + draw.below(pace.thinkMs))
      },
      armed(seat, timer) {
        // One that is looked at early enough already is planned anew when it is looked at: timers are set far more often
        // than they go off.
        if (timer.planned <= (timer.due as number)) return
        timer.planned = timer.due as number
        planned.push(timer.planned, { kind: 1, seat, timer })
      },
    },
  )

  for (const [i, { offsetMs, rate }] of (plan.clocks ?? []).entries())
    Object.assign(world.seats[i] as Seat, { offsetMs, rate })
  for (let node = 0; node < size; node++) {
    steps?.push(['restart', node, 0])
    if (world.threw === undefined) world.start(node)
  }
  for (const [i, fault] of plan.faults.entries())
    planned.push(fault.atMs, { kind: 2, act: () => void (deviates(-1 - i) && strike(fault)) })
  for (const [i, { atMs, node, command }] of (plan.asks ?? []).entries())
    planned.push(atMs, {
      kind: 2,
      act: () => {
        const whoever = whom(node)
        if (whoever >= 0 && world.ask(whoever, i, command)) steps?.push(['ask', whoever, i])
      },
    })
  for (const client of tries.keys()) next(client, draw.below(pace.thinkMs))
  if (plan.healMs > 0) planned.push(plan.healMs, { kind: 2, act: heal })

  let end: History['end'] = 'done'
  for (;;) {
    const next = planned.take()
    if (next === undefined || planned.at > plan.untilMs || world.threw !== undefined) break
    if (world.counts.steps >= maxSteps || world.counts.bytes > maxBytes) {
      end = 'storm'
      break
    }
    world.at = planned.at
    if (next.kind === 0) {
      const { flight } = next
      if (defers(flight.to, next)) continue
      if (!calm && isCutOff(flight.from, flight.to)) world.lose(flight)
      else {
        if (world.seats[flight.to]?.node !== undefined) steps?.push(['deliver', flight.id, ...cutOf(flight.to)])
        world.deliver(flight, cutNow(flight.to))
      }
    } else if (next.kind === 1) {
      const { seat, timer } = next
      if (timer.due === undefined) timer.planned = Number.POSITIVE_INFINITY
      else if (timer.due > world.at) {
        // A timer that was set anew for an earlier time is planned twice: one that is planned for then already is enough.
        if (timer.planned === timer.due) continue
        timer.planned = timer.due
        planned.push(timer.due, next)
      } else if (!defers(seat.index, next)) {
        timer.planned = Number.POSITIVE_INFINITY
        const token = timer.fired + 1
        steps?.push(['timer', seat.index, timer.name, token, ...cutOf(seat.index)])
        world.fire(seat.index, timer.name, token, cutNow(seat.index))
      }
    } else next.act()
  }
  const threw = world.threw
  return {
    end: threw === undefined ? end : 'threw',
    ...(threw === undefined ? {} : { threw }),
    entries: world.entries,
    counts: world.counts,
    hash: world.hash(),
    ...(deviations === undefined ? {} : { deviations: [...new Set(deviations)] }),
    ...(steps === undefined ? {} : { steps }),
    ...(world.trace === undefined ? {} : { trace: { nodes: names(size), unit: 'ms' as const, events: world.trace } }),
  }

  /** The client's next attempt, elsewhere where nobody has answered; an answer before then plans another. */
  function next(client: number, afterMs: number, elsewhere = false): void {
    const one = tries[client] as (typeof tries)[number]
    const turn = ++one.turn
    const act = () => {
      if (one.turn !== turn) return
      if (elsewhere) one.node = (one.node + 1) % size
      attempt(client)
    }
    planned.push(world.at + afterMs, { kind: 2, act })
  }

  function attempt(client: number): void {
    const { clients } = world
    const one = tries[client] as (typeof tries)[number]
    const goesOn = !clients.isWaiting(client) || one.count >= pace.attempts
    if (goesOn && !clients.hasMore(client)) return
    one.count = goesOn ? 1 : one.count + 1
    const operation = clients.current(client) + (goesOn ? 1 : 0)
    const { node } = one
    const token = ++calls
    next(client, pace.patienceMs, true)
    // A node that is paused hears of it when it goes on; the client waits no longer than for any other.
    const act = () => {
      if (defers(node, { kind: 2, act })) return
      if (world.call(node, client, operation, token) === 'asked') steps?.push(['call', node, client, operation, token])
    }
    act()
  }

  /** A node that is paused comes to it later, in the same order. */
  function defers(node: number, item: Planned): boolean {
    const until = pausedUntil[node] as number
    if (until <= world.at) return false
    planned.postpone(until, item)
    return true
  }

  function cutOf(node: number): [] | [number, number] {
    const cut = cuts[node]
    return cut === undefined || world.seats[node]?.node === undefined ? [] : [cut.after, cut.keep]
  }

  function cutNow(node: number): Cut | undefined {
    const cut = cuts[node]
    if (cut === undefined || world.seats[node]?.node === undefined) return undefined
    cuts[node] = undefined
    bringBack(node, downFor[node] as number)
    return cut
  }

  function bringBack(node: number, afterMs: number): void {
    const act = () => {
      if (world.seats[node]?.node !== undefined || world.threw !== undefined) return
      steps?.push(['restart', node, ++restarts])
      world.start(node)
    }
    planned.push(Math.min(world.at + afterMs, Math.max(plan.healMs, world.at + 1)), { kind: 2, act })
  }

  function whom(node: number | 'leader'): number {
    if (node !== 'leader') return node
    return world.seats.findIndex((seat) => seat.node !== undefined && options.leads?.(seat.view as never) === true)
  }

  function strike(fault: Fault): void {
    const { at } = world
    if (fault.what === 'heal') {
      blocked.fill(0)
      world.say(-1, 'heal', { what: 'heal' })
    } else if (fault.what === 'partition') {
      blocked.fill(0)
      for (const [i, group] of fault.groups.entries())
        for (const [j, other] of fault.groups.entries())
          if (i !== j) for (const a of group) for (const b of other) blocked[a * size + b] = 1
      divided(fault.groups)
    } else if (fault.what === 'one-way') {
      for (const a of fault.from) for (const b of fault.to) if (a !== b) blocked[a * size + b] = 1
      world.counts.partitions++
      const label = `${fault.from.map(nameOf).join(' ')} cannot reach ${fault.to.map(nameOf).join(' ')}`
      world.say(-1, label, { what: 'note', label })
    } else if (fault.what === 'clog') {
      freeAt[fault.from * size + fault.to] = Math.min(at + fault.forMs, plan.healMs)
      const label = `${nameOf(fault.from)} to ${nameOf(fault.to)} is clogged for ${fault.forMs} ms`
      world.say(-1, label, { what: 'note', label })
    } else {
      const node = whom(fault.node)
      const seat = world.seats[node]
      if (seat !== undefined) strikeNode(fault, seat, Math.min(at + fault.forMs, plan.healMs))
    }
  }

  function strikeNode(fault: Extract<Fault, { forMs: number; node: unknown }>, seat: Seat, untilMs: number): void {
    const node = seat.index
    if (fault.what === 'isolate') {
      isolated[node] = untilMs
      divided([[node], world.seats.map(({ index }) => index).filter((index) => index !== node)])
    } else if (fault.what === 'pause') {
      pausedUntil[node] = Math.max(pausedUntil[node] as number, untilMs)
      world.say(node, `pause ${nameOf(node)}`, { what: 'pause', label: `for ${fault.forMs} ms` })
    } else if (seat.node !== undefined) {
      const keep = Math.floor(fault.keeps * (seat.disk.unsynced() + 1))
      if (fault.cut !== undefined) {
        cuts[node] = { after: fault.cut, keep }
        downFor[node] = fault.forMs
        return
      }
      steps?.push(['crash', node, keep, ++restarts])
      world.crash(node, keep, fault.torn)
      bringBack(node, fault.forMs)
    }
  }

  function divided(groups: readonly (readonly number[])[]): void {
    world.counts.partitions++
    const said = groups.map((group) => group.map(nameOf).join(' ')).join(' | ')
    world.say(-1, `partition ${said}`, { what: 'partition', groups })
  }

  function heal(): void {
    calm = true
    blocked.fill(0)
    isolated.fill(0)
    pausedUntil.fill(world.at)
    cuts.fill(undefined)
    world.say(-1, 'all is well from here on', { what: 'heal' })
  }
}

export const names = (size: number): string[] => Array.from({ length: size }, (_, i) => nameOf(i))
