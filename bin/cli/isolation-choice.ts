// Which sandbox a class is judged in: the strict one where this machine has it. The one place that decides it.

import { KataError } from '../course/kata-error.ts'
import type { Run } from '../gradebook/grades.ts'

export interface IsolationChoice {
  readonly isolation: Run['isolation']
  /** why it is not strict, where it is not */
  readonly remark?: string
}

/** @throws {KataError} where strict is required and this machine cannot do it */
export function chooseIsolation(requireStrict: boolean): IsolationChoice {
  const remark = 'This version has no strict sandbox yet.'
  if (requireStrict) throw new KataError(`--require-strict: ${remark}`, 'Grade without it; the report will say so.')
  return { isolation: 'portable', remark }
}
