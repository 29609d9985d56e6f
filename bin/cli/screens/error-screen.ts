// A mistake of the user's: what is wrong, and on a line of its own what to do, so that a command in it can be copied.

import type { KataError } from '../../course/kata-error.ts'
import { printable } from '../printable.ts'
import { type Look, wrapText } from './look.ts'

export const errorScreen = ({ what, next }: KataError, look: Look): string =>
  [...wrapText(printable(what), look.width), ...(next === undefined ? [] : [printable(next)])].join('\n')
