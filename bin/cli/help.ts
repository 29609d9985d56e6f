// Help, written from the table of commands: what is not in the table does not exist.

import { KataError } from '../course/kata-error.ts'
import { COMMANDS, COMMON, type CommandName } from './arguments.ts'
import { type Look, sideBySide, wrapText } from './screens/look.ts'

export function helpText(name: string | undefined, look: Look): string {
  if (name === undefined || name === 'help') return overview(look)
  const { words, what, flags } = command(name)
  const rows = flags.map(({ flag, value, what: means }) => [usage(`  --${flag}`, value), means] as const)
  return [
    ...wrapText(`${usage(`kata ${name}`, words)}: ${what}`, look.width, '  '),
    '',
    ...sideBySide(rows, look),
  ].join('\n')
}

/** The same as data: what an editor or an agent completes from. */
export function helpData(name: string | undefined): object {
  const names = Object.keys(COMMANDS)
  return name === undefined || name === 'help'
    ? { commands: names.map((one) => command(one)), exitCodes: EXIT_CODES }
    : command(name)
}

const EXIT_CODES = { 0: 'accepted', 1: 'not accepted', 2: 'unknown', 3: 'our own error', 64: 'usage' }

function command(name: string) {
  if (!Object.hasOwn(COMMANDS, name)) throw new KataError(`No command "${name}".`, 'See: kata help')
  const { what, words, flags } = COMMANDS[name as CommandName]
  return {
    command: name,
    words,
    what,
    flags: Object.entries({ ...flags, ...COMMON }).map(([flag, { value, what: means }]) => ({
      flag,
      value: value ?? '',
      what: means,
    })),
  }
}

function overview(look: Look): string {
  const rows = Object.entries(COMMANDS).map(
    ([name, { words, what }]) => [usage(`  kata ${name}`, words), what] as const,
  )
  const codes = Object.entries(EXIT_CODES).map(([code, what]) => `${code} ${what}`)
  return [
    ...wrapText('Learn distributed systems and fast data structures by building them.', look.width),
    '',
    ...sideBySide(rows, look),
    '',
    ...wrapText('Where a kata is left out, the next one is meant. Every command takes --json.', look.width),
    ...wrapText(`Exit codes: ${codes.join(', ')}.`, look.width, '  '),
  ].join('\n')
}

const usage = (left: string, right = ''): string => (right === '' ? left : `${left} ${right}`)
