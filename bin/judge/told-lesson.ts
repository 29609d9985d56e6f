// A lesson as a learner reads it: what its budgets allow is told from where it is judged by, and what would spoil the
// kata is left to commands of its own.

import type { Kata, Workspace } from '../course/kata.ts'
import { type Lesson, readLesson } from '../course/lesson.ts'
import { type ToldBudget, toldBudgets } from './budgets/told-budgets.ts'

/** Hints and quiz spoil the kata. */
const SPOILERS = ['Hints', 'Quiz']

/** Where the grader's budgets are told: a number is written once, where it is judged by. */
const COSTS = 'What it may cost'

export interface ToldLesson {
  readonly lesson: Lesson
  readonly budgets: readonly ToldBudget[]
  readonly markdown: string
}

export async function toldLesson(ws: Workspace, kata: Kata): Promise<ToldLesson> {
  const lesson = readLesson(ws, kata)
  const budgets = await toldBudgets(ws, kata)
  const sections = lesson.sections
    .filter(({ title }) => !SPOILERS.includes(title))
    .map(({ title, text }) => `## ${title}\n\n${title === COSTS ? withBudgets(text, budgets) : text}`)
  return { lesson, budgets, markdown: [`# ${lesson.title}`, ...sections].join('\n\n') }
}

function withBudgets(text: string, budgets: readonly ToldBudget[]): string {
  const told = budgets.map(({ name, limit }) => `- **${name}**: ${limit}.`)
  return told.length === 0 ? text : `${text.trimEnd()}\n\nThe judge counts:\n\n${told.join('\n')}`
}
