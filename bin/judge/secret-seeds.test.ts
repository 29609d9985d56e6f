// Fresh inputs for each run and each repeat, the same again for who knows the secret, and nothing to be learnt from them.

import { expect, test } from 'vitest'
import { secretSeeds } from './secret-seeds.ts'

const secret = (fill: number) => new Uint8Array(32).fill(fill)
const bytes = (text: string) => new TextEncoder().encode(text)

test('one secret and one content give the same seeds again, and more of them begin with the same', () => {
  const seeds = secretSeeds(secret(1), bytes('export const a = 1'), 20)
  expect(secretSeeds(secret(1), bytes('export const a = 1'), 20)).toEqual(seeds)
  expect(secretSeeds(secret(1), bytes('export const a = 1'), 3)).toEqual(seeds.slice(0, 3))
  expect(new Set(seeds).size).toBe(20)
  for (const seed of seeds) expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32, String(seed)).toBe(true)
})

test('another run, or a space more, and none of them is the same', () => {
  const seeds = new Set(secretSeeds(secret(1), bytes('export const a = 1'), 100))
  const others = [
    ...secretSeeds(secret(2), bytes('export const a = 1'), 100),
    ...secretSeeds(secret(1), bytes('export const a = 1 '), 100),
  ]
  expect(others.filter((seed) => seeds.has(seed))).toEqual([])
})

test('they are spread over all bits', () => {
  const seeds = secretSeeds(secret(3), bytes('x'), 2_000)
  for (let bit = 0; bit < 32; bit++) {
    const set = seeds.filter((seed) => (seed >>> bit) & 1).length
    // Six standard deviations.
    expect(Math.abs(set - 1_000), `bit ${bit}`).toBeLessThan(135)
  }
})

test('a secret that can be guessed is none', () => {
  expect(() => secretSeeds(bytes('short'), bytes('x'), 1)).toThrow(RangeError)
})
