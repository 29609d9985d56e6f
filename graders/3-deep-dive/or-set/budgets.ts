// A set is asked far more often than it is changed, and changed far more often than whole states cross the network.

import type * as kata from '#kata/3-deep-dive/or-set'
import { budget } from '../../kit/budget.ts'

type Kata = typeof kata

const CYCLES = 200
/** So many elements that were removed for each that is in the set. */
const DEAD = 40

/** As long for every number: who reads a text or copies it goes by its length, and digits are no growth. */
const digits = (i: number): string => String(i).padStart(9, '0')
const tagOf = (i: number): kata.Tag => `${digits(i)}/other`
const elements = (n: number, letter: string) => Array.from({ length: n }, (_, i) => `${letter}${digits(i)}`)

/** What n adds at another replica, and as many removes of others, come to. */
const stateOf = (n: number, from: number): kata.SetState => ({
  added: elements(n, 'x').map((element, i): [string, string] => [tagOf(from + i), element]),
  removed: Array.from({ length: n }, (_, i) => tagOf(from + n + i)),
})

export default [
  budget('Adding and looking are constant work, however large the set', {
    given: ({ ORSet }: Kata, { n }) => {
      const set = new ORSet('n1')
      for (const element of elements(n, 'x')) set.add(element)
      return { set, fresh: elements(2 * n, 'y') }
    },
    when: ({ set, fresh }, i) => {
      set.add(fresh[i % fresh.length]!)
      return set.has(fresh[(7 * i) % fresh.length]!)
    },
    steps: 'O(1)',
  }),
  budget('A remove costs the adds that it takes away, and no others', {
    given: ({ ORSet }: Kata, { n }) => {
      const set = new ORSet('n1')
      const all = elements(2 * n, 'x')
      for (const element of all) set.add(element)
      return { set, all }
    },
    when: ({ set, all }, i) => set.remove(all[i % all.length]!).tags.length,
    steps: 'O(1)',
  }),
  budget('What arrives costs its tags, however large the set', {
    given: ({ ORSet }: Kata, { n }) => {
      const set = new ORSet('n1')
      for (const element of elements(n, 'x')) set.add(element)
      return { set, fresh: elements(2 * n, 'y') }
    },
    // Each element comes, and with the next call it goes; but milk is added anew each time before its last add goes.
    when: ({ set, fresh }, i) => {
      const round = i >> 2
      const isMilk = i % 4 >= 2
      const element = isMilk ? 'milk' : fresh[round % fresh.length]!
      const tag = tagOf(2 * round + (isMilk ? 3 : 0))
      set.apply(i % 2 === 0 ? { add: element, tag } : { remove: element, tags: [isMilk ? tagOf(2 * round + 1) : tag] })
      return set.has(element)
    },
    steps: 'O(1)',
  }),
  budget('A remove of many adds looks once at each of them', {
    given: ({ ORSet }: Kata, { n }) => ({ ORSet, n }),
    when: ({ ORSet, n }) => {
      const [set, other] = [new ORSet('n1'), new ORSet('n2')]
      for (let i = 0; i < n; i++) other.apply(set.add('milk'))
      const remove = set.remove('milk')
      other.apply(remove)
      return remove.tags.length
    },
    steps: 'O(n)',
    calls: () => 8,
  }),
  budget('The elements are listed in one pass', {
    given: ({ ORSet }: Kata, { n }) => {
      const set = new ORSet('n1')
      for (const element of elements(n, 'x')) set.add(element)
      for (const element of elements(DEAD * n, 'y')) {
        set.add(element)
        set.remove(element)
      }
      return set
    },
    when: (set) => set.elements.length,
    steps: 'O(n)',
    ceiling: { says: `${DEAD / 2} steps an element, whatever was removed`, of: (n) => (DEAD / 2) * n },
    calls: () => 8,
  }),
  budget('A merge looks once at each add and each tombstone', {
    given: ({ ORSet }: Kata, { n }) => ({ set: new ORSet('n1'), states: [stateOf(n, 1), stateOf(n, n >> 1)] }),
    when: ({ set, states }, i) => set.merge(states[i & 1]!),
    answers: 'free',
    steps: 'O(n)',
    calls: () => 8,
  }),
  budget('An operation weighs what it is about, however much has happened', {
    sample: ({ ORSet }: Kata) => {
      const set = new ORSet('n1')
      let most = 0
      for (let i = 0; i < CYCLES; i++)
        for (const operation of [set.add('milk'), set.remove('milk')])
          most = Math.max(most, JSON.stringify(operation).length)
      return { figure: most }
    },
    quality: { what: 'bytes of the largest operation on one element', figureAtMost: 120 },
  }),
  budget('An operation beside the reference', {
    given: ({ ORSet }: Kata, { n, random }) => ({
      set: new ORSet('n1'),
      operations: Array.from({ length: 4 * n }, (_, i): kata.Operation => {
        const element = `x${digits(Math.floor(random() * n))}`
        return i % 3 < 2 ? { add: element, tag: tagOf(i) } : { remove: element, tags: [tagOf(i - 1)] }
      }),
    }),
    when: ({ set, operations }, i) => set.apply(operations[i % operations.length]!),
    throughput: 'reference',
  }),
]
