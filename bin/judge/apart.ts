// One process for each node: what a simulated cluster did in one process is played to its nodes again, each in a process in
// which there is nothing of the others. Realm and fresh evaluations leave nodes no channel but the network; should there be
// one that nobody has thought of, what came through it is missing here. For code of strangers, on a few runs.

import type { Difference, Tape } from '../../graders/kit/world/tape.ts'
import type { Death, Session, Submission } from '../sandbox/session.ts'

/** A run that the suite has asked for. */
export interface Asked {
  readonly operation: string
  readonly input: unknown
}

/** How many runs of each kind are played again. */
const RUNS: Readonly<Record<string, number>> = { walk: 4, timed: 1, script: 2 }

/** Keeps the first few runs of what a suite asks, as they come. */
export function runsToPlay(): {
  readonly runs: readonly Asked[]
  keep(operation: string, inputs: readonly unknown[]): void
} {
  const runs: Asked[] = []
  return {
    runs,
    keep(operation, inputs) {
      const wanted = (RUNS[operation] ?? 0) - runs.filter((run) => run.operation === operation).length
      for (const input of inputs.slice(0, Math.max(0, wanted))) runs.push({ operation, input })
    },
  }
}

/**
 * @param runs of a submission that keeps its promises
 * @param open starts a subject
 * @returns what it is found out by; undefined where its nodes do alone what they did together
 */
export async function foundApart(
  submission: Submission,
  runs: readonly Asked[],
  open: () => Session,
): Promise<Death | undefined> {
  if (runs.length === 0) return undefined
  const tapes = new Map<string, Tape[]>()
  // One run an answer: a long one fills it.
  const taken = await asked(
    submission,
    'tapes',
    runs.map((run) => [run]),
    open,
  )
  if ('death' in taken) return taken.death
  for (const tape of (taken.answers as Tape[][]).flat()) tapes.set(tape.self, [...(tapes.get(tape.self) ?? []), tape])
  const played = await Promise.all(
    [...tapes.values()].map((of) =>
      asked(
        submission,
        'alone',
        of.map((tape) => [tape]),
        open,
      ),
    ),
  )
  for (const one of played) {
    if ('death' in one) return one.death
    const difference = (one.answers as (Difference | null)[]).find((answer) => answer !== null)
    if (difference !== undefined && difference !== null) return { cause: 'tampered', why: sentence(difference) }
  }
  return undefined
}

/** Asks one operation in a process of its own, batch by batch. */
async function asked(
  submission: Submission,
  operation: string,
  batches: readonly (readonly unknown[])[],
  open: () => Session,
): Promise<{ readonly answers: readonly unknown[] } | { readonly death: Death }> {
  const session = open()
  try {
    const loaded = await session.load(submission)
    if (!loaded.alive) return { death: loaded.death }
    if ('threw' in loaded) return { death: { cause: 'crashed', why: `${loaded.threw.name}: ${loaded.threw.message}` } }
    if (!loaded.operations.includes(operation))
      throw new Error(`The driver of a simulated kata exports "${operation}": graders/kit/simulation.ts has it.`)
    const answers: unknown[] = []
    for (const inputs of batches) {
      const answer = await session.call(operation, inputs)
      if (!answer.alive) return { death: answer.death }
      for (const result of answer.results) {
        if (!result.ok) throw new Error(`"${operation}" failed: ${'threw' in result ? result.threw.message : 'stuck'}`)
        answers.push(result.value)
      }
    }
    return { answers }
  } finally {
    session.kill()
  }
}

const sentence = ({ node, turn, call, together, alone }: Difference): string =>
  `In a process of its own, ${node} does not do what it did beside the others (call ${turn + 1} of its boot, ${call}): ` +
  `together ${together}; alone ${alone}. It knows of them by more than messages.`
