// What the reference answers where costs are counted. It is trusted and runs right here: the answers are known long before
// a submission's process has started.

import { setImmediate } from 'node:timers/promises'
import type { Budget } from '../../../graders/kit/budget.ts'
import { answerText } from '../../sandbox/subject/probes/answer-text.mjs'
import { seededRandom } from '../../sandbox/subject/probes/random.mjs'
import { movedSizes } from '../../sandbox/subject/probes/sizes.mjs'
import { type Answers, DEFAULT_SIZES } from './steps.ts'

/**
 * @param kata the solution's module
 * @returns by index, for those budgets whose answers the contract fixes
 */
export async function referenceAnswers(
  budgets: readonly Budget[],
  kata: object,
  seed: number,
): Promise<Map<number, Answers>> {
  const all = new Map<number, Answers>()
  for (const [index, budget] of budgets.entries()) {
    if (!('steps' in budget) || budget.answers === 'free') continue
    const { given, when, sizes = DEFAULT_SIZES, calls = (n: number) => 2 * n } = budget
    const answers = []
    for (const [i, n] of movedSizes(sizes, seed).entries()) {
      const state = await given(kata, { n, random: seededRandom(seed, i + 1) })
      const texts: string[] = []
      for (let call = 0; call < calls(n); call++) {
        const value: unknown = when(state, call)
        // As in the probe: whatever a call has left to be done is done before the next.
        if (value instanceof Promise) await setImmediate()
        texts.push(answerText(await value))
      }
      answers.push({ n, answers: texts })
    }
    all.set(index, answers)
  }
  return all
}
