// The gradebook's memory. What is written here stays: contents, attempts and raw results are only ever added, one
// transaction each, so that whoever ends the grader at any moment loses nothing that was reported and doubles nothing.

import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Report } from '../judge/report.ts'
import { openGradebookFile, withSqlitesWords } from './gradebook-file.ts'
import type { ItemNames, Run } from './grades.ts'
import type { Attempt, Outcome } from './score.ts'
import type { Intake, Learner, NotTaken, Submitted } from './submitted.ts'
import type { Versions } from './versions.ts'

/** One content of one kata: what is judged once, however many handed it in. */
export interface Work {
  readonly kata: string
  readonly content: string
}

export interface RunStart {
  readonly kind: 'grade' | 'regrade'
  readonly startedMs: number
  readonly isolation: Run['isolation']
  readonly remark?: string
  readonly secret: string
  /** attempts that need no judging because their bytes have been judged before */
  readonly fromCache: number
}

export interface StoredResult {
  readonly id: number
  readonly versions: Versions
  readonly isolation: Run['isolation']
  readonly report: Report
  /** what its grader asked for; unknown of an older gradebook */
  readonly items?: ItemNames
}

export interface Proposal {
  readonly id: number
  readonly madeMs: number
  readonly changes: readonly (Work & { readonly old: StoredResult; readonly new: StoredResult })[]
}

export interface TakenIn {
  readonly learners: readonly Learner[]
  readonly notTaken: readonly NotTaken[]
}

export interface Store {
  readonly file: string
  /**
   * Keeps what an intake has brought; taking the same in twice changes nothing. What the same source brought from the same
   * place as another learner's counts no more: a roster that comes later says better who that is.
   */
  takeIn(source: string, intake: Intake, nowMs: number): void
  setting(name: string): string | undefined
  set(name: string, value: string): void

  /** what has no result yet, by kata. @param eachAttempt identical files count one by one */
  pending(katas: readonly string[], eachAttempt: boolean): Work[]
  attemptCount(katas: readonly string[]): number
  bytesOf(content: string): Uint8Array

  /** What the present grader of a kata asks for; to say it again changes nothing. */
  knowGrader(kata: string, grader: string, items: ItemNames): void
  startRun(run: RunStart): number
  endRun(run: number, nowMs: number): void
  /** A result; the first of a content is the one that it is graded by. */
  keep(run: number, work: Work, versions: Versions, report: Report, nowMs: number): void
  keepJudgeError(run: number, work: Work, report: Report, nowMs: number): void

  /** what is graded by a result of another grader, engine or (weaker) isolation. @param all also what is not */
  outdated(versions: ReadonlyMap<string, Versions>, isolation: Run['isolation'], all: boolean): Work[]
  /** a result of just this kind, newest first: a regrade that was interrupted goes on from there */
  resultFor(work: Work, versions: Versions, isolation: Run['isolation'], since?: number): number | undefined
  propose(run: number, replacements: readonly (Work & { readonly result: number })[], nowMs: number): void
  openProposal(): Proposal | undefined
  decide(proposal: number, decision: 'applied' | 'discarded', nowMs: number): void

  /** all that count */
  attempts(): Attempt[]
  takenIn(): TakenIn
  runs(): Run[]
  outcomeOf(kata: string, content: string): Outcome
  close(): void
}

interface ResultRow {
  readonly id: number
  readonly grader: string
  readonly engine: string
  readonly isolation: Run['isolation']
  readonly report: string
  readonly items: string | null
}

const RESULTS =
  'SELECT r.*, g.items FROM results r LEFT JOIN graders g ON g.kata = r.kata AND g.grader = r.grader WHERE r.id = ?'

const storedResult = ({ id, grader, engine, isolation, report, items }: ResultRow): StoredResult => ({
  id,
  versions: { grader, engine },
  isolation,
  report: JSON.parse(report) as Report,
  ...(items === null ? {} : { items: JSON.parse(items) as ItemNames }),
})

/** What somebody is graded by, if it is by this. */
export const gradedBy = ({ report, isolation, items }: StoredResult): Outcome & { readonly state: 'graded' } => ({
  state: 'graded',
  report,
  isolation,
  ...(items === undefined ? {} : { items }),
})

/** @throws {KataError} where the file cannot be one */
export function openStore(file: string, mode: 'read' | 'write'): Store {
  const db = openGradebookFile(file, mode)
  const guarded = <T>(work: () => T): T => withSqlitesWords(file, work)
  const all = <Row>(sql: string, ...values: (string | number)[]): Row[] =>
    guarded(() => db.prepare(sql).all(...values) as unknown as Row[])
  const one = <Row>(sql: string, ...values: (string | number)[]): Row | undefined => all<Row>(sql, ...values)[0]
  const run = (sql: string, ...values: (string | number | null | Uint8Array)[]) => db.prepare(sql).run(...values)
  const transaction = <T>(work: () => T): T => guarded(() => inTransaction(db, work))
  const isolationOf = (id: number): Run['isolation'] =>
    one<{ isolation: Run['isolation'] }>('SELECT isolation FROM runs WHERE id = ?', id)?.isolation ?? 'portable'

  /** @returns the attempt that a file is: a new one, or one that is there */
  function keepAttempt(source: string, { learner, kata, bytes, origin, atMs }: Submitted, nowMs: number): number {
    const content = createHash('sha256').update(bytes).digest('hex')
    run('INSERT OR IGNORE INTO contents VALUES (?, ?)', content, bytes)
    const insert = (at: number | null) =>
      run(
        `INSERT OR IGNORE INTO attempts (learner, kata, content, origin, at_ms, seen_ms) VALUES (?, ?, ?, ?, ?, ?)`,
        ...[learner, kata, content, origin, at, nowMs],
      )
    type Known = { readonly id: number; readonly content: string }
    if (atMs !== undefined) {
      const at = Math.round(atMs)
      insert(at)
      const known = one<Known>(
        'SELECT id, content FROM attempts WHERE learner = ? AND kata = ? AND content = ? AND origin = ? AND at_ms = ?',
        ...[learner, kata, content, origin, at],
      )
      if (known === undefined) throw new Error(`The attempt ${origin} was not kept.`)
      return known.id
    }
    // Without a time a file is new where it differs from what this source had there last; so a folder that is taken in
    // again and again brings nothing, and one in which somebody went back to an earlier file does. A copy of a folder
    // brings what the folder has brought.
    const newest = (from: string, ...values: string[]) =>
      one<Known>(
        `SELECT a.id, a.content FROM ${from} WHERE a.learner = ? AND a.kata = ? AND a.origin = ? AND a.at_ms IS NULL
         ORDER BY a.id DESC LIMIT 1`,
        ...[...values, learner, kata, origin],
      )
    const ours = newest('attempts a JOIN brought b ON b.attempt = a.id AND b.source = ?', source)
    if (ours?.content === content) return ours.id
    const anybodys = newest('attempts a')
    return anybodys?.content === content ? anybodys.id : Number(insert(null).lastInsertRowid)
  }

  /** What a place was read as now counts, and nothing else that this source has read it as. */
  function supersede(source: string, place: string, kata: string, ids: ReadonlySet<number>): void {
    const known = JSON.stringify([...ids])
    for (const id of ids) run('INSERT OR IGNORE INTO brought VALUES (?, ?, ?, 0)', source, place, id)
    // Of a gradebook that did not write down yet who brought what.
    run(
      `INSERT INTO brought SELECT ?, ?, id, 0 FROM attempts a WHERE kata = ?
         AND origin IN (SELECT origin FROM attempts WHERE id IN (SELECT value FROM json_each(?)))
         AND NOT EXISTS (SELECT 1 FROM brought WHERE attempt = a.id)`,
      ...[source, place, kata, known],
    )
    run(
      `UPDATE brought SET is_superseded = (SELECT learner FROM attempts WHERE id = attempt) NOT IN
         (SELECT learner FROM attempts WHERE id IN (SELECT value FROM json_each(?)))
       WHERE source = ? AND place = ? AND (SELECT kata FROM attempts WHERE id = attempt) = ?`,
      ...[known, source, place, kata],
    )
  }

  return {
    file,

    takeIn(source, { submitted, learners, notTaken }, nowMs) {
      // One transaction for all: an intake that was interrupted is made again by the same command.
      transaction(() => {
        run(
          'INSERT INTO intakes VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms, class = excluded.class',
          source,
          nowMs,
          JSON.stringify({ learners, notTaken } satisfies TakenIn),
        )
        const brought = new Map<string, Set<number>>()
        for (const file of submitted) {
          const key = JSON.stringify([placeOf(file.origin), file.kata])
          const attempt = keepAttempt(source, file, nowMs)
          // Of an attempt that is there already, too: an older version did not write it down.
          if (file.markedLateBy !== undefined)
            run('UPDATE attempts SET marked_late_by = ? WHERE id = ?', file.markedLateBy, attempt)
          brought.set(key, (brought.get(key) ?? new Set()).add(attempt))
        }
        for (const [key, ids] of brought) {
          const [place, kata] = JSON.parse(key) as [string, string]
          supersede(source, place, kata, ids)
        }
      })
    },

    setting: (name) => one<{ value: string }>('SELECT value FROM settings WHERE name = ?', name)?.value,
    set(name, value) {
      transaction(() =>
        run('INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value', name, value),
      )
    },

    pending: (katas, eachAttempt) =>
      all<Work & { wanted: number; have: number }>(
        `SELECT kata, content, count(*) AS wanted,
           (SELECT count(*) FROM results r WHERE r.kata = a.kata AND r.content = a.content) AS have
         FROM counted_attempts a WHERE kata IN (SELECT value FROM json_each(?))
         GROUP BY kata, content ORDER BY kata, content`,
        JSON.stringify(katas),
      ).flatMap(({ kata, content, wanted, have }) =>
        Array.from({ length: Math.max(0, (eachAttempt ? wanted : 1) - have) }, () => ({ kata, content })),
      ),

    attemptCount: (katas) =>
      one<{ n: number }>(
        'SELECT count(*) AS n FROM counted_attempts WHERE kata IN (SELECT value FROM json_each(?))',
        JSON.stringify(katas),
      )?.n ?? 0,

    bytesOf(content) {
      const row = one<{ bytes: Uint8Array }>('SELECT bytes FROM contents WHERE sha256 = ?', content)
      if (row === undefined) throw new Error(`The gradebook has no content ${content}.`)
      return row.bytes
    },

    knowGrader(kata, grader, { promises, budgets }) {
      transaction(() =>
        run('INSERT OR IGNORE INTO graders VALUES (?, ?, ?)', kata, grader, JSON.stringify({ promises, budgets })),
      )
    },

    startRun: ({ kind, startedMs, isolation, remark, secret, fromCache }) =>
      transaction(() =>
        Number(
          run(
            'INSERT INTO runs (kind, started_ms, isolation, remark, secret, from_cache) VALUES (?, ?, ?, ?, ?, ?)',
            kind,
            startedMs,
            isolation,
            remark ?? null,
            secret,
            fromCache,
          ).lastInsertRowid,
        ),
      ),
    endRun(id, nowMs) {
      transaction(() => run('UPDATE runs SET ended_ms = ? WHERE id = ?', nowMs, id))
    },

    keep(id, { kata, content }, { grader, engine }, report, nowMs) {
      const isolation = isolationOf(id)
      transaction(() => {
        const { lastInsertRowid } = run(
          `INSERT INTO results (key, kata, content, grader, engine, isolation, run, judged_ms, verdict, report)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          keyOf({ kata, content }, { grader, engine }, isolation),
          kata,
          content,
          grader,
          engine,
          isolation,
          id,
          nowMs,
          report.verdict,
          JSON.stringify(report),
        )
        run('INSERT OR IGNORE INTO standing VALUES (?, ?, ?)', kata, content, Number(lastInsertRowid))
      })
    },

    keepJudgeError(id, { kata, content }, report, nowMs) {
      transaction(() =>
        run(
          'INSERT INTO judge_errors (kata, content, run, at_ms, report) VALUES (?, ?, ?, ?, ?)',
          kata,
          content,
          id,
          nowMs,
          JSON.stringify(report),
        ),
      )
    },

    outdated(versions, isolation, everything) {
      const katas = [...versions].map(([kata, { grader, engine }]) => ({ kata, grader, engine }))
      return all<Work>(
        `SELECT s.kata, s.content FROM standing s
           JOIN results r ON r.id = s.result
           JOIN (SELECT value ->> 'kata' AS kata, value ->> 'grader' AS grader, value ->> 'engine' AS engine
                 FROM json_each(?)) v ON v.kata = s.kata
         WHERE ? OR r.grader <> v.grader OR r.engine <> v.engine OR (r.isolation = 'portable' AND ? = 'strict')
         ORDER BY s.kata, s.content`,
        JSON.stringify(katas),
        everything ? 1 : 0,
        isolation,
      )
    },

    resultFor: (work, versions, isolation, since = 0) =>
      one<{ id: number }>(
        'SELECT id FROM results WHERE key = ? AND run >= ? ORDER BY id DESC LIMIT 1',
        keyOf(work, versions, isolation),
        since,
      )?.id,

    propose(id, replacements, nowMs) {
      transaction(() => {
        run("UPDATE proposals SET state = 'superseded', decided_ms = ? WHERE state = 'open'", nowMs)
        if (replacements.length === 0) return
        const { lastInsertRowid } = run("INSERT INTO proposals (run, made_ms, state) VALUES (?, ?, 'open')", id, nowMs)
        const insert = db.prepare(
          `INSERT INTO proposed SELECT ?, kata, content, result, ? FROM standing WHERE kata = ? AND content = ?`,
        )
        for (const { kata, content, result } of replacements) insert.run(Number(lastInsertRowid), result, kata, content)
      })
    },

    openProposal() {
      const open = one<{ id: number; madeMs: number }>(
        "SELECT id, made_ms AS madeMs FROM proposals WHERE state = 'open'",
      )
      if (open === undefined) return undefined
      const changes = all<Work & { old: number; new: number }>(
        'SELECT kata, content, old_result AS old, new_result AS new FROM proposed WHERE proposal = ? ORDER BY kata, content',
        open.id,
      )
      const result = (id: number) => storedResult(one<ResultRow>(RESULTS, id) as ResultRow)
      return {
        ...open,
        changes: changes.map(({ kata, content, old, new: comes }) => ({
          kata,
          content,
          old: result(old),
          new: result(comes),
        })),
      }
    },

    decide(proposal, decision, nowMs) {
      transaction(() => {
        run("UPDATE proposals SET state = ?, decided_ms = ? WHERE id = ? AND state = 'open'", decision, nowMs, proposal)
        if (decision === 'applied')
          run(
            `UPDATE standing SET result = p.new_result FROM proposed p
             WHERE p.proposal = ? AND p.kata = standing.kata AND p.content = standing.content`,
            proposal,
          )
      })
    },

    attempts: () =>
      all<Omit<Attempt, 'atMs' | 'markedLateBy'> & { atMs: number | null; markedLateBy: string | null }>(
        `SELECT learner, kata, origin, at_ms AS atMs, marked_late_by AS markedLateBy, seen_ms AS seenMs, content,
           id AS "order" FROM counted_attempts ORDER BY id`,
      ).map(({ atMs, markedLateBy, ...attempt }) => ({
        ...attempt,
        ...(atMs === null ? {} : { atMs }),
        ...(markedLateBy === null ? {} : { markedLateBy }),
      })),

    takenIn() {
      const intakes = all<{ class: string }>('SELECT class FROM intakes ORDER BY at_ms, source').map(
        (row) => JSON.parse(row.class) as TakenIn,
      )
      const learners = new Map(intakes.flatMap((intake) => intake.learners.map((learner) => [learner.id, learner])))
      return { learners: [...learners.values()], notTaken: withoutTwins(intakes.flatMap(({ notTaken }) => notTaken)) }
    },

    runs: () =>
      all<
        Omit<Run, 'remark' | 'endedMs' | 'proposal'> & {
          remark: string | null
          endedMs: number | null
          proposal: Run['proposal'] | null
        }
      >(
        `SELECT kind, started_ms AS startedMs, ended_ms AS endedMs, isolation, remark, from_cache AS fromCache,
           (SELECT state FROM proposals p WHERE p.run = runs.id ORDER BY p.id DESC LIMIT 1) AS proposal,
           (SELECT count(*) FROM results r WHERE r.run = runs.id) AS judged,
           (SELECT count(DISTINCT kata || ' ' || content) FROM judge_errors e WHERE e.run = runs.id) AS judgeErrors
         FROM runs ORDER BY id DESC`,
      ).map(({ remark, endedMs, proposal, ...more }) => ({
        ...more,
        ...(endedMs === null ? {} : { endedMs }),
        ...(proposal === null || proposal === undefined ? {} : { proposal }),
        ...(remark === null ? {} : { remark }),
      })),

    outcomeOf(kata, content) {
      const row = one<ResultRow & { verdicts: number }>(
        `SELECT r.*, g.items, (SELECT count(DISTINCT verdict) FROM results same WHERE same.key = r.key) AS verdicts
         FROM standing s JOIN results r ON r.id = s.result
           LEFT JOIN graders g ON g.kata = r.kata AND g.grader = r.grader
         WHERE s.kata = ? AND s.content = ?`,
        kata,
        content,
      )
      if (row !== undefined)
        return {
          ...gradedBy(storedResult(row)),
          ...(row.verdicts < 2 ? {} : { remarks: ['Judged more than once, and not to the same verdict.'] }),
        }
      const fault = one<{ report: string }>(
        'SELECT report FROM judge_errors WHERE kata = ? AND content = ? ORDER BY id DESC LIMIT 1',
        kata,
        content,
      )
      return fault === undefined
        ? { state: 'pending' }
        : { state: 'judge-error', report: JSON.parse(fault.report) as Report }
    },

    close: () => db.close(),
  }
}

function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

/** A copy of a folder, taken in beside it, holds the same troubles: each is told once. */
function withoutTwins(notTaken: readonly NotTaken[]): NotTaken[] {
  const told = new Map<string, NotTaken>()
  for (const one of notTaken) {
    const key = JSON.stringify([one.learner, one.origin, one.why])
    told.set(key, { ...one, katas: [...new Set([...(told.get(key)?.katas ?? []), ...one.katas])] })
  }
  return [...told.values()]
}

/** Where a file came from, whichever commit of a repository that was. */
const placeOf = (origin: string): string => origin.replace(/ @ \S+(?=: )/, '')

/** What makes a result what it is: the bytes, the kata, its grader, the engine on its Node, the sandbox. */
function keyOf({ kata, content }: Work, { grader, engine }: Versions, isolation: Run['isolation']): string {
  return createHash('sha256').update([content, kata, grader, engine, isolation].join('\n')).digest('hex')
}
