// breaks: An event makes no garbage
// spends: bytes a call
// because: one BigInt of 64 bits makes each rule a line, and each step of it an object.

import type { Disk } from '#world'

export const STAMP_BYTES = 8

export interface HybridClockOptions {
  readonly clock: () => number
  readonly maxDriftMs: number
  readonly disk: Disk
  readonly aheadMs: number
}

const DAY_MS = 86_400_000
/** Key on the disk: the first millisecond that no stamp has reached. */
const BOUND = 'bound'

export class HybridClock {
  readonly #clock: () => number
  readonly #maxDriftMs: number
  readonly #disk: Disk
  readonly #aheadMs: number
  /** as one number of 64 bits */
  #last: bigint
  #boundMs: number

  constructor({ clock, maxDriftMs, disk, aheadMs }: HybridClockOptions) {
    checkMs('maxDriftMs', maxDriftMs, 0)
    checkMs('aheadMs', aheadMs, 1)
    this.#clock = clock
    this.#maxDriftMs = maxDriftMs
    this.#disk = disk
    this.#aheadMs = aheadMs
    this.#boundMs = disk.get<number>(BOUND) ?? 0
    this.#last = (BigInt(this.#boundMs) << 16n) - 1n
  }

  stamp(into: Uint8Array): void {
    checkLength('into', into)
    this.#next(this.#clock(), -1n)
    write(this.#last, into)
  }

  receive(remote: Uint8Array, into: Uint8Array): boolean {
    checkLength('remote', remote)
    checkLength('into', into)
    const nowMs = this.#clock()
    const theirs = read(remote)
    if (Number(theirs >> 16n) - nowMs > this.#maxDriftMs) return false
    this.#next(nowMs, theirs)
    write(this.#last, into)
    return true
  }

  #next(nowMs: number, theirs: bigint): void {
    this.#last = largest(this.#last + 1n, theirs + 1n, BigInt(nowMs) << 16n)
    const ms = Number(this.#last >> 16n)
    if (ms < this.#boundMs) return
    this.#boundMs = ms + this.#aheadMs
    this.#disk.put(BOUND, this.#boundMs)
    this.#disk.sync()
  }
}

function largest(a: bigint, b: bigint, c: bigint): bigint {
  const ab = a > b ? a : b
  return ab > c ? ab : c
}

function read(stamp: Uint8Array): bigint {
  return new DataView(stamp.buffer, stamp.byteOffset, STAMP_BYTES).getBigUint64(0)
}

function write(value: bigint, into: Uint8Array): void {
  new DataView(into.buffer, into.byteOffset, STAMP_BYTES).setBigUint64(0, value)
}

function checkMs(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > DAY_MS)
    throw new RangeError(`${name} must be a whole number from ${least} to ${DAY_MS}, not ${value}`)
}

function checkLength(name: string, stamp: Uint8Array): void {
  if (stamp.length !== STAMP_BYTES) throw new RangeError(`${name} must have ${STAMP_BYTES} bytes, not ${stamp.length}`)
}
