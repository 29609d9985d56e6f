// For tests of the probes: a submission and its budgets as text, measured by a real subject.

import { join } from 'node:path'
import { parse } from 'acorn'
import { prepareOurs } from '../../sandbox/prepare.ts'
import type { Profile } from '../../sandbox/profile.ts'
import { openSession } from '../../sandbox/session.ts'
import { variantFor } from '../../sandbox/variants.ts'

const COURSE = join(import.meta.dirname, '../../..')
const URL = 'kata:/katas/0-test/kata.ts'
const kit = prepareOurs(COURSE, join(COURSE, 'graders/kit/budget.ts')).modules

/**
 * @param script JavaScript of the submission
 * @param budgets JavaScript: the list that a `budgets.ts` exports, as text
 * @returns what became of each: raw figures, or why there are none
 */
export async function measured(
  profile: Exclude<Profile, 'suite'>,
  script: string,
  budgets: string,
  seed = 1,
): Promise<unknown[]> {
  const url = 'kata:/graders/0-test/kata/budgets.ts'
  const session = openSession(kit, undefined, profile)
  try {
    const loaded = await session.load({
      url: URL,
      modules: variantFor(profile, { url: URL, script }),
      driver: { url, modules: { [url]: `export default ${budgets}` } },
    })
    if (!loaded.alive || 'threw' in loaded) return [loaded]
    const count = lengthOf(budgets)
    const all: unknown[] = []
    for (let i = 0; i < count; i++) {
      const came = await session.measure(i, { seed })
      all.push(came.alive ? ('raw' in came ? came.raw : came.threw) : came.death)
      if (!came.alive) break
    }
    return all
  } finally {
    session.kill()
  }
}

function lengthOf(list: string): number {
  const [statement] = parse(`(${list})`, { ecmaVersion: 'latest' }).body
  if (statement?.type !== 'ExpressionStatement' || statement.expression.type !== 'ArrayExpression')
    throw new Error('Budgets are a list.')
  return statement.expression.elements.length
}
