// The one line of keys below each verdict in watch mode.

import { type Look, paint } from './look.ts'

const KEYS: readonly (readonly [string, string])[] = [
  ['h', 'hint'],
  ['l', 'lesson'],
  ['d', 'diff'],
  ['n', 'next kata'],
  ['enter', 'check again'],
  ['q', 'quit'],
]

export const keysLine = (look: Look): string =>
  KEYS.map(([key, what]) => `${paint(look, 'bold', key)} ${what}`).join(' · ')
