// Mutants that no test can kill, because they compute the same: an author lists them with the reason, in
// `graders/<path>/equivalent-mutants.md`, and the list is held to what survives today.

import type { Problem } from '../course/problem.ts'
import type { Mutant } from './mutants.ts'

/** `` - `before` → `after`: reason ``; the lines as they stand in the source, trimmed. */
export interface Equivalent {
  /** in the list, 1-based */
  readonly line: number
  readonly before: string
  readonly after: string
  readonly reason: string
}

/** @param text of the list; prose and headings between the entries are free */
export function parseEquivalents(text: string): { entries: Equivalent[]; problems: Problem[] } {
  const entries: Equivalent[] = []
  const problems: Problem[] = []
  for (const [at, content] of text.split('\n').entries()) {
    if (!/^[-*+] /.test(content)) continue
    const line = at + 1
    // A code span ends at as many backticks as it began with, so that a line with backticks in it can be quoted.
    const entry = /^- (`+)(?!`)(.+?)(?<!`)\1(?!`) → (`+)(?!`)(.+?)(?<!`)\3(?!`): *(.*)$/.exec(content.trimEnd())
    if (entry === null) problems.push({ line, message: 'an entry is written as - `before` → `after`: reason' })
    else {
      const [, , before = '', , after = '', reason = ''] = entry
      const same = entries.find((one) => one.before === before.trim() && one.after === after.trim())
      if (reason === '') problems.push({ line, message: 'the reason why this mutant computes the same is missing' })
      else if (same !== undefined) problems.push({ line, message: `the same mutant is listed in line ${same.line}` })
      else entries.push({ line, before: before.trim(), after: after.trim(), reason })
    }
  }
  return { entries, problems }
}

/**
 * @param survivors the mutants that the suite accepts
 * @returns those that no entry excuses, and the entries that excuse none: their mutant is gone, or has been killed
 */
export function judgeSurvivors(
  survivors: readonly Mutant[],
  entries: readonly Equivalent[],
): { unexplained: Mutant[]; stale: Equivalent[] } {
  const excuses = (entry: Equivalent, mutant: Mutant) => entry.before === mutant.before && entry.after === mutant.after
  return {
    unexplained: survivors.filter((mutant) => !entries.some((entry) => excuses(entry, mutant))),
    stale: entries.filter((entry) => !survivors.some((mutant) => excuses(entry, mutant))),
  }
}

/** The entry for a mutant, ready to be completed with a reason. */
export const entryFor = ({ before, after }: Pick<Mutant, 'before' | 'after'>): string =>
  `- ${codeSpan(before)} → ${codeSpan(after)}: `

function codeSpan(text: string): string {
  const runs: readonly string[] = text.match(/`+/g) ?? []
  let fence = '`'
  while (runs.includes(fence)) fence += '`'
  return /^`|`$/.test(text) ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`
}
