// Every attack that we know, against the judge as it is used: none is accepted, each earns the verdict that its name
// says, and the judge is as good afterwards as before. (The submissions lie in bin/sandbox/hostile, beside what holds them.)

import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { solutionFile } from '../course/files.ts'
import type { Kata } from '../course/kata.ts'
import { startJudge } from './judge.ts'
import { judgeSubmissions } from './judge-submissions.ts'
import type { Report } from './report.ts'

const COURSE = join(import.meta.dirname, '../..')
const HOSTILE = join(COURSE, 'bin/sandbox/hostile')
const ws = { course: COURSE, root: COURSE }
const kata: Kata = {
  slug: 'token-bucket',
  path: '2-foundation/token-bucket',
  volume: 2,
  title: 'Token bucket',
  level: 'easy',
  minutes: 30,
  after: [],
}

const right = readFileSync(solutionFile(ws, kata))
const rightAnd = (more: string) => Buffer.concat([right, Buffer.from(more)])

/** Attacks by bytes that no editor, formatter or repository would leave alone. */
const made: Record<string, Uint8Array> = {
  'rejected-source.is-too-long': rightAnd(`//${' '.repeat(300 * 1024)}`),
  'rejected-source.is-no-text': Buffer.concat([right, Uint8Array.of(0x2f, 0x2f, 0xff, 0xfe)]),
  'rejected-source.reads-backwards': rightAnd('// \u202e } if (admin) { \u2066'),
  'rejected-source.hides-in-a-comment': rightAnd('// nothing to see \u2028globalThis.process.exit()'),
  'rejected-source.has-an-invisible-name': rightAnd('const \u3164 = 1'),
  // The type stripper is WebAssembly with a small stack, and is broken for good in the thread in which that overflows.
  'rejected-source.breaks-the-stripper': rightAnd(`void ${'('.repeat(20_000)}1${')'.repeat(20_000)}`),
  'rejected-source.breaks-the-parser': rightAnd(`void ${'['.repeat(900)}${']'.repeat(900)}`),
  'rejected-source.breaks-the-stripper-by-classes': rightAnd(`void ${'class{a='.repeat(5_000)}1${'}'.repeat(5_000)}`),
  // More items than a function call can be given, more names than a quadratic search can bear.
  'accepted.has-a-long-list': rightAnd(`void [${'0,'.repeat(25_000)}]`),
  'accepted.has-a-thousand-groups': rightAnd(`void /${'(?<a>x)|'.repeat(6_000)}y/`),
  'accepted.begins-for-a-shell': Buffer.concat([Buffer.from('#!/usr/bin/env -S npx kata check\n'), right]),
}

test('each hostile submission earns its verdict, and the next run is as good as new', {
  timeout: 180_000,
}, async () => {
  const judge = startJudge(COURSE)
  onTestFinished(async () => (await judge).close())
  const files = readdirSync(HOSTILE)
  expect(files.length).toBeGreaterThan(60)
  const requests = [
    ...files.map((name) => ({ name, bytes: readFileSync(join(HOSTILE, name)) })),
    ...Object.entries(made).map(([name, bytes]) => ({ name, bytes })),
  ].map(({ name, bytes }) => ({ id: name, kata, file: name, bytes, seeds: [1] }))
  const wanted = Object.fromEntries(requests.map(({ id }) => [id, id.split('.')[0]]))

  const before = process.memoryUsage().rss
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 50)
  // A dozen at a time: two cores shared by thirty endless loops would try the machine, not the verdicts.
  const reports = new Map<string, Report>()
  for (let at = 0; at < requests.length; at += 12)
    for (const [id, report] of await judgeSubmissions(ws, judge, requests.slice(at, at + 12))) reports.set(id, report)
  clearInterval(watch)
  const verdicts = [...reports].map(([id, { verdict, reason }]) => [
    id,
    verdict === wanted[id] ? verdict : `${verdict}: ${reason}`,
  ])
  expect(Object.fromEntries(verdicts)).toEqual(wanted)
  expect((most - before) / 1024 ** 2, 'megabytes that the judge grew by').toBeLessThan(600)

  // What hangs has its line named, and what was said of it is short and fit for a screen.
  const lineOf = (id: string) => reports.get(id)?.promises.find(({ kept }) => !kept)?.line
  for (const name of files.filter((name) => name.startsWith('timed-out'))) expect(lineOf(name), name).toBeGreaterThan(0)
  expect(lineOf('timed-out.matches-for-ever.ts')).toBe(lineIn('timed-out.matches-for-ever.ts', '(a+)+'))
  expect(lineOf('timed-out.searches-for-ever.ts')).toBe(lineIn('timed-out.searches-for-ever.ts', 'includes.call'))
  for (const [id, report] of reports) expect(JSON.stringify(report).length, id).toBeLessThan(64 * 1024)

  const honest = { id: 'honest', kata, file: 'honest.ts', bytes: right, seeds: [2] }
  expect((await judgeSubmissions(ws, judge, [honest])).get('honest')).toMatchObject({ verdict: 'accepted' })
  await (await judge).close()
  if (process.platform === 'linux') expect(await survivors()).toEqual([])
})

test('the same through the command line: exit codes and JSON', { timeout: 60_000 }, async () => {
  const check = (name: string) =>
    new Promise<{ code: unknown; verdict: unknown }>((resolve) => {
      const args = [join(COURSE, 'bin/kata.js'), 'check', kata.slug, '--json', '--from', join(HOSTILE, name)]
      execFile(process.execPath, args, (error, stdout) =>
        resolve({ code: error?.code ?? 0, verdict: JSON.parse(stdout).verdict }),
      )
    })
  expect(await check('crashed.exits-at-import.ts')).toEqual({ code: 1, verdict: 'crashed' })
  expect(await check('wrong-answer.prints-a-report.ts')).toEqual({ code: 1, verdict: 'wrong-answer' })
  expect(await check('timed-out.loops.ts')).toEqual({ code: 1, verdict: 'timed-out' })
})

function lineIn(name: string, text: string): number {
  const lines = readFileSync(join(HOSTILE, name), 'utf8').split('\n')
  return lines.findIndex((line) => !line.startsWith('//') && line.includes(text)) + 1
}

/** Subjects of this process that are still there; one that was killed takes a moment to go. */
async function survivors(): Promise<string[]> {
  let alive: string[] = []
  for (let tries = 0; tries < 50; tries++) {
    alive = readdirSync('/proc').filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
        return parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('subject/main.mjs')
      } catch {
        return false
      }
    })
    if (alive.length === 0) break
    await pause(100)
  }
  return alive
}
