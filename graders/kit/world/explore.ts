// Every schedule of a small cluster, breadth first, so that what is found is found at its shortest. Runs are replayed from
// the start: a node's state is its own business, and nobody can copy it.
//
// Two schedules are the same where each node has met the same events in the same order. Events are named by their causes,
// so that a node's own list of them decides all that it has done, whatever it hides: merging those is exact. Where nodes
// show and store all that they remember, states can be merged by that, which merges many more.

import { mix } from './chance.ts'
import { type ClusterOptions, cluster, type Flight } from './cluster.ts'
import type { History, Step } from './history.ts'
import { replay } from './walk.ts'

export interface ExploreOptions {
  /** steps after all have booted */
  readonly depth: number
  /** states after which it ends, told so */
  readonly most: number
  readonly crashes?: number
  readonly commands?: readonly unknown[]
  /** `view`: by what nodes show and store, and what is on its way. Only for protocols that show all they remember. */
  readonly mergeBy?: 'events' | 'view'
}

export interface Explored<V = unknown, M = unknown> {
  /** different states, the first one included */
  readonly states: number
  /** steps tried, those that led to a known state included */
  readonly tried: number
  /** every schedule up to the depth was tried */
  readonly complete: boolean
  /** one history for each state after which nothing more was tried: at full depth, or where nothing can happen */
  readonly ends: readonly History<V, M>[]
}

interface Reached {
  readonly steps: readonly Step[]
  readonly crashes: number
}

export function explore(setup: ClusterOptions, options: ExploreOptions): Explored {
  const { depth, most, commands = [], mergeBy = 'events' } = options
  const size = setup.boots.length
  const known = new Set<string>()
  const ends: History[] = []
  const start: Step[] = Array.from({ length: size }, (_, node) => ['restart', node, 0])
  let frontier: Reached[] = [{ steps: start, crashes: 0 }]
  let tried = 0
  known.add(visit(start).key)
  for (let deep = 0; deep < depth && frontier.length > 0 && known.size < most; deep++) {
    const next: Reached[] = []
    for (const { steps, crashes } of frontier) {
      if (known.size >= most) break
      const { choices, failed } = visit(steps)
      const ahead = failed ? [] : choices.filter(([what]) => what !== 'crash' || crashes < (options.crashes ?? 0))
      if (ahead.length === 0) ends.push(replayed(steps))
      for (const step of ahead) {
        tried++
        const longer = [...steps, step]
        const { key } = visit(longer)
        if (known.has(key)) continue
        known.add(key)
        next.push({ steps: longer, crashes: crashes + (step[0] === 'crash' ? 1 : 0) })
      }
    }
    frontier = next
  }
  const complete = known.size < most
  for (const { steps } of frontier) ends.push(replayed(steps))
  return { states: known.size, tried, complete, ends }

  function replayed(steps: readonly Step[]): History {
    return replay({ ...setup, steps, commands })
  }

  /** Takes the steps, and looks around: where it is, and what can happen there. */
  function visit(steps: readonly Step[]): { key: string; choices: Step[]; failed: boolean } {
    const flights = new Map<number, Flight>()
    const world = cluster(setup, { sent: (flight) => void flights.set(flight.id, flight), armed() {}, replied() {} })
    const events = new Int32Array(size)
    const asked = new Set<number>()
    for (const step of steps) {
      const [what, which] = step
      const flight = what === 'deliver' ? flights.get(which) : undefined
      const node = what === 'deliver' ? (flight?.to ?? 0) : which
      events[node] = mix(events[node] as number, what === 'deliver' ? which : nameOfStep(step))
      if (what === 'deliver') {
        flights.delete(which)
        if (flight !== undefined) world.deliver(flight)
      } else if (what === 'timer') world.fire(which, step[2], step[3])
      else if (what === 'crash') world.crash(which, step[2])
      else if (what === 'restart') world.start(which)
      else {
        asked.add(step[2])
        world.ask(which, step[2], commands[step[2]], -1)
      }
    }
    const choices: Step[] = []
    for (const flight of flights.values())
      if (world.seats[flight.to]?.node !== undefined) choices.push(['deliver', flight.id])
    for (const seat of world.seats) {
      const { index } = seat
      // A timer's firing is named by what its node has met, so that the same firing has the same name in every schedule.
      const token = mix(events[index] as number, 17)
      if (seat.node === undefined) choices.push(['restart', index, token])
      else {
        choices.push(['crash', index, 0, token])
        for (const timer of seat.timers.values())
          if (timer.due !== undefined) choices.push(['timer', index, timer.name, token])
        for (const [i] of commands.entries()) if (!asked.has(i)) choices.push(['ask', index, i])
      }
    }
    const key =
      mergeBy === 'events'
        ? events.join()
        : JSON.stringify([
            world.seats.map(({ node, view, disk, timers }) => [
              node === undefined ? 0 : view,
              disk.safe(),
              disk.unsynced(),
              [...timers.values()].filter(({ due }) => due !== undefined).map(({ name }) => name),
            ]),
            [...flights.values()].map(({ from, to, body }) => JSON.stringify([from, to, body])).sort(),
            asked.size,
          ])
    return { key, choices, failed: world.threw !== undefined }
  }
}

function nameOfStep(step: Step): number {
  let name = step[0].length
  for (const part of step.slice(1)) name = mix(name, typeof part === 'number' ? part : String(part).length)
  return name
}
