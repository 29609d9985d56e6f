import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aKata, tempFolder, writeFiles } from './course-fixture.ts'
import { parseLesson, readLesson, SECTIONS } from './lesson.ts'
import { isRejectedName } from './lesson-traps.ts'

const question = (name: string, right: number) => `### ${name}?

${[0, 1, 2].map((at) => `- [${at === right ? 'x' : ' '}] Answer ${at}\n  Because ${at}.`).join('\n')}
`

const WHOLE = `---
level: easy
minutes: 25
after: []
---

# Token bucket

## The scar

One night, a queue
filled up. 3,400 calls were lost.

Second paragraph.

## The idea

\`\`\`md
\`\`\`ts
## no heading
const words = 'not counted'
\`\`\`

## What must hold

Promises:

1. **A full bucket grants its capacity at once.** And no more
   than that.

   \`\`\`ts
   2. **no promise.**
   \`\`\`
2. **A refusal
   takes nothing.** Ask twice.

Prose behind the list is no promise's.

## What it may cost

Nothing.

## Where it goes wrong

- Uses \`setInterval\`, so idle time is lost: \`wrong-answer.forgets-idle-time\`.
- Scans all:
  \`over-budget.scans\`
\`\`\`ts
new Scan()
\`\`\`

## In production

\`\`\`not a fence\`\`\` but a code span.

## Interview

Ask.

## Hints

### Spending (promise 1)

#### Where do I begin?
Look at the clock.
#### What must stay true?
The sum.
#### In words?
\`\`\`ts
#### no rung
\`\`\`
#### Nearly all?
Code.

### Refusing (promises 2)

#### A?
a
#### B?
b
#### C?
c
#### D?
d

## Quiz

### What is printed?

\`\`\`ts
- [ ] no option
\`\`\`

- [ ] Nothing
  Something is.
- [x] \`42\`

      It is the answer.

      \`\`\`ts
      console.log(42)
      \`\`\`
- [ ] An error
  No.

${question('Two', 0)}
${question('Three', 2)}
${question('Four', 1)}
## Sources

None.
`

const messages = (text: string) => parseLesson(text, 'x.md').problems.map(({ line, message }) => `${line}: ${message}`)
const lineOf = (part: string, text = WHOLE) => text.slice(0, text.indexOf(part)).split('\n').length

describe('a lesson without faults', () => {
  const lesson = parseLesson(WHOLE, 'x.md')

  test('has no problems, and all sections', () => {
    expect(lesson.problems).toEqual([])
    expect(lesson.sections.map((section) => section.title)).toEqual([...SECTIONS])
    expect(lesson.title).toBe('Token bucket')
    expect(lesson.front).toEqual({ level: 'easy', minutes: 25, after: [] })
    expect(lesson.opening).toBe('One night, a queue filled up. 3,400 calls were lost.')
  })

  test('its promises', () => {
    expect(lesson.promises).toEqual([
      {
        number: 1,
        line: lineOf('1. **A full'),
        name: 'A full bucket grants its capacity at once',
        text: 'And no more\nthan that.\n\n```ts\n2. **no promise.**\n```',
      },
      { number: 2, line: lineOf('2. **A refusal'), name: 'A refusal takes nothing', text: 'Ask twice.' },
    ])
  })

  test('its traps', () => {
    expect(lesson.traps).toEqual([
      {
        line: lineOf('- Uses'),
        name: 'wrong-answer.forgets-idle-time',
        text: 'Uses `setInterval`, so idle time is lost: `wrong-answer.forgets-idle-time`.',
      },
      { line: lineOf('- Scans'), name: 'over-budget.scans', text: 'Scans all:\n`over-budget.scans`' },
    ])
  })

  test('its ladder of hints', () => {
    expect(lesson.hints.map(({ title, promises, rungs }) => [title, promises, rungs.length])).toEqual([
      ['Spending', [1], 4],
      ['Refusing', [2], 4],
    ])
    expect(lesson.hints[0]?.rungs[2]).toEqual({ title: 'In words?', text: '```ts\n#### no rung\n```' })
  })

  test('its quiz', () => {
    expect(lesson.quiz).toHaveLength(4)
    expect(lesson.quiz[0]).toEqual({
      line: lineOf('### What is printed?'),
      question: 'What is printed?',
      body: '```ts\n- [ ] no option\n```',
      options: [
        { text: 'Nothing', right: false, explanation: 'Something is.' },
        { text: '`42`', right: true, explanation: 'It is the answer.\n\n```ts\nconsole.log(42)\n```' },
        { text: 'An error', right: false, explanation: 'No.' },
      ],
    })
  })

  test('its words, without code', () => {
    const few = `---\nlevel: easy\nminutes: 5\nafter: []\n---\n# Title\n\n## The scar\n\nOne *two* | three --- 4th.\n\n~~~\nfive\n~~~\n`
    expect(parseLesson(few, 'x.md').words).toBe('The scar One two three 4th'.split(' ').length)
  })

  test('is the same with the line endings of Windows', () => {
    expect(parseLesson(WHOLE.replaceAll('\n', '\r\n'), 'x.md')).toEqual(lesson)
  })
})

describe('a fault is a problem with its line, and the rest is still parsed', () => {
  const faults: [what: string, from: string, to: string, at: string, message: string][] = [
    ['front matter', 'minutes: 25', 'minutes: soon', 'minutes: soon', '"minutes" must be'],
    ['no title', '# Token bucket\n', '\n', '## The scar', 'must be the title'],
    ['unknown section', '## In production', '## Production', '## Production', 'unknown section "Production"'],
    ['section twice', '## Sources', '## The idea\n\n## Sources', '## The idea\n\n## Sources', 'is there twice'],
    ['no fence end', 'None.\n', '```ts\nNone.\n', '```ts\nNone.', 'never closed'],
    ['control character', 'Nothing.', 'Not\u001b[2Jhing.', 'Not\u001b', 'control character'],
    ['bidi override', 'Nothing.', 'Not\u202ehing.', 'Not\u202e', 'control character'],
    ['promise misnumbered', '2. **A refusal', '3. **A refusal', '3. **A refusal', 'promise 3 stands where promise 2'],
    ['promise without name', '2. **A refusal', '2. A refusal', '2. A refusal', 'begins with its name in bold'],
    [
      'names twice',
      '2. **A refusal\n   takes nothing.**',
      '2. **A full bucket grants its capacity at once**',
      '2. **A full',
      'two promises',
    ],
    [
      'trap without submission',
      '`over-budget.scans`',
      '`over-budgt.scans`',
      '- Scans',
      'names its rejected submission',
    ],
    ['trap of two', '`over-budget.scans`', '`over-budget.scans` `crashed.too`', '- Scans', 'this one names 2'],
    ['traps twice', '`over-budget.scans`', '`wrong-answer.forgets-idle-time`', '- Scans', 'two traps name'],
    ['stage without promises', '### Spending (promise 1)', '### Spending', '### Spending', 'ends with its promises'],
    ['promise in no stage', '(promise 1)', '(promise 2)', '## Hints', 'promise 1 is in no stage'],
    ['promise in two stages', '(promise 1)', '(promises 1, 2)', '### Refusing', 'promise 2 is in more than one'],
    ['stage of no promise', '(promise 1)', '(promises 1, 7)', '### Spending', 'no promise 7'],
    ['rung missing', '#### A?\na\n', '', '### Refusing', 'this one has 3'],
    ['rung no question', '#### A?', '#### A', '#### A\n', 'question mark'],
    ['rung empty', '#### A?\na\n', '#### A?\n', '#### A?', 'this rung is empty'],
    [
      'text outside rungs',
      '### Refusing (promises 2)',
      '### Refusing (promises 2)\nHm.',
      '### Refusing',
      'never be shown',
    ],
    ['too few questions', question('Four', 1), '', '## Quiz', 'at least 4 questions, this one has 3'],
    ['none right', '- [x] `42`', '- [ ] `42`', '### What is printed?', 'here 0 are'],
    ['two right', '- [ ] Nothing', '- [x] Nothing', '### What is printed?', 'here 2 are'],
    ['too few options', '- [ ] An error\n  No.\n', '', '### What is printed?', 'this one has 2'],
    ['no explanation', '  Something is.\n', '', '- [ ] Nothing', 'no explanation'],
    ['broken box', '- [ ] An error', '- [] An error', '- [] An error', 'an option is written'],
    ['option without box', '- [ ] An error', '- An error', '- An error', 'every option is a task item'],
    ['explanation not indented', '  Something is.', 'Something is.', 'Something is.', 'must be indented'],
  ]
  test.each(faults)('%s', (_, from, to, at, message) => {
    const text = WHOLE.replace(from, () => to)
    expect(text).not.toBe(WHOLE)
    const line = lineOf(at, text)
    expect(messages(text)).toContainEqual(expect.stringMatching(new RegExp(`^${line}: .*${message}`)))
    expect(parseLesson(text, 'x.md').sections.length).toBeGreaterThan(5)
  })

  test('a missing section is one problem, not also all that it should have held', () => {
    const text = WHOLE.replace(/## Quiz[\s\S]*(?=## Sources)/, '')
    expect(messages(text)).toEqual([`${text.split('\n').length}: the section "Quiz" is missing`])
  })

  test('a section out of order is named', () => {
    const text = WHOLE.replace('## Interview\n\nAsk.\n\n', '').replace(
      '## The idea',
      '## Interview\n\nAsk.\n\n## The idea',
    )
    expect(messages(text)).toContain(
      `${lineOf('## The idea', text)}: the section "The idea" must come before "Interview"`,
    )
  })
})

test('nothing parsed holds a control character', () => {
  const hostile = WHOLE.replaceAll('A', 'A\u001b[31m\u009b\u202e')
  expect(JSON.stringify(parseLesson(hostile, 'x.md'))).not.toMatch(/\\u001b|\u009b|\u202e/)
})

test('never throws, whatever lines it is given', () => {
  const lines = WHOLE.split('\n')
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(...lines),
      fc.string(),
      fc.string({ unit: fc.constantFrom('`', '*', '#', '-', '[', ' ', '1', '.', '(') }),
    ),
  )
  fc.assert(
    fc.property(
      pieces,
      (some) => parseLesson([...lines.slice(0, 8), ...some].join('\n'), 'x.md').title === 'Token bucket',
    ),
  )
  fc.assert(fc.property(pieces, (some) => Array.isArray(parseLesson(some.join('\n'), 'x.md').problems)))
})

test('a hostile lesson of a quarter of a megabyte is no work', () => {
  // Each would take minutes with a backtracking pattern; the test's own deadline is what fails it.
  for (const unit of ['`', '*', '# (promises ', '- [ ] ', '1. **', '\n- `', '\n## ', '-', ' ']) {
    const text = `${WHOLE}\n## Quiz\n### a\n${unit.repeat(Math.floor(250_000 / unit.length))}`
    expect(parseLesson(text, 'x.md').title).toBe('Token bucket')
  }
})

test('a lesson is read with a bound, and missed with a word', () => {
  using folder = tempFolder()
  const ws = { course: folder.path, root: folder.path }
  const kata = aKata('token-bucket')
  expect(() => readLesson(ws, kata)).toThrow(/The lesson .* is missing/)
  writeFiles(folder.path, { [`lessons/${kata.path}.md`]: WHOLE })
  expect(readLesson(ws, kata).promises).toHaveLength(2)
  writeFiles(folder.path, { [`lessons/${kata.path}.md`]: 'x'.repeat(300_000) })
  expect(() => readLesson(ws, kata)).toThrow('more than the 262144')
})

test.each([
  ['wrong-answer.forgets-idle-time', true],
  ['tampered.patches-map', true],
  ['Math.floor', false],
  ['accepted.other-way', false],
  ['todo.half', false],
  ['judge-error.x', false],
  ['wrong-answer.', false],
  ['wrong-answer.a.ts', false],
])('%s names a rejected submission: %s', (name, expected) => {
  expect(isRejectedName(name)).toBe(expected)
})
