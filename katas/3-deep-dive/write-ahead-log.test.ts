// Examples of the contract, to run from an editor or with `npx vitest run katas/3-deep-dive/write-ahead-log`.
// The judge cuts the power everywhere: npx kata check write-ahead-log

import { expect, test } from 'vitest'
import { type Disk, simulatedDisk } from '#disk'
import { openLog } from './write-ahead-log.ts'

const text = (record: Uint8Array) => new TextDecoder().decode(record)
const bytes = (of: string) => new TextEncoder().encode(of)

/** Opens the log, and says what it found. */
function found(disk: Disk): string[] {
  const records: string[] = []
  openLog(disk, (sequence, record) => records.push(`${sequence} ${text(record)}`))
  return records
}

test('a record is safe after the flush, and found by the next opening', () => {
  const disk = simulatedDisk()
  const log = openLog(disk.face, () => {})
  const told: string[] = []
  expect(log.append(bytes('debit'), () => told.push('debit'))).toBe(0)
  expect(log.append(bytes('credit'), () => told.push('credit'))).toBe(1)
  expect(told).toEqual([])
  log.flush()
  expect(told).toEqual(['debit', 'credit'])
  expect(found(disk.face)).toEqual(['0 debit', '1 credit'])
})

test('a flush is one sync, whatever waits, and none when nothing does', () => {
  const disk = simulatedDisk()
  const log = openLog(disk.face, () => {})
  const before = disk.counts.syncs
  for (let i = 0; i < 100; i++) log.append(bytes(`record ${i}`), () => {})
  log.flush()
  log.flush()
  expect(disk.counts.syncs - before).toBe(1)
})

test('numbers go on where they ended', () => {
  const { face } = simulatedDisk()
  const log = openLog(face, () => {})
  log.append(bytes('a'), () => {})
  log.flush()
  const again = openLog(face, () => {})
  expect(again.append(bytes('b'), () => {})).toBe(1)
  again.flush()
  expect(found(face)).toEqual(['0 a', '1 b'])
})

test('after a sync that failed the log is of no use', () => {
  const disk = simulatedDisk()
  const log = openLog(disk.face, () => {})
  const told: (Error | undefined)[] = []
  log.append(bytes('a'), (failure) => told.push(failure))
  disk.failNextSync()
  log.flush()
  expect(told[0]?.message).toMatch(/EIO/)
  expect(() => log.append(bytes('b'), () => {})).toThrow('the log has failed: open it again')
})
