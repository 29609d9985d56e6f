/**
 * One member of a cluster that knows who is up, by the rules of SWIM: everybody probes one other each period, asks others
 * to probe where no answer comes, suspects before it buries, and spreads what it hears on the probes themselves.
 *
 * All members are known from the start (`context.peers`), and up until the contrary is heard. Nodes crash and come back with
 * what they had synced; messages are lost, late, and come twice.
 */

import type { Context, Node, NodeId } from '#world'

/** Once in each, a node probes one other that it does not hold for dead. The first one begins within this time after boot. */
export const PERIOD_MS = 1_000

/** Who has not acknowledged a ping after so long is asked for by helpers; at the end of the period it is suspected. */
export const ACK_TIMEOUT_MS = 250

/** How many others are asked to ping for us; as many as there are, where there are fewer. */
export const HELPERS = 3

/** News that one message carries at most: the least often told ones. */
export const MAX_UPDATES = 6

/** Steps that a rumour takes to reach everybody, if each who has heard it tells one other: grows with the logarithm. */
export const rounds = (nodes: number): number => Math.ceil(Math.log2(nodes + 1))

/** How long a node holds another for suspect before it holds it for dead. @param nodes in the cluster, all in all */
export const suspicionMs = (nodes: number): number => 3 * rounds(nodes) * PERIOD_MS

/** How often a node tells one piece of news at most. */
export const retransmits = (nodes: number): number => 4 * rounds(nodes)

/**
 * What is said of one member. Of two, that of the higher incarnation counts; of one incarnation, dead before suspect
 * before alive. Only the member itself says that it is alive in a higher one than before.
 */
export interface Update {
  readonly node: NodeId
  readonly state: 'alive' | 'suspect' | 'dead'
  readonly incarnation: number
}

/** Every message carries news. `seq` names a question of its sender's, and comes back with the answer. */
export type Message =
  | { readonly type: 'Ping'; readonly seq: number; readonly updates: readonly Update[] }
  /** "ping `target` for me": its ack comes back through the helper, with this `seq` */
  | { readonly type: 'PingReq'; readonly seq: number; readonly target: NodeId; readonly updates: readonly Update[] }
  /** `target`: who is up; not always who sends this */
  | { readonly type: 'Ack'; readonly seq: number; readonly target: NodeId; readonly updates: readonly Update[] }

/** What a node shows of itself. */
export interface View {
  /** its own: kept on the disk, and higher in each life than in the one before */
  readonly incarnation: number
  /** whom it suspects, and whom it holds for dead, in any order */
  readonly suspects: readonly NodeId[]
  readonly dead: readonly NodeId[]
}

/**
 * Starts a node: first of all, and again after every crash. Every Ping is acknowledged at once.
 *
 * @param context all that it has of the world outside
 */
export function boot(context: Context<Message>): Node<Message> {
  throw new Error(`TODO: probe one of ${context.peers.length} others each period`)
}
