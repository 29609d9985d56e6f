// The looks of a lesson page. Only fonts that machines have, since the page may load nothing; a book face for reading,
// the system's own for headings and figures. Colours keep a contrast of 4.5:1 or better in both schemes.

export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --paper: #fffefb; --shade: #f4f3ee; --link: #0b5cad; --mark: #b45309;
  --book: Charter, 'Bitstream Charter', 'Sitka Text', Cambria, 'Noto Serif', Georgia, serif;
  --plain: system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
  --code: ui-monospace, 'SF Mono', 'Cascadia Code', Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root { --ink: #dfe3e8; --soft: #9aa4af; --line: #363c44; --paper: #15181c; --shade: #1e2227; --link: #7ab8ff; --mark: #f0a35e; }
}
* { box-sizing: border-box; }
html { font-size: 112.5%; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font-family: var(--book); line-height: 1.6; overflow-wrap: break-word; }
main { max-width: 70ch; margin: 0 auto; padding: 3rem 1.25rem 5rem; }
h1, h2, h3, h4, h5, h6 { font-family: var(--plain); line-height: 1.25; text-wrap: balance; margin: 2em 0 0.6em; }
h1 { font-size: 2.1rem; letter-spacing: -0.02em; margin-top: 0; }
h2 { font-size: 1.4rem; letter-spacing: -0.01em; border-top: 1px solid var(--line); padding-top: 1.1em; margin-top: 1.9em; }
h3 { font-size: 1.1rem; }
h4, h5, h6 { font-size: 1rem; color: var(--soft); }
p, ul, ol, blockquote, pre, .scroll { margin: 0 0 1.1em; }
p { text-wrap: pretty; }
a { color: var(--link); text-underline-offset: 0.15em; text-decoration-thickness: 1px; }
a:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.anchor { margin-left: 0.4em; color: var(--soft); text-decoration: none; font-weight: 400; opacity: 0; }
:hover > .anchor, .anchor:focus-visible { opacity: 1; }
:target > .anchor { opacity: 1; color: var(--mark); }
nav { margin: 0 0 2.5rem; color: var(--soft); }
nav > * { font: 0.85rem/1.45 var(--plain); }
nav h2 { font-weight: 600; letter-spacing: 0; border: 0; padding: 0; margin: 0 0 0.4em; }
nav ol { margin: 0; padding: 0; list-style: none; columns: 2; column-gap: 2rem; }
nav li { margin: 0; padding: 0.2em 0; break-inside: avoid; }
nav a { color: inherit; text-decoration: none; }
nav a:hover, nav a:focus-visible { color: var(--link); text-decoration: underline; }
li { margin: 0.3em 0; }
li > p { margin-bottom: 0.6em; }
ul, ol { padding-left: 1.6em; }
li > ul, li > ol { margin-bottom: 0; }
li::marker { color: var(--soft); font-variant-numeric: tabular-nums; }
.task { list-style: none; }
.task > input { margin: 0 0.5em 0 -1.5em; width: 1em; accent-color: var(--link); }
.task > input + p { display: inline; }
blockquote { margin-left: 0; padding-left: 1.1em; border-left: 3px solid var(--line); color: var(--soft); }
blockquote > :last-child, td > :last-child { margin-bottom: 0; }
code { font-family: var(--code); font-size: 0.86em; background: var(--shade); padding: 0.1em 0.3em; border-radius: 3px; }
pre { background: var(--shade); border: 1px solid var(--line); border-radius: 6px; padding: 0.9em 1.1em; overflow-x: auto; font-size: 0.92rem; line-height: 1.4; font-variant-ligatures: none; tab-size: 4; }
.picture { line-height: 1.18; }
pre code { background: none; padding: 0; font-size: 0.88em; }
.comment { color: var(--soft); font-style: italic; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font: 0.85rem/1.45 var(--plain); font-variant-numeric: tabular-nums; min-width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.5em 0.9em; border-bottom: 1px solid var(--line); overflow-wrap: normal; min-width: 6em; }
th { border-bottom: 2px solid var(--line); font-weight: 600; vertical-align: bottom; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
hr { border: 0; border-top: 1px solid var(--line); margin: 2.5em 0; }
hr + h2 { border-top: 0; padding-top: 0; margin-top: 0; }
@media (min-width: 1180px) {
  nav { position: fixed; top: 3.4rem; left: calc(50% - 35ch - 15rem); width: 13rem; max-height: calc(100vh - 5rem); overflow-y: auto; }
  nav ol { columns: 1; }
  pre, .scroll { width: max-content; min-width: 100%; max-width: calc(100% + 8.5rem); }
}
@media (max-width: 600px) {
  html { font-size: 106.25%; }
  main { padding-top: 1.75rem; }
  h1 { font-size: 1.75rem; }
  nav ol { columns: 1; }
  pre { margin-inline: -1.25rem; border-inline: 0; border-radius: 0; padding-inline: 1.25rem; }
}
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --shade: #fff; --link: #000; }
  @page { margin: 20mm; }
  html { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  nav, .anchor { display: none; }
  h1, h2, h3, h4, h5, h6 { break-after: avoid; }
  pre, blockquote, tr, li { break-inside: avoid; }
  pre { white-space: pre-wrap; }
  p { orphans: 3; widows: 3; }
  .scroll { overflow: visible; }
  a[rel]:not(.bare)::after { content: ' (' attr(href) ')'; font-size: 0.85em; color: var(--soft); overflow-wrap: anywhere; }
}
`
