// Runs clusters of the learner's nodes, and of others that are as right and made differently.

import * as kata from '#kata/4-scale/raft-prevote'
import { fresh, peer, simulation } from '../../kit/simulation.ts'
import { boot as roles } from './accepted/roles-as-functions.ts'
import { boot as ticks } from './accepted/ticks.ts'

function label(message: kata.Message): string {
  if (message.type === 'RequestPreVote') return `${message.type} for t${message.nextTerm}`
  if (message.type === 'PreVote') return `${message.type} ${message.granted ? 'yes' : 'no'} for t${message.nextTerm}`
  if (message.type === 'Vote') return `Vote ${message.granted ? 'yes' : 'no'} t${message.term}`
  return `${message.type} t${message.term}`
}

const world = simulation<kata.Message, kata.View>({
  boot: fresh(kata, ({ boot }) => boot),
  peers: { ticks: peer(ticks), roles: peer(roles) },
  keeps: ({ type }) => type !== 'AppendEntries' && type !== 'AppendReply',
  label,
  leads: ({ role }) => role === 'leader',
})

export const { walk, timed, replay, script, tapes, alone } = world
