// The course proves itself: for each kata, everything of KATA.md that a machine can prove. One resident judge serves all.

import type { Kata, Workspace } from '../../course/kata.ts'
import { type Judge, startJudge } from '../judge.ts'
import type { Report } from '../report.ts'
import { costFaults, margins, measureCandidates } from './costs.ts'
import { exampleFaults } from './examples.ts'
import { lessonFaults } from './lesson-faults.ts'
import { messageFaults } from './messages.ts'
import { killMutants } from './mutation.ts'
import type { Fault, Proof } from './proof.ts'
import { examineRooms, strays } from './rooms.ts'
import { judgeCandidates, type Part, prepareCandidates } from './submissions.ts'

export interface VerifyOptions {
  /** how many seeds for what must be accepted; a tenth of them for what must be rejected, and for costs */
  readonly seeds: number
  /** only so much of what must be rejected; undefined: all of it */
  readonly part: Part | undefined
  readonly mutants: boolean
  /** write message snapshots anew */
  readonly write: boolean
  /** a report as a learner sees it: what the approved messages hold */
  readonly render: (report: Report) => string
  readonly onProof: (proof: Proof) => void
  /** katas at a time */
  readonly lanes: number
}

/** @returns proofs in the order given, and what belongs to no kata */
export async function verifyKatas(
  ws: Workspace,
  katas: readonly Kata[],
  all: readonly Kata[],
  options: VerifyOptions,
): Promise<{ proofs: Proof[]; strays: Fault[] }> {
  const judge = await startJudge(ws.course, { workers: options.lanes })
  try {
    const examples = await exampleFaults(
      ws,
      judge,
      katas.filter((kata) => examineRooms(ws, kata).faults.every(({ message }) => message !== 'is missing')),
    )
    const proofs = new Map<string, Proof>()
    const suites = inTurn(judge)
    const queue = [...katas]
    // While the suite of one kata keeps a core busy, the budgets of another are measured, and a third one is compiled.
    const lane = async () => {
      for (let kata = queue.shift(); kata !== undefined; kata = queue.shift()) {
        const proof = await prove(ws, suites, kata, all, examples.get(kata.slug) ?? [], options)
        proofs.set(kata.slug, proof)
        options.onProof(proof)
      }
    }
    await Promise.all(Array.from({ length: options.lanes }, lane))
    return {
      proofs: katas.map(({ slug }) => proofs.get(slug) as Proof),
      // Whoever proves one kata is in the midst of building it, perhaps beside others.
      strays: katas.length === all.length ? strays(ws.course, all) : [],
    }
  } finally {
    await judge.close()
  }
}

async function prove(
  ws: Workspace,
  judge: Pick<Judge, 'run'>,
  kata: Kata,
  all: readonly Kata[],
  ofExamples: readonly Fault[],
  options: VerifyOptions,
): Promise<Proof> {
  const startedMs = performance.now()
  const { seeds, part, write, render } = options
  const rooms = examineRooms(ws, kata)
  const faults: Fault[] = [...rooms.faults]
  let proof: Omit<Proof, 'ms' | 'faults' | 'kata'> = { submissions: [] }
  if (rooms.faults.every(({ message }) => message !== 'is missing')) {
    const candidates = await prepareCandidates(ws, kata, rooms, seeds, part)
    const judged = await judge.run(candidates.jobs)
    const costs = await measureCandidates(ws, candidates, judged, write)
    const { submissions, faults: found, messages } = judgeCandidates(candidates, judged, costs)
    faults.push(
      ...candidates.faults,
      ...found,
      ...costFaults(ws, kata, candidates.all, costs),
      // Without a run there are no messages to approve.
      ...(messages.length === 0
        ? []
        : messageFaults(ws, kata, messages, render, part === undefined ? (write ? 'write' : 'all') : 'these')),
      ...ofExamples,
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
  return { kata: kata.slug, faults, ...proof, ms: Math.round(performance.now() - startedMs) }
}

/** A judge runs one batch at a time: whoever comes meanwhile waits. */
function inTurn(judge: Judge): Pick<Judge, 'run'> {
  let last: Promise<unknown> = Promise.resolve()
  return {
    run(jobs) {
      const done = last.then(() => judge.run(jobs))
      last = done.catch(() => {})
      return done
    },
  }
}
