// Entries and logs as they are told to whoever reads of a broken promise.

import type { DiskModel } from './log-ledger.ts'

export const tell = (command: unknown) => (command === null ? 'no command' : `"${String(command)}"`)

export function told(index: number, term: number, command: unknown, before?: number): string {
  const behind = before === undefined ? '' : before === 0 ? ' as the first' : ` behind one of term ${before}`
  return `entry ${index} (term ${term}, ${tell(command)})${behind}`
}

const MAX_TOLD = 12

export function logOf(disk: DiskModel): string {
  if (disk.lastIndex === 0) return 'an empty log'
  const first = Math.max(disk.dropped + 1, disk.lastIndex - MAX_TOLD + 1)
  const terms = Array.from({ length: disk.lastIndex - first + 1 }, (_, i) => disk.termAt(first + i))
  return `a log of terms [${first > 1 ? '…, ' : ''}${terms.join(', ')}]`
}

export function tellState(state: unknown): string {
  const { done, fingerprint } = (state ?? {}) as { done?: unknown; fingerprint?: unknown }
  return `state ${String(done)}/${typeof fingerprint === 'number' ? (fingerprint >>> 0).toString(16) : String(fingerprint)}`
}
