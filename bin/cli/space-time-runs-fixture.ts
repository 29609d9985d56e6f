// Runs as simulators write them down, small enough to read: the pictures in the snapshots are of these.

import fc from 'fast-check'
import type { Trace, TraceEvent } from '../judge/report.ts'
import { WHATS } from '../judge/trace/read-trace.ts'

interface Writer {
  readonly events: TraceEvent[]
  (node: number, what: TraceEvent['what'], more?: Partial<TraceEvent>): number
}

function writer(step: number): Writer {
  const events: TraceEvent[] = []
  const write = (node: number, what: TraceEvent['what'], more: Partial<TraceEvent> = {}) =>
    events.push({ at: events.length * step, node, what, ...more }) - 1
  return Object.assign(write, { events })
}

/** A vote that was not synced before the reply: after a restart the node votes again, and a term has two leaders. */
export function twoLeaders(): Trace {
  const tell = writer(1)
  const { events } = tell
  for (const node of [0, 1, 2]) tell(node, 'boot', { changed: { role: 'follower', term: '0' } })
  const first = tell(0, 'timer', { label: 'election', changed: { role: 'candidate', term: '1', vote: 'n1' } })
  const ask2 = tell(0, 'send', { cause: first, to: 1, label: 'vote? t1' })
  const ask3 = tell(0, 'send', { cause: first, to: 2, label: 'vote? t1' })
  const heard = tell(1, 'receive', { cause: ask2, changed: { term: '1', vote: 'n1' } })
  const yes = tell(1, 'send', { cause: heard, to: 0, label: 'yes t1' })
  tell(-1, 'partition', { groups: [[0], [1, 2]] })
  tell(0, 'lost', { cause: ask3 })
  tell(1, 'crash', { label: 'loses 1 unsynced write' })
  tell(1, 'restart', { changed: { role: 'follower', term: '0', vote: '-' } })
  const second = tell(2, 'timer', { label: 'election', changed: { role: 'candidate', term: '1', vote: 'n3' } })
  const again = tell(2, 'send', { cause: second, to: 1, label: 'vote? t1' })
  const heardAgain = tell(1, 'receive', { cause: again, changed: { term: '1', vote: 'n3' } })
  const yesAgain = tell(1, 'send', { cause: heardAgain, to: 2, label: 'yes t1' })
  tell(2, 'receive', { cause: yesAgain, changed: { role: 'LEADER' } })
  tell(-1, 'heal')
  const last = tell(0, 'receive', { cause: yes, changed: { role: 'LEADER' } })
  return {
    nodes: ['n1', 'n2', 'n3'],
    unit: 'step',
    events,
    broken: { event: last, what: 'two leaders of term 1: n1 and n3' },
  }
}

/** A lease holder that sleeps through its lease, writes after another has, and is let through. */
export function sleepsThroughItsLease(): Trace {
  const tell = writer(250)
  const { events } = tell
  for (const node of [0, 1, 2, 3]) tell(node, 'boot')
  const ask = (client: number, label: string, to = 0) => tell(client, 'send', { to, label })
  const one = ask(2, 'lock')
  const two = ask(3, 'lock')
  tell(0, 'receive', { cause: one, changed: { holder: 'c1', token: '1' } })
  const grant = ask(0, 'token 1', 2)
  tell(2, 'receive', { cause: grant })
  tell(2, 'pause', { label: 'garbage collection' })
  tell(0, 'timer', { label: 'lease c1', changed: { holder: '-' } })
  tell(0, 'receive', { cause: two, changed: { holder: 'c2', token: '2' } })
  const other = ask(0, 'token 2', 3)
  tell(3, 'receive', { cause: other })
  const write2 = ask(3, 'put b t2', 1)
  tell(1, 'receive', { cause: write2, changed: { value: 'b' } })
  tell(2, 'resume')
  const write1 = ask(2, 'put a t1', 1)
  const last = tell(1, 'receive', { cause: write1, changed: { value: 'a' } })
  ask(1, 'done', 2)
  return {
    nodes: ['lock', 'store', 'c1', 'c2'],
    unit: 'ms',
    events,
    broken: { event: last, what: 'token 1 was let through after token 2' },
  }
}

/** Seven nodes that gossip for a while beside the few events that matter. */
export function longGossip(rounds = 40): Trace {
  const tell = writer(5)
  const { events } = tell
  for (let node = 0; node < 7; node++) tell(node, 'boot', { changed: { view: '1' } })
  for (let round = 0; round < rounds; round++) {
    const from = 3 + (round % 4)
    const to = 3 + ((round + 1) % 4)
    const sent = tell(from, 'send', { to, label: `gossip ${round}` })
    if (round % 5 === 4) tell(from, 'lost', { cause: sent })
    else tell(to, 'receive', { cause: sent })
  }
  const a = tell(0, 'timer', { label: 'probe' })
  const ping = tell(0, 'send', { cause: a, to: 6, label: 'ping me' })
  tell(6, 'receive', { cause: ping })
  const ack = tell(6, 'send', { to: 0, label: 'ack' })
  tell(0, 'lost', { cause: ping })
  const last = tell(0, 'receive', { cause: ack, changed: { view: '2', 'state of g': 'alive, incarnation 7' } })
  return {
    nodes: ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta'],
    unit: 'ms',
    events,
    broken: { event: last, what: 'a node that is dead stays dead' },
  }
}

/** Anything that the judge lets through: of two to nine nodes, with names and labels as hostile as they come. */
export const anyRun = fc
  .record({
    nodes: fc.integer({ min: 2, max: 9 }),
    unit: fc.constantFrom('ms' as const, 'step' as const),
    draws: fc.array(
      fc.record({
        what: fc.constantFrom(...WHATS),
        node: fc.nat(),
        other: fc.nat(),
        gap: fc.integer({ min: 0, max: 2_000 }),
        label: fc.oneof(
          fc.constant(''),
          fc.string({ unit: 'binary', maxLength: 60 }),
          fc.constant('\u001b[2J<b>漢字</script>'),
        ),
        changed: fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ unit: 'grapheme', maxLength: 70 }), {
          maxKeys: 3,
        }),
      }),
      { minLength: 1, maxLength: 40 },
    ),
  })
  .map(({ nodes, unit, draws }): Trace => {
    const events: TraceEvent[] = []
    let at = 0
    for (const { what, node, other, gap, label, changed } of draws) {
      at += gap
      const sent = events.flatMap((event, id) => (event.what === 'send' ? [id] : []))
      const cause = sent.length === 0 ? {} : { cause: sent[other % sent.length] as number }
      const isNetwork = what === 'partition' || what === 'heal'
      events.push({
        at,
        node: isNetwork ? -1 : node % nodes,
        what,
        label,
        changed,
        ...(what === 'send' ? { to: other % nodes } : {}),
        ...(what === 'receive' || what === 'lost' ? cause : {}),
        ...(what === 'partition' ? { groups: [[node % nodes], [other % nodes]] } : {}),
      })
    }
    const names = ['n1', 'node with a long name', '漢字', 'd', 'e', 'f', 'g', 'h', 'i']
    return {
      nodes: names.slice(0, nodes),
      unit,
      events,
      broken: { event: events.length - 1, what: 'it\u001b[31m breaks' },
    }
  })
