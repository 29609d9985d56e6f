// The reference log on a real directory, whose writer is killed at moments that nobody chose: what it said was safe is
// there, and what is there is a beginning of what it appended. (The page cache survives a kill: what a power failure adds
// to it, only the model can show.)

import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { realDirectory } from '../../graders/kit/disk/real-directory-fixture.ts'
import { openLog } from '../../solutions/3-deep-dive/write-ahead-log.ts'
import { recordOf } from './log-writer-fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'kata-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

const WRITER = join(import.meta.dirname, 'log-writer-fixture.ts')
const KILLS = 5

/** Lets a writer run until it has said so much, and kills it. @returns how many records it said were safe, at least */
async function killedAfter(bytesSaid: number): Promise<number> {
  const writer = spawn(process.execPath, [WRITER, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => writer.on('close', resolve))
  let said = ''
  for await (const chunk of writer.stdout) {
    said += String(chunk)
    if (said.length >= bytesSaid) writer.kill('SIGKILL')
  }
  await ended
  // The last line may be cut off.
  return Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1)) + 1
}

/** Opens the log. @returns how many records it found, all of them right and in order */
function found(): number {
  let next = 0
  openLog(realDirectory(folder), (sequence, record) => {
    expect([sequence, Buffer.from(record).equals(recordOf(sequence))]).toEqual([next, true])
    next++
  })
  return next
}

test('a killed writer leaves what it said was safe, and nothing that it did not append', async () => {
  let before = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const safe = await killedAfter(20 + 60 * kill)
    const now = found()
    expect(safe).toBeGreaterThan(before)
    expect(now).toBeGreaterThanOrEqual(safe)
    // Once more: what was found is found again.
    expect(found()).toBe(now)
    before = now
  }
})

test('a tail that is cut or soiled costs the records in it, and no others', () => {
  const file = join(folder, 'wal')
  const whole = found()
  appendFileSync(file, Buffer.alloc(5_000))
  expect(found()).toBe(whole)
  appendFileSync(file, Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * i * 31) & 255)))
  expect(found()).toBe(whole)
  // Into the last record, and into its frame.
  truncateSync(file, statSync(file).size - 1)
  expect(found()).toBe(whole - 1)
})
