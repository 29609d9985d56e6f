// What works, what does not, and what to do about it.

import { type Look, paint, wrapText } from './look.ts'

export interface Finding {
  readonly what: string
  readonly state: 'good' | 'doubtful' | 'broken'
  readonly found: string
  readonly next?: string
}

const COLOURS = { good: 'green', doubtful: 'yellow', broken: 'red' } as const

export function doctorScreen(findings: readonly Finding[], look: Look): string {
  const width = Math.max(...findings.map(({ what }) => what.length)) + 2
  const lines = findings.flatMap(({ what, state, found, next }) => {
    const indent = ' '.repeat(width + 10)
    const [first = '', ...more] = wrapText(found, look.width - indent.length)
    return [
      `${what.padEnd(width)}${paint(look, COLOURS[state], state.padEnd(10))}${first}`,
      ...more.map((line) => indent + line),
      ...(next === undefined ? [] : wrapText(next, look.width - indent.length).map((line) => indent + line)),
    ]
  })
  const broken = findings.filter(({ state }) => state === 'broken').length
  return [
    ...lines,
    '',
    broken === 0 ? 'Everything that is needed works.' : `${broken} of ${findings.length} do not work.`,
  ].join('\n')
}
