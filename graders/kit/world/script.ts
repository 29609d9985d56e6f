// A schedule written by hand, in words that fit every right submission: not which timer goes off, but until when; not
// which message is delivered, but of which kind. What comes of it is a schedule like any other.

import type { ClusterOptions, Flight } from './cluster.ts'
import type { History } from './history.ts'
import { untimed } from './untimed.ts'

export type Move =
  /** lets the node's timers go off, the next one first, until it sends a message of this kind */
  | readonly ['until', node: number, sends: string]
  /** delivers the oldest message of this kind that waits between these two. `cut`, `keep`: see Step */
  | readonly ['deliver', from: number, to: number, kind: string, cut?: number, keep?: number]
  /** delivers one once more that was delivered before */
  | readonly ['again', from: number, to: number, kind: string]
  /** delivers all that waits for it, oldest first, and what comes of it, but nothing to others */
  | readonly ['drain', to: number]
  | readonly ['crash', node: number, keep?: number]
  | readonly ['restart', node: number]
  | readonly ['tell', to: number, from: number, message: unknown]
  /** the oldest of this kind never arrives */
  | readonly ['lose', from: number, to: number, kind: string]
  | readonly ['ask', node: number, request: number, cut?: number, keep?: number]
  /** a client tries an operation of its script at a node */
  | readonly ['call', node: number, client: number, operation: number]

export interface ScriptOptions extends Omit<ClusterOptions, 'unit'> {
  readonly moves: readonly Move[]
  readonly commands?: readonly unknown[]
}

/** Timers that may go off until a node has to have done something: a node that ticks needs some dozens. */
const MAX_TIMERS = 400
const MAX_DRAINED = 200

export function runScript(options: ScriptOptions): History {
  const waiting: Flight[] = []
  const delivered: Flight[] = []
  const run = untimed(options, (flight) => void waiting.push(flight))
  const { world } = run
  const kindOf = ({ body }: Flight) => options.label?.(body as never) ?? ''
  let token = 0

  run.bootAll()
  for (const [i, move] of options.moves.entries()) {
    if (world.threw !== undefined) break
    if (!make(move)) return { ...run.history(), stuckAt: i }
  }
  return run.history()

  function make(move: Move): boolean {
    switch (move[0]) {
      case 'until':
        return until(move[1], move[2])
      case 'deliver': {
        const [, from, to, kind, ...cut] = move
        const flight = takeOut(from, to, kind)
        if (flight === undefined) return false
        delivered.push(flight)
        return run.take(['deliver', flight.id, ...(cut as [number, number] | [])], flight)
      }
      case 'again': {
        const [, from, to, kind] = move
        const flight = delivered.find((one) => one.from === from && one.to === to && kindOf(one).startsWith(kind))
        return flight !== undefined && run.take(['deliver', flight.id], flight)
      }
      case 'drain':
        return drain(move[1])
      case 'crash':
        return run.take(['crash', move[1], move[2] ?? 0, ++token])
      case 'restart':
        return run.take(['restart', move[1], ++token])
      case 'tell':
        return run.take(move)
      case 'lose':
        return takeOut(move[1], move[2], move[3]) !== undefined
      case 'ask':
        return run.take(move)
      case 'call':
        return run.take([...move, ++token])
    }
  }

  function takeOut(from: number, to: number, kind: string): Flight | undefined {
    const at = waiting.findIndex((one) => one.from === from && one.to === to && kindOf(one).startsWith(kind))
    return at < 0 ? undefined : waiting.splice(at, 1)[0]
  }

  function until(node: number, kind: string): boolean {
    const seat = world.seats[node]
    for (let i = 0; i < MAX_TIMERS && seat !== undefined && world.threw === undefined; i++) {
      let next: { name: string; due: number } | undefined
      for (const { name, due } of seat.timers.values())
        if (due !== undefined && (next === undefined || due < next.due)) next = { name, due }
      if (next === undefined) return false
      const before = waiting.length
      run.take(['timer', node, next.name, ++token])
      if (waiting.slice(before).some((flight) => kindOf(flight).startsWith(kind))) return true
    }
    return false
  }

  function drain(to: number): boolean {
    for (let i = 0; i < MAX_DRAINED; i++) {
      const at = waiting.findIndex((flight) => flight.to === to)
      const flight = at < 0 ? undefined : waiting.splice(at, 1)[0]
      if (flight === undefined) return true
      delivered.push(flight)
      if (!run.take(['deliver', flight.id], flight)) return true
    }
    return true
  }
}
