// Speed: the submission and the reference, round by round in turns, each in a process of its own, by CPU time. It
// informs; on a machine that has other things to do a ratio below two says nothing, so nobody is judged by it.

import { type Budget, kindOf } from '../../../graders/kit/budget.ts'
import { openSession, type Session } from '../../sandbox/session.ts'
import { variantFor } from '../../sandbox/variants.ts'
import type { Course, Measurable, Measured } from './measure.ts'
import { rateText, ratioText } from './speed.ts'

const ROUNDS = 9
/** CPU time that one round should take: long against the clock's grain, short against other work's. */
const ROUND_US = 20_000
const FIRST_CALLS = 2_000
const MAX_CALLS = 4_000_000
/** Rounds that teach the optimiser, and find out how many calls make a round. */
const WARM_UP = 5

/** @returns one entry for each budget of kind throughput */
export async function race(
  course: Course,
  budgets: readonly Budget[],
  submission: Measurable,
  reference: Measurable,
  seed: number,
): Promise<Measured[]> {
  const contests = budgets.flatMap((budget, index) => (kindOf(budget) === 'throughput' ? [{ budget, index }] : []))
  if (contests.length === 0) return []
  const runners = await Promise.all([submission, reference].map((one) => start(course, one)))
  try {
    const measured: Measured[] = []
    for (const { budget, index } of contests) {
      const nsPerCall = await contest(runners, index, seed)
      if (nsPerCall === undefined) continue
      const [ours = 0, theirs = 0] = nsPerCall
      const speed = { yours: 1e9 / ours, reference: 1e9 / theirs }
      measured.push({
        spent: {
          budget: budget.name,
          kind: 'throughput',
          kept: true,
          limit: 'shown, never judged',
          got: `${ratioText(speed)} · ${rateText(speed.yours)} here, now`,
          reference: rateText(speed.reference),
          speed,
        },
      })
    }
    return measured
  } finally {
    for (const runner of runners) runner.kill()
  }
}

async function start(course: Course, one: Measurable): Promise<Session> {
  const session = openSession(course.kit, undefined, 'bytes', course.isolation)
  await session.load({ url: one.url, modules: variantFor('bytes', one), driver: course.budgets })
  return session
}

/** @returns nanoseconds a call of each runner: medians; undefined where one of them has dropped out */
async function contest(runners: readonly Session[], index: number, seed: number): Promise<number[] | undefined> {
  const calls = runners.map(() => FIRST_CALLS)
  const rounds: number[][] = runners.map(() => [])
  for (let round = -WARM_UP; round < ROUNDS; round++)
    for (const [i, runner] of runners.entries()) {
      const came = await runner.measure(index, { seed, calls: calls[i] })
      const us = came.alive && 'raw' in came ? (came.raw as { cpuUs?: unknown } | null)?.cpuUs : undefined
      if (typeof us !== 'number' || !Number.isFinite(us) || us < 0) return undefined
      const made = calls[i] as number
      if (round < 0) calls[i] = Math.min(MAX_CALLS, Math.ceil((made * ROUND_US) / Math.max(us, ROUND_US / 16)))
      else (rounds[i] as number[]).push((1000 * Math.max(us, 1)) / made)
    }
  return rounds.map((values) => values.sort((a, b) => a - b)[values.length >> 1] as number)
}
