// The last stamp is kept as it is written, in 8 bytes: to move on is to add one with a carry, and to merge is to compare bytes.
// What is kept on the disk is an entry of the log, and not a key.

import type { Disk } from '#world'

export const STAMP_BYTES = 8

export interface HybridClockOptions {
  readonly clock: () => number
  readonly maxDriftMs: number
  readonly disk: Disk
  readonly aheadMs: number
}

const DAY_MS = 86_400_000

export class HybridClock {
  readonly #clock: () => number
  readonly #maxDriftMs: number
  readonly #disk: Disk
  readonly #aheadMs: number
  readonly #last = new Uint8Array(STAMP_BYTES)
  readonly #now = new Uint8Array(STAMP_BYTES)
  #boundMs = 0
  #isFresh = true

  constructor({ clock, maxDriftMs, disk, aheadMs }: HybridClockOptions) {
    checkMs('maxDriftMs', maxDriftMs, 0)
    checkMs('aheadMs', aheadMs, 1)
    this.#clock = clock
    this.#maxDriftMs = maxDriftMs
    this.#disk = disk
    this.#aheadMs = aheadMs
    const { log } = disk
    const kept = log.at<number>(log.length - 1)
    if (kept === undefined) return
    this.#boundMs = kept
    this.#isFresh = false
    putMs(this.#last, kept)
  }

  stamp(into: Uint8Array): void {
    checkLength('into', into)
    this.#next(this.#clock(), this.#last)
    into.set(this.#last)
  }

  receive(remote: Uint8Array, into: Uint8Array): boolean {
    checkLength('remote', remote)
    checkLength('into', into)
    const nowMs = this.#clock()
    if (msOf(remote) - nowMs > this.#maxDriftMs) return false
    this.#next(nowMs, remote)
    into.set(this.#last)
    return true
  }

  #next(nowMs: number, remote: Uint8Array): void {
    if (compare(remote, this.#last) > 0) {
      this.#last.set(remote)
      this.#isFresh = false
    }
    if (!this.#isFresh) addOne(this.#last)
    this.#isFresh = false
    putMs(this.#now, nowMs)
    if (compare(this.#now, this.#last) > 0) this.#last.set(this.#now)
    const ms = msOf(this.#last)
    if (ms < this.#boundMs) return
    this.#boundMs = ms + this.#aheadMs
    const { log } = this.#disk
    log.append(this.#boundMs)
    this.#disk.sync()
  }
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < STAMP_BYTES; at++) {
    const differs = (a[at] as number) - (b[at] as number)
    if (differs !== 0) return differs
  }
  return 0
}

function addOne(stamp: Uint8Array): void {
  for (let at = STAMP_BYTES - 1; at >= 0; at--) {
    const byte = ((stamp[at] as number) + 1) & 0xff
    stamp[at] = byte
    if (byte !== 0) return
  }
}

function msOf(stamp: Uint8Array): number {
  let ms = 0
  for (let at = 0; at < 6; at++) ms = ms * 256 + (stamp[at] as number)
  return ms
}

/** These milliseconds, and counter 0. */
function putMs(stamp: Uint8Array, ms: number): void {
  let rest = ms
  for (let at = 5; at >= 0; at--) {
    stamp[at] = rest % 256
    rest = Math.floor(rest / 256)
  }
  stamp[6] = 0
  stamp[7] = 0
}

function checkMs(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > DAY_MS)
    throw new RangeError(`${name} must be a whole number from ${least} to ${DAY_MS}, not ${value}`)
}

function checkLength(name: string, stamp: Uint8Array): void {
  if (stamp.length !== STAMP_BYTES) throw new RangeError(`${name} must have ${STAMP_BYTES} bytes, not ${stamp.length}`)
}
