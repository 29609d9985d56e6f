// The rule of terms, message by message: a higher one makes a follower of anybody, a lower one is refused and changes
// nothing, and in one's own term whoever appends is the leader. For histories that keep every message.

import type { Broken } from '../simulate.ts'
import { nameOf } from '../world/cluster.ts'
import type { Entry } from '../world/history.ts'
import type { ElectionMessage, RaftHistory, RaftView, Rule } from './election-rules.ts'

type RaftEntry = Entry<RaftView, ElectionMessage>

/** One delivery: what the node showed before and after, and what it sent meanwhile. */
interface Met {
  readonly entry: number
  readonly node: number
  readonly from: number
  readonly message: ElectionMessage
  readonly before: RaftView
  readonly after: RaftView
  readonly sent: readonly { readonly to: number; readonly message: ElectionMessage }[]
}

export const termsRule: Rule = (history) => {
  const lower = growing(history)
  if (lower !== undefined) return lower
  for (const met of deliveries(history)) {
    const wrong = ruleOf(met)
    if (wrong !== undefined) return { entry: met.entry, ...wrong }
  }
  return undefined
}

function growing({ entries }: RaftHistory): Broken | undefined {
  const terms = new Map<number, number>()
  for (const [i, entry] of (entries as readonly RaftEntry[]).entries()) {
    const [, , what, node] = entry
    if (what === 'boot') terms.delete(node)
    if (what !== 'view') continue
    const { term } = entry[4]
    const before = terms.get(node) ?? 0
    if (term < before) return { entry: i, expected: `no term of ${nameOf(node)} below ${before}`, got: `term ${term}` }
    const { role, leader } = entry[4]
    if (role === 'candidate' && term > before && (term !== before + 1 || leader !== null) && terms.has(node))
      return {
        entry: i,
        expected: `${nameOf(node)} stands in term ${before + 1}, which has no leader yet`,
        got: `it stands in term ${term}, and its leader is ${leader ?? 'nobody'}`,
      }
    terms.set(node, term)
  }
  return undefined
}

/** Deliveries that were not cut short by a crash. */
function deliveries({ entries }: RaftHistory): Met[] {
  const shown = new Map<number, RaftView>()
  const met: Met[] = []
  const list = entries as readonly RaftEntry[]
  for (let i = 0; i < list.length; i++) {
    const entry = list[i] as RaftEntry
    if (entry[2] === 'view') shown.set(entry[3], entry[4])
    if (entry[2] !== 'got') continue
    const [step, , , node, from, message] = entry
    const before = shown.get(node)
    const sent: { to: number; message: ElectionMessage }[] = []
    let last = i
    let isCut = false
    for (let j = i + 1; j < list.length && (list[j] as RaftEntry)[0] === step; j++) {
      const next = list[j] as RaftEntry
      if (next[2] === 'sent') sent.push({ to: next[4], message: next[5] })
      if (next[2] === 'view') shown.set(node, next[4])
      if (next[2] === 'crash') isCut = true
      if (next[2] === 'sent' || next[2] === 'view') last = j
    }
    const after = shown.get(node)
    if (before !== undefined && after !== undefined && !isCut)
      met.push({ entry: last, node, from, message, before, after, sent })
  }
  return met
}

type Wrong = Omit<Broken, 'entry'>

function ruleOf(met: Met): Wrong | undefined {
  const { node, message, before, after } = met
  const me = nameOf(node)
  if (message.term > before.term) {
    if (after.term !== message.term || after.role !== 'follower')
      return {
        expected: `${me} follows in term ${message.term}, as soon as it has heard of it`,
        got: `it is ${after.role} in term ${after.term}`,
      }
    if (message.type !== 'AppendEntries' && after.leader !== null)
      return { expected: `${me} knows of no leader in term ${message.term}`, got: `its leader is ${after.leader}` }
  }
  if (message.type === 'RequestVote') return ofRequest(met, me)
  if (message.type === 'AppendEntries') return ofAppend(met, me)
  if (message.term < before.term && (after.term !== before.term || after.role !== before.role))
    return {
      expected: `a reply of term ${message.term} changes nothing for ${me}, which is in term ${before.term}`,
      got: `it is ${after.role} in term ${after.term}`,
    }
  return undefined
}

function ofRequest({ from, message, before, after, sent }: Met, me: string): Wrong | undefined {
  const reply = sent.find((one) => one.to === from && one.message.type === 'Vote')?.message
  const expected = `an answer of ${me} with its term ${after.term}`
  if (reply?.type !== 'Vote') return { expected, got: 'no answer' }
  if (reply.term !== after.term) return { expected, got: `one with term ${reply.term}` }
  if (message.term < before.term && reply.granted)
    return { expected: `no vote in term ${message.term} of ${me}, which is in term ${before.term}`, got: 'a vote' }
  return undefined
}

function ofAppend({ from, message, before, after, sent }: Met, me: string): Wrong | undefined {
  const reply = sent.find((one) => one.to === from && one.message.type === 'AppendReply')?.message
  const isStale = message.term < before.term
  const expected = `${me}, in term ${before.term}, ${isStale ? 'refuses' : 'obeys'} a leader of term ${message.term}`
  if (isStale && (after.leader !== before.leader || after.role !== before.role))
    return { expected, got: `it is ${after.role}, and its leader is ${after.leader}` }
  if (!isStale && (after.leader !== nameOf(from) || after.role !== 'follower'))
    return { expected, got: `it is ${after.role}, and its leader is ${after.leader}` }
  if (reply?.type !== 'AppendReply') return { expected, got: 'no answer' }
  if (reply.term !== after.term || reply.success === isStale)
    return { expected, got: `it answers with term ${reply.term}, success ${reply.success}` }
  return undefined
}
