// What a test can say of a page without a browser: which elements it has, whether they nest, what it would load.

export interface Tag {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

const VOID = new Set(['meta', 'br', 'input', 'path', 'circle', 'rect', 'line'])
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z][a-zA-Z0-9-]*(?:="[^"]*")?)*)\s*\/?>/y

/** In order, without the ends. @throws {Error} for a bare `<`, and for elements that do not nest */
export function tagsOf(html: string): Tag[] {
  const body = html.replace('<!doctype html>', '').replace(/<(style|script)>[\s\S]*?<\/\1>/g, '<$1></$1>')
  const open: string[] = []
  const tags: Tag[] = []
  for (let at = body.indexOf('<'); at >= 0; at = body.indexOf('<', TAG.lastIndex)) {
    TAG.lastIndex = at
    const match = TAG.exec(body)
    if (match === null) throw new Error(`A bare <: ${body.slice(at, at + 60)}`)
    const [, ends, name = '', rest = ''] = match
    if (ends === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing.`)
      continue
    }
    const attributes = [...rest.matchAll(/([a-zA-Z][a-zA-Z0-9-]*)(?:="([^"]*)")?/g)].map(([, key = '', value = '']) => [
      key,
      value,
    ])
    tags.push({ name, attributes: Object.fromEntries(attributes) })
    if (!VOID.has(name)) open.push(name)
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> stays open.`)
  return tags
}

/** Names of elements and of their attributes: the same for a page whatever the texts on it say. */
export const skeletonOf = (html: string): string[] =>
  tagsOf(html).map(({ name, attributes }) => [name, ...Object.keys(attributes)].join(' '))

/** The words on it, as a reader has them. */
export const wordsOf = (html: string): string =>
  html
    .replace(/<(style|script)>[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
