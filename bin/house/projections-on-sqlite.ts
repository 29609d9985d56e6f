// The projection of the kata on SQLite, behind the same interface, to be judged by the same suite: the contract must not fit
// one design only. A submission may import nothing, so this is none; it lives outside the sandbox, and only a test of ours
// runs it.
//
// A version is a database, in which rows and position change in one transaction; the simulated disk keeps its bytes
// (sqlite-on-disk.ts). To take over is to rename one file over the other.

import type { Disk } from '../../graders/kit/disk.ts'
import type {
  Definition,
  Feed,
  Json,
  Projection,
  Standing,
  StoredEvent,
} from '../../solutions/8-event-sourcing/projections.ts'
import { type DatabaseOnDisk, databaseOnDisk } from './sqlite-on-disk.ts'

const SERVING = 'serving.sqlite'
const BUILDING = 'building.sqlite'
const SCHEMA = `
  CREATE TABLE standing (version INTEGER NOT NULL, position INTEGER NOT NULL) STRICT;
  CREATE TABLE rows (key TEXT PRIMARY KEY, row TEXT NOT NULL) STRICT, WITHOUT ROWID`

interface Model {
  readonly version: number
  readonly kept: DatabaseOnDisk
  readonly definition: Definition | undefined
  stopped: string | undefined
}

export function openProjection(disk: Disk, definitions: readonly Definition[]): Projection {
  const versions = definitions.map(({ version }) => version)
  const wanted = versions.at(-1)
  if (wanted === undefined || new Set(versions).size < versions.length)
    throw new RangeError('definitions: none, or two of one version')
  const odd = versions.find((version) => !Number.isSafeInteger(version) || version < 1)
  if (odd !== undefined) throw new RangeError(`version: ${odd}`)

  /** The model in a file; a new one of the wanted version where there is none. */
  function modelIn(file: string): Model {
    const isNew = !disk.exists(file)
    const kept = databaseOnDisk(disk, file, SCHEMA)
    if (isNew) {
      kept.database.prepare('INSERT INTO standing VALUES (?, 0)').run(wanted as number)
      kept.save()
    }
    const version = Number(kept.database.prepare('SELECT version FROM standing').get()?.['version'])
    const definition = definitions.find((one) => one.version === version)
    return { version, kept, definition, stopped: definition === undefined ? 'its definition is not known' : undefined }
  }

  let serving = modelIn(SERVING)
  let building: Model | undefined
  if (serving.version !== wanted) {
    building = modelIn(BUILDING)
    if (building.version !== wanted) {
      disk.remove(BUILDING)
      building = modelIn(BUILDING)
    }
  } else if (disk.exists(BUILDING)) {
    disk.remove(BUILDING)
    disk.syncDirectory()
  }

  const positionOf = ({ kept }: Model): number =>
    Number(kept.database.prepare('SELECT position FROM standing').get()?.['position'])

  function rowOf({ kept }: Model, key: string): Json | undefined {
    const found = kept.database.prepare('SELECT row FROM rows WHERE key = ?').get(key)
    return found === undefined ? undefined : JSON.parse(String(found['row']))
  }

  function change({ kept }: Model, key: string, row: Json | undefined): void {
    if (row === undefined) kept.database.prepare('DELETE FROM rows WHERE key = ?').run(key)
    else kept.database.prepare('INSERT OR REPLACE INTO rows VALUES (?, ?)').run(key, JSON.stringify(row))
  }

  /** One transaction. @returns whether anything was new */
  function advance(model: Model, events: (after: number) => readonly StoredEvent[]): boolean {
    const { kept, definition } = model
    if (model.stopped !== undefined || definition === undefined) return false
    const before = positionOf(model)
    let position = before
    const given = events(position)
    kept.database.exec('BEGIN IMMEDIATE')
    for (const event of given) {
      if (event.position <= position) continue
      try {
        for (const [key, row] of definition.apply(event, (key) => rowOf(model, key))) change(model, key, row)
      } catch (error) {
        model.stopped = `event ${event.position}: ${(error as Error).message}`
        break
      }
      position = event.position
    }
    kept.database.prepare('UPDATE standing SET position = ?').run(position)
    kept.database.exec('COMMIT')
    if (position > before) kept.save()
    return position > before
  }

  function takeOver(next: Model): void {
    next.kept.rename(SERVING)
    serving = next
    building = undefined
  }

  let isRunning = false
  let isTold = false
  function run(feed: Feed, batch: number): void {
    isTold = true
    if (isRunning) return
    isRunning = true
    const read = (after: number) => feed.read(after, batch)
    try {
      while (isTold) {
        isTold = false
        while (advance(serving, read));
        const next = building
        if (next === undefined) continue
        if (advance(next, read)) isTold = true
        else if (!isTold && next.stopped === undefined) takeOver(next)
      }
    } catch (error) {
      for (const model of [serving, building]) if (model !== undefined) model.stopped = (error as Error).message
    }
    isRunning = false
  }

  return {
    get: (key) => rowOf(serving, key),
    status: () =>
      [serving, ...(building === undefined ? [] : [building])].map(
        (model): Standing => ({ version: model.version, position: positionOf(model), stopped: model.stopped }),
      ),
    follow(feed, batch = 64) {
      if (!Number.isSafeInteger(batch) || batch < 1) throw new RangeError(`batch: ${batch}`)
      const end = feed.subscribe(() => run(feed, batch))
      run(feed, batch)
      return end
    },
  }
}
