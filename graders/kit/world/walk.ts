// The execution that knows no time: whatever could happen next may, however late or early. A message that waits, a timer
// that is set, a crash, a restart, a request; and a message may come twice, or never. What must hold whatever the clocks
// do is found here, and made small here.
//
// Clocks still go on: a millisecond each step, and as far as it takes where a timer goes off. So a node that compares
// times sees what it would see if it, or the others, had stood still for a while.

import { type Stream, stream } from './chance.ts'
import type { ClusterOptions, Flight } from './cluster.ts'
import type { History } from './history.ts'
import { untimed } from './untimed.ts'

export interface WalkOptions extends Omit<ClusterOptions, 'unit'> {
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
    cut: some(0.4, 0.05),
    shift: some(0.6, 0.15),
  }
}

/** Choices in a row that came to nothing, after which there is nothing left to do. */
const MAX_BLANKS = 50
const DEAF_TRIES = 4
/** how often a client does something, where there are clients, and gives up what it waits for */
const CALL = 0.15
const GIVE_UP = 0.2

export function runWalk(options: WalkOptions): History {
  const { commands = [], length, seed } = options
  const draw = stream(seed, 5)
  const inclined = inclinationOf(draw)
  const size = options.boots.length
  const waiting: Flight[] = []
  const delivered: Flight[] = []
  /** by `from * size + to`: cannot be heard now */
  const deaf = new Uint8Array(size * size)
  const run = untimed(options, (flight) => void waiting.push(flight), options.wants?.steps === true)
  const { world, isUp } = run
  const timers: (readonly [node: number, name: string])[] = []
  let crashes = options.crashes ?? 0
  let asked = 0
  let token = 0

  run.bootAll()
  for (let blanks = 0; run.taken() < length + size && world.threw === undefined && blanks < MAX_BLANKS; ) {
    const before = run.taken()
    choose()
    blanks = run.taken() === before ? blanks + 1 : 0
  }
  return run.history()

  function choose(): void {
    if (inclined.shift > 0 && draw.chance(inclined.shift)) shift()
    if (run.down() > 0 && draw.chance(inclined.restart * 0.3)) restart()
    else if (crashes > 0 && inclined.crash > 0 && draw.chance(inclined.crash)) crash()
    else if (asked < commands.length && draw.chance(inclined.ask)) ask()
    else if (world.clients.size > 0 && draw.chance(CALL)) call()
    else if (delivered.length > 0 && inclined.again > 0 && draw.chance(inclined.again)) arrive(draw.pick(delivered))
    else if (waiting.length === 0 || draw.chance(inclined.timer)) fire()
    else deliver()
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

  function crash(): void {
    const node = draw.below(size)
    if (!isUp(node)) return
    crashes--
    run.take(['crash', node, draw.below((world.seats[node]?.disk.unsynced() ?? 0) + 1), ++token])
  }

  function restart(): void {
    const down = world.seats.filter(({ index }) => !isUp(index))
    run.take(['restart', draw.pick(down).index, ++token])
  }

  function ask(): void {
    const node = draw.below(size)
    if (isUp(node)) run.take(['ask', node, asked++, ...cutting()])
  }

  /** A client begins what is next, tries again, or now and then gives up. */
  function call(): void {
    const { clients } = world
    const client = draw.below(clients.size)
    const isWaiting = clients.isWaiting(client)
    const goesOn = clients.hasMore(client) && (!isWaiting || draw.chance(GIVE_UP))
    if (!goesOn && !isWaiting) return
    run.take(['call', draw.below(size), client, clients.current(client) + (goesOn ? 1 : 0), ++token])
  }

  function cutting(): [] | [cut: number, keep: number] {
    if (crashes === 0 || inclined.cut === 0 || !draw.chance(inclined.cut)) return []
    crashes--
    return [draw.below(5), draw.below(4)]
  }

  function fire(): void {
    timers.length = 0
    for (const seat of world.seats)
      for (const timer of seat.timers.values())
        if (timer.due !== undefined && seat.node !== undefined) timers.push([seat.index, timer.name])
    if (timers.length > 0) {
      const [node, name] = draw.pick(timers)
      run.take(['timer', node, name, ++token, ...cutting()])
    } else if (run.down() > 0) restart()
  }

  function deliver(): void {
    const by = draw.fraction()
    const last = waiting.length - 1
    let at = by < inclined.newest ? last : by < inclined.newest + inclined.oldest ? 0 : draw.below(waiting.length)
    const isDeaf = (flight: Flight) => deaf[flight.from * size + flight.to] === 1
    // One that is heard, from there on: a few tries are enough, and a network where nobody is has to wait.
    for (let tries = 0; isDeaf(waiting[at] as Flight); tries++) {
      if (tries === DEAF_TRIES) return
      at = (at + 1) % waiting.length
    }
    const flight = waiting[at] as Flight
    if (at === 0) waiting.shift()
    else if (at === last) waiting.pop()
    else waiting.splice(at, 1)
    if (!isUp(flight.to)) world.lose(flight)
    else {
      delivered.push(flight)
      arrive(flight)
    }
  }

  function arrive(flight: Flight): void {
    if (isUp(flight.to)) run.take(['deliver', flight.id, ...cutting()], flight)
  }
}
