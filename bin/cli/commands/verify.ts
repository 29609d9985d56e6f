// `kata verify`: the course check. Says as it goes how far it is; every fault comes with its place.

import { copyFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { findKata } from '../../course/discover.ts'
import { pristineStubFile, stubFile } from '../../course/files.ts'
import { KataError } from '../../course/kata-error.ts'
import { EXIT } from '../../judge/report.ts'
import type { Part } from '../../judge/verify/submissions.ts'
import { verifyKatas } from '../../judge/verify/verify.ts'
import { type Values, wholeNumber } from '../arguments.ts'
import { type Context, say, sayJson } from '../context.ts'
import { count } from '../screens/look.ts'
import { verdictScreen } from '../screens/verdict-screen.ts'
import { faultLines, marginLines, proofLine } from '../screens/verify-screen.ts'

const SEEDS = 100
const APPROVED_LOOK = { width: 80, colour: false }

export async function verify(context: Context, names: readonly string[], values: Values): Promise<number> {
  const katas = names.length === 0 ? context.katas : names.map((name) => findKata(context.katas, name))
  const seeds = values.seeds === undefined ? SEEDS : wholeNumber('seeds', values.seeds, 1, 10_000)
  const write = values.write === true
  const part = values.part === undefined ? undefined : partOf(values.part)
  if (write && part !== undefined)
    throw new KataError(
      '--write keeps the messages of all that is wrong, and --part judges some of it: use one of them.',
    )
  // The stub copy is written first: everything else is judged against it.
  if (write) for (const kata of katas) copyFileSync(stubFile(context.ws, kata), pristineStubFile(context.ws, kata))
  let done = 0
  const { proofs, strays } = await verifyKatas(context.ws, katas, context.katas, {
    seeds,
    part,
    write,
    mutants: values.mutants === true,
    lanes: Math.min(availableParallelism() + 1, 5, katas.length),
    render: (report) => verdictScreen(report, APPROVED_LOOK),
    onProof: (proof) => {
      done++
      if (!context.json)
        say(
          context,
          [
            proofLine(proof, done, katas.length, context.look),
            ...marginLines(proof, context.look),
            ...faultLines(proof.faults, context.look),
          ].join('\n'),
        )
    },
  })
  const faults = strays.length + proofs.reduce((sum, proof) => sum + proof.faults.length, 0)
  if (context.json) sayJson(context, { good: faults === 0, proofs, strays })
  else {
    for (const line of faultLines(strays, context.look)) say(context, line)
    const bad = proofs.filter((proof) => proof.faults.length > 0)
    say(
      context,
      faults === 0
        ? `\n${count(proofs.length, 'kata')} proven.`
        : `\n${count(faults, 'fault')} in ${bad.length} of ${count(proofs.length, 'kata')}.`,
    )
    // Once more at the end: what is far above has scrolled away, and a log is often kept by its last lines only.
    if (proofs.length > 1)
      for (const { kata, faults } of bad) say(context, [`  ${kata}`, ...faultLines(faults, context.look)].join('\n'))
  }
  return faults === 0 ? EXIT.accepted : EXIT.notAccepted
}

function partOf(text: string): Part {
  const [, nth, of] = /^(\d{1,3})\/(\d{1,3})$/.exec(text)?.map(Number) ?? []
  if (nth === undefined || of === undefined || nth < 1 || nth > of)
    throw new KataError(
      `--part takes two whole numbers, K/N with K from 1 to N (as in 1/2), not "${text.slice(0, 40)}".`,
    )
  return { nth, of }
}
