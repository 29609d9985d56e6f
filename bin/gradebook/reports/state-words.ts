// What a state that is no verdict means, in a sentence for whoever reads an export or a page.

import type { KataGrade, Run } from '../grades.ts'

export const STATE_WORDS: Record<Exclude<KataGrade['state'], 'graded'>, string> = {
  missing: 'Nothing was handed in.',
  'not-taken': 'Something was handed in and could not be taken; the instructor has the reason.',
  pending: 'Not judged yet.',
  'judge-error': 'Our own fault: it is not scored and costs no attempt.',
}

/** What became of what a regrade proposed. */
export const PROPOSAL_WORDS: Record<NonNullable<Run['proposal']>, string> = {
  open: 'proposed, not decided on',
  applied: 'applied',
  discarded: 'discarded',
  superseded: 'proposed anew later',
}

/** Of a run without an end. */
export const NO_END = 'interrupted, or still at work'
