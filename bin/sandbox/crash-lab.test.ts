// The lab that cuts the power, in a real subject process, with programs that fit on a hand: how many ways there are, which
// of them are found, and how what fails is told.

import { afterAll, expect, test } from 'vitest'
import { BrokenPromise } from '../../graders/kit/broken.ts'
import type { Crashes, Flipped } from '../../graders/kit/crash-lab.ts'
import { everyCrash, type Workload } from '../../graders/kit/every-crash.ts'
import { openWorld, type World } from './simulation-fixture.ts'

const open: World[] = []
afterAll(() => {
  for (const world of open) world.close()
})

type Step = readonly [name: string, bytes: number]

/** A program that saves files; each step saves so many bytes of its number. */
const DRIVER = `
  import * as kata from '#kata/0-test/kata'
  import { crashLab } from '../../kit/crash-lab.ts'
  const lab = crashLab(kata, {
    open({ save }, disk, note) {
      for (const name of disk.list()) note(['found', name, disk.size(name), disk.read(name)[0] ?? 0])
      note('opened')
      let saved = 0
      return (name, bytes) => {
        save(disk, name, new Uint8Array(bytes).fill(++saved))
        note(['saved', name, bytes, saved])
      }
    },
    act: (save, [name, bytes]) => save(name, bytes),
  })
  export const { everyCrash, everyFlip, retell } = lab`

async function saving(save: string): Promise<World> {
  const world = await openWorld('0-test/kata', {
    submission: `export function save(disk, name, bytes) { ${save} }`,
    driver: DRIVER,
  })
  open.push(world)
  return world
}

const RIGHT = `
  if (disk.exists('new')) disk.remove('new')
  disk.create('new')
  disk.append('new', bytes)
  disk.sync('new')
  disk.rename('new', name)
  disk.syncDirectory()`

async function crashesOf(world: World, workload: Partial<Workload<Step>> & Pick<Workload<Step>, 'lives'>) {
  const [crashes] = await world.call<Crashes<unknown>>('everyCrash', [{ seed: 1, ...workload }])
  return crashes as Crashes<unknown>
}

test('a file that grows by one sector is not there, is empty, or has what was saved, or zeros, or noise', async () => {
  const world = await saving('disk.create(name); disk.syncDirectory(); disk.append(name, bytes)')
  const { outcomes, tried } = await crashesOf(world, { lives: [[['a', 100]]] })
  const left = outcomes.map(({ lives }) => {
    const found = lives[1]?.find((note): note is readonly unknown[] => Array.isArray(note))
    if (found === undefined) return 'not there'
    const [, , size, byte] = found
    return `${size} ${size === 0 ? '' : byte === 1 ? 'saved' : byte === 0 ? 'zeros' : 'noise'}`.trim()
  })
  expect([...new Set(left)].sort()).toEqual(['0', '100 noise', '100 saved', '100 zeros', 'not there'])
  expect(tried).toEqual({ points: 4, states: 9, openings: 5, cut: 0 })
})

test('the submission is evaluated afresh in each life', async () => {
  const world = await openWorld('0-test/kata', {
    submission: 'let lives = 0; export const live = () => ++lives',
    driver: `
      import * as kata from '#kata/0-test/kata'
      import { crashLab } from '../../kit/crash-lab.ts'
      export const { everyCrash } = crashLab(kata, {
        open({ live }, disk, note) { note(live()); if (!disk.exists('a')) disk.create('a') },
        act() {},
      })`,
  })
  open.push(world)
  const { outcomes } = await crashesOf(world, { lives: [[], []] })
  for (const { lives } of outcomes) expect(lives.flat().every((count) => count === 1)).toBe(true)
})

test('a killed program leaves what can be read and is not safe: it is found, and then the power takes it', async () => {
  const unsafe = await saving('disk.create(name); disk.append(name, bytes)')
  const found = (lives: readonly (readonly unknown[])[]) => lives.slice(1).map(([first]) => first !== 'opened')
  const isLostLater = (crashes: Crashes<unknown>) =>
    crashes.outcomes.some(({ lives, failures }) => failures[0]?.killed === true && `${found(lives)}` === 'true,false')
  expect(isLostLater(await crashesOf(unsafe, { lives: [[['a', 10]], []] }))).toBe(true)
  const safe = await saving('disk.create(name); disk.syncDirectory()')
  expect(isLostLater(await crashesOf(safe, { lives: [[['a', 10]], []] }))).toBe(true)
  const { outcomes } = await crashesOf(safe, { lives: [[['a', 10]], []] })
  // Once a step is done nothing is in the air: a kill is no different from a power failure, and is left out.
  for (const { lives, failures } of outcomes)
    if (JSON.stringify(lives[0]).includes('saved')) expect(failures[0]?.killed).toBeUndefined()
})

test('a bound that was met is told', async () => {
  const world = await saving('disk.create(name); disk.append(name, bytes)')
  const many: Step[] = Array.from({ length: 6 }, (_, i) => [`f${i}`, 5_000])
  const few = await crashesOf(world, { lives: [many], perPoint: 10 })
  expect(few.tried.cut).toBeGreaterThan(0)
  const bounded = await crashesOf(world, { lives: [many], openings: 50 })
  expect(bounded.tried.openings).toBe(50)
  expect(bounded.tried.cut).toBeGreaterThan(0)
})

const asking = (world: World) => ({
  shrink: true,
  askAll: <I, O>({ operation }: { operation: string }, inputs: readonly I[]) => world.call<O>(operation, inputs),
})

/** A file that was saved is there, as it was saved last or while it was being saved anew. */
async function judged(world: World, lives: readonly (readonly Step[])[]) {
  const remote = (operation: string) => Object.assign(async () => undefined, { operation }) as never
  return everyCrash<Step, readonly unknown[] | 'opened'>(
    asking(world),
    {
      everyCrash: remote('everyCrash'),
      retell: remote('retell'),
      telling: {
        opening: 'open(disk)',
        step: ([name, bytes]) => `save(${name}, ${bytes})`,
        note: (note) => (note === 'opened' ? undefined : note[0] === 'saved' ? `${note[1]} is saved` : undefined),
        smaller: ([name, bytes]) => (bytes > 10 ? [[name, 10]] : []),
      },
    },
    lives.map((one) => ({ lives: [one], seed: 1 })),
    ({ lives: [first = [], second = []] }) => {
      const saved = first.filter((note) => note[0] === 'saved').map((note) => note[1])
      const found = second.filter((note) => note[0] === 'found').map((note) => note[1])
      const missing = saved.find((name) => !found.includes(name as string))
      return missing === undefined ? undefined : { expected: `${missing} is there`, got: 'it is not' }
    },
  ).catch((error: unknown) => error)
}

const WORK: readonly Step[] = [
  ['a', 10],
  ['b', 2_000],
  ['a', 700],
]

test('who saves as one should is never at fault, however the power fails', async () => {
  expect(await judged(await saving(RIGHT), [WORK])).toMatchObject({ cut: 0 })
})

test('who forgets the directory is told with one save, and what of it did not arrive', async () => {
  const failure = await judged(await saving(RIGHT.replace('disk.syncDirectory()', '')), [WORK])
  expect(failure).toBeInstanceOf(BrokenPromise)
  expect((failure as BrokenPromise).story).toEqual([
    'open(disk)',
    'save(a, 10) → creates new, writes bytes 0–9 of new, syncs new, renames new to a, a is saved',
    '✗ the power fails; lost: that there is new, that new is now a',
    'open(disk)',
  ])
})

test('bits turn in a sample of all bytes, and a large file takes the lab no time that its maker would answer for', async () => {
  const world = await openWorld('0-test/kata', {
    submission: `export function make(disk, name, bytes) {
      disk.create(name)
      disk.append(name, new Uint8Array(bytes))
      disk.sync(name)
      disk.syncDirectory()
    }`,
    driver: `
      import * as kata from '#kata/0-test/kata'
      import { crashLab } from '../../kit/crash-lab.ts'
      export const { everyFlip } = crashLab(kata, {
        open({ make }, disk, note) {
          for (const name of disk.list()) {
            const at = disk.read(name).findIndex((byte) => byte !== 0)
            if (at >= 0) note([name, at])
          }
          return (name, bytes) => make(disk, name, bytes)
        },
        act: (make, [name, bytes]) => make(name, bytes),
      })`,
  })
  open.push(world)
  const flipsIn = async (sizes: readonly Step[], most: number, seed: number) => {
    const [flipped = []] = await world.call<Flipped<unknown>[]>('everyFlip', [{ steps: sizes, seed, most }])
    for (const { flip, notes } of flipped) expect(notes).toEqual([[flip.name, flip.at]])
    return flipped.map(({ flip }) => `${flip.name}${flip.at}`)
  }
  const whole = ['a0', 'a1', 'b0', 'b1', 'b2']
  const small: Step[] = [
    ['a', 2],
    ['b', 3],
  ]
  expect(await flipsIn(small, 5, 1)).toEqual(whole)
  expect(await flipsIn(small, 9, 1)).toEqual(whole)
  // Each pair of the ten comes up, and in order.
  const pairs = new Map<string, number>()
  for (let seed = 1; seed <= 400; seed++) {
    const pair = await flipsIn(small, 2, seed)
    expect(pair).toEqual(whole.filter((place) => pair.includes(place)))
    pairs.set(`${pair}`, (pairs.get(`${pair}`) ?? 0) + 1)
  }
  expect(pairs.size).toBe(10)
  expect(Math.min(...pairs.values())).toBeGreaterThan(15)
  // To take places out of an array of so many, one by one, is more than the two seconds of work that one may be silent.
  expect(new Set(await flipsIn([['a', 400_000]], 12, 1)).size).toBe(12)
})
