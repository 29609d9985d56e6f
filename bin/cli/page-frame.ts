// What every page of ours has around its content: a policy that lets nothing be loaded and nothing be sent, so that even a
// flaw in our escaping would have no script to run; a page that brings a script is allowed that one, by its hash.

import { createHash } from 'node:crypto'
import { createMarkdown } from './markdown-tokens.ts'
import { PAGE_STYLE } from './page-style.ts'
import { printable } from './printable.ts'

const { escapeHtml } = createMarkdown().utils

/** Any text, for content or for an attribute in double quotes. */
export const pageText = (raw: string): string => escapeHtml(printable(raw))

export interface Page {
  readonly title: string
  /** beyond what every page has */
  readonly style?: string
  /** HTML: what is inside of `main` */
  readonly main: string
  readonly script?: string
}

export function pageFrame({ title, style = '', main, script }: Page): string {
  const hash =
    script === undefined ? '' : ` script-src 'sha256-${createHash('sha256').update(script).digest('base64')}';`
  const policy = `default-src 'none';${hash} style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${pageText(title)}</title>
<style>${PAGE_STYLE}${style}</style>
</head>
<body>
<main>
${main}</main>
${script === undefined ? '' : `<script>${script}</script>\n`}</body>
</html>
`
}
