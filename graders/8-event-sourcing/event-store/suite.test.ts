// The power is cut at every point of small workloads, in every way that the disk allows, and in the lives that follow as
// well; every outcome is held against three rules. What a store does while nothing fails is asked in scripts, each promise in
// a setting in which breaking another does not show.

import type { Outcome, Workload } from '../../kit/every-crash.ts'
import { mustHaveTried, noCrash, nothingThrown, surveyCrashes, type Telling } from '../../kit/every-crash.ts'
import { fc, hiddenTest, holds, same, show, type Tools } from '../../kit/suite.ts'
import type * as driver from './driver.ts'
import type { Append, Seen, Step, Told } from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)
type Given = Tools<typeof driver>

// ---- how it is told --------------------------------------------------------------------------------------------------

const idsOf = (ids: readonly number[]): string => ids.map((id) => `e${id}`).join(', ')
const seenWords = ([position, stream, version, id, isRight]: Seen): string =>
  `${position}: e${id} (${stream} ${version})${isRight ? '' : ' damaged'}`
const seenList = (list: readonly Seen[]): string => (list.length === 0 ? 'nothing' : list.map(seenWords).join(', '))

function call(step: Step): string {
  switch (step[0]) {
    case 'append': {
      const [, stream, expected, ids, chars] = step
      const size = chars > 0 ? ` of ${chars} characters` : ''
      return `append(${show(stream)}, ${expected === -1 ? 'its version' : show(expected)}, [${idsOf(ids)}]${size})`
    }
    case 'version':
      return `version(${show(step[1])})`
    case 'read':
      return `read(${show(step[1])}, ${step[2]})`
    case 'all':
      return step[2] === -1 ? `readAll(${step[1]})` : `readAll(${step[1]}, ${step[2]})`
    case 'subscribe': {
      const [, name, after, on, does] = step
      return `${name}: subscribe(${after})${does === undefined ? '' : `; on e${on}: ${call(does)}`}`
    }
    case 'stop':
      return `${step[1]} stops`
  }
}

function noteWords(told: Told): string | undefined {
  switch (told[0]) {
    case 'found':
      return `finds ${seenWords(told[1])}`
    case 'appended':
      return `version ${told[1]}, position ${told[2]}${told[3] ? ', again' : ''}`
    case 'conflict':
      return `conflict: ${told[1]}`
    case 'refused':
      return `throws ${told[1]}`
    case 'version':
      return String(told[1])
    case 'read':
      return seenList(told[1])
    case 'told':
      return `${told[1]} is told ${seenWords(told[2])}`
    case 'sync fails':
      return 'the sync fails'
    default:
      return undefined
  }
}

const telling: Telling<Step, Told> = {
  opening: 'openStore(disk)',
  step: call,
  note: noteWords,
  smaller: (step) =>
    step[0] !== 'append'
      ? []
      : [
          ...(step[4] > 0 ? [['append', step[1], step[2], step[3], 0] as const] : []),
          ...(step[3].length > 1 ? [['append', step[1], step[2], step[3].slice(0, 1), step[4]] as const] : []),
        ],
}

// ---- what must hold wherever the power fails -------------------------------------------------------------------------

interface Batch {
  readonly stream: string
  readonly ids: readonly number[]
}
type RuleName = 'acknowledged' | 'whole' | 'once'
interface Broken {
  readonly rule: RuleName
  readonly expected: string
  readonly got: string
}

/** What a store that holds these must give. */
function laidOut(batches: readonly Batch[]): Seen[] {
  const versions = new Map<string, number>()
  return batches
    .flatMap(({ stream, ids }) => ids.map((id) => ({ stream, id })))
    .map(({ stream, id }, i): Seen => {
      const version = (versions.get(stream) ?? 0) + 1
      versions.set(stream, version)
      return [i + 1, stream, version, id, true]
    })
}

const names = (batches: readonly Batch[]) =>
  batches.length === 0 ? 'nothing' : batches.map(({ ids }) => idsOf(ids)).join(' | ')

/** The first life, of those of an outcome, in which something is found that must not be, or is not that must. */
function broken(outcome: Outcome<Told>): Broken | undefined {
  let stored: Batch[] = []
  let safe = 0
  let gone: Batch[] = []
  for (const [life, notes] of outcome.lives.entries()) {
    // Who was cut off while opening has found nothing yet.
    if (!notes.some(([what]) => what === 'opened')) continue
    const found = notes.flatMap((told) => (told[0] === 'found' ? [told[1]] : []))
    if (life > 0) {
      const wrong = wrongIn(found, stored, safe, gone)
      if (wrong !== undefined) return wrong
      const kept = stored.findIndex((_, i) => laidOut(stored.slice(0, i)).length === found.length)
      const count = kept < 0 ? stored.length : kept
      gone = [...gone, ...stored.slice(count)]
      stored = stored.slice(0, count)
      safe = count
    }
    let trying: Batch | undefined
    for (const told of notes) {
      if (told[0] === 'tries') trying = { stream: told[1], ids: told[2] }
      else if (told[0] === 'appended' && trying !== undefined) {
        if (!told[3]) stored = [...stored, trying]
        safe = stored.length
        trying = undefined
      } else if (told[0] === 'conflict' || told[0] === 'refused') trying = undefined
      // What a subscriber has been told is as good as acknowledged.
      else if (told[0] === 'told' && trying?.ids.includes(told[2][3])) safe = stored.length + 1
    }
    if (trying !== undefined) stored = [...stored, trying]
  }
  const threw = nothingThrown(outcome)
  return threw === undefined ? undefined : { rule: 'whole', ...threw }
}

function wrongIn(
  found: readonly Seen[],
  stored: readonly Batch[],
  safe: number,
  gone: readonly Batch[],
): Broken | undefined {
  const got = `finds ${seenList(found)}`
  const twice = found.find(([, , , id], i) => found.findIndex((other) => other[3] === id) < i)
  if (twice !== undefined) return { rule: 'once', expected: `finds e${twice[3]} once`, got }
  const isGone = (id: number) => gone.some(({ ids }) => ids.includes(id)) && !stored.some(({ ids }) => ids.includes(id))
  if (found.some(([, , , id]) => isGone(id))) return { rule: 'whole', expected: 'finds nothing that was gone', got }
  const ends = stored.map((_, i) => laidOut(stored.slice(0, i + 1)).length)
  const isWhole = [0, ...ends].includes(found.length) && same(found, laidOut(stored).slice(0, found.length))
  if (!isWhole) return { rule: 'whole', expected: `finds a beginning of ${names(stored)}, each append whole`, got }
  if (found.length < (ends[safe - 1] ?? 0))
    return { rule: 'acknowledged', expected: `finds ${names(stored.slice(0, safe))}, which was acknowledged`, got }
  return undefined
}

function only(rule: RuleName) {
  return (outcome: Outcome<Told>) => {
    const found = broken(outcome)
    return found?.rule === rule ? found : undefined
  }
}
const RULES = {
  acknowledged: only('acknowledged'),
  whole: only('whole'),
  once: only('once'),
}

/** Behind whatever is there. */
const add = (stream: string, ids: readonly number[], chars = 0): Append => ['append', stream, -1, ids, chars]
const at = (stream: string, expected: number, ids: readonly number[], chars = 0): Append => [
  'append',
  stream,
  expected,
  ids,
  chars,
]
const listen: Step = ['subscribe', 'S', 0]

/** Chosen for what lies in which sector of 512 bytes, whatever a store writes around an event. */
const CHOSEN: readonly (readonly (readonly Step[])[])[] = [
  [[]],
  [[listen, at('a', 0, [1]), at('b', 0, [2]), at('a', 1, [3])]],
  [[listen, at('a', 0, [1, 2], 300), at('b', 0, [3, 4], 300)]],
  // A client that heard nothing appends once more: as at first, or behind what it finds.
  [[at('a', 0, [1, 2], 300)], [at('a', 0, [1, 2], 300), at('a', 2, [3])]],
  [[add('a', [1])], [add('a', [1])]],
  // A life after a torn one: what is new takes the place of what was lost, and some of that lies whole behind it.
  [[add('a', [1], 100), add('b', [2, 3, 4], 250)], [add('c', [5], 250)]],
]

function workloadsOf(seed: number): Workload<Step>[] {
  const one = fc.record({
    stream: fc.constantFrom('a', 'b'),
    count: fc.integer({ min: 1, max: 3 }),
    chars: fc.oneof(fc.constant(0), fc.integer({ min: 100, max: 500 })),
  })
  const random = fc.array(one, { minLength: 2, maxLength: 3 }).map((list): Step[] => {
    let id = 0
    return list.map(({ stream, count, chars }) =>
      add(
        stream,
        Array.from({ length: count }, () => ++id),
        chars,
      ),
    )
  })
  const more = fc.sample(random, { seed, numRuns: 1 }).map((steps) => [steps])
  return [...CHOSEN, ...more].map((lives) => ({ lives, seed, perPoint: 24, openings: 400 }))
}

/** All rules look at the same failures. */
async function crashesKeep(rule: RuleName, tools: Given): Promise<void> {
  const lab = { everyCrash: tools.subject.everyCrash, retell: tools.subject.retell, telling }
  const { seed, failing, tried } = await tools.once('crashes', async (seed) => ({
    seed,
    ...(await surveyCrashes(tools, lab, workloadsOf(seed), RULES)),
  }))
  await noCrash(tools, lab, workloadsOf(seed), RULES[rule], failing[rule] ?? [])
  // A store that leaves the disk alone has no points to be cut at, and breaks a promise: that is no fault of ours.
  if (Object.values(failing).every(({ length }) => length === 0)) mustHaveTried(tried, { openings: 40, points: 30 })
}

// ---- scripts in which nothing fails, or one sync ---------------------------------------------------------------------

interface Script {
  readonly steps: readonly Step[]
  readonly failingStep?: number
}
const retold = ({ steps, failingStep }: Script) => ({
  lives: [steps],
  seed: 0,
  failures: [],
  ...(failingStep === undefined ? {} : { failingStep }),
})

/** What was told during each step. */
type ToldBy = readonly (readonly Told[])[]

/** Runs scripts, and holds what was told during each step against what is wanted of it, in words. */
async function scriptsHold(
  { forAll, subject }: Given,
  scripts: fc.Arbitrary<Script>,
  examples: readonly Script[],
  wanted: (script: Script, told: ToldBy) => (string | undefined)[],
  asked: (told: Told) => boolean,
): Promise<void> {
  const say = (notes: readonly Told[]) => {
    const words = notes.filter(asked).flatMap((told) => noteWords(told) ?? [])
    return words.length === 0 ? 'nothing is told' : words.join('; ')
  }
  const tell = ({ steps }: Script) => [telling.opening, ...steps.map(call)]
  await forAll(
    scripts.map((script) => ({ ...retold(script), script })),
    subject.retell,
    ({ script }, { lives }) => {
      const told = (lives[0]?.steps ?? []).slice(1).map(({ notes }) => notes)
      const want = wanted(script, told)
      for (const [i, words] of want.entries()) {
        const got = say(told[i] ?? [])
        if (words === undefined || words === got) continue
        const story = script.steps.slice(0, i + 1).map((step, j) => {
          const said = (told[j] ?? []).flatMap((one) => noteWords(one) ?? [])
          if (j < i && told[j]?.some((one) => one[0] === 'read' && one[1].length > 0)) said.push('the list is emptied')
          const isTwin = script.steps.slice(0, j).some((one) => one[0] === 'subscribe' && one[1] === step[1])
          const how = step[0] === 'subscribe' && isTwin ? ', the same listener' : ''
          return `${call(step)}${how}${said.length === 0 ? '' : ` → ${said.join('; ')}`}`
        })
        holds(false, [telling.opening, ...story], words, got)
      }
    },
    {
      tell: ({ script }) => tell(script),
      runs: 25,
      examples: examples.map((script) => ({ ...retold(script), script })),
    },
  )
}

/** The store as the contract has it: batches in a list, searched from end to end. */
class Model {
  batches: Batch[] = []

  all(): Seen[] {
    return laidOut(this.batches)
  }
  version(stream: string): number {
    return this.all().filter((seen) => seen[1] === stream).length
  }
  append([, stream, expected, ids]: Append): Told {
    const own = this.all().filter((seen) => seen[1] === stream)
    const there = own.slice(expected === -1 ? own.length : expected).slice(0, ids.length)
    if (
      same(
        there.map((seen) => seen[3]),
        ids,
      )
    ) {
      const [position, , version] = there.at(-1) as Seen
      return ['appended', version, position, true]
    }
    if (expected !== -1 && expected !== own.length) return ['conflict', own.length]
    this.batches.push({ stream, ids })
    return ['appended', own.length + ids.length, this.all().length, false]
  }
}
const words = (told: Told): string => noteWords(told) ?? ''
const isAnswer = ([what]: Told) => ['appended', 'conflict', 'refused', 'version', 'read'].includes(what)

const STREAMS = ['a', 'b', 'constructor', '']

/** Appends one after another, each with new ids, from choices. */
function appends(choices: readonly { which: number; count: number; off: number; chars: number }[]): Append[] {
  const model = new Model()
  let id = 0
  return choices.map(({ which, count, off, chars }) => {
    const stream = STREAMS[which % STREAMS.length] as string
    const expected = Math.max(0, model.version(stream) + off)
    const step = at(
      stream,
      expected,
      Array.from({ length: 1 + count }, () => ++id),
      chars,
    )
    model.append(step)
    return step
  })
}
const choice = (off: fc.Arbitrary<number>) =>
  fc.record({ which: fc.nat({ max: 3 }), count: fc.nat({ max: 2 }), off, chars: fc.constantFrom(0, 3, 40) })

// ---- promises --------------------------------------------------------------------------------------------------------

test('An append goes behind the version that it expects, or says which one it met', async (tools) => {
  const scripts = fc
    .array(choice(fc.constantFrom(0, 0, 0, -1, 1, 2)), { minLength: 1, maxLength: 8 })
    .map((choices) => ({ steps: appends(choices).flatMap((step): Step[] => [step, ['version', step[1]]]) }))
  const wanted = ({ steps }: Script) => {
    const model = new Model()
    return steps.map((step) =>
      words(step[0] === 'append' ? model.append(step) : ['version', model.version(step[1] as string)]),
    )
  }
  await scriptsHold(
    tools,
    scripts,
    [
      [at('a', 0, [1])],
      // Two clients have seen version 1; one is faster.
      [at('a', 0, [1]), at('a', 1, [2]), at('a', 1, [3]), ['version', 'a'] as const],
      [at('a', 1, [1]), ['version', 'a'] as const],
      [at('a', 0, [1, 2, 3]), at('a', 1, [4]), ['version', 'a'] as const, at('b', 0, [5])],
      [['version', 'constructor'] as const, at('constructor', 0, [1])],
    ].map((steps) => ({ steps })),
    wanted,
    isAnswer,
  )
})

test('All streams together have one order, without a gap', async (tools) => {
  const script = (steps: readonly Append[], after: number, limit: number): Script => ({
    steps: [
      ...steps,
      ...STREAMS.map((stream): Step => ['read', stream, 0]),
      ['read', 'a', after],
      ['all', 0, -1],
      ['all', after, limit],
      ['all', after, -1],
    ],
  })
  const scripts = fc
    .tuple(
      fc.array(choice(fc.constantFrom(0, 0, 0, 1)), { minLength: 1, maxLength: 6 }),
      fc.nat({ max: 6 }),
      fc.constantFrom(-1, 0, 1, 2, 50),
    )
    .map(([choices, after, limit]) => script(appends(choices), after, limit))
  const wanted = ({ steps }: Script) => {
    const model = new Model()
    return steps.map((step) => {
      if (step[0] === 'append') model.append(step)
      if (step[0] === 'read')
        return words(['read', model.all().filter((seen) => seen[1] === step[1] && seen[2] > step[2])])
      if (step[0] !== 'all') return undefined
      const [, after, limit] = step
      return words(['read', model.all().slice(after, limit === -1 ? undefined : after + limit)])
    })
  }
  await scriptsHold(
    tools,
    scripts,
    [
      script([at('a', 0, [1]), at('b', 0, [2]), at('a', 1, [3])], 1, 1),
      script([at('a', 0, [1]), at('a', 0, [2]), at('a', 1, [3])], 0, 2),
      script([], 0, -1),
    ],
    wanted,
    isAnswer,
  )
})

test('The same append again is the same append', async (tools) => {
  // One stream, or two; every append expects what is there, and some come once more.
  const script = (steps: readonly Append[], which: readonly number[]): Script => ({
    steps: [...steps, ...which.map((i) => steps[i % steps.length] as Append), ['version', 'a'], ['version', 'b']],
  })
  const scripts = fc
    .tuple(
      fc.array(choice(fc.constant(0)), { minLength: 1, maxLength: 5 }),
      fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 4 }),
    )
    .map(([choices, which]) => script(appends(choices), which))
  const wanted = ({ steps }: Script) => {
    const model = new Model()
    const seen = new Set<number>()
    return steps.map((step) => {
      if (step[0] === 'version') return words(['version', model.version(step[1])])
      if (step[0] !== 'append') return undefined
      const answer = words(model.append(step))
      const isFirst = !step[3].some((id) => seen.has(id))
      for (const id of step[3]) seen.add(id)
      // The first time is the matter of another promise.
      return isFirst ? undefined : answer
    })
  }
  await scriptsHold(
    tools,
    scripts,
    [script([at('a', 0, [1])], [0]), script([at('a', 0, [1, 2]), at('a', 2, [3]), at('b', 0, [4])], [0, 1, 2])],
    wanted,
    isAnswer,
  )

  // What only looks like it is refused by the id, and stores nothing.
  const there = [at('a', 0, [1, 2]), at('a', 2, [3])]
  const twins: Append[] = [
    at('a', 0, [2, 1]),
    at('a', 0, [1, 2, 4]),
    at('a', 3, [1]),
    at('b', 0, [1, 2]),
    at('a', 3, [4, 4]),
    at('a', 3, [4, 3]),
    at('a', 1, [3]),
  ]
  await scriptsHold(
    tools,
    fc.constantFrom(...twins).map((twin): Script => ({ steps: [...there, twin, ['version', 'a'], ['version', 'b']] })),
    twins.map((twin): Script => ({ steps: [...there, twin, ['version', 'a'], ['version', 'b']] })),
    (_, told) => {
      const [, , answer] = told
      const refused = answer?.find(([what]) => what === 'refused')
      const isNamed = refused?.[0] === 'refused' && /^RangeError: .*\bid\b.*\be[1-4]\b/.test(refused[1])
      return [
        undefined,
        undefined,
        isNamed ? undefined : 'throws RangeError naming id, and the id that is there',
        words(['version', 3]),
        words(['version', 0]),
      ]
    },
    isAnswer,
  )
})

test('What was acknowledged is found, wherever the power failed', (tools) => crashesKeep('acknowledged', tools))

test('What is found is whole appends from the first on', (tools) => crashesKeep('whole', tools))

test('An append that comes again after a power failure is found once', (tools) => crashesKeep('once', tools))

test('A subscriber is told everything once, in order', async (tools) => {
  // Only who is told what is looked at, each subscriber by itself: who comes first is open.
  const isTold = ([what]: Told) => what === 'told'
  const wanted = ({ steps }: Script, told: ToldBy) => {
    const model = new Model()
    type Due = {
      name: string
      after: number
      on: number | undefined
      does: Append | readonly ['stop', string] | undefined
    }
    const due = new Set<Due>()
    const named = (name: string) => [...due].filter((one) => one.name === name)
    const stop = (name: string) => named(name)[0] && due.delete(named(name)[0] as Due)
    return steps.map((step, i) => {
      if (step[0] === 'append') model.append(step)
      if (step[0] === 'stop') stop(step[1])
      if (step[0] === 'subscribe') due.add({ name: step[1], after: step[2], on: step[3], does: step[4] })
      // Until nobody has anything more to be told: a listener may have appended.
      const want = new Map<string, Seen[]>()
      for (let isDone = false; !isDone; ) {
        isDone = true
        for (const subscriber of due) {
          const { name } = subscriber
          const next = model.all()[subscriber.after]
          if (next === undefined) continue
          isDone = false
          subscriber.after++
          want.set(name, [...(want.get(name) ?? []), next])
          if (next[3] !== subscriber.on || subscriber.does === undefined) continue
          if (subscriber.does[0] === 'append') model.append(subscriber.does)
          else stop(subscriber.does[1])
        }
      }
      const got = told[i] ?? []
      for (const name of new Set([...want.keys(), ...got.flatMap((one) => (one[0] === 'told' ? [one[1]] : []))])) {
        const mine = got.flatMap((one) => (one[0] === 'told' && one[1] === name ? [one[2]] : []))
        const its = want.get(name) ?? []
        // Who has subscribed twice is told by two, and which of them comes first is open.
        const isTwo = named(name).length > 1
        const inOrder = (list: Seen[]) => (isTwo ? list.toSorted(([a], [b]) => a - b) : list)
        if (!same(inOrder(mine), inOrder(its))) return `${name} is told ${seenList(inOrder(its))}`
      }
      return undefined
    })
  }
  const subscriber = fc.record({
    name: fc.constantFrom('S', 'T'),
    // Also beyond what there is: then what comes up to there is not told.
    after: fc.nat({ max: 5 }),
    place: fc.nat({ max: 6 }),
  })
  const scripts = fc
    .tuple(
      fc.array(choice(fc.constant(0)), { minLength: 1, maxLength: 5 }),
      fc.array(subscriber, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(undefined, 'S', 'T'),
    )
    .map(([choices, subscribers, stops]): Script => {
      const steps: Step[] = [...appends(choices)]
      const last = steps.pop() as Step
      for (const { name, after, place } of subscribers) {
        steps.splice(place % (steps.length + 1), 0, ['subscribe', name, after])
      }
      return { steps: [...steps, ...(stops === undefined ? [] : [['stop', stops] as const]), last] }
    })
  await scriptsHold(
    tools,
    scripts,
    [
      [at('a', 0, [1]), at('b', 0, [2]), listen, at('a', 1, [3, 4])],
      [listen, at('a', 0, [1]), ['stop', 'S'] as const, at('a', 1, [2])],
      [at('a', 0, [1, 2, 3]), ['subscribe', 'S', 2] as const],
      [['subscribe', 'S', 1] as const, at('a', 0, [1, 2])],
      // The same listener twice is two subscribers.
      [listen, listen, at('a', 0, [1])],
      [listen, listen, ['stop', 'S'] as const, at('a', 0, [1])],
      // Who listens appends: it and everybody else are told of that after what comes before.
      [['subscribe', 'S', 0, 1, add('b', [9])] as const, ['subscribe', 'T', 0] as const, at('a', 0, [1, 2])],
      [at('a', 0, [1, 2]), ['subscribe', 'S', 0, 1, add('b', [9])] as const],
      // Who listens stops.
      [['subscribe', 'S', 0, 1, ['stop', 'S']] as const, at('a', 0, [1, 2]), at('a', 2, [3])],
    ].map((steps) => ({ steps })),
    wanted,
    isTold,
  )
})

const FAILED = 'throws Error: the store has failed: open it again'

test('After a sync that failed nothing of it is read or told', async (tools) => {
  // The sync that fails is that of step `failing`, which is an append.
  const script = (before: readonly Append[], failing: Append): Script => ({
    steps: [
      listen,
      ...before,
      failing,
      ['version', failing[1]],
      ['all', 0, -1],
      at(failing[1], 0, [90]),
      failing,
      ['all', 0, -1],
    ],
    failingStep: 1 + before.length,
  })
  const scripts = fc.array(choice(fc.constant(0)), { minLength: 1, maxLength: 4 }).map((choices): Script => {
    const all = appends(choices)
    return script(all.slice(0, -1), all.at(-1) as Append)
  })
  const wanted = ({ steps, failingStep }: Script, told: ToldBy) => {
    const model = new Model()
    const failing = failingStep as number
    return steps.map((step, i) => {
      if (i < failing) {
        if (step[0] === 'append') model.append(step)
        return undefined
      }
      const notes = told[i] ?? []
      if (notes.some(([what]) => what === 'told')) return 'nobody is told anything'
      if (i === failing) {
        const refused = notes.some(([what]) => what === 'refused')
        return refused ? undefined : 'the sync fails; throws what the disk throws'
      }
      if (step[0] === 'append') return FAILED
      return words(step[0] === 'version' ? ['version', model.version(step[1])] : ['read', model.all()])
    })
  }
  await scriptsHold(
    tools,
    scripts,
    [script([], at('a', 0, [1])), script([at('a', 0, [1])], at('a', 1, [2, 3]))],
    wanted,
    (told) => isAnswer(told) || told[0] === 'told',
  )
})

test('Bad input is refused by name and stores nothing', async (tools) => {
  const bad: [Append, string][] = [
    ...[-2, 0.5, Number.NaN, Number.POSITIVE_INFINITY].map((expected): [Append, string] => [
      at('a', expected, [8]),
      'expected',
    ]),
    [at('a', 1, []), 'events'],
    [at('new', 0, []), 'events'],
  ]
  const script = ([step]: [Append, string]): Script => ({
    steps: [at('a', 0, [1]), step, ['version', 'a'], ['all', 0, -1]],
  })
  const nameFor = ({ steps }: Script) => bad.find(([step]) => same(step, steps[1]))?.[1] ?? ''
  await scriptsHold(
    tools,
    fc.constantFrom(...bad).map(script),
    bad.map(script),
    (one, told) => {
      const refused = told[1]?.find(([what]) => what === 'refused')
      const isNamed =
        refused?.[0] === 'refused' && refused[1].startsWith('RangeError') && refused[1].includes(nameFor(one))
      return [
        undefined,
        isNamed ? undefined : `throws RangeError naming ${nameFor(one)}`,
        words(['version', 1]),
        words(['read', [[1, 'a', 1, 1, true]]]),
      ]
    },
    isAnswer,
  )
})
