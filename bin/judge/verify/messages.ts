// Approved messages: what a learner is told for each known mistake, kept as text beside it, so that a change of wording
// is seen and read before it lands.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { graderFolder } from '../../course/files.ts'
import type { Kata, Workspace } from '../../course/kata.ts'
import { replaceFile } from '../../course/replace-file.ts'
import type { Report } from '../report.ts'
import type { Fault } from './proof.ts'

const HEAD = 'What a learner is told for each rejected submission (seed 1). Written by: kata verify --write'
/** A message that does not fit is a message that is not read. A cost has a plot. */
const MAX_LINES = 20
const MAX_COST_LINES = 25
const mostLines = ({ verdict }: Report) => (verdict === 'over-budget' ? MAX_COST_LINES : MAX_LINES)

/** @param how `write` keeps them; `these`: there are approved ones of others, too */
export function messageFaults(
  ws: Workspace,
  kata: Kata,
  messages: readonly { readonly name: string; readonly report: Report }[],
  render: (report: Report) => string,
  how: 'all' | 'these' | 'write',
): Fault[] {
  const file = join(graderFolder(ws, kata), 'messages.txt')
  const rendered = messages.map(({ name, report }) => ({
    name,
    text: render(report).trimEnd(),
    most: mostLines(report),
  }))
  const text = [HEAD, ...rendered.map(({ name, text }) => `=== ${name}\n\n${text}`)].join('\n\n')
  const long = rendered
    .filter(({ text, most }) => text.split('\n').length > most)
    .map(({ name, text, most }) => ({
      where: name,
      message: `its message has ${text.split('\n').length} lines, more than ${most}`,
    }))
  if (how === 'write') {
    replaceFile(file, `${text}\n`)
    return long
  }
  const approved = existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trimEnd() : ''
  if (approved === text) return long
  const parts = (whole: string) =>
    new Map(
      whole
        .split('\n=== ')
        .slice(1)
        .map((part) => [part.split('\n')[0] ?? '', part]),
    )
  const [before, now] = [parts(approved), parts(text)]
  const held = how === 'these' ? now.keys() : [...before.keys(), ...now.keys()]
  const changed = [...new Set(held)].filter((name) => before.get(name)?.trim() !== now.get(name)?.trim())
  return [
    ...long,
    ...changed.map((name) => ({
      where: name,
      message: 'its message is not the approved one: read it, then kata verify --write',
    })),
  ]
}
