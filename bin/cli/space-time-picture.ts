// A simulated run as a part of a page: its picture, and the same in words for whoever does not see it. Nothing of it needs a
// script, and its style touches nothing else, so that a page may have many beside what it has of its own.

import { pageText as text } from './page-frame.ts'
import type { Diagram } from './space-time-layout.ts'
import { diagramSvg } from './space-time-svg.ts'
import { sentence, timeOf } from './space-time-words.ts'

export const PICTURE_STYLE = `
:root { --bad: #b42318; --good: #1a7f37; --side-0: #0b5cad; --side-1: #b45309; --side-2: #1a7f37; --side-3: #8250df; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #4ac26b; --side-0: #7ab8ff; --side-1: #f0a35e; --side-2: #4ac26b; --side-3: #c297ff; } }
.bad { color: var(--bad); font-weight: 600; }
.facts { color: var(--soft); font-size: 0.85rem; }
.picture-frame { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; margin: 1rem 0; }
.picture-frame svg { display: block; margin: 0 auto; font: 11.5px var(--code); }
.picture-frame text { fill: var(--ink); } .picture-frame .name { font: 600 14px var(--plain); } .picture-frame .time, .picture-frame .words { fill: var(--soft); }
.picture-frame .life { stroke: var(--soft); stroke-width: 1.5; } .picture-frame .down { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 3 5; }
.picture-frame .paused { stroke: var(--soft); stroke-width: 5; stroke-dasharray: 1.5 4.5; }
.picture-frame .message path { stroke: var(--ink); stroke-width: 1.4; fill: none; }
.picture-frame .received path { marker-end: url(#arrow); } .picture-frame .tip { fill: var(--ink); } .picture-frame .tip-flight { fill: var(--link); }
.picture-frame .late path { stroke: var(--mark); } .picture-frame .late .label { fill: var(--mark); }
.picture-frame .lost path, .picture-frame .under-way path { stroke: var(--soft); stroke-dasharray: 4 5; opacity: 0.75; } .picture-frame .lost .label, .picture-frame .under-way .label { fill: var(--soft); }
.picture-frame .cross { fill: var(--bad); font-size: 14px; }
.picture-frame .label, .picture-frame .words, .picture-frame .changed, .picture-frame .network { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
.picture-frame .dot { fill: var(--ink); } .picture-frame .send .dot, .picture-frame .lost .dot { fill: var(--soft); } .picture-frame .seat { fill: var(--paper); }
.picture-frame .sign { font-size: 15px; } .picture-frame .crash .sign { fill: var(--bad); } .picture-frame .restart .sign { fill: var(--good); }
.picture-frame .ring { fill: none; stroke: var(--bad); stroke-width: 2.5; } .picture-frame .broken .dot, .picture-frame .broken .changed { fill: var(--bad); }
.picture-frame .cut { fill: var(--shade); } .picture-frame .network { fill: var(--mark); font-weight: 600; }
.picture-frame .side-0 { fill: var(--side-0); } .picture-frame .side-1 { fill: var(--side-1); } .picture-frame .side-2 { fill: var(--side-2); } .picture-frame .side-3 { fill: var(--side-3); }
.picture-frame .side-0, .picture-frame .side-1, .picture-frame .side-2, .picture-frame .side-3 { opacity: 0.11; }
.picture-frame .now-line { stroke: var(--link); stroke-width: 26; opacity: 0.13; }
.picture-frame .later { opacity: 0.16; } .picture-frame .flight path { stroke: var(--link); stroke-width: 2.4; } .picture-frame .flight.received path { marker-end: url(#arrow-flight); } .picture-frame .flight .label { fill: var(--link); font-weight: 700; }
.arrow-tips { position: absolute; }
.in-words { margin: 1.5rem 0; } .in-words summary { cursor: pointer; } .events { font-size: 0.85rem; font-variant-numeric: tabular-nums; }
`

/** @param of what it is a picture, for whoever hears the page */
export const pictureHtml = (diagram: Diagram, of: string): string => {
  const { rows, broken } = diagram
  const events = rows.map((row, i) => {
    const [mark, end] = broken?.row === i ? [' class="bad"', `. Broken: ${text(broken.what)}`] : ['', '']
    return `<li${mark}>${timeOf(diagram, row.at)}: ${text(sentence(diagram, i))}${end}</li>`
  })
  return `<div class="picture-frame" tabindex="0" role="region" aria-label="${text(of)}">
${diagramSvg(diagram)}
</div>
<details class="in-words"><summary>The same in words</summary>
<ol class="events">${events.join('\n')}</ol>
</details>
`
}
