// breaks: A new disruptor counts from zero
// because: why a good engineer in a hurry would write this, and what it costs.

export class Disruptor {
  #count = 1

  next(): number {
    return this.#count++
  }
}
