// breaks: The rows are what the events make of them, in order
// breaks: An event that comes again changes nothing
// breaks: Between the past and the present nothing is lost, and nothing overtakes
// breaks: Rows and position fit together, wherever the power failed
// breaks: What was shown is not taken back, wherever the power failed
// breaks: The old version answers until the new one has seen everything
// breaks: An event that cannot be applied stops its version in front of it, and no other
// breaks: Bad input is refused by name and changes nothing
// because: the guide's projector, repaired only so far that it compiles: it subscribes, and puts into a table what it is told. It has no position, so nothing is ever missed, counted twice or begun again, as far as it knows.

import type { Disk } from '#disk'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface StoredEvent {
  readonly position: number
  readonly type: string
  readonly data: Json
}

export interface Feed {
  read(after: number, limit: number): readonly StoredEvent[]
  subscribe(listener: (events: readonly StoredEvent[]) => void): () => void
}

export type Change = readonly [key: string, row: Json | undefined]

export interface Definition {
  readonly version: number
  apply(event: StoredEvent, get: (key: string) => Json | undefined): readonly Change[]
}

export interface Standing {
  readonly version: number
  readonly position: number
  readonly stopped: string | undefined
}

export interface Projection {
  get(key: string): Json | undefined
  status(): readonly Standing[]
  follow(feed: Feed, batch?: number): () => void
}

const TABLE = 'order_views'

export function openProjection(disk: Disk, definitions: readonly Definition[]): Projection {
  if (!disk.exists(TABLE)) disk.create(TABLE)
  const rows = new Map<string, Json>()
  for (const line of new TextDecoder().decode(disk.read(TABLE)).split('\n')) {
    if (line === '') continue
    const [key, row] = JSON.parse(line) as [string, Json?]
    if (row === undefined) rows.delete(key)
    else rows.set(key, row)
  }
  const definition = definitions[definitions.length - 1]
  let last = 0

  function project(event: StoredEvent): void {
    for (const [key, row] of definition?.apply(event, (key) => rows.get(key)) ?? []) {
      disk.append(TABLE, new TextEncoder().encode(`${JSON.stringify(row === undefined ? [key] : [key, row])}\n`))
      if (row === undefined) rows.delete(key)
      else rows.set(key, row)
    }
    last = event.position
  }

  return {
    get: (key) => rows.get(key),
    status: () => [{ version: definition?.version ?? 0, position: last, stopped: undefined }],
    follow: (feed) =>
      feed.subscribe((events) => {
        for (const event of events) project(event)
      }),
  }
}
