// The power is cut at every point of small workloads, in every way that the disk allows, and in the lives that follow as
// well. Every outcome is held against three rules, each of which blames the first life that breaks any: an acknowledged
// record is found; what is found is a beginning of what was appended; what was once forgotten stays so.

import type { Outcome, Workload } from '../../kit/every-crash.ts'
import { mustHaveTried, noCrash, nothingThrown, surveyCrashes, type Telling } from '../../kit/every-crash.ts'
import { fc, hiddenTest, holds, show, type Tools } from '../../kit/suite.ts'
import type * as driver from './driver.ts'
import type { Step, Told } from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)
type Given = Tools<typeof driver>

// ---- what must hold --------------------------------------------------------------------------------------------------

type RuleName = 'acknowledged' | 'beginning' | 'forgotten'
interface Broken {
  readonly rule: RuleName
  readonly expected: string
  readonly got: string
}

/** A record as it was appended or found: `a`, `b`, … and its length; `?` for bytes that nobody has appended. */
interface Known {
  readonly id: number
  readonly length: number
}

const nameOf = (id: number): string => (id < 0 ? '?' : String.fromCodePoint(97 + (id % 26)))
const sameRecord = (a: Known | undefined, b: Known | undefined): boolean =>
  a !== undefined && b !== undefined && a.length === b.length && (a.id === b.id || a.length === 0)
const list = (records: readonly Known[]): string =>
  records.length === 0
    ? 'nothing'
    : records.map(({ id, length }) => (length === 0 ? 'an empty one' : nameOf(id))).join(' ')
const finds = (records: readonly Known[]): string =>
  `finds ${list(records)}${records.some(({ id }) => id < 0) ? ' (?: bytes that nobody has appended)' : ''}`

/** The first life, of those of an outcome, in which something is found that must not be, or is not that must. */
function broken({ lives, ...outcome }: Outcome<Told>): Broken | undefined {
  /** all that the log may hold at most, in order, and how many of it it must hold */
  let appended: Known[] = []
  let safe = 0
  let gone: Known[] = []
  for (const [life, notes] of lives.entries()) {
    // Who was cut off while opening has found nothing yet.
    if (!notes.some(([what]) => what === 'opened')) continue
    const found = notes.flatMap((told) => (told[0] === 'found' ? [{ id: told[2], length: told[3] }] : []))
    if (life > 0) {
      const wrong = wrongIn(found, notes, appended, safe, gone)
      if (wrong !== undefined) return wrong
      gone = [...gone, ...appended.slice(found.length)]
      appended = found
      safe = found.length
    }
    for (const told of notes) {
      if (told[0] === 'appended') appended = [...appended, { id: told[2], length: told[3] }]
      else if (told[0] === 'safe') safe = Math.max(safe, appended.findLastIndex(({ id }) => id === told[1]) + 1)
    }
  }
  const threw = nothingThrown({ lives, ...outcome })
  return threw === undefined ? undefined : { rule: 'beginning', ...threw }
}

function wrongIn(
  found: readonly Known[],
  notes: readonly Told[],
  appended: readonly Known[],
  safe: number,
  gone: readonly Known[],
): Broken | undefined {
  const differs = found.findIndex((one, i) => !sameRecord(one, appended[i]))
  const got = finds(found)
  // Which empty one it is, nobody can tell.
  if (differs >= 0 && gone.some((one) => one.length > 0 && sameRecord(one, found[differs])))
    return { rule: 'forgotten', expected: `finds ${list(appended.slice(0, differs))} and nothing that was gone`, got }
  if (differs >= 0) return { rule: 'beginning', expected: `finds a beginning of ${list(appended)}`, got }
  const counted = notes.flatMap((told) => (told[0] === 'found' ? [told[1]] : []))
  if (counted.some((sequence, i) => sequence !== i))
    return { rule: 'beginning', expected: 'sequence numbers from 0 on', got: counted.join(' ') }
  if (found.length < safe)
    return {
      rule: 'acknowledged',
      expected: `finds ${list(appended.slice(0, safe))}, acknowledged or found before`,
      got,
    }
  return undefined
}

const RULES = {
  acknowledged: only('acknowledged'),
  beginning: only('beginning'),
  forgotten: only('forgotten'),
}

function only(rule: RuleName) {
  return (outcome: Outcome<Told>) => {
    const found = broken(outcome)
    return found?.rule === rule ? found : undefined
  }
}

// ---- how it is told --------------------------------------------------------------------------------------------------

const telling: Telling<Step, Told> = {
  opening: 'openLog(disk, replay)',
  step: (step) => {
    if (step[0] === 'flush') return 'flush()'
    const then = step[0] === 'chain' ? `, who appends ${nameOf(step[3])} when told` : ''
    return `append(${nameOf(step[1])}: ${show(step[2])} bytes${then})`
  },
  note: (told) => {
    if (told[0] === 'opened') return told[1] === 0 ? 'finds nothing' : undefined
    if (told[0] === 'found') return `finds ${list([{ id: told[2], length: told[3] }])}`
    if (told[0] === 'safe') return `${nameOf(told[1])} is safe`
    if (told[0] === 'failed') return `${nameOf(told[1])} has failed`
    if (told[0] === 'sync fails') return 'the sync fails'
    return told[0] === 'refused' ? `throws ${told[2].split(':')[0]}` : undefined
  },
  smaller: (step) =>
    step[0] !== 'append'
      ? []
      : [1, 10, 600].filter((length) => length < step[2]).map((length): Step => ['append', step[1], length]),
}

const labOf = ({ subject }: Given) => ({ everyCrash: subject.everyCrash, retell: subject.retell, telling })

// ---- workloads -------------------------------------------------------------------------------------------------------

const flush: Step = ['flush']
const a = (length: number, id = 0): Step => ['append', id, length]
const b = (length: number): Step => a(length, 1)
const c = (length: number): Step => a(length, 2)
const d = (length: number): Step => a(length, 3)

/** Chosen for what lies in which sector of 512 bytes, whatever a frame adds to a record. */
const CHOSEN: readonly (readonly (readonly Step[])[])[] = [
  [[]],
  [[a(10), b(20), flush, c(10), flush]],
  [[a(600), b(600), c(600), flush]],
  [[a(700), flush, b(1_500), flush]],
  // Of b the middle alone may be lost: its frame begins whole, and c is whole behind it.
  [[a(400), b(620), c(1), flush]],
  // Nothing, and much of it: what zeros could be taken for.
  [[a(0), flush, b(0), c(0), flush]],
  [[a(500), b(0), c(0), d(30), flush]],
  // A life after a torn one: a is lost in part, b and c are whole behind it, and d takes the place of a.
  [
    [a(600), b(600), c(600), flush],
    [d(600), flush],
  ],
  [
    [a(200), b(400), flush],
    [c(200), flush],
    [d(700), flush],
  ],
]

function workloadsOf(seed: number): Workload<Step>[] {
  const size = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 400, max: 1_100 }))
  const random = fc
    .array(fc.oneof({ weight: 3, arbitrary: size }, { weight: 2, arbitrary: fc.constant(-1) }), {
      minLength: 2,
      maxLength: 7,
    })
    .map((sizes): Step[] => [...sizes.map((length, id): Step => (length < 0 ? flush : ['append', id, length])), flush])
  // In two lives no two records are alike, so that what was gone is told from what is new.
  const more = fc
    .sample(fc.tuple(random, random), { seed, numRuns: 6 })
    .map(([first, second], i) => (i % 2 === 0 ? [first] : [first.map(unlike(0)), second.slice(-4).map(unlike(10))]))
  return [...CHOSEN, ...more].map((lives) => ({ lives, seed }))
}

const unlike =
  (from: number) =>
  (step: Step): Step =>
    step[0] === 'append' ? ['append', step[1] + from, Math.max(1, step[2])] : step

/** All three rules look at the same failures. */
async function crashesKeep(rule: RuleName, tools: Given): Promise<void> {
  const lab = labOf(tools)
  const { seed, failing, tried } = await tools.once('crashes', async (seed) => ({
    seed,
    ...(await surveyCrashes(tools, lab, workloadsOf(seed), RULES)),
  }))
  await noCrash(tools, lab, workloadsOf(seed), RULES[rule], failing[rule] ?? [])
  // A log that asks nothing of the disk leaves nothing to cut, and breaks a rule.
  if (Object.values(failing).every(({ length }) => length === 0)) mustHaveTried(tried, { openings: 100, points: 60 })
}

// ---- promises --------------------------------------------------------------------------------------------------------

test('What was acknowledged or found is found again, wherever the power failed', (tools) =>
  crashesKeep('acknowledged', tools))

test('What is found is a beginning of what was appended, and none of it is damaged', (tools) =>
  crashesKeep('beginning', tools))

test('What an opening has not found never comes back', (tools) => crashesKeep('forgotten', tools))

/** Runs one life, in which nothing fails but a sync. @returns what was told during each step; the opening is the first */
async function lifeOf(tools: Given, steps: readonly Step[], failingStep?: number) {
  return (await callsOf(tools, steps, failingStep)).map(({ notes }) => notes)
}

async function callsOf(tools: Given, steps: readonly Step[], failingStep?: number) {
  const told = await tools.askAll(
    tools.subject.retell,
    [{ lives: [steps], seed: 0, failures: [], ...(failingStep === undefined ? {} : { failingStep }) }],
    () => [telling.opening, ...steps.map(telling.step)],
  )
  return told[0]?.lives[0]?.steps ?? []
}

const story = (steps: readonly Step[], told: readonly (readonly Told[])[], upTo = steps.length) =>
  [undefined, ...steps].slice(0, upTo + 1).map((step, i) => {
    const words = (told[i] ?? []).flatMap((one) => telling.note(one) ?? [])
    return `${step === undefined ? telling.opening : telling.step(step)}${words.length === 0 ? '' : ` → ${words.join(', ')}`}`
  })

test('A turned bit costs the end of the log, and nothing is made of it', async (tools) => {
  const steps = [a(10), b(0), flush, c(30), flush, d(20), flush]
  const input = { steps, seed: tools.seed, most: 400 }
  const [flipped = []] = await tools.askAll(tools.subject.everyFlip, [input], () => [
    telling.opening,
    ...steps.map(telling.step),
  ])
  const appended = [0, 1, 2, 3].map((id) => ({ id, length: [10, 0, 30, 20][id] as number }))
  for (const { flip, notes, threw } of flipped) {
    const told = [
      telling.opening,
      ...steps.map(telling.step),
      `bit ${flip.bit} of byte ${flip.at} of ${flip.name} turns`,
      telling.opening,
    ]
    holds(threw === undefined, told, 'a log that opens', `throws ${threw?.threw}`)
    const found = notes.flatMap((one) => (one[0] === 'found' ? [{ id: one[2], length: one[3] }] : []))
    holds(
      found.every((one, i) => sameRecord(one, appended[i])),
      told,
      'finds a beginning of a b c d',
      finds(found),
    )
  }
})

test('A flush settles all that was appended before it, once, in order', async (tools) => {
  const chain = (id: number, then: number): Step => ['chain', id, 20, then]
  for (const steps of [
    [a(10), b(20), c(0), flush, flush, d(5), flush],
    [flush, a(10), flush],
    // What is appended by who is told waits: for the next flush, and a place behind all that are settled.
    [chain(0, 4), chain(1, 5), flush, c(20), flush, flush],
  ] as const) {
    const calls = await callsOf(tools, steps)
    const told = calls.map(({ notes }) => notes)
    let waiting: number[] = []
    for (const [i, step] of steps.entries()) {
      const { notes = [], entries = [] } = calls[i + 1] ?? {}
      const settled = notes.flatMap((one) => (one[0] === 'safe' || one[0] === 'failed' ? [one] : []))
      const want = step[0] === 'flush' ? waiting : []
      holds(
        settled.length === want.length && settled.every(([what, id], at) => what === 'safe' && id === want[at]),
        story(steps, told, i + 1),
        want.length === 0
          ? 'nobody is told anything'
          : `${want.map(nameOf).join(', ')} told, in this order, to be safe`,
        settled.length === 0 ? 'nobody is told' : settled.map(([what, id]) => `${nameOf(id)} ${what}`).join(', '),
      )
      holds(
        want.length > 0 || entries.length === 0,
        story(steps, told, i + 1),
        'the disk is left alone',
        `${entries.map(({ what }) => what).join(', ')} of the log's file`,
      )
      if (step[0] === 'flush') waiting = []
      waiting.push(...notes.flatMap((one) => (one[0] === 'appended' ? [one[2]] : [])))
    }
    const sequences = told.flat().flatMap((one) => (one[0] === 'appended' ? [one[1]] : []))
    holds(
      [...sequences].sort((x, y) => x - y).every((one, i) => one === i),
      story(steps, told),
      `sequence numbers 0 to ${sequences.length - 1}`,
      sequences.join(', '),
    )
  }
})

const FAILED = 'Error: the log has failed: open it again'

test('After a sync that failed nobody is told that all is well', async (tools) => {
  const chain: Step = ['chain', 4, 20, 5]
  for (const [steps, failingStep] of [
    [[a(10), b(10), flush, flush, c(10), flush], 2],
    [[a(10), flush, b(600), c(5), flush, d(10), flush], 4],
    // Who is told that it has failed, and appends at once, is too late: nobody would ever be told what became of it.
    [[a(10), chain, c(10), flush, flush, d(10), flush], 3],
  ] as const) {
    const told = await lifeOf(tools, steps, failingStep)
    let hasFailed = false
    let waiting: number[] = []
    for (const [i, step] of steps.entries()) {
      const notes = told[i + 1] ?? []
      const failsNow = notes.some(([what]) => what === 'sync fails')
      const failed = notes.flatMap((one) => (one[0] === 'failed' ? [one[1]] : []))
      const safe = notes.flatMap((one) => (one[0] === 'safe' ? [one[1]] : []))
      const upTo = story(steps, told, i + 1)
      const names = (ids: readonly number[]) => (ids.length === 0 ? 'nobody' : ids.map(nameOf).join(' and '))
      if (failsNow || hasFailed) holds(safe.length === 0, upTo, 'nobody told to be safe', `${names(safe)} told so`)
      if (failsNow)
        holds(
          show(failed.toSorted()) === show(waiting.toSorted()),
          upTo,
          `${names(waiting)} told to have failed`,
          `${names(failed)} told so`,
        )
      hasFailed ||= failsNow
      const tried = notes.flatMap((one) => (one[0] === 'appended' || one[0] === 'refused' ? [one] : []))
      for (const one of hasFailed ? tried : []) {
        const who = step[0] === 'flush' ? 'append ' : ''
        const got = one[0] === 'refused' ? `throws ${one[2]}` : 'is taken in'
        holds(got === `throws ${FAILED}`, upTo, `${who}throws ${FAILED}`, `${who}${got}`)
      }
      waiting = step[0] === 'flush' ? [] : [...waiting, step[1]]
    }
  }
})

const TOO_LONG = 65_537

test('A record that is too long is refused, and changes nothing', async (tools) => {
  const words = `RangeError: record must have at most 65536 bytes, not ${TOO_LONG}`
  for (const steps of [[a(TOO_LONG)], [b(10), a(TOO_LONG), c(5), flush], [a(65_536), flush]]) {
    const told = await lifeOf(tools, steps)
    for (const [i, step] of steps.entries()) {
      const refused = told[i + 1]?.find((one) => one[0] === 'refused')
      const isLong = step[0] === 'append' && step[2] === TOO_LONG
      holds(
        refused?.[2] === (isLong ? words : undefined),
        story(steps, told, i + 1),
        isLong ? `throws ${words}` : 'it is taken in',
        refused === undefined ? 'it is taken in' : `throws ${refused[2]}`,
      )
    }
    const [after] = await tools.askAll(tools.subject.retell, [
      { lives: [steps], seed: 0, failures: [{ point: 1_000, kept: '', fill: 'zeros', killed: true }] },
    ])
    const found = after?.lives[1]?.steps[0]?.notes.flatMap((one) => (one[0] === 'found' ? [one[2]] : [])) ?? []
    const want = steps.flatMap((step) => (step[0] === 'append' && step[2] < TOO_LONG ? [step[1]] : []))
    holds(
      found.length === want.length,
      [...story(steps, told), telling.opening],
      `finds ${want.map(nameOf).join(' ')}`,
      found.length === 0 ? 'finds nothing' : `finds ${found.map(nameOf).join(' ')}`,
    )
  }
})
