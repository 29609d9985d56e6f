// The page of `kata perf --html`, for who sees its bars and for who does not.

import { expect, test } from 'vitest'
import type { Spent } from '../judge/budgets/spent.ts'
import { tagsOf } from './html-fixture.ts'
import { spentSection } from './perf-page.ts'

const raced: Spent = {
  budget: 'Beside the reference',
  kind: 'throughput',
  kept: true,
  limit: 'shown, never judged',
  got: "0.25 × the reference's speed",
  reference: '120 million calls a second',
  speed: { yours: 30e6, reference: 120e6 },
}

test('speed is drawn as two bars from zero, and said in words', () => {
  const html = spentSection(raced)
  const tags = tagsOf(html)
  const widths = tags.filter(({ name }) => name === 'rect').map(({ attributes }) => Number(attributes['width']))
  expect(widths).toHaveLength(2)
  expect((widths[0] ?? 0) / (widths[1] ?? 0)).toBeCloseTo(0.25, 2)
  const picture = tags.find(({ name }) => name === 'svg')
  expect(picture?.attributes).toMatchObject({
    role: 'img',
    'aria-label': expect.stringMatching(
      /yours 30 million calls a second, reference 120 million calls a second\. .*The reference is 4 times as fast as yours\./,
    ),
  })
  expect(html).toMatch(/<p>.*The reference is 4 times as fast as yours\. .*Shown, never judged\.<\/p>/)
  expect(html).not.toMatch(/kept|over/)
})

test('words and lines that a map has no row for are counted', () => {
  const words = [{ byteOffset: 0, name: 'HEAD<b>', reads: [1, 0], writes: [0, 1], places: [], hot: true }]
  const cacheLines = {
    lineBytes: 64,
    threads: ['thread 1', 'thread 2'],
    rows: [{ startsAt: 0, falseMisses: 1, words, moreWords: 3 }],
    moreRows: 1,
  }
  const { speed: _, ...plain } = raced
  const html = spentSection({ ...plain, kind: 'sharedCacheLines', cacheLines })
  expect(() => tagsOf(html)).not.toThrow()
  expect(html).toContain('<td>HEAD&lt;b&gt;</td>')
  expect(html).toContain('<p>… 3 more words of this line</p>')
  expect(html).toContain('<p>… 1 more cache line</p>')
})
