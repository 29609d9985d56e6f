// What a set shows is held against who knew of what when: every add is an event, a remove takes away the adds that its
// replica knew of, and a replica knows what has reached it. What is shown and should not be breaks one promise, what should be
// and is not another. Orders of news are held against each other, so that they are judged apart from what the news means.

import {
  type Broken,
  type Check,
  everySchedule,
  everyScript,
  type History,
  type Move,
  mustHaveSeen,
  noWalk,
  survey,
  surveySchedules,
} from '../../kit/simulate.ts'
import type { ExploreInput, WalkInput } from '../../kit/simulation.ts'
import { fc, hiddenTest, holds, same, show, type Tools } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)
type Given = Tools<typeof driver>
type Rule = Check<driver.View, driver.Message>
/** Shown, though all adds of it have been removed; or not shown, though one has not. */
type Fault = 'extra' | 'missing'

// ---- who knows what ------------------------------------------------------------------------------------------------

/** Names of what has happened: calls, or requests. */
type Known = ReadonlySet<number>

interface Happened {
  readonly element: string
  /** of a remove: the adds that it took away */
  readonly removes?: Known
}

const both = (a: Known, b: Known): Known => new Set([...a, ...b])

/** The adds of an element that are known, and not known to be removed. */
function living(known: Known, all: ReadonlyMap<number, Happened>, element: string): Known {
  const removed = new Set<number>()
  for (const one of known) for (const gone of all.get(one)?.removes ?? []) removed.add(gone)
  const adds = [...known].filter((one) => {
    const what = all.get(one)
    return what?.element === element && what.removes === undefined && !removed.has(one)
  })
  return new Set(adds)
}

const happening = (known: Known, all: ReadonlyMap<number, Happened>, command: driver.Command): Happened =>
  'add' in command ? { element: command.add } : { element: command.remove, removes: living(known, all, command.remove) }

const SHOWN = { extra: 'without', missing: 'with' } as const

// ---- one set -------------------------------------------------------------------------------------------------------

const sorted = (list: readonly string[]) => [...list].sort()
const make = (name: string) => `const ${name} = new ORSet('${name}')`
const ODD = ['a', 'b', '', 'constructor', '__proto__']

test('A set shows what was added and not removed', async ({ subject, forAll }) => {
  const call = fc
    .record({ element: fc.constantFrom(...ODD), adds: fc.boolean() })
    .map(({ element, adds }) => ({ at: 0, call: adds ? { add: element } : { remove: element } }))
  // At last it comes back, from its own state.
  const back = { at: 0, call: { restart: true as const } }
  const script = (calls: { at: number; call: driver.Command }[]) => ({
    calls: [...calls, back],
    ask: ODD,
    names: ['n1'],
  })
  const story = ({ calls }: ReturnType<typeof script>, through: number) => [
    make('n1'),
    ...calls
      .slice(0, through)
      .map(({ call }) => ('restart' in call ? "n1 = new ORSet('n1', n1.state())" : `n1.${tellCommand(call)}`)),
  ]
  await forAll(
    fc.array(call, { minLength: 1, maxLength: 10 }).map(script),
    subject.run,
    (input, seen) => {
      const want = new Set<string>()
      for (const [i, { call }] of input.calls.entries()) {
        if ('add' in call) want.add(call.add)
        else if ('remove' in call) want.delete(call.remove)
        const { elements, has } = seen[i] as driver.Made
        const now = story(input, i + 1)
        const list = sorted([...want])
        holds(same(sorted(elements), list), [...now, 'n1.elements'], `${show(list)}, in any order`, show(elements))
        for (const [j, element] of ODD.entries())
          holds(
            has[j] === want.has(element),
            [...now, `n1.has(${show(element)})`],
            show(want.has(element)),
            show(has[j]),
          )
      }
    },
    {
      tell: (input) => story(input, input.calls.length),
      runs: 30,
      examples: [
        [{ add: 'a' }],
        [{ add: 'a' }, { add: 'a' }],
        [{ add: 'a' }, { remove: 'a' }, { add: 'a' }],
        [{ add: 'a' }, { add: 'a' }, { remove: 'a' }],
        [{ remove: 'a' }, { add: 'b' }],
      ].map((calls) => script(calls.map((call) => ({ at: 0, call: call as driver.Command })))),
    },
  )
})

const tellCommand = (command: driver.Command) =>
  'add' in command ? `add(${show(command.add)})` : `remove(${show(command.remove)})`

test('Every add has a tag of its own', async ({ subject, forAll }) => {
  // Names that begin like each other, and such as hold a mark that may stand between name and number. Each adds what it does
  // not have.
  type Step = { at: number; what: 'add' | 'remove' | 'restart' | 'read'; which?: number }
  const scriptOf = (steps: Step[], mark = '@'): driver.Script => {
    const names = ['n', 'n1', 'n12', `n${mark}1`, `1${mark}n`]
    const has = names.map((): string[] => [])
    const calls: driver.Script['calls'] = []
    for (const { at, what, which = 0 } of steps) {
      const mine = has[at] as string[]
      if (what === 'restart') calls.push({ at, call: { restart: true } })
      else if (what === 'read') {
        const read = calls.findLastIndex((one) => one.at === which % names.length)
        if (calls[read]?.at !== at) calls.push({ at, call: { read } })
      } else if (what === 'remove' && mine.length > 0) {
        const [gone] = mine.splice(which % mine.length, 1)
        calls.push({ at, call: { remove: gone as string } })
      } else {
        mine.push(`x${calls.length}`)
        calls.push({ at, call: { add: `x${calls.length}` } })
      }
    }
    return { calls, ask: [], names }
  }
  const times = (n: number, step: Step) => Array.from({ length: n }, () => step)
  const step = fc.record({
    at: fc.nat({ max: 4 }),
    what: fc.constantFrom<Step['what'][]>('add', 'add', 'remove', 'restart', 'read'),
    which: fc.nat({ max: 9 }),
  })
  const MARKS = [...'@:/#-_.|,;" ']
  const SETS = ['n', 'n1', 'n12', 'other', 'another']
  const line = ({ calls, names = [] }: driver.Script, { at, call }: driver.Script['calls'][number]) => {
    const set = SETS[at] as string
    if ('restart' in call) return `${set} = new ORSet(${show(names[at])}, ${set}.state())`
    if ('read' in call) return `${set}.merge(${SETS[calls[call.read]?.at ?? 0]}.state())`
    return `${set}.${'merge' in call ? `merge(${tellState(call.merge)})` : tellCommand(call as driver.Command)}`
  }
  const told = (script: driver.Script, calls = script.calls) => {
    const odd = new Set(calls.flatMap(({ at }) => (at < 3 ? [] : [at])))
    const made = [...odd].map((at) => `let ${SETS[at]} = new ORSet(${show(script.names?.[at])})`)
    return [...made, ...calls.map((one) => line(script, one))]
  }
  /** The calls up to one of them that it may hang on: those of its set, and of the sets that have told it something. */
  const storyOf = ({ calls }: driver.Script, last: number, besides?: number) => {
    const sets = new Set([calls[last]?.at])
    const those: typeof calls = []
    for (let i = last; i >= 0; i--) {
      const one = calls[i] as (typeof calls)[number]
      if (!sets.has(one.at) && i !== besides) continue
      those.unshift(one)
      if ('read' in one.call) sets.add(calls[one.call.read]?.at)
    }
    return those
  }
  // Others may write their tags as they like.
  const foreign = { at: 0, call: { merge: { added: [['zz', 'a']], removed: ['~'] } as driver.State } }
  const amongOthers: driver.Script = {
    ...scriptOf([]),
    calls: [foreign, { at: 0, call: { restart: true } }, { at: 0, call: { add: 'b' } }, { at: 0, call: { add: 'c' } }],
  }
  await forAll(
    fc
      .record({
        steps: fc.array(step, { minLength: 1, maxLength: 30 }),
        mark: fc.constantFrom(...MARKS),
      })
      .map(({ steps, mark }) => scriptOf(steps, mark)),
    subject.run,
    (script, seen) => {
      const used = new Map<string, number>()
      for (const [i, { operation }] of seen.entries()) {
        if (operation === undefined || !('add' in operation)) continue
        const before = used.get(operation.tag)
        const story = told(script, storyOf(script, i, before))
        const isText = typeof operation.tag === 'string'
        holds(isText, story, 'a tag that is text', show(operation.tag))
        holds(
          before === undefined,
          story,
          'a tag that no other add has',
          `${show(operation.tag)}, as of ${line(script, script.calls[before ?? 0] as never)}`,
        )
        used.set(operation.tag, i)
      }
    },
    {
      tell: (script) => told(script),
      runs: 60,
      examples: [
        amongOthers,
        ...(
          [
            [
              { at: 0, what: 'add' },
              { at: 1, what: 'add' },
            ],
            [
              { at: 0, what: 'add' },
              { at: 0, what: 'restart' },
              { at: 0, what: 'add' },
            ],
            [
              { at: 0, what: 'add' },
              { at: 0, what: 'remove' },
              { at: 0, what: 'restart' },
              { at: 0, what: 'add' },
            ],
            [
              { at: 0, what: 'add' },
              { at: 0, what: 'add' },
              { at: 0, what: 'remove' },
              { at: 0, what: 'add' },
            ],
            [...times(12, { at: 0, what: 'add' }), { at: 0, what: 'restart' }, { at: 0, what: 'add' }],
            // The last of several is removed, and the others are there.
            [...times(3, { at: 0, what: 'add' }), { at: 0, what: 'remove', which: 2 }, { at: 0, what: 'restart' }],
            [...times(2, { at: 1, what: 'add' }), ...times(12, { at: 0, what: 'add' })],
            [...times(1, { at: 2, what: 'add' }), ...times(22, { at: 1, what: 'add' })],
          ] satisfies Step[][]
        ).map((steps) => scriptOf([...steps, { at: 0, what: 'add' }])),
        ...MARKS.map((mark) => {
          const [other, another] = [3, 4].map((at): Step[] =>
            (['add', 'restart', 'add'] as const).map((what) => ({ at, what })),
          ) as [Step[], Step[]]
          const hears: Step[] = [3, 4].map((which) => ({ at: 0, what: 'read', which }))
          return scriptOf(
            [
              ...other,
              ...another,
              ...hears,
              ...times(1, { at: 0, what: 'restart' }),
              ...times(2, { at: 0, what: 'add' }),
            ],
            mark,
          )
        }),
      ],
    },
  )
})

// ---- several sets --------------------------------------------------------------------------------------------------

const ELEMENTS = ['a', 'b']
const NAMES = ['n1', 'n2', 'n3']

/** Calls of three sets, which tell each other what they have done by operations and states, in any order. */
async function callsKeep({ subject, forAll }: Given, fault: Fault): Promise<void> {
  type Choice = { at: number; what: 'add' | 'remove' | 'hear' | 'read'; which: number }
  /** What is heard was done before, by another: other choices are left out. */
  const scriptOf = (choices: readonly Choice[]): driver.Script => {
    const calls: driver.Script['calls'] = []
    for (const { at, what, which } of choices) {
      const element = ELEMENTS[which % ELEMENTS.length] as string
      const place = calls.length === 0 ? 0 : which % calls.length
      const source = calls[place]
      if (what === 'add') calls.push({ at, call: { add: element } })
      else if (what === 'remove') calls.push({ at, call: { remove: element } })
      else if (source === undefined || source.at === at) continue
      else if (what === 'read') calls.push({ at, call: { read: place } })
      else if ('add' in source.call || 'remove' in source.call) calls.push({ at, call: { hear: place } })
    }
    return { calls, ask: ELEMENTS }
  }
  const choice = fc.record({
    at: fc.nat({ max: 2 }),
    what: fc.constantFrom<Choice['what'][]>('add', 'add', 'remove', 'hear', 'hear', 'read'),
    which: fc.nat({ max: 99 }),
  })
  const told = ({ at, call }: driver.Script['calls'][number], calls: driver.Script['calls']) => {
    const name = NAMES[at] as string
    if ('hear' in call) {
      const source = calls[call.hear] as (typeof calls)[number]
      return `${name}.apply(what ${NAMES[source.at]}.${tellCommand(source.call as driver.Command)} returned)`
    }
    if ('read' in call) {
      const of = NAMES[calls[call.read]?.at ?? 0] as string
      const since = calls.slice(call.read + 1).some((one) => NAMES[one.at] === of)
      return `${name}.merge(${of}.state()${since ? ` as of line ${call.read + 1}` : ''})`
    }
    return `${name}.${tellCommand(call as driver.Command)}`
  }
  await forAll(
    fc.array(choice, { minLength: 2, maxLength: 14 }).map(scriptOf),
    subject.run,
    ({ calls }, seen) => {
      const all = new Map<number, Happened>()
      const known: Known[] = NAMES.map(() => new Set())
      const after: Known[] = []
      for (const [i, { at, call }] of calls.entries()) {
        const mine = known[at] as Known
        if ('add' in call || 'remove' in call) {
          all.set(i, happening(mine, all, call))
          known[at] = both(mine, new Set([i]))
        } else if ('hear' in call) known[at] = both(mine, new Set([call.hear]))
        else if ('read' in call) known[at] = both(mine, after[call.read] ?? new Set())
        after.push(known[at] as Known)
        for (const [j, element] of ELEMENTS.entries()) {
          const want = living(known[at] as Known, all, element).size > 0
          const { elements, has } = seen[i] as driver.Made
          const wrong = fault === 'extra' ? !want && (has[j] || elements.includes(element)) : want && !has[j]
          const lost = fault === 'missing' && want && !elements.includes(element)
          const name = NAMES[at] as string
          holds(
            !wrong && !lost,
            calls.slice(0, i + 1).map((one, k) => `${k + 1}  ${told(one, calls)}`),
            `${name} ${SHOWN[fault]} ${show(element)}`,
            `${show(sorted(elements))}, ${name}.has(${show(element)}) → ${has[j]}`,
          )
        }
      }
    },
    { tell: ({ calls }) => calls.map((one) => told(one, calls)), runs: 60, examples: STORIES[fault].map(written) },
  )
}

/** `+a`: the replica adds a, `-a`: removes it; `<4`: hears of the operation of line 4, `=4`: reads the state after it. */
const written = (lines: readonly string[]): driver.Script => ({
  ask: ELEMENTS,
  calls: lines.map((line) => {
    const [name = '', said = ''] = line.split(' ')
    const rest = said.slice(1)
    const call: Record<string, driver.Call> = {
      '+': { add: rest },
      '-': { remove: rest },
      '<': { hear: Number(rest) - 1 },
      '=': { read: Number(rest) - 1 },
    }
    return { at: NAMES.indexOf(name), call: call[said[0] ?? ''] as driver.Call }
  }),
})

const STORIES: Record<Fault, readonly (readonly string[])[]> = {
  missing: [
    ['n1 +a', 'n2 <1', 'n1 -a', 'n2 +a', 'n2 <3', 'n1 <4'],
    ['n1 +a', 'n2 =1', 'n1 -a', 'n2 +a', 'n2 =3', 'n1 =4'],
    ['n1 +a', 'n1 -a', 'n1 +a', 'n2 <3', 'n2 <2'],
    ['n1 +a', 'n2 +b', 'n1 =2', 'n2 =1'],
    ['n1 +a', 'n1 -a', 'n2 +a', 'n2 =2', 'n1 =3'],
    ['n1 +a', 'n2 +b', 'n1 -a', 'n2 <3'],
    ['n1 +a', 'n1 +b', 'n1 -a', 'n1 +a', 'n1 -b'],
  ],
  extra: [
    ['n1 +a', 'n2 =1', 'n1 -a', 'n1 =2'],
    ['n1 +a', 'n2 <1', 'n2 -a', 'n1 =3'],
    ['n1 +a', 'n2 =1', 'n2 -a', 'n2 =1'],
    ['n1 +a', 'n1 -a', 'n2 <2', 'n2 <1'],
    ['n1 +a', 'n1 -a', 'n2 <1', 'n2 <2', 'n2 <1'],
    ['n1 +a', 'n1 -a', 'n2 =2', 'n2 =1'],
    ['n1 +a', 'n1 -a', 'n2 =2', 'n3 =3', 'n3 =1'],
    ['n1 +a', 'n2 =1', 'n1 +a', 'n1 -a', 'n2 =4'],
    ['n1 +a', 'n2 +b', 'n2 <1', 'n2 -b'],
    ['n1 +a', 'n1 +b', 'n1 -a', 'n1 +a', 'n1 -b'],
    ['n1 +a', 'n2 +a', 'n3 <1', 'n3 <2', 'n3 -a', 'n1 <5', 'n1 <2'],
  ],
}

// ---- clusters ------------------------------------------------------------------------------------------------------

/** After each step a replica is held against what it was asked, and what the messages that have reached it knew. */
const showsWhatIsKnown =
  (fault: Fault): Rule =>
  (history: History<driver.View, driver.Message>, { peers = [] }): Broken | undefined => {
    const all = new Map<number, Happened>()
    const known = new Map<number, Known>()
    const told = new Map<number, Known>()
    const views = new Map<number, driver.View>()
    const { entries } = history
    for (const [i, entry] of entries.entries()) {
      const [step, , what, node] = entry
      const mine = known.get(node) ?? new Set()
      if (what === 'asked') {
        const request = entry[4]
        all.set(request, happening(mine, all, entry[5] as driver.Command))
        known.set(node, both(mine, new Set([request])))
        told.set(request, peers[node] === 'states' ? (known.get(node) as Known) : new Set([request]))
      } else if (what === 'got') known.set(node, both(mine, told.get(entry[5].of) ?? new Set()))
      else if (what === 'view') views.set(node, entry[4])
      const view = views.get(node)
      if (entries[i + 1]?.[0] === step || view === undefined) continue
      for (const element of ELEMENTS) {
        const want = living(known.get(node) ?? new Set(), all, element).size > 0
        const isShown = view.elements.includes(element)
        if (isShown === want || isShown !== (fault === 'extra')) continue
        return { entry: i, expected: `n${node + 1} ${SHOWN[fault]} ${show(element)}`, got: show(view.elements) }
      }
    }
    return undefined
  }

const COMMANDS = [
  { add: 'a' },
  { add: 'a' },
  { remove: 'a' },
  { add: 'b' },
  { add: 'a' },
  { remove: 'a' },
  { remove: 'b' },
  { add: 'a' },
] as const

/** Two replicas, by operations and by states; three requests, each of any of them: every order of all that can happen. */
const SMALL = [[], ['states', 'states']].map(
  (peers): ExploreInput => ({ nodes: 2, seed: 1, depth: 6, most: 4_000, commands: COMMANDS.slice(0, 3), peers }),
)
const STATES = 721

const PEERS = [[], ['states', 'states', 'states', 'states'], [null, 'states', null, 'states']]

const RULES = { extra: showsWhatIsKnown('extra'), missing: showsWhatIsKnown('missing') }

const walksFor = (seed: number): WalkInput[] =>
  Array.from({ length: 30 }, (_, i) => ({
    nodes: [2, 3, 4][i % 3] as number,
    seed: (seed + i) | 0,
    length: 30,
    commands: COMMANDS,
    peers: PEERS[((i / 3) | 0) % 3] as (string | null)[],
  }))

/** Both rules look at the same runs. */
async function clustersKeep(tools: Given, fault: Fault): Promise<void> {
  const { walk, replay, explore, script } = tools.subject
  const check = RULES[fault]
  const base = { nodes: 3, seed: 1, commands: COMMANDS, peers: PEERS[1] as string[] }
  const state = (from: number, to: number): Move => ['deliver', from, to, 'state']
  const older: Move[] = [['ask', 0, 0], state(0, 1), ['ask', 1, 2], state(1, 2), state(0, 2), state(1, 0)]
  await everyScript(tools, { script, replay, check, inputs: [{ ...base, moves: older }] })
  const { seed, failing, tally, schedules } = await tools.once('clusters', async (seed) => ({
    seed,
    ...(await survey(tools, walk, walksFor(seed), RULES)),
    schedules: await Promise.all(SMALL.map((input) => surveySchedules({ explore, input }, RULES))),
  }))
  for (const [i, { broken, states, complete }] of schedules.entries()) {
    // What a set does sends no message and sets no timer: there are as many states for every submission that does not throw.
    if (broken.length === 0 && !(complete && states === STATES)) throw new Error(`${states} states, not ${STATES}`)
    if (broken.includes(fault)) await everySchedule(tools, { explore, replay, check, input: SMALL[i] as ExploreInput })
  }
  await noWalk(tools, { walk, replay, inputs: walksFor(seed), check }, failing[fault] ?? [])
  mustHaveSeen(tally, 'delivered', 'repeated')
}

test('What nobody has removed is there: an add wins over a remove that has not seen it', async (tools) => {
  await clustersKeep(tools, 'missing')
  await callsKeep(tools, 'missing')
})

test('What was removed stays removed, whatever old news comes', async (tools) => {
  await clustersKeep(tools, 'extra')
  await callsKeep(tools, 'extra')
})

// ---- orders of news ------------------------------------------------------------------------------------------------

test('Order, grouping and repetition of news change nothing', async ({ subject, forAll }) => {
  const OF: Record<string, string> = { t1: 'a', t2: 'a', t3: 'b', t4: 'b' }
  const TAGS = Object.keys(OF)
  const some = fc.subarray(TAGS)
  const states = fc.record({ added: some, removed: fc.subarray(TAGS, { maxLength: 2 }) }).map(
    ({ added, removed }): driver.State => ({
      added: added.map((tag) => [tag, OF[tag] as string]),
      removed,
    }),
  )
  const operations = fc.oneof(
    fc.constantFrom(...TAGS).map((tag): driver.Operation => ({ add: OF[tag] as string, tag })),
    fc.record({ element: fc.constantFrom('a', 'b'), gone: fc.subarray(TAGS, { minLength: 1 }) }).map(
      ({ element, gone }): driver.Operation => ({
        remove: element,
        tags: gone.filter((tag) => OF[tag] === element),
      }),
    ),
  )
  const news: fc.Arbitrary<driver.News> = fc.oneof(
    states.map((merge) => ({ merge })),
    operations.map((apply) => ({ apply })),
  )
  const told = (one: driver.News, name: string): string =>
    'apply' in one
      ? `${name}.apply(${show(one.apply)})`
      : 'merge' in one
        ? `${name}.merge(${tellState(one.merge)})`
        : `${name}.merge(what a set knows that has merged ${one.through.map(tellState).join(' and ')})`
  const ordersOf = (list: driver.News[]): driver.News[][] => {
    const rotated = list.map((_, i) => [...list.slice(i), ...list.slice(0, i)])
    const states = list.flatMap((one) => ('merge' in one ? [one.merge] : []))
    const others = list.filter((one) => !('merge' in one))
    return [
      list,
      ...rotated.slice(1),
      [...list].reverse(),
      [...list, ...list],
      list.flatMap((one) => [one, one]),
      [...list, ...[...list].reverse()],
      ...(states.length < 2 ? [] : [[{ through: states }, ...others] as driver.News[]]),
      ...(states.length < 3
        ? []
        : [[{ through: states.slice(1) }, { merge: states[0] as driver.State }, ...others] as driver.News[]]),
    ]
  }
  const input = (list: driver.News[]) => ({ orders: ordersOf(list), ask: ELEMENTS })
  const t1 = { added: [['t1', 'a']] as [string, string][], removed: [] }
  await forAll(
    fc.array(news, { minLength: 1, maxLength: 4 }).map(input),
    subject.observers,
    ({ orders }, seen) => {
      for (const [i, order] of orders.entries()) {
        const [one, other] = [seen[0] as driver.Seen, seen[i] as driver.Seen]
        holds(
          same(one, other),
          [...(orders[0] ?? []).map((x) => told(x, 'one')), ...order.map((x) => told(x, 'other'))],
          `the same elements in both: ${show(one.elements)}, as in one`,
          `${show(other.elements)} in other`,
        )
      }
    },
    {
      tell: ({ orders }) => (orders[0] ?? []).map((one) => told(one, 'one')),
      runs: 40,
      examples: [
        [{ merge: t1 }, { merge: { added: [], removed: ['t1'] } }],
        [{ merge: { added: t1.added, removed: ['t1'] } }],
        [{ apply: { remove: 'a', tags: ['t1'] } }, { apply: { add: 'a', tag: 't1' } }],
        [{ apply: { remove: 'a', tags: ['t1'] } }, { apply: { add: 'a', tag: 't2' } }],
        [{ merge: t1 }, { merge: { added: [['t3', 'b']], removed: [] } }] satisfies driver.News[],
        [{ merge: t1 }, { merge: { added: [], removed: ['t1'] } }, { merge: { added: [['t2', 'a']], removed: [] } }],
      ].map((list) => input(list as driver.News[])),
    },
  )
})

const tellState = ({ added, removed }: driver.State) => `{ added: ${show(added)}, removed: ${show(removed)} }`

test('What goes in and what comes out belongs to the caller', async ({ subject, forAll }) => {
  const tags = fc.subarray(['t1', 't2', 't3'])
  const inputs = fc.record({ alive: tags, removed: fc.subarray(['t4', 't5']), element: fc.constantFrom('a', 'b') }).map(
    ({ alive, removed, element }): driver.Owning => ({
      given: { added: alive.map((tag, i) => [tag, ELEMENTS[i % 2] as string]), removed },
      element,
    }),
  )
  const story = ({ given }: driver.Owning) => [
    `const given = ${tellState(given)}`,
    make('n1'),
    'n1.merge(given)',
    'const out = n1.state()',
    "const n2 = new ORSet('n2', initial)  // a copy of given",
    'add and remove in n1 and n2, and ask both for their states',
  ]
  await forAll(
    inputs,
    subject.owned,
    (input, { given, initial, out, outAtFirst, operations, operationsAtFirst, before, after }) => {
      const now = story(input)
      const as = `as it was: ${tellState(input.given)}`
      holds(same(given, input.given), now, `given ${as}`, tellState(given))
      holds(same(initial, input.given), now, `initial ${as}`, tellState(initial))
      holds(same(out, outAtFirst), now, `out as it was: ${tellState(outAtFirst)}`, tellState(out))
      const odd = operations.findIndex((one, i) => !same(one, operationsAtFirst[i]))
      holds(
        odd < 0,
        [...now, 'look again at what one of those calls returned'],
        `${show(operationsAtFirst[odd])}, as when it came`,
        show(operations[odd]),
      )
      const spoilt = [...now, 'write over all of given, initial, out and what calls returned']
      const shown = ({ elements, has }: driver.Seen) => [elements, has]
      holds(
        same(shown(before), shown(after)),
        spoilt,
        `n1 and n2 as before: ${show(before.elements)}`,
        show(after.elements),
      )
      for (const [i, state] of before.states.entries())
        holds(
          same(state, after.states[i]),
          [...spoilt, `n${i + 1}.state()`],
          `as before: ${tellState(state)}`,
          tellState(after.states[i] as driver.State),
        )
    },
    {
      tell: story,
      runs: 25,
      examples: ['b', 'a'].map((element) => ({ given: { added: [['t1', 'a']], removed: ['t4'] }, element })),
    },
  )
})
