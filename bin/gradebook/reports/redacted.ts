// A report without the hidden inputs: what a learner may be shown while others still work on the same katas. Promises,
// verdicts, lines and costs stay; the calls, what was expected and got, and the seed that would make the inputs again
// go. So does what the file printed or threw, since a submission can print the inputs that it was given. What stays is
// named: a field that reports get later is hidden until somebody has thought about it here.

import type { Spent } from '../../judge/budgets/spent.ts'
import type { PromiseReport, Report } from '../../judge/report.ts'

export function redacted(report: Report): Report {
  const { kata, file, verdict, promises, spent, ms, revision, problems, reason } = report
  const replay = `npx kata check ${kata}`
  return {
    kata,
    file,
    verdict,
    promises: promises.map((promise) => withoutInputs(promise, replay)),
    spent: spent.map(withoutFindings),
    seed: 0,
    replay,
    ms,
    revision,
    // The compiler and our own faults have seen no input.
    ...(problems === undefined ? {} : { problems }),
    ...(reason !== undefined && verdict === 'judge-error' ? { reason } : {}),
  }
}

function withoutInputs({ name, kept, verdict, untried, line, got }: PromiseReport, replay: string): PromiseReport {
  return {
    name,
    kept,
    ...(verdict === undefined ? {} : { verdict }),
    ...(untried === undefined ? {} : { untried }),
    ...(line === undefined ? {} : { line }),
    ...(kept ? {} : { replay }),
    // What is left to do is the stub's own word.
    ...(verdict === 'todo' && got !== undefined ? { got } : {}),
  }
}

function withoutFindings(spent: Spent): Spent {
  const { budget, kind, kept, limit, got, reference, series, spendsMost, growsMost, allocations, cacheLines } = spent
  return {
    ...{ budget, kind, kept, limit, got },
    ...(reference === undefined ? {} : { reference }),
    ...(series === undefined ? {} : { series }),
    ...(spendsMost === undefined ? {} : { spendsMost }),
    ...(growsMost === undefined ? {} : { growsMost }),
    ...(allocations === undefined ? {} : { allocations }),
    ...(cacheLines === undefined ? {} : { cacheLines }),
  }
}
