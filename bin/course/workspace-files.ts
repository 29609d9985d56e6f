// What a workspace consists of: file names and texts, nothing written yet.

import { join } from 'node:path'
import { exampleFile, pristineStubFile } from './files.ts'
import type { Kata, Workspace } from './kata.ts'
import { KataError } from './kata-error.ts'
import { readText } from './read-text.ts'

export interface WorkspaceFile {
  /** relative to the workspace, with forward slashes */
  readonly path: string
  readonly text: string
}

const MAX_BYTES = 1024 * 1024
/** What the stubs and their examples need from npm; @types/node because the strict flags name it. */
const TOOLS = ['vitest', 'typescript', '@types/node']

export function workspaceFiles(course: string, katas: readonly Kata[]): WorkspaceFile[] {
  const ws: Workspace = { course, root: course }
  const stubsAndExamples = katas.flatMap((kata) => [
    { path: `katas/${kata.path}.ts`, text: needed(pristineStubFile(ws, kata)) },
    { path: `katas/${kata.path}.test.ts`, text: needed(exampleFile(ws, kata)) },
  ])
  const named = Object.keys(KIT).filter((name) => stubsAndExamples.some(({ text }) => text.includes(`from '${name}'`)))
  return [
    { path: 'package.json', text: packageJson(course, named) },
    { path: 'tsconfig.json', text: tsconfig(course) },
    { path: '.gitignore', text: 'node_modules/\n' },
    { path: 'README.md', text: README },
    // Copies, so that an editor knows the types before anything is installed.
    ...named.map((name) => ({ path: `${KIT[name]}`, text: needed(join(course, `graders/kit/${KIT[name]}`)) })),
    ...stubsAndExamples,
  ]
}

/** As stubs name the world that their nodes live in, or the disk that they write to; and the kit's file with its types. */
const KIT: Readonly<Record<string, string>> = { '#world': 'world.ts', '#disk': 'disk.ts' }

function needed(file: string): string {
  const text = readText(file, MAX_BYTES)
  if (text === undefined) throw new KataError(`The course's file ${file} is missing.`, 'Install the course again.')
  return text
}

type Json = Readonly<Record<string, unknown>>

const json = (value: Json): string => `${JSON.stringify(value, undefined, 2)}\n`

/** The course is linked, so that `npx kata` is its kata and no stranger's; its pinned Node runs the examples too. */
function packageJson(course: string, named: readonly string[]): string {
  const { name, dependencies, devDependencies, optionalDependencies } = JSON.parse(
    needed(join(course, 'package.json')),
  ) as Json
  const versions: Json = { ...(devDependencies as Json | undefined), ...(dependencies as Json | undefined) }
  return json({
    name: 'kata-workspace',
    private: true,
    type: 'module',
    ...(named.length > 0 ? { imports: Object.fromEntries(named.map((name) => [name, `./${KIT[name]}`])) } : {}),
    devDependencies: {
      ...Object.fromEntries(TOOLS.map((tool) => [tool, versions[tool]])),
      ...(typeof name === 'string' ? { [name]: `file:${course}` } : {}),
    },
    ...(optionalDependencies === undefined ? {} : { optionalDependencies }),
  })
}

/** The course's own flags, copied: an editor in the workspace and the judge must agree on what compiles. */
function tsconfig(course: string): string {
  const { compilerOptions } = JSON.parse(needed(join(course, 'tsconfig.json'))) as Json
  return json({ compilerOptions, include: ['katas'] })
}

const README = `Your side of Titan Katas: edit the files in \`katas/\`, everything else is kept by the program.
Run \`npx kata next\` here for the next kata, \`kata check\` for a verdict, and \`kata init .\` after the course was updated.
\`.kata/\` holds your progress and every earlier attempt: keep it with your work.
`
