// A SQLite database whose bytes are a file of the simulated disk: what katas' references on SQLite have in common. Node gives
// SQLite no file system of ours, so the database lives in memory, and what it serialises to replaces the file as a whole:
// written beside it, synced, renamed. Dear, and honest: what a power failure leaves is an image that SQLite itself made.

import { DatabaseSync } from 'node:sqlite'
import type { Disk } from '../../graders/kit/disk.ts'

export interface DatabaseOnDisk {
  readonly database: DatabaseSync
  /** Makes all of it safe. @throws what the disk throws; it then holds again what was safe before */
  save(): void
  /** Gives the file another name, in place of whatever has it. @throws what the disk throws */
  rename(to: string): void
}

/** @param schema SQL that makes a database where there is none; it is not safe before the first `save` */
export function databaseOnDisk(disk: Disk, name: string, schema: string): DatabaseOnDisk {
  let file = name
  const database = new DatabaseSync(':memory:')
  if (disk.exists(file)) database.deserialize(disk.read(file))
  else database.exec(schema)
  if (disk.exists(`${file}.new`)) disk.remove(`${file}.new`)
  // A program that was killed may have renamed, and not come to this: what has been read must be safe.
  disk.syncDirectory()
  let saved = database.serialize()
  return {
    database,
    save() {
      const beside = `${file}.new`
      const bytes = database.serialize()
      try {
        disk.create(beside)
        disk.write(beside, 0, bytes)
        disk.sync(beside)
        disk.rename(beside, file)
        disk.syncDirectory()
        saved = bytes
      } catch (error) {
        database.deserialize(saved)
        throw error
      }
    },
    rename(to) {
      disk.rename(file, to)
      disk.syncDirectory()
      file = to
    },
  }
}
