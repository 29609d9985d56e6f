// Each promise is checked in a setting of its own, in which breaking another promise does not show: the promise that a
// learner is told about is the one that they broke. Where the last byte is not the matter, filters fill whole bytes; where
// the number of strangers let in is not, a right filter lets in one of those asked about less than once in 10^9 runs. How
// many strangers it lets in altogether is a budget.

import { agree, fc, hiddenTest, holds, same, show } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)

type Options = driver.Options

// ---- what the contract says ---------------------------------------------------------------------------------------

const exactBits = ({ entries, oneIn }: Options) => (entries * Math.log(oneIn)) / Math.LN2 ** 2
const bitsOf = (options: Options) => Math.ceil(exactBits(options))
const exactHashes = (options: Options) => (bitsOf(options) / options.entries) * Math.LN2
const hashesOf = (options: Options) => Math.round(exactHashes(options))

/** Far enough from the next whole number (or half) that no order of the operations comes out on the other side. */
const farFrom = (border: number, value: number) => Math.abs(value - border - Math.round(value - border)) > 1e-5
const isClear = (options: Options) => farFrom(0, exactBits(options)) && farFrom(0.5, exactHashes(options))

/** Filters that fill whole bytes, and so roomy for a few keys that none of these lets in another. */
const ROOMY = [
  { entries: 10, oneIn: 1_000 }, // 144 bits
  { entries: 10, oneIn: 10_000 }, // 192
  { entries: 8, oneIn: 100_000 }, // 192
  { entries: 9, oneIn: 100_000 }, // 216
]

// ---- keys, and how they are told ----------------------------------------------------------------------------------

const plainUnit = fc.integer({ min: 0x61, max: 0x7a })
const unit = fc.oneof(
  { weight: 4, arbitrary: plainUnit },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
  { weight: 1, arbitrary: fc.integer({ min: 0xd800, max: 0xdfff }) },
)
const text = (units: number[]) => String.fromCharCode(...units)
const anyKey = fc.array(unit, { maxLength: 12 }).map(text)
const plainKey = fc.array(plainUnit, { minLength: 1, maxLength: 6 }).map(text)

const LONG = 24
/** A key as a person would write it: unprintable code units by number, long ones cut in the middle. */
function said(key: string): string {
  const visible = (part: string) =>
    part
      .split('')
      .map((c) => (c === "'" || c === '\\' ? `\\${c}` : c >= ' ' && c <= '~' ? c : `\\u${hex(c)}`))
      .join('')
  if (key.length <= LONG) return `'${visible(key)}'`
  return `'${visible(key.slice(0, 6))}…${visible(key.slice(-6))}' (${show(key.length)} units)`
}
const hex = (c: string) => c.charCodeAt(0).toString(16).padStart(4, '0')

const made = ({ entries, oneIn }: Options) => `new BloomFilter({ entries: ${show(entries)}, oneIn: ${show(oneIn)} })`
const added = (keys: string[]) => keys.map((key) => `add(${said(key)})`)
const counted = (count: number, what: string) => `${show(count)} ${what}${count === 1 ? '' : 's'}`
const hashed = (hashes: number) => `${show(hashes)} ${hashes === 1 ? 'hash' : 'hashes'}`
const addedInOneLine = (keys: string[]) => (keys.length === 0 ? 'nothing' : added(keys).join(', '))

// ---- promises -----------------------------------------------------------------------------------------------------

test('It is sized by the formula', async ({ subject, forAll }) => {
  const options = fc
    .record({
      entries: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 5_000 })),
      oneIn: fc.oneof(
        fc.integer({ min: 2, max: 10 }),
        fc.constantFrom(100, 1_000, 10_000),
        fc.integer({ min: 2, max: 1_000_000 }),
      ),
    })
    .filter(isClear)
  await forAll(
    options,
    subject.shape,
    (o, got) =>
      agree(made(o), [
        { call: 'bits', got: got.bits, want: bitsOf(o) },
        { call: 'hashes', got: got.hashes, want: hashesOf(o) },
      ]),
    {
      tell: (o) => [made(o), 'bits', 'hashes'],
      examples: [
        { entries: 1_000, oneIn: 100 },
        { entries: 1, oneIn: 2 },
        { entries: 1, oneIn: 5 },
        { entries: 100_000, oneIn: 1_000 },
      ],
    },
  )
})

test('What was added is found', async ({ subject, forAll }) => {
  type Input = { options: Options; added: string[]; asked: string[] }
  const asking = (options: Options, keys: string[]): Input => ({ options, added: keys, asked: keys })
  const tell = (input: Input) => [
    made(input.options),
    ...added(input.added),
    ...input.asked.map((key) => `has(${said(key)})`),
  ]
  const inputs = fc
    .record({
      entries: fc.integer({ min: 1, max: 30 }),
      oneIn: fc.constantFrom(2, 3, 10, 100, 1_000),
      keys: fc.array(anyKey, { minLength: 1, maxLength: 40 }),
    })
    .map(({ entries, oneIn, keys }) => asking({ entries, oneIn }, keys))
  await forAll(
    inputs,
    subject.ask,
    ({ options, added: keys, asked }, got) => {
      const missed = got.indexOf(false)
      const key = asked[missed]
      if (key === undefined) return
      // What came in before it is only of interest for the number of its adds.
      const many = keys.length > 8 ? [`${keys.length} adds, among them ${said(key)}`] : added(keys)
      holds(false, [made(options), ...many, `has(${said(key)}) → false`], 'true: it was added', 'false')
    },
    {
      tell,
      examples: [
        asking({ entries: 1, oneIn: 100 }, ['']),
        asking({ entries: 1, oneIn: 100 }, ['a', 'b']),
        asking({ entries: 2, oneIn: 10 }, ['a', 'a', 'a', 'b']),
        asking({ entries: 100, oneIn: 1_000 }, ['\ud800', '\udc00', 'x'.repeat(100_000)]),
      ],
    },
  )

  // A thousand as planned, and three thousand as not planned.
  const crowds = [1_000, 3_000].map((count) => ({ before: 'user:', from: 0, count }))
  await forAll(
    fc.constantFrom(...crowds).map((keys) => ({ options: { entries: 1_000, oneIn: 100 }, added: keys, asked: keys })),
    subject.askMany,
    ({ options, added: keys }, { firstNo }) =>
      holds(
        firstNo === null,
        [made(options), `add('user:0') … add('user:${keys.count - 1}')`, `has('${firstNo}') → false`],
        'true: it was added',
        'false',
      ),
    { runs: 4 },
  )
})

test('An empty filter lets nobody in, and a full one few', async ({ subject, forAll }) => {
  const empty = fc
    .record({
      entries: fc.integer({ min: 1, max: 50 }),
      oneIn: fc.constantFrom(2, 10, 1_000),
      asked: fc.array(anyKey, { minLength: 1, maxLength: 4 }),
    })
    .map(({ entries, oneIn, asked }) => ({ options: { entries, oneIn }, added: [], asked }))
  await forAll(
    empty,
    subject.ask,
    ({ options, asked }, got) =>
      agree(
        made(options),
        asked.map((key, i) => ({ call: `has(${said(key)})`, got: got[i], want: false })),
      ),
    { tell: ({ options, asked }) => [made(options), ...asked.map((key) => `has(${said(key)})`)] },
  )

  const options = { entries: 1_000, oneIn: 100 }
  const input = {
    options,
    added: { before: 'user:', from: 0, count: 1_000 },
    asked: { before: 'user:', from: 1_000, count: 1_000 },
  }
  const story = [made(options), "add('user:0') … add('user:999')", "has('user:1000') … has('user:1999')"]
  // Half is fifty times what is promised: what is only too often is told by the budget, with figures.
  await forAll(
    fc.constant(input),
    subject.askMany,
    (_, { yes }) => holds(yes <= 500, story, 'false, but for about 10 of these 1000', `true for ${yes} of them`),
    { runs: 1, tell: () => story },
  )
})

test('Every code unit of a key counts, and where it stands', async ({ subject, forAll }) => {
  const long = ({ first, length }: { first: number; length: number }) =>
    Array.from({ length }, (_, i) => 0x61 + ((first + 7 * i) % 26))
  // So wide a filter that three positions of one key are those of another less than once in 10^15.
  const options = { entries: 100_000, oneIn: 8 }
  const pair = (one: string, other: string) => ({ options, added: [one], asked: [other] })
  const units = fc.oneof(
    fc.array(unit, { minLength: 1, maxLength: 10 }),
    fc.array(plainUnit, { minLength: 1, maxLength: 300 }),
    // Whoever has patience with short keys only.
    fc.record({ first: plainUnit, length: fc.integer({ min: 300, max: 20_000 }) }).map(long),
  )
  const pairs = fc
    .record({
      units,
      at: fc.nat(),
      change: fc.constantFrom('flip', 'swap', 'drop', 'double'),
      flip: fc.oneof(
        fc.nat({ max: 15 }).map((bit) => 1 << bit),
        fc.integer({ min: 1, max: 0xffff }),
      ),
    })
    .map(({ units, at, change, flip }) => {
      const i = at % units.length
      const here = units[i] as number
      if (change === 'flip') return pair(text(units), text(units.with(i, here ^ flip)))
      if (change === 'drop') return pair(text(units), text(units.toSpliced(i, 1)))
      if (change === 'double') return pair(text(units), text(units.toSpliced(i, 0, here)))
      const j = (i + 1) % units.length
      return pair(text(units), text(units.with(i, units[j] as number).with(j, here)))
    })
    .filter(({ added: [one], asked: [other] }) => one !== other)
  /** Of long keys only the ends are shown. */
  const partingOf = ({ added: [one = ''], asked: [other = ''] }: { added: string[]; asked: string[] }) => {
    if (Math.max(one.length, other.length) <= LONG) return ''
    let at = 0
    while (one[at] === other[at]) at++
    return ` (they part at unit ${show(at)}, counted from 0)`
  }
  const tell = ({ added: keys, asked }: { added: string[]; asked: string[] }) => [
    made(options),
    ...added(keys),
    ...asked.map((key) => `has(${said(key)})`),
  ]
  await forAll(
    pairs,
    subject.ask,
    (input, got) =>
      holds(
        got[0] === false,
        tell(input).with(-1, `${tell(input).at(-1)} → ${show(got[0])}`),
        `false: another key${partingOf(input)}, in an all but empty filter`,
        show(got[0]),
      ),
    {
      tell,
      examples: [
        pair('ab', 'ba'),
        pair('Aa', 'BB'),
        pair('A', '\u0141'),
        pair('\ud800', '\udfff'),
        pair('caf\u00e9', 'cafe\u0301'),
        pair('', '\u0000'),
        pair('a', 'a\u0000'),
        pair('a', '\u0000a'),
        pair('1', '01'),
        pair('a', 'A'),
        pair('a', ' a'),
        pair(`${'x'.repeat(300)}a`, `${'x'.repeat(300)}b`),
        pair(`a${'x'.repeat(300)}`, `b${'x'.repeat(300)}`),
        ...[4_999, 5_000].map((at) =>
          pair('x'.repeat(10_000), text(long({ first: 0, length: 10_000 }).map((_, i) => (i === at ? 0x79 : 0x78)))),
        ),
      ],
    },
  )
})

test('It uses each of its bits, and none beside them', async ({ subject, forAll }) => {
  const options = fc
    .record({ entries: fc.integer({ min: 3, max: 8 }), oneIn: fc.constantFrom(2, 3, 10, 100, 1_000) })
    .filter(isClear)
  // Were there but one position to a key, each would still come up 30 times: one that does not is there once in 10^10.
  const enough = (o: Options) => ({ before: 'key-', from: 0, count: 30 * bitsOf(o) })
  const inputs = options.map((o) => ({ options: o, keys: enough(o) }))
  await forAll(
    inputs,
    subject.fill,
    ({ options, keys }, got) => {
      const { bits, hashes, one, all } = got
      const opening = `${made(options)}, with ${counted(bits, 'bit')} and ${hashed(hashes)}`
      const length = Math.ceil(bits / 8)
      holds(
        one.length === length && all.length === length,
        [opening, "add('key-0')", `toBytes() → ${counted(one.length, 'byte')}`],
        counted(length, 'byte'),
        counted(one.length, 'byte'),
      )
      const set = setIn(one)
      holds(
        set.length <= hashes,
        [opening, "add('key-0')", `toBytes() → ${show(one)}`],
        `at most ${counted(hashes, 'bit')} set`,
        `${counted(set.length, 'bit')} set: ${set.join(', ')}`,
      )
      const story = [opening, `add('key-0') … add('key-${keys.count - 1}')`, `toBytes() → ${show(all)}`]
      const beyond = setIn(all).filter((position) => position >= bits)
      holds(beyond.length === 0, story, `no bit set from ${bits} up`, `set there: ${beyond.join(', ')}`)
      const unset = Array.from({ length: bits }, (_, i) => i).filter((position) => !isSet(all, position))
      holds(unset.length === 0, story, `all of bits 0 to ${bits - 1} set`, `never set: ${shortened(unset)}`)
    },
    {
      tell: ({ options, keys }) => [made(options), `add('key-0') … add('key-${keys.count - 1}')`, 'toBytes()'],
      examples: [{ entries: 3, oneIn: 100 }].map((o) => ({ options: o, keys: enough(o) })),
      runs: 20,
    },
  )

  // More bits than a hash of 16 bits has values; even with one position to a key, some 60 fall to each stretch.
  const wide = { entries: 8_000, oneIn: 100 }
  const keys = { before: 'user:', from: 0, count: 1_000 }
  await forAll(
    fc.constant({ options: wide, keys }),
    subject.fill,
    ({ options }, { bits, all }) => {
      const stretch = Math.floor(bits / 16)
      const empty = Array.from({ length: 16 }, (_, i) => i * stretch).filter(
        (from) => !all.subarray(from >> 3, (from + stretch) >> 3).some((byte) => byte !== 0),
      )
      const first = empty[0] ?? 0
      holds(
        empty.length === 0,
        [made(options), "add('user:0') … add('user:999')", 'toBytes()'],
        `bits set all over the ${show(bits)}`,
        `none of ${show(first)} to ${show(first + stretch - 1)} is set`,
      )
    },
    { runs: 1, tell: () => [made(wide), "add('user:0') … add('user:999')", 'toBytes()'] },
  )
})

test('The same keys make the same bytes', async ({ subject, forAll }) => {
  type Input = { options: Options; adds: string[][] }
  const inputs = fc
    .record({
      options: fc.constantFrom(...ROOMY),
      keys: fc.uniqueArray(plainKey, { minLength: 1, maxLength: 4 }),
      again: fc.array(fc.nat(), { maxLength: 3 }),
      turn: fc.nat(),
    })
    .map(({ options, keys, again, turn }): Input => {
      const from = turn % keys.length
      const other = [...keys.slice(from), ...keys.slice(0, from)]
      return { options, adds: [keys, [...other, ...again.map((n) => keys[n % keys.length] as string)]] }
    })
  const story = ({ options, adds }: Input) => [
    `two filters: ${made(options)}`,
    ...adds.map((keys, i) => `${i === 0 ? 'one:  ' : 'other:'} ${addedInOneLine(keys)}`),
    'toBytes() of both',
  ]
  await forAll(
    inputs,
    subject.bytes,
    (input, [one, other]) => holds(same(one, other), story(input), show(one), show(other)),
    {
      tell: story,
      examples: [['a'], ['a', 'a'], ['b', 'a']].map((keys) => ({
        options: { entries: 5, oneIn: 1_000 },
        adds: [[...new Set(keys)].sort(), keys],
      })),
    },
  )
})

test('A union is what adding the keys of both would have made', async ({ subject, forAll }) => {
  const keys = fc.uniqueArray(plainKey, { maxLength: 2 })
  const pairs = fc
    .record({ options: fc.constantFrom(...ROOMY), one: keys, other: keys, later: plainKey })
    .map(({ options, one, other, later }) => uniting(options, one, other, later))
  type Input = ReturnType<typeof uniting>
  const story = ({ left, right }: Input) => [
    `left:  ${made(left.options)}, ${addedInOneLine(left.keys)}`,
    `right: ${made(right.options)}, ${addedInOneLine(right.keys)}`,
    'union = left.union(right)',
  ]
  await forAll(
    pairs,
    subject.unite,
    (input, got) => {
      const told = story(input)
      const names = ['left', 'right']
      for (const [i, name] of names.entries())
        holds(
          same(got.after[i], got.before[i]),
          [...told, `${name}.toBytes() → ${show(got.after[i])}`],
          `${show(got.before[i])}, as before`,
          show(got.after[i]),
        )
      holds(
        same(got.union, got.together),
        [...told, `union.toBytes() → ${show(got.union)}`],
        `${show(got.together)}, as of all keys in one filter`,
        show(got.union),
      )
      const grown = [...told, `union.add(${said(input.later)})`]
      for (const [i, name] of names.entries())
        holds(
          same(got.afterUnionGrew[i], got.before[i]),
          [...grown, `${name}.toBytes() → ${show(got.afterUnionGrew[i])}`],
          `${show(got.before[i])}, as before`,
          show(got.afterUnionGrew[i]),
        )
      holds(
        same(got.afterLeftGrew, got.grown),
        [...grown, `left.add(${said(`${input.later}!`)})`, `union.toBytes() → ${show(got.afterLeftGrew)}`],
        `${show(got.grown)}, as before`,
        show(got.afterLeftGrew),
      )
    },
    {
      tell: story,
      examples: [
        uniting({ entries: 5, oneIn: 1_000 }, ['a'], ['b'], 'c'),
        uniting({ entries: 5, oneIn: 1_000 }, [], ['b'], 'c'),
        uniting({ entries: 5, oneIn: 1_000 }, ['a'], ['a'], 'c'),
        // Other options, the same shape.
        { ...uniting(TWINS[0], ['a'], ['b'], 'c'), right: { options: TWINS[1], keys: ['b'] } },
      ],
    },
  )
})

const uniting = (options: Options, one: string[], other: string[], later: string) => ({
  left: { options, keys: one },
  right: { options, keys: other },
  later,
})

/** 96 bits and 17 hashes, both. */
const TWINS = [
  { entries: 4, oneIn: 100_000 },
  { entries: 4, oneIn: 100_001 },
] as const

test('A filter that was sent as bytes answers as before', async ({ subject, forAll }) => {
  const inputs = fc.record({
    options: fc
      .record({ entries: fc.integer({ min: 1, max: 12 }), oneIn: fc.constantFrom(2, 10, 100, 1_000) })
      .filter(isClear),
    keys: fc.array(anyKey, { maxLength: 6 }),
    asked: fc.array(anyKey, { maxLength: 4 }),
  })
  const whole = inputs.map(({ options, keys, asked }) => ({ options, keys, asked: [...keys, ...asked] }))
  type Input = { options: Options; keys: string[]; asked: string[] }
  const story = ({ options, keys }: Input) => [made(options), ...added(keys), 'bytes = toBytes()']
  const arrives = (input: Input) => [
    ...story(input),
    'bytes, amid a larger buffer, are sent elsewhere',
    `there = BloomFilter.fromBytes(bytes, …)`,
  ]
  await forAll(
    whole,
    subject.trip,
    (input, got) => {
      const wrong = got.saidHere.findIndex((answer, i) => answer !== got.saidThere[i])
      if (wrong >= 0)
        holds(
          false,
          [...arrives(input), `there.has(${said(input.asked[wrong] as string)}) → ${show(got.saidHere[wrong])}`],
          `${show(got.saidThere[wrong])}, as the filter that was sent`,
          show(got.saidHere[wrong]),
        )
      const told = (name: string, bytes: Uint8Array) => `${name}toBytes() → ${show(bytes)}`
      holds(
        same(got.arrived, got.sent),
        [...arrives(input), told('there.', got.arrived)],
        `${show(got.sent)}, as sent`,
        show(got.arrived),
      )
      holds(
        same(got.sentAfter, got.sent),
        [...story(input), 'bytes.fill(0x55)', told('', got.sentAfter)],
        `${show(got.sent)}: bytes are a copy`,
        show(got.sentAfter),
      )
      holds(
        same(got.arrivedAfter, got.sent),
        [...arrives(input), 'bytes.fill(0x55)', told('there.', got.arrivedAfter)],
        `${show(got.sent)}: bytes are copied`,
        show(got.arrivedAfter),
      )
    },
    {
      tell: (input) => [...arrives(input), ...input.asked.map((key) => `there.has(${said(key)})`)],
      examples: [
        { options: { entries: 1, oneIn: 1_000 }, keys: ['a'], asked: ['a'] },
        { options: { entries: 5, oneIn: 1_000 }, keys: ['a', 'b'], asked: ['a', 'b', 'c'] },
      ],
    },
  )
})

test('Bad input is refused by name and changes nothing', async ({ subject, forAll }) => {
  type Answer = { returned: string } | { threw: string; message: string }
  const refuses = (answer: Answer, name: string) =>
    'threw' in answer && answer.threw === 'RangeError' && new RegExp(`\\b${name}\\b`).test(answer.message)
  const answered = (answer: Answer) =>
    'threw' in answer ? `throws ${answer.threw}: ${answer.message}` : answer.returned
  const refused = (answer: Answer, name: string, story: string[]) =>
    holds(
      refuses(answer, name),
      [...story, `→ ${answered(answer)}`],
      `throws RangeError naming ${name}`,
      answered(answer),
    )

  const nonsense = [0, -1, 0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const wrong = [
    ...[...nonsense, 10_000_001].map((entries) => ({ entries, oneIn: 2, name: 'entries' })),
    ...[1, 0.01, 2.5, ...nonsense, 1_000_001].map((oneIn) => ({ entries: 1, oneIn, name: 'oneIn' })),
  ]
  const someWrong = fc.constantFrom(...wrong)
  await forAll(someWrong, subject.construct, (o, got) => refused(got, o.name, [made(o)]), {
    tell: (o) => [made(o)],
    examples: wrong,
    runs: 1,
  })
  const sent = (o: Options) => `BloomFilter.fromBytes(bytes, { entries: ${show(o.entries)}, oneIn: ${show(o.oneIn)} })`
  await forAll(someWrong, subject.receiveWith, (o, got) => refused(got, o.name, [sent(o)]), {
    tell: (o) => [sent(o)],
    examples: wrong,
    runs: 1,
  })
  const limits = [
    { entries: 10_000_000, oneIn: 2 },
    { entries: 1, oneIn: 1_000_000 },
  ]
  await forAll(
    fc.constantFrom(...limits),
    subject.construct,
    (o, got) => holds('returned' in got, [made(o)], 'a filter: both are in their ranges', answered(got)),
    { tell: (o) => [made(o)], examples: limits, runs: 1 },
  )

  // Too few bytes, too many, and a bit in the last one that is left over.
  type Received = { options: Options; tooMany: number; bit?: number }
  const someOptions = fc
    .record({ entries: fc.integer({ min: 2, max: 12 }), oneIn: fc.constantFrom(10, 100, 1_000) })
    .filter(isClear)
  const badBytes = fc.oneof(
    fc.record({ options: fc.constantFrom(...ROOMY), tooMany: fc.constantFrom(-100, -1, 1) }),
    fc.record({ options: someOptions, tooMany: fc.constant(0), bit: fc.nat({ max: 6 }) }),
  )
  const received = ({ options, tooMany, bit }: Received) => [
    bit === undefined
      ? `bytes: ${tooMany === -100 ? 'none at all' : `one too ${tooMany < 0 ? 'few' : 'many'}`}`
      : `bytes: as many as it needs; bit ${bitsOf(options) + bit} of ${bitsOf(options)} is set (the first is bit 0)`,
    sent(options),
  ]
  const tenEntries = { entries: 10, oneIn: 1_000_000 } // 288 bits: nothing is left over
  const threeEntries = { entries: 3, oneIn: 100 } // 29 bits: three are left over
  const fourEntries = { entries: 4, oneIn: 7 } // 17 bits: all but one are left over
  await forAll<Received, Awaited<ReturnType<typeof subject.receive>>>(
    badBytes,
    subject.receive,
    (input, got) => {
      if (got !== null) refused(got.answer, 'bytes', received(input))
    },
    {
      tell: received,
      examples: [
        ...[-1, 1, -100].map((tooMany) => ({ options: tenEntries, tooMany })),
        ...[0, 1, 2].map((bit) => ({ options: threeEntries, tooMany: 0, bit })),
        ...[0, 6].map((bit) => ({ options: fourEntries, tooMany: 0, bit })),
      ],
    },
  )
  // The last bit of a filter that fills whole bytes is not left over.
  const last = [tenEntries, { entries: 5, oneIn: 1_000 }].map((options) => ({ options, tooMany: 0, bit: -1 }))
  await forAll(
    fc.constantFrom(...last),
    subject.receive,
    (input, got) => {
      if (got === null) return
      holds('returned' in got.answer, received(input), 'a filter: these may be its bytes', answered(got.answer))
    },
    { tell: received, examples: last, runs: 1 },
  )

  const odd: [Options, Options][] = [
    [
      { entries: 1, oneIn: 4 },
      { entries: 2, oneIn: 2 },
    ],
    [
      { entries: 10, oneIn: 100 },
      { entries: 11, oneIn: 100 },
    ],
  ]
  const parts = odd
    .flatMap(([a, b]) => [
      [a, b],
      [b, a],
    ])
    .map(([a, b]) => ({ left: { options: a as Options, keys: ['a'] }, right: { options: b as Options, keys: ['b'] } }))
  const united = ({ left, right }: (typeof parts)[number]) => [
    ...[left, right].map(
      ({ options }, i) =>
        `${i === 0 ? 'left: ' : 'other:'} ${made(options)}: ${counted(bitsOf(options), 'bit')}, ${hashed(hashesOf(options))}`,
    ),
    'left.union(other)',
  ]
  await forAll(
    fc.constantFrom(...parts),
    subject.mismatch,
    (input, { shapes, answer, before, after }) => {
      // Of a shape that is not the formula's another promise tells.
      if (same(shapes[0], shapes[1])) return
      refused(answer, 'other', united(input))
      holds(same(before, after), united(input), 'both as before', show(after))
    },
    { tell: united, examples: parts, runs: 1 },
  )
})

// ---- bits -----------------------------------------------------------------------------------------------------------

const isSet = (bytes: Uint8Array, position: number) => ((bytes[position >> 3] as number) & (1 << (position & 7))) !== 0

const setIn = (bytes: Uint8Array) =>
  Array.from({ length: bytes.length * 8 }, (_, i) => i).filter((position) => isSet(bytes, position))

const shortened = (positions: number[]) =>
  positions.length <= 8 ? positions.join(', ') : `${positions.slice(0, 8).join(', ')} and ${positions.length - 8} more`
