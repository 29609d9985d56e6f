// The looks that the pages of a class have beyond a lesson's: wide tables of short cells, words that carry a colour and say
// the same without it. Colours keep a contrast of 4.5:1 or better in both schemes, bars one of 3:1.

export const WORDS_STYLE = `
:root { --kept: #1a7f37; --over: #b42318; --ours: #8a3ffc; }
@media (prefers-color-scheme: dark) { :root { --kept: #4ac26b; --over: #ff8a80; --ours: #c4a1ff; } }
.word { white-space: nowrap; font-weight: 600; }
.kept { color: var(--kept); } .over { color: var(--over); } .ours { color: var(--ours); } .soft { color: var(--soft); }
.note { border-left: 4px solid var(--mark); padding: 0.6em 0 0.6em 1em; background: var(--shade); }
.number { text-align: right; white-space: nowrap; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.4em; caption-side: top; }
/* A name without a blank must not push everything else out of sight. */
tbody th, .id { overflow-wrap: anywhere; } td.id { min-width: 5em; } span.id { display: inline-block; min-width: 9em; }
tbody th { font-weight: 400; border-bottom-width: 1px; vertical-align: top; }
@media print { :root { --kept: #14622b; --over: #8f1c13; --ours: #5b21b6; } tr { break-inside: avoid; } thead { display: table-header-group; } }
`

export const CLASS_STYLE = `${WORDS_STYLE}
main { max-width: 76rem; }
svg { width: 100%; height: auto; font: 12px var(--plain); }
svg text { fill: var(--soft); } svg .value { fill: var(--ink); font-weight: 600; } svg .axis { stroke: var(--line); }
header p, section > p { max-width: 70ch; }
section > svg { max-width: 44rem; display: block; margin-bottom: 0.6em; }
.column { fill: var(--link); }
.bar { width: 7.5rem; height: 0.65rem; border: 1px solid var(--line); display: block; margin-top: 0.35em; }
.is-kept { fill: var(--kept); } .is-broken { fill: var(--over); }
.kata { white-space: nowrap; }
.remark { color: var(--mark); white-space: nowrap; }
td, tbody th { padding-block: 0.35em; }
th, td { min-width: 0; padding-inline: 0.7em; }
tbody th { min-width: 9em; max-width: 40em; }
#tools { display: flex; flex-wrap: wrap; gap: 0.6em 1.4em; align-items: baseline; font: 0.85rem/1.45 var(--plain); margin-bottom: 0.9em; }
#tools[hidden] { display: none; }
input, select { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--soft); border-radius: 4px; padding: 0.3em 0.5em; }
output { color: var(--soft); }
thead button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; text-align: inherit; }
thead button::after { content: ' ↕'; color: var(--soft); font-weight: 400; }
[aria-sort=ascending] button::after { content: ' ↑'; color: var(--mark); } [aria-sort=descending] button::after { content: ' ↓'; color: var(--mark); }
button:focus-visible, input:focus-visible, select:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.scroll { max-width: 100%; width: auto; min-width: 0; }
@media print { #tools { display: none; } [hidden] { display: table-row; } main { max-width: none; } table { font-size: 8.5pt; } }
`
