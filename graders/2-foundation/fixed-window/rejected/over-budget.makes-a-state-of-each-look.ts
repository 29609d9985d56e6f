// breaks: A call makes no garbage, granted or refused, in an old window or a new one
// spends: 79 bytes
// because: the state is a value, made anew at each look and again at each grant: clean to read, and all of it garbage.

// Keeps the latest time that was seen, never lets time go back, and asks of each new time whether it is still the window
// of the time before. Decides on the state as a value; the class only stores it.

export type Clock = () => number

export interface FixedWindowOptions {
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

interface Seen {
  readonly latestMs: number
  readonly granted: number
}

const beginOf = (ms: number, windowMs: number) => ms - (ms % windowMs)

function seenAt(seen: Seen | undefined, nowMs: number, windowMs: number): Seen {
  if (seen === undefined) return { latestMs: nowMs, granted: 0 }
  if (nowMs <= seen.latestMs) return seen
  const same = beginOf(nowMs, windowMs) === beginOf(seen.latestMs, windowMs)
  return { latestMs: nowMs, granted: same ? seen.granted : 0 }
}

function whole(name: string, value: number, max = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > max) throw new RangeError(`bad ${name}: ${value}`)
  return value
}

export class FixedWindow {
  #limit: number
  #windowMs: number
  #clock: Clock
  #seen: Seen | undefined

  constructor(options: FixedWindowOptions) {
    this.#limit = whole('limit', options.limit, 1_000_000_000)
    this.#windowMs = whole('windowMs', options.windowMs, 1_000_000_000)
    this.#clock = options.clock
  }

  tryAcquire(count = 1): boolean {
    whole('count', count)
    const seen = this.#look(this.#clock())
    const granted = seen.granted + count
    if (granted > this.#limit) return false
    this.#seen = { ...seen, granted }
    return true
  }

  remaining(): number {
    return this.#limit - this.#look(this.#clock()).granted
  }

  retryAfterMs(count = 1): number {
    whole('count', count)
    const nowMs = this.#clock()
    const { latestMs, granted } = this.#look(nowMs)
    if (count > this.#limit) return Number.POSITIVE_INFINITY
    if (granted + count <= this.#limit) return 0
    return beginOf(latestMs, this.#windowMs) + this.#windowMs - nowMs
  }

  #look(nowMs: number): Seen {
    this.#seen = seenAt(this.#seen, nowMs, this.#windowMs)
    return this.#seen
  }
}
