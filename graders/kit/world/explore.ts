// Every schedule of a small cluster, breadth first, so that what is found is found at its shortest. Runs are replayed from
// the start: a node's state is its own business, and nobody can copy it.
//
// Two schedules are the same where each node has met the same events in the same order. Events are named by their causes,
// so that a node's own list of them decides all that it has done, whatever it hides: merging those is exact. Where nodes
// show and store all that they remember, states can be merged by that, which merges many more.

import { hashText, mix } from './chance.ts'
import type { ClusterOptions } from './cluster.ts'
import type { History, Step } from './history.ts'
import { replay, untimed } from './untimed.ts'

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
  readonly around: Around
}

/** What there is to see at the end of a schedule. */
interface Around {
  readonly key: string
  readonly choices: readonly Step[]
  readonly failed: boolean
}

export function explore(setup: Omit<ClusterOptions, 'unit'>, options: ExploreOptions): Explored {
  const { depth, most, commands = [], mergeBy = 'events' } = options
  const size = setup.boots.length
  const ends: History[] = []
  const start: Step[] = Array.from({ length: size }, (_, node) => ['restart', node, 0])
  const first = visit(start)
  const known = new Set([first.key])
  let frontier: Reached[] = [{ steps: start, crashes: 0, around: first }]
  let tried = 0
  for (let deep = 0; deep < depth && frontier.length > 0 && known.size < most; deep++) {
    const next: Reached[] = []
    for (const { steps, crashes, around } of frontier) {
      const mayCrash = crashes < (options.crashes ?? 0)
      const ahead = around.failed ? [] : around.choices.filter(([what]) => what !== 'crash' || mayCrash)
      if (ahead.length === 0) ends.push(replayed(steps))
      for (const step of ahead) {
        if (known.size >= most) break
        tried++
        const longer = [...steps, step]
        const reached = visit(longer)
        if (known.has(reached.key)) continue
        known.add(reached.key)
        next.push({ steps: longer, crashes: crashes + (step[0] === 'crash' ? 1 : 0), around: reached })
      }
    }
    frontier = next
  }
  for (const { steps } of frontier) ends.push(replayed(steps))
  return { states: known.size, tried, complete: known.size < most, ends }

  function replayed(steps: readonly Step[]): History {
    return replay({ ...setup, steps, commands })
  }

  /** Takes the steps, and looks around: where it is, and what can happen there. */
  function visit(steps: readonly Step[]): Around {
    const run = untimed({ ...setup, commands })
    const { world, flights } = run
    const events = new Int32Array(size)
    const gone = new Set<number>()
    const asked = new Set<number>()
    for (const step of steps) {
      const [what, which] = step
      const node = what === 'deliver' ? (flights.get(which)?.to ?? 0) : which
      events[node] = mix(events[node] as number, what === 'deliver' ? which : nameOfStep(step))
      if (what === 'deliver') gone.add(which)
      if (what === 'ask') asked.add(step[2])
      run.take(step)
    }
    const ahead = [...flights.values()].filter(({ id }) => !gone.has(id))
    const choices: Step[] = []
    for (const { id, to } of ahead) if (run.isUp(to)) choices.push(['deliver', id])
    for (const { index, node, timers } of world.seats) {
      // A timer's firing is named by what its node has met, so that the same firing has the same name in every schedule.
      const token = mix(events[index] as number, 17)
      if (node === undefined) choices.push(['restart', index, token])
      else {
        choices.push(['crash', index, 0, token])
        for (const timer of timers.values())
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
            ahead.map(({ from, to, body }) => JSON.stringify([from, to, body])).sort(),
            [...asked].sort(),
          ])
    return { key, choices, failed: world.threw !== undefined }
  }
}

function nameOfStep(step: Step): number {
  let name = step[0].length
  for (const part of step.slice(1)) name = mix(name, typeof part === 'number' ? part : hashText(String(part)))
  return name
}
