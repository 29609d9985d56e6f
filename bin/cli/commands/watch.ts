// `kata watch`: a verdict each time the learner saves. One judge stays up; what is slow is done before it is needed.

import { type FSWatcher, statSync, watch as watchFolder } from 'node:fs'
import { basename, dirname } from 'node:path'
import { stubFile } from '../../course/files.ts'
import type { Kata } from '../../course/kata.ts'
import { KataError } from '../../course/kata-error.ts'
import { startJudge } from '../../judge/judge.ts'
import { judgeSubmissions, seedOf } from '../../judge/judge-submissions.ts'
import { EXIT, exitCodeOf, type Report } from '../../judge/report.ts'
import type { Values } from '../arguments.ts'
import { type Context, progress, record, say, shown } from '../context.ts'
import { duration, verdictScreen } from '../screens/verdict-screen.ts'
import { keysLine } from '../screens/watch-screen.ts'
import { whichKata } from '../which-kata.ts'
import { readSubmission, recordCheck } from './check.ts'

/** Editors write in several steps; a save is over when nothing has come for this long. */
const SETTLED_MS = 25
/** Where no file event comes (WSL, network drives), a look does as well. */
const LOOK_EVERY_MS = 300

export async function watch(context: Context, name: string | undefined, values: Values): Promise<number> {
  let kata = whichKata(context, name)
  const judge = startJudge(context.ws.course)
  judge.catch(() => {})
  let last: Report | undefined
  let busy = false
  let again = false
  let finish: (code: number) => void = () => {}
  let fail: (error: unknown) => void = () => {}
  const over = new Promise<number>((resolve, reject) => {
    finish = resolve
    fail = reject
  })

  const judgeNow = async () => {
    if (busy) {
      again = true
      return
    }
    busy = true
    do {
      again = false
      const file = stubFile(context.ws, kata)
      const savedMs = context.io.now()
      checking(context, kata, shown(context, file))
      try {
        const bytes = readSubmission(context, kata, file)
        const request = { id: kata.slug, kata, file: shown(context, file), bytes, seeds: [seedOf(bytes)] }
        const report = (await judgeSubmissions(context.ws, judge, [request])).get(kata.slug) as Report
        last = { ...report, ms: context.io.now() - savedMs }
        recordCheck(context, kata, report)
        told(context, last)
      } catch (error) {
        // A file that is gone for a moment (some editors do that) is no reason to stop watching.
        if (!(error instanceof KataError)) throw error
        if (!context.json) say(context, error.message)
      }
    } while (again)
    busy = false
  }
  const run = (work: () => Promise<unknown>) => void work().catch(fail)

  let watched = watchFile(stubFile(context.ws, kata), values.poll === true, () => run(judgeNow))
  if (progress(context).get(kata.slug)?.state === 'new') record(context, 'start', kata)
  const pressed = async (key: string) => {
    // A key that comes while a check runs would talk over it.
    if (busy && key !== 'q') return
    if (key === 'q' || key === '\u0003' || key === '\u0004')
      return finish(last === undefined ? EXIT.unknown : exitCodeOf(last.verdict))
    if (key === '\r' || key === '\n') return judgeNow()
    if (key === 'h') return void (await import('./hint.ts')).hint(context, kata.slug, {})
    if (key === 'l') return void (await (await import('./lesson.ts')).lesson(context, kata.slug, {}))
    if (key === 'd') return void (await (await import('./diff.ts')).diff(context, kata.slug, {}))
    if (key === 'n') {
      kata = whichKata(context, undefined)
      watched.close()
      watched = watchFile(stubFile(context.ws, kata), values.poll === true, () => run(judgeNow))
      return judgeNow()
    }
  }
  const keys = readKeys(context, (key) => run(async () => pressed(key)))
  const interrupted = () => finish(last === undefined ? EXIT.unknown : exitCodeOf(last.verdict))
  process.once('SIGINT', interrupted)
  process.once('SIGTERM', interrupted)
  try {
    run(judgeNow)
    return await over
  } finally {
    watched.close()
    keys.close()
    process.off('SIGINT', interrupted)
    process.off('SIGTERM', interrupted)
    await judge.then((started) => started.close()).catch(() => {})
  }
}

function checking(context: Context, kata: Kata, file: string): void {
  if (context.json) return
  if (context.interactive) context.io.stdout.write('\u001b[2J\u001b[3J\u001b[H')
  say(context, `checking ${kata.slug} · ${file}`)
}

function told(context: Context, report: Report): void {
  // One object a line: a reader of `watch --json` needs no parser that waits for a closing brace.
  if (context.json) return void context.io.stdout.write(`${JSON.stringify(report)}\n`)
  say(context, `\n${verdictScreen(report, context.look)}`)
  say(context, `\nsave to verdict ${duration(report.ms)}${context.interactive ? ` · ${keysLine(context.look)}` : ''}`)
}

/** Calls back after each change of one file, by events and by looking; whichever comes first. */
function watchFile(file: string, pollOnly: boolean, changed: () => void): { close(): void } {
  const stamp = () => {
    const stat = statSync(file, { throwIfNoEntry: false })
    return stat === undefined ? 'absent' : `${stat.ino} ${stat.size} ${stat.mtimeMs}`
  }
  let seen = stamp()
  let timer: NodeJS.Timeout | undefined
  const look = () => {
    const now = stamp()
    if (now === seen) return
    seen = now
    clearTimeout(timer)
    timer = setTimeout(changed, SETTLED_MS)
  }
  let events: FSWatcher | undefined
  if (!pollOnly) {
    try {
      // The folder, not the file: editors that save by renaming a new file would leave us with the old one.
      events = watchFolder(dirname(file), (_, name) => {
        if (name === null || name === basename(file)) look()
      })
      events.on('error', () => events?.close())
    } catch {
      // No events here: looking is enough.
    }
  }
  const interval = setInterval(look, LOOK_EVERY_MS)
  return {
    close() {
      events?.close()
      clearInterval(interval)
      clearTimeout(timer)
    },
  }
}

/** Single keys from a terminal; from a pipe (a script, a test) each character counts as one. */
function readKeys(context: Context, pressed: (key: string) => void): { close(): void } {
  const { stdin } = context.io
  const raw = stdin.isTTY === true
  if (raw) stdin.setRawMode?.(true)
  const data = (chunk: Buffer | string) => {
    for (const key of chunk.toString()) if (raw || key !== '\n') pressed(key)
  }
  stdin.on('data', data)
  return {
    close() {
      stdin.off('data', data)
      if (raw) stdin.setRawMode?.(false)
      stdin.pause()
    },
  }
}
