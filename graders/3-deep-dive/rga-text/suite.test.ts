// That copies agree is looked for in walks and in every schedule of two editors: whoever has the same operations must have
// the same text. Which text that is, is held against a tree that is read from the beginning each time, in sessions where
// each promise shows without the others: a place that two type at only where order is promised, a deletion of one that
// others know of only where deletions are, an operation before its time only where it has to wait.

import { type Check, everySchedule, everyScript, type Move, mustHaveSeen, noWalk, survey } from '../../kit/simulate.ts'
import type { ExploreInput, ScriptInput, WalkInput } from '../../kit/simulation.ts'
import { fc, hiddenTest, holds, same, show, type Tools } from '../../kit/suite.ts'
import { editingTrace, textAfter } from '../../kit/traces/editing-trace.ts'
import type * as driver from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)
type Given = Tools<typeof driver>
type Rule = Check<driver.View, driver.Message>
type Call = driver.Call
type Id = driver.Id

// ---- the tree, read from the beginning ---------------------------------------------------------------------------

interface Character {
  readonly id: Id
  readonly code: string
  isDeleted: boolean
}

const keyOf = (id: Id | null): string => (id === null ? '' : id.join('.'))
const larger = (a: Id, b: Id): number => b[0] - a[0] || b[1] - a[1]

/** What one replica has, by the contract. */
class Tree {
  readonly #characters = new Map<string, Character>()
  /** by what they hang below, the largest id first */
  readonly #below = new Map<string, Character[]>()
  #largest = 0

  get largest(): number {
    return this.#largest
  }

  apply(operation: driver.Operation): void {
    const { id } = operation
    if (operation.type === 'delete') {
      for (let i = 0; i < operation.length; i++) {
        const character = this.#characters.get(keyOf([id[0] + i, id[1]]))
        if (character !== undefined) character.isDeleted = true
      }
      return
    }
    if (this.#characters.has(keyOf(id))) return
    let { after } = operation
    for (const [i, code] of operation.text.split('').entries()) {
      const character = { id: [id[0] + i, id[1]] as const, code, isDeleted: false }
      this.#characters.set(keyOf(character.id), character)
      const siblings = [...(this.#below.get(keyOf(after)) ?? []), character]
      this.#below.set(
        keyOf(after),
        siblings.sort((a, b) => larger(a.id, b.id)),
      )
      after = character.id
      this.#largest = Math.max(this.#largest, character.id[0])
    }
  }

  read(): Character[] {
    const readable: Character[] = []
    const open = [...(this.#below.get('') ?? [])].reverse()
    for (let character = open.pop(); character !== undefined; character = open.pop()) {
      if (!character.isDeleted) readable.push(character)
      open.push(...[...(this.#below.get(keyOf(character.id)) ?? [])].reverse())
    }
    return readable
  }

  text(): string {
    return this.read()
      .map(({ code }) => code)
      .join('')
  }
}

// ---- sessions, call by call --------------------------------------------------------------------------------------

function said(call: Call): string {
  if (call[0] === 'insert') return `r${call[1]}: insert(${call[2]}, ${show(call[3])})`
  if (call[0] === 'delete') return `r${call[1]}: delete(${call[2]}, ${call[3]})`
  return call[0] === 'send' ? `r${call[2]} applies what r${call[1]} has` : `r${call[1]} starts again from what it had`
}

const told = ({ calls }: driver.Session): string[] => calls.map(said)
const saidOf = (operation: driver.Operation): string => {
  const { id } = operation
  if (operation.type === 'delete') return `deletes ${operation.length} from [${id}] on`
  return `[${id}] after ${operation.after === null ? 'null' : `[${operation.after}]`}`
}

/** Holds every operation and every text of a session against the tree. */
function agrees({ replicas, calls }: driver.Session, answers: readonly unknown[]): void {
  const trees = Array.from({ length: replicas + 1 }, () => new Tree())
  const logs: driver.Operation[][] = trees.map(() => [])
  const lines: string[] = []
  for (const [i, call] of calls.entries()) {
    const answer = answers[i] as { returned: driver.Answer } | { threw: string; message: string } | undefined
    lines.push(said(call))
    if (answer === undefined || !('returned' in answer)) holds(false, lines, 'no error', show(answer))
    const { made, text, length } = answer.returned
    const replica = call[0] === 'send' ? call[2] : call[1]
    const tree = trees[replica] as Tree
    if (call[0] === 'insert') inserted(call, tree, made, lines)
    else if (call[0] === 'delete') deleted(call, tree, made, lines)
    const coming = call[0] === 'send' ? (logs[call[1]] as driver.Operation[]) : made
    for (const operation of coming) {
      tree.apply(operation)
      logs[replica]?.push(operation)
    }
    if (made.length > 0) lines[lines.length - 1] += ` → ${made.map(saidOf).join('; ')}`
    const want = tree.text()
    holds(text === want, lines, `r${replica} reads ${show(want)}`, show(text))
    holds(length === want.length, lines, `r${replica} has length ${want.length}`, show(length))
  }
}

function inserted(call: Call & { 0: 'insert' }, tree: Tree, made: readonly driver.Operation[], lines: string[]): void {
  const [, replica, at, text] = call as ['insert', number, number, string]
  const before = at === 0 ? null : (tree.read()[at - 1] as Character).id
  const [one] = made
  const isInsert = made.length === 1 && one?.type === 'insert' && one.text === text && one.id[1] === replica
  holds(isInsert, lines, `an insertion of ${show(text)} by replica ${replica}`, show(made))
  const place = `after ${before === null ? 'null' : `[${before}]`}`
  holds(same(one.after, before), lines, place, saidOf(one))
  const isNew = Number.isSafeInteger(one.id[0]) && one.id[0] > tree.largest
  holds(isNew, lines, `a counter above ${tree.largest}, the largest that it has`, saidOf(one))
}

function deleted(call: Call & { 0: 'delete' }, tree: Tree, made: readonly driver.Operation[], lines: string[]): void {
  const [, , at, length] = call as ['delete', number, number, number]
  const want = tree.read().slice(at, at + length)
  const names = made.flatMap((one) =>
    one.type === 'delete' ? Array.from({ length: one.length }, (_, i) => keyOf([one.id[0] + i, one.id[1]])) : ['?'],
  )
  const wanted = want.map(({ id }) => keyOf(id))
  holds(same([...names].sort(), [...wanted].sort()), lines, `deletes ${wanted.join(', ')}`, show(names.join(', ')))
}

/** What people do, before it is known where things are. */
type Wish =
  | { readonly does: 'insert'; readonly by: number; readonly at: number; readonly text: string }
  | { readonly does: 'delete'; readonly by: number; readonly at: number; readonly length: number }

const LETTERS = ['abcdefgh', 'ABCDEFGH', '01234567', 'αβγδεζηθ']
const place = fc.double({ min: 0, max: 1, noNaN: true })

/** Makes calls of wishes, for a text whose length is known at each time. */
function callOf(wish: Wish, length: number): Call | undefined {
  const at = Math.min(length, Math.floor(wish.at * (length + 1)))
  if (wish.does === 'insert') return ['insert', wish.by, at, wish.text]
  const from = Math.min(at, length - 1)
  return length === 0 ? undefined : ['delete', wish.by, from, Math.min(wish.length, length - from)]
}

// ---- rules over histories ----------------------------------------------------------------------------------------

/** Whoever has the same operations has the same text. */
const converges: Rule = ({ entries }) => {
  const texts = new Map<string, string>()
  for (const [entry, [, , what, node, view]] of entries.entries()) {
    if (what !== 'view') continue
    const known = texts.get(view.has)
    if (known === undefined) texts.set(view.has, view.text)
    else if (known !== view.text)
      return {
        entry,
        expected: `n${node + 1} has just what had come to ${show(known)}`,
        got: show(view.text),
      }
  }
  return undefined
}

/** No id is given to two characters. */
const uniqueIds: Rule = ({ entries }) => {
  const given = new Map<string, string>()
  for (const [entry, one] of entries.entries()) {
    if (one[2] !== 'sent') continue
    for (const operation of one[5].operations) {
      if (operation.type !== 'insert') continue
      for (const [i, code] of operation.text.split('').entries()) {
        const key = keyOf([operation.id[0] + i, operation.id[1]])
        const before = given.get(key)
        if (before !== undefined && before !== code)
          return { entry, expected: `an id of its own for '${code}'`, got: `${key}, which is '${before}'` }
        given.set(key, code)
      }
    }
  }
  return undefined
}

const clusterOf = (nodes: number, editor: driver.Editor) => ({
  nodes,
  keepsAll: true,
  disks: Array.from({ length: nodes }, () => ({ keys: { editor } })),
})
const TYPING: readonly driver.Action[] = ['types first', 'types within', 'types last', 'pastes within']
const EDITING: readonly driver.Action[] = [...TYPING, 'deletes first', 'deletes within']

const walksFor = (seed: number, editor: driver.Editor, crashes = 0): WalkInput[] =>
  Array.from({ length: 30 }, (_, i) => ({
    ...clusterOf([2, 3, 3, 4][i % 4] as number, editor),
    seed: (seed + i) | 0,
    length: 40,
    crashes,
  }))

async function walksKeep(check: Rule, tools: Given, inputs: readonly WalkInput[]) {
  const { walk, replay } = tools.subject
  const { failing, tally } = await survey(tools, walk, inputs, { check })
  await noWalk(tools, { walk, replay, inputs, check }, failing['check'] ?? [])
  return tally
}

const MOST_STATES = 20_000

async function schedulesKeep(
  check: Rule,
  { subject, ...asking }: Given,
  input: Omit<ExploreInput, 'most' | 'seed'>,
): Promise<void> {
  const { explore, replay } = subject
  await everySchedule(asking, { explore, replay, input: { ...input, seed: 1, most: MOST_STATES }, check })
}

const COMMANDS: readonly driver.Action[] = [...EDITING, ...EDITING, ...EDITING]
const asks = (node: number, what: driver.Action, nth = 0): Move => [
  'ask',
  node,
  COMMANDS.indexOf(what) + nth * EDITING.length,
]
const script = (nodes: number, carries: driver.Editor['carries'], moves: readonly Move[]): ScriptInput => ({
  ...clusterOf(nodes, { actions: [], carries }),
  seed: 1,
  commands: COMMANDS,
  moves,
})

async function scriptsKeep(check: Rule, tools: Given, inputs: readonly ScriptInput[]): Promise<void> {
  const { script: operation, replay } = tools.subject
  await everyScript(tools, { script: operation, replay, inputs, check })
}

// ---- promises ----------------------------------------------------------------------------------------------------

test('Whoever has the same operations has the same text', async (tools) => {
  const crossing = (first: driver.Action, second: driver.Action) =>
    script(2, 'all', [asks(0, first), asks(1, second), ['drain', 0], ['drain', 1]])
  await scriptsKeep(converges, tools, [
    crossing('types first', 'types first'),
    crossing('pastes within', 'types last'),
    script(2, 'all', [asks(0, 'types first'), ['drain', 1], ['again', 0, 1, ''], asks(1, 'types last'), ['drain', 0]]),
  ])
  await schedulesKeep(converges, tools, {
    ...clusterOf(2, { actions: ['types first', 'types last'], carries: 'all' }),
    depth: 4,
  })
  const tally = await walksKeep(converges, tools, walksFor(tools.seed, { actions: TYPING, carries: 'all' }))
  mustHaveSeen(tally, 'delivered', 'repeated', 'timers')
})

test('An edit does to the text what it does to a string', async ({ subject, forAll, askAll }) => {
  const wishes = fc.array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({ does: fc.constant('insert' as const), at: place, size: fc.integer({ min: 1, max: 4 }) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ does: fc.constant('delete' as const), at: place, size: fc.integer({ min: 1, max: 4 }) }),
      },
      { weight: 1, arbitrary: fc.record({ does: fc.constant('hand over' as const), at: place, size: fc.nat() }) },
    ),
    { minLength: 1, maxLength: 12 },
  )
  // One of two edits, and then the other goes on with what it has been sent: nothing is ever done at once.
  const sessions = wishes.map((list): driver.Session => {
    const calls: Call[] = []
    let by = 1
    let length = 0
    let typed = 0
    for (const { does, at, size } of list) {
      if (does === 'hand over') {
        calls.push(['send', by, 3 - by])
        by = 3 - by
        continue
      }
      const text = (LETTERS[by - 1] as string).repeat(2).slice(typed % 8, (typed % 8) + size)
      const call = callOf(does === 'insert' ? { does, by, at, text } : { does, by, at, length: size }, length)
      if (call === undefined) continue
      typed += call[0] === 'insert' ? size : 0
      length += call[0] === 'insert' ? size : -(call[3] as number)
      calls.push(call)
    }
    return { replicas: 2, calls }
  })
  await forAll(sessions, subject.session, agrees, {
    tell: told,
    examples: [
      [
        ['insert', 1, 0, 'ab'],
        ['insert', 1, 1, 'c'],
        ['insert', 1, 0, 'd'],
        ['insert', 1, 4, 'e'],
      ] as Call[],
      [
        ['insert', 1, 0, 'abcd'],
        ['delete', 1, 1, 2],
        ['insert', 1, 1, 'x'],
      ] as Call[],
      [
        ['insert', 1, 0, 'ab'],
        ['delete', 1, 0, 2],
        ['insert', 1, 0, 'x'],
      ] as Call[],
      [
        ['insert', 1, 0, 'abc'],
        ['send', 1, 2],
        ['insert', 2, 1, 'X'],
        ['delete', 2, 0, 3],
      ] as Call[],
      // Counters that follow each other, of two replicas.
      [
        ['insert', 1, 0, 'ab'],
        ['send', 1, 2],
        ['insert', 2, 2, 'X'],
        ['delete', 2, 1, 2],
      ] as Call[],
      [
        ['insert', 1, 0, '\u{1f600}\n\0'],
        ['delete', 1, 0, 2],
      ] as Call[],
    ].map((calls) => ({ replicas: 2, calls })),
  })
  // How a real text was written, keystroke by keystroke, to its exact text.
  const patches = editingTrace(PATCHES)
  const parts = Array.from({ length: Math.ceil(patches.length / PART) }, (_, i) => ({
    patches: patches.slice(i * PART, (i + 1) * PART),
    begins: i === 0,
  }))
  const got = (
    await askAll(subject.recorded, parts, () => [`${show(patches.length)} keystrokes of a real session`])
  ).at(-1)
  const want = textAfter(patches)
  for (const [who, text] of [
    ['where it was typed', got?.here],
    ['where it was applied', got?.there],
  ] as const) {
    const at = [...want].findIndex((code, i) => text?.[i] !== code)
    const story = [`${show(patches.length)} keystrokes of a real session, ${who}`]
    holds(text === want, story, around(want, at), around(text ?? '', at))
  }
  holds(got?.length === want.length, ['the same session'], show(want.length), show(got?.length))
})

/** Keystrokes of the session: enough for every kind of edit, and few enough for whoever walks through the text. */
const PATCHES = 4_000
/** Of those, in one part. */
const PART = 250

const around = (text: string, at: number): string =>
  `${show(text.length)} characters, at ${show(at)}: ${show(text.slice(Math.max(0, at), at + 30))}`

/** Several type at one place and hear of each other afterwards, in any order. */
const atOnePlace = fc
  .record({
    base: fc.constantFrom('', '.', '..', '...'),
    at: place,
    runs: fc.array(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }), {
      minLength: 2,
      maxLength: 3,
    }),
    /** of each run: whether it goes on behind itself, or before */
    back: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    order: fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 })), { maxLength: 5 }),
  })
  .map(({ base, at, runs, back, order }): driver.Session => {
    const replicas = runs.length
    const calls: Call[] = []
    if (base !== '') calls.push(['insert', 1, 0, base])
    for (let other = 2; other <= replicas && base !== ''; other++) calls.push(['send', 1, other])
    const from = Math.floor(at * (base.length + 1))
    for (const [i, sizes] of runs.entries()) {
      let where = Math.min(from, base.length)
      let typed = 0
      for (const size of sizes) {
        calls.push(['insert', i + 1, where, (LETTERS[i] as string).repeat(2).slice(typed, typed + size)])
        typed += size
        if (back[i] !== true) where += size
      }
    }
    for (const [one, other] of order)
      if (one !== other && one < replicas && other < replicas) calls.push(['send', one + 1, other + 1])
    for (let one = 1; one <= replicas; one++)
      for (let other = 1; other <= replicas; other++) if (one !== other) calls.push(['send', one, other])
    return { replicas, calls }
  })

test('What is typed at one place stands by its ids, each run whole', async ({ subject, forAll }) => {
  const both: Call[] = [
    ['send', 1, 2],
    ['send', 2, 1],
  ]
  await forAll(atOnePlace, subject.session, agrees, {
    tell: told,
    examples: [
      [['insert', 1, 0, 'a'], ['insert', 2, 0, 'A'], ...both] as Call[],
      [['insert', 1, 0, 'ab'], ['insert', 2, 0, 'AB'], ...both] as Call[],
      [['insert', 1, 0, 'a'], ['insert', 1, 1, 'b'], ['insert', 2, 0, 'A'], ['insert', 2, 1, 'B'], ...both] as Call[],
      // The later counter stands first, though its replica is the smaller one; and past all that hangs below it.
      [['insert', 1, 0, 'a'], ['insert', 1, 0, 'b'], ['insert', 2, 0, 'A'], ...both] as Call[],
      [['insert', 2, 0, 'A'], ['insert', 2, 1, 'B'], ['insert', 2, 1, 'C'], ['insert', 1, 0, 'a'], ...both] as Call[],
      [['insert', 1, 0, '..'], ['send', 1, 2], ['insert', 1, 1, 'a'], ['insert', 2, 1, 'A'], ...both] as Call[],
    ].map((calls) => ({ replicas: 2, calls })),
  })
})

/** Two delete while a third types; then all hear of all, and one types again. */
const deletions = fc
  .record({
    base: fc.integer({ min: 1, max: 8 }),
    one: fc.tuple(place, fc.integer({ min: 1, max: 4 })),
    other: fc.tuple(place, fc.integer({ min: 1, max: 4 })),
    typed: place,
    again: place,
  })
  .map(({ base, one, other, typed, again }): driver.Session => {
    const text = '........'.slice(0, base)
    const calls: Call[] = [
      ['insert', 1, 0, text],
      ['send', 1, 2],
      ['send', 1, 3],
    ]
    const cut = (by: number, [at, length]: readonly [number, number]) =>
      callOf({ does: 'delete', by, at, length }, base) as ['delete', number, number, number]
    const first = cut(1, one)
    const second = cut(3, other)
    calls.push(first, callOf({ does: 'insert', by: 2, at: typed, text: 'AB' }, base) as Call, second)
    for (const [from, to] of [
      [1, 2],
      [3, 1],
      [2, 3],
      [2, 1],
      [3, 2],
      [1, 3],
    ] as const)
      calls.push(['send', from, to])
    const gone = new Set<number>()
    for (const [, , at, length] of [first, second]) for (let i = at; i < at + length; i++) gone.add(i)
    calls.push(callOf({ does: 'insert', by: 1, at: again, text: 'xy' }, base - gone.size + 2) as Call, ['send', 1, 2])
    return { replicas: 3, calls }
  })

test('What is deleted stays deleted, and keeps its place', async ({ subject, forAll }) => {
  const base: Call[] = [
    ['insert', 1, 0, 'abc'],
    ['send', 1, 2],
  ]
  const both: Call[] = [
    ['send', 1, 2],
    ['send', 2, 1],
  ]
  await forAll(deletions, subject.session, agrees, {
    tell: told,
    examples: [
      [...base, ['delete', 1, 1, 1], ['insert', 2, 2, 'X'], ...both] as Call[],
      [...base, ['delete', 1, 0, 3], ['insert', 2, 2, 'X'], ...both] as Call[],
      [...base, ['delete', 1, 1, 1], ['delete', 2, 1, 1], ...both, ['insert', 1, 2, 'x']] as Call[],
      [...base, ['delete', 1, 0, 2], ['delete', 2, 1, 2], ...both, ['insert', 2, 0, 'X'], ...both] as Call[],
      // Ids decide also where what stands there is not to be read any more.
      [
        ['insert', 1, 0, '.'],
        ['send', 1, 2],
        ['insert', 2, 1, 'W'],
        ['insert', 2, 0, 'YZ'],
        ['delete', 2, 0, 1],
        ['insert', 1, 0, 'a'],
        ...both,
      ] as Call[],
      // What hangs below something that is deleted may be larger than it.
      [
        ['insert', 1, 0, '.'],
        ['send', 1, 2],
        ['send', 1, 3],
        ['insert', 1, 0, 'a'],
        ['send', 1, 2],
        ['insert', 2, 2, 'V'],
        ['insert', 2, 1, 'Z'],
        ['delete', 2, 0, 1],
        ['insert', 3, 1, 'W'],
        ['insert', 3, 0, 'X'],
        ['send', 3, 2],
        ['send', 2, 3],
      ] as Call[],
    ].map((calls) => ({ replicas: 3, calls })),
  })
})

test('An operation waits for what it needs', async (tools) => {
  const { subject, forAll } = tools
  const inputs = fc
    .record({
      wishes: fc.array(fc.tuple(fc.boolean(), place, fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 10 }),
      order: fc.array(fc.nat({ max: 30 }), { maxLength: 20 }),
      to: fc.constantFrom<(1 | 2)[]>(2, 2, 1),
    })
    .map(({ wishes, order, to }) => {
      const calls: Call[] = []
      let length = 0
      for (const [deletes, at, size] of wishes) {
        const text = 'abcdefghijklmnopqrstuvwxyz'.slice(length % 20, (length % 20) + size)
        const call = callOf(
          deletes ? { does: 'delete', by: 1, at, length: size } : { does: 'insert', by: 1, at, text },
          length,
        )
        if (call === undefined) continue
        length += call[0] === 'insert' ? size : -(call[3] as number)
        calls.push(call)
      }
      if (calls.length === 0) calls.push(['insert', 1, 0, 'a'])
      return { calls, order: order.map((at) => at % calls.length), to }
    })
  const some = (lines: readonly string[], most: number) =>
    lines.length <= most ? lines : [...lines.slice(0, most - 1), `… and ${show(lines.length - most + 1)} more`]
  type Handed = { calls: Call[]; order: number[]; to: 1 | 2 }
  const story = ({ calls, order, to }: Handed) => [
    ...some(calls.map(said), 10),
    `${to === 1 ? 'r1 starts again, and' : 'r2'} applies all of it, beginning with number ${some(
      (order.length === 0 ? [0] : order).map((at) => String(at + 1)),
      10,
    ).join(', ')}`,
  ]
  const backwards = (calls: Call[], to: 1 | 2 = 2) => ({ calls, order: calls.map((_, i) => calls.length - 1 - i), to })
  await forAll(
    inputs,
    subject.handed,
    (input, { here, there, length }) => {
      // Who takes nothing of its own breaks another promise.
      if (input.to === 1 && there === '') return
      const [who, as] = input.to === 1 ? ['r1', 'as before'] : ['r2', 'as r1']
      holds(there === here, story(input), `${who} reads ${show(here)}, ${as}`, show(there))
      holds(length === here.length, story(input), `${who} has length ${here.length}`, show(length))
    },
    {
      tell: story,
      examples: [
        backwards([
          ['insert', 1, 0, 'a'],
          ['insert', 1, 1, 'b'],
        ]),
        backwards([
          ['insert', 1, 0, 'a'],
          ['delete', 1, 0, 1],
        ]),
        backwards([
          ['insert', 1, 0, 'ab'],
          ['insert', 1, 2, 'cd'],
          ['delete', 1, 1, 2],
        ]),
        backwards([
          ['insert', 1, 0, 'a'],
          ['insert', 1, 1, 'b'],
          ['insert', 1, 2, 'c'],
          ['delete', 1, 1, 1],
        ]),
        {
          calls: [
            ['insert', 1, 0, 'ab'],
            ['insert', 1, 2, 'cd'],
            ['delete', 1, 1, 2],
          ],
          order: [0, 2, 1],
          to: 2,
        },
        backwards(
          [
            ['insert', 1, 0, 'a'],
            ['delete', 1, 0, 1],
          ],
          1,
        ),
        // A long text, the end of it first.
        backwards(Array.from({ length: 4_000 }, (_, i): Call => ['insert', 1, i, 'x'])),
      ],
    },
  )
  await scriptsKeep(converges, tools, [
    script(3, 'one', [
      asks(0, 'types first'),
      ['deliver', 0, 1, ''],
      asks(1, 'deletes first'),
      ['deliver', 1, 2, ''],
      ['deliver', 0, 2, ''],
    ]),
    script(3, 'one', [
      asks(0, 'types first'),
      ['deliver', 0, 1, ''],
      asks(1, 'types last'),
      ['deliver', 1, 2, ''],
      ['deliver', 0, 2, ''],
      ['deliver', 1, 0, ''],
    ]),
    // A deletion of what two have typed.
    script(2, 'one', [
      asks(0, 'pastes within'),
      ['drain', 1],
      asks(1, 'types last'),
      asks(1, 'deletes within'),
      ['drain', 0],
    ]),
    // One types below what is deleted, another before it, and each hears of it in another order.
    script(3, 'one', [
      asks(0, 'types first'),
      ['deliver', 0, 1, ''],
      ['deliver', 0, 2, ''],
      asks(0, 'types first', 1),
      ['deliver', 0, 1, ''],
      asks(1, 'types last'),
      asks(1, 'types within'),
      asks(1, 'deletes first'),
      asks(2, 'types last', 1),
      asks(2, 'types first', 2),
      ['drain', 1],
      ['drain', 2],
    ]),
  ])
  const small = clusterOf(2, { actions: ['pastes within', 'deletes first'], carries: 'one' })
  await schedulesKeep(converges, tools, { ...small, depth: 4 })
  const tally = await walksKeep(converges, tools, walksFor(tools.seed, { actions: EDITING, carries: 'one' }))
  mustHaveSeen(tally, 'delivered', 'timers')
})

test('Who starts again gives no id twice', async (tools) => {
  const { subject, forAll } = tools
  const sessions = fc
    .record({
      before: fc.array(fc.tuple(place, fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 4 }),
      heard: fc.boolean(),
      after: fc.array(place, { minLength: 1, maxLength: 3 }),
    })
    .map(({ before, heard, after }): driver.Session => {
      const calls: Call[] = []
      let length = 0
      for (const [at, size] of before) {
        calls.push(callOf({ does: 'insert', by: 1, at, text: 'abc'.slice(0, size) }, length) as Call)
        length += size
      }
      if (heard) {
        calls.push(['send', 1, 2], ['insert', 2, length, 'XYZ'], ['send', 2, 1])
        length += 3
      }
      calls.push(['restart', 1])
      for (const at of after) calls.push(callOf({ does: 'insert', by: 1, at, text: 'x' }, length++) as Call)
      return { replicas: 2, calls: [...calls, ['send', 1, 2]] }
    })
  await forAll(sessions, subject.session, agrees, {
    tell: told,
    examples: [
      {
        replicas: 1,
        calls: [
          ['insert', 1, 0, 'a'],
          ['restart', 1],
          ['insert', 1, 1, 'b'],
        ],
      },
      {
        replicas: 1,
        calls: [
          ['insert', 1, 0, 'abc'],
          ['restart', 1],
          ['insert', 1, 0, 'b'],
        ],
      },
    ],
  })
  const tally = await walksKeep(uniqueIds, tools, walksFor(tools.seed, { actions: TYPING, carries: 'all' }, 3))
  mustHaveSeen(tally, 'crashes')
})

test('Bad input is refused by name and changes nothing', async ({ subject, forAll, askAll }) => {
  const inputs = [Number.NaN, -1, 0.5, 65_536, 0, 65_535].map((replica) => ({ replica }))
  for (const [i, got] of (await askAll(subject.replica, inputs)).entries()) {
    const { replica } = inputs[i] as (typeof inputs)[number]
    const isGood = replica >= 0 && replica <= 65_535 && Number.isInteger(replica)
    const story = [`new SharedText(${show(replica)})`]
    if (isGood) holds('returned' in got, story, 'a text', show(got))
    else holds(isRefusal(got, 'replica'), story, 'throws RangeError naming replica', show(got))
  }
  const odd = fc.constantFrom(Number.NaN, -1, 0.5, 4, 100)
  const bad = fc.oneof(
    odd.map((at): [Call, string] => [['insert', 1, at, 'x'], 'at']),
    fc.constant<[Call, string]>([['insert', 1, 0, ''], 'text']),
    odd.map((at): [Call, string] => [['delete', 1, at, 1], 'at']),
    fc.constantFrom(Number.NaN, 0, -1, 0.5, 4).map((length): [Call, string] => [['delete', 1, 0, length], 'length']),
    fc.constantFrom<[Call, string]>([['delete', 1, 3, 1], 'length'], [['delete', 1, 2, 2], 'length']),
  )
  const sessions = fc.array(bad, { minLength: 1, maxLength: 3 }).map((wrong) => ({
    replicas: 1,
    calls: [['insert', 1, 0, 'abc'], ...wrong.map(([call]) => call), ['insert', 1, 3, 'd']] as Call[],
    names: wrong.map(([, name]) => name),
  }))
  await forAll(
    sessions,
    subject.session,
    ({ calls, names }, answers) => {
      for (const [i, name] of names.entries()) {
        const story = calls.slice(0, i + 2).map(said)
        holds(isRefusal(answers[i + 1], name), story, `throws RangeError naming ${name}`, show(answers[i + 1]))
      }
      const [first, last] = [calls[0] as Call, calls.at(-1) as Call]
      const got = answers.at(-1) as { returned?: driver.Answer } | undefined
      holds(got?.returned?.text === 'abcd', [...calls.map(said)], "reads 'abcd'", show(got))
      agrees({ replicas: 1, calls: [first, last] }, [answers[0], answers.at(-1)])
    },
    { tell: told },
  )
})

const isRefusal = (got: object | undefined, name: string): boolean =>
  got !== undefined &&
  'threw' in got &&
  got.threw === 'RangeError' &&
  'message' in got &&
  typeof got.message === 'string' &&
  got.message.includes(name)
