// The assignment file: which katas a class does, what each is worth, until when, and what becomes of work that comes late.
// An instructor writes it by hand, so every fault is told with its place in the file and what belongs there.

import { KataError } from '../course/kata-error.ts'
import { nearest } from '../course/nearest.ts'
import { printable } from '../course/printable.ts'
import type { GradedKata, Hundredths, ItemNames } from './grades.ts'
import { inHundredths, split } from './points.ts'

export interface Assignment {
  readonly name: string
  readonly deadlineMs?: number
  readonly katas: readonly AssignedKata[]
  readonly late: LatePolicy
  /** deadlines of their own, by id of the learner; ask `deadlineFor` */
  readonly extensionsMs: Readonly<Record<string, number>>
  /** which attempt counts; the best is the best after the late policy */
  readonly attempts: AttemptPolicy
}

export interface AssignedKata {
  /** slug */
  readonly kata: string
  readonly of: Hundredths
  /** by name of the promise or budget, in hundredths; what is not named weighs 1 */
  readonly weights: { readonly promises: Weights; readonly budgets: Weights }
}

type Weights = Readonly<Record<string, Hundredths>>

/** A day that has begun is a day. */
export type LatePolicy =
  /** late work is told from other work, and loses nothing */
  | { readonly policy: 'none' }
  /** it loses this share of its points for each day; after `maxDays` it is worth nothing */
  | { readonly policy: 'per-day'; readonly percentHundredths: Hundredths; readonly maxDays?: number }
  /** it loses nothing while the learner has late days left, and is worth nothing after that */
  | { readonly policy: 'late-days'; readonly bank: number }

export const ATTEMPT_POLICIES = ['best', 'latest', 'first'] as const
export type AttemptPolicy = (typeof ATTEMPT_POLICIES)[number]

const POINTS = 100_00
const MAX_POINTS = 1_000_000_00
const MAX_WEIGHT = 1_000_00
const WHOLE_WEIGHT = 100
const MAX_DAYS = 3_650

/** What `kata grade DIR --kata SLUG…` means without a file. */
export const plainAssignment = (slugs: readonly string[]): Assignment => ({
  name: slugs.length === 1 ? (slugs[0] ?? '') : `${slugs.length} katas`,
  katas: [...new Set(slugs)].map((kata) => ({ kata, of: POINTS, weights: { promises: {}, budgets: {} } })),
  late: { policy: 'none' },
  extensionsMs: {},
  attempts: 'best',
})

/**
 * @param file only named, never read
 * @param slugs of the course
 * @throws {KataError} with the place of the first fault
 */
export function parseAssignment(text: string, file: string, slugs: readonly string[]): Assignment {
  const at = reader(file)
  const top = at.object(parseJson(text, file), '', [
    'name',
    'katas',
    'deadline',
    'late',
    'extensions',
    'attempts',
    '$schema',
  ])
  const name = at.text(top['name'], 'name')
  const katas = at.list(top['katas'], 'katas').map((one, i) => assignedKata(at, one, `katas[${i}]`, slugs))
  for (const [i, { kata }] of katas.entries())
    if (katas.findIndex((one) => one.kata === kata) < i)
      at.fault(`katas[${i}].kata`, `${kata} is there twice`, 'Remove one of the two.')
  const deadlineMs = top['deadline'] === undefined ? undefined : at.instant(top['deadline'], 'deadline')
  const late = latePolicy(at, top['late'])
  if (deadlineMs === undefined && late.policy !== 'none')
    at.fault('late', 'nothing is late without a deadline', 'Add "deadline", or remove "late".')
  const extensions = top['extensions'] === undefined ? {} : at.object(top['extensions'], 'extensions')
  const attempts = top['attempts'] ?? 'best'
  if (!ATTEMPT_POLICIES.some((policy) => policy === attempts))
    at.fault('attempts', `must be "best", "latest" or "first", not ${shown(attempts)}`)
  return {
    name,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    katas,
    late,
    extensionsMs: Object.fromEntries(
      Object.entries(extensions).map(([learner, value]) => {
        const place = `extensions[${JSON.stringify(learner)}]`
        const ms = at.instant(value, place)
        if (deadlineMs === undefined || ms <= deadlineMs)
          at.fault(place, 'must be after the deadline: an extension only ever gives time', 'Correct one of the two.')
        return [learner, ms]
      }),
    ),
    attempts: attempts as AttemptPolicy,
  }
}

/**
 * What each promise and each budget of a kata is worth: the kata's points in proportion to the weights, in whole
 * hundredths that come to exactly that.
 * @throws {KataError} for a weight of a name that the kata does not have
 */
export function gradedKata(
  { kata, of, weights }: AssignedKata,
  known: ItemNames & { readonly title: string },
  file = 'the assignment',
): GradedKata {
  for (const kind of ['promises', 'budgets'] as const)
    for (const name of Object.keys(weights[kind]))
      if (!known[kind].includes(name))
        throw new KataError(
          `${file}: ${kata} has no ${kind === 'promises' ? 'promise' : 'budget'} "${printable(name)}".`,
          `Its ${kind}: ${known[kind].map((one) => `"${one}"`).join(', ') || 'none'}`,
        )
  const items = itemsWorth(of, weights, known)
  if (items === undefined)
    throw new KataError(`${file}: every promise and budget of ${kata} weighs 0.`, 'Give one of them a weight.')
  return { kata, title: known.title, of, ...items }
}

/**
 * The same for what another version of the kata's grader asked for. A weight of a name that it does not have weighs nothing
 * there; if nothing is left that weighs, everything weighs alike.
 */
export function asItWasAsked({ katas }: Assignment, kata: GradedKata, { promises, budgets }: ItemNames): GradedKata {
  const isSame = (now: readonly { readonly name: string }[], then: readonly string[]) =>
    now.length === then.length && now.every(({ name }, i) => name === then[i])
  if (isSame(kata.promises, promises) && isSame(kata.budgets, budgets)) return kata
  const { weights } = katas.find((one) => one.kata === kata.kata) ?? { weights: { promises: {}, budgets: {} } }
  const items = itemsWorth(kata.of, weights, { promises, budgets })
  return { ...kata, ...(items ?? itemsWorth(kata.of, { promises: {}, budgets: {} }, { promises, budgets })) }
}

/** @returns undefined where everything weighs 0 */
function itemsWorth(
  of: Hundredths,
  weights: AssignedKata['weights'],
  known: ItemNames,
): Pick<GradedKata, 'promises' | 'budgets'> | undefined {
  const all = [
    ...known.promises.map((name) => weightOf(weights.promises, name)),
    ...known.budgets.map((name) => weightOf(weights.budgets, name)),
  ]
  if (all.every((weight) => weight === 0)) return undefined
  const worth = split(of, all)
  const item = (name: string, i: number) => ({ name, of: worth[i] ?? 0 })
  return {
    promises: known.promises.map(item),
    budgets: known.budgets.map((name, i) => item(name, known.promises.length + i)),
  }
}

/** Own names only: a promise may be called `constructor`. */
const weightOf = (weights: Weights, name: string): Hundredths =>
  Object.hasOwn(weights, name) ? (weights[name] ?? WHOLE_WEIGHT) : WHOLE_WEIGHT

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    const why = printable((error as Error).message.replace(/\s+/g, ' '))
    throw new KataError(`${file} is no JSON: ${why}.`, 'See: npx kata help grade')
  }
}

function assignedKata(at: Reader, value: unknown, place: string, slugs: readonly string[]): AssignedKata {
  const one = at.object(value, place, ['kata', 'points', 'promises', 'budgets'])
  const kata = at.text(one['kata'], `${place}.kata`)
  if (!slugs.includes(kata)) {
    const [near] = nearest(kata, slugs)
    at.fault(
      `${place}.kata`,
      `there is no kata "${printable(kata, 60)}"`,
      near === undefined ? 'See: npx kata list' : `Did you mean ${near}? See: npx kata list`,
    )
  }
  const weights = (kind: 'promises' | 'budgets') =>
    Object.fromEntries(
      Object.entries(one[kind] === undefined ? {} : at.object(one[kind], `${place}.${kind}`)).map(([name, weight]) => [
        name,
        at.hundredths(weight, `${place}.${kind}[${JSON.stringify(name)}]`, 0, MAX_WEIGHT),
      ]),
    )
  return {
    kata,
    of: one['points'] === undefined ? POINTS : at.hundredths(one['points'], `${place}.points`, 1, MAX_POINTS),
    weights: { promises: weights('promises'), budgets: weights('budgets') },
  }
}

function latePolicy(at: Reader, value: unknown): LatePolicy {
  if (value === undefined) return { policy: 'none' }
  const { policy } = at.object(value, 'late')
  switch (policy) {
    case 'none':
      at.object(value, 'late', ['policy'])
      return { policy }
    case 'per-day': {
      const { percentPerDay, maxDays } = at.object(value, 'late', ['policy', 'percentPerDay', 'maxDays'])
      return {
        policy,
        percentHundredths: at.hundredths(percentPerDay, 'late.percentPerDay', 1, 100_00),
        ...(maxDays === undefined ? {} : { maxDays: at.days(maxDays, 'late.maxDays') }),
      }
    }
    case 'late-days': {
      const { bank } = at.object(value, 'late', ['policy', 'bank'])
      return { policy, bank: at.days(bank, 'late.bank') }
    }
    default:
      return at.fault('late.policy', `must be "none", "per-day" or "late-days", not ${shown(policy)}`)
  }
}

const TIME = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/

type Fields = Readonly<Record<string, unknown>>
type Reader = ReturnType<typeof reader>

function reader(file: string) {
  const fault = (place: string, what: string, next?: string): never => {
    throw new KataError(`${file}: ${place === '' ? '' : `${place}: `}${what}.`, next ?? 'See: npx kata help grade')
  }
  return {
    fault,
    /** @param keys that it may have; any where left out */
    object(value: unknown, place: string, keys?: readonly string[]): Fields {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return fault(place, `must be an object, not ${shown(value)}`)
      for (const key of Object.keys(value)) {
        if (keys === undefined || keys.includes(key)) continue
        const [near] = nearest(key, keys)
        fault(
          place,
          `unknown key "${printable(key, 60)}"`,
          near === undefined ? `The keys are ${keys.join(', ')}.` : `Did you mean "${near}"?`,
        )
      }
      return value as Fields
    },
    list(value: unknown, place: string): readonly unknown[] {
      if (!Array.isArray(value) || value.length === 0)
        return fault(place, `must be a list of at least one, not ${shown(value)}`)
      return value
    },
    text(value: unknown, place: string): string {
      if (typeof value !== 'string' || value.trim() === '') return fault(place, `must be a text, not ${shown(value)}`)
      return value
    },
    hundredths(value: unknown, place: string, min: Hundredths, max: Hundredths): Hundredths {
      const number = typeof value === 'number' ? inHundredths(value) : undefined
      if (number === undefined || number < min || number > max)
        return fault(
          place,
          `must be a number from ${min / 100} to ${max / 100} with at most two decimals, not ${shown(value)}`,
        )
      return number
    },
    days(value: unknown, place: string): number {
      if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > MAX_DAYS)
        return fault(place, `must be a whole number of days, not ${shown(value)}`)
      return value as number
    },
    instant(value: unknown, place: string): number {
      const [, year, month, day] = typeof value === 'string' ? (TIME.exec(value) ?? []) : []
      if (typeof value !== 'string' || day === undefined)
        return fault(
          place,
          `must be a time with its zone, such as "2027-03-01T23:59:00+01:00", not ${shown(value)}`,
          'Say the zone, so that it is the same instant everywhere.',
        )
      const ms = Date.parse(value)
      // 30 February is read as 2 March by many a parser.
      const exists = Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
      if (!exists || Number.isNaN(ms))
        return fault(place, `there is no such time as ${shown(value)}`, 'Correct the day, the hour or the zone.')
      return ms
    },
  }
}

const shown = (value: unknown): string =>
  value === undefined ? 'nothing' : printable(JSON.stringify(value) ?? String(value), 60)
