// What a class has handed in, as texts to compare: from wherever `kata grade` takes a class in, or from a gradebook that
// has taken it in already. All that is different counts, whichever attempt is graded: what follows a copy hides it from
// nobody.

import { statSync } from 'node:fs'
import type { Kata } from '../course/kata.ts'
import { KataError } from '../course/kata-error.ts'
import { printable } from '../course/printable.ts'
import { takeClass } from '../gradebook/intake/take-class.ts'
import type { Submission } from '../gradebook/similar/compare.ts'
import { openStore } from '../gradebook/store.ts'

interface Handed {
  readonly learner: string
  readonly kata: string
  readonly bytes: Uint8Array
}

/** @throws {KataError} where there is no class */
export async function classTexts(from: string, katas: readonly Kata[]): Promise<Submission[]> {
  if (statSync(from, { throwIfNoEntry: false }) === undefined)
    throw new KataError(`There is no ${printable(from)}.`, 'Name the folder of a class, or its gradebook.')
  const handed = from.endsWith('.sqlite') ? gradebooks(from, katas) : (await takeClass({ from, katas })).submitted
  const distinct = new Map<string, Submission>()
  for (const { learner, kata, bytes } of handed) {
    const one = { learner, kata, text: Buffer.from(bytes).toString('utf8') }
    distinct.set(JSON.stringify(one), one)
  }
  return [...distinct.values()].sort((a, b) => (a.learner < b.learner ? -1 : a.learner > b.learner ? 1 : 0))
}

function gradebooks(file: string, katas: readonly Kata[]): Handed[] {
  const store = openStore(file, 'read')
  try {
    return store
      .attempts()
      .filter(({ kata }) => katas.some(({ slug }) => slug === kata))
      .sort((a, b) => (a.atMs ?? a.seenMs) - (b.atMs ?? b.seenMs) || a.order - b.order)
      .map(({ learner, kata, content }) => ({ learner, kata, bytes: store.bytesOf(content) }))
  } finally {
    store.close()
  }
}
