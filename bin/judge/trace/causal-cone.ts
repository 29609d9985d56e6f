// What led to a violation, and what did not: the events that happened before it in Lamport's sense. All else in a long run
// went on beside it and may be left out of its picture.

import type { Trace, TraceEvent } from '../../../graders/kit/world/trace.ts'

/**
 * By event, whether it happened before the given one or is it: what the same node did earlier, what sent a message that was
 * received on the way, and what happened to the network meanwhile. An invariant may be about several nodes at once (two
 * leaders of one term), so what each of the others last changed is inside, too.
 */
export function causalCone({ events, nodes }: Trace, of: number): boolean[] {
  const inside = events.map(() => false)
  const last = Math.min(of, events.length - 1)
  const violated = events[last]
  if (violated === undefined) return inside
  /** by lifeline, whether all that comes earlier on it leads to the violation; to one of the network, everything may */
  const reached = nodes.map(() => violated.node < 0)
  const stands = nodes.map(() => false)
  inside[last] = true
  // Causes come before what they cause, so that one pass backwards meets each event after all that it may lead to.
  for (let i = last; i >= 0; i--) {
    const { node, cause, changed } = events[i] as TraceEvent
    const led = inside[i] === true || node < 0 || reached[node] === true
    if (led) {
      if (node >= 0) reached[node] = true
      if (cause !== undefined && cause < i) inside[cause] = true
    }
    inside[i] = led || (changed !== undefined && stands[node] !== true)
    if (changed !== undefined && node >= 0) stands[node] = true
  }
  return inside
}

/** The trace of those events alone; what pointed to an event that is left out points nowhere. */
export function onlyEvents(trace: Trace, inside: readonly boolean[]): Trace {
  const place = new Map<number, number>()
  for (const [i, isInside] of inside.entries()) if (isInside) place.set(i, place.size)
  const events = trace.events.flatMap((event, i): TraceEvent[] => {
    if (!place.has(i)) return []
    const { cause, ...rest } = event
    const moved = cause === undefined ? undefined : place.get(cause)
    return [moved === undefined ? rest : { ...rest, cause: moved }]
  })
  const { broken, ...rest } = trace
  const at = broken === undefined ? undefined : place.get(broken.event)
  return { ...rest, events, ...(broken === undefined || at === undefined ? {} : { broken: { ...broken, event: at } }) }
}
