// Registers are exact, and each promise about them is checked where the others do not show: ranks only in registers that
// begin with a byte; the layout only with ranks that `high` alone decides; what a register keeps, copies and merges by
// comparison with a sketch of the submission's own that has seen one hash a register. Estimates are promised so widely that
// one with the largest standard error that the budgets allow fails less than once in 10^9 verdicts.

import { fc, hiddenTest, holds, same, show } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)

const LAST = 16_383
/** Ranks that the upper half alone decides. */
const RANKS_OF_HIGH = 18

/** A hash by what the contract makes of it. */
interface Made {
  register: number
  rank: number
  /** two numbers of 32 bits from which the bits below the leading one are taken */
  chance: [number, number]
}

const chance = fc.tuple(fc.nat({ max: 2 ** 32 - 1 }), fc.nat({ max: 2 ** 32 - 1 }))
const made = (register: fc.Arbitrary<number>, maxRank: number): fc.Arbitrary<Made> =>
  fc.record({ register, rank: fc.integer({ min: 1, max: maxRank }), chance })

function hashOf({ register, rank, chance: [a, b] }: Made): driver.Hash {
  const top = register * 2 ** 18
  if (rank <= 18) return [top + 2 ** (18 - rank) + (a % 2 ** (18 - rank)), b]
  return [top, rank > 50 ? 0 : 2 ** (50 - rank) + (b % 2 ** (50 - rank))]
}

const hashesOf = (all: readonly Made[]) => all.map(hashOf)
const plain = (register: number, rank: number): Made => ({ register, rank, chance: [0, 0] })

/** What the registers must be: of each the largest rank. */
function registersOf(all: readonly Made[]): driver.Registers {
  const largest = new Map<number, number>()
  for (const { register, rank } of all) largest.set(register, Math.max(rank, largest.get(register) ?? 0))
  return [...largest].sort(([a], [b]) => a - b)
}

/** One hash for each register: of several, one with the largest rank. */
function onlyLargest(all: readonly Made[]): Made[] {
  const sorted = [...all].sort((a, b) => b.rank - a.rank)
  return [...new Map(sorted.reverse().map((one) => [one.register, one])).values()]
}

const hex = (half: number) =>
  `0x${half
    .toString(16)
    .padStart(8, '0')
    .replace(/^(....)/, '$1_')}`
const addOf = (one: Made, name = 'sketch') => {
  const [high, low] = hashOf(one)
  return `${name}.add(${hex(high)}, ${hex(low)})  // register ${show(one.register)}, rank ${one.rank}`
}
const MAX_TOLD = 6
const adds = (all: readonly Made[], name = 'sketch') =>
  all.length <= MAX_TOLD
    ? all.map((one) => addOf(one, name))
    : [...all.slice(0, MAX_TOLD - 1).map((one) => addOf(one, name)), `… and ${all.length - MAX_TOLD + 1} more`]
const OPENING = 'const sketch = new HyperLogLog()'

/** Of two lists of registers the few places that differ, each in words. */
function difference(want: driver.Registers, got: driver.Registers): { want: string; got: string } | undefined {
  const [wanted, had] = [new Map(want), new Map(got)]
  const differing = [...new Set([...wanted.keys(), ...had.keys()])]
    .filter((register) => wanted.get(register) !== had.get(register))
    .sort((a, b) => a - b)
  if (differing.length === 0) return undefined
  const say = (values: Map<number, number>) =>
    differing
      .slice(0, 3)
      .map((register) => `register ${show(register)}: ${values.get(register) ?? 0}`)
      .join(', ')
  return { want: say(wanted), got: say(had) }
}

function registersHold(story: readonly string[], want: driver.Registers, got: driver.Seen) {
  holds(got.bytes === 12_288, [...story, 'toBytes()'], '12_288 bytes', `${show(got.bytes)} bytes`)
  const differs = difference(want, got.registers)
  if (differs !== undefined) holds(false, [...story, 'toBytes()'], differs.want, differs.got)
}

/** Two sketches of the submission's own are the same, in every way that can be seen. */
function alike(story: readonly string[], asWhat: string, want: driver.Seen, got: driver.Seen) {
  const differs = difference(want.registers, got.registers)
  if (differs !== undefined) holds(false, story, `${differs.want}, ${asWhat}`, differs.got)
  holds(same(want.bytes, got.bytes), story, `${show(want.bytes)} bytes, ${asWhat}`, `${show(got.bytes)} bytes`)
  if (want.count === undefined || got.count === undefined) return
  holds(same(want.count, got.count), [...story, 'count()'], `${show(want.count)}, ${asWhat}`, show(got.count))
}

test('A hash goes to its register, with its rank', async ({ subject, forAll }) => {
  // Registers that begin with a byte; no two hashes to one.
  const register = fc.integer({ min: 0, max: LAST >> 2 }).map((four) => 4 * four)
  const inputs = fc.uniqueArray(made(register, 51), { selector: (one) => one.register, minLength: 1, maxLength: 6 })
  const story = (all: Made[]) => [OPENING, ...adds(all)]
  const ranks = [1, 2, 17, 18, 19, 20, 31, 32, 33, 49, 50, 51]
  await forAll(
    inputs.map((all) => ({ all, hashes: hashesOf(all) })),
    subject.see,
    ({ all }, got) => registersHold(story(all), registersOf(all), got),
    {
      tell: ({ all }) => story(all),
      examples: [
        [plain(0, 1)],
        [plain(LAST - 3, 1)],
        ...ranks.map((rank) => [plain(4, rank)]),
        ...ranks.map((rank): Made[] => [{ register: LAST - 3, rank, chance: [2 ** 32 - 1, 2 ** 32 - 1] }]),
      ].map((all) => ({ all, hashes: hashesOf(all) })),
    },
  )
})

test('A register keeps its largest rank, in any order and however often', async ({ subject, forAll }) => {
  const inputs = fc
    .array(made(fc.constantFrom(4, 8, 12), RANKS_OF_HIGH), { minLength: 2, maxLength: 12 })
    .map((all) => ({ all, one: hashesOf(onlyLargest(all)), other: hashesOf(all) }))
  const example = (...ranks: number[]) => {
    const all = ranks.map((rank) => plain(4, rank))
    return { all, one: hashesOf(onlyLargest(all)), other: hashesOf(all) }
  }
  await forAll(
    inputs,
    subject.twins,
    ({ all }, got) => alike([OPENING, ...adds(all)], 'as after the largest alone', got.one, got.other),
    {
      tell: ({ all }) => [OPENING, ...adds(all)],
      examples: [example(2, 1), example(1, 2), example(3, 3), example(16, 15), example(1, 18, 1, 18)],
    },
  )
})

test('Four registers lie in three bytes', async ({ subject, forAll }) => {
  const inputs = fc
    .record({
      from: fc.integer({ min: 0, max: LAST - 7 }),
      ranks: fc.array(fc.integer({ min: 0, max: RANKS_OF_HIGH }), { minLength: 1, maxLength: 8 }),
      backwards: fc.boolean(),
    })
    .map(({ from, ranks, backwards }) => layout(from, ranks, backwards))
  await forAll(inputs, subject.see, ({ all }, got) => registersHold([OPENING, ...adds(all)], registersOf(all), got), {
    tell: ({ all }) => [OPENING, ...adds(all)],
    examples: [
      ...[0, 1, 2, 3, LAST].map((register) => layout(register, [18], false)),
      ...[0, 1, 2, 3, LAST].map((register) => layout(register, [15], false)),
      layout(0, [18, 15, 18, 15], false),
      layout(0, [15, 18, 15, 18], true),
      layout(LAST - 3, [15, 15, 15, 15], true),
    ],
  })
})

/** Neighbours, each with one hash; rank 0 stands for none. */
function layout(from: number, ranks: readonly number[], backwards: boolean) {
  const all = ranks.map((rank, i) => plain(from + i, rank)).filter(({ rank }) => rank > 0)
  if (backwards) all.reverse()
  return { all, hashes: hashesOf(all) }
}

test('A sketch comes back from its bytes', async ({ subject, forAll }) => {
  const hashes = (maxLength: number) =>
    fc.uniqueArray(made(fc.integer({ min: 0, max: 30 }), 51), { selector: (one) => one.register, maxLength })
  const inputs = fc
    .record({ all: hashes(6), more: hashes(3), before: fc.integer({ min: 0, max: 9 }) })
    // What comes later comes to registers of its own.
    .map(({ all, more, before }) =>
      copied(
        all,
        more.map((one) => ({ ...one, register: one.register + 100 })),
        before,
      ),
    )
  const stages = [
    'HyperLogLog.fromBytes(bytes), then toBytes() of the copy',
    'what toBytes() gave is overwritten with zeros',
    'the bytes that fromBytes() got are overwritten with zeros',
    'both see the same hashes',
  ]
  const opening = (all: readonly Made[], before: number) => [
    OPENING,
    ...adds(all),
    `bytes: those of sketch.toBytes(), ${before === 0 ? 'at the beginning' : `from byte ${before} on`} of a larger buffer`,
  ]
  await forAll(
    inputs,
    subject.copies,
    ({ all, before }, got) => {
      const story = opening(all, before)
      const first = (got[0] as (typeof got)[number]).original
      for (const [i, { original, copy }] of got.entries()) {
        story.push(stages[i] as string)
        if (i < 3) alike(story, 'as before, in the sketch', first, original)
        alike(story, 'as in the sketch', original, copy)
      }
    },
    {
      tell: ({ all, before }) => [...opening(all, before), ...stages],
      runs: 30,
      examples: [copied([plain(4, 3)], [], 0), copied([plain(4, 3)], [], 5), copied([plain(4, 3)], [plain(8, 2)], 0)],
    },
  )
  // Written by another program. Only registers that begin with a byte hold anything up to 51; the others only what is
  // too large in no order of bits.
  const written = fc
    .uniqueArray(fc.tuple(fc.integer({ min: 0, max: LAST }), fc.integer({ min: 1, max: 51 })), {
      selector: ([register]) => register,
      maxLength: 6,
    })
    .map((registers) => ({ registers: registers.map(tame).sort(([a], [b]) => a - b) }))
  const read = ({ registers }: { registers: driver.Registers }) => [
    `bytes with ${registers.length === 0 ? 'all registers 0' : registers.map(([register, value]) => `register ${show(register)}: ${value}`).join(', ')}`,
    'HyperLogLog.fromBytes(bytes)',
  ]
  await forAll(
    written,
    subject.foreign,
    (input, got) => {
      holds('returned' in got, read(input), 'a sketch', refused(got))
      registersHold(read(input), input.registers, got.returned)
    },
    {
      tell: read,
      examples: [
        ...[0, 1, 2, 3, LAST - 3, LAST].map((register) => ({ registers: [tame([register, 51])] })),
        {
          registers: [
            [0, 51],
            [1, 3],
          ],
        },
      ],
    },
  )
})

const tame = ([register, value]: [number, number]): [number, number] => [
  register,
  register % 4 === 0 ? value : Math.min(value, 11),
]

const copied = (all: Made[], more: Made[], before: number) => ({
  all,
  hashes: hashesOf(all),
  later: hashesOf(more),
  before,
})

test('A merged sketch has seen what both have seen', async ({ subject, forAll }) => {
  const hashes = fc.uniqueArray(made(fc.integer({ min: 0, max: 11 }), RANKS_OF_HIGH), {
    selector: (one) => one.register,
    maxLength: 6,
  })
  const inputs = fc
    .record({ mine: hashes, theirs: fc.oneof({ weight: 9, arbitrary: hashes }, fc.constant('itself' as const)) })
    .map(({ mine, theirs }) => merged(mine, theirs))
  const story = ({ all }: ReturnType<typeof merged>) => [
    OPENING,
    ...adds(all.mine),
    ...(all.theirs === 'itself'
      ? ['sketch.count()', 'sketch.merge(sketch)']
      : ['const other = new HyperLogLog()', ...adds(all.theirs, 'other'), 'sketch.count()', 'sketch.merge(other)']),
  ]
  await forAll(
    inputs,
    subject.merges,
    (input, { merged, twin, others }) => {
      const told = story(input)
      alike(told, 'as in one that has seen everything itself', twin, merged)
      if (input.all.theirs === 'itself') return
      const [before, after, atTheEnd] = others as [driver.Seen, driver.Seen, driver.Seen]
      alike([...told, 'look at other'], 'as before the merge', before, after)
      alike([...told, addOf(LATER), 'look at other'], 'as before the merge', before, atTheEnd)
    },
    {
      tell: story,
      runs: 30,
      examples: [
        merged([plain(4, 2)], [plain(4, 1)]),
        merged([plain(4, 1)], [plain(4, 2)]),
        merged([plain(4, 5)], [plain(4, 5)]),
        merged([plain(5, 3)], [plain(5, 4)]),
        merged([plain(1, 3), plain(2, 12), plain(3, 1)], [plain(1, 4), plain(2, 3), plain(3, 18)]),
        merged([plain(0, 1)], [plain(LAST, 1)]),
        merged([plain(LAST, 7)], [plain(LAST, 8)]),
        merged([], [plain(4, 1)]),
        merged([plain(4, 3)], 'itself'),
      ],
    },
  )
})

const LATER = plain(40, 9)

function merged(mine: Made[], theirs: Made[] | 'itself') {
  return {
    all: { mine, theirs },
    mine: hashesOf(mine),
    theirs: theirs === 'itself' ? theirs : hashesOf(theirs),
    both: hashesOf(onlyLargest([...mine, ...(theirs === 'itself' ? [] : theirs)])),
    later: theirs === 'itself' ? [] : [hashOf(LATER)],
  }
}

const seed = fc.nat({ max: 2 ** 31 })

test('Up to a hundred hashes in registers of their own are counted exactly', async ({ subject, forAll }) => {
  const story = ({ n, seed }: { n: number; seed: number }) => [
    OPENING,
    ...(n === 0
      ? []
      : [`add ${n} different ${n === 1 ? 'hash' : 'hashes, each to another register'} (stream ${seed})`]),
    'count()',
  ]
  await forAll(
    fc.record({ n: fc.integer({ min: 0, max: 100 }), seed }),
    subject.apart,
    (input, got) => holds(got === input.n, story(input), show(input.n), show(got)),
    { tell: story, runs: 20, examples: [0, 1, 2, 10, 50, 99, 100].map((n) => ({ n, seed: 1 })) },
  )
})

test('From five hundred to a million million, an estimate is within 6 % of the truth', async ({ subject, forAll }) => {
  const story = ({ n, seed }: { n: number; seed: number }) => [
    OPENING,
    `add, for each register, the one of ${show(n)} different hashes that sets it (stream ${seed})`,
    'count()',
  ]
  // Evenly by order of magnitude. Between 60,000 and 300,000 the quality budget looks closer than this promise could.
  const logarithm = fc.oneof(fc.integer({ min: 270, max: 477 }), fc.integer({ min: 548, max: 1200 }))
  const n = logarithm.map((hundredths) => Math.round(10 ** (hundredths / 100)))
  await forAll(
    fc.record({ n, seed }),
    subject.estimate,
    (input, got) =>
      holds(
        Number.isInteger(got) && Math.abs(got / input.n - 1) <= 0.06,
        story(input),
        `a whole number within 6 % of ${show(input.n)}`,
        Number.isInteger(got) ? `${show(got)}, ${percent(got / input.n - 1)}` : show(got),
      ),
    {
      tell: story,
      runs: 12,
      examples: [1_000, 502, 10_000, 41_000, 1_000_000, 10_000_000, 1_000_000_000, 1_000_000_000_000].map((n) => ({
        n,
        seed: 1,
      })),
    },
  )
})

const percent = (share: number) => `${share < 0 ? '-' : '+'}${Math.abs(100 * share).toFixed(2)} %`

test('Bad input is refused by name and changes nothing', async ({ subject, forAll }) => {
  const isRefusal = (answer: object | undefined, name: string) =>
    answer !== undefined &&
    'threw' in answer &&
    answer.threw === 'RangeError' &&
    'message' in answer &&
    String(answer.message).includes(name)

  const nonsense = fc.constantFrom(-1, 0.5, 2 ** 32, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, -(2 ** 31))
  const sound = fc.constantFrom<driver.Hash>([2 ** 18 + 5, 7], [2 ** 32 - 1, 2 ** 32 - 1], [0, 0])
  const call: fc.Arbitrary<driver.Hash> = fc.oneof(
    sound,
    fc.tuple(nonsense, fc.constant(1)),
    fc.tuple(fc.constant(2 ** 19), nonsense),
  )
  const nameOf = ([high, low]: driver.Hash) => (high >>> 0 !== high ? 'high' : low >>> 0 !== low ? 'low' : undefined)
  const said = ([high, low]: driver.Hash) => `sketch.add(${show(high)}, ${show(low)})`
  await forAll(
    fc.array(call, { minLength: 1, maxLength: 4 }).map((calls) => ({ calls })),
    subject.misuse,
    ({ calls }, { answers, one, other }) => {
      const story = [OPENING]
      for (const [i, halves] of calls.entries()) {
        const [answer, name] = [answers[i], nameOf(halves)]
        story.push(said(halves))
        if (name === undefined) holds(same(answer, { returned: null }), story, 'no complaint', show(answer))
        else holds(isRefusal(answer, name), story, `throws RangeError naming ${name}`, refused(answer))
      }
      alike(story, 'as without the calls that were refused', other, one)
    },
    {
      tell: ({ calls }) => [OPENING, ...calls.map(said)],
      examples: [
        { calls: [[-1, 1]] },
        { calls: [[2 ** 32, 1]] },
        { calls: [[0.5, 1]] },
        { calls: [[2 ** 19, -1]] },
        { calls: [[2 ** 19, 2 ** 32]] },
        { calls: [[2 ** 19, Number.NaN]] },
      ],
    },
  )

  const wrongLength = fc
    .oneof(fc.constantFrom(0, 1, 12_287, 12_289, 16_384), fc.integer({ min: 0, max: 20_000 }))
    .filter((bytes) => bytes !== 12_288)
    .map((bytes) => ({ bytes, registers: [] as driver.Registers }))
  const wrongRegister = fc
    .record({
      four: fc.integer({ min: 0, max: LAST >> 2 }),
      value: fc.integer({ min: 52, max: 63 }),
      all: fc.boolean(),
    })
    .map(({ four, value, all }) => ({ bytes: 12_288, registers: all ? fourFull(four) : [tooLarge(four, value)] }))
  const wrongBetween = fc
    .record({ four: fc.integer({ min: 0, max: LAST >> 2 }), place: fc.constantFrom(1 as const, 3 as const) })
    .map(({ four, place }) => ({ bytes: 12_288, registers: [fullBetween(four, place)] }))
  const told = ({ bytes, registers }: { bytes: number; registers: driver.Registers }) => [
    `bytes: ${show(bytes)} of them, ${registers.map(([register, value]) => `register ${show(register)} is ${value}, `).join('')}${registers.length > 0 ? 'the others' : 'all registers'} 0`,
    'HyperLogLog.fromBytes(bytes)',
  ]
  await forAll(
    fc.oneof(wrongLength, wrongRegister, wrongBetween),
    subject.misread,
    (input, got) => holds(isRefusal(got, 'bytes'), told(input), 'throws RangeError naming bytes', refused(got)),
    {
      tell: told,
      examples: [
        { bytes: 12_287, registers: [] },
        { bytes: 12_289, registers: [] },
        ...[0, LAST >> 2].flatMap((four) => [
          { bytes: 12_288, registers: [tooLarge(four, 52)] },
          { bytes: 12_288, registers: [fullBetween(four, 1)] },
          { bytes: 12_288, registers: [fullBetween(four, 3)] },
          { bytes: 12_288, registers: fourFull(four) },
        ]),
      ],
    },
  )
})

/** A register that begins with a byte. */
const tooLarge = (four: number, value: number): [number, number] => [4 * four, value]
/** Full of ones, and so placed that in the other order of bits a register is too large, too. */
const fullBetween = (four: number, place: 1 | 3): [number, number] => [4 * four + place, 63]
/** Three bytes full of ones: too large in any order of bits. */
const fourFull = (four: number) => [0, 1, 2, 3].map((i): [number, number] => [4 * four + i, 63])

function refused(answer: object | undefined): string {
  if (answer === undefined || !('message' in answer))
    return same(answer, { returned: null }) ? 'no error' : show(answer)
  return `${show(answer)}: ${answer.message}`
}
