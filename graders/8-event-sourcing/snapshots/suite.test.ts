// What loads tell is held against a model that replays everything, and against the snapshots that must be there by the
// contract: after a load that had enough to apply, the next one reads one event and those behind it. Scripts try one promise
// each, in a setting in which breaking another does not show; the crash lab cuts the power everywhere.

import type { Outcome, Workload } from '../../kit/every-crash.ts'
import { mustHaveTried, noCrash, nothingThrown, surveyCrashes, type Telling } from '../../kit/every-crash.ts'
import { fc, hiddenTest, holds, same, show, type Tools } from '../../kit/suite.ts'
import type * as driver from './driver.ts'
import type { Rules, Seen, Step, Told } from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)
type Given = Tools<typeof driver>

// ---- how it is told --------------------------------------------------------------------------------------------------

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

function call(step: Step): string {
  switch (step[0]) {
    case 'append':
    case 'append unsafe': {
      const [what, stream, count, branch] = step
      const unsafe = what === 'append' ? '' : ', not synced'
      return `log: ${show(stream)} gets ${branch === BAD ? 'a bad event' : plural(count, 'event')}${unsafe}`
    }
    case 'lose':
      return `log: ${show(step[1])} loses all behind version ${step[2]}`
    case 'load':
      return `load(${show(step[1])})`
    case 'race':
      return `load(${show(step[1])}); as it reads, log: ${plural(step[2], 'event')} more, and somebody else loads`
    case 'open':
      return `openSnapshots(disk, log, { schema: ${show(step[1])}, every: ${step[3]}, … })`
    case 'fail':
      return step[1] < 0
        ? 'the disk works again'
        : step[1] === 0
          ? 'from now on every call of the disk fails'
          : `call ${step[1]} of the disk from here fails`
    case 'files':
      return 'files are counted'
  }
}

function noteWords(told: Told): string | undefined {
  switch (told[0]) {
    case 'loaded':
      return `version ${told[1]}, reads ${plural(told[3], 'event')}`
    case 'threw':
    case 'refused':
      return `throws ${told[1]}`
    case 'disk fails':
      return 'the disk fails'
    case 'files':
      return plural(told[1], 'file')
    default:
      return undefined
  }
}

const telling: Telling<Step, Told> = {
  opening: 'openSnapshots(disk, log, { every: 3, … })',
  step: call,
  note: noteWords,
  smaller: (step) =>
    step[0] === 'append' && (step[2] > 1 || (step[4] ?? 0) > 0) ? [['append', step[1], 1, step[3]]] : [],
}

// ---- the model -------------------------------------------------------------------------------------------------------

const BAD = 99

/** A sum over all events, from the last one back: each is worth its value times a power of the factor. */
function summed(factor: number, has: readonly Seen[]): unknown {
  const modulus = 999_983n
  let sum = 0n
  let power = 1n
  for (const [i, [branch]] of [...has.entries()].reverse()) {
    sum += power * BigInt(branch * 100 + i + 1)
    power = (power * BigInt(factor)) % modulus
  }
  const [, chars] = has.at(-1) ?? [0, 0]
  const text = Array.from({ length: chars }, (_, i) => 'aé✓'[i % 3]).join('')
  return { events: has.length, sum: Number((sum + power) % modulus), text }
}

/** Every second event picks a shape, in turns; the one behind it holds the state before. */
const anything = (has: readonly Seen[]): unknown =>
  has.reduce<unknown>(
    (state, [branch], i) => {
      const value = branch * 100 + i + 1
      switch (value % 12) {
        case 0:
          return null
        case 2:
          return 0
        case 4:
          return ''
        case 6:
          return false
        case 8:
          return { state: null, value }
        case 10:
          return {}
        default:
          return value % 4 === 1 ? { before: JSON.stringify(state) } : [JSON.stringify(state), null]
      }
    },
    { before: [0] },
  )

const stateOf = (rules: Rules, has: readonly Seen[]): unknown =>
  rules === 'any' ? anything(has) : summed(rules === 'other' ? 37 : 31, has)

const startsWith = (all: readonly Seen[], some: readonly Seen[]): boolean =>
  some.length <= all.length && some.every(([branch], i) => all[i]?.[0] === branch)

/** What is known of the snapshots of one stream. */
interface Known {
  /** the events up to a snapshot that must be there; none, if none must */
  snapshot: readonly Seen[]
  schema: string
  /** events of loads that may have put one in its place: they did not return, or the disk failed them */
  perhaps: (readonly Seen[])[]
}

interface Loading {
  readonly stream: string
  readonly schema: string
  readonly rules: Rules
  readonly every: number
  readonly has: readonly Seen[]
  readonly known: Known
  /** that must be there when it begins */
  readonly snapshot: readonly Seen[]
  hasFailed: boolean
}

/** `throws`: where the disk fails, that is another promise than a wrong state */
type RuleName = 'state' | 'reads' | 'throws'
interface Broken {
  readonly rule: RuleName
  readonly expected: string
  readonly got: string
}

/** Follows notes through lives, and says of each load what is wrong with it. */
class Ledger {
  readonly #streams = new Map<string, Known>()
  #open: Loading[] = []

  /** In the next life nobody returns who has not. */
  newLife(): void {
    this.#open = []
  }

  *follow(told: Told): Generator<Broken> {
    if (told[0] === 'loads') this.#begin(told)
    else if (told[0] === 'disk fails') for (const one of this.#open) one.hasFailed = true
    else if (told[0] === 'loaded') yield* this.#end(told)
    else if (told[0] === 'refused') yield { rule: 'state', expected: 'opens', got: `throws ${told[1]}` }
    else if (told[0] === 'threw') {
      const { hasFailed } = this.#open.pop() as Loading
      yield { rule: hasFailed ? 'throws' : 'state', expected: 'the state of all events', got: `throws ${told[1]}` }
    }
  }

  #begin([, stream, schema, rules, every, has]: Extract<Told, readonly ['loads', ...unknown[]]>): void {
    const known = this.#streams.get(stream) ?? { snapshot: [], schema, perhaps: [] }
    this.#streams.set(stream, known)
    const isGone = [known.snapshot, ...known.perhaps].some((some) => !startsWith(has, some))
    if (isGone || known.schema !== schema) Object.assign(known, { snapshot: [], schema, perhaps: [] })
    known.perhaps.push(has)
    this.#open.push({ stream, schema, rules, every, has, known, snapshot: known.snapshot, hasFailed: false })
  }

  *#end([, version, state, read, applied]: Extract<Told, readonly ['loaded', ...unknown[]]>): Generator<Broken> {
    const { rules, every, has, known, snapshot, hasFailed } = this.#open.pop() as Loading
    const right = stateOf(rules, has)
    if (version !== has.length)
      yield { rule: 'state', expected: `version ${has.length}`, got: `version ${show(version)}` }
    else if (!same(state, right)) yield { rule: 'state', expected: `state ${show(right)}`, got: `state ${show(state)}` }
    const most = snapshot.length === 0 ? Number.POSITIVE_INFINITY : has.length - snapshot.length + 1
    // Where the disk failed this very load, it could not read its snapshot.
    if (read > most && !hasFailed)
      yield {
        rule: 'reads',
        expected: `reads at most ${plural(most, 'event')}: there is a snapshot at version ${snapshot.length}`,
        got: `reads ${plural(read, 'event')}`,
      }
    if (hasFailed) return
    known.perhaps = known.perhaps.filter((one) => one !== has)
    if (applied >= every && startsWith(has, known.snapshot)) Object.assign(known, { snapshot: has, perhaps: [] })
  }
}

// ---- wherever the power fails ----------------------------------------------------------------------------------------

function only(rule: RuleName) {
  return (outcome: Outcome<Told>) => {
    const ledger = new Ledger()
    for (const notes of outcome.lives) {
      ledger.newLife()
      for (const told of notes) for (const found of ledger.follow(told)) if (found.rule === rule) return found
    }
    return rule === 'state' ? nothingThrown(outcome) : undefined
  }
}
const RULES = { state: only('state'), reads: only('reads') }

const grow = (stream: string, count: number, branch = 1, chars = 0): Step => ['append', stream, count, branch, chars]
const growUnsafe = (stream: string, count: number, branch = 1): Step => ['append unsafe', stream, count, branch]
const load = (stream: string): Step => ['load', stream]
const lose = (stream: string, version: number): Step => ['lose', stream, version]
const open = (schema: string, rules: Rules, every = 3): Step => ['open', schema, rules, every]

/** Of long text: a snapshot lies in several sectors, of which some may be lost. Loads come when `every` divides the version. */
const CHOSEN: readonly (readonly (readonly Step[])[])[] = [
  [[]],
  [[grow('a', 3), load('a'), grow('a', 3, 1, 400), load('a')]],
  [[grow('a', 3, 1, 400), grow('b', 3), load('a'), load('b'), grow('a', 1)]],
  // Who was cut off must not stand in the way of those who come.
  [
    [grow('a', 3), load('a')],
    [grow('a', 3, 2), load('a'), grow('b', 3), load('b')],
  ],
  [[grow('a', 3), load('a')], [grow('a', 3, 2), load('a')], [grow('a', 3, 3)]],
  // The log may lose what the snapshot has seen.
  [
    [grow('a', 3), growUnsafe('a', 3), load('a')],
    [grow('a', 3, 2), load('a'), grow('a', 3, 2), load('a')],
  ],
]

function workloadsOf(seed: number): Workload<Step>[] {
  const times = fc.array(fc.record({ stream: fc.constantFrom('a', 'b'), chars: fc.constantFrom(0, 150, 700) }), {
    minLength: 2,
    maxLength: 3,
  })
  const random = times.map((list) => list.flatMap(({ stream, chars }) => [grow(stream, 3, 1, chars), load(stream)]))
  const more = fc.sample(random, { seed, numRuns: 1 }).map((steps) => [steps])
  const most = { seed, perPoint: 24, openings: 300 }
  // A sync that fails, of the file or of whatever is synced first; a write that fails half-way.
  const failing = [grow('a', 3), load('a'), grow('a', 3), load('a')]
  return [
    ...[...CHOSEN, ...more].map((lives) => ({ lives, ...most })),
    { lives: [failing], failingStep: 3, ...most },
    { lives: [failing.toSpliced(3, 0, ['fail', 4])], ...most },
  ]
}

/** Both rules look at the same failures. */
async function crashesKeep(rule: keyof typeof RULES, tools: Given): Promise<void> {
  const lab = { everyCrash: tools.subject.everyCrash, retell: tools.subject.retell, telling }
  const { seed, failing, tried } = await tools.once('crashes', async (seed) => ({
    seed,
    ...(await surveyCrashes(tools, lab, workloadsOf(seed), RULES)),
  }))
  await noCrash(tools, lab, workloadsOf(seed), RULES[rule], failing[rule] ?? [])
  // Whoever leaves the disk alone has no points to be cut at, and breaks a promise: that is no fault of ours.
  if (Object.values(failing).every(({ length }) => length === 0)) mustHaveTried(tried, { openings: 100, points: 100 })
}

// ---- scripts ---------------------------------------------------------------------------------------------------------

type Lives = readonly (readonly Step[])[]
/** What was told, and what was done to the disk, by whom it is judged: the opening of each life, then its steps. */
interface Done {
  readonly step: Step | undefined
  readonly notes: readonly Told[]
  /** calls that changed the disk, without those of the log */
  readonly entries: readonly { readonly what: string; readonly [field: string]: unknown }[]
}
type Verdict = { readonly expected: string; readonly got: string } | undefined

/** Runs scripts, and asks of each step, with all before it in the ledger, whether it may be. */
async function scriptsHold(
  { forAll, subject }: Given,
  scripts: fc.Arbitrary<Lives>,
  examples: readonly Lives[],
  check: (done: Done, found: readonly Broken[]) => Verdict,
  runs = 15,
): Promise<void> {
  const tell = (lives: Lives) =>
    lives.flatMap((steps, i) => [...(i > 0 ? ['✗ the power fails'] : []), telling.opening, ...steps.map(call)])
  await forAll(
    scripts,
    subject.script,
    (_, { lives }) => {
      const ledger = new Ledger()
      const story: string[] = []
      for (const [i, { steps }] of lives.entries()) {
        ledger.newLife()
        if (i > 0) story.push('✗ the power fails')
        for (const { step, notes, entries } of steps) {
          const said = notes.flatMap((told) => noteWords(told) ?? [])
          const words = step === undefined ? telling.opening : call(step)
          story.push(`${words}${said.length === 0 ? '' : ` → ${said.join('; ')}`}`)
          const found = notes.flatMap((told) => [...ledger.follow(told)])
          const ours = entries.filter(({ name, from }) => name !== 'events.log' && from !== 'events.log')
          const wrong = check({ step, notes, entries: ours.filter(({ what }) => !isOfLog(what, step)) }, found)
          if (wrong !== undefined) holds(false, inShort(story), wrong.expected, wrong.got)
        }
      }
    },
    { tell, runs, examples },
  )
}

/** The log syncs the directory when it is opened. */
const isOfLog = (what: string, step: Step | undefined): boolean => step === undefined && what === 'sync-directory'

const MAX_STORY = 12
const inShort = (story: readonly string[]): readonly string[] =>
  story.length <= MAX_STORY
    ? story
    : [story[0] as string, `… ${story.length - MAX_STORY + 1} more …`, ...story.slice(2 - MAX_STORY)]

const first = (rule: RuleName) => (_: Done, found: readonly Broken[]) => found.find((one) => one.rule === rule)
const either = (_: Done, [found]: readonly Broken[]): Verdict => found

/** Events come in bursts of any size, and somebody loads in between. */
const bursts = (rules: Rules, everyMost = 5): fc.Arbitrary<Lives> =>
  fc
    .tuple(fc.integer({ min: 1, max: everyMost }), fc.array(fc.nat({ max: 7 }), { minLength: 2, maxLength: 8 }))
    .map(([every, counts]) => [
      [open('order 1', rules, every), ...counts.flatMap((count): Step[] => [grow('a', count), load('a')])],
    ])

// ---- promises --------------------------------------------------------------------------------------------------------

test('A load gives the state that all events lead to', (tools) =>
  scriptsHold(
    tools,
    fc.oneof(bursts('any'), bursts('sum')),
    [
      [[load('a'), grow('a', 1), load('a'), grow('a', 2), load('a'), load('a'), grow('a', 5), load('a')]],
      // Of each shape a snapshot, loaded once more as it is, and with an event behind it that holds it.
      [[open('order 1', 'any', 1), ...Array.from({ length: 13 }, () => [grow('a', 1), load('a'), load('a')]).flat()]],
      [[open('order 1', 'any', 2), ...Array.from({ length: 6 }, () => [grow('a', 3), load('a')]).flat()]],
      // Long text, in characters of one to three bytes.
      [[grow('a', 3, 1, 900), load('a'), grow('a', 1), load('a')]],
    ],
    first('state'),
  ))

test('A load reads the event of the snapshot and those behind it', (tools) =>
  scriptsHold(
    tools,
    bursts('sum'),
    [
      [[grow('a', 3), load('a'), load('a'), grow('a', 2), load('a'), grow('a', 1), load('a'), load('a')]],
      // A load that comes late has more to apply than it takes to be due.
      [[grow('a', 4), load('a'), load('a'), grow('a', 7), load('a'), grow('a', 1), load('a')]],
      [[open('order 1', 'sum', 1), grow('a', 1), load('a'), load('a'), grow('a', 1), load('a'), load('a')]],
      [[open('order 1', 'sum', 50), grow('a', 49), load('a'), grow('a', 1), load('a'), load('a')]],
      [[grow('a', 3, 1, 900), load('a'), load('a')]],
      // Somebody else goes on, with other habits.
      [
        [
          grow('a', 3),
          load('a'),
          grow('a', 2),
          open('order 1', 'sum', 10),
          load('a'),
          grow('a', 8),
          load('a'),
          load('a'),
        ],
      ],
    ],
    first('reads'),
  ))

test('A load of fewer events than `every` leaves the disk alone', (tools) =>
  scriptsHold(
    tools,
    bursts('sum'),
    [
      [[load('a'), grow('a', 2), load('a'), load('a'), grow('a', 1), load('a'), load('a'), grow('a', 2), load('a')]],
      [[open('order 1', 'sum', 1), grow('a', 1), load('a'), load('a')]],
      // What is of no use is left where it is, until there is something to take its place.
      [[grow('a', 3), load('a'), lose('a', 2), load('a'), open('order 2', 'other'), load('a')]],
    ],
    ({ notes, entries }) => {
      const loads = notes.find((told) => told[0] === 'loads')
      const loaded = notes.find((told) => told[0] === 'loaded')
      if (loads === undefined || loaded === undefined || loaded[4] >= loads[4] || entries.length === 0) return undefined
      return {
        expected: `applies ${plural(loaded[4], 'event')}, fewer than ${loads[4]}: the disk is left alone`,
        got: `${entries.map(({ what, name }) => `${what} ${name ?? ''}`.trim()).join(', ')}`,
      }
    },
  ))

test('A snapshot of another schema counts for none', (tools) => {
  const change = (from: string, to: string): Lives => [
    [
      ...[open(from, 'sum'), grow('a', 3), load('a')],
      ...[open(to, 'other'), load('a'), load('a'), grow('a', 1), load('a')],
      ...[open(from, 'sum'), grow('a', 2), load('a'), load('a')],
    ],
    // There are fewer events than the old snapshot has seen: it must not outlive its time.
    [open(from, 'sum'), grow('b', 6), load('b'), open(to, 'other'), lose('b', 3), load('b'), load('b')],
  ]
  const name = fc.oneof(fc.constantFrom('', '1', '2', '10', 'order 1', 'constructor'), fc.string({ maxLength: 5 }))
  const changes = fc
    .tuple(name, name)
    .filter(([from, to]) => from !== to)
    .map(([from, to]) => change(from, to))
  const examples = [change('order 1', 'order 2'), change('order 2', 'order 1'), change('order 9', 'order 10')]
  return scriptsHold(tools, changes, examples, either)
})

test('A snapshot of events that the log has lost counts for none', (tools) => {
  const lost = fc
    .record({ had: fc.constantFrom(3, 6), keeps: fc.nat({ max: 5 }), more: fc.constantFrom(0, 1, 2, 3, 6) })
    .map(({ had, keeps, more }): Lives => {
      const left = Math.min(keeps, had - 1)
      // So that every load with a snapshot to take comes at a version that `every` divides.
      const round = (3 - ((left + more) % 3)) % 3
      const others = more + round > 0 ? [grow('a', more + round, 2)] : []
      return [[grow('a', had), load('a'), lose('a', left), ...others, load('a'), load('a'), grow('a', 3, 3), load('a')]]
    })
  return scriptsHold(
    tools,
    lost,
    [
      // The snapshot is ahead of the log.
      [[grow('a', 6), load('a'), lose('a', 3), load('a'), load('a'), grow('a', 3, 2), load('a'), load('a')]],
      // The log has grown as far as the snapshot, or past it, with others.
      [[grow('a', 3), load('a'), lose('a', 2), grow('a', 1, 2), load('a'), load('a')]],
      [[grow('a', 3), load('a'), lose('a', 1), grow('a', 5, 2), load('a'), load('a')]],
      // Nothing is left at all.
      [[grow('a', 3), load('a'), lose('a', 0), load('a'), grow('a', 3, 2), load('a'), load('a')]],
      // It is no newer one, whatever its version.
      [[grow('a', 9), load('a'), lose('a', 0), grow('a', 3, 2), load('a'), load('a')]],
      // What is left has all that the snapshot has seen.
      [[grow('a', 3), load('a'), grow('a', 2), lose('a', 4), load('a'), grow('a', 2, 2), load('a'), load('a')]],
      // A power failure takes what was not synced.
      [
        [grow('a', 3), growUnsafe('a', 3), load('a')],
        [grow('a', 6, 2), load('a'), load('a')],
      ],
    ],
    either,
  )
})

const LONG = 'stream '.repeat(18)
const PAIRS: readonly (readonly [string, string])[] = [
  ['a/b', 'a_b'],
  ['a:b', 'a'],
  ['order-1', 'order-11'],
  ['A', 'a'],
  [`${LONG}1`, `${LONG}2`],
  ['', ' '],
  ['..', '.'],
  ['constructor', '__proto__'],
  ['new', 'tmp'],
  ['a', 'a.tmp'],
  ['é', 'è'],
  ['\ud800', '\udfff'],
  ['a%2Fb', 'a/b'],
  // Where 32 bits stand for a name, these are one: by Java's hash, djb2 (of sums, of xors), FNV-1a, CRC-32, CRC-32C.
  ['Aa', 'BB'],
  ['Ab', 'BA'],
  ['mafuzupa', 'vefeciri'],
  ['costarring', 'liquid'],
  ['plumless', 'buckeroo'],
  ['hideriba', 'tifidufo'],
]

test('Each stream has its own, whatever it is called', (tools) => {
  const script = ([one, other]: readonly [string, string]): Lives => [
    [
      ...[grow(one, 3, 1), load(one), grow(other, 6, 2), load(other), load(one), load(other)],
      ...[grow(one, 3, 3), load(one), load(other), load(one)],
    ],
  ]
  const name = fc.string({ unit: 'binary', maxLength: 4 })
  const pairs = fc.tuple(name, name).filter(([one, other]) => one !== other)
  return scriptsHold(tools, pairs.map(script), PAIRS.map(script), either)
})

test('A power failure costs time, never truth', (tools) => crashesKeep('state', tools))

test('A snapshot is safe when the load that took it returns', (tools) => crashesKeep('reads', tools))

test('A bit that turns costs time, never truth', async (tools) => {
  const steps = [grow('a', 3, 1, 30), load('a'), grow('a', 1), grow('b', 3), load('b')]
  const input = { steps, seed: tools.seed, most: 800 }
  const told = [telling.opening, ...steps.map(call)]
  const [flipped = []] = await tools.askAll(tools.subject.everyFlip, [input], () => told)
  for (const { flip, notes, threw } of flipped) {
    // What the log has lost is gone: that is another promise.
    if (flip.name === 'events.log') continue
    const story = [...told, `bit ${flip.bit} of byte ${flip.at} of ${flip.name} turns`, telling.opening]
    holds(threw === undefined, story, 'it opens', `throws ${threw?.threw}`)
    const ledger = new Ledger()
    const wrong = notes.flatMap((one) => [...ledger.follow(one)]).find(({ rule }) => rule === 'state')
    holds(wrong === undefined, story, wrong?.expected ?? '', wrong?.got ?? '')
  }
})

const HEALS: Step = ['fail', -1]

test('A disk that fails costs time, never truth', (tools) => {
  const script = (at: number): Lives => [
    [
      ...[grow('a', 3), load('a'), grow('a', 3), ['fail', at] as const, load('a'), HEALS, grow('a', 3), load('a')],
      ...[load('a'), grow('b', 3), ['fail', at] as const, load('b'), load('b'), HEALS, load('b'), load('b')],
    ],
  ]
  const dead: Lives = [
    [
      ...[grow('a', 3), load('a'), ['fail', 0] as const, open('order 1', 'sum'), load('a'), grow('a', 3), load('a')],
      ...[HEALS, load('a'), load('a')],
    ],
  ]
  const calls = Array.from({ length: 20 }, (_, i) => i + 1)
  return scriptsHold(tools, fc.constantFrom(0, ...calls).map(script), [dead, ...calls.map(script)], either, 1)
})

test('An older snapshot never takes the place of a newer one', (tools) => {
  const race = (before: number, has: number, more: number): Lives => [
    [
      ...(before > 0 ? [grow('a', before), load('a')] : []),
      ...[grow('a', has), ['race', 'a', more, 2] as const, load('a'), load('a')],
    ],
  ]
  const times3 = (most: number) => fc.integer({ min: 1, max: most }).map((times) => 3 * times)
  const races = fc.tuple(fc.constantFrom(0, 3, 6), times3(2), times3(3)).map(([...counts]) => race(...counts))
  return scriptsHold(
    tools,
    races,
    [
      race(0, 3, 3),
      race(3, 3, 3),
      // What the log has lost is no newer one; what somebody else has made of the rest is.
      [[grow('a', 9), load('a'), lose('a', 0), grow('a', 3, 2), ['race', 'a', 3, 3], load('a')]],
    ],
    either,
  )
})

test('There are never more than two files for each stream, and two', (tools) => {
  const rounds = (count: number, steps: (round: number) => Step[]) =>
    Array.from({ length: count }, (_, i) => steps(i)).flat()
  const many: Lives = [
    rounds(8, (i) => [open(`order ${i}`, 'sum'), grow('a', 3), load('a'), grow('b', 3), load('b'), ['files']]),
    [...rounds(8, () => [grow('a', 3, 2), load('a'), grow('b', 3, 2), load('b')]), ['files']],
  ]
  const failing: Lives = [
    [...rounds(24, (i) => [grow('a', 3), ['fail', 1 + (i % 8)], load('a'), HEALS, grow('a', 3), load('a')]), ['files']],
  ]
  // No script has more than two streams.
  const most = 2 * 2 + 2
  return scriptsHold(
    tools,
    fc.constantFrom(many, failing),
    [many, failing],
    ({ notes }) => {
      const counted = notes.find((told) => told[0] === 'files')
      return counted === undefined || counted[1] <= most
        ? undefined
        : { expected: `at most ${most} files`, got: plural(counted[1], 'file') }
    },
    1,
  )
})

test('What is handed out is the caller’s, and `initial` stays as it is', (tools) =>
  scriptsHold(
    tools,
    bursts('into'),
    [
      [[open('order 1', 'into'), grow('a', 1), load('a'), load('a')]],
      [[open('order 1', 'into'), load('a'), grow('a', 1), load('a'), load('b')]],
      [[open('order 1', 'into'), grow('a', 3), load('a'), load('a'), grow('a', 1), load('a'), load('a')]],
    ],
    first('state'),
  ))

test('What `evolve` throws goes out, and bad options are refused by name', async (tools) => {
  const bad = (before: number): Lives => [
    [grow('a', before), load('a'), grow('a', 3, 2), grow('a', 1, BAD), load('a'), lose('a', before + 3), load('a')],
  ]
  const isBad = (has: readonly Seen[]) => has.some(([branch]) => branch === BAD)
  await scriptsHold(
    tools,
    fc.nat({ max: 6 }).map(bad),
    [bad(0), bad(3), bad(4)],
    ({ notes, entries }) => {
      const loads = notes.find((told) => told[0] === 'loads')
      if (loads === undefined || !isBad(loads[5])) return undefined
      const threw = notes.find((told) => told[0] === 'threw')
      const expected = 'throws TypeError: no such event'
      if (threw?.[1] !== 'TypeError: no such event')
        return { expected, got: threw === undefined ? 'a state' : `throws ${threw[1]}` }
      return entries.length === 0
        ? undefined
        : { expected: `${expected}; the disk is left alone`, got: entries.map(({ what }) => what).join(', ') }
    },
    4,
  )
  const values = [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]
  await scriptsHold(
    tools,
    fc.constantFrom(...values).map((every): Lives => [[open('order 1', 'sum', every)]]),
    values.map((every): Lives => [[open('order 1', 'sum', every)]]),
    ({ step, notes }) => {
      const refused = notes.find((told) => told[0] === 'refused')
      if (step === undefined || (refused !== undefined && /^RangeError: .*\bevery\b/.test(refused[1]))) return undefined
      return {
        expected: 'throws RangeError naming every',
        got: refused === undefined ? 'opens' : `throws ${refused[1]}`,
      }
    },
    1,
  )
})
