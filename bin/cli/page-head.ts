// What every page of ours begins with: it loads nothing, sends nothing and runs nothing, and its content security policy
// says so, so that even a flaw in our escaping would have no script to run and nowhere to send to.

import { createHash } from 'node:crypto'
import { PAGE_STYLE } from './page-style.ts'

/**
 * Up to and with the opening of `main`.
 * @param title escaped
 * @param script the text of the one script that may run, where there is one
 */
export function pageHead(title: string, { style = '', script }: { style?: string; script?: string } = {}): string {
  const hash = script === undefined ? undefined : createHash('sha256').update(script).digest('base64')
  const scripts = hash === undefined ? '' : ` script-src 'sha256-${hash}';`
  const policy = `default-src 'none'; style-src 'unsafe-inline';${scripts} base-uri 'none'; form-action 'none'`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${PAGE_STYLE}${style}</style>
</head>
<body>
<main>`
}
