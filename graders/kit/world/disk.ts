// A disk that loses what was not synced. Reads see what was written; a crash keeps a part of what was written since the
// last sync, from the front, or (torn) any part of it: what a real disk has in its cache lands in any order.

import { survivors } from '../disk/survivors.ts'
import type { Disk } from '../world.ts'
import type { Write } from './history.ts'
import { taken, takenToStay } from './plain.ts'

/** What a disk holds before the first boot: written long ago, and safe. */
export interface Contents {
  readonly keys?: Readonly<Record<string, unknown>>
  readonly log?: readonly unknown[]
  /** how many entries were dropped from the front of the log, before those */
  readonly dropped?: number
}

interface Held {
  readonly keys: Map<string, unknown>
  readonly log: unknown[]
  /** how many entries were dropped before those */
  dropped: number
}

const ALONE: readonly string[] = []
/** An entry is nothing without those before it. */
const IN_THE_LOG: readonly string[] = ['log']

export interface SimulatedDisk {
  /** what the node is given */
  readonly face: Disk
  /** how many writes a crash could lose now */
  unsynced(): number
  /**
   * @param keep how many of the writes since the last sync are safe by luck; the rest is lost
   * @param torn instead of the first `keep`, those whose bit is set: a log loses all behind the first entry that is lost
   * @returns how many were lost
   */
  crash(keep: number, torn?: number): number
  /** all that would be there after a crash that loses everything unsynced, for a state's identity */
  safe(): Contents
}

/**
 * @param happens told of each effect; an effect for which it says no does not take place (the node is gone by then)
 * @param wrote told of each write that took place, and of each sync
 */
export function simulatedDisk(
  contents: Contents,
  happens: () => boolean,
  wrote: (write: Write) => void = () => {},
): SimulatedDisk {
  const now: Held = {
    keys: new Map(Object.entries(contents.keys ?? {}).map(([k, v]) => [k, taken(v, 'a disk')])),
    log: (contents.log ?? []).map((entry) => taken(entry, 'a log')),
    dropped: contents.dropped ?? 0,
  }
  const safe: Held = { keys: new Map(now.keys), log: [...now.log], dropped: now.dropped }
  const { keys, log } = now
  let writes: Write[] = []

  const apply = (to: Held, write: Write): void => {
    if (write[0] === 'put') to.keys.set(write[1], write[2])
    else if (write[0] === 'append') to.log.push(write[1])
    else if (write[0] === 'truncate') to.log.length = Math.min(to.log.length, Math.max(0, write[1] - to.dropped))
    else if (write[0] === 'drop' && write[1] > to.dropped) {
      to.log.splice(0, write[1] - to.dropped)
      to.dropped = write[1]
    }
  }
  const done = (write: Write): void => {
    if (!happens()) return
    apply(now, write)
    writes.push(write)
    wrote(write)
  }
  /** @throws {RangeError} */
  const checked = (length: number, what: string): number => {
    if (Number.isSafeInteger(length) && length >= 0) return length
    throw new RangeError(`${what} is a whole number of at least 0`)
  }

  const face: Disk = Object.freeze({
    get: <T>(key: string) => keys.get(key) as T | undefined,
    put: (key: string, value: unknown) => done(['put', String(key), taken(value, 'what is put')]),
    log: Object.freeze({
      get length() {
        return now.dropped + log.length
      },
      at: <T>(index: number) => log[index - now.dropped] as T | undefined,
      append: (entry: unknown) => done(['append', takenToStay(entry, 'an entry')]),
      truncate: (length: number) => done(['truncate', checked(length, 'truncate: a length')]),
      drop: (until: number) => done(['drop', checked(until, 'drop: an index')]),
    }),
    sync: () => {
      if (writes.length === 0 || !happens()) return
      for (const write of writes) apply(safe, write)
      writes = []
      wrote(['sync'])
    },
  })
  return {
    face,
    unsynced: () => writes.length,
    crash(keep, torn) {
      const isKept = (i: number) => (torn === undefined ? i < keep : ((torn >>> (i & 31)) & 1) === 1)
      const chains = ([what]: Write) => (what === 'put' ? ALONE : IN_THE_LOG)
      const lost = survivors(writes, isKept, chains, (write) => apply(safe, write))
      writes = []
      keys.clear()
      for (const [key, value] of safe.keys) keys.set(key, value)
      log.length = 0
      for (const entry of safe.log) log.push(entry)
      now.dropped = safe.dropped
      return lost.filter(Boolean).length
    },
    safe: () => ({ keys: Object.fromEntries(safe.keys), log: [...safe.log], dropped: safe.dropped }),
  }
}
