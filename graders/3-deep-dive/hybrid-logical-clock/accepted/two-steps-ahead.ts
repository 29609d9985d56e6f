// Two whole numbers of 24 bits for the milliseconds, so that every field is a small integer; what is kept is how far life has
// come, under a key for each bound, and a new bound is put when half of the distance is used up, and not when all of it is.

import type { Disk } from '#world'

export const STAMP_BYTES = 8

export interface HybridClockOptions {
  readonly clock: () => number
  readonly maxDriftMs: number
  readonly disk: Disk
  readonly aheadMs: number
}

const HALF = 2 ** 24
const DAY_MS = 86_400_000

export class HybridClock {
  readonly #options: HybridClockOptions
  #upper = 0
  #lower = 0
  /** of the next stamp, if it is of the same millisecond */
  #nextCounter = 0
  #boundMs: number

  constructor(options: HybridClockOptions) {
    for (const [name, least] of [
      ['maxDriftMs', 0],
      ['aheadMs', 1],
    ] as const) {
      const ms = options[name]
      if (!(Number.isInteger(ms) && ms >= least && ms <= DAY_MS))
        throw new RangeError(`${name}: a whole number from ${least} to ${DAY_MS}, and not ${ms}`)
    }
    this.#options = options
    this.#boundMs = options.disk.get<{ untilMs: number }>('life')?.untilMs ?? 0
    this.#moveTo(this.#boundMs, 0)
  }

  stamp(into: Uint8Array): void {
    if (into.length !== STAMP_BYTES) throw new RangeError(`into: ${into.length} bytes instead of ${STAMP_BYTES}`)
    this.#give(this.#options.clock(), into)
  }

  receive(remote: Uint8Array, into: Uint8Array): boolean {
    if (remote.length !== STAMP_BYTES) throw new RangeError(`remote: ${remote.length} bytes instead of ${STAMP_BYTES}`)
    if (into.length !== STAMP_BYTES) throw new RangeError(`into: ${into.length} bytes instead of ${STAMP_BYTES}`)
    const { clock, maxDriftMs } = this.#options
    const nowMs = clock()
    const upper = three(remote, 0)
    const lower = three(remote, 3)
    if (upper * HALF + lower > nowMs + maxDriftMs) return false
    const counter = (remote[6] as number) * 256 + (remote[7] as number) + 1
    if (upper > this.#upper || (upper === this.#upper && lower > this.#lower)) {
      this.#upper = upper
      this.#lower = lower
      this.#nextCounter = counter
    } else if (upper === this.#upper && lower === this.#lower) this.#nextCounter = Math.max(this.#nextCounter, counter)
    this.#give(nowMs, into)
    return true
  }

  #give(nowMs: number, into: Uint8Array): void {
    if (this.#nextCounter > 0xffff) this.#moveTo(this.#upper * HALF + this.#lower + 1, 0)
    if (nowMs > this.#upper * HALF + this.#lower) this.#moveTo(nowMs, 0)
    this.#mustOutlive(this.#upper * HALF + this.#lower)
    into[0] = this.#upper >> 16
    into[1] = this.#upper >> 8
    into[2] = this.#upper
    into[3] = this.#lower >> 16
    into[4] = this.#lower >> 8
    into[5] = this.#lower
    into[6] = this.#nextCounter >> 8
    into[7] = this.#nextCounter
    this.#nextCounter++
  }

  #moveTo(ms: number, counter: number): void {
    this.#upper = Math.floor(ms / HALF)
    this.#lower = ms % HALF
    this.#nextCounter = counter
  }

  #mustOutlive(ms: number): void {
    const { aheadMs, disk } = this.#options
    if (this.#boundMs - ms > aheadMs / 2) return
    this.#boundMs = ms + aheadMs
    disk.put('life', { untilMs: this.#boundMs })
    disk.sync()
  }
}

const three = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number)
