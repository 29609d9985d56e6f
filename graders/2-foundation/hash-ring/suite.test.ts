// Each promise is checked in a setting of its own, in which breaking another promise does not show: the promise that a
// learner is told about is the one that they broke. Where collisions, exact hits, the way around or the order of numbers as
// text are not the matter, positions are distinct, have as many digits, are even (and those of keys odd), and the last point
// of all stays where it is.

import { fc, hiddenTest, holds, same, show } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)

const LAST = 2 ** 32 - 1

// ---- scripts, and how they are told -------------------------------------------------------------------------------

/** A node and where its points are, in the order of their numbers. */
interface Node {
  id: string
  at: number[]
  weight?: number
  /** points that it must not have: those after its last */
  beyond?: number[]
}

/** The key that is at a position says so in its name. */
const keyAt = (position: number) => `key@${position}`
const find = (position: number): driver.Call => ({ find: keyAt(position) })
const add = ({ id, weight }: Node): driver.Call => (weight === undefined ? { add: id } : { add: id, weight })
const remove = ({ id }: Node): driver.Call => ({ remove: id })

function script(virtualNodes: number, nodes: readonly Node[], calls: driver.Call[]): driver.Script {
  const points = nodes.flatMap(({ id, at, beyond = [] }) =>
    [...at, ...beyond].map((position, replica): [string, number] => [`${id}#${replica}`, position]),
  )
  const keys = calls.flatMap((call) => ('find' in call ? [call.find] : []))
  const at = [...points, ...keys.map((key): [string, number] => [key, Number(key.slice(key.indexOf('@') + 1))])]
  return { virtualNodes, hash: { at, elsewhere: 0 }, calls }
}

const opening = ({ virtualNodes }: { virtualNodes?: number }) =>
  `const ring = new HashRing({ hash${virtualNodes === undefined ? '' : `, virtualNodes: ${virtualNodes}`} })  // hash('key@7') is 7`

const MAX_POINTS_TOLD = 6

function told({ virtualNodes = 160, hash }: driver.Script, call: driver.Call): string {
  if ('find' in call) return `ring.nodeFor(${show(call.find)})`
  if ('remove' in call) return `ring.removeNode(${show(call.remove)})`
  if ('read' in call) return `ring.${call.read}`
  const { add: id, weight } = call
  const at = new Map(hash.at)
  const count = Math.min(virtualNodes * (weight ?? 1), MAX_POINTS_TOLD + 1)
  const points = Array.from({ length: count }, (_, i) => at.get(`${id}#${i}`))
  const shown = points.slice(0, MAX_POINTS_TOLD).map((position) => (position === undefined ? '?' : show(position)))
  const where =
    points.length === 0 || points.includes(undefined)
      ? ''
      : `  // at ${shown.join(', ')}${count > MAX_POINTS_TOLD ? ', …' : ''}`
  return `ring.addNode(${show(id)}${weight === undefined ? '' : `, ${show(weight)}`})${where}`
}

const tell = (s: driver.Script) => [opening(s), ...s.calls.map((call) => told(s, call))]

/** What a look-up must answer, and why. */
interface Due {
  id: string | undefined
  because: string
}

/**
 * Holds the look-ups against what is due; `undefined` where the contract or this promise says nothing. The story tells
 * the changes of the ring, and of all look-ups only those of the key that went wrong.
 */
function against(s: driver.Script, got: readonly driver.Answer[], due: readonly (Due | undefined)[]): void {
  for (const [i, answer] of got.entries()) {
    const want = due[i]
    if (want === undefined || same(answer, want.id)) continue
    const wrong = s.calls[i] as { find: string }
    const upTo = s.calls.slice(0, i + 1).flatMap((call, at) => {
      if (!('find' in call)) return [told(s, call)]
      return call.find === wrong.find ? [`${told(s, call)} → ${show(got[at])}`] : []
    })
    holds(false, [opening(s), ...upTo], `${show(want.id)}: ${want.because}`, show(answer))
  }
}

/** The model: the node with the point that is the fewest steps clockwise from the position; at a tie the smallest id. */
function owner(nodes: readonly Node[], position: number): Due {
  let best: { id: string; steps: number; at: number } | undefined
  for (const { id, at: points } of nodes)
    for (const at of points) {
      const steps = (at - position + 2 ** 32) % 2 ** 32
      if (best === undefined || steps < best.steps || (steps === best.steps && id < best.id)) best = { id, steps, at }
    }
  if (best === undefined) throw new Error('an empty ring has no owner')
  const { id, at } = best
  const rivals = nodes.filter((node) => node.id !== id && node.at.includes(at)).map((node) => show(node.id))
  const tie = rivals.length > 0 ? `, and ${show(id)} is smaller than ${rivals.join(' and ')}` : ''
  const place =
    at < position
      ? `from ${show(position)} up there is none, and the first of all is`
      : `the first from ${show(position)} up is`
  return { id, because: `${place} its point at ${show(at)}${tie}` }
}

/** Deals positions to nodes, `each` apiece. */
function deal(ids: readonly string[], each: number, positions: readonly number[]): Node[] {
  return ids.map((id, i) => ({ id, at: positions.slice(i * each, (i + 1) * each) }))
}

const IDS = ['a', 'b', 'c', 'd', 'e', 'f']
/** Even positions of three digits, all different. Above them all is {@link TOP}. */
const apart = (count: number) =>
  fc.uniqueArray(
    fc.integer({ min: 50, max: 498 }).map((n) => 2 * n),
    { minLength: count, maxLength: count },
  )
const TOP = 998
/** Just before a point, so never on one; and just before the top. */
const justBefore = (positions: readonly number[]) => [...new Set([...positions, TOP])].map((position) => position - 1)

// ---- 1: the rule ----------------------------------------------------------------------------------------------------

test('A key belongs to the first point at or after it, around the ring', async ({ subject, forAll }) => {
  const position = fc.oneof(
    fc.nat({ max: 120 }),
    fc.constantFrom(0, 1, 9, 10, 99, 100, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, LAST - 1, LAST),
    fc.nat({ max: LAST }),
  )
  const scripts = fc
    .record({
      ids: fc.shuffledSubarray(IDS.slice(0, 4), { minLength: 1 }),
      virtualNodes: fc.integer({ min: 1, max: 3 }),
      points: fc.uniqueArray(position, { minLength: 12, maxLength: 12 }),
      keys: fc.array(position, { maxLength: 6 }),
      besides: fc.constantFrom(-1, 0, 1),
    })
    .map(({ ids, virtualNodes, points, keys, besides }) => {
      const nodes = deal(ids, virtualNodes, points)
      const near = nodes.flatMap(({ at }) => at).map((at) => at + besides)
      return ruled(virtualNodes, nodes, [...keys, ...near.filter((at) => at >= 0 && at <= LAST)])
    })
  const [a, b] = [
    { id: 'a', at: [100] },
    { id: 'b', at: [200] },
  ]
  await forAll(scripts, subject.run, (s, got) => against(s, got, s.due), {
    tell,
    examples: [
      ruled(1, [a, b], [100, 200, 99, 101, 199]),
      ruled(1, [a, b], [201, 0, LAST]),
      ruled(
        1,
        [
          { id: 'a', at: [9] },
          { id: 'b', at: [10] },
          { id: 'c', at: [100] },
        ],
        [10, 9, 11, 99],
      ),
      ruled(1, [{ id: 'a', at: [0] }], [0, 1, LAST]),
      ruled(
        1,
        [
          { id: 'a', at: [0] },
          { id: 'b', at: [LAST] },
        ],
        [0, 1, LAST - 1, LAST],
      ),
      ruled(
        1,
        [
          { id: 'a', at: [5] },
          { id: 'b', at: [2 ** 31 + 5] },
        ],
        [4, 6, 2 ** 31, 2 ** 31 + 5, 2 ** 31 + 6],
      ),
    ],
  })
})

function ruled(virtualNodes: number, nodes: Node[], keys: readonly number[]) {
  const asked = [...new Set(keys)]
  return {
    ...script(virtualNodes, nodes, [...nodes.map(add), ...asked.map(find)]),
    due: [...nodes.map(() => undefined), ...asked.map((key) => owner(nodes, key))],
  }
}

// ---- 2: weight ------------------------------------------------------------------------------------------------------

test("Weight multiplies a node's points", async ({ subject, forAll }) => {
  const scripts = fc
    .record({
      ids: fc.shuffledSubarray(IDS.slice(0, 3), { minLength: 2 }),
      virtualNodes: fc.integer({ min: 1, max: 3 }),
      weights: fc.array(fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }), { minLength: 3, maxLength: 3 }),
      positions: apart(33),
      leaves: fc.boolean(),
    })
    .map(({ ids, virtualNodes, weights, positions, leaves }) => {
      const left = [...positions]
      const next = (count: number) => left.splice(0, count)
      const nodes = ids.map((id, i): Node => {
        const weight = weights[i]
        const at = next(virtualNodes * (weight ?? 1))
        return {
          id,
          at: i === 0 ? [TOP, ...at.slice(1)] : at,
          beyond: next(2),
          ...(weight === undefined ? {} : { weight }),
        }
      })
      return weighed(virtualNodes, nodes, leaves ? nodes.at(-1) : undefined)
    })
  const heavy: Node = { id: 'b', at: [200, 300, 400], weight: 3, beyond: [250] }
  const light: Node = { id: 'a', at: [TOP], beyond: [150, 350] }
  // It leaves and comes again as a light one: of its three points there is one.
  const lighter = [add(light), add(heavy), remove(heavy), add({ ...light, id: 'b' })]
  const lighterAgain = {
    ...script(1, [light, heavy], [...lighter, ...[199, 299].map(find)]),
    due: [...lighter.map(() => undefined), ...[199, 299].map((key) => owner([light, { id: 'b', at: [200] }], key))],
  }
  await forAll(scripts, subject.run, (s, got) => against(s, got, s.due), {
    tell,
    examples: [weighed(1, [light, heavy]), weighed(1, [light, heavy], heavy), lighterAgain],
  })

  // The defaults: 160 points, of which the last is number 159.
  const usual: driver.Script = {
    hash: {
      at: [
        ['b#159', 300],
        ['b#160', 200],
        ['a#0', 250],
        ['key@199', 199],
        ['key@299', 299],
      ],
      elsewhere: TOP,
    },
    calls: [{ add: 'a' }, { add: 'b' }, find(199), find(299)],
  }
  await forAll(
    fc.constant(usual),
    subject.run,
    (s, got) =>
      against(s, got, [
        undefined,
        undefined,
        { id: 'a', because: 'a#0 is at 250, and the default is 160 points: there is no b#160 at 200' },
        { id: 'b', because: 'the default is 160 points, and b#159 is at 300' },
      ]),
    { tell, runs: 1 },
  )
})

function weighed(virtualNodes: number, nodes: Node[], leaver?: Node) {
  const stay = nodes.filter((node) => node !== leaver)
  const changes = [...nodes.map(add), ...(leaver === undefined ? [] : [remove(leaver)])]
  const keys = justBefore(nodes.flatMap(({ at, beyond = [] }) => [...at, ...beyond]))
  return {
    ...script(virtualNodes, nodes, [...changes, ...keys.map(find)]),
    due: [...changes.map(() => undefined), ...keys.map((key) => owner(stay, key))],
  }
}

// ---- 3 and 4: a change moves few keys -------------------------------------------------------------------------------

test('A new node takes its share, and no other node gains a key', async ({ subject, forAll }) => {
  const scripts = changing.map(({ ids, virtualNodes, positions }) => {
    const nodes = deal(ids, virtualNodes, [TOP, ...positions])
    return changed(virtualNodes, nodes.slice(0, -1), 'add', nodes.at(-1) as Node)
  })
  await forAll(scripts, subject.run, compare, {
    tell,
    examples: [changed(1, [{ id: 'a', at: [TOP] }], 'add', { id: 'b', at: [300] })],
  })
  await forAll(
    fleets('add'),
    subject.moves,
    (fleet, moves) => {
      const strays = moves.filter(({ to }) => to !== fleet.id)
      holdsMoves(fleet, moves, strays, `keys move to ${show(fleet.id)} and nowhere else`)
    },
    { runs: FLEETS, tell: fleetStory },
  )
})

test("A removed node's keys move, and no others", async ({ subject, forAll }) => {
  const scripts = fc
    .record({ changing, leaver: fc.nat() })
    .map(({ changing: { ids, virtualNodes, positions }, leaver }) => {
      const nodes = deal(ids, virtualNodes, [TOP, ...positions])
      return changed(virtualNodes, nodes, 'remove', nodes[1 + (leaver % (nodes.length - 1))] as Node)
    })
  const [one, ten, two] = [
    { id: 'db-1', at: [300] },
    { id: 'db-10', at: [500] },
    { id: 'db-2', at: [TOP] },
  ]
  await forAll(scripts, subject.run, compare, {
    tell,
    examples: [changed(1, [one, ten, two], 'remove', one), changed(1, [one, ten, two], 'remove', ten)],
  })
  await forAll(
    fleets('remove'),
    subject.moves,
    (fleet, moves) => {
      const strays = moves.filter(({ from }) => from !== fleet.id)
      holdsMoves(fleet, moves, strays, `only the keys of ${show(fleet.id)} move`)
    },
    { runs: FLEETS, tell: fleetStory },
  )
})

const changing = fc.record({
  // Ids that begin alike, because nodes are called like that.
  ids: fc.shuffledSubarray(['db', 'db-1', 'db-10', 'db-2', 'db-22'], { minLength: 2, maxLength: 4 }),
  virtualNodes: fc.integer({ min: 1, max: 3 }),
  positions: apart(11),
})

interface Change extends driver.Script {
  kind: 'add' | 'remove'
  node: Node
  before: Node[]
  after: Node[]
  keys: number[]
}

/** Every key is asked for before the change and after it. */
function changed(virtualNodes: number, before: Node[], kind: 'add' | 'remove', node: Node): Change {
  const after = kind === 'add' ? [...before, node] : before.filter((one) => one !== node)
  const all = kind === 'add' ? after : before
  const keys = justBefore(all.flatMap(({ at }) => at))
  const asked = keys.map(find)
  const calls = [...before.map(add), ...asked, kind === 'add' ? add(node) : remove(node), ...asked]
  return { ...script(virtualNodes, all, calls), kind, node, before, after, keys }
}

/** What was answered before is taken as it was: who has which key at all is another promise. */
function compare({ kind, node, before, after, keys, ...s }: Change, got: readonly driver.Answer[]): void {
  const due = keys.map((key, i): Due => {
    const was = got[before.length + i] as string | undefined
    const now = owner(after, key)
    if (kind === 'remove') return was === node.id ? now : { id: was, because: `it was no key of ${show(node.id)}` }
    return now.id === node.id ? now : { id: was, because: `no point of ${show(node.id)} comes between` }
  })
  against(s, got, [...s.calls.slice(keys.length).map(() => undefined), ...due])
}

const FLEETS = 2
const KEYS = 5_000

/** A ring with 160 points a node, and the change of one node, with which it has (or had) `of` nodes. */
interface Fleet {
  seed: number
  ids: string[]
  change: driver.Call
  keys: driver.Keys
  id: string
  of: number
}

const fleets = (kind: 'add' | 'remove') =>
  fc
    .record({ seed: fc.nat({ max: 2 ** 31 - 1 }), of: fc.integer({ min: 4, max: 10 }), at: fc.nat() })
    .map(({ seed, of, at }): Fleet => {
      const all = Array.from({ length: of }, (_, i) => `node-${i}`)
      const id = all[at % of] as string
      const keys = { before: 'user:', after: '', count: KEYS }
      return kind === 'add'
        ? { seed, ids: all.filter((one) => one !== id), change: { add: id }, keys, id, of }
        : { seed, ids: all, change: { remove: id }, keys, id, of }
    })

const fleetStory = ({ ids, change, id }: Fleet) => [
  'const ring = new HashRing({ hash })  // a hash that scatters well',
  `${ids.length} nodes from ${show(ids[0])} to ${show(ids.at(-1))} are added, and ${show(KEYS)} keys are asked for`,
  `ring.${'add' in change ? 'addNode' : 'removeNode'}(${show(id)}), and all are asked for again`,
]

/** With an ideal hash the share is outside of these bounds in less than one ring of 10 ** 11 (beta-binomial, 160 points). */
function holdsMoves(
  fleet: Fleet,
  moves: readonly driver.Move[],
  strays: readonly driver.Move[],
  expected: string,
): void {
  const keysOf = (some: readonly driver.Move[]) => some.reduce((sum, { keys }) => sum + keys, 0)
  const stray = strays[0]
  const got = `${show(keysOf(strays))} others move, for instance from ${show(stray?.from)} to ${show(stray?.to)}`
  holds(stray === undefined, fleetStory(fleet), expected, got)
  const fair = KEYS / fleet.of
  const moved = keysOf(moves)
  const share = `about one key in ${fleet.of} moves: ${show(Math.ceil(fair / 2))} to ${show(Math.floor(fair * 2))} of ${show(KEYS)}`
  holds(moved >= fair / 2 && moved <= fair * 2, fleetStory(fleet), share, `${show(moved)} keys move`)
}

// ---- 5: order -------------------------------------------------------------------------------------------------------

test('The same nodes make the same ring, in whatever order they came', async ({ subject, forAll }) => {
  // Few positions, so that nodes meet. One more node meets nobody; it comes, leaves and comes again.
  const scripts = fc
    .record({
      ids: fc.shuffledSubarray(['a', 'B', 'b', 'Z', '9', '10', 'é', 'node-2', 'node-10'], {
        minLength: 2,
        maxLength: 4,
      }),
      virtualNodes: fc.integer({ min: 1, max: 2 }),
      positions: fc.array(fc.constantFrom(110, 120, 130, 140), { minLength: 8, maxLength: 8 }),
      guest: fc.nat(),
    })
    .map(({ ids, virtualNodes, positions, guest }) => {
      const nodes = deal(ids, virtualNodes, positions)
      nodes.splice(guest % (ids.length + 1), 0, { id: 'guest', at: [125, 135].slice(0, virtualNodes) })
      return arrived(virtualNodes, nodes)
    })
  const met = (...ids: string[]) =>
    arrived(
      1,
      ids.map((id) => ({ id, at: [100] })),
    )
  await forAll(scripts, subject.run, (s, got) => against(s, got, s.due), {
    tell,
    examples: [met('a', 'b'), met('b', 'a'), met('a', 'B'), met('9', '10'), met('z', 'é'), met('c', 'b', 'a')],
  })

  // And with the hash that the submission brings along.
  const rings = fc
    .record({ first: fc.shuffledSubarray(FLEET, { minLength: 2 }), seed: fc.nat({ max: 9_999 }) })
    .chain(({ first, seed }) =>
      fc.shuffledSubarray(first, { minLength: first.length }).map((second) => ({
        orders: [first, second],
        keys: Array.from({ length: 20 }, (_, i) => `user:${seed + i}`),
      })),
    )
  const twoRings = ({ orders: [first = [], second = []] }: { orders: string[][] }) => [
    `one ring:      ${first.join(', ')}`,
    `another ring:  ${second.join(', ')}  // the same nodes, and no hash given`,
  ]
  await forAll(
    rings,
    subject.orders,
    (input, [one = [], other = []]) => {
      const at = one.findIndex((answer, i) => answer !== other[i])
      const key = show(input.keys[at])
      const story = [
        ...twoRings(input),
        `one.nodeFor(${key}) → ${show(one[at])}`,
        `another.nodeFor(${key}) → ${show(other[at])}`,
      ]
      holds(at < 0, story, `${show(one[at])}, as in the one ring`, show(other[at]))
    },
    { runs: 20, tell: twoRings },
  )
})

const FLEET = ['10.0.0.1:11211', '10.0.0.2:11211', '10.0.0.3:11211', 'cache-a', 'cache-b', 'cache-c']

function arrived(virtualNodes: number, nodes: Node[]) {
  const guest = nodes.find(({ id }) => id === 'guest')
  const calls = [...nodes.map(add), ...(guest === undefined ? [] : [remove(guest), add(guest)])]
  const keys = [...new Set(nodes.flatMap(({ at }) => at))].map((position) => position - 1)
  return {
    ...script(virtualNodes, nodes, [...calls, ...keys.map(find)]),
    due: [...calls.map(() => undefined), ...keys.map((key) => owner(nodes, key))],
  }
}

// ---- 6: collisions --------------------------------------------------------------------------------------------------

test('Two points on one position are both kept', async ({ subject, forAll }) => {
  const scripts = fc
    .record({
      ids: fc.shuffledSubarray(IDS.slice(0, 4), { minLength: 3 }),
      virtualNodes: fc.integer({ min: 1, max: 2 }),
      positions: fc.array(fc.constantFrom(100, 110, 120, 130, 140), { minLength: 8, maxLength: 8 }),
      leavers: fc.shuffledSubarray([0, 1, 2], { minLength: 1, maxLength: 2 }),
    })
    .map(({ ids, virtualNodes, positions, leavers }) => {
      const nodes = deal(ids, virtualNodes, positions)
      return parted(
        virtualNodes,
        nodes,
        leavers.map((i) => nodes[i] as Node),
      )
    })
  const [a, b, c] = ['a', 'b', 'c'].map((id) => ({ id, at: [id === 'c' ? 200 : 100] })) as [Node, Node, Node]
  const twice = { id: 'a', at: [100, 100] }
  await forAll(scripts, subject.run, (s, got) => against(s, got, s.due), {
    tell,
    examples: [
      parted(1, [a, b, c], [a]),
      parted(1, [a, b, c], [b]),
      parted(1, [b, a, c], [a]),
      parted(1, [b, a, c], [b]),
      parted(2, [twice, { id: 'b', at: [100, 150] }, { id: 'c', at: [200, 210] }], [{ id: 'b', at: [100, 150] }]),
      parted(2, [twice, { id: 'b', at: [100, 300] }, { id: 'c', at: [200, 210] }], [twice]),
      parted(1, [a, b, { id: 'c', at: [100] }, { id: 'd', at: [200] }], [a, b]),
    ],
  })
})

/**
 * Some of the nodes leave. Only keys are asked for whose next point is then the only one on its position, so that it does not
 * matter here who has a position that several nodes want.
 */
function parted(virtualNodes: number, nodes: Node[], leavers: Node[]) {
  const gone = new Set(leavers.map(({ id }) => id))
  const stay = nodes.filter(({ id }) => !gone.has(id))
  const left = [...new Set(stay.flatMap(({ at }) => at))].sort((x, y) => x - y)
  const keys = [...new Set(nodes.flatMap(({ at }) => at))]
    .map((position) => position - 1)
    .filter((key) => {
      const next = left.find((position) => position > key)
      return next !== undefined && stay.filter(({ at }) => at.includes(next)).length === 1
    })
  const calls = [...nodes.map(add), ...leavers.map(remove)]
  return {
    ...script(virtualNodes, nodes, [...calls, ...keys.map(find)]),
    due: [...calls.map(() => undefined), ...keys.map((key) => owner(stay, key))],
  }
}

// ---- 7: the default hash --------------------------------------------------------------------------------------------

test('The default hash spreads the keys evenly', async ({ subject, forAll }) => {
  const fair = COUNT / 10
  const [first, ...others] = rings()
  await forAll(
    fc.constant(first as Ring),
    subject.spread,
    (ring, counts) => {
      const [most, least] = [Math.max(...counts), Math.min(...counts)]
      const odd = most > 2 * fair ? most : least
      const shares = `each of the 10 nodes gets ${show(fair / 2)} to ${show(2 * fair)} of the ${show(COUNT)} keys`
      const got = `${show(ring.ids[counts.indexOf(odd)])} gets ${show(odd)}; all of them: ${counts.join(', ')}`
      holds(most <= 2 * fair && least >= fair / 2, ringStory(ring), shares, got)
    },
    { tell: ringStory, runs: 1, examples: others },
  )
})

const COUNT = 10_000

interface Ring {
  ids: string[]
  keys: driver.Keys
}

/**
 * Texts that are alike, as they are in life. They are the same on every seed, so that a hash has one verdict for good. A hash
 * without any pattern misses the bounds in one of 10 ** 12 such rings (beta-binomial); good ones keep within 0.7 and 1.4.
 */
function rings(): Ring[] {
  const ten = (name: (i: number) => string) => Array.from({ length: 10 }, (_, i) => name(i))
  const keys = (before: string, after = '') => ({ before, after, count: COUNT })
  return [
    { ids: ten((i) => `pod-${Math.imul(i + 1, 0x9e3779b1) >>> 0}`), keys: keys('order/') },
    { ids: ten((i) => `host-${i}`), keys: keys('session-') },
    { ids: ten((i) => 'abcdefghij'[i] as string), keys: keys('user:') },
    { ids: ten((i) => `10.0.0.${i + 1}:11211`), keys: keys('') },
    { ids: ten((i) => `host-${i}`), keys: keys('user:') },
    { ids: ten((i) => `cache${i < 9 ? '0' : ''}${i + 1}.example.net`), keys: keys('/img/', '.png') },
    { ids: ten((i) => `127.0.0.1:${7000 + i}`), keys: keys('cart:', ':items') },
    { ids: ten((i) => `${i}`), keys: keys('') },
  ]
}

const ringStory = ({ ids, keys: { before, after } }: Ring) => {
  const key = (i: number) => show(`${before}${i}${after}`)
  return [
    'const ring = new HashRing()',
    `10 nodes: ${show(ids[0])}, ${show(ids[1])} … ${show(ids[9])}`,
    `${show(COUNT)} keys: ${key(0)}, ${key(1)} … ${key(COUNT - 1)}`,
  ]
}

// ---- 8 and 9: who is in, and what is refused ------------------------------------------------------------------------

type Answered = { returned: driver.Answer } | { threw: string; message: string }

/** Scripts of which a call may throw: told with what each call came to. */
function heard(call: string, answer: Answered | undefined): string {
  if (answer === undefined) return call
  if ('threw' in answer) return `${call} → throws ${answer.threw}: ${answer.message}`
  return answer.returned === null ? call : `${call} → ${show(answer.returned)}`
}

test('It knows who is in, and an empty ring names nobody', async ({ subject, forAll }) => {
  const scripts = fc
    .array(fc.record({ id: fc.constantFrom(...NAMES), look: fc.nat({ max: 3 }) }), { maxLength: 8 })
    .map(attended)
  const visits = (...ids: string[]) => attended(ids.map((id) => ({ id, look: 3 })))
  await forAll(
    scripts,
    subject.attempts,
    (scripts, [got = []]) => {
      const [s] = scripts as [Attended]
      const wrong = s.due.findIndex((want, i) => want !== undefined && !same(got[i], want))
      if (wrong < 0) return
      const upTo = s.calls.slice(0, wrong + 1).map((call, i) => heard(told(s, call), got[i]))
      const want = s.due[wrong] as { returned: driver.Answer }
      const answer = got[wrong] as Answered
      holds(
        false,
        [opening(s), ...upTo],
        want.returned === null ? 'that it is done: nothing was wrong with the call' : show(want.returned),
        'threw' in answer ? `${answer.threw}: ${answer.message}` : show(answer.returned),
      )
    },
    {
      tell: ([s]) => tell(s as Attended),
      examples: [
        visits(),
        visits('a'),
        visits('a', 'a'),
        visits('b', 'a', 'b', 'a'),
        visits('9', '10'),
        visits('constructor'),
      ],
    },
  )
})

const NAMES = ['a', 'b', '9', '10', 'Z', 'é', ' ', 'a#0', 'constructor', 'toString', '__proto__']

interface Attended extends driver.Script {
  due: ({ returned: driver.Answer } | undefined)[]
}

/** Who is out comes in, who is in leaves; in between, some look-ups and questions. At the end everything is asked. */
function attended(visits: { id: string; look: number }[]): [Attended] {
  const inside = new Set<string>()
  const calls: driver.Call[] = []
  const due: Attended['due'] = []
  const ask = (call: driver.Call, returned: driver.Answer, silent = false) => {
    calls.push(call)
    due.push(silent ? undefined : { returned })
  }
  const asks = [
    () => ask({ read: 'size' }, inside.size),
    () => ask({ read: 'nodes' }, [...inside].sort()),
    // Who gets a key is another promise, and so is that somebody does.
    () => ask({ find: 'key@500' }, undefined, inside.size > 0),
  ]
  for (const { id, look } of visits) {
    ask(inside.has(id) ? { remove: id } : { add: id }, null)
    if (!inside.delete(id)) inside.add(id)
    asks[look]?.()
    if (look === 3) asks[2]?.()
  }
  for (const last of asks) last()
  return [{ virtualNodes: 1, hash: { at: [], elsewhere: 500 }, calls, due }]
}

test('Bad input is refused by name and changes nothing', async ({ subject, forAll }) => {
  const nonsense = fc.constantFrom(0, -1, 0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
  const bad = fc.oneof(
    fc.oneof(nonsense, fc.constant(1_001)).map((weight) => weighing(weight)),
    fc.constantFrom(undefined, 2).map((weight) => again('', weight, 'id')),
    fc
      .tuple(fc.constantFrom('db-1', 'db-2', 'db-3'), fc.constantFrom(undefined, 1, 2))
      .map(([id, weight]) => again(id, weight, id)),
    fc.constantFrom('db', 'db-9', 'db-10').map((id) => stranger(id)),
    fc.tuple(fc.constantFrom(...NO_POSITIONS), fc.constantFrom(0, 1)).map(([gives, replica]) => lost(gives, replica)),
    fc.constantFrom(...NO_POSITIONS).map((gives) => lost(gives)),
  )
  await forAll(
    fc.array(bad, { minLength: 1, maxLength: 4 }).map(bothered),
    subject.attempts,
    ([s], [got = [], undisturbed = []]) => {
      const calls = got.map((answer, i) => heard(told(s, s.calls[i] as driver.Call), answer))
      const said = (answer: Answered) =>
        'threw' in answer
          ? `${answer.threw}: ${answer.message}`
          : answer.returned === null
            ? 'no error'
            : show(answer.returned)
      let next = 0
      for (const [i, answer] of got.entries()) {
        const wrong = s.bad[i]
        const changes = calls
          .slice(0, i)
          .filter((_, at) => at < s.bad.length || 'remove' in (s.calls[at] as driver.Call))
        const story = [opening(s), ...changes, calls[i] as string]
        if (wrong !== undefined) {
          const expected = `throws ${wrong.kind} naming ${show(wrong.names)}`
          holds(refuses(answer, wrong), story, expected, said(answer))
        } else {
          const want = undisturbed[next++] as Answered
          holds(same(answer, want), story, `${said(want)}, as in a ring without the refused calls`, said(answer))
        }
      }
    },
    {
      tell: ([s]) => tell(s),
      examples: [
        ...[0, -1, 1.5, 1_001].map((weight) => weighing(weight)),
        again('', undefined, 'id'),
        again('db-1', undefined, 'db-1'),
        again('db-2', 2, 'db-2'),
        stranger('db-9'),
        ...NO_POSITIONS.flatMap((gives) => [lost(gives, 0), lost(gives, 1), lost(gives)]),
      ].map((one) => bothered([one])),
    },
  )

  const counts = fc.oneof(nonsense, fc.constantFrom(10_001, 2 ** 32)).map((virtualNodes) => ({ virtualNodes }))
  const made = ({ virtualNodes }: { virtualNodes: number }) => [`new HashRing({ virtualNodes: ${show(virtualNodes)} })`]
  await forAll(
    counts,
    subject.construct,
    (options, got) => {
      const wrong = { names: 'virtualNodes', kind: 'RangeError' } as const
      const said = 'threw' in got ? `${got.threw}: ${got.message}` : got.returned
      holds(refuses(got, wrong), made(options), 'throws RangeError naming virtualNodes', said)
    },
    { tell: made, examples: [0, -1, 1.5, 10_001].map((virtualNodes) => ({ virtualNodes })) },
  )

  // The largest of what is allowed.
  const most: driver.Script[] = [
    { virtualNodes: 1, weight: 1_000 },
    { virtualNodes: 10_000, weight: 1 },
  ].map(({ virtualNodes, weight }) => ({
    virtualNodes,
    hash: { at: [], elsewhere: 500 },
    calls: [{ add: 'a', weight }, { read: 'size' }],
  }))
  await forAll(fc.constantFrom(...most), subject.run, (s, got) => holds(got[1] === 1, tell(s), '1', show(got[1])), {
    tell,
    runs: 4,
  })
})

/** A call that must be refused. */
interface Bad {
  call: driver.Call
  /** what the message must name */
  names: string
  kind: 'RangeError' | 'Error'
  /** a position that the hash gives and that is none */
  gives?: [text: string, position: number]
}

const NO_POSITIONS = [-1, 0.5, 2 ** 32, Number.NaN, Number.POSITIVE_INFINITY]

const weighing = (weight: number): Bad => ({ call: { add: 'new', weight }, names: 'weight', kind: 'RangeError' })
const again = (id: string, weight: number | undefined, names: string): Bad => ({
  call: weight === undefined ? { add: id } : { add: id, weight },
  names,
  kind: id === '' ? 'RangeError' : 'Error',
})
const stranger = (id: string): Bad => ({ call: { remove: id }, names: id, kind: 'Error' })
/** The hash has no position for a point of a node, or for a key. */
const lost = (gives: number, replica?: number): Bad =>
  replica === undefined
    ? { call: { find: `key@${gives}` }, names: 'hash', kind: 'RangeError', gives: [`key@${gives}`, gives] }
    : { call: { add: 'odd' }, names: 'hash', kind: 'RangeError', gives: [`odd#${replica}`, gives] }

interface Bothered extends driver.Script {
  /** by call: what is wrong with it */
  bad: (Bad | undefined)[]
}

/** Three nodes, calls that must be refused, and then all that can be asked; and the same without those calls. */
function bothered(bad: Bad[]): [Bothered, driver.Script] {
  const nodes: Node[] = [
    { id: 'db-1', at: [110, 410] },
    { id: 'db-2', at: [210, 510] },
    { id: 'db-3', at: [TOP, 610, 310, 710], weight: 2 },
  ]
  const odd = { id: 'odd', at: [150, 450] }
  const ins = nodes.map(add)
  const asked = justBefore([110, 150, 210, 450, 510]).map(find)
  const outs: driver.Call[] = [{ read: 'size' }, { read: 'nodes' }, ...asked, { remove: 'db-2' }, find(209), find(509)]
  const { hash } = script(2, [...nodes, odd], outs)
  const at = [...hash.at, ...bad.flatMap(({ gives }) => (gives === undefined ? [] : [gives]))]
  const common = { virtualNodes: 2, hash: { ...hash, at } }
  return [
    { ...common, calls: [...ins, ...bad.map(({ call }) => call), ...outs], bad: [...ins.map(() => undefined), ...bad] },
    { ...common, calls: [...ins, ...outs] },
  ]
}

function refuses(answer: Answered | { returned: string }, { names, kind }: Pick<Bad, 'names' | 'kind'>): boolean {
  if (!('threw' in answer)) return false
  const named = names === 'id' ? /\bid\b/.test(answer.message) : answer.message.includes(names)
  return named && (kind === 'Error' || answer.threw === kind)
}
