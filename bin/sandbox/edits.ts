// Changes to a program's text by place, for code that is rewritten without a printer: what is not changed keeps its line.

export interface Edit {
  readonly at: number
  /** characters of the source that go */
  readonly skip?: number
  readonly text: string
  /** ends what an earlier edit has begun: of two at one place, the inner one's comes first */
  readonly closes?: true
}

/** @param edits outer ones before inner ones, as a walk from the root meets them; none contains a newline */
export function edited(source: string, head: string, edits: readonly Edit[]): string {
  const ordered = edits.map((edit, order) => ({ ...edit, order })).sort(byPlace)
  // A first line for the shell has to stay first: nothing can stand before it, but it can be an ordinary comment.
  const isScript = source.startsWith('#!')
  const out = [isScript ? `${head}//` : head]
  let from = isScript ? 2 : 0
  for (const { at, skip = 0, text } of ordered) {
    out.push(source.slice(from, at), text)
    from = at + skip
  }
  out.push(source.slice(from))
  return out.join('')
}

type Ordered = Edit & { readonly order: number }

function byPlace(a: Ordered, b: Ordered): number {
  if (a.at !== b.at) return a.at - b.at
  if (a.closes !== b.closes) return a.closes ? -1 : 1
  return a.closes ? b.order - a.order : a.order - b.order
}
