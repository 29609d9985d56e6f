// Each promise is checked in a setting of its own, in which breaking another promise does not show: the promise that a
// learner is told about is the one that they broke. What a setting leaves out is said where it is made.

import { agree, fc, hiddenTest, holds, show } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

type Key = driver.Key
type Call = driver.Call
type Script = driver.Script

const test = hiddenTest<typeof driver>(import.meta.url)

// ---- how scripts are told -------------------------------------------------------------------------------------------

function opening({ maxWeight, ttlMs, weigh }: Omit<Script, 'calls'>): string {
  const options = [
    `maxWeight: ${show(maxWeight)}`,
    ...(ttlMs === undefined ? [] : [`ttlMs: ${show(ttlMs)}`]),
    ...(weigh === undefined ? [] : [weigh === 'itself' ? 'weigh: (n) => n' : 'weigh: (list) => list.length']),
    'clock',
  ]
  return `const cache = new LruCache({ ${options.join(', ')} })`
}

function told({ weigh }: Script, call: Call): string {
  const when = call.atMs === undefined ? '' : `at ${show(call.atMs)} ms: `
  return when + said(call, weigh === 'length')
}

function said(call: Call, lists: boolean): string {
  if ('get' in call) return `get(${show(call.get)})`
  if ('peek' in call) return `peek(${show(call.peek)})`
  if ('has' in call) return `has(${show(call.has)})`
  if ('delete' in call) return `delete(${show(call.delete)})`
  if ('set' in call) return `set(${show(call.set)}, ${lists ? `a list of ${show(call.value)}` : show(call.value)})`
  if ('read' in call) return call.read
  if ('fill' in call) return `for (let i = ${call.from}; i < ${call.from + call.fill}; i++) set(i, i)`
  return `the list of ${show(call.grow)} grows by ${call.by}`
}

const tell = (s: Script) => [opening(s), ...s.calls.map((call) => told(s, call))]

/** A script, what must come of it, and whether this promise asks for that. */
interface Due extends Script {
  due: { answer: unknown; asked: boolean }[]
}

function against(s: Due, got: readonly unknown[]): void {
  const steps = s.calls.map((call, i) => {
    const { answer, asked } = s.due[i] as Due['due'][number]
    return { call: told(s, call), got: got[i], want: asked ? answer : got[i] }
  })
  agree(opening(s), steps)
}

// ---- the model: a plain list, searched from end to end --------------------------------------------------------------

interface Held {
  key: Key
  value: unknown
  weight: number
  setAtMs: number
}

/** Caches as the contract describes them. `order` runs from the longest unused to the one used last. */
class Model {
  readonly #script: Omit<Script, 'calls'>
  order: Held[] = []
  presentMs = Number.NEGATIVE_INFINITY

  constructor(script: Omit<Script, 'calls'>) {
    this.#script = script
  }

  make(call: Call): unknown {
    this.presentMs = Math.max(this.presentMs, call.atMs ?? this.presentMs)
    const { ttlMs } = this.#script
    if (ttlMs !== undefined) this.order = this.order.filter(({ setAtMs }) => this.presentMs < setAtMs + ttlMs)
    if ('set' in call) return this.#set(call.set, call.value)
    if ('read' in call) return call.read === 'size' ? this.order.length : this.weight
    if ('grow' in call) return undefined
    if ('fill' in call) {
      for (let i = 0; i < call.fill; i++) this.#set(call.from + i, call.from + i)
      return call.fill
    }
    if ('get' in call) {
      const found = this.#take(call.get)
      if (found !== undefined) this.order.push(found)
      return found?.value
    }
    if ('peek' in call) return this.find(call.peek)?.value
    if ('has' in call) return this.find(call.has) !== undefined
    return this.#take(call.delete) !== undefined
  }

  find(key: Key): Held | undefined {
    return this.order.find((one) => Object.is(one.key, key))
  }

  get weight(): number {
    return this.order.reduce((sum, { weight }) => sum + weight, 0)
  }

  #take(key: Key): Held | undefined {
    const at = this.order.findIndex((one) => Object.is(one.key, key))
    return at < 0 ? undefined : this.order.splice(at, 1)[0]
  }

  #set(key: Key, value: unknown): boolean {
    const { maxWeight, weigh } = this.#script
    const weight = weigh === undefined ? 1 : (value as number)
    this.#take(key)
    if (weight > maxWeight) return false
    for (let held = this.weight; this.order.length > 0 && held + weight > maxWeight; )
      held -= this.order.shift()?.weight ?? 0
    this.order.push({ key, value, weight, setAtMs: this.presentMs })
    return true
  }
}

/** Writes a script down call by call, knowing what the cache holds at each point. */
function writer(script: Omit<Script, 'calls'>, asks: (call: Call) => boolean = () => true) {
  const model = new Model(script)
  const written: Due = { ...script, calls: [], due: [] }
  const add = (call: Call): void => {
    written.calls.push(call)
    written.due.push({ answer: model.make(call), asked: asks(call) })
  }
  /** Looks for every key that was ever set, once: nothing follows, so that to be found changes nothing. */
  const findAll = (): Due => {
    const keys = new Set(written.calls.flatMap((call) => ('set' in call ? [call.set] : [])))
    for (const key of keys) add({ get: key })
    return written
  }
  return { model, written, add, findAll }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
/** The names of keys, in the order in which they first come. */
const name = (i: number): Key => LETTERS[i] ?? `k${i}`
const ROOMY = 1_000

// ---- 1: a map -------------------------------------------------------------------------------------------------------

test('What was set is found, until it is replaced or deleted', async ({ subject, forAll }) => {
  // Roomy, and without time: nobody ever leaves.
  const key = fc.constantFrom<Key[]>('a', 'b', '', 0, 1, '1', Number.NaN, 'constructor', '__proto__')
  const value = fc.constantFrom<unknown[]>(1, 'x', 0, '', false, null, undefined, Number.NaN)
  const call = fc.oneof(
    { arbitrary: fc.record({ set: key, value }), weight: 3 },
    key.map((key): Call => ({ get: key })),
    key.map((key): Call => ({ peek: key })),
    key.map((key): Call => ({ has: key })),
    key.map((key): Call => ({ delete: key })),
    fc.constantFrom<Call[]>({ read: 'size' }),
  )
  const mapped = (calls: Call[]) => {
    const { add, written } = writer({ maxWeight: ROOMY })
    for (const one of calls) add(one)
    return written
  }
  const falsy = (value: unknown): Call[] => [{ set: 'a', value }, { get: 'a' }, { peek: 'a' }, { has: 'a' }]
  await forAll(fc.array(call, { minLength: 1, maxLength: 30 }).map(mapped), subject.run, against, {
    tell,
    examples: [
      ...[1, 0, '', false, null, undefined].map(falsy),
      [{ get: 'constructor' }, { has: '__proto__' }] satisfies Call[],
      [{ set: 1, value: 'x' }, { has: '1' }, { set: '1', value: 'y' }, { get: 1 }, { read: 'size' }] satisfies Call[],
      [{ set: '__proto__', value: 'x' }, { get: '__proto__' }, { read: 'size' }] satisfies Call[],
      [{ set: 'a', value: 1 }, { delete: 'a' }, { get: 'a' }, { delete: 'a' }, { read: 'size' }] satisfies Call[],
    ].map(mapped),
  })

  // Many entries: whoever has room for some must make more.
  const many = ({ count, which }: { count: number; which: number[] }): Due => {
    const { add, written } = writer({ maxWeight: ROOMY })
    add({ fill: count, from: 0 })
    for (const i of which) add({ get: i % count })
    for (const i of which) add({ delete: i % count })
    add({ read: 'size' })
    return written
  }
  const counts = fc.record({ count: fc.integer({ min: 1, max: 300 }), which: fc.array(fc.nat(), { maxLength: 3 }) })
  await forAll(counts.map(many), subject.run, against, {
    tell,
    examples: [many({ count: 300, which: [0, 299] })],
    runs: 20,
  })
})

// ---- 2: the order ---------------------------------------------------------------------------------------------------

test('Who has not been used for longest leaves first', async ({ subject, forAll }) => {
  // While there is room, gets and sets of a few keys; then new keys, for each of which one leaves. A key that is set again
  // in a full cache is the one that would have to leave: what its old weight does shows nowhere.
  const ordered = ({ maxWeight, early, late }: { maxWeight: number; early: Move[]; late: Move[] }): Due => {
    const { add, findAll, model } = writer({ maxWeight }, (call) => 'get' in call)
    let value = 0
    for (const { what, which } of early) {
      const key = name(which % (maxWeight - 1))
      add(what === 'get' ? { get: key } : { set: key, value: ++value })
    }
    let fresh = maxWeight - 1
    for (const { what, which } of late) {
      if (what === 'get') add({ get: name(which % fresh) })
      else if (what === 'set' || model.order.length < maxWeight) add({ set: name(fresh++), value: ++value })
      else add({ set: (model.order[0] as Held).key, value: ++value })
    }
    return findAll()
  }
  const get = (which: number): Move => ({ what: 'get', which })
  const set = (which = 0): Move => ({ what: 'set', which })
  const setOldest: Move = { what: 'set oldest', which: 0 }
  const move = fc.record({
    what: fc.constantFrom<Move['what'][]>('get', 'set', 'set oldest'),
    which: fc.nat({ max: 9 }),
  })
  await forAll(
    fc
      .record({
        maxWeight: fc.integer({ min: 2, max: 6 }),
        early: fc.array(move, { maxLength: 12 }),
        late: fc.array(move, { minLength: 1, maxLength: 14 }),
      })
      .map(ordered),
    subject.run,
    against,
    {
      tell,
      examples: [
        { maxWeight: 2, early: [set(0)], late: [set(), set()] },
        { maxWeight: 3, early: [set(0), set(1), get(0)], late: [set(), set()] },
        { maxWeight: 3, early: [set(0), set(1), set(0)], late: [set(), set()] },
        { maxWeight: 3, early: [set(0), set(1)], late: [set(), get(1), get(0), set()] },
        { maxWeight: 3, early: [set(0), set(1)], late: [set(), setOldest, set(), set()] },
        { maxWeight: 4, early: [set(0), set(1), set(2), get(1)], late: [set(), get(2), get(0), get(0), set(), set()] },
      ].map(ordered),
    },
  )

  // A full cache of many, of which one is got, and so many new ones that of the old ones there is room for one.
  const renewed = ({ maxWeight, which }: { maxWeight: number; which: number }): Due => {
    const { add, written } = writer({ maxWeight }, (call) => 'get' in call)
    const kept = 1 + (which % maxWeight)
    add({ fill: maxWeight, from: 1 })
    add({ get: kept })
    add({ fill: maxWeight - 1, from: maxWeight + 1 })
    for (const key of [kept, 1 + (kept % maxWeight), maxWeight + 1, 2 * maxWeight - 1]) add({ get: key })
    return written
  }
  const large = fc.record({ maxWeight: fc.integer({ min: 2, max: 300 }), which: fc.nat() })
  const examples = [10, 300].map((maxWeight) => renewed({ maxWeight, which: 0 }))
  await forAll(large.map(renewed), subject.run, against, { tell, examples, runs: 20 })
})

interface Move {
  what: 'get' | 'set' | 'set oldest'
  which: number
}

// ---- 3: looks -------------------------------------------------------------------------------------------------------

test('Looking uses nothing', async ({ subject, forAll }) => {
  // No gets but of nobody, and each key is set once: in order of use, they lie as they came.
  type Look = { what: 'peek' | 'has' | 'size' | 'weight' | 'get nobody'; which: number }
  const looked = ({ maxWeight, looks }: { maxWeight: number; looks: Look[][] }): Due => {
    const { add, findAll } = writer({ maxWeight }, (call) => 'get' in call)
    for (const [i, between] of [...Array<Look[]>(maxWeight).fill([]), ...looks].entries()) {
      for (const { what, which } of between) {
        const key = name(which % i)
        if (what === 'peek') add({ peek: key })
        else if (what === 'has') add({ has: key })
        else if (what === 'get nobody') add({ get: 'nobody' })
        else add({ read: what })
      }
      add({ set: name(i), value: i + 1 })
    }
    return findAll()
  }
  const look = fc.record({
    what: fc.constantFrom<Look['what'][]>('peek', 'has', 'size', 'weight', 'get nobody'),
    which: fc.nat({ max: 9 }),
  })
  const scripts = fc.record({
    maxWeight: fc.integer({ min: 1, max: 5 }),
    looks: fc.array(fc.array(look, { maxLength: 3 }), { minLength: 1, maxLength: 5 }),
  })
  const one = (what: Look['what']) => ({ maxWeight: 2, looks: [[{ what, which: 0 }]] })
  await forAll(scripts.map(looked), subject.run, against, {
    tell,
    examples: [one('has'), one('peek'), one('size'), one('weight'), one('get nobody')].map(looked),
  })
})

// ---- 4: weight ------------------------------------------------------------------------------------------------------

test('It never weighs more than it may, and nobody leaves without need', async ({ subject, forAll }) => {
  // No gets before the end. A key that is set again is the one that was set last; only the last set of all may be of any
  // key, for what it does to the order then shows nowhere.
  type Step = { what: 'set' | 'set last' | 'delete' | 'weight'; which: number; weight: number }
  interface Weighed {
    maxWeight: number
    steps: Step[]
    last?: { which: number; weight: number } | undefined
  }
  const weighed = ({ maxWeight, steps, last }: Weighed): Due => {
    const { add, findAll, model } = writer({ maxWeight, weigh: 'itself' })
    const light = (weight: number) => Math.min(weight, maxWeight)
    let fresh = 0
    for (const { what, which, weight } of steps) {
      const newest = model.order.at(-1)
      if (what === 'weight') add({ read: 'weight' })
      else if (what === 'delete') add({ delete: name(which % (fresh + 1)) })
      else if (what === 'set last' && newest !== undefined) add({ set: newest.key, value: light(weight) })
      else add({ set: name(fresh++), value: light(weight) })
    }
    if (last !== undefined) {
      add({ set: name(last.which % (fresh + 1)), value: light(last.weight) })
      add({ read: 'weight' })
    }
    return findAll()
  }
  const weight = fc.integer({ min: 1, max: 12 })
  const step = fc.record({
    what: fc.constantFrom<Step['what'][]>('set', 'set', 'set last', 'delete', 'weight'),
    which: fc.nat({ max: 12 }),
    weight,
  })
  const set = (weight: number): Step => ({ what: 'set', which: 0, weight })
  const setLast = (weight: number): Step => ({ what: 'set last', which: 0, weight })
  const remove = (which: number): Step => ({ what: 'delete', which, weight: 1 })
  const read: Step = { what: 'weight', which: 0, weight: 1 }
  await forAll(
    fc
      .record({
        maxWeight: fc.integer({ min: 1, max: 12 }),
        steps: fc.array(step, { minLength: 1, maxLength: 16 }),
        last: fc.option(fc.record({ which: fc.nat({ max: 12 }), weight }), { nil: undefined }),
      })
      .map(weighed),
    subject.run,
    against,
    {
      tell,
      examples: [
        { maxWeight: 3, steps: [set(1), set(1), set(1), read] },
        { maxWeight: 3, steps: [set(1), set(1), set(1), set(2), read] },
        { maxWeight: 3, steps: [set(1), set(1), set(3), read] },
        { maxWeight: 3, steps: [set(1), set(2), setLast(2), read] },
        { maxWeight: 3, steps: [set(1), set(1), setLast(2), read] },
        { maxWeight: 3, steps: [set(1), set(2), setLast(1), read, set(1)] },
        { maxWeight: 3, steps: [set(1), set(2)], last: { which: 0, weight: 1 } },
        { maxWeight: 3, steps: [set(1), set(1), set(1)], last: { which: 0, weight: 3 } },
        { maxWeight: 4, steps: [set(1), set(1), set(1)], last: { which: 1, weight: 3 } },
        { maxWeight: 3, steps: [set(1), set(2), remove(1), read, set(2)] },
        { maxWeight: Number.MAX_SAFE_INTEGER, steps: [set(Number.MAX_SAFE_INTEGER - 1), set(1), read, set(1), read] },
      ].map(weighed),
    },
  )

  // Values that grow after they were weighed, and then leave, each in every way in which one can.
  type Leave = 'evicted' | 'deleted' | 'replaced'
  const grown = ({ by, leaves }: { by: number; leaves: Leave }): Due => {
    const { add, written } = writer({ maxWeight: 4, weigh: 'length' }, (call) => !('grow' in call))
    add({ set: 'a', value: 2 })
    add({ grow: 'a', by })
    add({ read: 'weight' })
    if (leaves === 'deleted') add({ delete: 'a' })
    else if (leaves === 'replaced') add({ set: 'a', value: 1 })
    else for (const key of ['b', 'c']) add({ set: key, value: 2 })
    add({ read: 'weight' })
    return written
  }
  const ways = fc.record({
    by: fc.integer({ min: 1, max: 9 }),
    leaves: fc.constantFrom<Leave[]>('deleted', 'evicted', 'replaced'),
  })
  const examples = (['deleted', 'evicted', 'replaced'] as const).map((leaves) => grown({ by: 1, leaves }))
  await forAll(ways.map(grown), subject.run, against, { tell, examples, runs: 10 })
})

// ---- 5: too heavy ---------------------------------------------------------------------------------------------------

test('What is too heavy is refused, and only what it overtakes leaves', async ({ subject, forAll }) => {
  // All that is light fits in together: nobody has to leave.
  type Step = { which: number; weight: number; over?: number | undefined }
  const refused = ({ spare, steps }: { spare: number; steps: Step[] }): Due => {
    const maxWeight = Math.max(
      1,
      steps.reduce((sum, { weight, over }) => sum + (over === undefined ? weight : 0), spare),
    )
    const { add, findAll } = writer({ maxWeight, weigh: 'itself' })
    let fresh = 0
    for (const { which, weight, over } of steps) {
      if (over === undefined) add({ set: name(fresh++), value: weight })
      else add({ set: name(which % (fresh + 1)), value: maxWeight + over })
    }
    add({ read: 'weight' })
    return findAll()
  }
  const scripts = fc.record({
    spare: fc.nat({ max: 3 }),
    steps: fc.array(
      fc.record({
        which: fc.nat({ max: 9 }),
        weight: fc.integer({ min: 1, max: 5 }),
        over: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  })
  await forAll(scripts.map(refused), subject.run, against, {
    tell,
    examples: [
      {
        spare: 0,
        steps: [
          { which: 0, weight: 1 },
          { which: 1, weight: 1, over: 1 },
        ],
      },
      {
        spare: 2,
        steps: [
          { which: 0, weight: 1 },
          { which: 0, weight: 1, over: 1 },
        ],
      },
      {
        spare: 0,
        steps: [
          { which: 0, weight: 1 },
          { which: 0, weight: 2 },
          { which: 0, weight: 1, over: 3 },
        ],
      },
    ].map(refused),
  })
})

// ---- 6 to 8: time ---------------------------------------------------------------------------------------------------

const startMs = fc.constantFrom(0, 1_000, 1_700_000_000_000)

test('An entry lives for its time from its last set, not a millisecond longer', async ({ subject, forAll }) => {
  // Roomy, and nobody counts: what has expired does not show but by its own key.
  interface Timed {
    startMs: number
    ttlMs: number
    steps: {
      wait: 'none' | 'one' | 'short' | 'long' | 'over'
      what: 'set' | 'get' | 'peek' | 'has' | 'delete'
      which: number
    }[]
  }
  const timed = ({ startMs, ttlMs, steps }: Timed): Due => {
    const { add, written } = writer({ maxWeight: ROOMY, ttlMs }, (call) => !('set' in call))
    const waits = { none: 0, one: 1, short: ttlMs >> 1, long: ttlMs - 1, over: ttlMs }
    let atMs = startMs
    for (const [i, { wait, what, which }] of steps.entries()) {
      atMs += waits[wait]
      const key = name(which)
      if (what === 'set') add({ atMs, set: key, value: i + 1 })
      else if (what === 'get') add({ atMs, get: key })
      else if (what === 'peek') add({ atMs, peek: key })
      else if (what === 'has') add({ atMs, has: key })
      else add({ atMs, delete: key })
    }
    return written
  }
  type Step = Timed['steps'][number]
  const step = fc.record({
    wait: fc.constantFrom<Step['wait'][]>('none', 'one', 'short', 'long', 'over'),
    what: fc.constantFrom<Step['what'][]>('set', 'set', 'get', 'peek', 'has', 'delete'),
    which: fc.nat({ max: 2 }),
  })
  const scripts = fc.record({
    startMs,
    ttlMs: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(1_000, 86_400_000)),
    steps: fc.array(step, { minLength: 1, maxLength: 20 }),
  })
  const of = (...steps: [Step['wait'], Step['what']][]): Timed => ({
    startMs: 0,
    ttlMs: 10,
    steps: steps.map(([wait, what]) => ({ wait, what, which: 0 })),
  })
  const looks = ['get', 'peek', 'has', 'delete'] as const
  await forAll(scripts.map(timed), subject.run, against, {
    tell,
    examples: [
      ...looks.map((what) => of(['none', 'set'], ['long', what])),
      ...looks.map((what) => of(['none', 'set'], ['over', what])),
      ...looks.map((what) => of(['none', 'set'], ['long', 'set'], ['long', what])),
      of(['none', 'set'], ['long', 'get'], ['one', 'get']),
      of(['none', 'set'], ['long', 'peek'], ['one', 'get']),
      of(['none', 'set'], ['long', 'has'], ['one', 'get']),
      of(['none', 'set'], ['over', 'set'], ['none', 'get']),
    ].map(timed),
  })
})

test('What has expired counts nowhere, and nobody leaves in its stead', async ({ subject, forAll }) => {
  // Nobody is looked at on the millisecond on which it expires: sets and looks fall on tens, ends on fives.
  const ttlMs = 45
  interface Counted {
    startMs: number
    steps: { waitTens: number; what: 'set' | 'get' | 'size' | 'weight'; which: number }[]
  }
  type Step = Counted['steps'][number]
  // Roomy: who leaves has expired.
  const counted = ({ startMs, steps }: Counted): Due => {
    const { add, written } = writer({ maxWeight: ROOMY, ttlMs }, (call) => 'read' in call)
    let atMs = startMs
    for (const [i, { waitTens, what, which }] of steps.entries()) {
      atMs += 10 * waitTens
      const key = name(which)
      if (what === 'set') add({ atMs, set: key, value: i + 1 })
      else if (what === 'get') add({ atMs, get: key })
      else add({ atMs, read: what })
    }
    for (const read of ['size', 'weight'] as const) add({ read })
    return written
  }
  // Few keys and short waits: that one is set again while it lives, and outlives who was set in between, is no rare chance.
  const step = fc.record({
    waitTens: fc.oneof(fc.nat({ max: 2 }), fc.nat({ max: 5 })),
    what: fc.constantFrom<Step['what'][]>('set', 'set', 'get', 'size', 'weight'),
    which: fc.nat({ max: 3 }),
  })
  const at = (waitTens: number, what: Step['what'], which = 0): Step => ({ waitTens, what, which })
  const scripts = fc.record({ startMs, steps: fc.array(step, { minLength: 1, maxLength: 16 }) })
  await forAll(scripts.map(counted), subject.run, against, {
    tell,
    examples: [
      [at(0, 'set'), at(5, 'size')],
      [at(0, 'set'), at(5, 'weight')],
      [at(0, 'set', 0), at(2, 'set', 1), at(0, 'get', 0), at(3, 'size')],
      [at(0, 'set', 0), at(1, 'set', 1), at(1, 'set', 0), at(3, 'size')],
      [at(0, 'set', 0), at(0, 'set', 1), at(1, 'set', 0), at(4, 'size')],
    ].map((steps) => counted({ startMs: 0, steps })),
  })

  // Many at once.
  const crowded = ({ early, late }: { early: number; late: number }): Due => {
    const { add, written } = writer({ maxWeight: ROOMY, ttlMs }, (call) => 'read' in call)
    add({ atMs: 0, fill: early, from: 0 })
    add({ atMs: 20, fill: late, from: early })
    for (const atMs of [40, 50, 70]) for (const read of ['size', 'weight'] as const) add({ atMs, read })
    return written
  }
  const crowds = fc.record({ early: fc.integer({ min: 1, max: 150 }), late: fc.integer({ min: 1, max: 150 }) })
  const examples = [crowded({ early: 5, late: 5 }), crowded({ early: 150, late: 150 })]
  await forAll(crowds.map(crowded), subject.run, against, { tell, examples, runs: 20 })

  // A full cache of which some have expired, and one new key for each of these: whatever the order of use, nobody who is
  // alive has to leave.
  interface Filled {
    startMs: number
    waitsTens: number[]
    got: number[]
    expired: number
  }
  const filled = ({ startMs, waitsTens, got, expired }: Filled): Due => {
    const maxWeight = waitsTens.length
    const { add, findAll, model } = writer({ maxWeight, ttlMs }, (call) => 'get' in call)
    let atMs = startMs
    for (const [i, tens] of waitsTens.entries()) {
      atMs += 10 * tens
      add({ atMs, set: name(i), value: i + 1 })
    }
    // Only who is alive is got: to find out who is not is the matter of another promise.
    for (const which of got) if (model.find(name(which % maxWeight))) add({ get: name(which % maxWeight) })
    // Until so many of those that are left have expired.
    const stamps = model.order.map(({ setAtMs }) => setAtMs).sort((a, b) => a - b)
    const last = stamps[Math.min(expired, stamps.length) - 1] as number
    atMs = Math.max(atMs, last + ttlMs + 5)
    const free = maxWeight - model.order.filter(({ setAtMs }) => setAtMs + ttlMs > atMs).length
    for (let i = 0; i < free; i++)
      add({ ...(i === 0 ? { atMs } : {}), set: name(maxWeight + i), value: maxWeight + i + 1 })
    return findAll()
  }
  const fills = fc.record({
    startMs,
    waitsTens: fc.array(fc.nat({ max: 2 }), { minLength: 2, maxLength: 6 }),
    got: fc.array(fc.nat({ max: 5 }), { maxLength: 6 }),
    expired: fc.integer({ min: 1, max: 5 }),
  })
  await forAll(fills.map(filled), subject.run, against, {
    tell,
    examples: [
      { startMs: 0, waitsTens: [0, 1], got: [0], expired: 1 },
      { startMs: 0, waitsTens: [0, 0, 1], got: [0, 1], expired: 2 },
    ].map(filled),
  })
})

test('A clock that steps back revives nobody, and takes time from nobody', async ({ subject, forAll }) => {
  // Sets and looks fall on tens, ends on fives. Each key is set once and got once: of the other calls it is only asked that
  // they see the time. What is too heavy comes while nothing is kept, where it cannot push anybody out.
  const ttlMs = 45
  type Look = 'get nobody' | 'peek' | 'has' | 'delete nobody' | 'size' | 'weight' | 'set too heavy'
  type Step = { tens: number; what: 'set' | 'get' | Look; which: number }
  const nobody = 'nobody'
  const giant = 'giant'
  const wandering = ({ startMs, steps }: { startMs: number; steps: Step[] }): Due => {
    const { add, written } = writer({ maxWeight: ROOMY, ttlMs, weigh: 'itself' }, (call) => 'get' in call)
    let atMs = startMs
    let fresh = 0
    const unseen: Key[] = []
    const got = (which: number) => add({ atMs, get: unseen.splice(which % unseen.length, 1)[0] as Key })
    const look = (what: Look, key: Key) => {
      if (what === 'get nobody') add({ atMs, get: nobody })
      else if (what === 'delete nobody') add({ atMs, delete: nobody })
      else if (what === 'size' || what === 'weight') add({ atMs, read: what })
      else if (what === 'set too heavy' && fresh === 0) add({ atMs, set: giant, value: ROOMY + 1 })
      else if (what === 'peek') add({ atMs, peek: key })
      else add({ atMs, has: key })
    }
    for (const { tens, what, which } of steps) {
      atMs += 10 * tens
      if (what === 'set' || (what === 'get' && unseen.length === 0)) {
        const key = name(fresh++)
        add({ atMs, set: key, value: fresh })
        unseen.push(key)
      } else if (what === 'get') got(which)
      else look(what, fresh === 0 ? nobody : name(which % fresh))
    }
    while (unseen.length > 0) got(0)
    return written
  }
  const looks: Look[] = ['get nobody', 'peek', 'has', 'delete nobody', 'size', 'weight', 'set too heavy']
  const step = fc.record({
    tens: fc.integer({ min: -6, max: 6 }),
    what: fc.oneof(fc.constantFrom<Step['what'][]>('set', 'get'), fc.constantFrom(...looks)),
    which: fc.nat({ max: 9 }),
  })
  const scripts = fc.record({
    startMs: fc.constantFrom(1_000, 1_700_000_000_000),
    steps: fc.array(step, { maxLength: 14 }),
  })
  const at = (tens: number, what: Step['what'], which = 0): Step => ({ tens, what, which })
  await forAll(scripts.map(wandering), subject.run, against, {
    tell,
    examples: [
      // a has expired when b is found; then the clock is where a was alive.
      [at(0, 'set'), at(2, 'set'), at(3, 'get', 1), at(-3, 'get')],
      // The same, and another call has seen it.
      ...looks.slice(0, -1).map((what) => [at(0, 'set'), at(5, what), at(-5, 'get')]),
      // b is set while the clock is behind, and lives from the latest time.
      [at(0, 'set'), at(-4, 'set'), at(3, 'get', 1)],
      [at(0, 'set'), at(-4, 'set'), at(6, 'get', 1)],
      [at(0, 'set too heavy'), at(-4, 'set'), at(6, 'get')],
      // Behind, everybody is as old as at the latest time.
      [at(0, 'set'), at(4, 'set'), at(-9, 'get'), at(0, 'get')],
      [at(0, 'set'), at(-6, 'set'), at(11, 'set'), at(0, 'get', 1)],
    ].map((steps) => wandering({ startMs: 1_000, steps })),
  })
})

// ---- 9: bad input ---------------------------------------------------------------------------------------------------

test('Bad input is refused by name and changes nothing', async ({ subject, forAll }) => {
  const nonsense = fc.constantFrom(0, -1, -5, 0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
  const isRefusal = (answer: object, name: string) =>
    'threw' in answer && answer.threw === 'RangeError' && 'message' in answer && String(answer.message).includes(name)

  // What weigh may give at run time, when a field is missing.
  const noWeight = fc.oneof({ arbitrary: nonsense, weight: 3 }, fc.constantFrom(undefined, null))

  // Some fit, some do not; then what is bad; then new keys, which push out who must leave. Compared with a cache that has
  // not been bothered.
  interface Misuse {
    before: number[]
    bad: { which: number; value: unknown }[]
    after: number[]
  }
  const maxWeight = 6
  const light = (weight: number) => Math.min(weight, maxWeight)
  const scriptsOf = ({ before, bad, after }: Misuse) => {
    const first = before.map((weight, i): Call => ({ set: name(i), value: light(weight) }))
    const second = bad.map(({ which, value }): Call => ({ set: name(which % (before.length + 1)), value }))
    const third = after.map((weight, i): Call => ({ set: name(before.length + 1 + i), value: light(weight) }))
    const keys = Array.from({ length: before.length + 1 + after.length }, (_, i): Call => ({ get: name(i) }))
    const last: Call[] = [{ read: 'weight' }, ...third, { read: 'weight' }, ...keys]
    const base = { maxWeight, weigh: 'itself' as const }
    return {
      bothered: { ...base, calls: [...first, ...second, ...last] },
      spared: { ...base, calls: [...first, ...last] },
      badFrom: first.length,
      badTo: first.length + second.length,
    }
  }
  const weight = fc.integer({ min: 1, max: 6 })
  const misuses = fc.record({
    before: fc.array(weight, { maxLength: 5 }),
    bad: fc.array(
      fc.record({
        which: fc.nat({ max: 5 }),
        value: fc.oneof({ arbitrary: noWeight, weight: 4 }, fc.constant('unweighable')),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    after: fc.array(weight, { maxLength: 3 }),
  })
  const both = (misuse: Misuse) => {
    const { bothered, spared } = scriptsOf(misuse)
    return [bothered, spared].map((script) => ({ ...script, misuse }))
  }
  await forAll(
    misuses.map(both),
    subject.attempts,
    ([script], [bothered, spared]) => {
      const { misuse, ...s } = script as Script & { misuse: Misuse }
      const { badFrom, badTo } = scriptsOf(misuse)
      agree(
        opening(s),
        s.calls.map((call, i) => {
          const got = (bothered as object[])[i] as object
          if (i < badFrom || i >= badTo) {
            const want = (spared as object[])[i < badFrom ? i : i - (badTo - badFrom)]
            return { call: told(s, call), got, want }
          }
          const weighs = 'set' in call && call.value === 'unweighable'
          const refusal = { threw: weighs ? 'what weigh threw' : 'RangeError naming weight' }
          const refused = weighs
            ? 'threw' in got && got.threw === 'Error' && 'message' in got && got.message === 'this cannot be weighed'
            : isRefusal(got, 'weight')
          return { call: told(s, call), got: refused ? refusal : got, want: refusal }
        }),
      )
    },
    {
      tell: ([script]) => tell(script as Script),
      examples: [
        ...[0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, undefined, null, 'unweighable'].flatMap((value) => [
          both({ before: [1], bad: [{ which: 1, value }], after: [] }),
          both({ before: [1, 2], bad: [{ which: 0, value }], after: [4] }),
        ]),
      ],
    },
  )

  const options = fc.oneof(
    nonsense.map((maxWeight) => ({ options: { maxWeight }, name: 'maxWeight' })),
    nonsense.map((ttlMs) => ({ options: { maxWeight: 1, ttlMs }, name: 'ttlMs' })),
  )
  await forAll(
    options.map(({ options, name }) => ({ ...options, name })),
    subject.construct,
    ({ name, ...options }, got) =>
      holds(
        isRefusal(got, name),
        [opening(options)],
        `throws RangeError naming ${name}`,
        'message' in got ? `${show(got)}: ${got.message}` : show(got),
      ),
  )
})
