import { expect, test } from 'vitest'
import { columns } from '../columns.ts'
import { cutTo, foldCode, lookOf, sideBySide, wrapText } from './look.ts'

const terminal = { isTTY: true, columns: 120 }

test.each([
  ['a terminal has colour', terminal, {}, true],
  ['a pipe has none', {}, {}, false],
  ['forced on a pipe', {}, { FORCE_COLOR: '1' }, true],
  ['forced off on a terminal', terminal, { FORCE_COLOR: '0' }, false],
  ['NO_COLOR wins over everything', terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ['an empty NO_COLOR says nothing', terminal, { NO_COLOR: '' }, true],
  ['a dumb terminal', terminal, { TERM: 'dumb' }, false],
])('colour: %s', (_, stdout, env, colour) => {
  expect(lookOf(stdout, env).colour).toBe(colour)
})

test.each([
  [{}, {}, 80],
  [terminal, {}, 100],
  [{ columns: 60 }, { COLUMNS: '90' }, 60],
  [{}, { COLUMNS: '60' }, 60],
  [{}, { COLUMNS: '12' }, 40],
  [{}, { COLUMNS: 'wide' }, 80],
])('width: of %j with %j is %d', (stdout, env, width) => {
  expect(lookOf(stdout, env).width).toBe(width)
})

test('text wraps at spaces, and a word that no line holds is broken', () => {
  expect(wrapText('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrapText('one  two\nthree', 9, '    ')).toEqual(['one two', '    three'])
  expect(wrapText('x abcdefghij y', 4, '  ')).toEqual(['x', '  ab', '  cd', '  ef', '  gh', '  ij', '  y'])
  expect(wrapText('東京東京', 5)).toEqual(['東京', '東京'])
  expect(wrapText(' \n', 10)).toEqual([])
})

test('colour changes no line: its codes take no room, and none is cut', () => {
  const bold = (text: string) => `\u001b[1m${text}\u001b[22m`
  expect(wrapText(`${bold('graded')} · two`, 12)).toEqual([`${bold('graded')} · two`])
  expect(wrapText(`${bold('abcdef')} g`, 4)).toEqual(['\u001b[1mabcd', 'ef\u001b[22m g'])
})

test('code keeps its spaces when it is folded', () => {
  expect(foldCode("take('a  b', 1) → true", 14, '  ')).toEqual(["take('a  b',", '  1) → true'])
})

test('a cut is marked and never inside a character', () => {
  expect(cutTo('abcdef', 6)).toBe('abcdef')
  expect(cutTo('abcdefg', 6)).toBe('abcde…')
  expect(cutTo('東京東京', 6)).toBe('東京…')
})

test('two columns become one where there is no room', () => {
  const rows = [['npx kata lesson sliding-window-counter', 'read the lesson']] as const
  expect(sideBySide(rows, { width: 80, colour: false })).toEqual([
    'npx kata lesson sliding-window-counter   read the lesson',
  ])
  const narrow = sideBySide(rows, { width: 40, colour: false })
  expect(narrow).toEqual(['npx kata lesson sliding-window-counter', '      read the lesson'])
  for (const line of narrow) expect(columns(line)).toBeLessThanOrEqual(40)
})

test('pictures keep to what every terminal has where that is said', () => {
  const ascii = (env: NodeJS.ProcessEnv) => lookOf({}, env).ascii === true
  expect([{ LANG: 'C' }, { LC_ALL: 'POSIX', LANG: 'en_US.UTF-8' }, { TERM: 'linux' }].map(ascii)).toEqual([
    true,
    true,
    true,
  ])
  expect([{}, { LANG: 'C.UTF-8' }, { LC_ALL: 'de_DE.utf8', LANG: 'C' }].map(ascii)).toEqual([false, false, false])
})
