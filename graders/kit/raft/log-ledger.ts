// What lies on each node's disk at every moment of a history, as told by its writes: the log, what of it a crash could still
// take, and the snapshot before it, where there is one. Logs are spoken of as in Raft: the first entry has index 1.

import type { Contents } from '../world/disk.ts'
import type { Write } from '../world/history.ts'

export interface LogEntry {
  readonly term: number
  readonly command: unknown
}

export interface KeptSnapshot {
  readonly lastIndex: number
  readonly lastTerm: number
  readonly state: unknown
}

export interface DiskModel {
  /** index of the last entry; 0: none */
  readonly lastIndex: number
  /** entries up to here were dropped from the front */
  readonly dropped: number
  readonly snapshot: KeptSnapshot | undefined
  /** 0 where nobody can say any more, or nothing is there */
  termAt(index: number): number
  at(index: number): LogEntry | undefined
  /** the lowest index that a crash could still change; Infinity: all is safe */
  readonly shaky: number
  /** whether a snapshot was written that is not safe yet */
  readonly snapshotIsShaky: boolean
  write(write: Write): void
  /** @param lost how many writes since the last sync are gone, from the last one back */
  crash(lost: number): void
}

const NO_SNAPSHOT: KeptSnapshot = { lastIndex: 0, lastTerm: 0, state: undefined }
export const SNAPSHOT = 'snapshot'

export function diskModel({ keys = {}, log: first = [], dropped: gone = 0 }: Contents): DiskModel {
  let log = [...(first as readonly LogEntry[])]
  let dropped = gone
  let snapshot = keys[SNAPSHOT] as KeptSnapshot | undefined
  /** by write since the last sync: how to take it back, and the lowest index that it touches */
  let undo: { readonly back: () => void; readonly touches: number; readonly isSnapshot: boolean }[] = []
  let shaky = Number.POSITIVE_INFINITY

  const note = (back: () => void, touches = Number.POSITIVE_INFINITY, isSnapshot = false) => {
    undo.push({ back, touches, isSnapshot })
    shaky = Math.min(shaky, touches)
  }
  const lastIndex = () => dropped + log.length

  return {
    get lastIndex() {
      return lastIndex()
    },
    get dropped() {
      return dropped
    },
    get snapshot() {
      return snapshot
    },
    get shaky() {
      return shaky
    },
    get snapshotIsShaky() {
      return undo.some(({ isSnapshot }) => isSnapshot)
    },
    at: (index) => log[index - 1 - dropped],
    termAt(index) {
      const { lastIndex: covered, lastTerm } = snapshot ?? NO_SNAPSHOT
      return log[index - 1 - dropped]?.term ?? (index === covered ? lastTerm : 0)
    },
    write(write) {
      if (write[0] === 'sync') {
        undo = []
        shaky = Number.POSITIVE_INFINITY
      } else if (write[0] === 'append') {
        log.push(write[1] as LogEntry)
        note(() => void log.pop(), lastIndex())
      } else if (write[0] === 'truncate') {
        const cut = log.splice(Math.max(0, write[1] - dropped))
        note(() => void log.push(...cut), cut.length === 0 ? undefined : write[1] + 1)
      } else if (write[0] === 'drop') {
        const before = { log, dropped }
        log = log.slice(Math.max(0, write[1] - dropped))
        dropped = Math.max(dropped, write[1])
        note(() => {
          log = before.log
          dropped = before.dropped
        })
      } else {
        const before = snapshot
        if (write[1] === SNAPSHOT) snapshot = write[2] as KeptSnapshot
        const back = () => {
          snapshot = before
        }
        note(back, undefined, write[1] === SNAPSHOT)
      }
    },
    crash(lost) {
      for (let i = 0; i < lost; i++) undo.pop()?.back()
      undo = []
      shaky = Number.POSITIVE_INFINITY
    },
  }
}
