// What a class starts from, as file names and texts: the learners' repository with stubs, examples and lessons, and
// beside it the instructor's side. Nothing of solutions, graders, hints or quizzes is in either.

import { join } from 'node:path'
import type { Kata } from '../../course/kata.ts'
import { KataError } from '../../course/kata-error.ts'
import { readText } from '../../course/read-text.ts'
import { type WorkspaceFile, workspaceFiles } from '../../course/workspace-files.ts'
import { toldLesson } from '../../judge/told-lesson.ts'
import type { LatePolicy } from '../assignment.ts'
import { decimal } from '../reports/decimal.ts'
import { lockPart } from './lock-part.ts'

export interface Classroom {
  /** of the assignment, as learners read it */
  readonly name: string
  /** ISO 8601 with an offset */
  readonly deadline?: string | undefined
  readonly katas: readonly Kata[]
  /** what the instructor has made of the assignment file: learners are told that, and not what it began as */
  readonly rules?: Rules | undefined
}

export interface Rules {
  readonly deadline?: string | undefined
  readonly late: LatePolicy
}

/** What learners get; the rest stays with the instructor. */
export const STARTER = 'starter'
/** The instructor's from the first day: what it says there holds. */
export const ASSIGNMENT = 'assignment.json'

const MAX_LOCK_BYTES = 16 * 1024 * 1024
const POINTS = 100

export async function classroomFiles(course: string, classroom: Classroom): Promise<WorkspaceFile[]> {
  const { katas } = classroom
  const manifest = starterManifest(course, classroom)
  const starter: WorkspaceFile[] = [
    // As in a workspace of `kata init`, but for what links it to the course: no learner of a class has that.
    ...workspaceFiles(course, katas)
      .filter(({ path }) => path !== 'package.json' && path !== 'README.md')
      .map(({ path, text }) => ({ path, text: withoutCommands(text) })),
    { path: 'package.json', text: json(manifest) },
    { path: 'package-lock.json', text: lockPart(lockOf(course), manifest) },
    { path: 'README.md', text: learnersReadme(classroom) },
    { path: '.github/workflows/examples.yml', text: WORKFLOW },
  ]
  for (const kata of katas) {
    const { markdown } = await toldLesson({ course, root: course }, kata)
    starter.push({ path: `lessons/${kata.path}.md`, text: `${markdown.trimEnd()}\n` })
  }
  return [
    ...starter.map(({ path, text }) => ({ path: `${STARTER}/${path}`, text })),
    { path: ASSIGNMENT, text: json(assignment(classroom)) },
    { path: 'README.md', text: instructorsReadme(classroom) },
  ]
}

/**
 * A learner of a class has no `kata`, and on npm the name is anybody's: what a comment says beyond it stays, and the
 * command goes. A test looks for any that this leaves.
 */
const withoutCommands = (text: string): string =>
  text.replace(/: (?:npx )?kata check [\w-]+$/gm, '.').replace(/ \(`(?:npx )?kata [^`)]*`\)/g, '')

/** What learners have of a kata, within the starter: of one that is no more in the list, these stay. */
export const starterFiles = ({ path }: Kata): string[] => [
  `katas/${path}.ts`,
  `katas/${path}.test.ts`,
  `lessons/${path}.md`,
]

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

interface Manifest {
  readonly name: string
  readonly devDependencies: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

function starterManifest(course: string, { name, katas }: Classroom): Manifest {
  const text = workspaceFiles(course, katas).find(({ path }) => path === 'package.json')?.text ?? '{}'
  const { devDependencies, ...rest } = JSON.parse(text) as Manifest
  return {
    ...rest,
    name: slugOf(name),
    scripts: { test: 'vitest run', types: 'tsc -p .' },
    devDependencies: Object.fromEntries(
      Object.entries(devDependencies)
        .filter(([, version]) => !version.startsWith('file:'))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  }
}

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 100) || 'katas'

function lockOf(course: string): string {
  const text = readText(join(course, 'package-lock.json'), MAX_LOCK_BYTES)
  if (text === undefined)
    throw new KataError(
      `The course in ${course} has no package-lock.json, from which a class gets its exact versions.`,
      'Run kata classroom from a clone of the course.',
    )
  return text
}

const assignment = ({ name, deadline, katas }: Classroom): object => ({
  name,
  ...(deadline === undefined ? {} : { deadline }),
  katas: katas.map(({ slug }) => ({ kata: slug, points: POINTS })),
  late: { policy: 'none' },
  extensions: {},
  attempts: 'best',
})

const WORKFLOW = `# Runs the visible examples of every kata, whenever somebody pushes. They fail until the katas are done: that is what
# they are for. The grade comes from the instructor's judge, which looks closer.
name: examples
on: [push, pull_request, workflow_dispatch]
permissions:
  contents: read
jobs:
  examples:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@v6
        with:
          persist-credentials: false
      - uses: actions/setup-node@v6
        with:
          node-version: 24
          cache: npm
      - run: npm ci --ignore-scripts
      - run: npm run types
      - run: npm test
`

const list = (katas: readonly Kata[]): string =>
  katas
    .map(
      ({ title, path, minutes, level }) =>
        `| [${title}](lessons/${path}.md) | [\`katas/${path}.ts\`](katas/${path}.ts) | ${level}, about ${minutes} minutes |`,
    )
    .join('\n')

/** Nothing of a policy that takes nothing: whether late work is welcome is for the instructor to say. */
function lateWords(late: LatePolicy): string {
  switch (late.policy) {
    case 'per-day': {
      const { percentHundredths, maxDays } = late
      const end = maxDays === undefined ? '' : `, and is worth nothing after ${daysOf(maxDays)}`
      return ` Late work loses ${decimal(percentHundredths)} % of its points for each day that has begun since${end}.`
    }
    case 'late-days':
      return ` You have ${daysOf(late.bank)} of lateness in all: each file that comes later takes one for each day that has begun since, and is worth nothing where they do not suffice.`
    case 'none':
      return ''
  }
}

const daysOf = (count: number): string => (count === 1 ? '1 day' : `${count} days`)

const learnersReadme = ({
  name,
  katas,
  deadline,
  rules = { deadline, late: { policy: 'none' } },
}: Classroom): string => `# ${name}

| lesson | your file | |
| --- | --- | --- |
${list(katas)}
${rules.deadline === undefined ? '' : `\nHand in by **${rules.deadline}**.${lateWords(rules.late)}\n`}
Read the lesson, then fill in the file: its comments say what it promises. You need Node 20 or newer.

\`\`\`sh
npm ci            # once
npm test          # the visible examples; npx vitest keeps running them while you work
npm run types     # does it compile?
\`\`\`

Keep names, places and exported signatures of the files in \`katas/\`: only these files are graded, and nothing else that you
add is read. Their examples show what is meant and are far from all: the grade comes from a judge that tries every promise of
the lesson on inputs that nobody has seen, and counts what your code spends. A change to the examples changes no grade.
`

const instructorsReadme = ({ name, katas }: Classroom): string => `# ${name}: your side

\`${STARTER}/\` is for learners: stubs, examples and lessons of ${katas.length === 1 ? 'one kata' : `${katas.length} katas`}. It has no solutions, no graders, no hints and no quizzes.
\`assignment.json\` is yours: points, deadline (\`"2026-03-01T23:59:00+01:00"\`), what becomes of late work (\`{ "policy": "none" }\`,
\`{ "policy": "per-day", "percentPerDay": 10, "maxDays": 5 }\` or \`{ "policy": "late-days", "bank": 3 }\`), extensions by
learner (\`{ "ada": "2026-03-08T23:59:00+01:00" }\`), and which attempt counts (\`best\`, \`latest\`, \`first\`).

## Hand it out

With GitHub Classroom, make a template repository of it and an assignment of that:

\`\`\`sh
cd ${STARTER}
git init --initial-branch=main && git add . && git commit --message "Start"
gh repo create YOUR-ORGANISATION/${slugOf(name)} --private --source . --push
gh repo edit YOUR-ORGANISATION/${slugOf(name)} --template
\`\`\`

The workflow in it runs the visible examples at each push. With Canvas, Gradescope or anything else, hand out \`${STARTER}/\` as a
zip; learners hand in their \`katas/\` folder, its files, or a zip of either.

## Take it in and grade it

What learners hand in is taken as it comes: a folder of folders, files, archives or repositories, a Canvas or Gradescope
export, or what \`gh classroom clone student-repos\` leaves. Only the stub files of the assignment's katas are read.

\`\`\`sh
npx kata grade SUBMISSIONS --assignment assignment.json --roster roster.csv
npx kata gradebook --assignment assignment.json --out grades
\`\`\`

Run both in the course, with the paths to these files. The roster is a CSV with a column of ids (\`id\`, or the columns of a Canvas
export) and, where you have them, \`name\`, \`email\` and \`section\`. The same command again finishes what was interrupted; run
it again, too, after a change of the deadline or of an extension, for of a repository another commit is in time then.

After an update of the course, \`npx kata classroom\` on this folder brings it up to date, and leaves alone what you changed. Run
it before you hand out, too, where you changed deadline or lateness in \`assignment.json\`: the learners' README tells them.
Katas that you name then are the list from now on. Nothing is deleted: what \`${STARTER}/\` has of others stays until you delete it.
`
