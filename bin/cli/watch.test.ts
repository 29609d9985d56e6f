// `kata watch` as a process: saves as editors make them, keys through a pipe, an end that leaves nothing behind. What a
// terminal adds (the screen is cleared, a pager takes the keys) is in keys.test.ts and was tried by hand.

import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type CourseCopy, changed, courseCopy, rejected, SOLUTION } from './course-copy-fixture.ts'

let copy: CourseCopy
beforeAll(async () => {
  copy = await courseCopy()
})
afterAll(() => copy?.[Symbol.dispose]())

const WRONG = rejected('wrong-answer.drifts')
const running: ChildProcess[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

interface Watching {
  /** waits for a text after what was waited for before, and returns all up to its end */
  until(text: string | RegExp): Promise<string>
  press(keys: string): void
  readonly child: ChildProcess
  /** exit code, and what came since */
  readonly over: Promise<{ code: number | null; rest: string }>
}

function watching(...args: string[]): Watching {
  const child = copy.start(['watch', 'token-bucket', ...args])
  running.push(child)
  let text = ''
  let read = () => {}
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      read()
    })
  const over = new Promise<number | null>((resolve) => child.on('close', resolve))
  over.then(() => read())
  return {
    child,
    over: over.then((code) => ({ code, rest: text })),
    press: (keys) => void child.stdin?.write(keys),
    async until(wanted) {
      for (;;) {
        const found = typeof wanted === 'string' ? text.indexOf(wanted) : text.search(wanted)
        if (found >= 0) {
          const end = found + (typeof wanted === 'string' ? wanted.length : (wanted.exec(text)?.[0].length ?? 0))
          const told = text.slice(0, end)
          text = text.slice(end)
          return told
        }
        if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} before ${wanted}: ${text}`)
        await new Promise<void>((resolve) => {
          read = resolve
        })
      }
    },
  }
}

function replace(text: string): void {
  const aside = `${copy.file()}~`
  writeFileSync(aside, text)
  renameSync(aside, copy.file())
}

const checks = () =>
  readFileSync(join(copy.ws, '.kata/progress.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { type: string; verdict?: string; watch?: boolean })
    .filter(({ type }) => type === 'check')

test('a verdict at the start and after each save, however it is made; q ends with the exit code of the last', async () => {
  copy.write(WRONG)
  const { until, press, over } = watching()
  const first = await until('hint    npx kata hint token-bucket\n')
  expect(first).toMatch(/^checking token-bucket · katas\/2-foundation\/token-bucket\.ts\n\nwrong-answer · /)
  expect(first).not.toContain('\u001b')

  // Written over, as most editors do.
  copy.write(SOLUTION)
  expect(await until('seed ')).toMatch(/^ *\d*\n?checking token-bucket[\s\S]*\naccepted · /)
  // Renamed over, as vim does, by way of a moment in which there is no file.
  rmSync(copy.file())
  replace(WRONG)
  await until('wrong-answer · ')
  // Again before a verdict can be there: the last one counts.
  replace(`${WRONG}\n`)
  await until('checking ')
  replace(`${SOLUTION}\n`)
  await until('accepted · ')

  press('q')
  expect((await over).code).toBe(0)
  const recorded = checks()
  expect(recorded.every(({ watch }) => watch === true)).toBe(true)
  expect(recorded.map(({ verdict }) => verdict)).toEqual(['wrong-answer', 'accepted', 'wrong-answer', 'accepted'])
})

test('keys: hint, lesson, diff, again, next; a save with the same outcome is no new event', async () => {
  copy.write(WRONG)
  const before = checks().length
  const { until, press, over } = watching()
  await until('wrong-answer · ')
  press('h')
  await until('hint 1 of 4\nPromise 2: Tokens come back')
  press('\r')
  await until('wrong-answer · ')
  press('l')
  await until('Where it goes wrong\n')
  press('d')
  await until('+++ katas/2-foundation/token-bucket.ts')
  press('n')
  await until('todo · ask-twice')
  press('q')
  expect((await over).code).toBe(1)
  expect(checks().length).toBe(before + 1)
})

test('--poll needs no file events; --json is one report a line and nothing else', async () => {
  copy.write(WRONG)
  const { until, press, over } = watching('--poll', '--json')
  const lines = [await until('\n')]
  press('h')
  copy.write(SOLUTION)
  lines.push(await until('\n'))
  rmSync(copy.file())
  press('\r')
  lines.push(await until('\n'))
  press('q')
  const { code, rest } = await over
  expect([code, rest]).toEqual([0, ''])
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { verdict: 'wrong-answer', kata: 'token-bucket' },
    { verdict: 'accepted' },
    { error: 'There is no file katas/2-foundation/token-bucket.ts.' },
  ])
})

test('before any verdict the exit code says so', async () => {
  rmSync(copy.file(), { force: true })
  const { until, press, over } = watching()
  await until('There is no file katas/2-foundation/token-bucket.ts.\nBring it here: npx kata init .\n')
  press('q')
  expect((await over).code).toBe(2)
})

/** Subjects of this copy that are alive, with the CPU time that each has used. */
const subjects = (): { cpuMs: number }[] =>
  readdirSync('/proc').flatMap((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${copy.course}/bin/sandbox`)) return []
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[11])
      return [{ cpuMs: ticks * 10 }]
    } catch {
      return [] // no process, or gone by now
    }
  })

test.skipIf(process.platform !== 'linux')(
  'SIGTERM ends it in good order, and a subject that hangs with it',
  async () => {
    copy.write(WRONG)
    const { until, child, over } = watching()
    await until('hint ')
    // A built-in that never ends: no step of the submission's own that could be counted.
    copy.write(changed('return true', "return /^(a+)+$/.test('a'.repeat(50).concat('b'))"))
    await until('checking ')
    while (!subjects().some(({ cpuMs }) => cpuMs > 500)) await sleep(20)
    child.kill('SIGTERM')
    expect((await over).code).toBe(1)
    while (subjects().length > 0) await sleep(20)
  },
)
