// What must hold wherever a lock service (n1) grants leases with fencing tokens and a storage (n2) looks at them: rules over
// histories. They look at what was asked, what was answered, and when, by the true clock; how a node does it is its own
// business. What the workers may believe is counted by their own clocks, which the plan of a run knows.

import type { Broken } from '../simulate.ts'
import type { Setup, TimedInput } from '../simulation.ts'
import { nameOf } from '../world/cluster.ts'
import type { Entry, History } from '../world/history.ts'

export interface LockRules {
  /** how long a worker takes a lease for its own, from when it asked, by its own clock */
  readonly leaseMs: number
}

type Request =
  | { readonly type: 'Acquire'; readonly request: number }
  | { readonly type: 'Renew' | 'Release'; readonly request: number; readonly token: number }

type Reply =
  | { readonly type: 'Granted' | 'Renewed' | 'Released' | 'Lost'; readonly request: number; readonly token: number }
  | { readonly type: 'Refused' | 'Written' | 'Stale'; readonly request: number }

interface Write {
  readonly type: 'Write'
  readonly request: number
  readonly token: number
  readonly value: string
}

export type LockMessage = Request | Reply | Write
export type LockWorldView =
  | { readonly token: number; readonly holder: string | null }
  | StorageView
  | { readonly holds: number }

interface StorageView {
  readonly token: number
  readonly writer: string | null
  readonly value: string | null
}

export type LockHistory = History<LockWorldView, LockMessage>
export type LockRule = (history: LockHistory, setup: Setup) => Broken | undefined

type LockEntry = Entry<LockWorldView, LockMessage>

export const LOCK = 0
export const STORAGE = 1

/** One question, as the node that was asked met it. */
interface Question<Q> {
  readonly what: 'question'
  /** its place among the entries, and that of the answer */
  readonly entry: number
  readonly replyEntry: number
  readonly at: number
  readonly from: number
  readonly message: Q
  /** when the worker sent it */
  readonly sentAt: number
  readonly reply: Reply | undefined
  /** the node crashed in the midst of it */
  readonly cut: boolean
  /** what the node showed of itself afterwards */
  readonly view: LockWorldView | undefined
}

type Event<Q> =
  | Question<Q>
  | { readonly what: 'boot'; readonly entry: number; readonly at: number; readonly view: LockWorldView | undefined }
  | { readonly what: 'crash' }

const isReply = (type: LockMessage['type']): boolean =>
  !['Acquire', 'Renew', 'Release', 'Write'].includes(type as string)

/** All that happened to one of the two nodes, in order. */
function eventsOf<Q extends LockMessage>({ entries }: LockHistory, node: number): Event<Q>[] {
  const events: (Event<Q> & { step?: number })[] = []
  const sentAt = new Map<string, number>()
  const keyOf = (from: number, { type, request }: LockMessage) => `${from} ${type} ${request}`
  let open: { -readonly [K in keyof Question<Q>]: Question<Q>[K] } | undefined
  let openStep = -1
  let view: LockWorldView | undefined
  let booting: { view: LockWorldView | undefined } | undefined
  for (const [i, entry] of (entries as readonly LockEntry[]).entries()) {
    const [step, at, what, who] = entry
    if (what === 'sent' && who !== node && !sentAt.has(keyOf(who, entry[5]))) sentAt.set(keyOf(who, entry[5]), at)
    if (who !== node) continue
    if (what === 'got') {
      const message = entry[5] as Q
      if (isReply(message.type)) continue
      const sent = sentAt.get(keyOf(entry[4], message)) ?? at
      open = {
        what: 'question',
        entry: i,
        replyEntry: -1,
        at,
        from: entry[4],
        message,
        sentAt: sent,
        reply: undefined,
        cut: false,
        view,
      }
      openStep = step
      events.push(open)
    } else if (what === 'sent') {
      const reply = entry[5] as Reply
      const isAnswer = open !== undefined && step === openStep && entry[4] === open.from
      if (isAnswer && open !== undefined && reply.request === open.message.request && isReply(reply.type)) {
        open.reply = reply
        open.replyEntry = i
      }
    } else if (what === 'view') {
      view = entry[4]
      if (booting !== undefined) booting.view = view
      booting = undefined
      if (open !== undefined && step === openStep) open.view = view
    } else if (what === 'crash') {
      if (open !== undefined && step === openStep && entry[5]) open.cut = true
      events.push({ what: 'crash' })
      view = undefined
    } else if (what === 'boot') {
      const event = { what: 'boot' as const, entry: i, at, view: undefined as LockWorldView | undefined }
      booting = event
      events.push(event)
    }
  }
  return events
}

const rateOf = (setup: Setup, node: number): number => (setup as Partial<TimedInput>).plan?.clocks?.[node]?.rate ?? 1

/** The last grant that anybody was told of. */
interface Lease {
  readonly holder: number
  readonly token: number
  /** by the worker's own count, in true milliseconds */
  endsAt: number
  released: boolean
  /** its holder was told that it is released: no crash makes that undone */
  toldReleased: boolean
  /** the lock service has crashed since, and may have lost what it did: that is the matter of other promises */
  crashed: boolean
}

/**
 * Follows the leases through a history, as the workers know them.
 * @param judge looks at each question before its answer is taken into account
 */
function followLeases(
  history: LockHistory,
  setup: Setup,
  { leaseMs }: LockRules,
  judge: (question: Question<Request>, lease: Lease | undefined) => Broken | undefined,
): Broken | undefined {
  let lease: Lease | undefined
  for (const event of eventsOf<Request>(history, LOCK)) {
    if (event.what === 'crash' && lease !== undefined) lease.crashed = true
    if (event.what !== 'question') continue
    const broken = judge(event, lease)
    if (broken !== undefined) return broken
    const { from, message, reply, sentAt } = event
    const endsAt = sentAt + leaseMs / rateOf(setup, from)
    if (reply?.type === 'Granted')
      lease = { holder: from, token: reply.token, endsAt, released: false, toldReleased: false, crashed: event.cut }
    else if (lease === undefined || !isHolder(lease, event)) continue
    else if (message.type === 'Release' && !lease.released) {
      lease.released = true
      lease.toldReleased = reply?.type === 'Released' && !event.cut
      lease.crashed = event.cut
    } else if (reply?.type === 'Renewed') lease.endsAt = Math.max(lease.endsAt, endsAt)
  }
  return undefined
}

const isHolder = (lease: Lease, { from, message }: Question<Request>): boolean =>
  message.type !== 'Acquire' && lease.holder === from && lease.token === message.token

const ms = (at: number) => `${Math.round(at)} ms`

/** Nobody is granted what somebody may still take for its own, by its own clock. */
export const exclusive =
  (rules: LockRules): LockRule =>
  (history, setup) =>
    followLeases(history, setup, rules, ({ at, from, reply, replyEntry }, lease) => {
      if (reply?.type !== 'Granted' || lease === undefined || lease.released || at >= lease.endsAt) return undefined
      const whose = lease.holder === from ? 'it' : nameOf(lease.holder)
      return {
        entry: replyEntry,
        expected: `Refused for ${nameOf(from)} at ${ms(at)}: ${whose} may take token ${lease.token} for valid until ${ms(lease.endsAt)}`,
        got: `Granted with token ${reply.token}`,
      }
    })

/** Each grant has a higher token than all before it. */
export const rising: LockRule = (history) => {
  let last: { readonly token: number; readonly who: number } | undefined
  for (const event of eventsOf<Request>(history, LOCK)) {
    if (event.what !== 'question' || event.reply?.type !== 'Granted') continue
    const { token } = event.reply
    if (!Number.isSafeInteger(token) || token <= (last?.token ?? 0))
      return {
        entry: event.replyEntry,
        expected:
          last === undefined
            ? 'a token that is a whole number above 0'
            : `a token above ${last.token}, which ${nameOf(last.who)} was given before`,
        got: `token ${token} for ${nameOf(event.from)}`,
      }
    last = { token, who: event.from }
  }
  return undefined
}

/** Only who was granted the lock, and with that token, renews and releases it. */
export const owned =
  (rules: LockRules): LockRule =>
  (history, setup) =>
    followLeases(history, setup, rules, (question, lease) => {
      const { entry, from, message, reply, replyEntry, cut } = question
      if (message.type === 'Acquire' || cut) return undefined
      const said = `${message.type} of ${nameOf(from)} with token ${message.token}`
      if (reply === undefined) return { entry, expected: `an answer to ${said}`, got: 'none' }
      const got = `${reply.type}${'token' in reply ? ` with token ${reply.token}` : ''}`
      const yes = message.type === 'Renew' ? 'Renewed' : 'Released'
      if (!('token' in reply) || (reply.type !== 'Lost' && reply.type !== yes) || reply.token !== message.token)
        return { entry: replyEntry, expected: `${yes} or Lost for ${said}, with the same token`, got }
      if (reply.type === 'Lost') return undefined
      if (lease?.crashed && !(lease.toldReleased && isHolder(lease, question))) return undefined
      if (lease === undefined) return { entry: replyEntry, expected: `Lost for ${said}: nobody has had the lock`, got }
      const whose = `the lock is ${nameOf(lease.holder)}'s, with token ${lease.token}`
      if (!isHolder(lease, question)) return { entry: replyEntry, expected: `Lost for ${said}: ${whose}`, got }
      if (message.type === 'Renew' && lease.released)
        return { entry: replyEntry, expected: `Lost for ${said}: it has let go of the lock`, got }
      return undefined
    })

/** Who holds the lock and asks in time keeps it. */
export const renewable =
  (rules: LockRules): LockRule =>
  (history, setup) =>
    followLeases(history, setup, rules, (question, lease) => {
      const { at, from, message, reply, replyEntry, entry, cut } = question
      if (message.type !== 'Renew' || cut || lease === undefined || lease.released) return undefined
      if (!isHolder(lease, question) || at >= lease.endsAt || reply?.type === 'Renewed') return undefined
      return {
        entry: replyEntry < 0 ? entry : replyEntry,
        expected: `Renewed for ${nameOf(from)} at ${ms(at)}: its lease runs until ${ms(lease.endsAt)} at least`,
        got: reply?.type ?? 'no answer',
      }
    })

/** Who is gone holds nothing for long: what is free is granted. */
export const freed =
  ({ leaseMs }: LockRules): LockRule =>
  (history, setup) => {
    const rate = rateOf(setup, LOCK)
    const isOver = (sinceMs: number, at: number) => (at - sinceMs) * rate >= 2 * leaseMs
    let heldSince: number | undefined
    let bootAt = 0
    let boots = 0
    /** released, told so, and no crash since */
    let released = false
    let holder: string | undefined
    for (const event of eventsOf<Request>(history, LOCK)) {
      if (event.what === 'boot') {
        boots++
        bootAt = event.at
      }
      if (event.what === 'crash') released = false
      if (event.what !== 'question') continue
      const { at, from, message, reply, cut, entry, replyEntry } = event
      const ownKey = 'token' in message ? `${from} ${message.token}` : ''
      if (message.type === 'Acquire' && !cut) {
        const isFresh = boots === 1 || isOver(bootAt, at)
        const why =
          heldSince === undefined
            ? 'nobody has had it'
            : released
              ? 'it was released'
              : `its holder was last heard at ${ms(heldSince)}`
        const isFree = released || (isFresh && (heldSince === undefined || isOver(heldSince, at)))
        if (reply?.type !== 'Granted' && reply?.type !== 'Refused')
          return { entry, expected: `an answer to Acquire of ${nameOf(from)}`, got: reply?.type ?? 'none' }
        if (isFree && reply.type === 'Refused')
          return { entry: replyEntry, expected: `Granted for ${nameOf(from)} at ${ms(at)}: ${why}`, got: 'Refused' }
      }
      if (cut || reply?.type === 'Granted' || reply?.type === 'Renewed') {
        heldSince = at
        released = false
      }
      if (reply?.type === 'Granted') holder = `${from} ${reply.token}`
      if (reply?.type === 'Released' && ownKey === holder && !cut) released = true
    }
    return undefined
  }

// ---- the storage -------------------------------------------------------------------------------------------------

const asStorage = (view: LockWorldView | undefined): StorageView =>
  view !== undefined && 'writer' in view ? view : { token: 0, writer: null, value: null }

const tellContents = ({ token, writer, value }: StorageView) =>
  token === 0 && value === null ? 'nothing' : `${value} of ${writer} with token ${token}`

/** @returns whether this write is one of the past, beside what the storage has */
const isStale = ({ from, message }: Question<Write>, { token, writer }: StorageView): boolean =>
  message.token < token || (message.token === token && nameOf(from) !== writer)

/** Looks at each write beside what the storage has taken, in this life or before it. */
function eachWrite(
  history: LockHistory,
  judge: (write: Question<Write>, has: StorageView) => Broken | undefined,
): Broken | undefined {
  let has = asStorage(undefined)
  for (const event of eventsOf<Write>(history, STORAGE)) {
    // What it is back with is the matter of another promise.
    if (event.what === 'boot') has = asStorage(event.view)
    if (event.what !== 'question') continue
    const broken = judge(event, has)
    if (broken !== undefined) return broken
    const { from, message, reply } = event
    if (reply?.type === 'Written' && message.token >= has.token)
      has = { token: message.token, writer: nameOf(from), value: message.value }
  }
  return undefined
}

/** Nothing is taken from a token of the past, nor from another worker that has the newest one. */
export const fenced: LockRule = (history) =>
  eachWrite(history, (write, has) => {
    const { from, message, reply, replyEntry, cut, view } = write
    if (cut || reply === undefined || !isStale(write, has)) return undefined
    const whose = `${has.writer} has written with token ${has.token}`
    const said = `the write of ${nameOf(from)} with token ${message.token}`
    if (reply.type === 'Written') return { entry: replyEntry, expected: `Stale for ${said}: ${whose}`, got: 'Written' }
    const now = asStorage(view)
    if (now.value === has.value && now.token === has.token && now.writer === has.writer) return undefined
    return { entry: replyEntry, expected: `nothing changed by ${said}: ${whose}`, got: tellContents(now) }
  })

/** What the newest holder writes is taken, and there. */
export const taken: LockRule = (history) =>
  eachWrite(history, (write, has) => {
    const { entry, from, message, reply, replyEntry, cut, view } = write
    if (cut) return undefined
    const said = `the write of ${nameOf(from)} with token ${message.token}`
    if (reply === undefined) return { entry, expected: `an answer to ${said}`, got: 'none' }
    if (isStale(write, has)) return undefined
    if (reply.type !== 'Written')
      return { entry: replyEntry, expected: `Written for ${said}: no newer one has written`, got: reply.type }
    const now = asStorage(view)
    const wrote = { token: message.token, writer: nameOf(from), value: message.value }
    if (now.token === wrote.token && now.writer === wrote.writer && now.value === wrote.value) return undefined
    return { entry: replyEntry, expected: `${tellContents(wrote)} in the storage`, got: tellContents(now) }
  })

/** A storage is back with what it had said is written, token and all. */
export const durable: LockRule = (history) => {
  let last = asStorage(undefined)
  let maybe: StorageView[] = []
  for (const event of eventsOf<Write>(history, STORAGE)) {
    if (event.what === 'question') {
      const { from, message, reply, cut } = event
      const wrote = { token: message.token, writer: nameOf(from), value: message.value }
      if (reply?.type === 'Written') {
        last = wrote
        maybe = []
      } else if (cut && !isStale(event, last)) maybe.push(wrote)
    } else if (event.what === 'boot') {
      const back = asStorage(event.view)
      const isOne = [last, ...maybe].some(
        ({ token, writer, value }) => token === back.token && writer === back.writer && value === back.value,
      )
      if (!isOne)
        return {
          entry: event.entry + 1,
          expected: `${nameOf(STORAGE)} is back with ${tellContents(last)}`,
          got: tellContents(back),
        }
      last = back
      maybe = []
    }
  }
  return undefined
}
