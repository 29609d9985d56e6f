import { expect, test } from 'vitest'
import { KataError } from '../course/kata-error.ts'
import { COMMANDS, parseCommand, wholeNumber } from './arguments.ts'

const mistake = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof KataError) return error.message
    throw error
  }
  return 'no mistake'
}

test.each([
  ['', 'next', {}, []],
  ['--json', 'next', { json: true }, []],
  ['check --json token-bucket', 'check', { json: true }, ['token-bucket']],
  ['--json check token-bucket --seed 7', 'check', { json: true, seed: '7' }, ['token-bucket']],
  ['check --seed=7', 'check', { seed: '7' }, []],
  ['list rate limit', 'list', {}, ['rate', 'limit']],
  ['-h', 'help', {}, []],
  ['--version', 'version', {}, []],
])('kata %s', (typed, name, values, positionals) => {
  expect(parseCommand(typed.split(' ').filter(Boolean))).toEqual({ name, values, positionals })
})

test.each([
  ['chekc', 'No command "chekc". Did you mean check? See: npx kata help'],
  ['toString', 'No command "toString". See: npx kata help'],
  ['check --sed 7', "Unknown option '--sed'. Did you mean --seed? See: npx kata help check"],
  ['check --undo', "Unknown option '--undo'. See: npx kata help check"],
  ['check --seed', "Option '--seed <value>' argument missing. See: npx kata help check"],
  ['check one two', 'kata check takes one word, not "one two". See: npx kata help check'],
  ['stats all', 'kata stats takes no words, not "all". See: npx kata help stats'],
])('kata %s is a mistake that says what to do', (typed, message) => {
  expect(mistake(() => parseCommand(typed.split(' ')))).toBe(message)
})

test.each([
  [['gradebook', 'g.sqlite', '--out', ''], '--out is empty.'],
  [['gradebook', '--out=', '--redact'], '--out is empty.'],
  [['grade', 'class', '--kata', 'ring', '--kata', ''], '--kata is empty.'],
  [['init', ''], 'A word after kata init is empty.'],
  [['similar', 'class', ''], 'A word after kata similar is empty.'],
])('what is empty names no place: kata %j', (argv, message) => {
  expect(mistake(() => parseCommand(argv))).toBe(
    `${message} Is a variable of your shell not set? See: npx kata help ${argv[0]}`,
  )
})

test('a number is whole and in its range, or says which it must be', () => {
  expect(wholeNumber('seed', '0', 0, 9)).toBe(0)
  for (const text of ['', '-1', '10', '1.5', '1e0', '0x1', '٣', ' 1'])
    expect(mistake(() => wholeNumber('seed', text, 0, 9))).toContain('--seed takes a whole number from 0 to 9')
})

test('every flag that takes a value names it, and no command lists json or help of its own', () => {
  for (const { flags } of Object.values(COMMANDS) as { flags: Record<string, { type: string; value?: string }> }[])
    for (const [name, { type, value }] of Object.entries(flags)) {
      expect(value !== undefined, name).toBe(type === 'string')
      expect(['json', 'help']).not.toContain(name)
    }
})
