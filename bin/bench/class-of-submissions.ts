// A class as large as wanted, of what the course knows to be right and wrong: the same files with other names for what
// is private, laid out otherwise, so that no two are the same bytes and each still earns its verdict.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { graderFolder, solutionFile } from '../course/files.ts'
import type { Kata, Workspace } from '../course/kata.ts'

export interface Known {
  readonly kata: Kata
  /** `solution`, `accepted/window-number.ts`, `rejected/wrong-answer.drifts.ts` */
  readonly name: string
  readonly file: string
  readonly verdict: string
  readonly source: string
}

export function knownSubmissions(ws: Workspace, kata: Kata): Known[] {
  const folder = (room: string) => readdirSync(join(graderFolder(ws, kata), room)).sort()
  const known = (name: string, file: string, verdict: string): Known => ({
    kata,
    name,
    file,
    verdict,
    source: readFileSync(file, 'utf8'),
  })
  const inFolder = (room: string, verdictOf: (name: string) => string) =>
    folder(room).map((name) => known(`${room}/${name}`, join(graderFolder(ws, kata), room, name), verdictOf(name)))
  return [
    known('solution', solutionFile(ws, kata), 'accepted'),
    ...inFolder('accepted', () => 'accepted'),
    ...inFolder('rejected', (name) => name.split('.')[0] ?? ''),
  ]
}

/** Private names become other names, comments go, indentation and blank lines change. */
export function disguised(source: string, variant: number): string {
  const code = source
    .split('\n')
    .filter((line) => !/^\s*(\/\/|\/\*\*|\*)/.test(line))
    .join('\n')
  // Hard to mistake for anything else: a private name begins with # wherever it stands.
  const names = [...new Set(code.match(/(?<![\w'"`$])#[a-zA-Z]\w*/g) ?? [])].filter((name) => !name.startsWith('#kata'))
  const locals = [...new Set([...code.matchAll(/\b(?:const|let) (\w{3,}) =/g)].map(([, name = '']) => name))].filter(
    (name) => isOnlyLocal(code, name),
  )
  let text = code
  for (const name of names) text = text.replace(new RegExp(`${name}\\b`, 'g'), `${name}${variant}`)
  for (const name of locals) text = text.replace(new RegExp(`(?<![.#\\w$])${name}\\b`, 'g'), `${name}_${variant}`)
  const indent = variant % 2 === 0 ? '    ' : '\t'
  return `${text.replace(/^( {2})+/gm, (spaces) => indent.repeat(spaces.length / 2))}\n// ${variant}\n`
}

/** Nothing but a variable goes by that name: no property, no member of an object, no word of a text. */
const isOnlyLocal = (code: string, name: string): boolean =>
  !new RegExp(
    `\\.${name}\\b|\\b${name}\\??:|[{,] *${name} *[,}]|['"\`][^'"\`\\n]*\\b${name}\\b[^'"\`\\n]*['"\`]|export .*\\b${name}\\b`,
  ).test(code)

export interface Planned {
  readonly learner: string
  readonly known: Known
}

/** @returns who handed in what. @param disguise files of one origin all differ; without, they are the same bytes */
export function writeClass(
  folder: string,
  byKata: readonly (readonly Known[])[],
  learners: number,
  disguise: boolean,
): Planned[] {
  const planned: Planned[] = []
  for (let i = 0; i < learners; i++)
    for (const [k, all] of byKata.entries()) {
      const known = all[(i * 7 + k) % all.length] as Known
      const learner = `learner-${String(i).padStart(4, '0')}`
      const file = join(folder, learner, basename(`${known.kata.slug}.ts`))
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, disguise ? disguised(known.source, i + 1) : known.source)
      planned.push({ learner, known })
    }
  return planned
}
