// breaks: An append goes behind the version that it expects, or says which one it met
// breaks: All streams together have one order, without a gap
// breaks: The same append again is the same append
// breaks: What was acknowledged is found, wherever the power failed
// breaks: A subscriber is told everything once, in order
// breaks: After a sync that failed nothing of it is read or told
// breaks: Bad input is refused by name and stores nothing
// because: the guide's store, repaired only so far that it compiles: a list in memory, whose version is counted and never checked. The disk has no part in it.

import type { Disk } from '#disk'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface NewEvent {
  readonly id: string
  readonly type: string
  readonly data: Json
}

export interface StoredEvent extends NewEvent {
  readonly stream: string
  readonly version: number
  readonly position: number
}

export type Appended =
  | { readonly version: number; readonly position: number; readonly again: boolean }
  | { readonly conflict: number }

export interface EventStore {
  version(stream: string): number
  append(stream: string, expected: number, events: readonly NewEvent[]): Appended
  read(stream: string, after?: number): StoredEvent[]
  readAll(after?: number, limit?: number): StoredEvent[]
  subscribe(after: number, listener: (event: StoredEvent) => void): () => void
}

class ListStore implements EventStore {
  readonly #events: StoredEvent[] = []
  readonly #subscribers: ((event: StoredEvent) => void)[] = []

  version(stream: string): number {
    const events = this.read(stream)
    return events.length > 0 ? events[events.length - 1]!.version : 0
  }

  append(stream: string, _expected: number, events: readonly NewEvent[]): Appended {
    for (const event of events) {
      const version = this.version(stream) + 1
      const stored = { ...event, stream, version, position: this.#events.length + 1 }
      this.#events.push(stored)
      for (const tell of this.#subscribers) tell(stored)
    }
    return { version: this.version(stream), position: this.#events.length, again: false }
  }

  read(stream: string, after = 0): StoredEvent[] {
    return this.#events.filter((event) => event.stream === stream && event.version > after)
  }

  readAll(after = 0, limit = Number.POSITIVE_INFINITY): StoredEvent[] {
    return this.#events.filter((event) => event.position > after).slice(0, limit)
  }

  subscribe(_after: number, listener: (event: StoredEvent) => void): () => void {
    this.#subscribers.push(listener)
    return () => {
      this.#subscribers.splice(this.#subscribers.indexOf(listener), 1)
    }
  }
}

export function openStore(_disk: Disk): EventStore {
  return new ListStore()
}
