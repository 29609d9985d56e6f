// Runs clusters of the learner's nodes, and of others that are as right and made differently.

import * as kata from '#kata/4-scale/raft-election'
import { fresh, peer, simulation } from '../../kit/simulation.ts'
import { boot as roles } from './accepted/roles-as-functions.ts'
import { boot as ticks } from './accepted/ticks.ts'

function label(message: kata.Message): string {
  if (message.type === 'Vote') return `Vote ${message.granted ? 'yes' : 'no'} t${message.term}`
  return `${message.type} t${message.term}`
}

/** A leader of a term that never was, and that nobody may obey: silent at first, then tireless. */
const zombie = peer<kata.Message>((context) => {
  context.setTimer('rise', 1_000)
  return {
    onMessage() {},
    onTimer() {
      for (const other of context.peers) context.send(other, { type: 'AppendEntries', term: 0 })
      context.setTimer('rise', 40)
    },
    inspect: () => ({ role: 'follower', term: 0, votedFor: null, leader: null }),
  }
})

const world = simulation<kata.Message, kata.View>({
  boot: fresh(kata, ({ boot }) => boot),
  peers: { ticks: peer(ticks), roles: peer(roles), zombie },
  keeps: ({ type }) => type === 'RequestVote' || type === 'Vote',
  label,
  leads: ({ role }) => role === 'leader',
})

export const { walk, timed, replay, script, tapes, alone } = world
