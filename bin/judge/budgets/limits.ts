// What a budget allows, in words: for the report, for the lesson, and for whoever was over it.

import type { Budget } from '../../../graders/kit/budget.ts'
import { qualityLimit } from './quality.ts'

const plural = (count: number, unit: string) => `${count.toLocaleString('en-US')} ${unit}${count === 1 ? '' : 's'}`

export function limitOf(budget: Budget): string {
  if ('steps' in budget) {
    const { steps, worstCall, setUp, ceiling } = budget
    return [
      `${steps} steps a call`,
      ...(worstCall === undefined ? [] : [`${worstCall === steps ? 'also' : worstCall} in the worst call`]),
      ...(setUp === undefined ? [] : [`${setUp} to set up`]),
      ...(ceiling === undefined ? [] : [`never more than ${ceiling.says}`]),
    ].join(', ')
  }
  if ('bytesPerCall' in budget) return `${plural(budget.bytesPerCall, 'byte')} a call`
  if ('bytesPerEntry' in budget) return `${plural(budget.bytesPerEntry, 'byte')} an entry`
  if ('sharedCacheLines' in budget) return `${budget.sharedCacheLines} false misses an operation`
  if ('quality' in budget) return qualityLimit(budget.quality)
  return 'shown, never judged'
}
