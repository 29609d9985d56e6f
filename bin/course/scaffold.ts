// A new kata's files, ready to be filled: they compile, and `kata verify` says of each what is still missing.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Kata } from './kata.ts'
import { KataError } from './kata-error.ts'
import { SECTIONS } from './lesson.ts'
import { replaceFile } from './replace-file.ts'

const PATH = /^(\d{1,2}-[a-z0-9-]+)\/([a-z0-9]+(?:-[a-z0-9]+)*)$/

/** @returns the files written, relative to the course */
export function scaffold(course: string, path: string, katas: readonly Kata[]): string[] {
  const slug = PATH.exec(path)?.[2]
  if (slug === undefined)
    throw new KataError(
      `"${path.slice(0, 80)}" is no path of a kata.`,
      'For example: npx kata new 3-deep-dive/bloom-filter',
    )
  const taken = katas.find((kata) => kata.slug === slug)
  if (taken !== undefined)
    throw new KataError(`There is a kata ${slug} already, at ${taken.path}.`, 'Choose another name.')
  const files = filesOf(path, slug)
  const present = Object.keys(files).find((file) => existsSync(join(course, file)))
  if (present !== undefined)
    throw new KataError(`${present} is there already.`, 'Move it away, or choose another name.')
  for (const [file, text] of Object.entries(files)) replaceFile(join(course, file), text)
  return Object.keys(files)
}

const BUDGET = 'A call is constant work'

function filesOf(path: string, slug: string): Record<string, string> {
  const words = slug.split('-')
  const title = words.map((word, i) => (i === 0 ? capital(word) : word)).join(' ')
  const Class = words.map(capital).join('')
  const promise = `A new ${title.toLowerCase()} counts from zero`
  const stub = `/**
 * ${title}: one sentence that says what it is for.
 */
export class ${Class} {
  /**
   * What it does, in which units, with which errors.
   * Cost: O(1).
   */
  next(): number {
    throw new Error('TODO: return 0, then 1, then 2')
  }
}
`
  const body = (first: number) => `export class ${Class} {
  #count = ${first}

  next(): number {
    return this.#count++
  }
}
`
  return {
    [`katas/${path}.ts`]: stub,
    [`graders/${path}/stub.ts`]: stub,
    [`katas/${path}.test.ts`]: `// Examples of the contract. The judge looks closer: npx kata check ${slug}

import { expect, test } from 'vitest'
import { ${Class} } from './${slug}.ts'

test('counts from zero', () => {
  const counter = new ${Class}()
  expect([counter.next(), counter.next()]).toEqual([0, 1])
})
`,
    [`solutions/${path}.ts`]: `/**
 * Invariant: … Cost: … Rejected: …
 */
${body(0)}`,
    [`graders/${path}/driver.ts`]: `// Drives one ${title.toLowerCase()} through a number of calls.

import { ${Class} } from '#kata/${path}'

export function run({ calls }: { calls: number }): number[] {
  const subject = new ${Class}()
  return Array.from({ length: calls }, () => subject.next())
}
`,
    [`graders/${path}/suite.test.ts`]: `// Each promise is checked in a setting in which breaking another promise does not show.

import { agree, fc, hiddenTest } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)

test('${promise}', async ({ subject, forAll }) => {
  const inputs = fc.record({ calls: fc.integer({ min: 1, max: 20 }) })
  await forAll(inputs, subject.run, (_, got) =>
    agree(
      'new ${Class}()',
      got.map((value, i) => ({ call: 'next()', got: value, want: i })),
    ),
  )
})
`,
    [`graders/${path}/budgets.ts`]: `// What is worth its price here, and why.

import type * as kata from '#kata/${path}'
import { budget } from '../../kit/budget.ts'

type Kata = typeof kata

export default [
  budget('${BUDGET}', {
    given: ({ ${Class} }: Kata) => new ${Class}(),
    when: (subject) => subject.next(),
    steps: 'O(1)',
  }),
]
`,
    [`graders/${path}/accepted/another-way.ts`]: `// What is structurally different here: …

export class ${Class} {
  private last = -1

  next(): number {
    this.last += 1
    return this.last
  }
}
`,
    [`graders/${path}/rejected/wrong-answer.starts-at-one.ts`]: `// breaks: ${promise}
// because: why a good engineer in a hurry would write this, and what it costs.

${body(1)}`,
    [`graders/${path}/rejected/over-budget.counts-from-the-start.ts`]: `// breaks: ${BUDGET}
// spends: O(n)
// because: why it is right, and too dear.

export class ${Class} {
  #calls: number[] = []

  next(): number {
    this.#calls.push(1)
    return this.#calls.reduce((sum, one) => sum + one, -1)
  }
}
`,
    [`lessons/${path}.md`]: lesson(title, promise),
  }
}

function lesson(title: string, promise: string): string {
  const texts: Partial<Record<(typeof SECTIONS)[number], string>> = {
    'The scar': 'What broke, where, when, what it cost; with its source.',
    'What must hold': `1. **${promise}.** What this means, in plain words.`,
    'Where it goes wrong':
      '- **Starting at one** … `wrong-answer.starts-at-one`\n- **Counting anew** … `over-budget.counts-from-the-start`',
    Hints: `### The first stage (promise 1)\n\n${['Where do I begin?', 'What is always true?', 'What does it look like in words?', 'Show me nearly everything?'].map((question) => `#### ${question}\n\nTo be written.`).join('\n\n')}`,
    Quiz: '### What does the second call return?\n\n- [ ] 0\n  That was the first.\n- [x] 1\n  One more than the first.\n- [ ] 2\n  That is the third.',
  }
  const sections = SECTIONS.map((section) => `## ${section}\n\n${texts[section] ?? 'To be written.'}`)
  return `---\nlevel: easy\nminutes: 30\nafter: []\n---\n# ${title}\n\n${sections.join('\n\n')}\n`
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
