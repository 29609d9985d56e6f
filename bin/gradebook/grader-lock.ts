// One grader at a time on one gradebook: two would judge everything twice. The lock is an open transaction on a file of
// its own, so that the system gives it back however the grader ends; readers of the gradebook never meet it.

import { DatabaseSync } from 'node:sqlite'
import { withSqlitesWords } from './gradebook-file.ts'

const SQLITE_BUSY = 5

export interface GraderLock {
  release(): void
}

/** @returns undefined while another grader has it */
export function tryLock(gradebook: string): GraderLock | undefined {
  const file = `${gradebook}-lock`
  return withSqlitesWords(file, () => {
    const db = new DatabaseSync(file, { timeout: 0 })
    try {
      db.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      db.close()
      if (((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY) return undefined
      throw error
    }
    return { release: () => db.close() }
  })
}
