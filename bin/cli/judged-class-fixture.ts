// A class of thirty for the tests of what an instructor sees: real files of real katas, judged once by the real judge, so
// that reports hold what judging makes of them and not what somebody thought it would. Points are the plainest there are.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { discoverKatas } from '../course/discover.ts'
import { graderFolder, pristineStubFile, solutionFile } from '../course/files.ts'
import type { Kata, Workspace } from '../course/kata.ts'
import { readLesson } from '../course/lesson.ts'
import type { GradedKata, Grades, KataGrade, LearnerGrade, ScoredItem } from '../gradebook/grades.ts'
import { COURSE } from '../house/sources.ts'
import { kataBudgets } from '../judge/budgets/course-budgets.ts'
import { conclude } from '../judge/conclude.ts'
import { startJudge } from '../judge/judge.ts'
import { judgeSubmissions, type Request, seedOf } from '../judge/judge-submissions.ts'
import type { Report } from '../judge/report.ts'

const WS: Workspace = { course: COURSE, root: COURSE }
/** Some of a kata's own files, by their names in its grader's folder: judging all would take minutes. */
const HANDED_IN: Readonly<Record<string, readonly string[]>> = {
  'token-bucket': [
    'over-budget.pours-token-by-token',
    'wrong-answer.drifts',
    'crashed.refills-by-timer',
    'over-budget.counts-in-big-integers',
  ],
  singleflight: ['wrong-answer.leaks-when-the-load-fails', 'wrong-answer.keeps-results'],
  'spsc-ring': ['over-budget.unpadded', 'wrong-answer.zero-is-empty'],
}
const DAY_MS = 86_400_000
const DEADLINE_MS = Date.UTC(2026, 10, 20, 23, 59)

/** A learner who knows that somebody will read what the program prints. */
const HOSTILE_LINES = [
  '<img src=x onerror=alert(1)>',
  '\\u001b[31mred\\u001b[0m \\u202egnp.exe',
  '=HYPERLINK("http://evil.example")',
]

const NAMES = [
  ...['Ada Lovelace', 'Alan Turing', 'Barbara Liskov', 'Butler Lampson', 'C. Mohan', 'Dahlia Malkhi', 'Dave Patterson'],
  ...[
    'Edsger Dijkstra',
    'Fernando Corbató',
    'Frances Allen',
    'Grace Hopper',
    'Hagit Attiya',
    'Irene Greif',
    'Jim Gray',
  ],
  ...['Katherine Johnson', 'Leslie Lamport', 'Lynn Conway', 'Margaret Hamilton', 'Maurice Herlihy', 'Nancy Lynch'],
  ...['Pat Helland', 'Radia Perlman', 'Robin Milner', 'Shafi Goldwasser', 'Silvio Micali', 'Sophie Wilson'],
  ...['Tony Hoare', '李明', 'O\'Brien, "Zed"', '<b>Bobby</b>=1+1'],
]

export interface JudgedClass {
  readonly grades: Grades
  /** what each learner handed in: by learner and kata */
  readonly sources: ReadonlyMap<string, string>
}

interface Handed {
  readonly name: string
  readonly source: string
  readonly report: Report
}

export async function judgedClass(): Promise<JudgedClass> {
  const katas = Object.keys(HANDED_IN).map((slug) => discoverKatas(COURSE).find((kata) => kata.slug === slug) as Kata)
  const requests = katas.flatMap((kata) =>
    filesOf(kata).map(({ name, source }): Request => {
      const bytes = Buffer.from(source)
      return { id: `${kata.slug}/${name}`, kata, file: `katas/${kata.path}.ts`, bytes, seeds: [seedOf(bytes)] }
    }),
  )
  const judge = startJudge(COURSE, { workers: 2 })
  let reports: Map<string, Report>
  try {
    reports = await judgeSubmissions(WS, judge, requests)
  } finally {
    await (await judge).close()
  }
  const handed = (kata: Kata): Handed[] =>
    filesOf(kata).map((file) => ({ ...file, report: reports.get(`${kata.slug}/${file.name}`) as Report }))
  return classOf(
    await Promise.all(katas.map(async (kata) => ({ kata, graded: await gradedKata(kata), files: handed(kata) }))),
  )
}

function filesOf(kata: Kata): { name: string; source: string }[] {
  const read = (name: string, file: string) => ({ name, source: readFileSync(file, 'utf8') })
  const solution = read('solution', solutionFile(WS, kata))
  const rejected = (HANDED_IN[kata.slug] ?? []).map((name) =>
    read(name, join(graderFolder(WS, kata), 'rejected', `${name}.ts`)),
  )
  if (kata.slug !== 'token-bucket') return [solution, ...rejected]
  const wrong = rejected.find(({ name }) => name.startsWith('wrong-answer'))
  return [
    solution,
    ...rejected,
    read('stub', pristineStubFile(WS, kata)),
    { name: 'broken-syntax', source: solution.source.replace('export class', 'export klass') },
    {
      name: 'hostile',
      source: `${wrong?.source}\n${HOSTILE_LINES.map((line) => `console.log('${line}')`).join('\n')}\n`,
    },
  ]
}

async function gradedKata(kata: Kata): Promise<GradedKata> {
  const promises = readLesson(WS, kata).promises.map(({ name }) => ({ name, of: 250 }))
  const budgets = ((await kataBudgets(WS, kata))?.budgets ?? [])
    .filter((one) => !('throughput' in one))
    .map(({ name }) => ({ name, of: 125 }))
  const of = [...promises, ...budgets].reduce((sum, one) => sum + one.of, 0)
  return { kata: kata.slug, title: kata.title, of, promises, budgets }
}

interface Part {
  readonly kata: Kata
  readonly graded: GradedKata
  readonly files: readonly Handed[]
}

function classOf(parts: readonly Part[]): JudgedClass {
  const sources = new Map<string, string>()
  const learners = NAMES.map((name, i): LearnerGrade => {
    const id = `s${String(i + 1).padStart(3, '0')}`
    const katas = parts.map((part, k) => {
      // A third of a class is right at the first go.
      const files = part.files
      const at = i % 3 === 0 ? 0 : (i * 7 + k * 5 + (i >> 2)) % files.length
      const file = files[at] as Handed
      if (stateAt(i, k) === 'graded') sources.set(`${id}/${part.kata.slug}`, file.source)
      return gradeOf(part, file, i, k)
    })
    const known = katas.filter(({ points }) => points !== undefined)
    return {
      learner: {
        id,
        name,
        email: `${id}@example.org`,
        section: i % 2 === 0 ? 'Monday' : 'Thursday',
        ids: { ID: String(4000 + i), 'SIS User ID': `u${4000 + i}`, 'SIS Login ID': id },
      },
      points: known.reduce((sum, one) => sum + (one.points ?? 0), 0),
      of: katas.reduce((sum, one) => sum + one.of, 0),
      isComplete: known.length === katas.length,
      lateDaysUsed: katas.reduce((sum, { late }) => sum + (late?.lateDaysUsed ?? 0), 0),
      katas,
    }
  })
  return {
    sources,
    grades: {
      assignment: {
        name: 'Week 3: limits and rings',
        deadlineMs: DEADLINE_MS,
        katas: parts.map(({ graded }) => graded),
      },
      learners,
      notTaken: [
        {
          learner: 's019',
          origin: 's019.zip: ring.ts',
          katas: ['spsc-ring'],
          why: 'It is a symbolic link to /etc/passwd, and links are not followed. Ask for the file itself.',
        },
        {
          origin: 'desktop.ini',
          katas: [],
          why: 'It belongs to nobody on the roster and is no file of the assignment.',
        },
      ],
      runs: [
        {
          kind: 'regrade',
          startedMs: DEADLINE_MS + DAY_MS,
          endedMs: DEADLINE_MS + DAY_MS + 60_000,
          proposal: 'applied',
          isolation: 'portable',
          remark: 'bubblewrap is not installed: apt-get install bubblewrap.',
          judged: sources.size,
          fromCache: 12,
          judgeErrors: 1,
        },
        { kind: 'grade', startedMs: DEADLINE_MS, isolation: 'strict', judged: 40, fromCache: 0, judgeErrors: 0 },
      ],
    },
  }
}

function stateAt(learner: number, kata: number): KataGrade['state'] {
  if (kata === 2 && learner % 10 === 7) return 'missing'
  if (learner === 13) return kata === 0 ? 'graded' : 'missing'
  if (kata === 2 && learner === 18) return 'not-taken'
  if (kata === 1 && learner === 22) return 'pending'
  if (kata === 1 && learner === 9) return 'judge-error'
  return 'graded'
}

function gradeOf({ kata, graded, files }: Part, file: Handed, learner: number, at: number): KataGrade {
  const state = stateAt(learner, at)
  const report = state === 'graded' ? file.report : state === 'judge-error' ? faultOf(kata, files) : undefined
  const scored = (items: GradedKata['promises']): ScoredItem[] =>
    items.map(({ name, of }) => {
      const promise = report?.promises.find((one) => one.name === name)
      const kept =
        promise?.untried === true
          ? undefined
          : (promise?.kept ?? report?.spent.find(({ budget }) => budget === name)?.kept)
      const itemState = kept === undefined ? 'unknown' : kept ? 'kept' : 'broken'
      return { name, of, points: kept === true ? of : 0, state: itemState }
    })
  const [promises, budgets] = [scored(graded.promises), scored(graded.budgets)]
  const rawPoints = [...promises, ...budgets].reduce((sum, one) => sum + one.points, 0)
  const days = state === 'graded' && learner % 8 === 5 ? 1 + (learner % 3) : 0
  const off = Math.round((rawPoints * Math.min(days, 10)) / 10)
  const isKnown = state === 'graded' || state === 'missing'
  return {
    kata: kata.slug,
    state,
    ...(isKnown ? { points: rawPoints - off, rawPoints } : {}),
    of: graded.of,
    ...(days === 0 ? {} : { late: { days, lateDaysUsed: 0, off } }),
    ...(report === undefined
      ? {}
      : {
          report,
          attempt: {
            origin: `s${String(learner + 1).padStart(3, '0')}/${kata.slug}.ts`,
            atMs: DEADLINE_MS - (learner + 1) * 1_800_000 + days * DAY_MS,
            content: createHash('sha256').update(file.source).digest('hex'),
            number: 1 + (learner % 3),
            of: 1 + (learner % 4),
          },
        }),
    ...(state === 'graded' ? { isolation: 'portable' as const } : {}),
    promises,
    budgets,
    flags: learner === 11 && at === 0 ? ['Handed in 40 seconds after it was taken, in one piece.'] : [],
  }
}

/** What the judge says when a suite of ours gives no evidence. */
function faultOf(kata: Kata, files: readonly Handed[]): Report {
  const { file, revision, seed, replay, ms } = (files[0] as Handed).report
  return conclude({
    ...{
      kata: kata.slug,
      file,
      revision,
      seed,
      ms,
      replay,
      promises: [],
      problems: [],
      evidence: undefined,
      measured: [],
    },
    fault: 'The suite gave no evidence. Error: The process of the subject could not be started (EAGAIN).',
  })
}
