// The power is cut at every point of small workloads, in every way that the disk allows, and in the lives that follow as
// well; all that is ever shown is held against three rules. What a projection does while nothing fails is asked in scripts,
// each promise in a setting in which breaking another does not show.

import type { Outcome, Workload } from '../../kit/every-crash.ts'
import { mustHaveTried, noCrash, nothingThrown, surveyCrashes, type Telling } from '../../kit/every-crash.ts'
import { fc, hiddenTest, holds, same, show, type Tools } from '../../kit/suite.ts'
import type * as driver from './driver.ts'
import type { Happened, Manner, Row, Shown, Standing, Step, Told } from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)
type Given = Tools<typeof driver>

// ---- the model: rows from the first event on, each time --------------------------------------------------------------

const KEYS = ['a', 'b', 'c', '', 'constructor']

function rowsAt(version: number, events: readonly Happened[], position: number): Row[] {
  const rows = new Map<string, Row>()
  const change = (account: string, old: Row | undefined, cents: number, chars = Number(old?.[4] ?? 0)) =>
    rows.set(account, [
      account,
      version,
      Number(old?.[2] ?? 0) + cents * (version % 100),
      Number(old?.[3] ?? 0) + 1,
      chars,
    ])
  for (const happened of events.slice(0, position)) {
    const [what, account = ''] = happened
    if (what === 'in') change(account, rows.get(account), happened[2], happened[3])
    if (what === 'close') rows.delete(account)
    if (what === 'blank') rows.set(account, [account])
    if (what !== 'move') continue
    const [, from, to, cents] = happened
    const olds = [rows.get(from), rows.get(to)]
    change(from, olds[0], -cents)
    change(to, olds[1], cents)
  }
  return KEYS.flatMap((key): Row[] => {
    const row = rows.get(key)
    return row === undefined ? [] : [row]
  })
}

/** The event that a version cannot take; none: 0. */
const brokenAt = (version: number): number => Math.floor(version / 100)

// ---- how it is told --------------------------------------------------------------------------------------------------

const keyWords = (key: string): string => (key === '' ? "''" : key)

function happenedWords(happened: Happened): string {
  if (happened[0] === 'note') return 'note'
  if (happened[0] === 'move') return `${keyWords(happened[1])}→${keyWords(happened[2])} ${happened[3]}`
  if (happened[0] === 'in')
    return `${keyWords(happened[1])}+${happened[2]}${(happened[3] ?? 0) === 0 ? '' : ` (${happened[3]} characters)`}`
  return `${happened[0]} ${keyWords(happened[1])}`
}
function eventsWords(events: readonly Happened[]): string {
  if (events.length === 0) return 'no events'
  const from = Math.max(0, events.length - 5)
  const last = events.slice(from).map((event, i) => `#${from + i + 1} ${happenedWords(event)}`)
  return `${from > 0 ? '… ' : ''}${last.join(', ')}`
}

function rowWords(row: Row, version: number): string {
  if (row.length === 1) return `${keyWords(row[0])} null`
  if (row.length === 2) return `${keyWords(row[0])} damaged`
  const [key, of, cents, count] = row
  return `${keyWords(key)} ${cents} (${count}×)${of === version ? '' : ` of version ${of}`}`
}
const rowsWords = (rows: readonly Row[], version: number): string =>
  rows.length === 0 ? 'no rows' : rows.map((row) => rowWords(row, version)).join(', ')
const standingWords = ([version, position, stopped]: Standing): string =>
  `version ${version} at ${position}${stopped === null ? '' : ` (stopped: ${stopped})`}`
function shownWords({ status: [serving, ...beside], rows }: Shown): string {
  if (serving === undefined) return 'no version answers'
  return [
    `${standingWords(serving)}: ${rowsWords(rows, serving[0])}`,
    ...beside.map((one) => `builds ${standingWords(one)}`),
  ].join('; ')
}

const versionsWords = (versions: readonly number[]): string =>
  `${versions.length === 1 ? 'version' : 'versions'} ${versions
    .map((one) => `${show(one)}${brokenAt(one) > 0 ? ` (fails at #${brokenAt(one)})` : ''}`)
    .join(', ')}`

function mannerWords({ again = 0, twice = false, untold = 0, meanwhile = [], late = [] }: Manner): string {
  const words = [
    ...(again > 0 ? [`gives ${again} older ones again`] : []),
    ...(twice ? ['gives each twice'] : []),
    ...(untold > 0 ? [`of several it does not tell the first ${untold}`] : []),
    ...(meanwhile.length > 0 ? [`${meanwhile.map(happenedWords).join(', ')} while somebody subscribes`] : []),
    ...late.flatMap((events, i) =>
      events.length === 0 ? [] : [`${events.map(happenedWords).join(', ')} during read ${i + 1}`],
    ),
  ]
  return words.map((one) => `; ${one}`).join('')
}

function call(step: Step): string {
  if (step[0] === 'stop') return 'stop()'
  if (step[0] === 'open') return `${versionsWords(step[1])}: openProjection(disk, definitions)`
  if (step[0] === 'append') return `feed: ${eventsWords(step[1])}`
  const [, known, events, batch, manner = {}] = step
  return `${versionsWords(known)}: follow(feed${batch === null ? '' : `, ${show(batch)}`}), feed: ${eventsWords(events)}${mannerWords(manner)}`
}

function noteWords(told: Told): string | undefined {
  if (told[0] === 'refused') return `throws ${told[1]}`
  if (told[0] === 'reads') return `reads behind ${told[1]}, shows ${shownWords(told[2])}`
  if (told[0] === 'shows') return shownWords(told[1])
  return told[0] === 'sync fails' ? 'the sync fails' : undefined
}

/** With so much to tell of the disk, of the events only how many there are. */
function briefly(step: Step): string {
  if (step[0] === 'stop' || step[0] === 'open') return call(step)
  if (step[0] === 'append') return `feed: up to #${step[1].length}`
  return `${versionsWords(step[1])}: follow(feed up to #${step[2].length}, ${step[3]})${mannerWords(step[4] ?? {})}`
}

const telling: Telling<Step, Told> = {
  opening: 'openProjection(disk, definitions)',
  step: briefly,
  // What is shown in the end is told as what was got.
  note: (told) => (told[0] === 'reads' || told[0] === 'shows' ? undefined : noteWords(told)),
}

// ---- what must hold wherever the power fails -------------------------------------------------------------------------

type RuleName = 'fits' | 'kept' | 'goes on'
interface Broken {
  readonly rule: RuleName
  readonly expected: string
  readonly got: string
}

/** All that has happened when a life is over. */
function historyOf(lives: Workload<Step>['lives'], life: number): readonly Happened[] {
  let history: readonly Happened[] = []
  for (const step of lives.slice(0, life + 1).flat())
    if (step[0] === 'follow' || step[0] === 'append') {
      const events = step[0] === 'follow' ? step[2] : step[1]
      if (events.length > history.length) history = events
    }
  return history
}

/** Rows that are not those of their version at their position. */
function misfit({ status: [serving], rows }: Shown, events: readonly Happened[]): string | undefined {
  if (serving === undefined) return 'a version that answers'
  const [version, position] = serving
  if (position > events.length) return `at most position ${events.length}`
  const want = rowsAt(version, events, position)
  return same(rows, want) ? undefined : `version ${version} at ${position}: ${rowsWords(want, version)}`
}

/** The first thing shown, in all lives of an outcome, that must not be. */
function broken(outcome: Outcome<Told>, { lives }: Workload<Step>): Broken | undefined {
  let before: Shown | undefined
  for (const [life, notes] of outcome.lives.entries()) {
    const events = historyOf(lives, life)
    let isOpening = true
    let atOpening: Shown | undefined
    let known: readonly number[] = []
    for (const told of notes) {
      if (told[0] === 'knows') {
        known = told[1]
        atOpening = undefined
      }
      if (told[0] !== 'shows' && told[0] !== 'reads') continue
      const shown = told[0] === 'shows' ? told[1] : told[2]
      const got = shownWords(shown)
      const expected = misfit(shown, events)
      if (expected !== undefined) return { rule: 'fits', expected, got }
      const stops = shown.status.find(
        ([version, , why]) => why !== null && known.includes(version) && brokenAt(version) === 0,
      )
      if (stops !== undefined) return { rule: 'goes on', expected: `version ${stops[0]} does not stop`, got }
      const back = before === undefined ? undefined : goneBack(before, shown, known)
      if (back !== undefined) return back
      // What is begun may be given up by who wants another version.
      if (isOpening && atOpening === undefined) atOpening = shown
      if (told[0] === 'reads') {
        const from = Math.min(...shown.status.map(([, position]) => position))
        if (told[1] < from) return { rule: 'goes on', expected: `reads behind ${from}`, got: `reads behind ${told[1]}` }
        isOpening = false
      }
      before = shown
    }
  }
  const threw = nothingThrown(outcome)
  return threw === undefined ? undefined : { rule: 'fits', ...threw }
}

/** What was shown is shown no more. */
function goneBack(before: Shown, shown: Shown, known: readonly number[]): Broken | undefined {
  const got = shownWords(shown)
  const [was, begun] = before.status
  const [is, beside] = shown.status
  if (was === undefined || is === undefined) return undefined
  const wanted = known.at(-1)
  // A new version takes over where the old one had come to, if not further. Of nothing, nothing can be taken back.
  const isBack = is[1] < was[1] || (is[0] !== was[0] && was[1] > 0 && is[0] !== wanted && is[0] !== begun?.[0])
  if (isBack) return { rule: 'kept', expected: `version ${was[0]} at ${was[1]} or later, as was shown before`, got }
  if (begun === undefined || wanted !== begun[0] || is[0] === wanted) return undefined
  if (beside === undefined || beside[1] < begun[1])
    return { rule: 'goes on', expected: `builds ${standingWords(begun)} or later, as was shown before`, got }
  return undefined
}

function only(rule: RuleName) {
  return (outcome: Outcome<Told>, workload: Workload<Step>) => {
    const found = broken(outcome, workload)
    return found?.rule === rule ? found : undefined
  }
}
const RULES = { fits: only('fits'), kept: only('kept'), 'goes on': only('goes on') }

const follow = (
  known: readonly number[],
  events: readonly Happened[],
  batch: number | null,
  manner: Manner = {},
): Step => ['follow', known, events, batch, manner]
const append = (events: readonly Happened[]): Step => ['append', events]

/** Small ones, and such as fill sectors of 512 bytes. */
const SMALL: readonly Happened[] = [['in', 'a', 10], ['move', 'a', 'b', 3], ['in', 'a', 5], ['note'], ['in', 'c', 1]]
const LARGE: readonly Happened[] = [
  ['in', 'a', 10, 300],
  ['in', 'b', 20, 300],
  ['move', 'a', 'b', 4],
  ['in', 'a', 1, 30],
  ['close', 'b'],
]
/** The same rows again and again: whoever keeps all that ever changed has to do something about it. One row is gone for good. */
const MANY: readonly Happened[] = Array.from({ length: 40 }, (_, i): Happened => {
  if (i === 0) return ['in', '', 1]
  if (i === 2) return ['close', '']
  return i % 2 === 0 ? ['move', 'a', 'b', i] : ['in', 'c', i]
})

const CHOSEN: readonly (readonly (readonly Step[])[])[] = [
  [[follow([1], [], 2), append(SMALL.slice(0, 2)), append(SMALL.slice(0, 3))]],
  [[follow([1], LARGE.slice(0, 4), 2), append(LARGE)]],
  [[follow([1], LARGE.slice(0, 3), 3)], [follow([1], LARGE.slice(0, 4), 2)]],
  // What comes again comes to a program that was not there the first time.
  [[follow([1], SMALL.slice(0, 2), 1)], [follow([1], SMALL.slice(0, 3), 3, { again: 2 })]],
  // A new version; what was begun by one life goes on in the next.
  [[follow([1], SMALL.slice(0, 4), 4), follow([1, 2], SMALL.slice(0, 4), 2), append(SMALL)]],
  [[follow([1], SMALL.slice(0, 3), 3)], [follow([1, 2], SMALL.slice(0, 4), 2)]],
  // One that could not be built, and the next one.
  [[follow([1], SMALL.slice(0, 3), 3), follow([1, 302], SMALL.slice(0, 3), 1), follow([1, 2], SMALL.slice(0, 3), 3)]],
  [[follow([1], MANY, 2)]],
  [[follow([1], MANY.slice(0, 20), 2, { isUnseen: true })], [follow([1], MANY, 2, { isUnseen: true })]],
]

function workloadsOf(seed: number): Workload<Step>[] {
  const random = fc
    .tuple(historyArbitrary(6, { chars: fc.constantFrom(0, 0, 250, 500) }), fc.integer({ min: 1, max: 3 }), fc.nat())
    .map(([events, batch, place]): Step[][] => {
      const some = events.slice(0, place % (events.length + 1))
      return place % 2 === 0
        ? [[follow([1], some, batch), append(events)]]
        : [[follow([1], some, batch)], [follow([1, 2], events, batch)]]
    })
  const more = fc.sample(random, { seed, numRuns: 3 })
  return [...CHOSEN, ...more].map((lives) => {
    // So many batches have many points, of which each is like the next.
    const isLong = lives.flat().some((step) => step[0] === 'follow' && step[2] === MANY)
    return { lives, seed, perPoint: isLong ? 4 : 24, openings: 400 }
  })
}

/** All rules look at the same failures. */
async function crashesKeep(rule: RuleName, tools: Given): Promise<void> {
  const lab = { everyCrash: tools.subject.everyCrash, retell: tools.subject.retell, telling }
  const { seed, failing, tried } = await tools.once('crashes', async (seed) => ({
    seed,
    ...(await surveyCrashes(tools, lab, workloadsOf(seed), RULES)),
  }))
  await noCrash(tools, lab, workloadsOf(seed), RULES[rule], failing[rule] ?? [])
  // Whoever leaves the disk alone has no points to be cut at, and breaks a promise: that is no fault of ours.
  if (Object.values(failing).every(({ length }) => length === 0)) mustHaveTried(tried, { openings: 40, points: 60 })
}

// ---- scripts in which nothing fails, or one sync ---------------------------------------------------------------------

interface Script {
  readonly steps: readonly Step[]
  readonly failingStep?: number
}
type Life = readonly { readonly entries: readonly unknown[]; readonly notes: readonly Told[] }[]
interface Wrong {
  /** in which step */
  readonly at: number
  readonly expected: string
  readonly got: string
}

/** Runs scripts, and lets a rule look at what was told during each step. */
async function scriptsHold(
  { forAll, subject }: Given,
  scripts: fc.Arbitrary<Script>,
  examples: readonly Script[],
  wrongIn: (script: Script, life: Life) => Wrong | undefined,
  runs = 25,
): Promise<void> {
  const retold = (script: Script) => ({
    lives: [script.steps],
    seed: 0,
    failures: [],
    ...(script.failingStep === undefined ? {} : { failingStep: script.failingStep }),
    script,
  })
  const tell = ({ steps }: Script) => [telling.opening, ...steps.map(call)]
  await forAll(
    scripts.map(retold),
    subject.retell,
    ({ script }, { lives }) => {
      const life = (lives[0]?.steps ?? []).slice(1)
      const wrong = wrongIn(script, life)
      if (wrong === undefined) return
      const story = script.steps.slice(0, wrong.at + 1).map((step, i) => {
        const said = (life[i]?.notes ?? []).flatMap((one) => (one[0] === 'reads' ? [] : (noteWords(one) ?? [])))
        return `${call(step)}${said.length === 0 ? '' : ` → ${said.join('; ')}`}`
      })
      holds(false, [telling.opening, ...story], wrong.expected, wrong.got)
    },
    { tell: ({ script }) => tell(script), runs, examples: examples.map(retold) },
  )
}

/** What must be shown in the end. `stopped` true: for whatever reason. */
interface Due {
  readonly status: readonly (readonly [version: number, position: number, stopped: string | true | null])[]
  readonly rows: readonly Row[]
}

/** The projection as the contract has it, for a feed that gives and tells everything in the end. */
class Model {
  events: Happened[] = []
  serving: number | undefined
  position = 0
  known: readonly number[] = []
  building: number | undefined

  follow(known: readonly number[]): void {
    this.known = known
    const wanted = known.at(-1) as number
    this.serving ??= wanted
    this.building = this.serving === wanted ? undefined : wanted
    this.goOn()
  }
  goOn(): void {
    if (this.building !== undefined && this.#stopOf(this.building) === null) {
      this.serving = this.building
      this.building = undefined
    }
    if (this.known.includes(this.serving as number)) this.position = this.#endOf(this.serving as number)
  }
  due(): Due {
    const serving = this.serving as number
    const stopped = this.known.includes(serving) ? this.#stopOf(serving) : true
    return {
      status: [
        [serving, this.position, stopped],
        ...(this.building === undefined
          ? []
          : [[this.building, this.#endOf(this.building), this.#stopOf(this.building)] as const]),
      ],
      rows: rowsAt(serving, this.events, this.position),
    }
  }
  #endOf(version: number): number {
    return this.#stopOf(version) === null ? this.events.length : brokenAt(version) - 1
  }
  #stopOf(version: number): string | null {
    const at = brokenAt(version)
    return at > 0 && at <= this.events.length ? `event ${at}: no such account` : null
  }
}

function dueWords({ status, rows }: Due): string {
  const standings = status.map(
    ([version, position, stopped]): Standing => [version, position, stopped === true ? 'for whatever reason' : stopped],
  )
  return shownWords({ status: standings, rows })
}
function isDue(shown: Shown, { status, rows }: Due): boolean {
  if (!same(shown.rows, rows) || shown.status.length !== status.length) return false
  return status.every(([version, position, stopped], i) => {
    const [is, at, why] = shown.status[i] as Standing
    return is === version && at === position && (stopped === true ? why !== null : why === stopped)
  })
}

const shownAfter = (notes: readonly Told[] | undefined): Shown | undefined =>
  notes?.flatMap((told) => (told[0] === 'shows' ? [told[1]] : [])).at(-1)

/** What is shown after each step is what the model has. */
function asDue({ steps }: Script, life: Life): Wrong | undefined {
  const model = new Model()
  let isFollowed = false
  for (const [at, step] of steps.entries()) {
    const notes = life[at]?.notes ?? []
    if (step[0] === 'stop') isFollowed = false
    else if (step[0] !== 'open') {
      if (step[0] === 'follow') isFollowed = true
      const events = step[0] === 'follow' ? step[2] : step[1]
      model.events.push(...events.slice(model.events.length))
      const { meanwhile = [], late = [] } = step[0] === 'follow' ? (step[4] ?? {}) : {}
      // How often it reads is its own affair.
      const reads = notes.filter(([what]) => what === 'reads').length
      model.events.push(...meanwhile, ...late.slice(0, reads).flat())
      if (step[0] === 'follow') model.follow(step[1])
      else if (isFollowed) model.goOn()
    }
    const shown = shownAfter(notes)
    const due = model.due()
    const refused = notes.find(([what]) => what === 'refused')
    if (shown === undefined || refused !== undefined || !isDue(shown, due))
      return { at, expected: dueWords(due), got: noteWords(refused ?? ['shows', shown as Shown]) ?? '' }
  }
  return undefined
}

interface Setting {
  readonly chars?: fc.Arbitrary<number>
  /** also keys and rows that are something else to some */
  readonly isOdd?: boolean
}
function historyArbitrary(most: number, { chars = fc.constant(0), isOdd = false }: Setting = {}) {
  const key = fc.constantFrom(...(isOdd ? KEYS : KEYS.slice(0, 4)))
  const cents = fc.integer({ min: 1, max: 9 })
  const happened: fc.Arbitrary<Happened> = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.constant('in' as const), fc.constantFrom('a', 'b'), cents, chars) },
    { weight: 2, arbitrary: fc.tuple(fc.constant('in' as const), key, cents) },
    { weight: 3, arbitrary: fc.tuple(fc.constant('move' as const), key, key, cents) },
    { weight: isOdd ? 3 : 0, arbitrary: fc.tuple(fc.constantFrom('close' as const, 'blank' as const), key) },
    { weight: 1, arbitrary: fc.constant(['note'] as const) },
  )
  return fc.array(happened, { minLength: 1, maxLength: most })
}
const batches = fc.integer({ min: 1, max: 4 })

// ---- promises --------------------------------------------------------------------------------------------------------

test('The rows are what the events make of them, in order', async (tools) => {
  const script = (events: readonly Happened[], first: number, batch: number): Script => ({
    steps: [follow([1], events.slice(0, first), batch), append(events)],
  })
  const scripts = fc
    .tuple(historyArbitrary(10, { isOdd: true }), fc.nat({ max: 10 }), batches)
    .map((all) => script(...all))
  await scriptsHold(
    tools,
    scripts,
    [
      script([['in', 'a', 10]], 1, 1),
      script(SMALL, 5, 3),
      script(
        [
          ['in', 'constructor', 1],
          ['in', 'constructor', 2],
          ['move', '', 'a', 3],
          ['blank', 'a'],
          ['in', 'b', 1],
        ],
        2,
        4,
      ),
      script(
        [
          ['close', 'constructor'],
          ['in', 'a', 1],
          ['close', 'a'],
          ['in', 'a', 2],
          ['close', 'b'],
          ['move', 'a', 'a', 1],
        ],
        5,
        4,
      ),
      // What a batch has put away is away for the rest of it, whatever there was before.
      ...(['close', 'blank'] as const).map((what) =>
        script(
          [
            ['in', 'a', 1],
            [what, 'a'],
            ['in', 'a', 2],
          ],
          1,
          2,
        ),
      ),
    ],
    asDue,
  )

  const many = MANY.concat(MANY)
  const wrongIn = (_: Script, life: Life): Wrong | undefined => {
    const behind = (life[0]?.notes ?? []).flatMap((told) => (told[0] === 'reads' ? [told[1]] : []))
    return behind.includes(64)
      ? asDue({ steps: [follow([1], many, null)] }, life)
      : { at: 0, expected: 'reads behind 0, then behind 64', got: `reads behind ${behind.join(', ')}` }
  }
  const untold = { steps: [follow([1], many, null)] }
  await scriptsHold(tools, fc.constant(untold), [untold], wrongIn, 1)
})

test('An event that comes again changes nothing', async (tools) => {
  const script = (events: readonly Happened[], first: number, batch: number, manner: Manner): Script => ({
    steps: [follow([1], events.slice(0, first), batch, manner), append(events), follow([1], events, batch, manner)],
  })
  const manners = fc.record({ again: fc.nat({ max: 3 }), twice: fc.boolean() })
  await scriptsHold(
    tools,
    fc.tuple(historyArbitrary(8), fc.nat({ max: 8 }), batches, manners).map((all) => script(...all)),
    [script(SMALL, 2, 2, { twice: true }), script(SMALL, 3, 1, { again: 1 }), script(SMALL, 4, 3, { again: 3 })],
    asDue,
  )
})

test('Between the past and the present nothing is lost, and nothing overtakes', async (tools) => {
  const x: Happened = ['in', 'c', 7]
  const y: Happened = ['move', 'c', 'a', 2]
  const late = fc.array(fc.array(fc.constantFrom(x, y), { maxLength: 2 }), { maxLength: 4 })
  const manners = fc.oneof(
    fc.record({ late }),
    fc.record({ meanwhile: fc.constantFrom([x], [x, y]) }),
    fc.record({ untold: fc.constantFrom(1, 2) }),
  )
  const scripts = fc.tuple(historyArbitrary(5), batches, manners).map(([events, batch, manner]): Script => {
    const { meanwhile = [] } = manner as Manner
    // What is appended later comes behind whatever was appended by the way: so that is told by the feed alone.
    return {
      steps: [
        follow([1], events, batch, manner),
        ...('untold' in manner ? [append([...events, x, y, x])] : []),
        ...(meanwhile.length > 0 ? [append([...events, ...meanwhile, y])] : []),
      ],
    }
  })
  await scriptsHold(
    tools,
    scripts,
    [
      { steps: [follow([1], SMALL, 2, { meanwhile: [x] })] },
      { steps: [follow([1], SMALL, 3, { late: [[x], [], [y]] })] },
      { steps: [follow([1], [], 3, { late: [[x]] })] },
      { steps: [follow([1], SMALL.slice(0, 2), 2, { untold: 1 }), append(SMALL)] },
      { steps: [follow([1], SMALL.slice(0, 2), 2), ['stop'], append(SMALL.slice(0, 3)), follow([1], SMALL, 2)] },
    ],
    asDue,
  )
})

test('Rows and position fit together, wherever the power failed', (tools) => crashesKeep('fits', tools))

test('What was shown is not taken back, wherever the power failed', (tools) => crashesKeep('kept', tools))

test('What was begun goes on where it was', (tools) => crashesKeep('goes on', tools))

test('The old version answers until the new one has seen everything', async (tools) => {
  const late = (events: readonly Happened[], places: readonly number[]): Happened[][] =>
    events.map((event, i) => (places.includes(i) ? [event] : []))
  const script = (events: readonly Happened[], batch: number, places: readonly number[]): Script => ({
    steps: [follow([1], events, batch), follow([1, 2], events, batch, { late: late(events, places) })],
  })
  const scripts = fc
    .tuple(historyArbitrary(8), fc.integer({ min: 1, max: 2 }), fc.uniqueArray(fc.nat({ max: 7 }), { maxLength: 3 }))
    .map((all) => script(...all))
  const wrongIn = (script: Script, life: Life): Wrong | undefined =>
    script.steps.map((_, at) => wrongMeanwhile(script, life, at)).find((wrong) => wrong !== undefined) ??
    asDue(script, life)
  await scriptsHold(
    tools,
    scripts,
    [
      script(SMALL, 2, []),
      script([...SMALL, ...SMALL], 2, [1, 2]),
      { steps: [follow([1], [], 2), follow([1, 2], [], 2)] },
      { steps: [follow([1], SMALL, 2), follow([1, 3], SMALL, 2), follow([3, 1, 2], SMALL, 2)] },
      // Back to the old one.
      { steps: [follow([1], SMALL, 2), follow([1, 2], SMALL, 2), follow([2, 1], SMALL, 2)] },
      // One that nobody knows any more.
      { steps: [follow([1], SMALL.slice(0, 3), 2), follow([2], SMALL, 2)] },
    ],
    wrongIn,
  )
})

/** What was to be seen at each read of a step in which one version is built beside another. */
function wrongMeanwhile({ steps }: Script, life: Life, at: number): Wrong | undefined {
  const step = steps[at]
  const serving = shownAfter(life[at - 1]?.notes)?.status[0]?.[0]
  if (step?.[0] !== 'follow' || serving === undefined) return undefined
  const [, known, events, , { late = [] } = {}] = step
  const all = [...events]
  const counts: number[] = []
  const looks = (life[at]?.notes ?? []).flatMap((told) => (told[0] === 'reads' ? [told[2]] : []))
  for (const [i, shown] of looks.entries()) {
    counts.push(all.length)
    const got = `during read ${i + 1}: ${shownWords(shown)}`
    const [is, position, stopped] = shown.status[0] ?? [0, 0, null]
    const expected = misfit(shown, all)
    if (expected !== undefined) return { at, expected, got }
    const isNew = is !== serving
    const seen = counts[i - 1] ?? events.length
    if (isNew && position < seen) return { at, expected: `version ${serving} until version ${is} is at ${seen}`, got }
    const moved = (shown.status[1]?.[1] ?? 0) > (looks[i - 1]?.status[1]?.[1] ?? 0)
    const due = counts[i - 2] ?? 0
    if (!isNew && moved && stopped === null && known.includes(is) && position < due)
      return { at, expected: `version ${is} at ${due} before another batch is built`, got }
    all.push(...(late[i] ?? []))
  }
  return undefined
}

test('An event that cannot be applied stops its version in front of it, and no other', async (tools) => {
  const script = (events: readonly Happened[], batch: number, known: readonly (readonly number[])[]): Script => ({
    steps: [...known.map((versions) => follow(versions, events, batch)), append([...events, ['in', 'a', 1]])],
  })
  const which = fc.constantFrom<number[][]>([[301]], [[1], [1, 202]], [[301], [301, 902]], [[101], [101, 302]])
  await scriptsHold(
    tools,
    fc.tuple(historyArbitrary(6), batches, which).map((all) => script(...all)),
    [
      script(SMALL, 4, [[301]]),
      script(SMALL, 2, [[1], [1, 302]]),
      script(SMALL, 2, [[301], [301, 902]]),
      script(SMALL, 3, [[601]]),
      script(SMALL, 3, [[1], [1, 602]]),
      // One that nobody knows any more answers on.
      script(SMALL, 3, [[1], [302]]),
    ],
    asDue,
  )
})

test('After a sync that failed nothing of it is shown, and nothing more is taken', async (tools) => {
  const script = (
    events: readonly Happened[],
    first: number,
    known: readonly number[],
    failingStep: 0 | 1,
  ): Script => ({
    steps: [
      follow(known, events.slice(0, first), 2),
      append(events),
      append([...events, ['in', 'b', 2]]),
      ['stop'],
      follow(known, [...events, ['in', 'b', 2], ['in', 'b', 3]], 2),
    ],
    failingStep,
  })
  /** The sync that fails is of a batch of the old version, where it has anything to take in, or else of the new one. */
  const building = (events: readonly Happened[], first: number, more: number): Script => ({
    steps: [
      follow([1], events.slice(0, first), 2),
      ['open', [1, 2]],
      follow([1, 2], events.slice(0, first + more), 2),
      append(events),
      ['stop'],
      follow([1, 2], events, 2),
    ],
    failingStep: 2,
  })
  const wrongIn = ({ steps }: Script, life: Life): Wrong | undefined => {
    // Where there is nothing to make safe, the next sync fails; where there is none, none does.
    const fails = life.findIndex(({ notes }) => notes.some(([what]) => what === 'sync fails'))
    if (fails < 0) return undefined
    const blank: Shown = { status: [[steps[0]?.[0] === 'follow' ? Number(steps[0][1].at(-1)) : 0, 0, null]], rows: [] }
    const before = shownAfter(life[fails - 1]?.notes) ?? blank
    for (let at = fails; at < life.length; at++) {
      const shown = shownAfter(life[at]?.notes) as Shown
      const due: Due = {
        rows: before.rows,
        status: before.status.map(([version, position]) => [version, position, true]),
      }
      const refused = life[at]?.notes.find(([what]) => what === 'refused')
      if (refused !== undefined || !isDue(shown, due) || !shown.status.every(([, , why]) => /EIO/.test(why ?? '')))
        return {
          at,
          expected: dueWords(due).replaceAll('for whatever reason', 'EIO …'),
          got: noteWords(refused ?? ['shows', shown]) ?? '',
        }
    }
    return undefined
  }
  await scriptsHold(
    tools,
    fc
      .tuple(historyArbitrary(6), fc.nat({ max: 4 }), fc.constantFrom(0 as const, 1 as const, 2 as const))
      .map(([events, first, failingStep]) => {
        const [all, until]: [Happened[], number] = [[...events, ['in', 'a', 1]], Math.min(first, events.length)]
        return failingStep === 2
          ? building(all, Math.max(1, until), events.length % 2)
          : script(all, until, [1], failingStep)
      }),
    [script(SMALL, 4, [1], 0), script(SMALL, 3, [1], 1), building(SMALL, 3, 0), building(SMALL, 3, 1)],
    wrongIn,
  )
})

test('Bad input is refused by name and changes nothing', async (tools) => {
  const bad: [Step, string][] = [
    ...[[], [1, 1], [2, 1, 2]].map((known): [Step, string] => [follow(known, SMALL, 2), 'definitions']),
    ...[0, -1, 0.5, Number.NaN].map((version): [Step, string] => [follow([version, 2], SMALL, 2), 'version']),
    ...[0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY].map((batch): [Step, string] => [
      follow([1], SMALL.slice(0, 2), batch),
      'batch',
    ]),
  ]
  const script = ([step]: [Step, string]): Script => ({
    steps: [follow([1], SMALL.slice(0, 2), 2), step, append(SMALL)],
  })
  const wrongIn = ({ steps }: Script, life: Life): Wrong | undefined => {
    const name = bad.find(([step]) => same(step, steps[1]))?.[1] ?? ''
    const refused = life[1]?.notes.find(([what]) => what === 'refused')
    if (refused?.[0] !== 'refused' || !refused[1].startsWith('RangeError') || !refused[1].includes(name))
      return {
        at: 1,
        expected: `throws RangeError naming ${name}`,
        got: noteWords(refused ?? ['shows', shownAfter(life[1]?.notes) as Shown]) ?? '',
      }
    if ((life[1]?.entries.length ?? 0) > 0)
      return { at: 1, expected: 'the disk is left alone', got: show(life[1]?.entries) }
    const due: Due = { status: [[1, 2, null]], rows: rowsAt(1, SMALL, 2) }
    const at = [1, 2].find((step) => !isDue(shownAfter(life[step]?.notes) as Shown, due))
    if (at === undefined) return undefined
    return { at, expected: dueWords(due), got: shownWords(shownAfter(life[at]?.notes) as Shown) }
  }
  await scriptsHold(tools, fc.constantFrom(...bad).map(script), bad.map(script), wrongIn, 1)
})
