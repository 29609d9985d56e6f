// Runs clusters of the learner's nodes, and of others that are as right and made differently.

import * as kata from '#kata/4-scale/raft-election'
import { fresh, simulation } from '../../kit/simulation.ts'

function label(message: kata.Message): string {
  switch (message.type) {
    case 'RequestVote':
      return `RequestVote t${message.term}`
    case 'Vote':
      return `Vote ${message.granted ? 'yes' : 'no'} t${message.term}`
    case 'AppendEntries':
      return `AppendEntries t${message.term}`
    default:
      return `AppendReply t${message.term}`
  }
}

const world = simulation<kata.Message, kata.View>({
  boot: fresh(kata, ({ boot }) => boot),
  peers: {},
  keeps: ({ type }) => type === 'RequestVote' || type === 'Vote',
  label,
  leads: ({ role }) => role === 'leader',
})

export const { walk, timed, replay, script } = world
