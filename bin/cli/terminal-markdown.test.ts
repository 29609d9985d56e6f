import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { columns } from './columns.ts'
import { createMarkdown } from './markdown-tokens.ts'
import { renderTerminal } from './terminal-markdown.ts'

const SAMPLE = readFileSync(join(import.meta.dirname, 'fixtures/sample-lesson.md'), 'utf8')

function plain(markdown: string, width = 80): string {
  return renderTerminal(markdown, { width, colour: false })
}

test('a lesson at 80 columns, without colour', async () => {
  await expect(plain(SAMPLE)).toMatchFileSnapshot('fixtures/sample-lesson.txt')
})

test('a lesson at 48 columns, in colour', async () => {
  await expect(renderTerminal(SAMPLE, { width: 48, colour: true })).toMatchFileSnapshot('fixtures/sample-lesson.ansi')
})

describe('links', () => {
  test('are numbered, one number an address, and told at the end of each section that uses them', () => {
    const text = plain('[a](https://a.test) [b](https://b.test)\n\n## Next\n\n[again](https://a.test)')
    expect(text).toBe(
      'a [1] b [2]\n\n[1] https://a.test\n[2] https://b.test\n\nNext\n────\nagain [1]\n\n[1] https://a.test\n',
    )
  })

  test('stand in full where a list item opens with one, and once where the text is the address', () => {
    expect(plain('- [a](https://a.test), 1999')).toBe('• a (https://a.test), 1999\n')
    expect(plain('<https://a.test>')).toBe('https://a.test\n')
  })

  test('that do not lead to the web are plain words', () => {
    const text = plain('[run](javascript:alert(1)) [near](x.md) [share](//evil.test) ![pic](data:image/png;base64,AA)')
    expect(text).toBe('[run](javascript:alert(1)) near share [picture: pic]\n')
  })

  test('keep their number on the line of their last word', () => {
    expect(plain('aaaa bbbb cccc [dddd](https://a.test)', 20)).toBe('aaaa bbbb cccc\ndddd [1]\n\n[1] https://a.test\n')
  })
})

test('code within a sentence stays on one line if a line can hold it, and breaks at its spaces if not', () => {
  expect(plain('Say it twice: `kata check token-bucket` now', 36)).toBe(
    'Say it twice:\n`kata check token-bucket` now\n',
  )
  expect(plain('Say it twice: `kata check token-bucket` now', 20)).toBe(
    'Say it twice: `kata\ncheck token-bucket`\nnow\n',
  )
})

test('numbers of a list stand under one another, and text hangs behind them', () => {
  expect(plain('9. nine is long enough to wrap\n10. ten', 22)).toBe(' 9. nine is long\n    enough to wrap\n10. ten\n')
})

test('a loose list keeps its blank lines, and what belongs to an item stays under its text', () => {
  expect(plain('- a\n\n  b\n\n- c\n  ```\n  d\n  ```')).toBe('• a\n\n  b\n\n• c\n\n      d\n')
})

test('code is verbatim: neither wrapped nor trimmed at its start, whatever the width', () => {
  const code = `  ${'wide '.repeat(30)}end`
  expect(plain(`\`\`\`text\n${code}\n\n\tx\n\`\`\``, 40)).toBe(`    ${code}\n\n        x\n`)
})

test('a table whose words do not fit side by side is told row by row', () => {
  const table =
    '| name | cost of granting | of refusing |\n|-|-|-|\n| token bucket | constant | |\n| sliding log | linear | none |'
  expect(plain(table, 24)).toBe(
    'name: token bucket\ncost of granting:\n  constant\nof refusing:\n\nname: sliding log\ncost of granting:\n  linear\nof refusing: none\n',
  )
})

test('a table that is too wide gives way in its widest columns, and then fills the screen', () => {
  const table = '| a | b | c |\n|-|-|-|\n| one | two words and then some | three words and then more |\n| x | y | z |'
  expect(plain(table, 34)).toBe(
    [
      'a   │ b             │ c',
      '────┼───────────────┼─────────────',
      'one │ two words and │ three words',
      '    │ then some     │ and then',
      '    │               │ more',
      '    │               │',
      'x   │ y             │ z',
      '',
    ].join('\n'),
  )
})

test('a table without rows still tells its columns, however narrow the screen', () => {
  expect(plain('| algorithm | implementation |\n|-|-|', 20)).toBe('algorithm:\nimplementation:\n')
})

test('an empty heading leaves no line behind', () => {
  expect(plain('#\n\ntext')).toBe('text\n')
})

test('nesting that is deeper than the screen is shown flat', () => {
  expect(plain(`${'> '.repeat(30)}some words to wrap here`, 20)).toBe('│ │ │ │ some words\n│ │ │ │ to wrap here\n')
})

test('an emoji is shown in the form on whose width terminals agree, and a byte order mark hides no heading', () => {
  expect(plain('\ufeff# ⚠\ufe0f T')).toBe('⚠ T\n━━━\n')
})

test('comments are dim in TypeScript only, and not inside strings', () => {
  const dimmed = (info: string) =>
    renderTerminal(`\`\`\`${info}\nconst a = '//b' // c\n\`\`\``, { width: 80, colour: true })
  expect(dimmed('ts')).toBe("    const a = '//b' \u001b[2m// c\u001b[22m\n")
  expect(dimmed('text')).toBe("    const a = '//b' // c\n")
})

test('no control sequence comes through, be it written, as an entity, or in an address', () => {
  const hostile =
    '# a\u001b[2Jb\n\n`\u009b31m` &#27;[1m &#x202e;x &#13; [l](https://a.test/&#x1b;[0m)\n\n```\n\u001b]0;t\u0007\r\n```'
  expect(plain(hostile)).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u)
})

// Markdown that means something most of the time, with words that are hard to measure.
const fragment = fc.oneof(
  fc.constantFrom(
    '# ',
    '## ',
    '### ',
    '> ',
    '- ',
    '1. ',
    '999999999) ',
    '- [x] ',
    '\n',
    '\n\n',
    '    ',
    '  ',
    ' ',
    '  \n',
  ),
  fc.constantFrom(
    '*',
    '**',
    '~~',
    '`',
    '```\n',
    '```ts\n',
    '---',
    '|',
    '|\n|-|-:|\n|',
    '\n| a | b |\n|---|:-:|\n| c |',
    '\\',
    '&#27;',
  ),
  fc.constantFrom(
    '[text](https://a.test/path)',
    '[',
    '](https://b.test)',
    '![',
    '<https://c.test>',
    '// c',
    '/*',
    '"',
    "'",
  ),
  fc.constantFrom(
    'word',
    'averyveryverylongwordindeed',
    '東京',
    '👩\u200d🔬',
    '⚠\ufe0f',
    '☁\u200d',
    'e\u0301',
    '\u0301',
    '\u001b[1m',
    '\u00a0',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
)
const markdown = fc.array(fragment, { maxLength: 60 }).map((parts) => parts.join(''))
const width = fc.integer({ min: 20, max: 100 })

describe('for all Markdown', () => {
  test('no line is wider than the screen, except code', () => {
    fc.assert(
      fc.property(markdown, width, (source, screen) => {
        const code = codeLines(source)
        for (const line of plain(source, screen).split('\n')) {
          if (columns(line) > screen)
            expect(
              code.some((verbatim) => line.endsWith(verbatim)),
              line,
            ).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('colour adds nothing but SGR sequences, all closed at the end of their line', () => {
    fc.assert(
      fc.property(markdown, width, (source, screen) => {
        const coloured = renderTerminal(source, { width: screen, colour: true })
        expect(stripVTControlCharacters(coloured)).toBe(plain(source, screen))
        for (const line of coloured.split('\n')) expect(openStyles(line)).toBe('')
      }),
      { numRuns: 300 },
    )
  })

  test('plain text holds no control but newlines, no trailing spaces, and no word is lost', () => {
    fc.assert(
      fc.property(markdown, width, (source, screen) => {
        const text = plain(source, screen)
        expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]|[ \t]\n/u)
        const wide = words(plain(source, 10_000))
        for (const [at, count] of words(text).entries()) expect(count).toBeGreaterThanOrEqual(wide[at] ?? 0)
      }),
      { numRuns: 300 },
    )
  })
})

/** What the source has in fences and indented blocks, as it is to be shown. */
function codeLines(source: string): string[] {
  const blocks = createMarkdown()
    .parse(source, {})
    .filter(({ type }) => type === 'fence' || type === 'code_block')
  return blocks.flatMap(({ content }) =>
    content
      .replaceAll('\ufe0f', '')
      .split('\n')
      .map((line) => line.trimEnd()),
  )
}

/** How often the words of the generator occur: on a narrow screen marks may go, and headers repeat, but no word goes. */
function words(text: string): number[] {
  const letters = text.replace(/[\s│]/gu, '')
  return ['word', 'averyveryverylongwordindeed', '東京'].map((word) => letters.split(word).length)
}

/** The SGR codes that a line leaves open: 22 closes 1 and 2, 39 closes the colours, 2x closes x. */
function openStyles(line: string): string {
  let open: number[] = []
  for (const part of line.split('\u001b[').slice(1)) {
    const code = Number.parseInt(part, 10)
    const closed = code === 22 ? [1, 2] : code === 39 ? [36] : [code - 20]
    open = code > 20 && code !== 36 ? open.filter((style) => !closed.includes(style)) : [...open, code]
  }
  return open.join()
}
