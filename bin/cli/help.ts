// Help, written from the table of commands: what is not in the table does not exist.

import { KataError } from '../course/kata-error.ts'
import { COMMANDS, COMMON, type CommandName } from './arguments.ts'

export function helpText(name: string | undefined): string {
  if (name === undefined || name === 'help') return overview()
  if (!Object.hasOwn(COMMANDS, name)) throw new KataError(`No command "${name}".`, 'See: kata help')
  const { what, words, flags } = COMMANDS[name as CommandName]
  const rows = Object.entries({ ...flags, ...COMMON }).map(([flag, { value, what: means }]) => [
    `  --${flag}${value === undefined ? '' : ` ${value}`}`,
    means,
  ])
  return `kata ${[name, words].filter(Boolean).join(' ')}: ${what}\n\n${table(rows)}`
}

function overview(): string {
  const rows = Object.entries(COMMANDS).map(([name, { words, what }]) => [
    `  kata ${[name, words].filter(Boolean).join(' ')}`,
    what,
  ])
  return [
    'Learn distributed systems and fast data structures by building them.',
    '',
    table(rows),
    'Where a kata is left out, the next one is meant. Every command takes --json.',
    'Exit codes: 0 accepted or done, 1 not accepted, 2 unknown, 3 our own error, 64 usage.',
    '',
  ].join('\n')
}

function table(rows: readonly (readonly (string | undefined)[])[]): string {
  const width = Math.max(...rows.map(([left = '']) => left.length)) + 3
  return rows.map(([left = '', right = '']) => `${left.padEnd(width)}${right}\n`).join('')
}
