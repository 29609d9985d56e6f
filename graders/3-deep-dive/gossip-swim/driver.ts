// Runs clusters of the learner's nodes, and of others that are as right and made differently.

import * as kata from '#kata/3-deep-dive/gossip-swim'
import { fresh, peer, simulation } from '../../kit/simulation.ts'
import { boot as ticks } from './accepted/ticks.ts'

const tell = ({ node, state, incarnation }: kata.Update) => `${node} ${state}@${incarnation}`

function label({ type, updates, ...rest }: kata.Message): string {
  const about = 'target' in rest ? ` ${rest.target}` : ''
  const news = updates.length <= 2 ? updates.map(tell).join(', ') : `${updates.length} news`
  return `${type}${about}${news === '' ? '' : `: ${news}`}`
}

/** Says nothing, to nobody. */
const mute = peer<kata.Message>(() => ({
  onMessage() {},
  onTimer() {},
  inspect: () => ({ incarnation: 0, suspects: [], dead: [] }),
}))

const world = simulation<kata.Message, kata.View>({
  boot: fresh(kata, ({ boot }) => boot),
  peers: { ticks: peer(ticks), mute },
  label,
})

export const { timed, replay, script, tapes, alone } = world
