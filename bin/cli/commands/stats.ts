// `kata stats`: what the learner has done, from the events alone.

import { resolve } from 'node:path'
import { progressFile } from '../../course/files.ts'
import { mergeProgress, readProgress } from '../../course/progress.ts'
import { DAY_MS } from '../../course/state.ts'
import { EXIT } from '../../judge/report.ts'
import type { Values } from '../arguments.ts'
import { type Context, progress, say, sayJson } from '../context.ts'
import { statsScreen } from '../screens/stats-screen.ts'

export function stats(context: Context, values: Values): number {
  const file = progressFile(context.ws)
  const merged = values.merge === undefined ? undefined : mergeProgress(file, resolve(context.io.cwd, values.merge))
  const { events, skipped } = readProgress(file)
  const state = progress(context)
  const nowMs = context.io.now()
  const in7Days = (dueAtMs: number | undefined) => dueAtMs !== undefined && dueAtMs <= nowMs + 7 * DAY_MS
  const rows = context.katas.map((kata) => ({ kata, state: state.get(kata.slug) }))
  const data = {
    katas: rows.length,
    passed: rows.filter((row) => row.state?.state === 'passed').length,
    recheck: rows.filter((row) => row.state?.state === 'recheck').length,
    started: rows.filter((row) => row.state?.state === 'started').length,
    revealed: rows.filter((row) => row.state?.state === 'revealed').length,
    checks: events.filter(({ type }) => type === 'check').length,
    hints: events.filter(({ type }) => type === 'hint').length,
    days: new Set(events.map(({ at }) => new Date(at).toISOString().slice(0, 10))).size,
    due: rows.filter((row) => row.state?.due !== undefined).map((row) => row.kata.slug),
    dueWithin7Days: rows.filter((row) => in7Days(row.state?.dueAtMs)).map((row) => row.kata.slug),
    byVolume: [...new Set(rows.map((row) => row.kata.path.split('/')[0] ?? ''))].map((folder) => {
      const inVolume = rows.filter((row) => row.kata.path.startsWith(`${folder}/`))
      return { folder, katas: inVolume.length, passed: inVolume.filter((row) => row.state?.state === 'passed').length }
    }),
    damagedLines: skipped,
    merged: merged ?? null,
  }
  if (context.json) sayJson(context, data)
  else say(context, statsScreen(data, context.look))
  return EXIT.accepted
}
