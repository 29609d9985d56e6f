// Which sandbox a class is judged in: the strict one where this machine has it. The one place that decides it.

import { KataError } from '../course/kata-error.ts'
import type { Run } from '../gradebook/grades.ts'
import { requireStrictSandbox, strictSandbox } from '../sandbox/strict/strict-sandbox.ts'
import type { Values } from './arguments.ts'

export interface IsolationChoice {
  readonly isolation: Run['isolation']
  /** why it is not strict, where it is not */
  readonly remark?: string
}

/** @throws {KataError} where strict is required and this machine cannot do it, or both are asked for */
export function chooseIsolation(values: Values): IsolationChoice {
  const required = values['require-strict'] === true
  if (values.portable === true) {
    if (required) throw new KataError('--portable and --require-strict exclude each other.', 'Leave one of them out.')
    return { isolation: 'portable', remark: 'The portable sandbox was asked for.' }
  }
  if (required) requireStrictSandbox()
  const sandbox = strictSandbox()
  if (sandbox.available) return { isolation: 'strict' }
  return { isolation: 'portable', remark: `There is no strict sandbox here: ${sandbox.why}` }
}
