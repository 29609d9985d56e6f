// `kata similar --html`: pairs and their fragments as one page that loads nothing and runs nothing.

import type { AlignedPair, Line } from '../gradebook/similar/aligned.ts'
import type { Compared, ComparedFile } from '../gradebook/similar/compare.ts'
import type { Place } from '../gradebook/similar/fragments.ts'
import type { NotTaken } from '../gradebook/submitted.ts'
import { table } from './class-page.ts'
import { WORDS_STYLE } from './class-page-style.ts'
import { pageFrame, pageText as text } from './page-frame.ts'
import { notTakenText } from './screens/gradebook-screen.ts'
import { count } from './screens/look.ts'
import { ADVISORY, linesText } from './screens/similar-screen.ts'

export interface SimilarKata {
  readonly title: string
  readonly compared: Compared
  /** the most similar ones in full */
  readonly aligned: readonly AlignedPair[]
}

const STYLE = `${WORDS_STYLE}
main { max-width: 76rem; }
p { max-width: 70ch; }
td, th { min-width: 0; }
.scroll { width: auto; min-width: 0; max-width: 100%; }
details { border-top: 1px solid var(--line); padding: 0.5em 0; }
summary { cursor: pointer; font: 0.95rem/1.5 var(--plain); }
summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 0.8rem; }
.sides > div { min-width: 0; }
.sides p { margin: 0.8em 0 0.3em; font: 0.85rem/1.4 var(--plain); color: var(--soft); }
.sides pre { margin: 0; width: auto; min-width: 0; max-width: 100%; font-size: 0.8rem; height: calc(100% - 2.2rem); }
@media (max-width: 600px) { .sides { grid-template-columns: 1fr; } .sides pre { margin: 0; } }
@media print { .sides pre { white-space: pre-wrap; } }
`

const share = (of: number): string => of.toFixed(2)

export function similarPage(katas: readonly SimilarKata[], min: number, notTaken: readonly NotTaken[] = []): string {
  return pageFrame({
    title: 'Similar submissions',
    style: STYLE,
    main: `<header>
<h1>Similar submissions</h1>
<p class="note" role="note"><strong>No verdict.</strong> ${ADVISORY}</p>
<p>What the stub gives to everybody is left out, and in a class of eight or more what over half of it has. Names, literals, types, comments, layout and order do not count. Pairs at ${share(min)} or above.</p>
</header>
${katas.map((one, i) => kataSection(one, i)).join('\n')}
${notTakenSection(notTaken)}
`,
  })
}

const notTakenSection = (notTaken: readonly NotTaken[]): string =>
  notTaken.length === 0
    ? ''
    : `<section aria-labelledby="not-taken">
<h2 id="not-taken">Not taken, and so in no pair</h2>
<ul>
${notTaken.map((one) => `<li>${text(notTakenText(one))}</li>`).join('\n')}
</ul>
</section>`

function kataSection({ title, compared, aligned }: SimilarKata, at: number): string {
  const { files, pairs } = compared
  const known = new Map(files.map((file) => [file.learner, file]))
  const rows = pairs.map(({ a, b, similarity, ofA, ofB }) => [
    text(a),
    `<span class="id">${text(b)}</span>`,
    ...[similarity, ofA, ofB, known.get(a)?.reference ?? 0, known.get(b)?.reference ?? 0].map(share),
  ])
  const numbers = ['same', 'of A', 'of B', 'A to reference', 'B to reference']
  const columns = [{ title: 'A' }, { title: 'B' }, ...numbers.map((name) => ({ title: name, isNumber: true }) as const)]
  const without = (why: ComparedFile['leftOut'], said: string) => {
    const names = files.filter(({ leftOut }) => leftOut === why).map(({ learner }) => text(learner))
    return names.length === 0 ? '' : ` ${said}: ${names.join(', ')}.`
  }
  return `<section aria-labelledby="kata-${at}">
<h2 id="kata-${at}">${text(title)}</h2>
<p>${count(files.length, 'file')} compared.${without('too-short', 'Too little of their own to compare')}${without('mostly-common', 'Mostly what more than half of the class has, and so in no pair; read one of them')}</p>
${rows.length === 0 ? '<p>No pair.</p>' : table(`${title}: the most similar first`, columns, rows)}
${aligned.map(pairDetails).join('\n')}
</section>`
}

function pairDetails({ pair, fragments }: AlignedPair): string {
  const { a, b, similarity } = pair
  const side = (name: string, place: Place, lines: readonly Line[]) =>
    `<div><p>${text(name)}, ${linesText(place)}</p><pre tabindex="0"><code>${lines.map((line) => `${String(line.at).padStart(4)} ${text(line.text)}`).join('\n')}</code></pre></div>`
  return `<details>
<summary>${share(similarity)} · ${text(a)} and ${text(b)} · ${count(fragments.length, 'fragment')}</summary>
${fragments.map((one) => `<div class="sides">${side(a, one.a, one.linesA)}${side(b, one.b, one.linesB)}</div>`).join('\n')}
</details>`
}
