// A cluster has elected when everybody who is up knows of one leader, and it knows of itself.

import type { Check } from '../simulate.ts'

/** What a node shows of elections, whatever else it shows. */
export interface OfficeView {
  readonly role: string
  readonly term: number
  readonly leader: string | null
}

/** At some time from then on all nodes that are up have one leader, and it knows that it is. */
export const agreement =
  (afterMs: number, who: (node: number) => boolean = () => true): Check<OfficeView, unknown> =>
  ({ entries, end, counts }, { nodes }) => {
    if (end === 'storm')
      return { entry: -1, expected: 'messages that come to an end', got: `a storm of ${counts.sent} messages` }
    const views = new Map<number, OfficeView>()
    for (const [, at, what, node, view] of entries) {
      if (what === 'view') views.set(node, view)
      else if (what === 'crash' || what === 'boot') views.delete(node)
      if (at >= afterMs && agreed(views, nodes, who)) return undefined
    }
    return agreed(views, nodes, who)
      ? undefined
      : { entry: -1, expected: 'a leader that all nodes know, in time', got: `none, ${stateOf(views, nodes)}` }
  }

export function agreed(views: ReadonlyMap<number, OfficeView>, nodes: number, who: (node: number) => boolean): boolean {
  let leader: OfficeView | undefined
  for (const view of views.values()) if (view.role === 'leader' && view.term >= (leader?.term ?? 0)) leader = view
  if (leader === undefined) return false
  for (let node = 0; node < nodes; node++) {
    const view = views.get(node)
    if (who(node) && view !== undefined && (view.term !== leader.term || view.leader !== leader.leader)) return false
  }
  return true
}

function stateOf(views: ReadonlyMap<number, OfficeView>, nodes: number): string {
  const states = Array.from({ length: nodes }, (_, node) => {
    const view = views.get(node)
    return `n${node + 1} ${view === undefined ? 'down' : `${view.role} t${view.term}`}`
  })
  return `at the end: ${states.join(', ')}`
}
