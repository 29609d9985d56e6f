import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderPage } from './page-markdown.ts'

const SAMPLE = readFileSync(join(import.meta.dirname, 'fixtures/sample-lesson.md'), 'utf8')

/** What the lesson itself put on the page, without the page's own head and style. */
function body(markdown: string, title = 'Title'): string {
  return /<main>\n(.*)<\/main>/s.exec(renderPage(markdown, { title }))?.[1] ?? ''
}

test('a lesson as a page', async () => {
  await expect(body(SAMPLE)).toMatchFileSnapshot('fixtures/sample-lesson.body.html')
})

test('the page loads nothing and runs nothing', () => {
  const html = renderPage(SAMPLE, { title: 'Token bucket' })
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"`)
  expect(html).not.toMatch(/<(script|img|iframe|link|object|form)|url\(|@import|\son\w+=|\ssrc=/i)
  expect(html).toContain('<html lang="en">')
})

describe('hostile text', () => {
  test('is shown, not obeyed: HTML in the lesson, in code, in the title', () => {
    const html = renderPage('<b onclick=x>\n\n`</code><script>`\n\n```ts"><i>\n// </pre>\n```', {
      title: '</title><script>',
    })
    expect(html).not.toMatch(/<script|<b |<i>/)
    expect(html).toContain('<title>&lt;/title&gt;&lt;script&gt;</title>')
    expect(html).toContain('<p>&lt;b onclick=x&gt;</p>')
    expect(html).toContain('<span class="comment">// &lt;/pre&gt;</span>')
  })

  test('turns no reading direction and holds no control', () => {
    expect(renderPage('a\u202eb &#x202e; \u001b[1m', { title: '\u2066\u0007' })).not.toMatch(
      /(?!\n)[\p{Cc}\p{Bidi_Control}]/u,
    )
  })
})

test('only addresses of the web become links, and those without a way back', () => {
  const html = body(
    '[a](https://a.test "t") [b](x.md) [c](javascript:alert(1)) [d](//e.test) ![p](https://p.test/p.png) ![q](q.png)',
  )
  expect(html).toContain(
    '<p><a href="https://a.test" rel="noopener">a</a> <span>b</span> [c](javascript:alert(1)) <span>d</span> ' +
      '<a href="https://p.test/p.png" rel="noopener">[picture: p]</a> [picture: q]</p>',
  )
})

test('every heading has an anchor of its own, and the contents lead to the second level', () => {
  const html = body('# T\n\n## What *must* hold?\n\n## Contents\n\n### Deep\n\n## What must hold\n\n## 東京\n\n## !')
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  expect(ids).toEqual(['t', 'contents', 'what-must-hold', 'contents-2', 'deep', 'what-must-hold-2', '東京', 'section'])
  const entries = [...html.matchAll(/<li><a href="#([^"]+)">([^<]+)<\/a>/g)].map(([, id, text]) => [id, text])
  expect(entries).toEqual([
    ['what-must-hold', 'What must hold?'],
    ['contents-2', 'Contents'],
    ['what-must-hold-2', 'What must hold'],
    ['東京', '東京'],
    ['section', '!'],
  ])
})

test('a lesson without a title of its own gets the given one; one section needs no contents', () => {
  expect(body('## Only\n\ntext', 'A & B')).toBe(
    '<h1>A &amp; B</h1>\n<h2 id="only">Only<a class="anchor" href="#only" aria-label="Link to this section">#</a></h2>\n<p>text</p>\n',
  )
})

test('a title inside a quotation is not the title of the page', () => {
  expect(body('> # Q\n\n## A\n\n## B')).toMatch(/^<h1>Title<\/h1>\n<nav /)
})

test('for all Markdown, every tag is one of ours, and all are closed in order', () => {
  const fragment = fc.oneof(
    fc.constantFrom(
      '# ',
      '## ',
      '> ',
      '- ',
      '1. ',
      '- [x] ',
      '\n',
      '\n\n',
      '    ',
      '*',
      '**',
      '`',
      '```ts\n',
      '\n|a|b|\n|-|-:|\n|c|',
      '[',
      '](https://a.test)',
      '](x)',
      '![',
      '<b>',
      '&lt;',
      '"',
      "'",
      '// ',
    ),
    fc.string({ maxLength: 6 }),
  )
  fc.assert(
    fc.property(
      fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join('')),
      (markdown) => {
        const open: string[] = []
        for (const [, close, tag = ''] of body(markdown).matchAll(/<(\/?)([a-z0-9]*)/gi)) {
          if (close === '/') expect(open.pop()).toBe(tag)
          else expect(TAGS).toContain(tag)
          if (close === '' && !VOID.includes(tag)) open.push(tag)
        }
        expect(open).toEqual([])
      },
    ),
    { numRuns: 500 },
  )
})

const VOID = ['hr', 'br', 'input']
const TAGS = [
  ...VOID,
  ...'h1 h2 h3 h4 h5 h6 p a span em strong s code pre ul ol li blockquote nav div table thead tbody tr th td'.split(
    ' ',
  ),
]
