// A kata's budgets as they are told to people and programs: a number is written once, where it is judged by.

import { type Kind, kindOf } from '../../../graders/kit/budget.ts'
import type { Kata, Workspace } from '../../course/kata.ts'
import { limitOf } from './limits.ts'
import { readBudgets } from './read-budgets.ts'

export interface ToldBudget {
  readonly name: string
  readonly kind: Kind
  /** what may be spent */
  readonly limit: string
}

/** Those that judge. */
export async function toldBudgets(ws: Workspace, kata: Kata): Promise<ToldBudget[]> {
  const budgets = await readBudgets(ws, kata)
  return budgets
    .map((one) => ({ name: one.name, kind: kindOf(one), limit: limitOf(one) }))
    .filter(({ kind }) => kind !== 'throughput')
}
