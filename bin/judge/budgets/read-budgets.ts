// A kata's budgets, as the judge knows them: names and limits. Loading the file loads no submission: a kata is known to it
// by type alone (a house rule).

import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { type Budget, kindOf } from '../../../graders/kit/budget.ts'
import { budgetsFile } from '../../course/files.ts'
import type { Kata, Workspace } from '../../course/kata.ts'

/** @returns none for a kata without a cost worth teaching */
export async function readBudgets(ws: Workspace, kata: Kata): Promise<readonly Budget[]> {
  const file = budgetsFile(ws, kata)
  if (!existsSync(file)) return []
  const loaded = (await import(pathToFileURL(file).href)) as { default?: unknown }
  const list = loaded.default
  if (!Array.isArray(list)) throw new Error(`${file} exports no list of budgets.`)
  // Throws for one of no kind, before a submission is blamed for it.
  for (const one of list as Budget[]) kindOf(one)
  return list as Budget[]
}
