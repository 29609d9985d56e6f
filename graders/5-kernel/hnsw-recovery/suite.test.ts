// The power is cut at every point of small workloads, in every way that the disk allows, and in the lives that follow as
// well. Every outcome is held against the same graph in a world where nothing ever fails, by five rules, each of which blames
// the first life that breaks any.

import type { Outcome, Workload } from '../../kit/every-crash.ts'
import { mustHaveTried, noCrash, nothingThrown, surveyCrashes, type Telling } from '../../kit/every-crash.ts'
import { fc, hiddenTest, holds, same, show, type Tools } from '../../kit/suite.ts'
import { type Look, levels, type SmallWorld, smallWorld, TINY, vectorOf } from '../../kit/vectors/small-world.ts'
import type * as driver from './driver.ts'
import type { Step, Told } from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)
type Given = Tools<typeof driver>

// ---- what the graph must be ------------------------------------------------------------------------------------------

/** An insert of an item, or the delete of an id, that has changed something. */
type Done = readonly ['insert' | 'delete', number]

// As in the driver.
const IDS = 1_000
const K = 10
const levelOf = levels(TINY.m, 7)
const idOf = (item: number): number => item % IDS

/** A graph that has lived through all of them and never failed. */
function grown(history: readonly Done[], dimensions = TINY.dimensions): SmallWorld {
  const world = smallWorld({ ...TINY, dimensions })
  let drawn = 0
  for (const [what, which] of history)
    if (what === 'delete') world.face.delete(which)
    else world.face.insert(idOf(which), vectorOf(which, dimensions), levelOf(drawn++))
  return world
}

const looks = new Map<string, Look>()
/** Many outcomes have the same history. */
function lookOf(history: readonly Done[]): Look {
  const key = history.join(' ')
  const known = looks.get(key) ?? grown(history).look()
  looks.set(key, known)
  return known
}

/** What a step does to a graph with these ids in it, if nothing fails. */
function doneBy(step: Step, ids: readonly number[]): Done[] {
  const [what, ...which] = step
  if (what === 'delete') return ids.includes(which[0] as number) ? [['delete', which[0] as number]] : []
  const isRefused = which.some((item, i) => item < 0 || [...ids, ...which.slice(0, i).map(idOf)].includes(idOf(item)))
  return what !== 'insert' || isRefused ? [] : which.map((item): Done => ['insert', item])
}

/** What they all do, one after the other. */
function historyOf(steps: readonly Step[]): Done[] {
  const history: Done[] = []
  for (const step of steps) history.push(...doneBy(step, lookOf(history).ids))
  return history
}

const list = (ids: readonly number[]): string => (ids.length === 0 ? 'nobody' : ids.join(' '))
/** In what two graphs differ first: what is wanted, and what is got. */
function difference(want: Look, got: Look): [expected: string, got: string] {
  if (!same(want.ids, got.ids)) return [list(want.ids), list(got.ids)]
  if (got.strays > 0) return ['no link to nobody', `${got.strays} ${got.strays === 1 ? 'link' : 'links'} to nobody`]
  if (got.reached < got.ids.length)
    return ['everybody reached on layer 0', `${got.reached} of ${list(got.ids)} reached`]
  const level = (look: Look, i: number) => (look.links[i]?.split('|').length ?? 0) - 1
  const raised = want.ids.findIndex((_, i) => level(want, i) !== level(got, i))
  const raisedIn = (look: Look) => `${look.ids[raised]} of level ${level(look, raised)}`
  if (raised >= 0) return [raisedIn(want), raisedIn(got)]
  const of = (look: Look, i: number) => `${look.ids[i]} linked to ${look.links[i]}`
  const linked = want.links.findIndex((links, i) => links !== got.links[i])
  if (linked >= 0) return [of(want, linked), of(got, linked)]
  const other = want.vectors.findIndex((hash, i) => hash !== got.vectors[i])
  if (other >= 0) return [`the numbers of ${want.ids[other]} as they were, to the bit`, 'other numbers']
  const begins = ({ entry }: Look) => `searches begin at ${entry ?? 'nobody'}`
  return [begins(want), begins(got)]
}

function sameGraph(story: readonly string[], want: Look, got: Look | undefined): void {
  holds(got !== undefined, [...story], list(want.ids), 'nothing')
  holds(same(want, got), [...story], ...difference(want, got))
}

const historyWords = (history: readonly Done[]): string =>
  history.length === 0 ? 'nothing' : history.map(([what, which]) => `${what} ${idOf(which)}`).join(', ')

// ---- what must hold wherever the power fails -------------------------------------------------------------------------

type RuleName = 'acknowledged' | 'whole' | 'island' | 'links' | 'goes on'
interface Broken {
  readonly rule: RuleName
  readonly expected: string
  readonly got: string
}

/** The first life, of those of an outcome, in which the graph is not what it must be. */
function broken(outcome: Outcome<Told>): Broken | undefined {
  let history: Done[] = []
  /** how many of them must be found at least */
  let safe = 0
  for (const [life, notes] of outcome.lives.entries()) {
    const opened = notes.find(([what]) => what === 'opened')
    // Who was cut off while opening has found nothing yet.
    if (opened?.[0] !== 'opened') continue
    const found = foundIn(opened[1], history, safe)
    // What was wrong before it was cut off is found wrong afterwards. It is blamed where it was not cut off.
    if (typeof found === 'object' && found.rule === 'links' && found.wasCutOff && life > 1) return undefined
    if (typeof found === 'object') return found
    history = history.slice(0, found)
    safe = found
    let trying: Done[] = []
    let hasFailed = false
    for (const note of notes) {
      if (note[0] === 'sync fails') hasFailed = true
      else if (note[0] === 'tries') trying = doneBy(note[1], lookOf(history).ids)
      else if (note[0] === 'refused' && !hasFailed)
        return { rule: 'goes on', expected: 'no error', got: `throws ${note[1]}` }
      else if (note[0] === 'refused') {
        // What failed may be found, or not. Whoever does something behind it breaks another promise.
        if (notes.at(-1)?.[0] !== 'refused') return undefined
        break
      } else if (note[0] === 'done') {
        history = [...history, ...trying]
        safe = history.length
        trying = []
        const want = lookOf(history)
        if (!same(want, note[2])) {
          const [expected, got] = difference(want, note[2])
          return { rule: 'goes on', expected, got }
        }
      }
    }
    history = [...history, ...trying]
  }
  const threw = nothingThrown(outcome)
  return threw === undefined ? undefined : { rule: 'whole', ...threw }
}

/** How much of a history an opening has found, or what is wrong with that. */
function foundIn(look: Look, history: readonly Done[], safe: number): number | (Broken & { wasCutOff: boolean }) {
  const got = `finds ${list(look.ids)}`
  const counts = [...history, undefined].map((_, less) => history.length - less)
  const isAfter = (count: number) => same(lookOf(history.slice(0, count)), look)
  const count = counts.find(isAfter) ?? counts.find((one) => same(lookOf(history.slice(0, one)).ids, look.ids))
  const wasCutOff = count !== undefined && count > safe
  if (count === undefined)
    return { rule: 'whole', expected: `what is there after a beginning of ${historyWords(history)}`, got, wasCutOff }
  if (count < safe) {
    const acknowledged = historyWords(history.slice(0, safe))
    return { rule: 'acknowledged', expected: `${acknowledged}: acknowledged, or found before`, got, wasCutOff }
  }
  if (isAfter(count)) return count
  const isIsland = look.reached < look.ids.length || look.strays > 0
  const [expected, instead] = difference(lookOf(history.slice(0, count)), look)
  return { rule: isIsland ? 'island' : 'links', expected, got: instead, wasCutOff }
}

function only(rule: RuleName) {
  return (outcome: Outcome<Told>) => {
    const found = broken(outcome)
    return found?.rule === rule ? found : undefined
  }
}

const RULES: Record<RuleName, ReturnType<typeof only>> = {
  acknowledged: only('acknowledged'),
  whole: only('whole'),
  island: only('island'),
  links: only('links'),
  'goes on': only('goes on'),
}

// ---- how it is told --------------------------------------------------------------------------------------------------

const BAD = ['id 0.5', 'id -1', 'no numbers', 'NaN', 'all 0']
const itemWords = (item: number): string =>
  item < 0 ? (BAD[-1 - item] as string) : item < IDS ? String(item) : `${idOf(item)} (another vector)`

const telling: Telling<Step, Told> = {
  opening: 'openIndex(disk, graph, levelOf)',
  step: ([what, ...which]) => {
    if (what === 'checkpoint') return 'checkpoint()'
    if (what === 'insert') return `insertAll([${which.map(itemWords).join(', ')}])`
    return what === 'delete' ? `delete(${show(which[0])})` : `search for ${which.length} of them`
  },
  note: (note) => {
    if (note[0] === 'opened') return `finds ${list(note[1].ids)}`
    if (note[0] === 'refused') return `throws ${note[1]}`
    if (note[0] === 'sync fails') return 'the sync fails'
    return note[0] === 'done' && typeof note[1] === 'boolean' ? String(note[1]) : undefined
  },
  smaller: (step) => (step[0] === 'insert' && step.length > 2 ? [['insert', ...step.slice(1, -1)] as Step] : []),
}

const labOf = ({ subject }: Given) => ({ everyCrash: subject.everyCrash, retell: subject.retell, telling })

// ---- workloads -------------------------------------------------------------------------------------------------------

const put = (...items: number[]): Step => ['insert', ...items]
const gone = (id: number): Step => ['delete', id]
const keep: Step = ['checkpoint']

const CHOSEN: readonly (readonly (readonly Step[])[])[] = [
  [[]],
  [[put(0), put(1), put(2)]],
  [[put(0, 1, 2, 3), put(4)]],
  [[put(0, 1, 2, 3), gone(1), put(1_001), gone(0)]],
  // A checkpoint, and what comes behind it; one that takes the place of another; one of nothing.
  [[put(0, 1, 2), keep, gone(1), put(3)]],
  [[put(0, 1), keep, put(2), keep, put(3)]],
  [[put(0), gone(0), keep, keep]],
  // The log changes somebody whom the checkpoint has, and takes him out.
  [[put(0, 1, 2), keep, put(3), gone(1), keep]],
  // Lives that go on: behind a torn tail, and behind a checkpoint. More have been inserted than there are.
  [[put(0, 1, 2, 3)], [put(10), put(11)]],
  [
    [put(0, 1, 2), gone(1), keep],
    [put(10), keep],
  ],
  [[put(0), keep, put(1, 2)], [put(10)], [put(20)]],
  // The way in leaves, and it is the other one.
  [[put(0, 1), gone(0)]],
]
/** By lives: choices at one point, of those that a disk has. One life is tried in full; more of them multiply. */
const PER_POINT = [64, 64, 24, 12]

/** A sync that fails, and then the power. */
const FAILING: readonly { readonly lives: readonly (readonly Step[])[]; readonly failingStep: number }[] = [
  { lives: [[put(0, 1), put(2, 3), put(4)]], failingStep: 1 },
  { lives: [[put(0, 1), put(2), keep, put(3)]], failingStep: 2 },
]

function workloadsOf(seed: number): Workload<Step>[] {
  const steps = (from: number, most: number) =>
    fc.array(fc.nat({ max: 9 }), { minLength: 2, maxLength: most }).map((choices): Step[] => {
      let next = from
      return choices.map((choice) => {
        if (choice >= 8) return keep
        if (choice >= 6 && next > from) return gone(from + (choice % (next - from)))
        return put(...Array.from({ length: 1 + (choice % 3) }, () => next++))
      })
    })
  const [one, other] = fc.sample(steps(0, 6), { seed, numRuns: 2 }) as [Step[], Step[]]
  const [later] = fc.sample(steps(20, 2), { seed, numRuns: 1 }) as [Step[]]
  const lives = [...CHOSEN, [one], [other.slice(0, 3), later]]
  return [
    ...lives.map((lives) => ({ lives, seed, perPoint: PER_POINT[lives.length] as number })),
    ...FAILING.map((one) => ({ ...one, seed })),
  ]
}

/** All five rules look at the same failures. */
async function crashesKeep(rule: RuleName, tools: Given): Promise<void> {
  const lab = labOf(tools)
  const { seed, failing, tried } = await tools.once('crashes', async (seed) => ({
    seed,
    ...(await surveyCrashes(tools, lab, workloadsOf(seed), RULES)),
  }))
  await noCrash(tools, lab, workloadsOf(seed), RULES[rule], failing[rule] ?? [])
  // An index that asks nothing of the disk leaves nothing to cut, and breaks a rule.
  if (Object.values(failing).every(({ length }) => length === 0)) mustHaveTried(tried, { openings: 300, points: 100 })
}

// ---- promises --------------------------------------------------------------------------------------------------------

test('What was acknowledged or found is found again, wherever the power failed', (tools) =>
  crashesKeep('acknowledged', tools))

test('What is found is the first inserts and deletes, each whole', (tools) => crashesKeep('whole', tools))

test('No power failure leaves an island', (tools) => crashesKeep('island', tools))

/** Runs lives after which the program was killed. @returns what was told by each call of each; the opening is the first */
async function livesOf(tools: Given, lives: readonly (readonly Step[])[], failingStep?: number) {
  const failures = lives.slice(1).map(() => ({ point: 1e9, kept: '', fill: 'zeros', killed: true }) as const)
  const input = { lives, seed: 0, failures, ...(failingStep === undefined ? {} : { failingStep }) }
  const [retold] = await tools.askAll(tools.subject.retell, [input], () => [
    telling.opening,
    ...lives.flat().map(telling.step),
  ])
  return retold?.lives.map(({ steps }) => steps) ?? []
}

type Calls = Awaited<ReturnType<typeof livesOf>>[number]
const story = (calls: Calls, upTo = calls.length - 1) =>
  calls.slice(0, upTo + 1).map(({ step, notes }) => {
    const words = notes.flatMap((one) => telling.note(one) ?? [])
    return `${step === undefined ? telling.opening : telling.step(step)}${words.length === 0 ? '' : ` → ${words.join(', ')}`}`
  })
const lookIn = (call: Calls[number] | undefined): Look | undefined => {
  const opened = call?.notes.find(([what]) => what === 'opened')
  return opened?.[0] === 'opened' ? opened[1] : undefined
}
const asked = (calls: Calls | undefined) =>
  calls?.flatMap(({ notes }) => notes.flatMap((one) => (one[0] === 'found' ? [one[1]] : []))) ?? []

test('The graph is link for link what it was, and answers the same', async (tools) => {
  await crashesKeep('links', tools)
  const items = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i)
  const history: Step[] = [put(...items(0, 40)), ...items(10, 6).map(gone), keep, put(...items(100, 20)), gone(30)]
  const search: Step = ['search', ...items(500, 20)]
  const [before, after] = await livesOf(tools, [[...history, search], [search]])
  const world = grown(historyOf(history))
  const want = items(500, 20).map((item) => world.search(vectorOf(item, TINY.dimensions), K, 4 * K).map(({ id }) => id))
  const calls = ['40 inserts, 6 deletes, a checkpoint, 20 inserts, a delete', 'search for 20 others']
  const first = (found: readonly (readonly number[])[] | undefined) =>
    list(found?.find((one, i) => !same(one, want[i])) ?? [])
  const wrong = (found: readonly (readonly number[])[] | undefined) =>
    list(want.find((one, i) => !same(one, found?.[i])) ?? [])
  const [was, is] = [asked(before)[0], asked(after)[0]]
  // Of whom nothing leads to, nothing can be found: that is another promise.
  const opened = lookIn(after?.[0])
  if (opened !== undefined && (opened.reached < opened.ids.length || opened.strays > 0)) return
  holds(same(want, was), [telling.opening, ...calls], wrong(was), first(was))
  holds(same(want, is), [telling.opening, ...calls, telling.opening, calls[1] as string], wrong(is), first(is))
})

test('It goes on as if nothing had failed', (tools) => crashesKeep('goes on', tools))

test('A turned bit is noticed, and costs nothing that a checkpoint holds', async (tools) => {
  const kept = [put(0, 1, 2), gone(1), keep]
  const steps = [...kept, put(3), put(4, 5)]
  const input = { steps, seed: tools.seed, most: 2_000 }
  const calls = [telling.opening, ...steps.map(telling.step)]
  // Whoever finds something else without that breaks another promise.
  for (const some of [kept, steps]) {
    const [, found = []] = await livesOf(tools, [some, []])
    if (!same(lookOf(historyOf(some)), lookIn(found[0]))) return
  }
  const [flipped = []] = await tools.askAll(tools.subject.everyFlip, [input], () => calls)
  const [least, all] = [historyOf(kept), historyOf(steps)]
  const allowed = [...all, undefined].flatMap((_, count) =>
    count < least.length ? [] : [grown(all.slice(0, count), 3).look()],
  )
  for (const { flip, notes, threw } of flipped) {
    const tale = [...calls, `bit ${flip.bit} of byte ${flip.at} of ${flip.name} turns`, telling.opening]
    if (threw !== undefined) {
      holds(
        threw.message === 'the checkpoint is damaged',
        tale,
        'an index, or Error: the checkpoint is damaged',
        `throws ${threw.threw}: ${threw.message}`,
      )
      continue
    }
    const look = lookIn({ entries: [], notes })
    sameGraph(tale, allowed.find(({ ids }) => same(ids, look?.ids)) ?? (allowed[0] as Look), look)
  }
})

const FAILED = 'Error: the index has failed: open it again'

test('After a sync that failed nobody is told that all is well', async (tools) => {
  const steps = [put(0, 1), put(2, 3), gone(0), keep, put(4), gone(1), keep, put()]
  for (const failingStep of [0, 1, 2, 3]) {
    const [calls = []] = await livesOf(tools, [steps], failingStep)
    let hasFailed = false
    for (const [i, { notes }] of calls.entries()) {
      const refused = notes.find(([what]) => what === 'refused')?.[1]
      const isNow = notes.some(([what]) => what === 'sync fails')
      const got = refused === undefined ? 'no error' : `throws ${String(refused)}`
      if (hasFailed) holds(refused === FAILED, story(calls, i), `throws ${FAILED}`, got)
      else if (isNow)
        holds(String(refused).startsWith('Error: EIO'), story(calls, i), 'throws what the disk throws', got)
      hasFailed ||= isNow
    }
  }
})

test('What is refused, or does nothing, changes nothing', async (tools) => {
  const bad: readonly (readonly [Step, 'id' | 'vector' | undefined])[] = [
    ...([-1, -2] as const).map((item) => [put(item), 'id'] as const),
    ...([-3, -4, -5] as const).map((item) => [put(item), 'vector'] as const),
    [put(3, 4, -4), 'vector'],
    [put(1_001), 'id'],
    [put(3, 1_002), 'id'],
    [put(3, 1_003), 'id'],
    [put(), undefined],
    [gone(7), undefined],
    [gone(0.5), undefined],
  ]
  const before = [put(0, 1, 2), gone(0)]
  const later = [put(4, 5), gone(2), put(6)]
  const [, quiet = []] = await livesOf(tools, [[...before, ...later], []])
  const isKept = same(lookOf(historyOf([...before, ...later])), lookIn(quiet[0]))
  for (const [step, name] of bad) {
    const [calls = [], after = []] = await livesOf(tools, [[...before, step, ...later], []])
    let history: Done[] = []
    for (const [i, { step: made, notes, entries }] of calls.entries()) {
      if (made === undefined) continue
      const does = doneBy(made, lookOf(history).ids)
      history = [...history, ...does]
      const upTo = story(calls, i)
      const refused = notes.find(([what]) => what === 'refused')?.[1]
      const got = refused === undefined ? 'no error' : `throws ${String(refused)}`
      if (i === before.length + 1 && name !== undefined)
        holds(
          String(refused).startsWith('RangeError') && String(refused).includes(name),
          upTo,
          `throws RangeError naming ${name}`,
          got,
        )
      else holds(refused === undefined, upTo, 'no error', got)
      if (does.length === 0)
        holds(entries.length === 0, upTo, 'the disk is left alone', `${entries.length} calls of the disk`)
      const done = notes.find(([what]) => what === 'done')
      if (done?.[0] !== 'done') continue
      if (made[0] === 'delete') holds(done[1] === does.length > 0, upTo, show(does.length > 0), show(done[1]))
      sameGraph(upTo, lookOf(history), done[2])
    }
    if (isKept) sameGraph([...story(calls), telling.opening], lookOf(history), lookIn(after[0]))
  }
})
