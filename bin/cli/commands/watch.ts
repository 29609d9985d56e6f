// `kata watch`: a verdict each time the learner saves. One judge stays up; what is slow is done before it is needed.
// One thing happens at a time: what comes during a check or under a pager, a save or a key, is done when that is over.

import { stubFile } from '../../course/files.ts'
import type { Kata } from '../../course/kata.ts'
import { KataError } from '../../course/kata-error.ts'
import { judgeSubmissions, seedOf } from '../../judge/judge-submissions.ts'
import { EXIT, exitCodeOf, type Report } from '../../judge/report.ts'
import type { Values } from '../arguments.ts'
import { type Context, progress, record, say, shown } from '../context.ts'
import { onSave, type Watched } from '../file-changes.ts'
import { jsonText } from '../json-text.ts'
import { withJudge } from '../judge-in-use.ts'
import { keepTrace } from '../kept-trace.ts'
import { type Keys, readKeys } from '../keys.ts'
import { errorScreen } from '../screens/error-screen.ts'
import { verdictScreen } from '../screens/verdict-screen.ts'
import { keysLine } from '../screens/watch-screen.ts'
import { whichKata } from '../which-kata.ts'
import { isProgress, keptOf, readOwn, recordCheck, shownPromise } from './check.ts'

const INTERRUPT = '\u0003'
const END_OF_INPUT = '\u0004'
/** keys of `show` */
const LOOKS: readonly string[] = ['h', 'l', 'd']
const QUIT: readonly string[] = ['q', INTERRUPT, END_OF_INPUT]

export async function watch(context: Context, name: string | undefined, values: Values): Promise<number> {
  let kata = whichKata(context, name)
  let last: Report | undefined
  let recorded = ''
  let saved = true
  /** the last key that has not been served */
  let wanted: string | undefined
  let idle = true
  let ended = false
  const { promise: over, resolve: finish, reject: fail } = Promise.withResolvers<void>()
  const end = () => {
    ended = true
    finish()
  }

  return withJudge(
    context,
    async (judge) => {
      const judgeOnce = async () => {
        checking(context, kata)
        const startedMs = context.io.now()
        const bytes = readOwn(context, kata)
        const request = { id: kata.slug, kata, file: shown(context, stubFile(context.ws, kata)), bytes }
        const reports = await judgeSubmissions(context.ws, judge, [{ ...request, seeds: [seedOf(bytes)] }])
        // Saved again meanwhile: this verdict is past before anybody has seen it, and the next is under way.
        if (ended || saved) return
        const report = reports.get(kata.slug) as Report
        last = { ...report, ms: context.io.now() - startedMs }
        keepTrace(context.ws, kata, report)
        const outcome = `${report.verdict} ${keptOf(report)} ${shownPromise(report)}`
        // Not each save: a history of half-typed lines would say nothing.
        if (outcome !== recorded && isProgress(context, kata, bytes, report))
          recordCheck(context, kata, report, { watch: true })
        recorded = outcome
        tell(context, last)
      }
      const turn = async () => {
        if (!idle) return
        idle = false
        while ((saved || wanted !== undefined) && !ended) {
          try {
            if (saved) {
              saved = false
              await judgeOnce()
            } else {
              const key = wanted ?? ''
              wanted = undefined
              await act(key)
            }
          } catch (error) {
            if (error instanceof KataError) complain(context, error)
            else if (!ended) fail(error)
          }
        }
        idle = true
      }

      const onSaved = () => {
        saved = true
        void turn()
      }
      const onKey = (key: string) => {
        if (QUIT.includes(key)) return end()
        wanted = key
        void turn()
      }
      const act = async (key: string) => {
        if (key === '\r' || (key === '\n' && context.interactive)) saved = true
        else if (key === 'n') follow(whichKata(context, undefined))
        else if (!context.json) await show(context, kata, key, keys)
      }
      let watched: Watched | undefined
      const follow = (chosen: Kata) => {
        watched?.close()
        kata = chosen
        last = undefined
        recorded = ''
        saved = true
        watched = onSave(stubFile(context.ws, kata), values.poll === true, onSaved)
        if (progress(context).get(kata.slug)?.state === 'new') record(context, 'start', kata)
      }

      const keys = readKeys(context.io.stdin, onKey)
      try {
        follow(kata)
        void turn()
        await over
        return last === undefined ? EXIT.unknown : exitCodeOf(last.verdict)
      } finally {
        watched?.close()
        keys.close()
      }
    },
    end,
  )
}

/** What can be looked at between two verdicts. */
async function show(context: Context, kata: Kata, key: string, keys: Keys): Promise<void> {
  if (!LOOKS.includes(key)) return
  apart(context)
  if (key === 'h') (await import('./hint.ts')).hint(context, kata.slug, {})
  else if (key === 'l') await keys.lend(async () => (await import('./lesson.ts')).lesson(context, kata.slug, {}))
  else await keys.lend(async () => (await import('./diff.ts')).diff(context, kata.slug, {}))
  tellKeys(context)
}

function checking(context: Context, kata: Kata): void {
  if (context.json) return
  // The screen, not what has scrolled off it: that is the learner's.
  if (context.clears) context.io.stdout.write('\u001b[2J\u001b[H')
  say(context, `checking ${kata.slug} · ${shown(context, stubFile(context.ws, kata))}`)
}

function tell(context: Context, report: Report): void {
  // One object a line: a reader of `watch --json` needs no parser that waits for a closing brace.
  if (context.json) return void context.io.stdout.write(`${jsonText(report)}\n`)
  say(context, `\n${verdictScreen(report, context.look)}`)
  tellKeys(context)
}

function tellKeys(context: Context): void {
  if (context.interactive) say(context, `\n${keysLine(context.look)}`)
}

/** What a key brings stands below what was there. */
function apart(context: Context): void {
  if (context.interactive) say(context, '')
}

/** A mistake that can be mended while we watch, such as a file that is not there. */
function complain(context: Context, error: KataError): void {
  if (context.json)
    return void context.io.stdout.write(`${jsonText({ error: error.what, next: error.next ?? null })}\n`)
  apart(context)
  say(context, errorScreen(error, context.look))
  tellKeys(context)
}
