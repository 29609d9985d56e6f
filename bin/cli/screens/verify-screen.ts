// One line for a proven kata, and one for each fault of one that is not.

import type { Fault, Proof } from '../../judge/verify/proof.ts'
import { printable } from '../printable.ts'
import { count, type Look, paint, wrapText } from './look.ts'
import { duration } from './verdict-screen.ts'

export function proofLine(proof: Proof, at: number, of: number, look: Look): string {
  const good = proof.faults.length === 0
  const { submissions, mutants } = proof
  const right = submissions.filter(({ expected }) => expected === 'accepted')
  const counts = [
    `${right.length} right on ${count(right[0]?.seeds ?? 0, 'seed')}`,
    `${submissions.length - right.length} wrong`,
    ...(mutants === undefined ? [] : [`${mutants.killed} mutants killed, ${mutants.equivalent} equivalent`]),
    duration(proof.ms),
  ]
  const mark = good ? paint(look, 'green', '✓') : paint(look, 'red', '✗')
  return `${String(at).padStart(String(of).length)}/${of} ${mark} ${paint(look, 'bold', proof.kata)} · ${counts.join(' · ')}`
}

/** How far each budget is from the reference on one side, and from the traps on the other. */
export function marginLines({ budgets = [] }: Proof, look: Look): string[] {
  return budgets.flatMap(({ budget, limit, reference, traps }) => [
    ...wrapText(budget, look.width - 4, '  ').map((line) => `    ${line}`),
    ...wrapText(`limit ${limit} · reference ${reference} · traps ${traps.join('; ')}`, look.width - 6).map((line) =>
      paint(look, 'dim', `      ${line}`),
    ),
  ])
}

export function faultLines(faults: readonly Fault[], look: Look): string[] {
  return faults.flatMap(({ where, message }) => [
    `    ${where}`,
    ...wrapText(printable(message.split('\n').slice(0, 3).join(' ')), look.width - 6).map((line) => `      ${line}`),
  ])
}
