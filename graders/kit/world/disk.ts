// A disk that loses what was not synced. Reads see what was written; a crash keeps a part of what was written since the
// last sync, from the front, or (torn) any part of it: what a real disk has in its cache lands in any order.

import { survivors } from '../disk/survivors.ts'
import type { Disk } from '../world.ts'
import { taken } from './plain.ts'

/** What a disk holds before the first boot: written long ago, and safe. */
export interface Contents {
  readonly keys?: Readonly<Record<string, unknown>>
  readonly log?: readonly unknown[]
}

type Write =
  | { readonly what: 'put'; readonly key: string; readonly value: unknown }
  | { readonly what: 'append'; readonly value: unknown }
  | { readonly what: 'truncate'; readonly length: number }

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

/** @param happens told of each effect; an effect for which it says no does not take place (the node is gone by then) */
export function simulatedDisk(contents: Contents, happens: () => boolean): SimulatedDisk {
  const keys = new Map<string, unknown>(Object.entries(contents.keys ?? {}).map(([k, v]) => [k, taken(v, 'a disk')]))
  const log: unknown[] = (contents.log ?? []).map((entry) => taken(entry, 'a log'))
  const safeKeys = new Map(keys)
  const safeLog = [...log]
  let writes: Write[] = []

  const apply = (to: { keys: Map<string, unknown>; log: unknown[] }, write: Write): void => {
    if (write.what === 'put') to.keys.set(write.key, write.value)
    else if (write.what === 'append') to.log.push(write.value)
    else if (write.length < to.log.length) to.log.length = write.length
  }
  const done = (write: Write): void => {
    if (!happens()) return
    apply({ keys, log }, write)
    writes.push(write)
  }

  const face: Disk = Object.freeze({
    get: <T>(key: string) => keys.get(key) as T | undefined,
    put: (key: string, value: unknown) => done({ what: 'put', key: String(key), value: taken(value, 'what is put') }),
    log: Object.freeze({
      get length() {
        return log.length
      },
      at: <T>(index: number) => log[index] as T | undefined,
      append: (entry: unknown) => done({ what: 'append', value: taken(entry, 'an entry') }),
      truncate: (length: number) => {
        if (!Number.isSafeInteger(length) || length < 0)
          throw new RangeError('truncate: a length is a whole number of at least 0')
        done({ what: 'truncate', length })
      },
    }),
    sync: () => {
      if (writes.length === 0 || !happens()) return
      for (const write of writes) apply({ keys: safeKeys, log: safeLog }, write)
      writes = []
    },
  })
  return {
    face,
    unsynced: () => writes.length,
    crash(keep, torn) {
      const isKept = (i: number) => (torn === undefined ? i < keep : ((torn >>> (i & 31)) & 1) === 1)
      const chains = ({ what }: Write) => (what === 'put' ? ALONE : IN_THE_LOG)
      const lost = survivors(writes, isKept, chains, (write) => apply({ keys: safeKeys, log: safeLog }, write))
      writes = []
      keys.clear()
      for (const [key, value] of safeKeys) keys.set(key, value)
      log.length = 0
      for (const entry of safeLog) log.push(entry)
      return lost.filter(Boolean).length
    },
    safe: () => ({ keys: Object.fromEntries(safeKeys), log: [...safeLog] }),
  }
}
