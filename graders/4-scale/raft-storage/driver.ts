// Runs clusters of the learner's nodes, and of others that are as right and follow other policies.

import * as kata from '#kata/4-scale/raft-storage'
import { fresh, peer, simulation } from '../../kit/simulation.ts'
import { boot as ticks } from './accepted/ticks.ts'

function label(message: kata.Message): string {
  const { type, term } = message
  if (type === 'Vote') return `Vote ${message.granted ? 'yes' : 'no'} t${term}`
  if (type === 'AppendReply') return `AppendReply t${term} ${message.success ? `to ${message.matchIndex}` : 'no'}`
  if (type === 'InstallSnapshot') return `InstallSnapshot t${term} to ${message.lastIndex}`
  if (type === 'RequestVote' || message.entries.length === 0) return `${type} t${term}`
  const first = message.prevLogIndex + 1
  return `${type} t${term} #${first}${message.entries.length === 1 ? '' : `-${message.prevLogIndex + message.entries.length}`}`
}

/** Takes one entry of a message and leaves the rest: a follower may, and a leader must not count what it has not taken. */
const sips = peer<kata.Message>((context) => {
  const node = ticks(context)
  return {
    ...node,
    onMessage(from, message) {
      node.onMessage(
        from,
        message.type === 'AppendEntries' ? { ...message, entries: message.entries.slice(0, 1) } : message,
      )
    },
  }
})

const world = simulation<kata.Message, kata.View>({
  boot: fresh(kata, ({ boot }) => boot),
  peers: { ticks: peer(ticks), sips },
  keeps: () => true,
  keepsWrites: true,
  label,
  leads: ({ role }) => role === 'leader',
})

export const { walk, timed, replay, script, tapes, alone } = world
