// Every attack that we know, against the judge as it is used, in both sandboxes: none is accepted, each earns the verdict that its name
// says, and the judge is as good afterwards as before. (The submissions lie in bin/sandbox/hostile, beside what holds them.)

import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { discoverKatas, findKata } from '../course/discover.ts'
import { solutionFile } from '../course/files.ts'
import type { Isolation } from '../sandbox/isolation.ts'
import { strictSandbox } from '../sandbox/strict/strict-sandbox.ts'
import { madeOf, type Planted } from './hostile-corpus-fixture.ts'
import { startJudge } from './judge.ts'
import { judgeSubmissions } from './judge-submissions.ts'
import type { Report } from './report.ts'

const COURSE = join(import.meta.dirname, '../..')
const HOSTILE = join(COURSE, 'bin/sandbox/hostile')
const ws = { course: COURSE, root: COURSE }
const katas = discoverKatas(COURSE)
const kata = findKata(katas, 'token-bucket')

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

/** What attacks are after, and who tells whether they got it. */
async function plant(): Promise<Planted & { connections: () => number; untouched: () => boolean; remove: () => void }> {
  const secret = `planted-${process.pid}-4f1c`
  const folder = mkdtempSync(join(tmpdir(), 'kata-hostile-'))
  const [file, victim] = [join(folder, 'secret'), join(folder, 'victim')]
  // No right of a file is to hold anybody back.
  chmodSync(folder, 0o777)
  writeFileSync(file, secret)
  writeFileSync(victim, 'as it was')
  chmodSync(victim, 0o666)
  process.env['KATA_PLANTED'] = secret
  let connections = 0
  const server = createServer((socket) => {
    connections++
    socket.end(secret)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ...{ secret, file, victim, suite: join(COURSE, 'graders', kata.path, 'suite.test.ts') },
    port: (server.address() as { port: number }).port,
    connections: () => connections,
    untouched: () => readFileSync(victim, 'utf8') === 'as it was' && readdirSync(folder).length === 2,
    remove() {
      delete process.env['KATA_PLANTED']
      server.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/**
 * All of it takes both cores for a quarter of an hour: `KATA_WHOLE=1 npx vitest run --project engine
 * bin/judge/hostile.test.ts`. A landing tries each of those that stand as files or bytes in one of the two
 * sandboxes, turn and turn about, and a few of those that are made.
 */
const IS_WHOLE = process.env['KATA_WHOLE'] !== undefined
const MADE_SAMPLE = 11
const isSampled = (isolation: Isolation, i: number, standing: number): boolean =>
  i < standing ? i % 2 === (isolation === 'portable' ? 1 : 0) : isolation === 'portable' && i < standing + MADE_SAMPLE

const SANDBOXES: readonly Isolation[] = ['portable', 'strict']
/** In CI a machine that has no strict sandbox is a failure, and no excuse. */
const isThere = (isolation: Isolation) =>
  isolation === 'portable' || strictSandbox().available || process.env['CI'] === 'true'

test.each(SANDBOXES.filter(isThere))(
  '%s: each hostile submission earns its verdict, and the next run is as good as new',
  {
    timeout: 1_800_000,
  },
  async (isolation) => {
    const planted = await plant()
    onTestFinished(planted.remove)
    const earlier = new Set(subjects())
    const judge = startJudge(COURSE, { isolation })
    onTestFinished(async () => (await judge).close())
    const files = readdirSync(HOSTILE)
    expect(files.length).toBeGreaterThan(60)
    const all = [
      ...files.map((name) => ({ name, kata, bytes: readFileSync(join(HOSTILE, name)) })),
      ...Object.entries(made).map(([name, bytes]) => ({ name, kata, bytes })),
      ...Object.entries(madeOf(planted)).map(([name, { kata: slug, text }]) => ({
        name,
        kata: findKata(katas, slug),
        bytes: Buffer.from(text),
      })),
    ].map(({ name, kata, bytes }) => ({ id: name, kata, file: name, bytes, seeds: [1] }))
    expect(all.length).toBeGreaterThan(120)
    const attacks = all.filter((_, i) => IS_WHOLE || isSampled(isolation, i, files.length + Object.keys(made).length))
    expect(attacks.length).toBeGreaterThan(40)
    const wanted = Object.fromEntries(attacks.map(({ id }) => [id, id.split('.')[0]]))

    const before = process.memoryUsage().rss
    let most = before
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss)
    }, 50)
    // A dozen at a time: two cores shared by thirty endless loops would try the machine, not the verdicts. Among them is
    // somebody honest, who holds the secret: neither is it to be found there, nor are they to be harmed.
    const reports = new Map<string, Report>()
    for (let at = 0; at < attacks.length; at += 11) {
      const honest = {
        ...{ id: `honest ${at}`, kata, file: 'honest.ts', seeds: [at + 1] },
        bytes: rightAnd(`\nexport const neighbour = 'LEAK ${planted.secret}'\n`),
      }
      const batch = attacks.slice(at, at + 11)
      const middle = batch.length >> 1
      const together = [...batch.slice(0, middle), honest, ...batch.slice(middle)]
      for (const [id, report] of await judgeSubmissions(ws, judge, together)) reports.set(id, report)
      expect(reports.get(honest.id), `among ${batch.map(({ id }) => id).join()}`).toMatchObject({ verdict: 'accepted' })
      reports.delete(honest.id)
    }
    clearInterval(watch)
    const verdicts = [...reports].map(([id, { verdict, reason }]) => [
      id,
      verdict === wanted[id] ? verdict : `${verdict}: ${reason}`,
    ])
    expect(Object.fromEntries(verdicts)).toEqual(wanted)
    expect((most - before) / 1024 ** 2, 'megabytes that the judge grew by').toBeLessThan(600)

    // What hangs has its line named, and what was said of it is short and fit for a screen.
    const lineOf = (id: string) => reports.get(id)?.promises.find(({ kept }) => !kept)?.line
    for (const name of attacks.map(({ id }) => id).filter((id) => files.includes(id) && id.startsWith('timed-out')))
      expect(lineOf(name), name).toBeGreaterThan(0)
    for (const [name, text] of [
      ['timed-out.matches-for-ever.ts', '(a+)+'],
      ['timed-out.searches-for-ever.ts', 'includes.call'],
    ] as const)
      if (reports.has(name)) expect(lineOf(name)).toBe(lineIn(name, text))
    for (const [id, report] of reports) {
      const text = JSON.stringify(report)
      expect(text.length, id).toBeLessThan(64 * 1024)
      expect(text.includes(planted.secret) || text.includes('LEAK'), id).toBe(false)
    }
    expect([planted.connections(), planted.untouched()]).toEqual([0, true])

    const honest = { id: 'honest', kata, file: 'honest.ts', bytes: right, seeds: [2] }
    expect((await judgeSubmissions(ws, judge, [honest])).get('honest')).toMatchObject({ verdict: 'accepted' })
    await (await judge).close()
    if (process.platform === 'linux') expect(await survivors(earlier)).toEqual([])
  },
)

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

/** Subjects that are ours, or nobody's any more: who outlives a judge belongs to the first process of all. */
function subjects(): string[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc').filter((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('main.mjs')) return false
      if (parentOf(Number(pid)) === 1) return true
      for (let at = Number(pid); at > 1; at = parentOf(at)) if (at === process.pid) return true
    } catch {
      // Gone meanwhile.
    }
    return false
  })
}

function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

/** One that was killed takes a moment to go. */
async function survivors(earlier: ReadonlySet<string>): Promise<string[]> {
  let alive: string[] = []
  for (let tries = 0; tries < 50; tries++) {
    alive = subjects().filter((pid) => !earlier.has(pid))
    if (alive.length === 0) break
    await pause(100)
  }
  return alive
}
