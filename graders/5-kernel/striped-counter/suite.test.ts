// Each promise is checked in a setting of its own, in which breaking another promise does not show. Lost counts are looked
// for with small numbers; and a sum is held against its bounds only where the count is right in the end.

import { agree, fc, hiddenTest, holds, show } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)

const MOST = 2 ** 31 - 1

type Raced = Awaited<ReturnType<typeof driver.race>>

const letter = (thread: number) => String.fromCharCode(65 + thread)
const counted = (delta: number) => (delta === 1 ? 'add()' : `add(${show(delta)})`)

const opening = ({ stripes, before, tasks }: driver.Race) => [
  `${stripes} ${stripes === 1 ? 'stripe' : 'stripes'}; ${tasks
    .map((task, thread) => `${letter(thread)} ${'deltas' in task ? 'adds' : 'looks'} on ${task.stripe}`)
    .join(', ')}`,
  ...(before.length > 0 ? [`before: ${before.map(counted).join(', ')} on 0`] : []),
]

const planned = (race: driver.Race) => [
  ...opening(race),
  ...race.tasks.map(
    (task, thread) =>
      `${letter(thread)}: ${'deltas' in task ? task.deltas.map(counted).join(', ') : `sum(), ${task.sums} times`}`,
  ),
]

/** What happened, in order; a call that nothing came between is one line. */
function told(events: Raced['events']): string[] {
  const lines: string[] = []
  for (const [i, { thread, what }] of events.entries()) {
    const who = letter(thread)
    const follows = (of: Raced['events'][number] | undefined) => of?.thread === thread
    if ('adds' in what) lines.push(`${who}: ${counted(what.adds)}${follows(events[i + 1]) ? '' : ' begins'}`)
    else if ('asks' in what) {
      if (!follows(events[i + 1])) lines.push(`${who}: sum() begins`)
    } else if ('added' in what) {
      if (!follows(events[i - 1])) lines.push(`${who}: ${counted(what.added)} has returned`)
    } else lines.push(`${who}: sum() → ${show(what.sum)}`)
  }
  return lines
}

const totalOf = ({ before, tasks }: driver.Race) =>
  [...before, ...tasks.flatMap((task) => ('deltas' in task ? task.deltas : []))].reduce((sum, delta) => sum + delta, 0)

/** Every thread comes to its end, whatever the order of steps. */
function ends(race: driver.Race, { end, events, stoppedAt }: Raced): void {
  const where = stoppedAt.map(({ thread, line }) => `${letter(thread)} at line ${line}`).join(', ')
  holds(end === 'done', [...opening(race), ...told(events)], 'every call to return', `${end}: ${where}`)
}

const seeded = fc.integer({ min: 0, max: 2 ** 31 - 1 }).map((seed): driver.Race['schedule'] => ({ seed }))

/** Every order of two threads with up to two changes of thread, within so many touches of memory. */
const orders = (touches: number): driver.Race['schedule'][] =>
  [0, 1].flatMap((first) =>
    Array.from({ length: touches }, (_, i) => i).flatMap((i) => [
      { first, switches: [i] },
      ...Array.from({ length: touches - i - 1 }, (_, j) => ({ first, switches: [i, i + 1 + j] })),
    ]),
  )

test('Nothing is lost, whoever shares a stripe', async ({ subject, forAll }) => {
  const small = fc.integer({ min: 0, max: 9 })
  const races = fc
    .record({
      stripes: fc.integer({ min: 1, max: 3 }),
      threads: fc.array(fc.record({ stripe: fc.nat(), deltas: fc.array(small, { minLength: 1, maxLength: 4 }) }), {
        minLength: 2,
        maxLength: 3,
      }),
      schedule: seeded,
    })
    .map(
      ({ stripes, threads, schedule }): driver.Race => ({
        stripes,
        before: [],
        tasks: threads.map(({ stripe, deltas }) => ({ stripe: stripe % stripes, deltas })),
        schedule,
      }),
    )
  const both = { stripe: 0, deltas: [1] }
  await forAll(
    races,
    subject.race,
    (race, came) => {
      ends(race, came)
      const story = [...opening(race), ...told(came.events), `a newcomer: sum() → ${show(came.sum)}`]
      // Whether it counts beyond 32 bits at all is another promise's.
      const want = totalOf(race) <= MOST ? totalOf(race) : came.alone
      holds(came.sum === want, story, show(want), show(came.sum))
    },
    {
      tell: planned,
      runs: 40,
      examples: [
        ...orders(5).map((schedule) => ({ stripes: 1, before: [], tasks: [both, both], schedule })),
        // The low word is full: both carry, or one does and the other must look again.
        ...orders(8).map((schedule) => ({ stripes: 1, before: [MOST, MOST, 1], tasks: [both, both], schedule })),
      ],
    },
  )
})

test('Counting goes on beyond 32 bits', async ({ subject, forAll }) => {
  const scripts = fc
    .record({
      stripes: fc.integer({ min: 1, max: 4 }),
      adds: fc.array(fc.record({ stripe: fc.nat(), delta: fc.integer({ min: 2 ** 28, max: MOST }) }), {
        minLength: 1,
        maxLength: 12,
      }),
    })
    .map(({ stripes, adds }) => ({
      stripes,
      adds: adds.map(({ stripe, delta }) => ({ stripe: stripe % stripes, delta })),
    }))
  const alone = (...deltas: number[]) => ({ stripes: 1, adds: deltas.map((delta) => ({ stripe: 0, delta })) })
  const tell = ({ stripes, adds }: { stripes: number; adds: { stripe: number; delta: number }[] }) => [
    `${stripes} ${stripes === 1 ? 'stripe' : 'stripes'}`,
    ...(adds.length > 8
      ? [`${adds.length} calls, the last of them ${counted(adds.at(-1)?.delta ?? 0)}`]
      : adds.map(({ stripe, delta }) => `${counted(delta)} on ${stripe}`)),
  ]
  await forAll(
    scripts,
    subject.count,
    (script, got) => {
      const want = script.adds.reduce((sum, { delta }) => sum + delta, 0)
      holds(got === want, [...tell(script), `sum() → ${show(got)}`], show(want), show(got))
    },
    {
      tell,
      examples: [
        alone(MOST),
        alone(MOST, 32),
        alone(MOST, MOST),
        alone(MOST - 16, MOST - 16, 32),
        alone(MOST - 16, MOST - 16, 33),
        alone(MOST - 16, MOST - 16, 34),
        alone(MOST - 16, MOST - 16, 35),
        alone(MOST, MOST, MOST),
        {
          stripes: 3,
          adds: [
            { stripe: 0, delta: 2 ** 30 },
            { stripe: 1, delta: 2 ** 30 },
            { stripe: 2, delta: MOST },
          ],
        },
        alone(...Array.from({ length: 5_000 }, () => MOST)),
      ],
    },
  )
})

test('A sum lies between what was there when it began and when it ended', async ({ subject, forAll }) => {
  const delta = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 2 ** 30, max: MOST }))
  const races = fc
    .record({
      writers: fc.array(fc.array(delta, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 2 }),
      sums: fc.integer({ min: 1, max: 3 }),
      isNear: fc.boolean(),
      shares: fc.boolean(),
      schedule: seeded,
    })
    .map(
      ({ writers, sums, isNear, shares, schedule }): driver.Race => ({
        stripes: writers.length + 1,
        before: isNear ? [MOST, MOST] : [],
        tasks: [
          ...writers.map((deltas, at) => ({ stripe: shares ? 0 : at, deltas })),
          { stripe: writers.length, sums },
        ],
        schedule,
      }),
    )
  const crossing =
    (before: number[], writers: number, sums: number) =>
    (schedule: driver.Race['schedule']): driver.Race => ({
      stripes: 2,
      before,
      tasks: [...Array.from({ length: writers }, () => ({ stripe: 0, deltas: [1] })), { stripe: 1, sums }],
      schedule,
    })
  await forAll(
    races,
    subject.race,
    (race, came) => {
      ends(race, came)
      // A count that is wrong when all is quiet breaks other promises.
      if (came.sum !== totalOf(race)) return
      const { events } = came
      let done = race.before.reduce((sum, one) => sum + one, 0)
      let begun = done
      const least = new Map<number, number>()
      for (const [i, { thread, what }] of events.entries()) {
        if ('adds' in what) begun += what.adds
        else if ('added' in what) done += what.added
        else if ('asks' in what) least.set(thread, done)
        else {
          const from = least.get(thread) as number
          holds(
            what.sum >= from && what.sum <= begun,
            [...opening(race), ...told(events.slice(0, i + 1))],
            from === begun ? show(from) : `a sum from ${show(from)} to ${show(begun)}`,
            show(what.sum),
          )
        }
      }
    },
    {
      tell: planned,
      examples: [
        // The low word is full: the next one carries.
        ...orders(12).map(crossing([MOST, MOST, 1], 1, 1)),
        ...orders(6).map(crossing([], 1, 2)),
        // Two of one stripe, each in the middle of it.
        ...orders(8).map(crossing([MOST, MOST, 1], 2, 1)),
      ],
    },
  )
})

test('Threads meet only in atomic operations', async ({ subject, forAll }) => {
  const races = fc
    .record({
      stripes: fc.integer({ min: 1, max: 3 }),
      threads: fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }), {
        minLength: 1,
        maxLength: 2,
      }),
      schedule: seeded,
    })
    .map(
      ({ stripes, threads, schedule }): driver.Race => ({
        stripes,
        before: [],
        tasks: [...threads.map((deltas) => ({ stripe: 0, deltas })), { stripe: stripes - 1, sums: 2 }],
        schedule,
      }),
    )
  await forAll(
    races,
    subject.race,
    (race, { races: [found], events }) => {
      if (found === undefined) return
      const at = ({ thread, line }: { thread: number; line: number }) => `${letter(thread)} at line ${line}`
      holds(
        false,
        [...opening(race), ...told(events)],
        'Atomics wherever two threads touch a word and one of them writes it',
        `${at(found.first)} and ${at(found.second)} touch the same word with nothing that orders them`,
      )
    },
    {
      tell: planned,
      runs: 20,
      examples: orders(2).map((schedule) => ({
        stripes: 1,
        before: [],
        tasks: [
          { stripe: 0, deltas: [1] },
          { stripe: 0, sums: 1 },
        ],
        schedule,
      })),
    },
  )
})

test('Joining and looking change nothing', async ({ subject, forAll }) => {
  const which = fc.nat({ max: 30 })
  const scripts = fc
    .record({
      stripes: fc.integer({ min: 1, max: 3 }),
      first: which,
      visits: fc.array(
        fc.oneof(
          fc.record({ join: which }),
          fc.record({ add: fc.integer({ min: 1, max: 9 }) }),
          fc.record({ sumBy: which }),
        ),
        { minLength: 1, maxLength: 8 },
      ),
    })
    .map(
      ({ stripes, first, visits }): driver.Visits => ({
        stripes,
        counters: [first % stripes],
        visits: visits.map((one) =>
          'join' in one ? { join: one.join % stripes } : 'add' in one ? { add: one.add, by: 0 } : one,
        ),
      }),
    )
  const tell = ({ stripes, counters, visits }: driver.Visits) => {
    let joined = counters.length
    return [
      `${stripes} ${stripes === 1 ? 'stripe' : 'stripes'}; A on ${counters[0]}`,
      ...visits.map((one) =>
        'join' in one
          ? `${letter(joined++)} joins on ${one.join}`
          : 'add' in one
            ? `${letter(one.by)}: ${counted(one.add)}`
            : `${letter(one.sumBy % joined)}: sum()`,
      ),
    ]
  }
  await forAll(
    scripts,
    subject.visit,
    (script, { sum, undisturbed }) =>
      holds(
        sum === undisturbed,
        [...tell(script), `a newcomer: sum() → ${show(sum)}`],
        `${show(undisturbed)}, as with the adds alone`,
        show(sum),
      ),
    {
      tell,
      examples: [
        { stripes: 1, counters: [0], visits: [{ add: 5, by: 0 }, { sumBy: 0 }] },
        { stripes: 1, counters: [0], visits: [{ add: 5, by: 0 }, { join: 0 }] },
      ],
    },
  )
})

test('Adds to different stripes write different words', async ({ subject, forAll }) => {
  const scripts = fc.record({
    stripes: fc.integer({ min: 2, max: 5 }),
    deltas: fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(MOST)), { minLength: 1, maxLength: 6 }),
  })
  await forAll(
    scripts,
    subject.wordsWritten,
    ({ stripes, deltas }, written) => {
      const owner = new Map<number, number>()
      const call = deltas.map(counted).join(', ')
      for (const [stripe, words] of written.entries())
        for (const at of words) {
          const other = owner.get(at)
          holds(
            other === undefined,
            [`${stripes} stripes`, `on ${other}: ${call}`, `on ${stripe}: ${call}`],
            'words of its own for each stripe',
            `both write bytes ${at} to ${at + 3} of the memory`,
          )
          owner.set(at, stripe)
        }
    },
    {
      examples: [
        { stripes: 2, deltas: [1] },
        { stripes: 2, deltas: [MOST, MOST, MOST] },
      ],
    },
  )
})

test('Bad input is refused by name and changes nothing', async ({ subject, forAll }) => {
  const isRefusal = (answer: object, name: string) =>
    'threw' in answer && answer.threw === 'RangeError' && 'message' in answer && String(answer.message).includes(name)
  const nonsense = [-1, -5, 0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53]

  const bad = [...nonsense, 2 ** 31, 2 ** 32, -(2 ** 31)]
  const good = [0, 1, MOST]
  const refusal = { threw: 'RangeError naming delta' }
  await forAll(
    fc.record({
      deltas: fc.array(fc.constantFrom(...bad, ...good), { minLength: 1, maxLength: 5 }),
      bad: fc.constant(bad),
    }),
    subject.misuse,
    ({ deltas }, came) => {
      const story = ['a counter that stands at 5', ...deltas.map((delta) => `add(${show(delta)})`), 'sum()']
      if ('stoppedAt' in came) return holds(false, story, 'every call to return', `it spins at line ${came.stoppedAt}`)
      const { answers, sum, undisturbed } = came
      agree('a counter that stands at 5', [
        ...deltas.map((delta, i) => {
          const answer = answers[i] as object
          const isGood = good.includes(delta)
          return {
            call: `add(${show(delta)})`,
            got: !isGood && isRefusal(answer, 'delta') ? refusal : answer,
            want: isGood ? { returned: 'counted' } : refusal,
          }
        }),
        { call: 'sum()', got: sum, want: undisturbed },
      ])
    },
    {
      tell: ({ deltas }) => ['a counter that stands at 5', ...deltas.map((delta) => `add(${show(delta)})`), 'sum()'],
      examples: [[-1], [2 ** 31], [0], [MOST], [0.5, 1]].map((deltas) => ({ deltas, bad })),
    },
  )

  const made = (c: { stripes: number; stripe: number; bytes: number }) =>
    `new StripedCounter({ memory, stripes: ${show(c.stripes)}, stripe: ${show(c.stripe)} })` +
    (c.bytes === 0
      ? ''
      : `, memory ${Math.abs(c.bytes)} ${Math.abs(c.bytes) === 1 ? 'byte' : 'bytes'} ${c.bytes < 0 ? 'too short' : 'longer than need be'}`)
  const misfits = fc.oneof(
    fc.constantFrom(...nonsense, 0, 4_097).map((stripes) => ({ stripes, stripe: 0, bytes: 0, name: 'stripes' })),
    fc.tuple(fc.constantFrom(1, 3, 4_096), fc.constantFrom(...nonsense, 'next' as const)).map(([stripes, stripe]) => ({
      stripes,
      stripe: stripe === 'next' ? stripes : stripe,
      bytes: 0,
      name: 'stripe',
    })),
    fc
      .tuple(fc.constantFrom(1, 3, 4_096), fc.constantFrom(-1, -4))
      .map(([stripes, bytes]) => ({ stripes, stripe: 0, bytes, name: 'memory' })),
  )
  await forAll(
    misfits,
    subject.construct,
    (given, got) =>
      holds(
        isRefusal(got, given.name),
        [made(given)],
        `throws RangeError naming ${given.name}`,
        'message' in got ? `${show(got)}: ${got.message}` : show(got),
      ),
    {
      tell: (given) => [made(given)],
      examples: [
        { stripes: 0, stripe: 0, bytes: 0, name: 'stripes' },
        { stripes: 4_097, stripe: 0, bytes: 0, name: 'stripes' },
        { stripes: 1, stripe: 1, bytes: 0, name: 'stripe' },
        { stripes: 3, stripe: -1, bytes: 0, name: 'stripe' },
        { stripes: 3, stripe: 0, bytes: -1, name: 'memory' },
      ],
    },
  )
  const sizes = [...nonsense, 0, 4_097].map((stripes) => ({ stripes }))
  await forAll(
    fc.constantFrom(...sizes),
    subject.bytesFor,
    ({ stripes }, got) =>
      holds(
        isRefusal(got, 'stripes'),
        [`StripedCounter.bytesFor(${show(stripes)})`],
        'throws RangeError naming stripes',
        show(got),
      ),
    { examples: sizes },
  )
  const fitting = [
    { stripes: 1, stripe: 0, bytes: 0 },
    { stripes: 4_096, stripe: 4_095, bytes: 0 },
    { stripes: 2, stripe: 1, bytes: 3 },
    { stripes: 2, stripe: 0, bytes: 4_096 },
  ]
  await forAll(
    fc.constantFrom(...fitting),
    subject.construct,
    (given, got) => holds('returned' in got, [made(given)], 'a counter: nothing is wrong with that', show(got)),
    { tell: (given) => [made(given)], examples: fitting },
  )
})
