// The one line of keys below each verdict in watch mode.

import { type Look, paint } from './look.ts'

const KEYS: readonly (readonly [string, string])[] = [
  ['h', 'hint'],
  ['n', 'next'],
  ['l', 'lesson'],
  ['d', 'diff'],
  ['q', 'quit'],
]

export const keysLine = (look: Look): string =>
  KEYS.map(([key, what]) => `${paint(look, 'bold', key)} ${what}`).join(' · ')
