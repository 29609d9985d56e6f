// A lesson as lines, knowing which of them are code: `## ` in a fence is no heading, `- [ ]` in one no option.
// A line scanner and not markdown-it, because this room reads structure at every `next` and needs no HTML.

import type { Problem } from './problem.ts'

export interface Line {
  /** counted from 1 in the file */
  readonly number: number
  readonly text: string
  /** in a code fence, or one of its two borders */
  readonly code: boolean
}

export interface Block {
  readonly title: string
  readonly line: number
  readonly lines: readonly Line[]
}

export interface Item {
  readonly line: number
  /** what the marker's pattern captured */
  readonly marker: string
  /** Markdown without marker and indentation */
  readonly text: string
  /** the same without code fences */
  readonly prose: string
}

const FENCE = /^\s*(`{3,}|~{3,})(.*)$/

export function scanLines(texts: readonly string[]): { readonly lines: Line[]; readonly problems: Problem[] } {
  let open: { readonly fence: string; readonly line: number } | undefined
  const lines = texts.map((text, at): Line => {
    const [, fence = '', info = ''] = FENCE.exec(text) ?? []
    const inside = open !== undefined
    if (open === undefined) {
      // Backticks after backticks are a code span in prose, not a fence.
      if (fence !== '' && !(fence.startsWith('`') && info.includes('`'))) open = { fence, line: at + 1 }
    } else if (fence.startsWith(open.fence) && info.trim() === '') open = undefined
    return { number: at + 1, text, code: inside || open !== undefined }
  })
  const problems = open === undefined ? [] : [{ line: open.line, message: 'this code fence is never closed' }]
  return { lines, problems }
}

/** What stands before the first heading of that depth, and a block for each. */
export function splitAtHeadings(
  lines: readonly Line[],
  depth: 2 | 3 | 4,
): { before: readonly Line[]; blocks: Block[] } {
  const marker = `${'#'.repeat(depth)} `
  const heads = lines.flatMap((line, at) => (!line.code && line.text.startsWith(marker) ? [at] : []))
  const blocks = heads.map((head, n): Block => {
    const line = lines[head]!
    return {
      title: line.text.slice(marker.length).trim(),
      line: line.number,
      lines: lines.slice(head + 1, heads[n + 1]),
    }
  })
  return { before: lines.slice(0, heads[0]), blocks }
}

/** The items of the lists at the left border; nested lists and indented code belong to their item. */
export function listItems(lines: readonly Line[], marker: RegExp): Item[] {
  const items: { head: Line; captured: string; lines: Line[] }[] = []
  let inItem = false
  let afterBlank = false
  for (const line of lines) {
    const match = line.code ? null : marker.exec(line.text)
    const blank = line.text.trim() === ''
    if (match !== null) {
      const rest = { ...line, text: line.text.slice(match[0].length) }
      items.push({ head: line, captured: match[1] ?? '', lines: [rest] })
      inItem = true
    } else if (!blank && !/^\s/.test(line.text) && (afterBlank || line.code)) inItem = false
    else if (inItem) items.at(-1)?.lines.push(line)
    afterBlank = blank
  }
  return items.map(({ head, captured, lines: [first, ...rest] }) => {
    const dedented = [...(first === undefined ? [] : [first]), ...dedent(rest)]
    return {
      line: head.number,
      marker: captured,
      text: markdown(dedented),
      prose: markdown(dedented.filter((line) => !line.code)),
    }
  })
}

export const markdown = (lines: readonly Line[]): string =>
  lines
    .map((line) => line.text)
    .join('\n')
    .trim()

export function dedent(lines: readonly Line[]): Line[] {
  const depths = lines
    .filter((line) => line.text.trim() !== '')
    .map((line) => line.text.length - line.text.trimStart().length)
  // Not spread into Math.min: a hostile file has more lines than a call may have arguments.
  const depth = depths.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY)
  return lines.map((line) => ({ ...line, text: line.text.slice(depth) }))
}
