// The course proves itself: for each kata, everything of KATA.md that a machine can prove. One resident judge serves all.

import type { Kata, Workspace } from '../../course/kata.ts'
import { startJudge } from '../judge.ts'
import type { Report } from '../report.ts'
import { costFaults, margins, measureCandidates } from './costs.ts'
import { exampleFaults } from './examples.ts'
import { lessonFaults } from './lesson-faults.ts'
import { messageFaults } from './messages.ts'
import { killMutants } from './mutation.ts'
import type { Fault, Proof } from './proof.ts'
import { examineRooms, strays } from './rooms.ts'
import { judgeCandidates, prepareCandidates } from './submissions.ts'

export interface VerifyOptions {
  /** how many seeds for what must be accepted */
  readonly seeds: number
  readonly mutants: boolean
  /** write message snapshots anew */
  readonly write: boolean
  /** a report as a learner sees it: what the approved messages hold */
  readonly render: (report: Report) => string
  readonly onProof: (proof: Proof) => void
  /** suites at a time */
  readonly workers: number
}

/** @returns proofs in the order given, and what belongs to no kata */
export async function verifyKatas(
  ws: Workspace,
  katas: readonly Kata[],
  all: readonly Kata[],
  options: VerifyOptions,
): Promise<{ proofs: Proof[]; strays: Fault[] }> {
  const judge = await startJudge(ws.course, { workers: options.workers })
  try {
    const examples = await exampleFaults(
      ws,
      judge,
      katas.filter((kata) => examineRooms(ws, kata).faults.every(({ message }) => message !== 'is missing')),
    )
    const proofs: Proof[] = []
    // As many katas at a time as there are workers: their suites run side by side in one run of the judge.
    for (let at = 0; at < katas.length; at += options.workers) {
      const startedMs = performance.now()
      const group = await Promise.all(
        katas.slice(at, at + options.workers).map(async (kata) => {
          const rooms = examineRooms(ws, kata)
          const whole = rooms.faults.every(({ message }) => message !== 'is missing')
          return {
            kata,
            rooms,
            candidates: whole ? await prepareCandidates(ws, kata, rooms, options.seeds) : undefined,
          }
        }),
      )
      const judged = await judge.run(group.flatMap(({ candidates }) => candidates?.jobs ?? []))
      for (const { kata, rooms, candidates } of group) {
        const faults: Fault[] = [...rooms.faults]
        let proof: Omit<Proof, 'ms' | 'faults' | 'kata'> = { submissions: [] }
        if (candidates !== undefined) {
          const costs = await measureCandidates(ws, candidates, judged, options.write)
          const { submissions, faults: found, messages } = judgeCandidates(candidates, judged, costs)
          faults.push(
            ...candidates.faults,
            ...found,
            ...costFaults(ws, kata, candidates.all, costs),
            // Without a run there are no messages to approve.
            ...(messages.length === 0 ? [] : messageFaults(ws, kata, messages, options.render, options.write)),
            ...(examples.get(kata.slug) ?? []),
            ...(await lessonFaults(ws, kata, rooms.rejected, all)),
          )
          const budgets = margins(candidates.all, costs)
          proof = { submissions, ...(budgets.length === 0 ? {} : { budgets }) }
          if (options.mutants) {
            const mutation = await killMutants(ws, judge, kata)
            faults.push(...mutation.faults)
            proof = { ...proof, mutants: mutation.counts }
          }
        }
        const one: Proof = { kata: kata.slug, faults, ...proof, ms: Math.round(performance.now() - startedMs) }
        proofs.push(one)
        options.onProof(one)
      }
    }
    // Whoever proves one kata is in the midst of building it, perhaps beside others.
    return { proofs, strays: katas.length === all.length ? strays(ws.course, all) : [] }
  } finally {
    await judge.close()
  }
}
