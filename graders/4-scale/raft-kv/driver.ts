// Runs clusters of the learner's services, each on a log of the kit's, and clients that ask them.

import * as kata from '#kata/4-scale/raft-kv'
import { type LogMessage, type LogView, logNode } from '../../kit/raft/replicated-log.ts'
import { fresh, simulation } from '../../kit/simulation.ts'

function label(message: LogMessage): string {
  if (message.type === 'Vote') return `Vote ${message.granted ? 'yes' : 'no'} t${message.term}`
  if (message.type !== 'AppendEntries' || message.entries.length === 0) return `${message.type} t${message.term}`
  return `AppendEntries t${message.term} of ${message.entries.length}`
}

function tellCommand(command: kata.Command): string {
  if (command.type === 'Get') return `get ${command.key}`
  return `${command.type.toLowerCase()} ${command.key} ${command.value} (client ${command.client}, ${command.sequence})`
}

const world = simulation<LogMessage, LogView>({
  boot: fresh(
    kata,
    ({ serve }) =>
      (context) =>
        logNode(context, serve),
  ),
  label,
  leads: ({ role }) => role === 'leader',
  refusal: (result) => {
    const { type, leader } = result as { type: string; leader: string | null }
    return type === 'NotLeader' ? { leader } : undefined
  },
  tellCommand,
  tellAnswer: (result: kata.Result) => (result.type === 'Done' ? `${result.value ?? 'nothing'}` : 'not the leader'),
})

export const { walk, timed, replay, script, tapes, alone } = world
