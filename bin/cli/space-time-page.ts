// `kata trace --html`: the run as one file that loads nothing. The picture and the list of events stand there without any
// script; with one, a slider steps through the run and shows what each node knew and what was on its way. The content
// security policy lets exactly that script run, by its hash.

import type { KeptTrace } from './kept-trace.ts'
import { pageFrame, pageText as text } from './page-frame.ts'
import { printable } from './printable.ts'
import { type Diagram, layOut } from './space-time-layout.ts'
import { PICTURE_STYLE, pictureHtml } from './space-time-picture.ts'
import { PAGE_SCRIPT } from './space-time-script.ts'
import { arrowTips, rowY } from './space-time-svg.ts'
import { figure, leftOutText, sentence, timeOf } from './space-time-words.ts'

/** A page may be longer than a screen. */
const MAX_ROWS = 150

const STYLE = `${PICTURE_STYLE}
main { max-width: 1240px; padding-top: 2rem; font-family: var(--plain); }
h1 { font-size: 1.5rem; margin-bottom: 0.3em; }
.steps { position: sticky; top: 0; z-index: 1; background: var(--paper); border-bottom: 1px solid var(--line); padding: 0.7rem 0 0.6rem; max-height: 45vh; overflow-y: auto; }
.bar { display: flex; gap: 0.5rem; align-items: center; }
.bar input { flex: 1; min-width: 6rem; accent-color: var(--link); height: 1.6rem; margin: 0; }
.bar button { font: inherit; font-size: 0.85rem; color: var(--ink); background: var(--shade); border: 1px solid var(--line); border-radius: 5px; padding: 0.25em 0.7em; cursor: pointer; }
.bar button:focus-visible, .bar input:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
#said { margin: 0.45rem 0; min-height: 1.5em; font-weight: 600; font-size: 0.95rem; }
.nodes { display: grid; grid-template-columns: repeat(auto-fill, minmax(7.4rem, 1fr)); gap: 0.4rem; margin: 0; padding: 0; list-style: none; }
.nodes li { margin: 0; border: 1px solid var(--line); border-radius: 5px; padding: 0.25rem 0.5rem; font-size: 0.78rem; line-height: 1.4; overflow-wrap: anywhere; }
.nodes strong { display: block; font-size: 0.85rem; } .nodes .down { border-style: dashed; color: var(--soft); } .nodes .active { border-color: var(--link); box-shadow: inset 3px 0 0 var(--link); }
.nodes .new { color: var(--link); font-weight: 700; } .nodes code { background: none; padding: 0; display: block; font-size: 0.95em; }
#flights { color: var(--soft); font-size: 0.82rem; margin: 0.4rem 0 0; min-height: 1.4em; }
[hidden] { display: none !important; }
@media print { .steps { display: none; } }
`

/** @param all every event, not only those that led to the violation */
export function tracePage({ kata, promise, seed, replay, trace }: KeptTrace, all: boolean): string {
  const diagram = layOut(trace, all ? Number.POSITIVE_INFINITY : MAX_ROWS)
  const leftOut = leftOutText(diagram)
  const last = Math.max(0, diagram.rows.length - 1)
  const broken = diagram.broken
  return pageFrame({
    title: `${kata}: ${promise}`,
    style: STYLE,
    script: PAGE_SCRIPT,
    main: `<h1>✗ ${text(promise)}</h1>
${broken === undefined ? '' : `<p class="bad">${text(broken.what)} <span class="facts">(${timeOf(diagram, diagram.rows[broken.row]?.at ?? 0)})</span></p>`}
<p class="facts">${text(kata)} · seed ${seed} · <code>${text(replay)}</code>${leftOut === undefined ? '' : ` · ${leftOut}`}</p>
<section class="steps" aria-label="Step through the run" hidden>
<div class="bar"><button type="button" id="back" aria-label="One event back">◀</button><input type="range" id="step" min="0" max="${last}" value="${last}" aria-label="Event"><button type="button" id="forth" aria-label="One event on">▶</button>${broken === undefined ? '' : `<button type="button" id="violation" data-row="${broken.row}">✗ violation</button>`}</div>
<p id="said" aria-live="polite"></p>
<ul class="nodes" id="nodes" aria-label="What each node knows"></ul>
<p id="flights"></p>
</section>
${arrowTips()}
${pictureHtml(diagram, 'Picture')}<script type="application/json" id="run">${runJson(diagram)}</script>
`,
  })
}

/** What the script steps through. No `<` stands in it, so that no text of a submission's can end it. */
function runJson(diagram: Diagram): string {
  const { rows, messages, lifelines, outages, broken } = diagram
  const data = {
    lifelines: lifelines.map(printable),
    rows: rows.map(({ at, lane, changed }, i) => ({
      time: timeOf(diagram, at),
      y: rowY(i),
      lane,
      says: sentence(diagram, i),
      changed: changed.map(([name, value]) => [printable(name), printable(value)]),
    })),
    messages: messages.map(({ from, to, label, fate, sentRow, endRow, sentAt }) => ({
      says: `${printable(label)} ${printable(lifelines[from] ?? '')} → ${printable(lifelines[to] ?? '')} (sent ${figure(sentAt)}${fate === 'lost' ? ', will be lost' : ''})`,
      sent: sentRow,
      end: fate === 'under-way' ? rows.length : endRow,
    })),
    outages,
    broken: broken?.row ?? -1,
  }
  return JSON.stringify(data).replaceAll('<', '\\u003c')
}
