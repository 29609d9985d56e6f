// breaks: A restart takes nothing back
// because: each boot puts the bound a stretch further before anything is stamped: a machine that boots ten times leaps ten stretches.

import type { Disk } from '#world'

export const STAMP_BYTES = 8

export interface HybridClockOptions {
  readonly clock: () => number
  readonly maxDriftMs: number
  readonly disk: Disk
  readonly aheadMs: number
}

const DAY_MS = 86_400_000
const MAX_COUNTER = 0xffff
/** Key on the disk: the first millisecond that no stamp has reached. */
const BOUND = 'bound'

export class HybridClock {
  readonly #clock: () => number
  readonly #maxDriftMs: number
  readonly #disk: Disk
  readonly #aheadMs: number
  #ms: number
  #counter = MAX_COUNTER
  #boundMs: number

  constructor({ clock, maxDriftMs, disk, aheadMs }: HybridClockOptions) {
    checkMs('maxDriftMs', maxDriftMs, 0)
    checkMs('aheadMs', aheadMs, 1)
    this.#clock = clock
    this.#maxDriftMs = maxDriftMs
    this.#disk = disk
    this.#aheadMs = aheadMs
    this.#boundMs = disk.get<number>(BOUND) ?? 0
    // The last stamp before the bound, given or not: one more is the bound itself.
    this.#ms = this.#boundMs - 1
    if (this.#boundMs === 0) return
    this.#boundMs += aheadMs
    disk.put(BOUND, this.#boundMs)
    disk.sync()
  }

  stamp(into: Uint8Array): void {
    checkLength('into', into)
    this.#next(this.#clock())
    this.#write(into)
  }

  receive(remote: Uint8Array, into: Uint8Array): boolean {
    checkLength('remote', remote)
    checkLength('into', into)
    const nowMs = this.#clock()
    const ms = msOf(remote)
    if (ms - nowMs > this.#maxDriftMs) return false
    const counter = counterOf(remote)
    if (ms > this.#ms) {
      this.#ms = ms
      this.#counter = counter
    } else if (ms === this.#ms && counter > this.#counter) this.#counter = counter
    this.#next(nowMs)
    this.#write(into)
    return true
  }

  /** Moves on to the next stamp, and lets the disk know before anybody else. */
  #next(nowMs: number): void {
    if (nowMs > this.#ms) {
      this.#ms = nowMs
      this.#counter = 0
    } else if (this.#counter < MAX_COUNTER) this.#counter++
    else {
      this.#ms++
      this.#counter = 0
    }
    if (this.#ms < this.#boundMs) return
    this.#boundMs = this.#ms + this.#aheadMs
    this.#disk.put(BOUND, this.#boundMs)
    this.#disk.sync()
  }

  #write(into: Uint8Array): void {
    // Bit operators see 32 bits, so the upper 16 of 48 are divided off first.
    const upper = Math.floor(this.#ms / 2 ** 32)
    into[0] = upper >>> 8
    into[1] = upper
    into[2] = this.#ms >>> 24
    into[3] = this.#ms >>> 16
    into[4] = this.#ms >>> 8
    into[5] = this.#ms
    into[6] = this.#counter >>> 8
    into[7] = this.#counter
  }
}

function msOf(stamp: Uint8Array): number {
  let ms = 0
  for (let at = 0; at < 6; at++) ms = ms * 256 + (stamp[at] as number)
  return ms
}

const counterOf = (stamp: Uint8Array): number => ((stamp[6] as number) << 8) | (stamp[7] as number)

function checkMs(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > DAY_MS)
    throw new RangeError(`${name} must be a whole number from ${least} to ${DAY_MS}, not ${value}`)
}

function checkLength(name: string, stamp: Uint8Array): void {
  if (stamp.length !== STAMP_BYTES) throw new RangeError(`${name} must have ${STAMP_BYTES} bytes, not ${stamp.length}`)
}
