/**
 * A node with one timer that goes off ten times a second, and looks at the clock. What it knows of the others stands in a
 * table of rows, news included: a row that has changed is told until it has been told often enough.
 */

import type { Context, Node, NodeId } from '#world'

export const PERIOD_MS = 1_000
export const ACK_TIMEOUT_MS = 250
export const HELPERS = 3
export const MAX_UPDATES = 6
export const rounds = (nodes: number): number => Math.ceil(Math.log2(nodes + 1))
export const suspicionMs = (nodes: number): number => 3 * rounds(nodes) * PERIOD_MS
export const retransmits = (nodes: number): number => 4 * rounds(nodes)

export interface Update {
  readonly node: NodeId
  readonly state: 'alive' | 'suspect' | 'dead'
  readonly incarnation: number
}

export type Message =
  | { readonly type: 'Ping'; readonly seq: number; readonly updates: readonly Update[] }
  | { readonly type: 'PingReq'; readonly seq: number; readonly target: NodeId; readonly updates: readonly Update[] }
  | { readonly type: 'Ack'; readonly seq: number; readonly target: NodeId; readonly updates: readonly Update[] }

export interface View {
  readonly incarnation: number
  readonly suspects: readonly NodeId[]
  readonly dead: readonly NodeId[]
}

const TICK_MS = 50

interface Row {
  readonly node: NodeId
  state: Update['state']
  incarnation: number
  /** a suspect's end */
  deadAtMs: number
  /** how often this row may still be told */
  left: number
}

interface Errand {
  readonly seq: number
  readonly target: NodeId
  readonly from: NodeId
  readonly theirs: number
  readonly sinceMs: number
}

export function boot(context: Context<Message>): Node<Message> {
  const { self, peers, disk, now, random } = context
  const size = peers.length + 1
  const lives = disk.log.length
  const own: Row = { node: self, state: 'alive', incarnation: 0, deadAtMs: 0, left: 0 }
  const rows: Row[] = []
  // Each node has an order of its own, for good: were all the same, all would come to one node in one period.
  for (const node of peers)
    rows.splice(random(rows.length + 1), 0, { node, state: 'alive', incarnation: 0, deadAtMs: 0, left: 0 })
  const byName = new Map(rows.map((row) => [row.node, row]))
  let errands: Errand[] = []
  let seq = 0
  let at = random(peers.length + 1)
  let probe: { readonly target: NodeId; readonly seq: number; asksAtMs: number } | undefined
  let nextPeriodMs = now() + random(PERIOD_MS)
  raise(lives === 0 ? 0 : (disk.log.at<number>(lives - 1) ?? 0) + 1)
  if (lives === 0) own.left = 0
  context.setTimer('tick', TICK_MS)

  /** The log's last entry is the incarnation. */
  function raise(incarnation: number): void {
    own.incarnation = incarnation
    own.left = retransmits(size)
    disk.log.append(incarnation)
    disk.sync()
  }

  function news(): Update[] {
    const most = retransmits(size)
    const untold = [own, ...rows].filter(({ left }) => left > 0).toSorted((a, b) => most - a.left - (most - b.left))
    return untold.slice(0, MAX_UPDATES).map((row) => {
      row.left--
      return { node: row.node, state: row.state, incarnation: row.incarnation }
    })
  }

  function hear({ node, state, incarnation }: Update): void {
    if (node === self) {
      if (state !== 'alive' && incarnation >= own.incarnation) raise(incarnation + 1)
      return
    }
    const row = byName.get(node)
    if (row === undefined || incarnation < row.incarnation) return
    if (incarnation === row.incarnation) {
      if (row.state === 'dead' || state === 'alive' || state === row.state) return
    }
    row.state = state
    row.incarnation = incarnation
    row.left = retransmits(size)
    row.deadAtMs = state === 'suspect' ? now() + suspicionMs(size) : Number.POSITIVE_INFINITY
  }

  const ping = (target: NodeId, number: number) => context.send(target, { type: 'Ping', seq: number, updates: news() })

  function begin(nowMs: number): void {
    const failed = probe === undefined ? undefined : byName.get(probe.target)
    if (failed?.state === 'alive') hear({ node: failed.node, state: 'suspect', incarnation: failed.incarnation })
    probe = undefined
    errands = errands.filter(({ sinceMs }) => nowMs - sinceMs < PERIOD_MS)
    const living = rows.filter(({ state }) => state !== 'dead')
    if (living.length === 0) return
    do at = (at + 1) % rows.length
    while (rows[at]?.state === 'dead')
    probe = { target: rows[at]?.node as NodeId, seq: ++seq, asksAtMs: nowMs + ACK_TIMEOUT_MS }
    ping(probe.target, seq)
  }

  function askHelpers(target: NodeId, number: number): void {
    const helpers = rows.filter(({ node, state }) => node !== target && state !== 'dead').map(({ node }) => node)
    for (let asked = 0; asked < HELPERS && helpers.length > 0; asked++) {
      const [helper] = helpers.splice(random(helpers.length), 1)
      context.send(helper as NodeId, { type: 'PingReq', seq: number, target, updates: news() })
    }
  }

  return {
    onMessage(from, message) {
      message.updates.forEach(hear)
      if (message.type === 'Ping') {
        context.send(from, { type: 'Ack', seq: message.seq, target: self, updates: news() })
      } else if (message.type === 'PingReq') {
        errands.push({ seq: ++seq, target: message.target, from, theirs: message.seq, sinceMs: now() })
        ping(message.target, seq)
      } else {
        if (probe?.target === message.target) probe = undefined
        const errand = errands.find((one) => one.seq === message.seq && one.target === message.target)
        if (errand === undefined) return
        errands = errands.filter((one) => one !== errand)
        context.send(errand.from, { type: 'Ack', seq: errand.theirs, target: errand.target, updates: news() })
      }
    },
    onTimer() {
      context.setTimer('tick', TICK_MS)
      const nowMs = now()
      for (const row of rows)
        if (row.state === 'suspect' && nowMs >= row.deadAtMs)
          hear({ node: row.node, state: 'dead', incarnation: row.incarnation })
      if (nowMs >= nextPeriodMs) {
        nextPeriodMs += PERIOD_MS
        begin(nowMs)
      } else if (probe !== undefined && nowMs >= probe.asksAtMs) {
        askHelpers(probe.target, probe.seq)
        probe.asksAtMs = Number.POSITIVE_INFINITY
      }
    },
    inspect: (): View => ({
      incarnation: own.incarnation,
      suspects: rows.filter(({ state }) => state === 'suspect').map(({ node }) => node),
      dead: rows.filter(({ state }) => state === 'dead').map(({ node }) => node),
    }),
  }
}
