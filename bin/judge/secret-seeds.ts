// Seeds that nobody can know beforehand. A class is judged on inputs that are drawn from a secret of that one run: code that
// holds the answers for inputs seen before, in an earlier run or on a neighbour's screen, holds the wrong ones.

import { createHmac } from 'node:crypto'

/**
 * @param secret of one run; chance, and kept until the run is over. Later it may be told: a seed replays what it did
 * @param bytes the submission, so that no two different ones see the same inputs
 * @returns as many different seeds; the first ones stay the same where more are asked for
 */
export function secretSeeds(secret: Uint8Array, bytes: Uint8Array, repeats: number): number[] {
  if (secret.length < 16) throw new RangeError('A secret of less than 16 bytes can be guessed.')
  const seeds = new Set<number>()
  for (let draw = 0; seeds.size < repeats; draw++)
    // The number comes first and has a length of its own, so that it cannot be taken for a part of the content.
    seeds.add(createHmac('sha256', secret).update(Uint32Array.of(draw)).update(bytes).digest().readUInt32LE(0))
  return [...seeds]
}
