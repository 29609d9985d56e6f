// The event store of the kata on SQLite, behind the same interface, to be judged by the same suite: the contract must not
// fit one design only. A submission may import nothing, so this is none; it lives outside the sandbox, and only a test of
// ours runs it.
//
// SQLite keeps the rules (one transaction an append, unique ids, unique versions in a stream); the simulated disk keeps the
// bytes (sqlite-on-disk.ts).

import type { Disk } from '../../graders/kit/disk.ts'
import type { Appended, EventStore, NewEvent, StoredEvent } from '../../solutions/8-event-sourcing/event-store.ts'
import { databaseOnDisk } from './sqlite-on-disk.ts'

const SCHEMA = `
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    UNIQUE (stream, version)
  ) STRICT`

interface Subscriber {
  told: number
  isListening: boolean
  readonly listener: (event: StoredEvent) => void
}

export function openStore(disk: Disk): EventStore {
  const { database, save } = databaseOnDisk(disk, 'store.sqlite', SCHEMA)
  let hasFailed = false
  const subscribers = new Set<Subscriber>()

  const rows = (where: string, ...values: (string | number)[]): StoredEvent[] =>
    database
      .prepare(`SELECT position, stream, version, id, type, data FROM events WHERE ${where} ORDER BY position`)
      .all(...values)
      .map((row) => ({ ...row, data: JSON.parse(String(row['data'])) }) as unknown as StoredEvent)
  const numberOf = (sql: string, ...values: string[]): number =>
    Number(database.prepare(sql).get(...values)?.['number'] ?? 0)
  const versionOf = (stream: string): number =>
    numberOf('SELECT max(version) AS number FROM events WHERE stream = ?', stream)

  function insert(stream: string, version: number, events: readonly NewEvent[]): void {
    const into = database.prepare(
      `INSERT INTO events (position, stream, version, id, type, data)
       VALUES ((SELECT coalesce(max(position), 0) + 1 FROM events), ?, ?, ?, ?, ?)`,
    )
    database.exec('BEGIN IMMEDIATE')
    try {
      for (const [i, { id, type, data }] of events.entries())
        into.run(stream, version + i + 1, id, type, JSON.stringify(data))
      database.exec('COMMIT')
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
  }

  function tell(subscriber: Subscriber): void {
    if (subscriber.isListening) return
    subscriber.isListening = true
    while (subscribers.has(subscriber)) {
      const [event] = rows('position = ?', subscriber.told + 1)
      if (event === undefined) break
      subscriber.told++
      subscriber.listener(event)
    }
    subscriber.isListening = false
  }

  return {
    version: versionOf,
    append(stream, expected, events): Appended {
      if (hasFailed) throw new Error('the store has failed: open it again')
      if (!Number.isSafeInteger(expected) || expected < 0) throw new RangeError(`expected: ${expected}`)
      if (events.length === 0) throw new RangeError('events: none')
      const there = rows('stream = ? AND version > ? AND version <= ?', stream, expected, expected + events.length)
      if (there.length === events.length && there.every(({ id }, i) => id === events[i]?.id)) {
        const { version, position } = there.at(-1) as StoredEvent
        return { version, position, again: true }
      }
      for (const [i, { id }] of events.entries())
        if (events.findIndex((other) => other.id === id) < i || rows('id = ?', id).length > 0)
          throw new RangeError(`id ${id} is there already`)
      const version = versionOf(stream)
      if (version !== expected) return { conflict: version }
      insert(stream, version, events)
      // Until it is saved; where that throws, it stays so.
      hasFailed = true
      save()
      hasFailed = false
      const position = numberOf('SELECT max(position) AS number FROM events')
      for (const subscriber of subscribers) tell(subscriber)
      return { version: version + events.length, position, again: false }
    },
    read: (stream, after = 0) => rows('stream = ? AND version > ?', stream, after),
    readAll: (after = 0, limit = Number.MAX_SAFE_INTEGER) => rows('position > ?', after).slice(0, limit),
    subscribe(after, listener) {
      const subscriber: Subscriber = { told: after, isListening: false, listener }
      subscribers.add(subscriber)
      tell(subscriber)
      return () => {
        subscribers.delete(subscriber)
      }
    },
  }
}
