// Each version has files of its own name, one for each time that it was written anew; a small file says which version answers,
// and is replaced as a whole. A batch is a line of text with a hash before it. What is told is taken as it is where it fits
// behind the position, and read only where it does not. Rows are kept as texts, so that nobody can change one from outside.

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

const POINTER = 'answers'
const encoder = new TextEncoder()
const decoder = new TextDecoder()
const NEWLINE = 10
const HASH_CHARS = 16
const SLACK_BYTES = 2_000

/** `null`: the row is gone. Otherwise its JSON. */
type Line = readonly [position: number, rows: readonly (readonly [key: string, json: string | null])[]]

interface Table {
  readonly version: number
  generation: number
  position: number
  readonly rows: Map<string, string>
  /** of the first line, and of all */
  first: number
  bytes: number
  why: string | undefined
}

/** Two runs of FNV-1a with different beginnings, 16 hexadecimal digits. */
function hashOf(bytes: Uint8Array): string {
  let [one, two] = [0x811c9dc5, 0x2f0b4a97]
  for (const byte of bytes) {
    one = Math.imul(one ^ byte, 0x01000193)
    two = Math.imul(two ^ byte ^ (two >>> 13), 0x85ebca6b)
  }
  return [one, two].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}

function lineOf(value: unknown): Uint8Array {
  const text = JSON.stringify(value)
  return encoder.encode(`${hashOf(encoder.encode(text))}${text}\n`)
}

/** Values of the lines that are whole, and where each ends. */
function* linesOf(bytes: Uint8Array): Generator<{ value: unknown; end: number }> {
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, from)
    if (newline < from + HASH_CHARS) return
    const text = bytes.subarray(from + HASH_CHARS, newline)
    if (decoder.decode(bytes.subarray(from, from + HASH_CHARS)) !== hashOf(text)) return
    from = newline + 1
    yield { value: JSON.parse(decoder.decode(text)), end: from }
  }
}

function put(table: Table, [position, rows]: Line): void {
  for (const [key, json] of rows)
    if (json === null) table.rows.delete(key)
    else table.rows.set(key, json)
  table.position = position
}

function checked(definitions: readonly Definition[]): number {
  for (const { version } of definitions)
    if (!(Number.isInteger(version) && version > 0)) throw new RangeError(`no version: ${version}`)
  if (new Set(definitions.map(({ version }) => version)).size < definitions.length)
    throw new RangeError('definitions: two of one version')
  const last = definitions[definitions.length - 1]
  if (last === undefined) throw new RangeError('definitions: there are none')
  return last.version
}

export function openProjection(disk: Disk, definitions: readonly Definition[]): Projection {
  const wanted = checked(definitions)
  const nameOf = ({ version, generation }: Pick<Table, 'version' | 'generation'>) => `rows-${version}-${generation}`

  function create(name: string, ...lines: unknown[]): number {
    if (disk.exists(name)) disk.remove(name)
    disk.create(name)
    const bytes = lines.map(lineOf)
    for (const line of bytes) disk.append(name, line)
    disk.sync(name)
    return bytes.reduce((sum, { length }) => sum + length, 0)
  }

  /** Makes this version the one that answers. */
  function point(version: number): void {
    create(`${POINTER}.new`, version)
    disk.rename(`${POINTER}.new`, POINTER)
    disk.syncDirectory()
  }

  function begin(version: number): Table {
    const table = { version, generation: 0, position: 0, rows: new Map(), why: undefined }
    const bytes = create(nameOf(table), [0, []])
    disk.syncDirectory()
    return { ...table, first: bytes, bytes }
  }

  /** The newest file of a version that is whole at its beginning. */
  function find(version: number): Table | undefined {
    const generations = disk
      .list()
      .flatMap((name) => (name.startsWith(`rows-${version}-`) ? [Number(name.split('-')[2])] : []))
      .sort((a, b) => b - a)
    for (const generation of generations) {
      const table: Table = { version, generation, position: 0, rows: new Map(), first: 0, bytes: 0, why: undefined }
      const name = nameOf(table)
      for (const { value, end } of linesOf(disk.read(name))) {
        put(table, value as Line)
        if (table.first === 0) table.first = end
        table.bytes = end
      }
      if (table.bytes === 0) continue
      disk.truncate(name, table.bytes)
      disk.sync(name)
      return table
    }
    return undefined
  }

  const pointed = disk.exists(POINTER) ? [...linesOf(disk.read(POINTER))][0] : undefined
  let front = pointed === undefined ? undefined : find(Number(pointed.value))
  if (front === undefined) {
    front = begin(wanted)
    point(wanted)
  }
  let back = front.version === wanted ? undefined : (find(wanted) ?? begin(wanted))
  const inUse = () => [front, back].filter((table) => table !== undefined) as Table[]
  function tidy(): void {
    const names = new Set([POINTER, ...inUse().map(nameOf)])
    for (const name of disk.list()) if (!names.has(name)) disk.remove(name)
  }
  tidy()
  disk.syncDirectory()
  const byVersion = new Map(definitions.map((definition) => [definition.version, definition]))
  if (!byVersion.has(front.version)) front.why = 'nobody knows how'

  function writeAnew(table: Table): void {
    const old = nameOf(table)
    const next = { version: table.version, generation: table.generation + 1 }
    const size = create(nameOf(next), [table.position, [...table.rows]])
    disk.syncDirectory()
    table.generation = next.generation
    table.first = size
    table.bytes = size
    disk.remove(old)
  }

  /** Applies as many as can be. @returns whether the position has moved */
  function take(table: Table, events: readonly StoredEvent[]): boolean {
    const fresh = new Map<string, string | null>()
    const get = (key: string) => {
      const json = fresh.has(key) ? fresh.get(key) : table.rows.get(key)
      return json === undefined || json === null ? undefined : (JSON.parse(json) as Json)
    }
    let at = table.position
    let why: string | undefined
    for (const event of events) {
      if (event.position !== at + 1) continue
      let changes: readonly Change[] = []
      try {
        changes = [...(byVersion.get(table.version) as Definition).apply(event, get)]
      } catch (error) {
        why = `event ${event.position}: ${(error as Error).message}`
        break
      }
      for (const [key, row] of changes) fresh.set(key, row === undefined ? null : JSON.stringify(row))
      at = event.position
    }
    const hasMoved = at > table.position
    if (hasMoved) {
      const line: Line = [at, [...fresh]]
      const bytes = lineOf(line)
      disk.append(nameOf(table), bytes)
      disk.sync(nameOf(table))
      put(table, line)
      table.bytes += bytes.length
      if (table.bytes > 2 * table.first + SLACK_BYTES) writeAnew(table)
    }
    table.why = why
    return hasMoved
  }

  let isBusy = false
  /** Something was appended since the last look. */
  let isStale = false

  function catchUp(feed: Feed, batch: number): void {
    const step = (table: Table) => table.why === undefined && take(table, feed.read(table.position, batch))
    do {
      isStale = false
      while (step(front as Table)) {}
      while (back !== undefined && !isStale) {
        if (step(back)) {
          isStale = true
          break
        }
        if (back.why !== undefined || isStale) break
        point(back.version)
        front = back
        back = undefined
        tidy()
      }
    } while (isStale)
  }

  /** One at a time, and no error gets out. */
  function guarded(work: () => void): void {
    isStale = true
    if (isBusy) return
    isBusy = true
    try {
      work()
    } catch (error) {
      for (const table of inUse()) table.why = (error as Error).message
    }
    isBusy = false
  }

  return {
    get(key) {
      const json = (front as Table).rows.get(key)
      return json === undefined ? undefined : (JSON.parse(json) as Json)
    },
    status: () => inUse().map(({ version, position, why }) => ({ version, position, stopped: why })),
    follow(feed, batch = 64) {
      if (!(Number.isInteger(batch) && batch > 0)) throw new RangeError(`no batch: ${batch}`)
      const stop = feed.subscribe((events) =>
        guarded(() => {
          const table = front as Table
          const [first] = events.filter(({ position }) => position > table.position)
          const fits = back === undefined && table.why === undefined && first?.position === table.position + 1
          if (!fits || events.length > batch) catchUp(feed, batch)
          else take(table, events)
        }),
      )
      guarded(() => catchUp(feed, batch))
      return stop
    },
  }
}
