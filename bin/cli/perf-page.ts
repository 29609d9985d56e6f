// `kata perf --html`: the same report as one file that loads nothing and runs nothing. Plots are SVG, with both axes named
// and every value also as text, so that neither colour nor a mouse is needed to read them.

import { HOW_IT_WAS_RACED, rateText, ratioText, speedMeans } from '../judge/budgets/speed.ts'
import { type CacheLineMap, judging, type Series, type Speed, type Spent } from '../judge/budgets/spent.ts'
import type { Report } from '../judge/report.ts'
import { pageFrame, pageText as text } from './page-frame.ts'
import { count, figure } from './screens/look.ts'

export const SPENT_STYLE = `
.kept { color: #1a7f37; } .over { color: #b42318; }
@media (prefers-color-scheme: dark) { .kept { color: #4ac26b; } .over { color: #ff8a80; } }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2em 1.2em; font: 0.9rem/1.45 var(--plain); }
dt { color: var(--soft); } dd { margin: 0; }
.plot { width: 100%; height: auto; font: 12px var(--plain); }
.plot text { fill: var(--soft); } .plot .value { fill: var(--ink); }
.plot .axis { stroke: var(--line); } .plot .yours { stroke: var(--mark); fill: none; stroke-width: 2.5; }
.plot .dot, .plot .bar { fill: var(--mark); } .plot .bar.beside { fill: var(--link); }
.plot .reference { stroke: var(--link); fill: none; stroke-width: 1.5; stroke-dasharray: 5 4; }
.source { counter-reset: line; } .source span { display: block; } .source .marked { background: color-mix(in srgb, var(--mark) 22%, transparent); }
.source span::before { counter-increment: line; content: counter(line); display: inline-block; width: 3ch; margin-right: 1.5ch; text-align: right; color: var(--soft); }
td.hot { font-weight: 600; } td.touch { background: color-mix(in srgb, var(--mark) 18%, transparent); }
`

/** @param source the file that was judged */
export function perfPage(report: Report, source: string): string {
  const { kata, verdict, spent, file, seed } = report
  const title = `${kata}: what it costs`
  const budgets = judging(spent)
  const kept = budgets.filter((one) => one.kept).length
  const broken = report.promises.filter((promise) => !promise.kept)
  return pageFrame({
    title,
    style: SPENT_STYLE,
    main: `<h1>${text(title)}</h1>
<p><strong class="${verdict === 'accepted' ? 'kept' : 'over'}">${verdict}</strong> · ${kept} of ${budgets.length} budgets kept · <code>${text(file)}</code> · seed ${seed}</p>
${broken.length === 0 ? '' : `<p>Costs are counted once every promise is kept. Broken: ${broken.map(({ name }) => text(name)).join('; ')}.</p>`}
${spent.map((one) => spentSection(one)).join('\n')}
${listing(source, spent)}`,
  })
}

/** All that is known of one budget. @param heading of which level */
export function spentSection(spent: Spent, heading: 'h2' | 'h4' = 'h2'): string {
  const { budget, kept, kind, limit, got, reference, trouble, often, series, cacheLines, speed } = spent
  const facts = [
    ...(kind === 'throughput' ? [] : [['budget', limit]]),
    ['yours', got],
    ...(reference === undefined ? [] : [['reference', reference]]),
    ...(trouble === undefined ? [] : [['why', trouble]]),
    ...(often === undefined ? [] : [['often', often]]),
    ...places(spent).map(({ label, line, how, code }) => [label, `line ${line} (${how}): ${code ?? ''}`]),
  ]
  const mark =
    kind === 'throughput' ? '' : `<span class="${kept ? 'kept' : 'over'}">${kept ? '✓ kept' : '✗ over'}</span> · `
  return `<section>
<${heading}>${mark}${text(budget)}</${heading}>
<dl>${facts.map(([name = '', value = '']) => `<dt>${text(name)}</dt><dd>${text(value)}</dd>`).join('')}</dl>
${series === undefined ? '' : plot(series)}${speed === undefined ? '' : speedBars(speed)}${cacheLines === undefined ? '' : lineTables(cacheLines)}</section>`
}

function places({ spendsMost, growsMost, allocations = [], allocationsAreGuessed }: Spent) {
  const allocates = allocationsAreGuessed ? 'perhaps allocates' : 'allocates'
  return [
    ...(growsMost === undefined ? [] : [{ label: 'grows', how: growsMost.growth, ...growsMost }]),
    ...(spendsMost === undefined
      ? []
      : [{ label: 'spends most', how: `${Math.round(100 * spendsMost.share)} %`, ...spendsMost }]),
    ...allocations.map((one) => ({ label: allocates, how: `${Math.round(100 * one.share)} %`, ...one })),
  ]
}

const WIDTH = 640
const HEIGHT = 260
const LEFT = 64
const RIGHT = 24
const TOP = 40
const BOTTOM = 44

/** n on a logarithmic axis, as sizes are; values from zero, so that twice as high is twice as dear. */
function plot({ unit, points, reference }: Series): string {
  const ns = points.map(({ n }) => n)
  const most = Math.max(...points.map(({ value }) => value), ...(reference ?? []).map(({ value }) => value), 1e-9)
  const [low, high] = [Math.log(Math.min(...ns)), Math.log(Math.max(...ns))]
  const x = (n: number) => LEFT + ((WIDTH - LEFT - RIGHT) * (Math.log(n) - low)) / Math.max(high - low, 1e-9)
  const y = (value: number) => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * value) / most
  const path = (line: Series['points']) =>
    line.map(({ n, value }, i) => `${i === 0 ? 'M' : 'L'}${x(n).toFixed(1)} ${y(value).toFixed(1)}`).join(' ')
  const said = points.map(({ n, value }) => `${figure(value)} at n = ${n.toLocaleString('en-US')}`).join(', ')
  return `<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${text(`${unit}: ${said}`)}">
<path class="axis" d="M${LEFT} ${TOP} V${HEIGHT - BOTTOM} H${WIDTH - RIGHT}" fill="none"/>
<text x="${LEFT}" y="12">${text(unit)}</text>
<text x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">n</text>
<text x="${LEFT - 8}" y="${y(most) + 4}" text-anchor="end">${figure(most)}</text>
<text x="${LEFT - 8}" y="${y(0) + 4}" text-anchor="end">0</text>
${reference === undefined ? '' : `<path class="reference" d="${path(reference)}"/>`}
<path class="yours" d="${path(points)}"/>
${points
  .map(({ n, value }) => {
    const anchor = n === ns[0] ? 'start' : n === ns.at(-1) ? 'end' : 'middle'
    return `<circle class="dot" cx="${x(n).toFixed(1)}" cy="${y(value).toFixed(1)}" r="4"/>
<text class="value" x="${x(n).toFixed(1)}" y="${(y(value) - 10).toFixed(1)}" text-anchor="${anchor}">${figure(value)}</text>
<text x="${x(n).toFixed(1)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="${anchor}">${n.toLocaleString('en-US')}</text>`
  })
  .join('\n')}
</svg>
<p>${reference === undefined ? '' : `Solid: yours. Dashed: the reference (${reference.map(({ value }) => figure(value)).join(', ')}).`}</p>
`
}

const BAR_HEIGHT = 22
const BAR_LEFT = 84
/** Beside the longest bar there is room for its number. */
const BAR_RIGHT = 200

/** Two bars from zero, so that twice as long is twice as fast; and what they say. */
function speedBars(speed: Speed): string {
  const rows = [
    ['yours', speed.yours, 'bar'],
    ['reference', speed.reference, 'bar beside'],
  ] as const
  const scale = (WIDTH - BAR_LEFT - BAR_RIGHT) / Math.max(speed.yours, speed.reference)
  const means = `${ratioText(speed)}. ${speedMeans(speed)}`
  const said = rows.map(([label, rate]) => `${label} ${rateText(rate)}`).join(', ')
  const drawn = rows.map(([label, rate, kind], i) => {
    const [top, width] = [i * (BAR_HEIGHT + 8), Math.max(1, rate * scale).toFixed(1)]
    const middle = top + BAR_HEIGHT / 2 + 4
    return `<text x="${BAR_LEFT - 8}" y="${middle}" text-anchor="end">${label}</text>
<rect class="${kind}" x="${BAR_LEFT}" y="${top}" width="${width}" height="${BAR_HEIGHT}"/>
<text class="value" x="${(BAR_LEFT + Number(width) + 8).toFixed(1)}" y="${middle}">${text(rateText(rate))}</text>`
  })
  return `<svg class="plot" viewBox="0 0 ${WIDTH} ${2 * BAR_HEIGHT + 8}" role="img" aria-label="${text(`Speed: ${said}. ${means}`)}">
${drawn.join('\n')}
</svg>
<p>${text(`${means} ${HOW_IT_WAS_RACED}`)}</p>
`
}

function lineTables({ lineBytes, threads, rows, moreRows = 0 }: CacheLineMap): string {
  const shown = rows.some(({ falseMisses }) => falseMisses > 0)
    ? rows.filter(({ falseMisses }) => falseMisses > 0)
    : rows.slice(0, 4)
  const tables = shown
    .map(
      ({
        startsAt,
        falseMisses,
        words,
        moreWords = 0,
      }) => `<div class="scroll" role="region" aria-label="Cache line" tabindex="0"><table>
<caption>One cache line, bytes ${startsAt} to ${startsAt + lineBytes - 1}: ${figure(falseMisses)} false misses an operation</caption>
<tr><th scope="col">byte</th><th scope="col">field</th>${threads.map((name) => `<th scope="col">${text(name)}</th>`).join('')}<th scope="col">touched by</th></tr>
${words
  .map(
    ({ byteOffset, name, hot, reads, writes, places }) =>
      `<tr><td${hot ? ' class="hot"' : ''}>${byteOffset}${hot ? ' hot' : ''}</td><td>${text(name ?? '')}</td>${threads
        .map((_, i) => {
          const [r = 0, w = 0] = [reads[i], writes[i]]
          return `<td${r + w > 0 ? ' class="touch"' : ''}>${[...(w > 0 ? [`${w} writes`] : []), ...(r > 0 ? [`${r} reads`] : [])].join(', ') || '–'}</td>`
        })
        .join('')}<td>${places.map(({ line, code }) => text(`${line}: ${code ?? ''}`)).join('<br>')}</td></tr>`,
  )
  .join('\n')}
</table></div>
${moreWords === 0 ? '' : `<p>… ${count(moreWords, 'more word')} of this line</p>\n`}`,
    )
    .join('')
  return `${tables}${moreRows === 0 ? '' : `<p>… ${count(moreRows, 'more cache line')}</p>\n`}`
}

/** The whole file, with the lines that something was said of. */
function listing(source: string, spent: readonly Spent[]): string {
  const marked = new Set(spent.flatMap(places).map(({ line }) => line))
  if (marked.size === 0) return ''
  const lines = source.split(/\r?\n/).map((line, i) => {
    const code = text(line)
    return `<span${marked.has(i + 1) ? ' class="marked"' : ''}>${code}\n</span>`
  })
  return `<h2>The file</h2>\n<pre class="source" tabindex="0"><code>${lines.join('')}</code></pre>\n`
}
