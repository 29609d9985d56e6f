// A small class for the tests of this room: every state that a kata can be in, with the text of a hostile learner in every
// place that takes a learner's text. The class of bin/cli/judged-class-fixture.ts is judged in earnest.

import type { Verdict } from '../../course/verdict.ts'
import type { Report } from '../../judge/report.ts'
import type { GradedKata, Grades, KataGrade, LearnerGrade, ScoredItem } from '../grades.ts'

export const A_KATA: GradedKata = {
  kata: 'token-bucket',
  title: 'Token bucket',
  of: 1250,
  promises: [
    { name: 'It begins full', of: 500 },
    { name: 'A refusal takes nothing', of: 500 },
  ],
  budgets: [{ name: 'A call makes no garbage', of: 250 }],
}

/** @param text in every place where a submission has a say */
export function aReport(verdict: Verdict, text: string, more: Partial<Report> = {}): Report {
  const ran = verdict !== 'rejected-source' && verdict !== 'judge-error'
  const broken = verdict !== 'accepted' && verdict !== 'over-budget'
  return {
    kata: A_KATA.kata,
    file: `katas/${text}.ts`,
    verdict,
    promises: !ran
      ? []
      : [
          { name: 'It begins full', kept: true },
          broken
            ? {
                name: 'A refusal takes nothing',
                kept: false,
                verdict,
                counterexample: ['new TokenBucket({ capacity: 1 })', `take(${text})`],
                expected: `true, not ${text}`,
                got: text,
                line: 12,
                replay: 'npx kata check token-bucket --seed 4711',
              }
            : { name: 'A refusal takes nothing', kept: true },
        ],
    spent:
      ran && !broken
        ? [
            {
              budget: 'A call makes no garbage',
              kind: 'bytesPerCall',
              kept: verdict === 'accepted',
              limit: '0 bytes a call',
              got: verdict === 'accepted' ? '0 bytes a call' : '80 bytes a call',
              reference: '0 bytes a call',
              allocations: [{ line: 7, share: 1, code: text }],
              ...(verdict === 'accepted' ? {} : { trouble: `It made ${text}.` }),
            },
          ]
        : [],
    seed: 4711,
    replay: 'npx kata check token-bucket --seed 4711',
    ms: 1234,
    revision: '0123456789ab',
    ...(verdict === 'crashed' ? { reason: `Error: ${text}` } : {}),
    ...(verdict === 'judge-error' ? { reason: `The suite gave no evidence. ${text}` } : {}),
    ...(verdict === 'rejected-source' ? { problems: [{ line: 3, column: 1, message: text, kind: 'type' }] } : {}),
    printed: [text],
    ...more,
  }
}

export function aGrade(state: KataGrade['state'], report?: Report, more: Partial<KataGrade> = {}): KataGrade {
  const stateOf = (name: string): ScoredItem['state'] => {
    const promise = report?.promises.find((one) => one.name === name)
    const spent = report?.spent.find((one) => one.budget === name)
    const kept = promise?.kept ?? spent?.kept
    return kept === undefined ? 'unknown' : kept ? 'kept' : 'broken'
  }
  const score = ({ name, of }: { name: string; of: number }): ScoredItem => ({
    name,
    of,
    points: stateOf(name) === 'kept' ? of : 0,
    state: stateOf(name),
  })
  const [promises, budgets] = [A_KATA.promises.map(score), A_KATA.budgets.map(score)]
  const points = [...promises, ...budgets].reduce((sum, one) => sum + one.points, 0)
  const isKnown = state === 'graded' || state === 'missing'
  return {
    kata: A_KATA.kata,
    state,
    ...(isKnown ? { points, rawPoints: points } : {}),
    of: A_KATA.of,
    ...(report === undefined
      ? {}
      : { report, attempt: { origin: `${report.file}`, content: 'c'.repeat(64), number: 1, of: 1, atMs: 0 } }),
    ...(state === 'graded' ? { isolation: 'portable' as const } : {}),
    promises,
    budgets,
    flags: [],
    ...more,
  }
}

export function aLearner(id: string, grade: KataGrade, name = id): LearnerGrade {
  return {
    learner: {
      id,
      name,
      email: `${id}@example.org`,
      section: 'A',
      ids: { ID: '17', 'SIS User ID': 's17', 'SIS Login ID': id },
    },
    points: grade.points ?? 0,
    of: A_KATA.of,
    isComplete: grade.points !== undefined,
    lateDaysUsed: grade.late?.lateDaysUsed ?? 0,
    katas: [grade],
  }
}

export const aClass = (learners: readonly LearnerGrade[], more: Partial<Grades> = {}): Grades => ({
  assignment: { name: 'Week 3', deadlineMs: Date.UTC(2026, 10, 20), katas: [A_KATA] },
  learners,
  notTaken: [],
  runs: [
    {
      kind: 'grade',
      startedMs: Date.UTC(2026, 10, 21, 12),
      endedMs: Date.UTC(2026, 10, 21, 13),
      isolation: 'strict',
      judged: 1,
      fromCache: 0,
      judgeErrors: 0,
    },
  ],
  ...more,
})

const VERDICTS: readonly Verdict[] = ['accepted', 'wrong-answer', 'over-budget', 'crashed', 'rejected-source', 'todo']

/** Every verdict and every state, and the text wherever a learner has a say. */
export function hostileClass(text: string): Grades {
  const learners = [
    ...VERDICTS.map((verdict) => aLearner(`${verdict} ${text}`, aGrade('graded', aReport(verdict, text)), text)),
    aLearner(
      'late',
      aGrade('graded', aReport('accepted', text), { late: { days: 2, lateDaysUsed: 1, off: 125 } }),
      text,
    ),
    aLearner('missing', aGrade('missing'), text),
    aLearner('not taken', aGrade('not-taken'), text),
    aLearner('pending', aGrade('pending'), text),
    aLearner('judge error', aGrade('judge-error', aReport('judge-error', text), { flags: [`Look at ${text}`] }), text),
  ]
  return aClass(learners, {
    notTaken: [{ learner: 'not taken', origin: `${text}.zip`, katas: [], why: `A link to ${text} was not followed.` }],
    runs: [
      {
        kind: 'grade',
        startedMs: 0,
        isolation: 'portable',
        remark: `No ${text} here.`,
        judged: 6,
        fromCache: 1,
        judgeErrors: 1,
      },
    ],
  })
}
