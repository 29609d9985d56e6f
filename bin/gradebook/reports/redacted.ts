// A report without the hidden inputs: what a learner may be shown while others still work on the same katas. Promises,
// verdicts, lines and costs stay; the calls, what was expected and got, and the seed that would make the inputs again
// go. So does what the file printed or threw, since a submission can print the inputs that it was given.

import type { PromiseReport, Report } from '../../judge/report.ts'

export function redacted(report: Report): Report {
  const { reason, printed, promises, spent, kata, ...rest } = report
  const replay = `npx kata check ${kata}`
  return {
    ...rest,
    kata,
    seed: 0,
    replay,
    // Why we failed is ours to tell, and has seen no input.
    ...(reason !== undefined && report.verdict === 'judge-error' ? { reason } : {}),
    promises: promises.map(
      ({ counterexample, expected, got, ...promise }): PromiseReport => ({
        ...promise,
        ...(promise.replay === undefined ? {} : { replay }),
        // What is left to do is the stub's own word.
        ...(promise.verdict === 'todo' && got !== undefined ? { got } : {}),
      }),
    ),
    spent: spent.map(({ trouble, ...one }) => one),
  }
}
