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
  /** 0 where nothing is there, and nobody can say what was */
  termAt(index: number): number
  /** also one that was dropped from the front */
  at(index: number): LogEntry | undefined
  /** the lowest index that a crash could still change; Infinity: all is safe */
  readonly shaky: number
  /** what a crash could leave, at its worst: log and snapshot together reach up to here */
  readonly safeEnd: number
  write(write: Write): void
  /** @param lost how many writes since the last sync are gone, from the last one back */
  crash(lost: number): void
}

export const SNAPSHOT = 'snapshot'

export function diskModel({ keys = {}, log: first = [], dropped: gone = 0 }: Contents): DiskModel {
  /** by index - 1; what was dropped from the front stays here, for whoever asks what it was */
  const log: (LogEntry | undefined)[] = [
    ...Array.from({ length: gone }, () => undefined),
    ...(first as readonly LogEntry[]),
  ]
  let dropped = gone
  let snapshot = keys[SNAPSHOT] as KeptSnapshot | undefined
  let undo: (() => void)[] = []
  let shaky = Number.POSITIVE_INFINITY
  const end = () => Math.max(log.length, snapshot?.lastIndex ?? 0)
  let safeEnd = end()

  const settle = () => {
    undo = []
    shaky = Number.POSITIVE_INFINITY
    safeEnd = end()
  }
  /** @param touches the lowest index that the write has changed */
  const note = (back: () => void, touches = Number.POSITIVE_INFINITY) => {
    undo.push(back)
    shaky = Math.min(shaky, touches)
    safeEnd = Math.min(safeEnd, end())
  }

  return {
    get lastIndex() {
      return log.length
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
    get safeEnd() {
      return safeEnd
    },
    at: (index) => log[index - 1],
    termAt(index) {
      if (snapshot !== undefined && index === snapshot.lastIndex) return snapshot.lastTerm
      return log[index - 1]?.term ?? 0
    },
    write(write) {
      if (write[0] === 'sync') settle()
      else if (write[0] === 'append') {
        log.push(write[1] as LogEntry)
        note(() => void log.pop(), log.length)
      } else if (write[0] === 'truncate') {
        const cut = log.splice(Math.max(write[1], dropped))
        note(() => void log.push(...cut), cut.length === 0 ? undefined : write[1] + 1)
      } else if (write[0] === 'drop') {
        const before = { dropped, length: log.length }
        dropped = Math.max(dropped, write[1])
        log.length = Math.max(log.length, dropped)
        note(() => {
          dropped = before.dropped
          log.length = before.length
        })
      } else {
        const before = snapshot
        if (write[1] === SNAPSHOT) snapshot = write[2] as KeptSnapshot
        note(() => {
          snapshot = before
        })
      }
    },
    crash(lost) {
      for (let i = 0; i < lost; i++) undo.pop()?.()
      settle()
    },
  }
}
