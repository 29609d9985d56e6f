// Every end that a check can have. The names are in progress files, file names of submissions and JSON reports, so
// they are one list, in the lowest room.

export const VERDICTS = [
  'todo',
  'accepted',
  'wrong-answer',
  'over-budget',
  'timed-out',
  'crashed',
  'rejected-source',
  'tampered',
  'judge-error',
] as const
export type Verdict = (typeof VERDICTS)[number]

export const isVerdict = (value: unknown): value is Verdict => VERDICTS.some((verdict) => verdict === value)
