// The gradebook's memory. What is written here stays: contents, attempts and raw results are only ever added, one
// transaction each, so that whoever ends the grader at any moment loses nothing that was reported and doubles nothing.

import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Report } from '../judge/report.ts'
import { openGradebookFile, withSqlitesWords } from './gradebook-file.ts'
import type { Run } from './grades.ts'
import type { Attempt, Outcome } from './score.ts'
import type { Intake, Learner, NotTaken } from './submitted.ts'
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
  /** Keeps what an intake has brought; taking the same in twice changes nothing. */
  takeIn(source: string, intake: Intake, nowMs: number): void
  setting(name: string): string | undefined
  set(name: string, value: string): void

  /** what has no result yet, by kata. @param eachAttempt identical files count one by one */
  pending(katas: readonly string[], eachAttempt: boolean): Work[]
  attemptCount(katas: readonly string[]): number
  bytesOf(content: string): Uint8Array

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
}

const storedResult = ({ id, grader, engine, isolation, report }: ResultRow): StoredResult => ({
  id,
  versions: { grader, engine },
  isolation,
  report: JSON.parse(report) as Report,
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
        const content = db.prepare('INSERT OR IGNORE INTO contents VALUES (?, ?)')
        const attempt = db.prepare(
          'INSERT OR IGNORE INTO attempts (learner, kata, content, origin, at_ms, seen_ms) VALUES (?, ?, ?, ?, ?, ?)',
        )
        for (const { learner, kata, bytes, origin, atMs } of submitted) {
          const sha256 = createHash('sha256').update(bytes).digest('hex')
          content.run(sha256, bytes)
          attempt.run(learner, kata, sha256, origin, atMs === undefined ? null : Math.round(atMs), nowMs)
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
         FROM attempts a WHERE kata IN (SELECT value FROM json_each(?))
         GROUP BY kata, content ORDER BY kata, content`,
        JSON.stringify(katas),
      ).flatMap(({ kata, content, wanted, have }) =>
        Array.from({ length: Math.max(0, (eachAttempt ? wanted : 1) - have) }, () => ({ kata, content })),
      ),

    attemptCount: (katas) =>
      one<{ n: number }>(
        'SELECT count(*) AS n FROM attempts WHERE kata IN (SELECT value FROM json_each(?))',
        JSON.stringify(katas),
      )?.n ?? 0,

    bytesOf(content) {
      const row = one<{ bytes: Uint8Array }>('SELECT bytes FROM contents WHERE sha256 = ?', content)
      if (row === undefined) throw new Error(`The gradebook has no content ${content}.`)
      return row.bytes
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
      const result = (id: number) => storedResult(one<ResultRow>('SELECT * FROM results WHERE id = ?', id) as ResultRow)
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
      all<Omit<Attempt, 'atMs'> & { atMs: number | null }>(
        `SELECT learner, kata, origin, at_ms AS atMs, seen_ms AS seenMs, content, id AS "order" FROM attempts ORDER BY id`,
      ).map(({ atMs, ...attempt }) => ({ ...attempt, ...(atMs === null ? {} : { atMs }) })),

    takenIn() {
      const intakes = all<{ class: string }>('SELECT class FROM intakes ORDER BY at_ms, source').map(
        (row) => JSON.parse(row.class) as TakenIn,
      )
      const learners = new Map(intakes.flatMap((intake) => intake.learners.map((learner) => [learner.id, learner])))
      return { learners: [...learners.values()], notTaken: intakes.flatMap(({ notTaken }) => notTaken) }
    },

    runs: () =>
      all<Omit<Run, 'remark'> & { remark: string | null }>(
        `SELECT started_ms AS startedMs, isolation, remark, from_cache AS fromCache,
           (SELECT count(*) FROM results r WHERE r.run = runs.id) AS judged,
           (SELECT count(DISTINCT kata || ' ' || content) FROM judge_errors e WHERE e.run = runs.id) AS judgeErrors
         FROM runs ORDER BY id DESC`,
      ).map(({ remark, ...more }) => ({ ...more, ...(remark === null ? {} : { remark }) })),

    outcomeOf(kata, content) {
      const row = one<ResultRow & { verdicts: number }>(
        `SELECT r.*, (SELECT count(DISTINCT verdict) FROM results same WHERE same.key = r.key) AS verdicts
         FROM standing s JOIN results r ON r.id = s.result WHERE s.kata = ? AND s.content = ?`,
        kata,
        content,
      )
      if (row !== undefined)
        return {
          state: 'graded',
          report: storedResult(row).report,
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

/** What makes a result what it is: the bytes, the kata, its grader, the engine on its Node, the sandbox. */
function keyOf({ kata, content }: Work, { grader, engine }: Versions, isolation: Run['isolation']): string {
  return createHash('sha256').update([content, kata, grader, engine, isolation].join('\n')).digest('hex')
}
