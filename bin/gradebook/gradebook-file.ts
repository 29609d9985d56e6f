// Opens the gradebook's file: ours or nobody's, whole or not at all, of a version that we know. The schema grows by
// migrations, each in a transaction with the version that it leads to.

import { accessSync, constants, existsSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { KataError } from '../course/kata-error.ts'

/** `KATA`: tells our files from other programs' databases. */
const APPLICATION_ID = 0x4b415441

/** How long a reader waits for a writer's transaction, which takes milliseconds. */
const BUSY_MS = 10_000

/** From version n to n + 1. What has been released is never edited, only added to. */
export const MIGRATIONS: readonly string[] = [
  `
  -- The bytes of every submission, so that a regrade needs no original.
  CREATE TABLE contents (sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE attempts (
    id INTEGER PRIMARY KEY,
    learner TEXT NOT NULL,
    kata TEXT NOT NULL,
    content TEXT NOT NULL REFERENCES contents (sha256),
    origin TEXT NOT NULL,
    at_ms INTEGER,
    seen_ms INTEGER NOT NULL
  ) STRICT;
  -- Nulls are all distinct to an index, and taking the same folder in twice must find the same attempts.
  CREATE UNIQUE INDEX same_attempt ON attempts (learner, kata, content, origin, coalesce(at_ms, -1));
  CREATE INDEX attempts_by_content ON attempts (kata, content);

  -- What the newest intake of each source said beside the files.
  CREATE TABLE intakes (source TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, class TEXT NOT NULL) STRICT;

  CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('grade', 'regrade')),
    started_ms INTEGER NOT NULL,
    ended_ms INTEGER,
    isolation TEXT NOT NULL CHECK (isolation IN ('strict', 'portable')),
    remark TEXT,
    secret TEXT NOT NULL,
    from_cache INTEGER NOT NULL
  ) STRICT;

  -- Raw results: what the judge said, to the letter, for ever.
  CREATE TABLE results (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    kata TEXT NOT NULL,
    content TEXT NOT NULL REFERENCES contents (sha256),
    grader TEXT NOT NULL,
    engine TEXT NOT NULL,
    isolation TEXT NOT NULL CHECK (isolation IN ('strict', 'portable')),
    run INTEGER NOT NULL REFERENCES runs (id),
    judged_ms INTEGER NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict <> 'judge-error'),
    report TEXT NOT NULL
  ) STRICT;
  CREATE INDEX results_by_key ON results (key);
  CREATE INDEX results_by_content ON results (kata, content);
  CREATE INDEX results_by_run ON results (run);
  CREATE TRIGGER results_stay BEFORE UPDATE ON results BEGIN SELECT raise(ABORT, 'a raw result is never changed'); END;
  CREATE TRIGGER results_remain BEFORE DELETE ON results BEGIN SELECT raise(ABORT, 'a raw result is never removed'); END;

  -- Which result a content is graded by. Moved only by applying a regrade.
  CREATE TABLE standing (
    kata TEXT NOT NULL,
    content TEXT NOT NULL,
    result INTEGER NOT NULL REFERENCES results (id),
    PRIMARY KEY (kata, content)
  ) STRICT, WITHOUT ROWID;

  -- Faults of ours, apart from results: they are tried again and never scored.
  CREATE TABLE judge_errors (
    id INTEGER PRIMARY KEY,
    kata TEXT NOT NULL,
    content TEXT NOT NULL REFERENCES contents (sha256),
    run INTEGER NOT NULL REFERENCES runs (id),
    at_ms INTEGER NOT NULL,
    report TEXT NOT NULL
  ) STRICT;
  CREATE INDEX judge_errors_by_content ON judge_errors (kata, content);

  CREATE TABLE proposals (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (id),
    made_ms INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'applied', 'discarded', 'superseded')),
    decided_ms INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX one_open_proposal ON proposals (state) WHERE state = 'open';
  CREATE TABLE proposed (
    proposal INTEGER NOT NULL REFERENCES proposals (id),
    kata TEXT NOT NULL,
    content TEXT NOT NULL,
    old_result INTEGER NOT NULL REFERENCES results (id),
    new_result INTEGER NOT NULL REFERENCES results (id),
    PRIMARY KEY (proposal, kata, content)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- Without a time only the order says which is the latest: whoever goes back to an earlier file has handed it in anew.
  DROP INDEX same_attempt;
  CREATE UNIQUE INDEX same_timed_attempt ON attempts (learner, kata, content, origin, at_ms) WHERE at_ms IS NOT NULL;
  CREATE INDEX attempts_by_origin ON attempts (origin, kata);

  -- Which source brought an attempt, from which place in it. The same place read as another learner's (a roster came, or
  -- was left out) supersedes what was read before: it stays here, and counts for nobody.
  CREATE TABLE brought (
    source TEXT NOT NULL,
    place TEXT NOT NULL,
    attempt INTEGER NOT NULL REFERENCES attempts (id),
    is_superseded INTEGER NOT NULL CHECK (is_superseded IN (0, 1)),
    PRIMARY KEY (source, place, attempt)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX brought_by_attempt ON brought (attempt);
  CREATE VIEW counted_attempts AS SELECT * FROM attempts
    WHERE id NOT IN (SELECT attempt FROM brought GROUP BY attempt HAVING min(is_superseded) = 1);
  `,
  `
  -- Who says that it was late, where nobody says when it came.
  ALTER TABLE attempts ADD COLUMN marked_late_by TEXT;
  `,
  `
  -- What each version of a kata's grader asks for, by name: a result is worth what it was when it was judged, whatever the
  -- grader has come to ask since.
  CREATE TABLE graders (
    kata TEXT NOT NULL,
    grader TEXT NOT NULL,
    items TEXT NOT NULL,
    PRIMARY KEY (kata, grader)
  ) STRICT, WITHOUT ROWID;
  `,
]

const MAKE_ONE = 'Make one: npx kata grade DIR --gradebook FILE'
const OTHER_TO_WRITE = 'Give another with --gradebook FILE.'

/** SQLite says of what may not be read that it cannot be opened, which sounds like a fault of writing. @throws {KataError} */
function readableStat(file: string): Stats | undefined {
  try {
    const stat = statSync(file, { throwIfNoEntry: false })
    if (stat !== undefined) accessSync(file, constants.R_OK)
    return stat
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === undefined || syscall === undefined) throw error
    const isForbidden = code === 'EACCES' || code === 'EPERM'
    throw new KataError(
      `${file} cannot be read (${code}).`,
      isForbidden
        ? 'Give yourself the right to read it and its folder.'
        : 'Name the file itself, such as gradebook.sqlite.',
    )
  }
}

/**
 * Something was kept there, so that it can be asked which assignment that was. A file without a byte is what a slip
 * leaves; it is a gradebook only while its first pages are still in SQLite's log.
 */
export function holdsSomething(file: string): boolean {
  const stat = readableStat(file)
  return stat !== undefined && (!stat.isFile() || stat.size > 0 || existsSync(`${file}-wal`))
}

/**
 * For what makes no sense without a gradebook: a mistyped name must not become an empty one.
 * @throws {KataError} where nothing was ever kept
 */
export function mustHoldSomething(file: string, next: string): void {
  if (holdsSomething(file)) return
  throw new KataError(existsSync(file) ? `${file} is empty, and no gradebook.` : `There is no gradebook ${file}.`, next)
}

/**
 * @param mode `write` makes a file that is not there; `read` writes nothing, but for bringing an older version up to date
 * @throws {KataError} for a file that is not ours, is damaged, or is of a newer version
 */
export function openGradebookFile(
  file: string,
  mode: 'read' | 'write',
  migrations: readonly string[] = MIGRATIONS,
): DatabaseSync {
  if (mode === 'read') mustHoldSomething(file, MAKE_ONE)
  const stat = readableStat(file)
  const other = mode === 'write' ? OTHER_TO_WRITE : 'Name the file itself, such as gradebook.sqlite.'
  if (stat?.isFile() === false)
    throw new KataError(`${file} is ${stat.isDirectory() ? 'a folder' : 'not a file'}.`, other)
  if (!existsSync(dirname(file)))
    throw new KataError(`There is no folder ${dirname(file)}.`, 'Make it, or give another place with --gradebook FILE.')
  return withSqlitesWords(
    file,
    () => {
      const db = connect(file, mode)
      try {
        const isEmpty = numberOf(db, 'SELECT count(*) FROM sqlite_schema') === 0
        if (isEmpty && mode === 'read') throw new KataError(`${file} is empty, and no gradebook.`, MAKE_ONE)
        if (!isEmpty && numberOf(db, 'PRAGMA application_id') !== APPLICATION_ID)
          throw new KataError(`${file} is another program's database.`, other)
        const version = numberOf(db, 'PRAGMA user_version')
        if (version > migrations.length)
          throw new KataError(
            `${file} is of version ${version}, and this course knows versions up to ${migrations.length}.`,
            'Update the course: what a newer version has kept must not be read by an older one.',
          )
        const [check] = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})
        if (check !== 'ok') throw damaged(file, String(check))
        if (mode === 'read' && version === migrations.length) return db
        db.exec('PRAGMA journal_mode = WAL')
        // A result that was reported is on the disk: also after a loss of power, not only of the process.
        db.exec('PRAGMA synchronous = FULL')
        for (const [i, migration] of migrations.slice(version).entries()) migrate(db, migration, version + i + 1)
        return db
      } catch (error) {
        db.close()
        throw error
      }
    },
    other,
  )
}

/**
 * Whoever may only read a gradebook (of a colleague, from a backup) reads it as it lies. SQLite's own read-only connection
 * makes files beside it and leaves them there, so it is for a gradebook that is being written; any other is opened as one
 * that does not change.
 */
function connect(file: string, mode: 'read' | 'write'): DatabaseSync {
  const options = { timeout: BUSY_MS, enableForeignKeyConstraints: true }
  if (mode === 'write' || (isWritable(file) && isWritable(dirname(file)))) return new DatabaseSync(file, options)
  if (existsSync(`${file}-wal`)) return new DatabaseSync(file, { ...options, readOnly: true })
  const asItLies = pathToFileURL(file)
  asItLies.searchParams.set('immutable', '1')
  return new DatabaseSync(asItLies, { ...options, readOnly: true })
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function migrate(db: DatabaseSync, migration: string, to: number): void {
  db.exec('BEGIN EXCLUSIVE')
  try {
    // Another process may have been faster.
    if (numberOf(db, 'PRAGMA user_version') < to) {
      db.exec(migration)
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${to}`)
    }
    db.exec('COMMIT')
  } catch (error) {
    // On a full disk SQLite has ended it by itself.
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function numberOf(db: DatabaseSync, sql: string): number {
  const [value] = Object.values(db.prepare(sql).get() ?? {})
  return Number(value)
}

const damaged = (file: string, why: string): KataError =>
  new KataError(
    `${file} is damaged (${why.split('\n')[0]}).`,
    'Bring back a copy, or move it away and grade again: nothing of the submissions is lost with it.',
  )

/** SQLite's own errors that are no bug of ours, in words for whoever owns the file. */
export function withSqlitesWords<T>(file: string, work: () => T, other = OTHER_TO_WRITE): T {
  try {
    return work()
  } catch (error) {
    const { code, errcode = 0, message } = error as { code?: string; errcode?: number; message: string }
    if (code !== 'ERR_SQLITE_ERROR') throw error
    switch (errcode & 0xff) {
      case 11: // SQLITE_CORRUPT
        throw damaged(file, message)
      case 26: // SQLITE_NOTADB
        throw new KataError(`${file} is no gradebook.`, other)
      case 8: // SQLITE_READONLY
      case 14: // SQLITE_CANTOPEN
        throw new KataError(`${file} cannot be written.`, 'Give yourself the right to write it and its folder.')
      case 10: // SQLITE_IOERR
      case 13: // SQLITE_FULL
        throw new KataError(
          `${file} could not be written (${message}).`,
          'Is the disk full? What was written before is whole; the same command goes on from there.',
        )
      default:
        throw error
    }
  }
}
