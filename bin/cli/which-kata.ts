// Which kata a command is about: the one that was named, or the one that is next.

import { chooseNext } from '../course/choose.ts'
import { findKata } from '../course/discover.ts'
import type { Kata } from '../course/kata.ts'
import { KataError } from '../course/kata-error.ts'
import { type Context, progress } from './context.ts'

/** @throws {KataError} when there is no such kata, or none left to do */
export function whichKata(context: Context, name: string | undefined): Kata {
  if (name !== undefined) return findKata(context.katas, name)
  const choice = chooseNext(context.katas, progress(context), context.io.now())
  if (choice === undefined) throw new KataError('Nothing is left to do just now.', 'Name a kata. See: npx kata list')
  return choice.kata
}
