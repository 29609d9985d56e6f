// Who has written the same as whom, over one kata and a whole class. What the stub gave to everybody is left out, and so is
// what more than half of the class has: it says that a task has an obvious answer, not that somebody copied it.
// A number, never a verdict: whether two learners have worked together is for a person to say who has read both.

import { numbering } from './fingerprints.ts'
import { type Tokens, tokensOf } from './tokens.ts'

export interface Submission {
  readonly learner: string
  /** slug */
  readonly kata: string
  readonly text: string
}

/** What all submissions of a kata are held against. */
export interface Template {
  /** slug */
  readonly kata: string
  readonly stub: string
  readonly reference: string
}

export interface Compared {
  /** slug */
  readonly kata: string
  /** one a learner, in the order of their ids; of several the one most like the reference */
  readonly files: readonly ComparedFile[]
  /** of any two learners the two files that are most similar; most similar first; none below `min` */
  readonly pairs: readonly Pair[]
  /** k-grams that more than half of the class has and that were therefore left out */
  readonly common: number
}

export interface ComparedFile {
  readonly learner: string
  /** k-grams that are neither the stub's nor everybody's */
  readonly own: number
  /** to the reference, by the same measure as a pair */
  readonly reference: number
  /** so little that is left of it that no similarity would mean anything, and it is in no pair: why */
  readonly leftOut?: 'too-short' | 'mostly-common'
}

export interface Pair {
  readonly a: string
  readonly b: string
  /** of what the shorter one has of its own, how much the longer one has too: 0 to 1. Padding a copy lowers nothing */
  readonly similarity: number
  /** of what each has of their own, how much the other has too */
  readonly ofA: number
  readonly ofB: number
  /** k-grams */
  readonly shared: number
  /** which files these are, where a learner has several: places in `PreparedClass.files` */
  readonly at: readonly [number, number]
}

/** Two honest solutions of one kata stay below, a copy with new names, order and comments is above 0.9. */
export const DEFAULT_MIN = 0.6
/** Fewer k-grams of one's own are a few lines: what everybody would write. A finished kata has some hundreds. */
export const MIN_OWN = 60
/** In a smaller class a half is one or two friends. */
const MIN_CLASS_FOR_COMMON = 8

/** One submission, ready to be compared. */
export interface Prepared {
  readonly learner: string
  readonly text: string
  readonly tokens: Tokens
  /** by position */
  readonly grams: Uint32Array
  /** distinct, ascending, without what is left out */
  readonly own: Uint32Array
  /** of what is left out, how much more than half of the class has */
  readonly common: number
}

export interface PreparedClass {
  readonly kata: string
  readonly files: readonly Prepared[]
  readonly reference: Prepared
  readonly common: number
}

/** @param submissions of one kata; of a learner as many as are different */
export function prepareClass({ kata, stub, reference }: Template, submissions: readonly Submission[]): PreparedClass {
  const numbers = numbering()
  const read = (learner: string, text: string) => {
    const tokens = tokensOf(text)
    return { learner, text, tokens, grams: numbers.number(tokens) }
  }
  const files = submissions
    .map(({ learner, text }) => read(learner, text))
    .sort((a, b) => (a.learner < b.learner ? -1 : a.learner > b.learner ? 1 : 0))
  const left = new Set(read('stub', stub).grams)
  const holders = new Map<number, number>()
  // Learners are counted, not files: what one has in all of many attempts is not what the class has.
  const learners = [...Map.groupBy(files, ({ learner }) => learner).values()]
  for (const own of learners)
    for (const gram of new Set(own.flatMap(({ grams }) => [...grams]))) holders.set(gram, (holders.get(gram) ?? 0) + 1)
  const common = new Set<number>()
  if (learners.length >= MIN_CLASS_FOR_COMMON)
    for (const [gram, n] of holders) if (n > learners.length / 2 && !left.has(gram)) common.add(gram)
  const ready = (one: ReturnType<typeof read>): Prepared => {
    const written = new Set(one.grams).difference(left)
    const own = written.difference(common)
    return { ...one, own: Uint32Array.from(own).sort(), common: written.size - own.size }
  }
  return { kata, files: files.map(ready), reference: ready(read('reference', reference)), common: common.size }
}

export function compareClass(prepared: PreparedClass, min = DEFAULT_MIN): Compared {
  const { kata, files, reference, common } = prepared
  const holders = new Map<number, number[]>()
  const found = new Map<string, Pair>()
  const counts = new Uint32Array(files.length)
  // Each file is counted against those before it: by k-gram, who has it already.
  for (const [at, file] of files.entries()) {
    if (isTooShort(file)) continue
    counts.fill(0, 0, at)
    for (const gram of file.own) {
      const earlier = holders.get(gram)
      if (earlier === undefined) holders.set(gram, [at])
      else {
        for (const other of earlier) counts[other] = (counts[other] as number) + 1
        earlier.push(at)
      }
    }
    for (let other = 0; other < at; other++) {
      const shared = counts[other] as number
      const [a, b] = [files[other] as Prepared, file]
      const similarity = shared / Math.min(a.own.length, b.own.length)
      if (shared === 0 || similarity < min || a.learner === b.learner) continue
      const key = JSON.stringify([a.learner, b.learner])
      const before = found.get(key)
      if (before !== undefined && before.similarity >= similarity) continue
      found.set(key, {
        ...{ a: a.learner, b: b.learner, similarity, shared },
        ofA: shared / a.own.length,
        ofB: shared / b.own.length,
        at: [other, at],
      })
    }
  }
  const order = (x: string, y: string) => (x < y ? -1 : x > y ? 1 : 0)
  const pairs = [...found.values()].sort((x, y) => y.similarity - x.similarity || order(x.a, y.a) || order(x.b, y.b))
  const toReference = new Set(reference.own)
  return {
    kata,
    pairs,
    common,
    files: [...Map.groupBy(files, ({ learner }) => learner).values()].map(mostTelling),
  }

  function mostTelling(own: readonly Prepared[]): ComparedFile {
    const all = own.map(
      (file): ComparedFile => ({
        learner: file.learner,
        own: file.own.length,
        reference: share(file, reference, toReference),
        ...(isTooShort(file)
          ? { leftOut: file.own.length + file.common < MIN_OWN ? 'too-short' : 'mostly-common' }
          : {}),
      }),
    )
    const compared = all.filter(({ leftOut }) => leftOut === undefined)
    return (compared.length === 0 ? all : compared).reduce((a, b) => (b.reference > a.reference ? b : a))
  }
}

const isTooShort = ({ own }: Prepared): boolean => own.length < MIN_OWN

function share(file: Prepared, other: Prepared, ofOther: ReadonlySet<number>): number {
  const shared = file.own.reduce((sum, gram) => sum + (ofOther.has(gram) ? 1 : 0), 0)
  return shared === 0 ? 0 : shared / Math.min(file.own.length, other.own.length)
}
