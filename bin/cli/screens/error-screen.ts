// A mistake of the user's: what is wrong, and on a line of its own what to do, so that a command in it can be copied.

import type { KataError } from '../../course/kata-error.ts'
import { printable } from '../printable.ts'
import { type Look, wrapText } from './look.ts'

export const errorScreen = ({ what, next }: KataError, look: Look): string =>
  [...wrapText(printable(what), look.width), ...(next === undefined ? [] : nextLines(printable(next), look))].join('\n')

/** Words are wrapped as all others are; a command that was would be copied in pieces. */
const nextLines = (next: string, look: Look): string[] =>
  /\bkata [a-z]/.test(next) ? [next] : wrapText(next, look.width)
