// Small rings for one producer and one consumer, right and wrong in where they keep their words. Each is a submission's
// source; the figures that each must come to stand in the test.

const ring = (layout: string, body: { push?: string; pop?: string; fields?: string; make?: string } = {}) => `
${layout}
const MASK = 63
export class Ring {
  ${body.fields ?? ''}
  cachedHead = 0
  cachedTail = 0
  constructor(buffer) {
    this.words = new Int32Array(buffer)
    ${body.make ?? ''}
  }
  tryPush(value) {
    const words = this.words
    const tail = Atomics.load(words, TAIL)
    ${
      body.push ??
      `if (tail - this.cachedHead > MASK) {
      this.cachedHead = Atomics.load(words, HEAD)
      if (tail - this.cachedHead > MASK) return false
    }
    words[DATA + (tail & MASK)] = value
    Atomics.store(words, TAIL, tail + 1)
    return true`
    }
  }
  tryPop() {
    const words = this.words
    const head = Atomics.load(words, HEAD)
    ${
      body.pop ??
      `if (head === this.cachedTail) {
      this.cachedTail = Atomics.load(words, TAIL)
      if (head === this.cachedTail) return undefined
    }
    const value = words[DATA + (head & MASK)]
    Atomics.store(words, HEAD, head + 1)
    return value`
    }
  }
}`

const PADDED = 'const HEAD = 32, TAIL = 64, DATA = 96'

/** Asks for the other's index at each call, as every first version does. */
const eager = {
  push: `if (tail - Atomics.load(words, HEAD) > MASK) return false
    words[DATA + (tail & MASK)] = value
    Atomics.store(words, TAIL, tail + 1)
    return true`,
  pop: `if (head === Atomics.load(words, TAIL)) return undefined
    const value = words[DATA + (head & MASK)]
    Atomics.store(words, HEAD, head + 1)
    return value`,
}
const maskFrom = (place: string) => ({
  make: `this.words[${place}] = 63`,
  push: `const mask = words[${place}]
    if (tail - this.cachedHead > mask) {
      this.cachedHead = Atomics.load(words, HEAD)
      if (tail - this.cachedHead > mask) return false
    }
    words[DATA + (tail & mask)] = value
    Atomics.store(words, TAIL, tail + 1)
    return true`,
  pop: `const mask = words[${place}]
    if (head === this.cachedTail) {
      this.cachedTail = Atomics.load(words, TAIL)
      if (head === this.cachedTail) return undefined
    }
    const value = words[DATA + (head & mask)]
    Atomics.store(words, HEAD, head + 1)
    return value`,
})

export const RINGS: Record<string, string> = {
  naive: ring('const HEAD = 0, TAIL = 1, DATA = 32', eager),
  'naive, data beside': ring('const HEAD = 0, TAIL = 1, DATA = 2', eager),
  'indices cached, not padded': ring('const HEAD = 0, TAIL = 1, DATA = 32'),
  'padded to 64 bytes': ring('const HEAD = 16, TAIL = 32, DATA = 64'),
  padded: ring(PADDED),
  'padded, eager': ring(PADDED, eager),
  'padded, data right behind the tail': ring('const HEAD = 32, TAIL = 64, DATA = 65'),
  'mask beside the tail': ring(PADDED, maskFrom('TAIL + 1')),
  'mask beside the head': ring(PADDED, maskFrom('HEAD + 1')),
  'mask on a line of its own': ring(PADDED, maskFrom('0')),
  'plain loads and stores': ring(
    'const HEAD = 0, TAIL = 1, DATA = 32',
    Object.fromEntries(
      Object.entries(eager).map(([key, code]) => [
        key,
        code.replace('Atomics.load(words, HEAD)', 'words[HEAD]').replace('Atomics.load(words, TAIL)', 'words[TAIL]'),
      ]),
    ),
  ),
  'a count that both change': ring('const HEAD = 32, TAIL = 64, DATA = 128, COUNT = 96', {
    push: `if (Atomics.load(words, COUNT) > MASK) return false
    words[DATA + (tail & MASK)] = value
    Atomics.store(words, TAIL, tail + 1)
    Atomics.add(words, COUNT, 1)
    return true`,
    pop: `if (Atomics.load(words, COUNT) === 0) return undefined
    const value = words[DATA + (head & MASK)]
    Atomics.store(words, HEAD, head + 1)
    Atomics.sub(words, COUNT, 1)
    return value`,
  }),
  'hides its writes': ring('const HEAD = 0, TAIL = 1, DATA = 32', {
    push: `if (tail - this.cachedHead > MASK) {
      this.cachedHead = Atomics.load(words, HEAD)
      if (tail - this.cachedHead > MASK) return false
    }
    words[DATA + (tail & MASK)] = value
    Object.assign(words, { [TAIL]: tail + 1 })
    return true`,
    pop: `if (head === this.cachedTail) {
      this.cachedTail = Atomics.load(words, TAIL)
      if (head === this.cachedTail) return undefined
    }
    const value = words[DATA + (head & MASK)]
    Object.assign(words, { [HEAD]: head + 1 })
    return value`,
  }),
}

export const RING_BYTES = 1_024

export const RING_BUDGETS = `export default [
  {
    name: 'turns', sharedCacheLines: 0,
    given: () => new SharedArrayBuffer(${RING_BYTES}),
    threads: [
      (kata, memory) => { const ring = new kata.Ring(memory); return (turn) => ring.tryPush(turn + 1) },
      (kata, memory) => { const ring = new kata.Ring(memory); return () => ring.tryPop() },
    ],
  },
  {
    name: 'threads', sharedCacheLines: 0, blocking: true,
    given: () => ({ memory: new SharedArrayBuffer(${RING_BYTES}) }),
    threads: [
      (kata, { memory }) => { const ring = new kata.Ring(memory); return (turn) => { while (!ring.tryPush(turn + 1)); } },
      (kata, { memory }) => { const ring = new kata.Ring(memory); return () => { while (ring.tryPop() === undefined); } },
    ],
  },
]`
