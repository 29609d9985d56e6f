// The course at a glance: volume by volume, one line a kata.

import { type Look, pad, paint } from './look.ts'

export interface ListedKata {
  readonly kata: string
  readonly title: string
  readonly volume: number
  /** folder of the volume, e.g. `2-foundation` */
  readonly folder: string
  readonly level: string
  readonly minutes: number
  readonly state: string
  readonly due: string | null
  readonly after: readonly string[]
}

const MARKS: Record<string, string> = { new: ' ', started: '~', passed: '✓', recheck: '?', revealed: '-' }

/** columns around a slug: mark, level, minutes and the longest state */
const EFFORT = 4 + 17 + 'review due'.length

export function listScreen(katas: readonly ListedKata[], look: Look): string {
  if (katas.length === 0) return 'No kata matches. See all: npx kata list'
  const width = Math.max(...katas.map(({ kata }) => kata.length)) + 2
  // How one stands says more than how long it takes.
  const narrow = width + EFFORT > look.width
  const lines: string[] = []
  let folder = ''
  for (const one of katas) {
    if (one.folder !== folder) {
      folder = one.folder
      const [number = '', ...name] = folder.split('-')
      lines.push(...(lines.length === 0 ? [] : ['']), paint(look, 'bold', `${number} · ${name.join(' ')}`))
    }
    const state = one.due === null ? one.state : `${one.due} due`
    const mark = one.due === null ? (MARKS[one.state] ?? ' ') : '!'
    const colour = one.due !== null ? 'yellow' : one.state === 'passed' ? 'green' : 'dim'
    const effort = narrow ? '' : `${pad(one.level, 8)}${String(one.minutes).padStart(3)} min  `
    lines.push(`  ${mark} ${pad(one.kata, width)}${effort}${paint(look, colour, state)}`)
  }
  const passed = katas.filter(({ state }) => state === 'passed').length
  return [...lines, '', `${passed} of ${katas.length} passed`].join('\n')
}
