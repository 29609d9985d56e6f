// Frames arrive whole, in order, and bounded, however the system cuts the stream.

import { expect, test } from 'vitest'
import { frame, frameReader } from './frames.ts'

const bodies = ['', 'a', 'ä€😀', 'x'.repeat(300)]
const stream = Buffer.concat(bodies.map(frame))

test('cut anywhere, the same frames come out', () => {
  for (const size of [1, 2, 3, 4, 5, 7, 64, stream.length]) {
    const read = frameReader(1_000)
    const got: string[] = []
    for (let at = 0; at < stream.length; at += size) {
      const { bodies, tooLong } = read(stream.subarray(at, at + size))
      expect(tooLong).toBe(false)
      got.push(...bodies)
    }
    expect(got, `chunks of ${size}`).toEqual(bodies)
  }
})

test('a frame that says it is too long is known by its head, and those before it still count', () => {
  const read = frameReader(299)
  expect(read(stream.subarray(0, stream.length - 300))).toEqual({ bodies: bodies.slice(0, 3), tooLong: true })
})
