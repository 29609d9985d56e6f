// One way to read Markdown for both faces of a lesson (terminal and page), so that they agree on what is a link, what is
// a task and what is harmless. HTML is off: a lesson is text, and text of strangers is shown, never run.

import Markdown, { type MarkdownIt, type StateCore, type Token } from 'markdown-it'
import { printable } from './printable.ts'

export type { Token }

/** A parser whose tokens are safe to show. The page adds its own looks to it. */
export function createMarkdown(): MarkdownIt {
  const markdown = new Markdown({ html: false, linkify: false, typographer: false })
  markdown.core.ruler.after('normalize', 'printable_source', (state) => {
    state.src = printable(state.src)
  })
  markdown.core.ruler.push('tasks', markTasks)
  // Last, because `&#27;` and its kind only become characters during parsing.
  markdown.core.ruler.push('printable_tokens', (state) => makePrintable(state.tokens))
  return markdown
}

/** Only these addresses are ever given to the reader as something to open. */
export function webAddress(link: Token): string | undefined {
  const address = String(link.attrGet(link.type === 'image' ? 'src' : 'href') ?? '')
  return /^https?:\/\//i.test(address) ? address : undefined
}

/** `true` and `false` for `- [x]` and `- [ ]`, `undefined` for every other list item. */
export function taskDone(item: Token | undefined): boolean | undefined {
  const { done } = item?.meta ?? {}
  return typeof done === 'boolean' ? done : undefined
}

/** The words of a heading or of a picture's description, without their looks. */
export function plainText(inline: readonly Token[]): string {
  return inline
    .map((token) => (token.type.endsWith('break') ? ' ' : token.children ? plainText(token.children) : token.content))
    .join('')
}

/** What markdown-it leaves to plug-ins, and lessons need: task lists. */
function markTasks({ tokens }: StateCore): void {
  for (const [at, item] of tokens.entries()) {
    if (item.type !== 'list_item_open' || tokens[at + 1]?.type !== 'paragraph_open') continue
    const first = tokens[at + 2]?.children?.[0]
    const box = first?.type === 'text' ? /^\[([ xX])\] /.exec(first.content) : null
    if (first === undefined || box === null) continue
    first.content = first.content.slice(box[0].length)
    item.meta = { done: box[1] !== ' ' }
  }
}

function makePrintable(tokens: readonly Token[]): void {
  for (const token of tokens) {
    token.content = printable(token.content)
    token.info = printable(token.info)
    for (const attribute of token.attrs ?? []) attribute[1] = printable(String(attribute[1]))
    makePrintable(token.children ?? [])
  }
}
