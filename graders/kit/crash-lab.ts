// What drivers of katas of kind `disk` are written with: runs a workload on the simulated disk, cuts the power at every
// point and in every way that is worth trying, starts the submission afresh on what is left, and returns what came of it,
// each outcome once. It never judges.
//
//   import * as kata from '#kata/3-deep-dive/write-ahead-log'
//   const lab = crashLab<Step, typeof kata, Log, Told>(kata, { open: ({ openLog }, disk, note) => openLog(disk, …), act })
//   export const { everyCrash, retell } = lab
//
// A **life** is an opening and some steps. The power fails somewhere in each life but the last, which is only an opening;
// in those before, the program alone may be killed, too.
// What happens is told by **notes** (plain data): what was acknowledged, what was found. The suite sees, of each outcome,
// the notes of each life up to the failure.

import { crashStates, imageKey } from './disk/crash-states.ts'
import { type Fill, platter } from './disk/platter.ts'
import { type Disk, type Entry, type Image, SECTOR, type SimulatedDisk, simulatedDisk } from './disk.ts'
import { attempt } from './driver.ts'
import { afresh } from './fresh.ts'
import { type Stream, stream } from './world/chance.ts'

export type { Disk } from './disk.ts'

/** Puts something on record, at this moment. */
export type Note = (what: unknown) => void

export interface Tested<S, K, T> {
  /** Opens what is tested: on an empty disk, and on what a power failure has left. @param steps of this life */
  readonly open: (kata: K, disk: Disk, note: Note, steps: readonly S[]) => T
  readonly act: (it: T, step: S, note: Note) => void
  /** the note to take when a sync fails; none unless told */
  readonly syncFailed?: unknown
}

export interface Workload<S> {
  /** steps of each life that ends by a power failure; after the last of them it is opened once more */
  readonly lives: readonly (readonly S[])[]
  readonly seed: number
  /** the step of the first life during which, or after which, a sync fails */
  readonly failingStep?: number
  /** choices tried at one point; 64 unless told, a quarter of that in lives after the first */
  readonly perPoint?: number
  /** openings in all; 3,000 unless told */
  readonly openings?: number
}

/** How a life ended: after how many entries of its journal, and what of what was in the air arrived. */
export interface Failure {
  readonly point: number
  readonly kept: string
  readonly fill: Fill
  /** the program alone was killed: all that it wrote is there to be read, and as little safe as before */
  readonly killed?: true
}

/** One way that it may go. */
export interface Outcome<N> {
  /** notes of each life, the last one's opening included */
  readonly lives: readonly (readonly N[])[]
  /** how it is brought about: one for each life but the last */
  readonly failures: readonly Failure[]
  /** what the last opening, or the step before it, threw where the contract lets nothing be thrown */
  readonly threw?: { readonly threw: string; readonly message: string }
}

export interface Tried {
  /** moments at which the power was cut */
  readonly points: number
  /** what was left, each image at each moment counted */
  readonly states: number
  /** openings on what was left, each image once */
  readonly openings: number
  /** points at which not every choice was tried, and openings for which there was no room */
  readonly cut: number
}

export interface Crashes<N> {
  readonly outcomes: readonly Outcome<N>[]
  readonly tried: Tried
}

/** One life in which nothing fails; then some bits of what it left turn, one at a time. */
export interface FlipInput<S> {
  readonly steps: readonly S[]
  readonly seed: number
  /** bytes in which a bit turns, at most; all where there are no more */
  readonly most: number
}

/** One bit that has turned, and the notes of the opening after it. */
export interface Flipped<N> {
  readonly flip: { readonly name: string; readonly at: number; readonly bit: number }
  readonly notes: readonly N[]
  readonly threw?: Outcome<N>['threw']
}

/** A run told: entry by entry of what the disk was asked, step by step. */
export interface Retold<S, N> {
  readonly lives: readonly {
    /** the opening (without a step), then each step, up to the failure */
    readonly steps: readonly {
      readonly step?: S
      readonly entries: readonly TellableEntry[]
      readonly notes: readonly N[]
    }[]
    /** parts of the journal that were in the air, and whether each arrived; none for the last life */
    readonly failure?: {
      readonly lost: readonly Part[]
      readonly arrived: readonly Part[]
      readonly fill: Fill
      readonly killed?: true
    }
  }[]
}

/** An entry of the journal without its bytes. */
export type TellableEntry = { readonly what: Entry['what']; readonly [field: string]: unknown }

/** A part of a write, in words that the suite puts together. */
export interface Part {
  readonly what: 'sector' | 'length' | 'name'
  readonly entry: TellableEntry
  /** for a sector: which bytes of the file */
  readonly from: number
  readonly to: number
}

/** One life as it went, without a failure. */
interface Life {
  readonly disk: SimulatedDisk
  /** [entries in the journal at that moment, during which step (0: the opening), what] */
  readonly notes: readonly (readonly [number, number, unknown])[]
  /** entries in the journal after the opening and after each step */
  readonly ends: readonly number[]
  readonly threw: Outcome<never>['threw']
}

/** What may become of an image, each future once. */
interface Future {
  readonly lives: readonly (readonly unknown[])[]
  readonly failures: readonly Failure[]
  readonly threw?: Outcome<never>['threw']
}

/** What a life finds: what is safe, and what is in the cache beside it, of a program that was killed. */
interface Start {
  readonly image: Image
  readonly past: readonly Entry[]
}

const PER_POINT = 64
const OPENINGS = 3_000
const EMPTY: Start = { image: new Map(), past: [] }
const NEVER = -1

export interface CrashLab<S, N> {
  everyCrash(workload: Workload<S>): Crashes<N>
  everyFlip(input: FlipInput<S>): readonly Flipped<N>[]
  retell(input: Workload<S> & { readonly failures: readonly Failure[] }): Retold<S, N>
}

export function crashLab<S, K extends object, T, N = unknown>(kata: K, tested: Tested<S, K, T>): CrashLab<S, N> {
  function live(
    { image, past }: Start,
    steps: readonly S[],
    { failingStep = NEVER, mayThrow = false }: { failingStep?: number; mayThrow?: boolean } = {},
  ): Life {
    const evaluated = afresh(kata)()
    const notes: [number, number, unknown][] = []
    const ends: number[] = []
    const note: Note = (what) => notes.push([disk.journal.length, ends.length, what])
    const { syncFailed } = tested
    const disk = simulatedDisk({
      image,
      past,
      ...(syncFailed === undefined ? {} : { onFailure: () => note(syncFailed) }),
    })
    const run = () => {
      const it = tested.open(evaluated, disk.face, note, steps)
      ends.push(disk.journal.length)
      for (const [i, step] of steps.entries()) {
        if (i === failingStep) disk.failNextSync()
        tested.act(it, step, note)
        ends.push(disk.journal.length)
      }
    }
    let threw: Life['threw']
    // On an empty disk nothing has gone wrong yet: what is thrown there is told as what it is.
    if (!mayThrow) run()
    else {
      const tried = attempt(run)
      if ('threw' in tried) threw = tried
    }
    return { disk, notes, ends, threw }
  }

  function everyCrash({ lives, seed, failingStep = NEVER, perPoint = PER_POINT, openings = OPENINGS }: Workload<S>) {
    const tried = { points: 0, states: 0, openings: 0, cut: 0 }
    const known = lives.map(() => new Map<string, readonly Future[]>())
    const cut = () => {
      tried.cut++
    }

    /** All that may become of an image in this life and those after it. */
    function futures(start: Start, at: number): readonly Future[] {
      const memo = at > 0 && start.past.length === 0 ? known[at - 1] : undefined
      const key = memo === undefined ? '' : imageKey(start.image)
      const before = memo?.get(key)
      if (before !== undefined) return before
      if (at > 0) tried.openings++
      const steps = lives[at]
      const life = live(start, steps ?? [], at === 0 ? { failingStep } : { mayThrow: true })
      const found = new Map<string, Future>()
      const take = (future: Future) => {
        const told = JSON.stringify([future.lives, future.threw])
        if (!found.has(told)) found.set(told, future)
      }
      if (steps === undefined || life.threw !== undefined)
        take({
          lives: [life.notes.map(([, , what]) => what)],
          failures: [],
          ...(life.threw === undefined ? {} : { threw: life.threw }),
        })
      else crashEverywhere(life, start.past.length, at, take)
      const all = [...found.values()]
      memo?.set(key, all)
      return all
    }

    function crashEverywhere({ disk, notes }: Life, from: number, at: number, take: (future: Future) => void): void {
      const { journal, image } = disk
      const left = platter(image, journal)
      for (let point = 0; point <= journal.length; point++) {
        if (point > 0) left.follow(journal[point - 1] as Entry, point - 1)
        if (point < from) continue
        tried.points++
        const seen = notes.flatMap(([when, , what]) => (when <= point ? [what] : []))
        const goOn = (start: Start, failure: Failure): void => {
          tried.states++
          if (tried.openings >= openings) {
            cut()
            return
          }
          for (const future of futures(start, at + 1))
            take({ ...future, lives: [seen, ...future.lives], failures: [failure, ...future.failures] })
        }
        for (const { image, kept, fill } of crashStates(left, seed + point, at === 0 ? perPoint : perPoint >> 2, cut))
          goOn({ image, past: [] }, { point, kept, fill })
        // Before the last opening it makes no difference: that one reads all that arrived, and that is all.
        if (at + 1 < lives.length && left.pending.length > 0)
          goOn({ image, past: journal.slice(0, point) }, { point, kept: '', fill: 'zeros', killed: true })
      }
    }

    return { outcomes: futures(EMPTY, 0) as readonly Outcome<N>[], tried }
  }

  function everyFlip({ steps, seed, most }: FlipInput<S>): Flipped<N>[] {
    const { disk } = live(EMPTY, steps)
    const left = platter(EMPTY.image, disk.journal)
    for (const [i, entry] of disk.journal.entries()) left.follow(entry, i)
    const { image } = left.left(() => false, 'zeros')
    const draw = stream(seed)
    const places = sampleOf(image, most, draw)
    const found = new Map<string, Flipped<N>>()
    for (const { name, at } of places) {
      const bit = draw.below(8)
      const bytes = new Uint8Array(image.get(name) as Uint8Array)
      bytes[at] = (bytes[at] as number) ^ (1 << bit)
      const { notes, threw } = live({ image: new Map(image).set(name, bytes), past: [] }, [], { mayThrow: true })
      const flipped = {
        flip: { name, at, bit },
        notes: notes.map(([, , what]) => what as N),
        ...(threw === undefined ? {} : { threw }),
      }
      const told = JSON.stringify([flipped.notes, threw])
      if (!found.has(told)) found.set(told, flipped)
    }
    return [...found.values()]
  }

  function retell({ lives, failures, failingStep = NEVER }: Parameters<CrashLab<S, N>['retell']>[0]): Retold<S, N> {
    let start = EMPTY
    const told: Retold<S, N>['lives'][number][] = []
    for (let at = 0; at <= failures.length; at++) {
      const steps = lives[at] ?? []
      const failure = failures[at]
      const life = live(start, steps, at === 0 ? { failingStep } : { mayThrow: true })
      const { journal } = life.disk
      const point = failure?.point ?? journal.length
      const stepsTold = [undefined, ...steps].flatMap((step, i) => {
        const from = i === 0 ? start.past.length : (life.ends[i - 1] ?? Number.POSITIVE_INFINITY)
        if (from > point || (failure === undefined && i > life.ends.length)) return []
        const notes = life.notes.flatMap(([when, during, what]) => (during === i && when <= point ? [what as N] : []))
        const entries = journal.slice(from, Math.min(life.ends[i] ?? point, point)).map(tellable)
        return [{ ...(step === undefined ? {} : { step }), entries, notes }]
      })
      if (failure === undefined) {
        told.push({ steps: stepsTold })
        break
      }
      const left = platter(start.image, journal)
      for (const [i, entry] of journal.slice(0, point).entries()) left.follow(entry, i)
      const parts = left.pending.map(({ what, entry, sector }) => partOf(what, journal[entry] as Entry, sector))
      const has = (place: number) => failure.kept[place] === '1'
      const { fill, killed } = failure
      told.push({
        steps: stepsTold,
        failure:
          killed === undefined
            ? { lost: parts.filter((_, i) => !has(i)), arrived: parts.filter((_, i) => has(i)), fill }
            : { lost: [], arrived: [], fill, killed },
      })
      start =
        killed === undefined
          ? { image: left.left(has, fill).image, past: [] }
          : { image: start.image, past: journal.slice(0, point) }
    }
    return { lives: told }
  }

  return { everyCrash, everyFlip, retell }
}

/**
 * So many bytes of all files, each as likely as any other, in order: one pass (selection sampling, Knuth, TAOCP 2, 3.4.2).
 * Work of ours is work of the submission's process, and who makes large files is not to be ended for it.
 */
function sampleOf(image: Image, most: number, draw: Stream): { readonly name: string; readonly at: number }[] {
  let left = [...image.values()].reduce((sum, { length }) => sum + length, 0)
  let wanted = Math.min(most, left)
  const places: { name: string; at: number }[] = []
  for (const [name, { length }] of image)
    for (let at = 0; at < length && wanted > 0; at++, left--)
      if (wanted === left || draw.below(left) < wanted) {
        places.push({ name, at })
        wanted--
      }
  return places
}

function tellable(entry: Entry): TellableEntry {
  if (entry.what !== 'write') return { ...entry }
  const { bytes, ...rest } = entry
  return { ...rest, length: bytes.length }
}

function partOf(what: Part['what'], entry: Entry, sector: number): Part {
  const told = tellable(entry)
  if (what !== 'sector' || entry.what !== 'write') return { what, entry: told, from: 0, to: 0 }
  const from = Math.max(entry.at, sector * SECTOR)
  const to = Math.min(entry.at + entry.bytes.length, (sector + 1) * SECTOR)
  return { what, entry: told, from, to }
}
