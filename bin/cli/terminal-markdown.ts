// A lesson as a terminal shows it. The words are the same with and without colour; marks that carry meaning (code, a
// struck word, nesting, a table's columns) are in the text itself, colour only helps the eye.

import { columns } from './columns.ts'
import { createMarkdown, plainText, type Token, taskDone, webAddress } from './markdown-tokens.ts'
import { type Line, lineColumns, paint, type Run, run, type Style, wrap } from './styled-text.ts'
import { type Alignment, renderTable, type Table } from './terminal-table.ts'
import { isTypeScript, splitComments } from './ts-comments.ts'

const NARROWEST = 20 // columns below which no layout is worth computing
const NARROWEST_INSET = 12 // nesting deeper than this leaves is shown flat
const WHOLE_CODE = 40 // columns up to which code within a sentence is kept on one line
const BLANK: Line = []

/**
 * @param width columns of the screen; nothing but code is wider. Prose reads best at 60–80, so callers cap it.
 * @param colour whether to add SGR sequences, the only control sequences that ever come out
 */
export function renderTerminal(markdown: string, { width, colour }: { width: number; colour: boolean }): string {
  const context: Context = { notes: { numbers: new Map(), due: new Set() }, inSource: false }
  const screenWidth = Math.max(NARROWEST, width)
  const sections = splitSections(tree(createMarkdown().parse(markdown, {}))).map((section) => {
    const lines = stack(section, screenWidth, context)
    const notes = takeNotes(context.notes, screenWidth)
    return notes.length > 0 ? [...lines, BLANK, ...notes] : lines
  })
  const lines = sections
    .filter((section) => section.length > 0)
    .flatMap((section, at) => (at > 0 ? [BLANK, ...section] : section))
  return lines.map((line) => `${paint(line, colour)}\n`).join('')
}

interface Context {
  readonly notes: Notes
  /** inside a list item that opens with a link, as in a list of sources: there the address follows its text at once */
  readonly inSource: boolean
}

/** Addresses of links, by number; each stands at the end of every section that uses it, so it is on the same screen. */
interface Notes {
  readonly numbers: Map<string, number>
  readonly due: Set<string>
}

interface Block {
  readonly token: Token
  readonly children: Block[]
}

function tree(tokens: readonly Token[]): Block[] {
  const root: Block[] = []
  const open = [root]
  for (const token of tokens) {
    if (token.nesting === -1) open.pop()
    else {
      const block: Block = { token, children: [] }
      open.at(-1)?.push(block)
      if (token.nesting === 1) open.push(block.children)
    }
  }
  return root
}

/** A rule opens a section too, so that addresses never stand below the line that ends what they belong to. */
function splitSections(blocks: readonly Block[]): Block[][] {
  const sections: Block[][] = [[]]
  for (const block of blocks) {
    if (['h1', 'h2', 'hr'].includes(block.token.tag)) sections.push([])
    sections.at(-1)?.push(block)
  }
  return sections
}

function takeNotes({ numbers, due }: Notes, width: number): Line[] {
  const numbered = [...due].map((address) => [address, numbers.get(address) ?? 0] as const)
  due.clear()
  return numbered
    .sort(([, one], [, other]) => one - other)
    .flatMap(([address, number]) => {
      const mark = run(`[${number}] `, ['dim'])
      return inset(width, mark, (room) => wrap([run(address, ['dim'])], room))
    })
}

/** Blocks under one another, a blank line between; none where a list is tight, nor between a heading and its text. */
function stack(blocks: readonly Block[], width: number, context: Context): Line[] {
  let before: Block | undefined
  const lines: Line[][] = []
  for (const block of blocks) {
    const shown = renderBlock(block, width, context)
    if (shown.length === 0) continue
    if (before !== undefined && !clings(before, block)) lines.push([BLANK])
    lines.push(shown)
    before = block
  }
  return lines.flat()
}

/** markdown-it hides the paragraphs of tight lists; a list or a picture under such a paragraph stays close to it. */
function clings(above: Block, below: Block): boolean {
  const titles = above.token.type === 'heading_open' && above.token.tag !== 'h1' && below.token.type !== 'table_open'
  return titles || above.token.hidden || below.token.hidden
}

function renderBlock(block: Block, width: number, context: Context): Line[] {
  const { token, children } = block
  switch (token.type) {
    case 'heading_open':
      return renderHeading(block, width, context)
    case 'paragraph_open':
      return children.flatMap((child) => renderBlock(child, width, context))
    case 'inline':
      return wrap(inlineRuns(token.children ?? [], context), width).filter((line) => line.length > 0)
    case 'fence':
    case 'code_block':
      return renderCode(token)
    case 'hr':
      return [[run('─'.repeat(width), ['dim'])]]
    case 'blockquote_open':
      return inset(width, run('│ ', ['dim']), (room) => stack(children, room, context), run('│ ', ['dim']))
    case 'bullet_list_open':
    case 'ordered_list_open':
      return renderList(block, width, context)
    case 'table_open':
      return renderTable(readTable(block, context), width)
    default:
      return stack(children, width, context)
  }
}

const UNDERLINES: Readonly<Record<string, string>> = { h1: '━', h2: '─' }

/** The two upper levels are underlined, the lower ones keep their Markdown marks: both show without colour. */
function renderHeading({ token, children }: Block, width: number, context: Context): Line[] {
  const runs = children.flatMap(({ token: inline }) => inlineRuns(inline.children ?? [], context, ['bold']))
  const underline = UNDERLINES[token.tag]
  if (underline === undefined) return inset(width, run(`${token.markup} `, ['bold']), (room) => wrap(runs, room))
  const lines = wrap(runs, width)
  const widest = lines.reduce((most, line) => Math.max(most, lineColumns(line)), 0)
  return widest === 0 ? [] : [...lines, [run(underline.repeat(widest), ['dim'])]]
}

/** Verbatim and never wrapped: a line that is too long is for the pager to scroll, a cut one would be a wrong one. */
function renderCode(token: Token): Line[] {
  const code = clean(token.content).replace(/\n$/, '').split('\n').map(withoutTabs).join('\n')
  if (code === '') return []
  const stretches = isTypeScript(token.info) ? splitComments(code) : [{ text: code, comment: false }]
  const lines: Run[][] = [[run('    ')]]
  for (const { text, comment } of stretches) {
    for (const [at, part] of text.split('\n').entries()) {
      if (at > 0) lines.push([run('    ')])
      lines.at(-1)?.push(run(part, comment ? ['dim'] : []))
    }
  }
  return lines
}

function withoutTabs(line: string): string {
  let used = 0
  return line
    .split('\t')
    .map((part, at, parts) => {
      used += columns(part)
      if (at === parts.length - 1) return part
      const gap = 4 - (used % 4)
      used += gap
      return part + ' '.repeat(gap)
    })
    .join('')
}

function renderList({ token, children }: Block, width: number, context: Context): Line[] {
  const loose = children.some((item) =>
    item.children.some(({ token: { type, hidden } }) => type === 'paragraph_open' && !hidden),
  )
  const first = Number(token.attrGet('start') ?? 1)
  const widest = `${first + children.length - 1}${token.markup} `.length
  const items = children.map((item, at) => {
    const mark =
      token.type === 'ordered_list_open' ? `${first + at}${token.markup} `.padStart(widest) : bullet(item.token)
    const inSource = opensWithLink(item)
    return inset(width, run(mark), (room) => stack(item.children, room, { ...context, inSource }))
  })
  return items.flatMap((item, at) => (loose && at > 0 ? [BLANK, ...item] : item))
}

function bullet(item: Token): string {
  const done = taskDone(item)
  return done === undefined ? '• ' : done ? '[x] ' : '[ ] '
}

function opensWithLink({ children }: Block): boolean {
  return children[0]?.children[0]?.token.children?.[0]?.type === 'link_open'
}

/** Sets lines behind a mark, later ones under the text; where too little room is left, the mark and the inset go. */
function inset(width: number, mark: Run, render: (room: number) => Line[], later?: Run): Line[] {
  const markColumns = columns(mark.text)
  const room = width - markColumns
  if (room < NARROWEST_INSET) return render(width)
  const rest = later ?? run(' '.repeat(markColumns))
  const lines = render(room)
  return (lines.length > 0 ? lines : [BLANK]).map((line, at) => [at === 0 ? mark : rest, ...line])
}

function readTable({ children }: Block, context: Context): Table {
  const rows = children.flatMap((part) => part.children)
  const cells = (row: Block, looks: readonly Style[]) =>
    row.children.map((cell) => inlineRuns(cell.children[0]?.token.children ?? [], context, looks))
  const [header, ...body] = rows
  return {
    alignments: header?.children.map(({ token }) => alignment(token)) ?? [],
    header: header === undefined ? [] : cells(header, ['bold']),
    rows: body.map((row) => cells(row, [])),
  }
}

function alignment(cell: Token): Alignment {
  const style = String(cell.attrGet('style') ?? '')
  return style.endsWith('right') ? 'right' : style.endsWith('center') ? 'center' : 'left'
}

const LOOKS: Readonly<Record<string, Style>> = {
  em_open: 'italic',
  strong_open: 'bold',
  s_open: 'strikethrough',
  link_open: 'underline',
}

function inlineRuns(tokens: readonly Token[], context: Context, looks: readonly Style[] = []): Run[] {
  const runs: Run[] = []
  const open: { token: Token; looks: readonly Style[]; from: number }[] = []
  let now = looks
  const add = (text: string) => runs.push(run(clean(text), now))
  for (const token of tokens) {
    if (token.nesting === 1) {
      const look = LOOKS[token.type]
      open.push({ token, looks: now, from: runs.length })
      if (look !== undefined && (token.type !== 'link_open' || webAddress(token) !== undefined)) now = [...now, look]
      if (token.type === 's_open') add('~~') // struck text without its stroke would say the opposite
    } else if (token.nesting === -1) {
      const opened = open.pop()
      if (token.type === 's_close') add('~~')
      now = opened?.looks ?? looks
      const address = opened?.token.type === 'link_open' ? webAddress(opened.token) : undefined
      if (opened !== undefined && address !== undefined) {
        const text = runs
          .slice(opened.from)
          .map((part) => part.text)
          .join('')
        runs.push(...reference(address, text, context))
      }
    } else if (token.type === 'image') {
      const address = webAddress(token)
      add(`[picture: ${plainText(token.children ?? [])}]`)
      if (address !== undefined) runs.push(...reference(address, '', context))
    } else if (token.type === 'code_inline') {
      runs.push(run(clean(`\`${heldTogether(token.content)}\``), [...now, 'cyan']))
    } else if (token.type === 'hardbreak') add('\n')
    else if (token.type === 'softbreak') add(' ')
    else add(token.content)
  }
  return runs
}

function heldTogether(code: string): string {
  return columns(code) <= WHOLE_CODE ? code.replaceAll(' ', '\u00a0') : code
}

/** What stands behind a link's text: its address or a number for it, held to the last word; nothing if it is the text. */
function reference(address: string, text: string, { notes, inSource }: Context): Run[] {
  if (text === address) return []
  if (inSource) return [run(' ('), run(address, ['dim']), run(')')]
  const number = notes.numbers.get(address) ?? notes.numbers.size + 1
  notes.numbers.set(address, number)
  notes.due.add(address)
  return [run(`\u00a0[${number}]`, ['dim'])]
}

/** Variation selector 16 (`⚠️` for `⚠`) goes: it is what terminals disagree on most when they count columns. */
function clean(text: string): string {
  return text.replaceAll('\ufe0f', '')
}
