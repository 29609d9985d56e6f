import fc from 'fast-check'
import { expect, test } from 'vitest'
import { entryFor, judgeSurvivors, parseEquivalents } from './equivalents.ts'
import type { Mutant } from './mutants.ts'

const mutant = (before: string, after: string): Mutant => ({ id: '1:1 a → b', line: 1, before, after, source: after })

const LIST = `# Equivalent mutants

They all come from one fact.

- \`if (a < b)\` → \`if (a <= b)\`: at equality both branches
  give the same.
- \`\` log(\`\${a}: \`) \`\` → \`;\`: nobody reads the log.
`

test('entries are read as they are written, prose is free', () => {
  expect(parseEquivalents(LIST)).toEqual({
    entries: [
      { line: 5, before: 'if (a < b)', after: 'if (a <= b)', reason: 'at equality both branches' },
      { line: 7, before: 'log(`$' + '{a}: `)', after: ';', reason: 'nobody reads the log.' },
    ],
    problems: [],
  })
})

test('an entry that is not one, has no reason, or comes twice is a problem of its line', () => {
  const list = '- `a` -> `b`: wrong arrow\n- `a` → `b`:\n- `a` → `b`: same\n- `a` → `b`: again\n* `a` → `c`: bullet\n'
  expect(parseEquivalents(list)).toEqual({
    entries: [{ line: 3, before: 'a', after: 'b', reason: 'same' }],
    problems: [
      { line: 1, message: 'an entry is written as - `before` → `after`: reason' },
      { line: 2, message: 'the reason why this mutant computes the same is missing' },
      { line: 4, message: 'the same mutant is listed in line 3' },
      { line: 5, message: 'an entry is written as - `before` → `after`: reason' },
    ],
  })
})

test('survivors are excused by their lines, entries that excuse none are stale', () => {
  const { entries } = parseEquivalents(LIST)
  const listed = mutant('if (a < b)', 'if (a <= b)')
  const other = mutant('if (a < b)', 'if (true)')
  expect(judgeSurvivors([listed, other], entries)).toEqual({ unexplained: [other], stale: [entries[1]] })
})

test('the entry proposed for a mutant is read back as that mutant', () => {
  const line = fc.string({ unit: fc.constantFrom('a', '`', '``', ' ', '→', ':', ': ', '- '), minLength: 1 })
  fc.assert(
    fc.property(line, line, (one, two) => {
      const [before, after] = [one.trim(), two.trim()]
      fc.pre(before !== '' && after !== '')
      const { entries } = parseEquivalents(`${entryFor({ before, after })}because`)
      expect(entries).toEqual([{ line: 1, before, after, reason: 'because' }])
    }),
  )
})
