// The promises of a disruptor. Calls in one thread show what the ring holds; threads in lock step show what one may see of
// the other. Small scenes are run by every schedule of few switches, so that what is wrong is found on every seed. Each
// promise has a setting of its own: rings that never fill where room is not the question, graphs only where order is.

import { BrokenPromise, fc, hiddenTest, holds, type Remote, same, show } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)

/** Field f of event k, to be read at a glance: 702, or 7.02, is the second number of the seventh event. */
const eventsFrom = (first: number, count: number, fields: number, unit = 1): driver.Event[] =>
  Array.from({ length: count }, (_, i) =>
    Array.from({ length: fields }, (_, field) => (100 * (first + i + 1) + field + 1) / unit),
  )

// ---- one thread --------------------------------------------------------------------------------------------------------

/** What the contract says, in counts that never wrap. */
class Model {
  readonly answers: driver.Answer[] = []
  readonly calls: driver.Call[] = []
  readonly options: driver.Options
  readonly firstSequence: number
  readonly written: driver.Event[] = []
  readonly polled: number[]
  readonly released: number[]
  /** 1, or 100 for numbers with fractions */
  unit = 1
  published = 0

  constructor(options: driver.Options, firstSequence: number) {
    this.options = options
    this.firstSequence = firstSequence
    this.polled = options.consumers.map(() => 0)
    this.released = options.consumers.map(() => 0)
  }

  get pending(): number {
    return this.written.length - this.published
  }
  get free(): number {
    return this.options.size - (this.written.length - Math.min(...this.released))
  }
  /** where it may go on to */
  end(consumer: number): number {
    const after = this.options.consumers[consumer] as readonly number[]
    return Math.min(this.published, ...after.map((one) => this.released[one] as number))
  }
  #add(call: driver.Call, answer: driver.Answer): void {
    this.calls.push(call)
    this.answers.push(answer)
  }

  /** Nothing where that is more than can ever be claimed now. */
  claim(count: number): void {
    if (count < 1 || count > this.options.size - this.pending) return
    const events = eventsFrom(this.written.length, count, this.options.fields, this.unit)
    const isGranted = count <= this.free
    this.#add({ claim: events }, isGranted ? (this.firstSequence + this.written.length) | 0 : null)
    if (isGranted) this.written.push(...events)
  }
  publish(): void {
    this.#add('publish', null)
    this.published = this.written.length
  }
  poll(consumer: number): void {
    this.polled[consumer] = this.end(consumer)
    this.#add({ poll: consumer }, this.end(consumer) - (this.released[consumer] as number))
  }
  read(consumer: number): void {
    const [from, to] = [this.released[consumer] as number, this.polled[consumer] as number]
    this.#add({ read: consumer, count: to - from }, this.written.slice(from, to))
  }
  release(consumer: number, count: number): void {
    const released = this.released[consumer] as number
    if (count > (this.polled[consumer] as number) - released) return
    this.#add({ release: consumer, count }, null)
    this.released[consumer] = released + count
  }
  next(consumer: number): void {
    this.#add({ next: consumer }, (this.firstSequence + (this.released[consumer] as number)) | 0)
  }
  take(consumer: number, mark?: driver.Mark): void {
    const [from, to] = [this.released[consumer] as number, this.end(consumer)]
    this.#add(mark === undefined ? { take: consumer } : { take: consumer, mark }, this.written.slice(from, to))
    for (let i = from; mark !== undefined && i < to; i++)
      this.written[i] = (this.written[i] as driver.Event).map((was, f) => (f === mark.field ? mark.value : was))
    this.polled[consumer] = to
    this.released[consumer] = to
  }
  again(who: number | 'producer'): void {
    // What is claimed and not published is nobody's when its producer is gone.
    if (who === 'producer' && this.pending > 0) return
    this.#add({ again: who }, null)
    if (who !== 'producer') this.polled[who] = this.released[who] as number
  }
  get played(): Played {
    const { options, firstSequence, calls, answers } = this
    return { options, firstSequence, calls, want: answers }
  }
}

interface Played extends driver.Script {
  want: driver.Answer[]
}

const opening = ({ options, firstSequence }: driver.Script) => {
  const { size, fields, consumers } = options
  const start = firstSequence === 0 ? '' : `, sequences from ${show(firstSequence)}`
  return `size ${size}, fields ${fields}, consumers ${JSON.stringify(consumers)}${start}`
}

const flat = (events: readonly driver.Event[]) => events.map((numbers) => numbers.map(show).join(' ')).join(', ')

function told(call: driver.Call): string {
  if (call === 'publish') return 'publish()'
  if ('claim' in call) return `tryClaim(${call.claim.length === 1 ? '' : call.claim.length})`
  if ('again' in call) return call.again === 'producer' ? 'a new Producer' : `a new Consumer, index ${call.again}`
  if ('poll' in call) return `consumer ${call.poll}: poll()`
  if ('read' in call) return `consumer ${call.read}: reads what it polled`
  if ('release' in call) return `consumer ${call.release}: release(${call.count})`
  if ('next' in call) return `consumer ${call.next}: next`
  return `consumer ${call.take}: polls, reads and releases all`
}

function came(call: driver.Call, answer: driver.Answer | undefined): string {
  if (typeof answer === 'string') return answer
  if (Array.isArray(answer)) return answer.length === 0 ? 'nothing' : flat(answer)
  return answer === null && typeof call === 'object' && 'claim' in call ? 'undefined' : show(answer)
}

function line(call: driver.Call, answer: driver.Answer | undefined): string {
  if (call === 'publish' || 'release' in call || 'again' in call) return told(call)
  const marked =
    'take' in call && call.mark !== undefined ? `; it writes ${call.mark.value} into field ${call.mark.field}` : ''
  const written = 'claim' in call && typeof answer === 'number' ? `; writes ${flat(call.claim)}` : ''
  return `${told(call)} → ${came(call, answer)}${written}${marked}`
}

const MAX_LINES = 9
const tell = (script: driver.Script) => [opening(script), ...script.calls.map(told)]

function against(script: driver.Script, got: driver.Answer[], want: driver.Answer[]): void {
  const wrong = script.calls.findIndex((_, i) => !same(got[i], want[i]))
  if (wrong < 0) return
  const lines = script.calls.slice(0, wrong + 1).map((call, i) => line(call, got[i]))
  const dropped = lines.length - MAX_LINES
  const call = script.calls[wrong] as driver.Call
  throw new BrokenPromise(
    [opening(script), ...(dropped > 0 ? [`… ${dropped} calls before`, ...lines.slice(-MAX_LINES)] : lines)],
    came(call, want[wrong]),
    came(call, got[wrong]),
  )
}

/** A script made by a person or by chance: what is not possible at a place is left out there. */
function play(options: Partial<driver.Options>, firstSequence: number, moves: (model: Model) => void): Played {
  const model = new Model({ size: 4, fields: 1, consumers: [[]], strategy: 'spin', ...options }, firstSequence)
  moves(model)
  return model.played
}

/** What to do, and how many or who: `C3` claims three, say. Each test has letters of its own. */
type Move = readonly [string, number]
const moved = (text: string): Move[] => text.split(' ').map((word) => [word.slice(0, 1), Number(word.slice(1))])
const movesOf = (letters: string, least: number, most: number) =>
  fc.array(fc.tuple(from(...letters), fc.integer({ min: least, max: most })), { minLength: 1, maxLength: 24 })

const nat = (max: number) => fc.integer({ min: 0, max })
const from = <T>(...values: readonly T[]) => fc.constantFrom(...values)
const strategies = from('spin' as const, 'sleep' as const)
const PARALLEL: driver.Options['consumers'][] = [[[]], [[], []], [[], [], []]]
const CHAIN = [[], [0]]
const DIAMOND = [[], [], [0, 1]]
const GRAPHS: driver.Options['consumers'][] = [
  CHAIN,
  DIAMOND,
  [[], [0], [1]],
  [[], [0], [0], [1, 2]],
  [[], [0], [], [1, 2]],
]

const check = (script: Played, got: driver.Answer[]) => against(script, got, script.want)

test('Every consumer gets every event, once, whole and in order', async ({ subject, forAll }) => {
  // Never full, everybody comes at once and in order: room and order among consumers are other promises.
  const rounds = (options: Partial<driver.Options>, first: number, claims: readonly (readonly number[])[]) =>
    play(options, first, (model) => {
      model.unit = 100
      for (const round of claims) {
        for (const count of round) if (count < model.free) model.claim(count)
        model.publish()
        for (const [i] of model.options.consumers.entries()) {
          const isFollowed = model.options.consumers.flat().includes(i) && i + 1 < model.options.fields
          model.take(i, isFollowed ? { field: i + 1, value: -0.1 - i } : undefined)
        }
      }
    })
  const scripts = fc
    .record({
      size: from(2, 4, 8, 16),
      fields: fc.integer({ min: 1, max: 4 }),
      consumers: from(...PARALLEL, CHAIN, DIAMOND),
      strategy: strategies,
      first: nat(1_000),
      claims: fc.array(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }), { minLength: 1, maxLength: 8 }),
    })
    .map(({ first, claims, ...options }) => rounds(options, first, claims))
  await forAll(scripts, subject.run, check, {
    tell,
    examples: [
      rounds({ size: 2 }, 0, [[1], [1], [1]]),
      rounds({ size: 4, fields: 2 }, 0, [[1], [3], [2, 1]]),
      rounds({ size: 4, fields: 3, consumers: DIAMOND }, 0, [[2], [3], [1]]),
      rounds({ size: 4, fields: 2, consumers: [[], []] }, 0, [[2], [2], [3]]),
      rounds({ size: 8, fields: 64 }, 0, [[7], [7]]),
    ],
  })
})

test('Nothing is seen before it is published', async ({ subject, forAll }) => {
  // C claims, never to the last slot, P publishes; then everybody takes all that is there.
  const unpublished = (options: Partial<driver.Options>, first: number, moves: readonly Move[]) =>
    play(options, first, (model) => {
      for (const [move, n] of moves) {
        if (move === 'P') model.publish()
        else if (n < model.free) model.claim(n)
        for (const consumer of model.options.consumers.keys()) model.take(consumer)
      }
    })
  const scripts = fc
    .record({ size: from(4, 8, 16), consumers: from(...PARALLEL), first: nat(1_000), moves: movesOf('CP', 1, 4) })
    .map(({ first, moves, ...options }) => unpublished(options, first, moves))
  const examples = ['C1', 'C1 C1 P', 'C2 P C1 P0'].map((text) => unpublished({}, 0, moved(text)))
  await forAll(scripts, subject.run, check, { tell, examples })
})

test('What was polled stays until it is released', async ({ subject, forAll }) => {
  // C claims and publishes, P polls, R reads, L releases, N asks where it is, A makes it anew, B the producer.
  const stays = (options: Partial<driver.Options>, first: number, moves: readonly Move[]) =>
    play(options, first, (model) => {
      for (const [move, n] of moves) {
        // Claims are made where one slot more or less makes no difference.
        if (move === 'C' && (n <= model.free - 1 || n >= model.free + 2)) {
          model.claim(n)
          model.publish()
        }
        if (move === 'P') model.poll(0)
        if (move === 'R') model.read(0)
        if (move === 'L') model.release(0, n)
        if (move === 'N') model.next(0)
        if (move === 'A') model.again(0)
        if (move === 'B') model.again('producer')
      }
    })
  const scripts = fc
    .record({ size: from(4, 8, 16), strategy: strategies, first: nat(1_000), moves: movesOf('CPRLNAB', 0, 6) })
    .map(({ first, moves, ...options }) => stays(options, first, moves))
  const examples = [
    'C3 P C3 R',
    'C3 P L1 P R N',
    'C3 P L2 C1 C4 R P R',
    'C3 P L1 A N P R',
    'C3 B C3 P L3 C2',
    'C2 P L0 R L2 N P',
    'N B A C2 P R',
  ].map((text, i) => stays({}, i === 6 ? 5 : 0, moved(text)))
  await forAll(scripts, subject.run, check, { tell, examples })
})

test('A claim is granted when there is room, and only then', async ({ subject, forAll }) => {
  // C claims, P claims and publishes, T lets a consumer take all.
  const claims = (options: Partial<driver.Options>, first: number, moves: readonly Move[]) =>
    play(options, first, (model) => {
      for (const [move, n] of moves) {
        // What is claimed and not published is another promise.
        if (move !== 'T') model.claim(n)
        else if (model.pending === 0) model.take(n % model.options.consumers.length)
        if (move === 'P') model.publish()
      }
    })
  const scripts = fc
    .record({
      size: from(1, 2, 4, 8),
      consumers: from(...PARALLEL),
      strategy: strategies,
      first: nat(1_000),
      moves: movesOf('CCPPTTT', 1, 8),
    })
    .map(({ first, moves, ...options }) => claims(options, first, moves))
  /** All but one come at once, in the order of the graph. */
  const behind = (consumers: driver.Options['consumers'], late: number) =>
    play({ size: 2, consumers }, 0, (model) => {
      for (let i = 0; i < 4; i++) {
        model.claim(1)
        model.publish()
        for (const [j] of consumers.entries()) if (j !== late) model.take(j)
      }
      model.take(late)
      model.claim(2)
    })
  const two = { size: 2, consumers: [[], []] }
  const examples = [
    claims({ size: 2 }, 0, moved('P1 P1 P1')),
    claims({ size: 1 }, 0, moved('P1 P1 T0 P1')),
    claims({}, 0, moved('P4 T0 C4')),
    claims({}, 0, moved('P3 C2 C1')),
    claims({}, 0, moved('P2 T0 P3 C2 C1')),
    claims({}, 0, moved('C1 P1 C1 C2 C1')),
    claims(two, 0, moved('P2 T0 P1 T1 P2')),
    claims(two, 0, moved('P2 T1 P1 T0 P2')),
    behind(CHAIN, 1),
    behind(DIAMOND, 2),
    behind([[], [0], []], 1),
    behind([[], [0], []], 2),
  ]
  await forAll(scripts, subject.run, check, { tell, examples })
  // Of two consumers the one that is behind overtakes the other while the producer looks.
  const scenes = [
    [consume(0, 1, true), produce(2, 2, 2), consume(1, 2, true)],
    [consume(1, 1, true), produce(2, 2, 2), consume(0, 2, true)],
  ].map((roles) => sceneOf({ size: 2, consumers: [[], []] }, 2, ...roles))
  const room = ({ scene }: Explored, all: driver.Came[]) => {
    for (const came of all)
      walk(scene, came, (noted, { published, claimed, released }, story) => {
        if (!('claimed' in noted) || noted.claimed === 0) return
        const most = scene.options.size + Math.min(...released)
        holds(
          claimed <= most,
          story(),
          `no room: ${claimed - published} would make ${claimed} in all, and there is room for ${most}`,
          'it is granted',
        )
      })
  }
  await forAll(...everyWay(scenes, 1, subject.ways, room))
})

test('A consumer stays behind all that it comes after', async ({ subject, forAll }) => {
  // C claims and publishes, P polls where nothing may be there, T takes all. The ring never comes near to being full.
  const follow = (consumers: driver.Options['consumers'], first: number, moves: readonly Move[], more = {}) =>
    play({ ...more, consumers, size: 64 }, first, (model) => {
      for (const [move, n] of moves) {
        const consumer = n % consumers.length
        if (move === 'P' && model.end(consumer) === model.released[consumer]) model.poll(consumer)
        if (move === 'T') model.take(consumer)
        if (move !== 'C' || model.written.length + n > 40) continue
        model.claim(n)
        model.publish()
      }
    })
  const scripts = fc
    .record({ consumers: from(...GRAPHS), strategy: strategies, first: nat(1_000), moves: movesOf('CPTTT', 0, 5) })
    .map(({ consumers, first, moves, ...more }) => follow(consumers, first, moves, more))
  const examples = [
    follow(CHAIN, 0, moved('C2 P1 T0 C1 T1')),
    follow(DIAMOND, 0, moved('C2 T0 P2 T1 C1 T1 T2')),
    follow(DIAMOND, 0, moved('C2 T1 P2 T0 C1 T0 T2')),
    follow([[], [], [1]], 0, moved('C2 T0 P2 T1 T2')),
  ]
  await forAll(scripts, subject.run, check, { tell, examples })
  // The one that was behind overtakes the other while the last one looks.
  const scenes = [
    [consume(0, 1, true), consume(2, 2, true), consume(1, 2, true)],
    [consume(1, 1, true), consume(2, 2, true), consume(0, 2, true)],
  ].map((roles) => sceneOf({ size: 8, consumers: DIAMOND }, 2, ...roles))
  const order = ({ scene }: Explored, all: driver.Came[]) => {
    for (const came of all)
      walk(scene, came, (noted, { published, released }, story, role) => {
        if (!('polled' in noted) || !('consume' in role)) return
        const after = scene.options.consumers[role.consume] as readonly number[]
        const end = Math.min(published, ...after.map((one) => released[one] as number))
        const most = end - (released[role.consume] as number)
        holds(noted.polled <= most, story(), `poll() → at most ${most}`, show(noted.polled))
      })
  }
  await forAll(...everyWay(scenes, 1, subject.ways, order))
})

test('A batch is all that is there', async ({ subject, forAll }) => {
  // C claims and publishes, never to the last slot; P polls, and reads and releases what there must be.
  const batches = (options: Partial<driver.Options>, first: number, moves: readonly Move[]) =>
    play(options, first, (model) => {
      for (const [move, n] of moves) {
        if (move === 'P') {
          model.poll(0)
          model.read(0)
          model.release(0, model.published - (model.released[0] as number))
        } else if (n < model.free) {
          model.claim(n)
          model.publish()
        }
      }
    })
  const scripts = fc
    .record({ size: from(4, 8, 64), strategy: strategies, first: nat(1_000), moves: movesOf('CCCP', 1, 30) })
    .map(({ first, moves, ...options }) => batches(options, first, moves))
  const examples = [
    batches({}, 0, moved('C2 P')),
    batches({}, 0, moved('C3 P C3 P')),
    batches({ size: 64 }, 0, moved('C30 C30 P C30 C20 P')),
  ]
  await forAll(scripts, subject.run, check, { tell, examples })
})

test('Sequences go on past the end of 32 bits', async ({ subject, forAll }) => {
  // C claims, P claims and publishes, T takes all, L releases a part, N asks where it is, A makes somebody anew.
  const all = (options: Partial<driver.Options>, moves: readonly Move[]) => {
    const { want: _, ...script } = play(options, 0, (model) => {
      for (const [move, n] of moves) {
        const consumer = n % model.options.consumers.length
        if (move === 'C' || move === 'P') model.claim(n)
        if (move === 'P') model.publish()
        if (move === 'T') model.take(consumer)
        if (move === 'L') {
          model.poll(consumer)
          model.read(consumer)
          model.release(consumer, n >> 1)
        }
        if (move === 'N') model.next(consumer)
        if (move === 'A') model.again(n === 1 ? 'producer' : consumer)
      }
    })
    return script
  }
  // Larger than the largest, and from −1 to 0.
  const ends = [2 ** 31, 0]
  const scripts = fc.record({
    firstSequence: fc.oneof(
      fc.tuple(from(...ends), nat(12)).map(([end, before]) => (end - before) | 0),
      fc.integer(),
    ),
    script: fc
      .record({
        size: from(1, 2, 4, 8),
        consumers: from(...PARALLEL, ...GRAPHS),
        strategy: strategies,
        moves: movesOf('CPTLNAPT', 1, 8),
      })
      .map(({ moves, ...options }) => all(options, moves)),
  })
  const rounds = moved([2, 3, 5, 2, 3].map((n) => `P${n} P4 T0 P1 N0 T1`).join(' '))
  const examples = [1, 2, 4].flatMap((size) =>
    [[[]], CHAIN, [[], []]].flatMap((consumers) =>
      ends.flatMap((end) =>
        [0, 1, 2, 3, 5].map((before) => ({
          firstSequence: (end - before) | 0,
          script: all({ size, consumers }, rounds),
        })),
      ),
    ),
  )
  await forAll(
    scripts,
    subject.beside,
    ({ script, firstSequence }, { far, near }) => {
      // They are counted from the first one; here they are told as they came back.
      const asTheyCame = (answers: driver.Answer[]) =>
        answers.map((answer, i) => {
          const call = script.calls[i] as driver.Call
          const isSequence = typeof call === 'object' && ('claim' in call || 'next' in call)
          return isSequence && typeof answer === 'number' ? (answer + firstSequence) | 0 : answer
        })
      against({ ...script, firstSequence }, asTheyCame(far), asTheyCame(near))
    },
    { tell: ({ script, firstSequence }) => tell({ ...script, firstSequence }), examples },
  )
})

// ---- threads -------------------------------------------------------------------------------------------------------------

function sceneOf(options: Partial<driver.Options>, held: number, ...roles: driver.Role[]): driver.Scene {
  const all = { size: 4, fields: 1, consumers: [[]], strategy: 'sleep' as const, ...options }
  return { options: all, held: eventsFrom(0, held, all.fields), roles }
}
/** @param first the number of the first event that it makes, after those that are held */
function produce(first: number, count: number, batch: number, tries = true): driver.Role {
  return { produce: eventsFrom(first, count, 1), batch, tries }
}

const nameOf = (role: driver.Role) => ('produce' in role ? 'producer' : `consumer ${role.consume}`)

function does(role: driver.Role): string {
  if ('produce' in role) {
    const { length } = role.produce
    const each = role.batch === 1 || role.batch >= length ? '' : `, ${role.batch} at a time`
    return `the producer publishes ${length} more${role.batch >= length ? ' at once' : each}${role.tries ? ' by tryClaim' : ''}`
  }
  return `consumer ${role.consume} ${role.tries ? 'polls once and releases at most' : 'waits for and releases'} ${role.count}`
}

const setting = ({ options, held, roles }: driver.Scene) => [
  `size ${options.size}, consumers ${JSON.stringify(options.consumers)}, ${options.strategy}; ${held.length} events are there`,
  `${roles.map(does).join('; ')}`,
]

function order({ roles }: driver.Scene, { schedule }: driver.Came): string {
  if ('seed' in schedule) return `Threads take turns at each touch of shared memory as seed ${schedule.seed} draws it.`
  const start = `The ${nameOf(roles[schedule.first] as driver.Role)} runs first`
  if (schedule.switches.length === 0) return `${start}.`
  const after = schedule.switches.map((at) => `touch ${at}`).join(' and ')
  return `${start}; the next one goes on after ${after} of shared memory.`
}

const MAX_EVENTS = 7

function happened(scene: driver.Scene, { schedule, history }: driver.Came, upTo = Number.POSITIVE_INFINITY): string[] {
  const lines = history.events.slice(0, upTo + 1).flatMap(({ thread, what }) => {
    const noted = what as driver.Noted
    const role = scene.roles[thread] as driver.Role
    const say = (text: string) => [`${nameOf(role)}: ${text}`]
    if ('claimed' in noted && 'produce' in role) {
      const call = role.tries ? 'tryClaim' : 'claim'
      return say(noted.claimed === 0 ? `${call}() finds no room` : `${call}(${noted.claimed}) is granted`)
    }
    if ('publishing' in noted) return say('publish()')
    if ('threw' in noted) return say(`throws ${noted.threw}`)
    if ('releasing' in noted) return say(`release(${noted.releasing})`)
    return say(
      `${'tries' in role && role.tries ? 'poll' : 'wait'}() → ${show('polled' in noted ? noted.polled : noted)}`,
    )
  })
  const dropped = lines.length - MAX_EVENTS
  return [
    ...setting(scene),
    order(scene, { schedule, history }),
    ...(dropped > 0 ? [`… ${dropped} calls before`, ...lines.slice(-MAX_EVENTS)] : lines),
  ]
}

interface Explored {
  scene: driver.Scene
  switches: 0 | 1 | 2
}
interface Counts {
  claimed: number
  published: number
  readonly released: number[]
}

/** What had come about, at most, when something was noted: a release counts as soon as it is begun. */
function walk(
  scene: driver.Scene,
  came: driver.Came,
  look: (noted: driver.Noted, counts: Counts, story: () => string[], role: driver.Role) => void,
): void {
  const { length } = scene.held
  const counts: Counts = { claimed: length, published: length, released: scene.options.consumers.map(() => 0) }
  for (const [i, { thread, what }] of came.history.events.entries()) {
    const noted = what as driver.Noted
    const role = scene.roles[thread] as driver.Role
    if ('claimed' in noted) counts.claimed += noted.claimed
    if ('publishing' in noted) counts.published += noted.publishing
    if ('releasing' in noted && 'consume' in role)
      counts.released[role.consume] = (counts.released[role.consume] as number) + noted.releasing
    look(noted, counts, () => happened(scene, came, i), role)
  }
}

type Check = (input: Explored, all: driver.Came[]) => void

/** For `forAll`: scenes that are run by every schedule, as examples and not by chance. */
function everyWay(
  scenes: readonly driver.Scene[],
  switches: 0 | 1 | 2,
  ways: Remote<Explored, driver.Came[]>,
  check: Check,
) {
  const examples = scenes.map((scene) => ({ scene, switches }))
  return [from(...examples), ways, check, { runs: 0, examples, tell: ({ scene }: Explored) => setting(scene) }] as const
}

const consume = (index: number, count: number, tries = false): driver.Role => ({ consume: index, count, tries })

test('What threads hand over is ordered by atomic operations', async ({ subject, forAll }) => {
  const check = ({ scene }: { scene: driver.Scene }, all: driver.Came[]) => {
    for (const came of all) {
      const [race] = came.history.races
      if (race === undefined) continue
      const name = (thread: number) => nameOf(scene.roles[thread] as driver.Role)
      const { first, second, byteOffset } = race
      throw new BrokenPromise(
        [
          ...setting(scene),
          order(scene, came),
          `line ${first.line}: the ${name(first.thread)} touches the word at byte ${byteOffset} of the memory`,
          `line ${second.line}: the ${name(second.thread)} touches it too, and at least one of them writes it`,
        ],
        'an atomic store before and an atomic load after, of one and the same word, that order the two',
        'nothing orders them: another processor may see them the other way round',
      )
    }
  }
  // No slot is used twice, so that only what is handed over counts, and not whether there was room.
  const scenes = [
    sceneOf({}, 0, produce(0, 2, 1), consume(0, 2)),
    sceneOf({}, 2, produce(2, 1, 1), consume(0, 2, true)),
    sceneOf({ consumers: CHAIN }, 2, consume(0, 2, true), consume(1, 2)),
    sceneOf({ consumers: DIAMOND, strategy: 'spin' }, 1, consume(0, 1, true), consume(1, 1, true), consume(2, 1, true)),
  ]
  await forAll(...everyWay(scenes, 1, subject.ways, check))
  const some = larger.map(({ scene, seed }) => ({ scene: { ...scene, options: { ...scene.options, size: 64 } }, seed }))
  await forAll(some, subject.way, check, { runs: 10, tell: ({ scene }) => setting(scene) })
})

/** A producer and all consumers, who wait for each other. */
const larger = fc
  .record({
    size: from(2, 4, 8),
    consumers: from(...PARALLEL, ...GRAPHS),
    // Whoever spins touches memory a hundred times as often.
    strategy: from('sleep' as const, 'sleep' as const, 'sleep' as const, 'spin' as const),
    held: nat(2),
    count: fc.integer({ min: 1, max: 16 }),
    seed: fc.nat(),
  })
  .map(({ held, count, seed, ...options }) => {
    const there = Math.min(held, options.size - 1)
    const consumers = options.consumers.map((_, i) => consume(i, there + count))
    return { scene: sceneOf(options, there, produce(there, count, 1, false), ...consumers), seed }
  })

test('Whoever waits is woken, and waits as it was told', async ({ subject, forAll }) => {
  const check = ({ scene }: { scene: driver.Scene }, all: driver.Came[]) => {
    const isAlone = scene.roles.length === 1
    const { strategy } = scene.options
    for (const came of all) {
      const { end, waits, threads } = came.history
      const wanted = !isAlone ? 'done' : strategy === 'sleep' ? 'deadlock' : 'endless'
      const threw = came.history.events.map(({ what }) => what as driver.Noted).find((noted) => 'threw' in noted)
      if (end === wanted && threw === undefined) continue
      const story = happened(scene, came)
      holds(threw === undefined, story, 'no error', threw === undefined ? '' : threw.threw)
      const at = threads.findIndex((thread) => 'stoppedAt' in thread)
      const stopped = threads[at]
      const name = nameOf(scene.roles[Math.max(0, at)] as driver.Role)
      const where = stopped !== undefined && 'stoppedAt' in stopped ? ` on line ${stopped.stoppedAt}` : ''
      if (end === 'done') throw new BrokenPromise(story, `the ${name} waits`, 'it goes on')
      if (isAlone) {
        const [wants, does] =
          strategy === 'sleep' ? ['it sleeps', 'it looks again and again'] : ['it looks again and again', 'it sleeps']
        throw new BrokenPromise(story, wants, `${does}${where}`)
      }
      if (end === 'endless')
        throw new BrokenPromise(story, 'all come to their end', `the ${name} looks again and again${where}`)
      const [wait] = waits
      holds(wait !== undefined, story, 'all come to their end', 'they do not')
      const { thread, line, changedBy, notifiedBefore } = wait
      const why =
        changedBy !== undefined
          ? `: line ${changedBy.line} changed the word that it waits on, and did not wake it`
          : notifiedBefore !== undefined
            ? `: line ${notifiedBefore.line} notified it before it went to sleep`
            : ': nobody notified it'
      const sleeper = nameOf(scene.roles[thread] as driver.Role)
      throw new BrokenPromise(story, `the ${sleeper} is woken`, `it sleeps for ever on line ${line}${why}`)
    }
  }
  const both = (scene: (strategy: 'spin' | 'sleep') => driver.Scene) => [scene('sleep'), scene('spin')]
  const alone = [
    ...both((strategy) => sceneOf({ strategy }, 0, consume(0, 1))),
    ...both((strategy) => sceneOf({ strategy, size: 2 }, 1, produce(1, 3, 1, false))),
  ]
  const two = [
    sceneOf({}, 0, produce(0, 1, 1, false), consume(0, 1)),
    sceneOf({ size: 2 }, 1, produce(1, 2, 1, false), consume(0, 3)),
    sceneOf({ consumers: CHAIN }, 1, consume(0, 1), consume(1, 1)),
  ]
  const more = [
    sceneOf({ strategy: 'spin' }, 0, produce(0, 1, 1, false), consume(0, 1)),
    sceneOf({ consumers: [[], []] }, 0, consume(0, 1), consume(1, 1), produce(0, 1, 1, false)),
    sceneOf({ consumers: DIAMOND }, 1, consume(2, 1), consume(0, 1), consume(1, 1)),
    sceneOf({ size: 2, consumers: [[], []] }, 1, produce(1, 2, 1, false), consume(0, 3), consume(1, 3)),
    sceneOf({ size: 2 }, 1, produce(1, 4, 1, false), consume(0, 5)),
  ]
  await forAll(...everyWay(alone, 0, subject.ways, check))
  await forAll(...everyWay(two, 1, subject.ways, check))
  await forAll(...everyWay(more, 1, subject.ways, check))
  await forAll(larger, subject.way, check, { runs: 16, tell: ({ scene }) => setting(scene) })
})

// ---- nonsense --------------------------------------------------------------------------------------------------------------

type Attempted = { returned: unknown } | { threw: string; message: string }

function refused(answer: Attempted | undefined, name: string, story: readonly string[]): void {
  const isRefusal =
    answer !== undefined && 'threw' in answer && answer.threw === 'RangeError' && answer.message.includes(name)
  holds(isRefusal, story, `throws RangeError naming ${name}`, shown(answer))
}
const shown = (answer: Attempted | undefined) =>
  answer !== undefined && 'message' in answer ? `${show(answer)}: ${answer.message}` : show(answer)

test('Bad input is refused by name and changes nothing', async ({ subject, forAll }) => {
  interface Nonsense {
    options: driver.Options
    bytes: number
    firstSequence: number
    index: number
    /** what is wrong, as it must be named */
    name: 'size' | 'fields' | 'consumers' | 'strategy' | 'memory' | 'firstSequence' | 'index' | ''
  }
  const good: driver.Options = { size: 4, fields: 2, consumers: [[], [0]], strategy: 'sleep' }
  const set = (
    name: Nonsense['name'],
    given: Partial<Omit<Nonsense, 'options'>>,
    options: Partial<driver.Options> = {},
  ) => ({
    ...{ bytes: 0, firstSequence: 0, index: 0, name },
    ...given,
    options: { ...good, ...options },
  })
  const no = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, -4]
  const cases: Nonsense[] = [
    ...[...no, 3, 6, 12, 2 ** 21, 2 ** 32, 2 ** 31].map((size) => set('size', {}, { size })),
    ...[...no, 65, 2 ** 32].map((fields) => set('fields', {}, { fields })),
    ...[[], [[0]], [[], [1]], [[], [2]], [[], [-1]], [[], [0.5]], [[1], []], [[], [0], [2]]].map((consumers) =>
      set('consumers', {}, { consumers }),
    ),
    set('consumers', {}, { consumers: Array.from({ length: 65 }, () => []) }),
    ...['', 'yield', 'Spin'].map((strategy) => set('strategy', {}, { strategy: strategy as 'spin' })),
    ...[-1, -8, -100].map((bytes) => set('memory', { bytes })),
    ...[2 ** 31, -(2 ** 31) - 1, 0.5, Number.NaN, 2 ** 32].map((firstSequence) =>
      set('firstSequence', { firstSequence }),
    ),
    ...[-1, 2, 0.5, Number.NaN].map((index) => set('index', { index })),
    // The least and the most of everything are fine.
    set('', { firstSequence: 2 ** 31 - 1 }, { size: 1, fields: 1, consumers: [[]], strategy: 'spin' }),
    set(
      '',
      { firstSequence: -(2 ** 31), index: 63 },
      { size: 1, fields: 64, consumers: Array.from({ length: 64 }, () => []) },
    ),
    set('', { bytes: 64, index: 1 }, { size: 2 ** 20, fields: 1 }),
  ]
  await forAll(
    from(...cases),
    subject.setUp,
    ({ options, firstSequence, index, name, bytes }, made) => {
      const { size, fields, consumers, strategy } = options
      const graph = consumers.length > 9 ? `of ${consumers.length}` : JSON.stringify(consumers)
      const story = [`size ${show(size)}, fields ${show(fields)}, consumers ${graph}, strategy '${strategy}'`]
      const calls: [Attempted, string, Nonsense['name'][]][] = [
        [made.bytesFor, 'bytesFor(options)', []],
        [made.prepare, `prepare(memory, options, ${show(firstSequence)})`, ['memory', 'firstSequence']],
        [made.producer, 'new Producer(memory, options)', ['memory']],
        [made.consumer, `new Consumer(memory, options, ${show(index)})`, ['memory', 'index']],
      ]
      const memory = bytes < 0 ? [`memory has ${-bytes} bytes too few`] : []
      for (const [answer, call, names] of calls) {
        const isBad = name === 'size' || name === 'fields' || name === 'consumers' || name === 'strategy'
        if (isBad || names.includes(name)) refused(answer, name, [...story, ...memory, call])
        else holds('returned' in answer, [...story, ...memory, call], 'no objection', shown(answer))
      }
    },
    { examples: cases },
  )

  const nonsense = from(0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32 + 1, 17, 33)
  const misuses = fc
    .record({
      size: from(8, 16),
      published: nat(1),
      claimed: nat(1),
      calls: fc.array(fc.tuple(nat(2), nonsense), { minLength: 1, maxLength: 5 }),
    })
    .map(({ calls, ...rest }) => ({
      ...rest,
      calls: calls.flatMap(([kind, count]): driver.Misuse[] => {
        if (kind === 2) return count === 0 ? [] : [{ release: count }]
        return [kind === 0 ? { tryClaim: count } : { claim: count }]
      }),
    }))
  const bad = (published: number, claimed: number, ...calls: driver.Misuse[]) => ({
    size: 4,
    published,
    claimed,
    calls,
  })
  await forAll(
    misuses,
    subject.misuse,
    ({ size, published, claimed, calls }, { answers, after }) => {
      const story = [`size ${size}; ${published} events published and polled, ${claimed} claimed and not published`]
      for (const [i, call] of calls.entries()) {
        const [name, count] = Object.entries(call)[0] as [string, number]
        refused(answers[i], 'count', [...story, `${name}(${show(count)})`])
      }
      const said = calls.map((call) => Object.entries(call).map(([name, count]) => `${name}(${show(count)})`)[0])
      const want = [0, published + claimed, published].map((returned) => ({ returned }))
      const then = ['refused:', said.join(', '), `; next, tryClaim(), release(${published})`].join(' ')
      holds(same(after, want), [...story, then], want.map(show).join(', '), after.map(shown).join(', '))
    },
    {
      examples: [
        ...[9, 0, -1, 1.5, Number.NaN].flatMap((count) => [
          bad(0, 0, { tryClaim: count }),
          bad(0, 0, { claim: count }),
        ]),
        bad(0, 1, { tryClaim: 8 }),
        bad(0, 1, { claim: 8 }),
        bad(1, 1, { claim: 8 }),
        ...[2, -1, 1.5, Number.NaN].map((count) => bad(1, 1, { release: count })),
        bad(0, 0, { release: 1 }),
      ],
    },
  )
})
