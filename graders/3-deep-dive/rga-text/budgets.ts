// A text of a hundred pages is edited at each keystroke of everybody who has it open: nothing may walk through it, and a
// character may not weigh a hundred times itself.

import type * as kata from '#kata/3-deep-dive/rga-text'
import { budget } from '../../kit/budget.ts'

type Kata = typeof kata
type Text = kata.SharedText

const MASK = 1_023
const places = (random: () => number): Float64Array => Float64Array.from({ length: MASK + 1 }, () => random())

/** Types and deletes in many places: a real text is two parts of typing and one of deleting, or thereabouts. */
function written({ SharedText }: Kata, n: number, random: () => number): { text: Text; made: kata.Operation[] } {
  const text = new SharedText(1)
  const made: kata.Operation[] = [text.insert(0, 'It was a')]
  while (text.length < n) {
    const at = Math.floor(random() * text.length)
    if (random() < 0.7) made.push(text.insert(at, 'xyz'))
    else made.push(...text.delete(at, 1))
  }
  return { text, made }
}

const edit = (text: Text, place: number, i: number): kata.Operation => {
  const at = Math.floor(place * text.length)
  return i % 2 === 0 ? text.insert(at, 'x') : (text.delete(at, 1)[0] as kata.Operation)
}

export default [
  budget('An edit here is a logarithm of the text', {
    given: (kata: Kata, { n, random }) => ({ text: written(kata, n, random).text, places: places(random) }),
    when: ({ text, places }, i) => {
      edit(text, places[i & MASK] as number, i)
      return text.length
    },
    steps: 'O(log n)',
    sizes: [200, 800, 3_200],
    calls: () => 400,
  }),
  budget('An edit of somebody else is one, too', {
    given: (kata: Kata, { n, random }) => {
      const { text, made } = written(kata, n, random)
      const other = new kata.SharedText(2)
      for (const operation of made) other.apply(operation)
      const more = Array.from({ length: 400 }, (_, i) => edit(text, random(), i))
      return { other, more }
    },
    when: ({ other, more }, i) => {
      other.apply(more[i % more.length] as kata.Operation)
      return other.length
    },
    steps: 'O(log n)',
    sizes: [200, 800, 3_200],
    calls: () => 400,
  }),
  budget('Reading is one pass over all characters', {
    given: (kata: Kata, { n, random }) => written(kata, n, random).text,
    when: (text) => text.toString().length,
    steps: 'O(n)',
    // The reference takes 6 to 7; who looks each character up, 14 at the smallest size and 19 to 21 at the largest. Over sizes
    // that end soon enough, a logarithm beside n is too little to be told by growth on every seed.
    ceiling: { says: '12 steps a character', of: (n) => 12 * n },
    sizes: [200, 800, 3_200],
    calls: () => 4,
  }),
  budget('To delete what was typed in one go takes one operation', {
    sample: ({ SharedText }: Kata, { random }) => {
      const text = new SharedText(1)
      for (let i = 0; i < 8; i++) text.insert(Math.floor(random() * (text.length + 1)), 'abc')
      const at = text.length
      text.insert(at, 'x'.repeat(500))
      return { figure: text.delete(at, 500).length }
    },
    // Typed in one go, wherever else was typed before: no question of chance.
    quality: { what: 'operations', figureAtMost: 1 },
  }),
  budget('A deletion that arrives makes a few small objects, if any', {
    given: (kata: Kata, { random }) => {
      const { text, made } = written(kata, 4_000, random)
      const other = new kata.SharedText(2)
      for (const operation of made) other.apply(operation)
      return {
        other,
        deletes: Array.from({ length: 2_000 }, () => text.delete(Math.floor(random() * text.length), 1)[0]),
      }
    },
    when: ({ other, deletes }, i) => other.apply(deletes[i % deletes.length] as kata.Operation),
    // A list of work, an answer of two fields: 40 and 56 bytes. An object for each node on the way up: several hundred.
    bytesPerCall: 256,
  }),
  budget('A character weighs little, and a deleted one no more', {
    given: (kata: Kata, { n, random }) => {
      const text = new kata.SharedText(1)
      for (let typed = 0; typed < n; typed++) {
        text.insert(Math.floor(random() * (text.length + 1)), 'x')
        if (typed % 3 === 2) text.delete(Math.floor(random() * text.length), 1)
      }
      return text
    },
    // At most a node a character; chance decides only which of them share one (each ± 0.5). Rows of numbers are 38, a tree of
    // objects 78, runs that are linked and found by pages 146; an object and two keys each are 210.
    bytesPerEntry: 175,
  }),
  budget('An edit beside the reference', {
    given: (kata: Kata, { random }) => ({ text: written(kata, 10_000, random).text, places: places(random) }),
    when: ({ text, places }, i) => edit(text, places[i & MASK] as number, i),
    throughput: 'reference',
  }),
]
