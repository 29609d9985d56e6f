// What is structurally different here: …

export class Disruptor {
  private last = -1

  next(): number {
    this.last += 1
    return this.last
  }
}
