// A lesson as one HTML file that can be kept, mailed or printed: it loads nothing and runs nothing, and says so in its
// content security policy, so that even a flaw in our escaping would have no script to run and nowhere to send to.

import type { RendererRule } from 'markdown-it'
import { createMarkdown, plainText, type Token, taskDone, webAddress } from './markdown-tokens.ts'
import { pageHead } from './page-head.ts'
import { printable } from './printable.ts'
import { isTypeScript, splitComments } from './ts-comments.ts'

export function renderPage(markdown: string, { title }: { title: string }): string {
  const page = createPageMarkdown()
  const { escapeHtml } = page.utils
  const tokens = page.parse(markdown, {})
  const headings = nameHeadings(tokens)
  for (const token of tokens) keepWebLinks(token.children ?? [])

  const name = escapeHtml(printable(title))
  const contents = renderContents(headings, escapeHtml)
  const body = tokens.findIndex(({ type, tag, level }) => type === 'heading_close' && tag === 'h1' && level === 0) + 1
  const render = (part: Token[]) => page.renderer.render(part, page.options, {})
  const opening = body === 0 ? `<h1>${name}</h1>\n` : render(tokens.slice(0, body))
  return `${pageHead(name)}
${opening}${contents}${render(tokens.slice(body))}</main>
</body>
</html>
`
}

interface Heading {
  readonly tag: string
  readonly text: string
  readonly id: string
}

/** Gives each heading an anchor named by its words, the second of a name `-2`, and adds the link that shows it. */
function nameHeadings(tokens: readonly Token[]): Heading[] {
  const taken = new Map([['contents', 1]]) // how often a name was asked for; the page itself has the first one
  return tokens.flatMap((token, at) => {
    if (token.type !== 'heading_open') return []
    const text = plainText(tokens[at + 1]?.children ?? [])
    const base =
      text
        .normalize('NFKC')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, '-')
        .replace(/^-|-$/g, '') || 'section'
    let id = base
    while (taken.has(id)) {
      const times = (taken.get(base) ?? 1) + 1
      taken.set(base, times)
      id = `${base}-${times}`
    }
    taken.set(id, 1)
    token.attrSet('id', id)
    return [{ tag: token.tag, text, id }]
  })
}

function renderContents(headings: readonly Heading[], escapeHtml: (text: string) => string): string {
  const sections = headings.filter(({ tag }) => tag === 'h2')
  if (sections.length < 2) return ''
  const entries = sections.map(({ text, id }) => `<li><a href="#${escapeHtml(id)}">${escapeHtml(text)}</a></li>\n`)
  return `<nav aria-labelledby="contents">\n<h2 id="contents">Contents</h2>\n<ol>\n${entries.join('')}</ol>\n</nav>\n`
}

/** What does not lead to the web stays as words: a relative address has nothing to be relative to on this page. */
function keepWebLinks(inline: readonly Token[]): void {
  const open: Token[] = []
  for (const token of inline) {
    if (token.type === 'link_close' && webAddress(open.pop() ?? token) === undefined) token.tag = 'span'
    if (token.type !== 'link_open') continue
    open.push(token)
    const address = webAddress(token)
    token.attrs = null
    if (address === undefined) token.tag = 'span'
    else {
      token.attrSet('href', address)
      token.attrSet('rel', 'noopener')
      if (token.markup === 'autolink') token.attrSet('class', 'bare') // print would show its address twice
    }
  }
}

function createPageMarkdown(): ReturnType<typeof createMarkdown> {
  const page = createMarkdown()
  const { escapeHtml } = page.utils
  const looks: Record<string, RendererRule> = {
    heading_close(tokens, at) {
      const id = escapeHtml(String(tokens[at - 2]?.attrGet('id') ?? '')) // of the opening: only the words are between
      return `<a class="anchor" href="#${id}" aria-label="Link to this section">#</a></${tokens[at]?.tag ?? ''}>\n`
    },
    // A scrolling box must be reachable by keyboard, hence the tabindex.
    table_open: () => '<div class="scroll" role="region" aria-label="Table" tabindex="0">\n<table>\n',
    table_close: () => '</table>\n</div>\n',
    fence(tokens, at) {
      const { content = '', info = '' } = tokens[at] ?? {}
      const stretches = isTypeScript(info) ? splitComments(content) : [{ text: content, comment: false }]
      const code = stretches.map(({ text, comment }) =>
        comment ? `<span class="comment">${escapeHtml(text)}</span>` : escapeHtml(text),
      )
      const picture = /^(?:text)?$/.test(info.trim()) ? ' class="picture"' : '' // its lines must touch
      return `<pre${picture} tabindex="0"><code>${code.join('')}</code></pre>\n`
    },
    list_item_open(tokens, at) {
      const done = taskDone(tokens[at])
      if (done === undefined) return '<li>'
      const state = done ? 'aria-label="done" checked' : 'aria-label="to do"'
      return `<li class="task"><input type="checkbox" disabled ${state}>`
    },
    // The policy lets no picture load, so its description stands for it.
    image(tokens, at) {
      const image = tokens[at]
      const text = escapeHtml(`[picture: ${plainText(image?.children ?? [])}]`)
      const address = image === undefined ? undefined : webAddress(image)
      return address === undefined ? text : `<a href="${escapeHtml(address)}" rel="noopener">${text}</a>`
    },
  }
  Object.assign(page.renderer.rules, looks)
  return page
}
