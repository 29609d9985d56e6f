// The first thing that anybody sees. It must make them curious and tell them what to type.

import { type Look, paint, sideBySide, wrapText } from './look.ts'

export interface Next {
  readonly kata: string
  readonly title: string
  readonly path: string
  readonly volume: number
  readonly level: string
  readonly minutes: number
  readonly state: string
  readonly due: string | null
  readonly why: string
  readonly file: string
  /** what brings the file here, if it is not: the course has grown since this workspace was made */
  readonly init: string | null
  /** first paragraph of the lesson's scar, Markdown */
  readonly opening: string
  readonly promises: readonly string[]
}

export function nextScreen(next: Next, look: Look): string {
  const label = (text: string) => paint(look, 'dim', text.padEnd(7))
  const volume = `volume ${next.path.split('/')[0]?.replace('-', ' · ')}`
  const width = look.width - 7
  // A due kata is built again from an empty stub; everything else is worked on in place.
  const start = next.due === null ? `npx kata watch ${next.kata}` : `npx kata redo ${next.kata}`
  const commands: [string, string][] = [
    ...(next.init === null ? [] : ([[next.init, 'bring this new kata here']] satisfies [string, string][])),
    [`npx kata lesson ${next.kata}`, 'read the lesson'],
    [start, next.due === null ? 'judge each time you save' : 'start again from an empty stub'],
    [`npx kata check ${next.kata}`, 'judge once'],
    [`npx kata hint ${next.kata}`, 'when you are stuck'],
  ]
  const [title = '', ...facts] = wrapText(
    `${next.title} · ${volume} · ${next.level} · about ${next.minutes} minutes`,
    look.width,
  )
  return [
    title.replace(next.title, () => paint(look, 'bold', next.title)),
    ...facts,
    '',
    ...field(label('why'), wrapText(next.why, width)),
    ...field(label('edit'), [paint(look, 'cyan', next.file)]),
    '',
    ...wrapText(plain(next.opening), look.width),
    '',
    paint(look, 'bold', 'What must hold'),
    ...next.promises.flatMap((promise, i) =>
      wrapText(promise, look.width - 4).map((line, at) => `${at === 0 ? `${i + 1}`.padStart(2) : '  '}  ${line}`),
    ),
    '',
    paint(look, 'bold', 'Type now'),
    ...sideBySide(
      commands.map(([command, what]) => [`  ${command}`, what] as const),
      look,
      (command) => paint(look, 'cyan', command),
    ),
  ].join('\n')
}

const field = (label: string, lines: readonly string[]): string[] =>
  lines.map((line, i) => `${i === 0 ? label : ' '.repeat(7)}${line}`)

/** Emphasis and code marks out: one paragraph is read faster without them. */
const plain = (markdown: string): string =>
  markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`]/g, '')
    .replace(/\s+/g, ' ')
