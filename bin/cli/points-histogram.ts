// How points are spread over a class: ten columns, each with its number above it, and the same as a sentence.

import { pageText as text } from './page-frame.ts'

const BINS = 10
const WIDTH = 640
const HEIGHT = 220
const [LEFT, RIGHT, TOP, BOTTOM] = [8, 8, 28, 40]

/** @param shares of what can be had, from 0 to 1; at least one */
export function histogram(shares: readonly number[]): string {
  const bins = Array.from({ length: BINS }, () => 0)
  for (const share of shares) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(share * BINS)))
    bins[bin] = (bins[bin] ?? 0) + 1
  }
  const most = Math.max(...bins)
  const step = (WIDTH - LEFT - RIGHT) / BINS
  const columns = bins.map((n, i) => {
    const [x, height] = [LEFT + i * step, ((HEIGHT - TOP - BOTTOM) * n) / most]
    const y = HEIGHT - BOTTOM - height
    const value =
      n === 0
        ? ''
        : `<text class="value" x="${(x + step / 2).toFixed(1)}" y="${(y - 6).toFixed(1)}" text-anchor="middle">${n}</text>`
    return `<rect class="column" x="${(x + 2).toFixed(1)}" y="${y.toFixed(1)}" width="${(step - 4).toFixed(1)}" height="${height.toFixed(1)}"/>${value}
<text x="${x.toFixed(1)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="${i === 0 ? 'start' : 'middle'}">${i * 10}</text>`
  })
  const said = bins
    .map((n, i) => ({ n, range: `${i * 10} to ${(i + 1) * 10} %` }))
    .filter(({ n }) => n > 0)
    .map(({ n, range }) => `${n} at ${range}`)
  const sorted = shares.toSorted((a, b) => a - b)
  const [low, high] = [0.25, 0.75].map((p) => percent(quantile(sorted, p)))
  // Of an even class the middle two, counted from either side.
  const middle = percent((quantile(sorted, 0.5) + quantile(sorted.toReversed(), 0.5)) / 2)
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${text(`Learners by points: ${said.join(', ')}.`)}">
<path class="axis" d="M${LEFT} ${HEIGHT - BOTTOM} H${WIDTH - RIGHT}" fill="none"/>
${columns.join('\n')}
<text x="${WIDTH - RIGHT}" y="${HEIGHT - BOTTOM + 18}" text-anchor="end">100</text>
<text x="${WIDTH / 2}" y="${HEIGHT - 4}" text-anchor="middle">% of the points; above each column how many learners</text>
</svg>
<p>Half of the class is between ${low} and ${high}; the median is ${middle}, the least ${percent(sorted[0] as number)}, the most ${percent(sorted.at(-1) as number)}.</p>`
}

const percent = (share: number): string => `${Math.round(100 * share)} %`

/** The value that so much of the class is at or below: one that somebody has. */
const quantile = (sorted: readonly number[], p: number): number =>
  sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] as number
