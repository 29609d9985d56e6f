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
import type { NotTaken } from '../gradebook/submitted.ts'

interface Handed {
  readonly learner: string
  readonly kata: string
  readonly bytes: Uint8Array
}

interface Class {
  readonly submitted: readonly Handed[]
  readonly notTaken: readonly NotTaken[]
}

export interface ClassTexts {
  readonly submissions: readonly Submission[]
  /** whoever is in no pair may only not have been read; what may have been a file of these katas comes first */
  readonly notTaken: readonly NotTaken[]
}

/** @throws {KataError} where there is no class */
export async function classTexts(from: string, katas: readonly Kata[]): Promise<ClassTexts> {
  if (statSync(from, { throwIfNoEntry: false }) === undefined)
    throw new KataError(`There is no ${printable(from)}.`, 'Name the folder of a class, or its gradebook.')
  const { submitted, notTaken } = from.endsWith('.sqlite') ? gradebooks(from, katas) : await takeClass({ from, katas })
  const distinct = new Map<string, Submission>()
  for (const { learner, kata, bytes } of submitted) {
    const one = { learner, kata, text: Buffer.from(bytes).toString('utf8') }
    distinct.set(JSON.stringify(one), one)
  }
  return {
    submissions: [...distinct.values()].sort((a, b) => (a.learner < b.learner ? -1 : a.learner > b.learner ? 1 : 0)),
    notTaken: [...notTaken].sort((a, b) => Math.sign(b.katas.length) - Math.sign(a.katas.length)),
  }
}

function gradebooks(file: string, katas: readonly Kata[]): Class {
  const isAsked = (kata: string) => katas.some(({ slug }) => slug === kata)
  const store = openStore(file, 'read')
  try {
    const submitted = store
      .attempts()
      .filter(({ kata }) => isAsked(kata))
      .sort((a, b) => (a.atMs ?? a.seenMs) - (b.atMs ?? b.seenMs) || a.order - b.order)
      .map(({ learner, kata, content }) => ({ learner, kata, bytes: store.bytesOf(content) }))
    const { notTaken } = store.takenIn()
    return { submitted, notTaken: notTaken.filter((one) => one.katas.length === 0 || one.katas.some(isAsked)) }
  } finally {
    store.close()
  }
}
