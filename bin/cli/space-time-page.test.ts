// The page as data: what it may load and run, and that no text of a run can become a part of it. What it looks like and
// how it steps was looked at in a browser.

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Trace } from '../judge/report.ts'
import { tracePage } from './space-time-page.ts'
import { anyRun, longGossip, twoLeaders } from './space-time-runs-fixture.ts'

const page = (trace: Trace, promise = 'A term has at most one leader', all = false) =>
  tracePage({ kata: 'raft-election', promise, seed: 7, replay: 'npx kata check raft-election --seed 7', trace }, all)

test('it loads nothing, and runs its own script only', () => {
  const html = page(twoLeaders())
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text = '']) => text)
  expect(scripts).toHaveLength(1)
  const hash = createHash('sha256')
    .update(scripts[0] ?? '')
    .digest('base64')
  expect(html).toContain(`default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'`)
  expect(html).not.toMatch(/\b(src|href|srcset|action)=|@import|url\((?!#)/)
  expect(html).not.toMatch(/ on[a-z]+=/)
})

test('every event is in the picture, in the words and in what the script steps through', () => {
  const html = page(twoLeaders())
  const events = twoLeaders().events.length
  expect(html.match(/class="event /g)).toHaveLength(events)
  expect(html.match(/<li[ >]/g)).toHaveLength(events)
  const run = JSON.parse(/id="run">(.*?)<\/script>/s.exec(html)?.[1] ?? '') as { rows: unknown[]; broken: number }
  expect(run.rows).toHaveLength(events)
  expect(run.broken).toBe(events - 1)
  expect(html).toContain('class="event receive broken"')
  expect(html).toContain('>partition: n1 | n2 n3 </text>')
})

test('a long run is folded, unless all of it is wanted', () => {
  const long = longGossip(200)
  expect(page(long)).toMatch(/Left out: \d+ events/)
  expect(page(long, 'It holds', true).match(/class="event /g)).toHaveLength(long.events.length)
})

test('no text of a run or of a kept file becomes a part of the page', () => {
  const hostile = '</script></style><img onerror=x>"\'&\u001b'
  const shape = (html: string) => (html.match(/<\/?[a-zA-Z][\w-]*|<!/g) ?? []).join()
  const { nodes, events, ...head } = twoLeaders()
  const spoilt: Trace = {
    ...head,
    nodes: nodes.map(() => hostile),
    events: events.map((event) => ({
      ...event,
      ...(event.label === undefined ? {} : { label: hostile }),
      ...(event.changed === undefined ? {} : { changed: { [hostile]: hostile } }),
    })),
    broken: { event: events.length - 1, what: hostile },
  }
  expect(shape(page(spoilt, hostile))).toBe(shape(page(twoLeaders())))
  fc.assert(
    fc.property(anyRun, (trace) => {
      const html = page(trace)
      if (html.includes('\u001b') || html.includes('</script></')) throw new Error('not escaped')
      if ((html.match(/<script/g) ?? []).length !== 2) throw new Error('another script')
    }),
    { seed: 5, numRuns: 200 },
  )
})
