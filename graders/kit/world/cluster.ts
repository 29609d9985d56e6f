// Nodes, their disks and timers, and one step at a time: what both executions (by time, or in any order) are made of.
// Which step comes next and what becomes of a message is theirs to say; what a step does is said here, once.

import { lineOf } from '../engine.ts'
import type { Context, Node } from '../world.ts'
import { hashText, mix, type Stream, stream } from './chance.ts'
import { type Answer, type ClientScripts, type Clients, clientsOf, type Refusal } from './clients.ts'
import { type Contents, type SimulatedDisk, simulatedDisk } from './disk.ts'
import { brief, type Counts, type Entry, noCounts, type Thrown } from './history.ts'
import { alike, taken, weightOfLast } from './plain.ts'
import type { Trace, TraceEvent } from './trace.ts'

/** Evaluates a module afresh and starts a node of it: once for each boot. */
export type Boot = (context: Context<never>) => Node<never, never>

export interface ClusterOptions {
  /** one for each node */
  readonly boots: readonly Boot[]
  readonly seed: number
  readonly disks?: readonly Contents[]
  /** which messages the history keeps; none unless told */
  readonly keeps?: ((message: never) => boolean) | undefined
  /** the history keeps what nodes write onto their disks */
  readonly keepsWrites?: boolean
  /** a message in a few words; its first one names its kind. For diagrams and counts. */
  readonly label?: ((message: never) => string) | undefined
  /** counts messages by kind */
  readonly countsKinds?: boolean
  readonly clients?: ClientScripts | undefined
  readonly refusal?: Refusal | undefined
  /** a command, and an answer, in a few words, for diagrams */
  readonly tellCommand?: ((command: never) => string) | undefined
  readonly tellAnswer?: ((result: never) => string) | undefined
  /** keeps everything, for a diagram; its events stand at true milliseconds, or one below the other */
  readonly traced?: boolean
  readonly unit: Trace['unit']
}

/** A message on its way. */
export interface Flight {
  /** of its cause: the event that sent it, whom it is for, and which one of those it is */
  readonly id: number
  readonly from: number
  readonly to: number
  readonly body: unknown
  /** the step in which it was sent */
  readonly step: number
  /** messages one after another that led to it, itself included */
  readonly hops: number
  /** event of the diagram */
  readonly drawn: number
  copies: number
}

export interface Timer {
  readonly name: string
  /** in true milliseconds; undefined: not set */
  due: number | undefined
  /** belongs to the execution: for when it is planned to be looked at */
  planned: number
  /** how often it has gone off, over all boots */
  fired: number
}

export interface Seat {
  readonly index: number
  readonly disk: SimulatedDisk
  /** kept when it is not set, so that setting it a thousand times makes one */
  readonly timers: Map<string, Timer>
  node: Node<never, never> | undefined
  boots: number
  view: unknown
  /** its clock shows `offsetMs + rate × true time` */
  offsetMs: number
  rate: number
}

export interface Network {
  sent(flight: Flight): void
  /** a client has been told something that it was waiting for */
  answered?(answer: Answer): void
  armed(seat: Seat, timer: Timer): void
}

export interface Cluster {
  readonly seats: readonly Seat[]
  readonly entries: Entry[]
  readonly counts: Counts
  readonly trace: TraceEvent[] | undefined
  /** true time; the execution moves it on */
  at: number
  threw: Thrown | undefined
  start(node: number): void
  /** @returns false where the node is down: the message is lost with it */
  deliver(flight: Flight, cut?: Cut): boolean
  /** @param token names this firing among all */
  fire(node: number, name: string, token: number, cut?: Cut): void
  ask(node: number, request: number, command: unknown, cut?: Cut): boolean
  readonly clients: Clients
  /** A client tries an operation. @returns `gone` where the node is down, `no` where there is nothing to try */
  call(node: number, client: number, operation: number, token: number): 'asked' | 'gone' | 'no'
  crash(node: number, keep: number, torn?: number): void
  lose(flight: Flight): void
  say(node: number, said: string, drawn: Omit<TraceEvent, 'at' | 'node'>): void
  hash(): number
}

/** A crash between two effects of one step. */
export interface Cut {
  readonly after: number
  readonly keep: number
}

const NAMES = Array.from({ length: 64 }, (_, i) => `n${i + 1}`)
const HANDLERS = ['onMessage', 'onTimer', 'inspect'] as const

export const nameOf = (node: number): string => NAMES[node] ?? `n${node + 1}`

export function cluster(options: ClusterOptions, network: Network): Cluster {
  const { boots, seed, keeps, label, countsKinds = false } = options
  const size = boots.length
  const indices = new Map(boots.map((_, i) => [nameOf(i), i]))
  const counts = noCounts()
  const entries: Entry[] = []
  const trace: TraceEvent[] | undefined = options.traced ? [] : undefined
  const { clients: scripts = [], refusal = () => undefined, tellCommand, tellAnswer } = options
  const clients = clientsOf(scripts, entries, refusal)
  const repliedTo = new Set<number>()
  /** of each request, its event in the diagram */
  const askedAt = new Map<number, number>()
  const ordinals = new Int32Array(size)
  let anySent = false
  let hash = mix(seed, 1)

  /** the boot whose function is running now, and what may come of it */
  let active: object | undefined
  let event = 0
  let hops = 0
  let drawn = 0
  let effects = 0
  let cutAfter = Number.POSITIVE_INFINITY

  function happens(life: object | undefined): boolean {
    if (active !== life || life === undefined)
      throw new Error('a context is used while no function of its node is running')
    return ++effects <= cutAfter
  }

  const lives: (object | undefined)[] = boots.map(() => undefined)
  const seats = boots.map((_, index): Seat => {
    const disk = simulatedDisk(
      options.disks?.[index] ?? {},
      () => happens(lives[index]),
      options.keepsWrites === true
        ? (write) => void entries.push([counts.steps - 1, self.at, 'wrote', index, write])
        : undefined,
    )
    return { index, disk, timers: new Map(), node: undefined, boots: 0, view: undefined, offsetMs: 0, rate: 1 }
  })

  function contextFor(seat: Seat, life: object): Context<unknown> {
    const chance: Stream = stream(mix(seed, seat.index + 101), seat.boots)
    const { index } = seat
    return Object.freeze({
      self: nameOf(index),
      peers: Object.freeze(seats.filter((other) => other !== seat).map((other) => nameOf(other.index))),
      now: () => Math.floor(seat.offsetMs + seat.rate * self.at),
      random(below: number) {
        if (!(below >= 1)) throw new RangeError('random: below is a whole number of at least 1')
        return chance.below(below)
      },
      send(name: string, message: unknown) {
        const to = indices.get(name)
        if (to === undefined || to === index) throw new RangeError(`send: there is no other node ${brief(name)}`)
        const body = taken(message, 'a message')
        if (!happens(life)) return
        counts.sent++
        counts.bytes += weightOfLast()
        const ordinal = ordinals[to] as number
        ordinals[to] = ordinal + 1
        anySent = true
        const id = mix(mix(event, to), ordinal)
        hash = mix(hash, id ^ weightOfLast())
        const step = counts.steps - 1
        if (countsKinds && label !== undefined) {
          const kind = label(body as never).split(' ')[0] as string
          counts.byKind[kind] = (counts.byKind[kind] ?? 0) + 1
        }
        if (keeps?.(body as never)) entries.push([step, self.at, 'sent', index, to, body])
        let place = -1
        if (trace !== undefined) {
          place = trace.length
          draw(index, { what: 'send', cause: drawn, to, label: label?.(body as never) ?? brief(body) })
        }
        network.sent({ id, from: index, to, body, step, hops: hops + 1, drawn: place, copies: 0 })
      },
      setTimer(name: string, afterMs: number) {
        if (typeof name !== 'string') throw new TypeError('setTimer: a timer has a name')
        if (!(afterMs >= 0 && afterMs < 1e12)) throw new RangeError('setTimer: a time is at least 0 ms')
        if (!happens(life)) return
        let timer = seat.timers.get(name)
        if (timer === undefined) {
          timer = { name, due: undefined, planned: Number.POSITIVE_INFINITY, fired: 0 }
          seat.timers.set(name, timer)
        }
        timer.due = self.at + afterMs / seat.rate
        network.armed(seat, timer)
      },
      cancelTimer(name: string) {
        const timer = seat.timers.get(name)
        if (timer?.due !== undefined && happens(life)) timer.due = undefined
      },
      reply(request: number, result: unknown) {
        const answer = taken(result, 'a reply')
        if (!happens(life) || repliedTo.has(request) || !askedAt.has(request)) return
        repliedTo.add(request)
        entries.push([counts.steps - 1, self.at, 'replied', index, request, answer, hops])
        if (trace !== undefined)
          draw(index, {
            what: 'reply',
            cause: askedAt.get(request) as number,
            label: tellAnswer?.(answer as never) ?? brief(answer),
          })
        const told = clients.answered(request, answer, counts.steps - 1, self.at)
        if (told !== undefined) network.answered?.(told)
      },
      disk: seat.disk.face,
    })
  }

  function draw(node: number, told: Omit<TraceEvent, 'at' | 'node'>): void {
    trace?.push({ at: options.unit === 'ms' ? self.at : Math.max(0, counts.steps - 1), node, ...told })
  }

  /** Everything that happens to a node goes through here. @param id of the event, by its cause */
  function step(seat: Seat, id: number, withHops: number, told: Omit<TraceEvent, 'at' | 'node'>, cut?: Cut) {
    counts.steps++
    event = id
    hops = withHops
    hash = mix(hash, id ^ seat.index)
    effects = 0
    cutAfter = cut?.after ?? Number.POSITIVE_INFINITY
    if (anySent) {
      ordinals.fill(0)
      anySent = false
    }
    if (trace !== undefined) {
      drawn = trace.length
      draw(seat.index, told)
    }
  }

  /** @param call one function of the node; what it throws ends the run */
  function run(seat: Seat, call: (node: Node<never, never>) => unknown, cut?: Cut): void {
    active = lives[seat.index]
    try {
      const came = call(seat.node as Node<never, never>)
      if (came !== undefined) throw new TypeError('a function of a node returns nothing: it must not wait, or be async')
    } catch (error) {
      // Who has crashed in the midst of a step no longer reads what it writes: what it throws then, nobody sees.
      if (effects <= cutAfter) self.threw = thrown(error)
    }
    active = undefined
    if (cut !== undefined) {
      counts.cuts++
      goDown(seat.index, true, cut.keep)
    } else if (self.threw === undefined) look(seat)
  }

  /** What the node shows of itself, kept where it has changed. */
  function look(seat: Seat): void {
    let view: unknown
    try {
      view = seat.node?.inspect()
      if (alike(view, seat.view)) return
      view = taken(view, 'what inspect shows')
    } catch (error) {
      self.threw = thrown(error)
      return
    }
    if (trace !== undefined) {
      const changed = changes(seat.view, view)
      if (changed !== undefined) trace[drawn] = { ...(trace[drawn] as TraceEvent), changed }
    }
    seat.view = view
    entries.push([counts.steps - 1, self.at, 'view', seat.index, view])
  }

  function start(index: number): void {
    const seat = seats[index] as Seat
    seat.boots++
    step(seat, mix(mix(seed, 7 + index), seat.boots), 0, { what: seat.boots === 1 ? 'boot' : 'restart' })
    entries.push([counts.steps - 1, self.at, 'boot', index, seat.boots])
    seat.view = undefined
    const life = {}
    lives[index] = life
    active = life
    try {
      const node = (boots[index] as Boot)(contextFor(seat, life) as Context<never>)
      for (const name of HANDLERS)
        if (typeof node?.[name] !== 'function') throw new TypeError(`a node has a function ${name}`)
      seat.node = node
    } catch (error) {
      self.threw = thrown(error)
    }
    active = undefined
    if (self.threw === undefined) look(seat)
  }

  function crash(index: number, keep: number, torn?: number): void {
    counts.steps++
    if (trace !== undefined) drawn = trace.length
    goDown(index, false, keep, torn)
  }

  function goDown(index: number, midst: boolean, keep: number, torn?: number): void {
    const seat = seats[index] as Seat
    seat.node = undefined
    lives[index] = undefined
    for (const timer of seat.timers.values()) timer.due = undefined
    const lost = seat.disk.crash(keep, torn)
    counts.crashes++
    counts.unsynced += lost
    hash = mix(hash, index ^ lost)
    entries.push([counts.steps - 1, self.at, 'crash', index, lost, midst])
    draw(index, { what: 'crash', ...(lost === 0 ? {} : { label: `loses ${lost} unsynced` }) })
  }

  const self: Cluster = {
    seats,
    entries,
    counts,
    trace,
    at: 0,
    threw: undefined,
    start,
    deliver(flight, cut) {
      const seat = seats[flight.to] as Seat
      if (seat.node === undefined) {
        self.lose(flight)
        return false
      }
      counts.delivered++
      if (flight.copies++ > 0) counts.repeated++
      const id = flight.copies === 1 ? flight.id : mix(flight.id, flight.copies)
      step(seat, id, flight.hops, drawnDelivery(flight), cut)
      if (keeps?.(flight.body as never))
        entries.push([counts.steps - 1, self.at, 'got', flight.to, flight.from, flight.body])
      run(seat, (node) => node.onMessage(nameOf(flight.from), flight.body as never), cut)
      return true
    },
    fire(index, name, token, cut) {
      const seat = seats[index] as Seat
      const timer = seat.timers.get(name)
      if (timer === undefined || seat.node === undefined) return
      timer.due = undefined
      timer.fired++
      counts.timers++
      step(seat, mix(mix(token, hashText(name)), index), 0, trace ? { what: 'timer', label: name } : NOTHING, cut)
      run(seat, (node) => node.onTimer(name), cut)
    },
    ask(index, request, command, cut) {
      const seat = seats[index] as Seat
      const given = taken(command, 'a command')
      entries.push([counts.steps, self.at, 'asked', index, request, given])
      askedAt.set(request, trace?.length ?? 0)
      if (seat.node === undefined) return false
      step(seat, mix(request, 31), 0, { what: 'request', label: tellCommand?.(given as never) ?? brief(given) }, cut)
      run(seat, (node) => node.onRequest?.(request, given as never), cut)
      return true
    },
    clients,
    call(node, client, operation, token) {
      const request = FIRST_OF_CLIENTS + token
      if (!clients.begin(client, operation, counts.steps, self.at, request)) return 'no'
      return self.ask(node, request, clients.command(client, operation)) ? 'asked' : 'gone'
    },
    crash,
    lose(flight) {
      counts.lost++
      hash = mix(hash, ~flight.id)
      draw(flight.from, { what: 'lost', cause: flight.drawn })
    },
    say(node, said, told) {
      entries.push([counts.steps, self.at, 'fault', node, said])
      draw(node, told)
    },
    hash: () => hash,
  }

  function drawnDelivery(flight: Flight): Omit<TraceEvent, 'at' | 'node'> {
    if (trace === undefined) return NOTHING
    return { what: 'receive', cause: flight.drawn, label: label?.(flight.body as never) ?? brief(flight.body) }
  }
  return self
}

/** Requests of clients have names of their own: above the places of commands that a suite asks by itself. */
const FIRST_OF_CLIENTS = 1_000_000

const NOTHING: Omit<TraceEvent, 'at' | 'node'> = { what: 'note' }

function changes(before: unknown, now: unknown): Record<string, string> | undefined {
  if (typeof now !== 'object' || now === null) return { shows: brief(now) }
  const old = typeof before === 'object' && before !== null ? (before as Record<string, unknown>) : {}
  const changed = Object.entries(now).filter(([key, value]) => !alike(value, old[key]))
  return changed.length === 0 ? undefined : Object.fromEntries(changed.map(([key, value]) => [key, brief(value)]))
}

/** What a node threw, as text. What it throws may be as hostile as it likes. */
function thrown(error: unknown): Thrown {
  try {
    if (!(error instanceof Error)) return { name: 'Error', message: `threw ${brief(error)}` }
    const line = lineOf(String(error.stack))
    const said = { name: String(error.name).slice(0, 80), message: String(error.message).slice(0, 400) }
    return line === undefined ? said : { ...said, line }
  } catch {
    return { name: 'Error', message: 'threw a value that cannot be read' }
  }
}
