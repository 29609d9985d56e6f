// What the long benches are told on their command lines.

import { findKata } from '../course/discover.ts'
import type { Kata } from '../course/kata.ts'
import { KataError } from '../course/kata-error.ts'

/** @param text of `--minutes` @returns whether that long has passed since now */
export function deadline(text: string | undefined): () => boolean {
  const minutes = wholeNumber('--minutes', text ?? '1000000')
  const endMs = performance.now() + 60_000 * minutes
  return () => performance.now() >= endMs
}

/** @throws where it is none: a bench that does nothing for a slip of the fingers would look as if all were well */
export function wholeNumber(what: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  console.error(`${what} is a whole number from 1 up, and not "${text}".`)
  process.exit(2)
}

/** @param names none: all of them @returns in course order, each once */
export function chosenKatas(all: readonly Kata[], names: readonly string[]): Kata[] {
  try {
    const named = names.map((name) => findKata(all, name))
    return all.filter((kata) => names.length === 0 || named.includes(kata))
  } catch (error) {
    if (!(error instanceof KataError)) throw error
    console.error(error.message)
    process.exit(2)
  }
}
