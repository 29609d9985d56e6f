// What a user reads of a mistake of theirs.

import { expect, test } from 'vitest'
import { KataError } from '../../course/kata-error.ts'
import { errorScreen } from './error-screen.ts'

const look = { width: 80, colour: false }

test('what to do next keeps to the width of the screen, and a command in it stays whole', () => {
  const names = Array.from({ length: 12 }, (_, i) => `"A promise of the lesson, number ${i}"`)
  const screen = errorScreen(
    new KataError('lru-cache has no promise "It hold".', `Its promises: ${names.join(', ')}`),
    look,
  )
  for (const line of screen.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  expect(screen.replaceAll('\n', ' ')).toContain(names.join(', '))
  const command = `Say it: npx kata grade ${'a-long-folder/'.repeat(6)} --assignment homework.json`
  expect(errorScreen(new KataError('No.', command), look)).toBe(`No.\n${command}`)
})
