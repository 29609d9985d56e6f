// Runs a lock service and a storage of the learner's among workers of ours: n1 is the lock, n2 the storage.

import * as kata from '#kata/1-scars/fencing-tokens'
import { fresh, peer, simulation } from '../../kit/simulation.ts'

type Asking = Extract<kata.Message, { type: 'Acquire' | 'Renew' | 'Release' | 'Write' }>
type View = kata.LockView | kata.StorageView | { readonly holds: number }

const LOCK = 'n1'
const STORAGE = 'n2'
/** The contract's: a submission is evaluated node by node, and exports nothing here. */
const LEASE_MS = 1_000

function label(message: kata.Message): string {
  const { type } = message
  const token = 'token' in message ? ` #${message.token}` : ''
  return type === 'Write' ? `Write${token} ${message.value}` : `${type}${token}`
}

const NAMES = 2 ** 30

/**
 * Does what it is told: commands are messages. Tokens below 0 count from the last one that any puppet was granted, -1;
 * they tell each other.
 */
const puppet = peer<kata.Message>(({ self, peers, send }) => {
  const known: number[] = []
  return {
    onMessage(from, message) {
      if (message.type !== 'Granted' || known.includes(message.token)) return
      known.push(message.token)
      if (from === LOCK) for (const other of peers) if (other > STORAGE && other !== self) send(other, message)
    },
    onTimer() {},
    onRequest(_, message: Asking) {
      const token = 'token' in message ? message.token : 0
      const meant = token < 0 ? { ...message, token: known.at(token) ?? 0 } : message
      send(message.type === 'Write' ? STORAGE : LOCK, meant as kata.Message)
    },
    inspect: () => ({ holds: 0 }),
  }
})

/**
 * Takes the lock, keeps it for a while, and writes as long as its own clock lets it; or, where it is `heedless`, for ever,
 * and with every token that it ever had.
 */
const worker = (heedless: boolean) =>
  peer<kata.Message>((context) => {
    const { self, now, random, send, setTimer } = context
    const askedAtMs = new Map<number, number>()
    const tokens: number[] = []
    let held: { readonly token: number; readonly untilMs: number } | undefined
    let written = 0
    setTimer('act', random(50))

    function ask(
      message: { readonly type: 'Acquire' } | { readonly type: 'Renew' | 'Release'; readonly token: number },
    ) {
      const request = random(NAMES)
      askedAtMs.set(request, now())
      send(LOCK, { ...message, request } as kata.Message)
    }

    function write(token: number): void {
      send(STORAGE, { type: 'Write', request: random(NAMES), token, value: `${self}-${++written}` })
    }

    return {
      onMessage(_, message) {
        const untilMs = (askedAtMs.get(message.request) ?? 0) + LEASE_MS
        if (message.type === 'Granted' && message.token > (held?.token ?? 0)) {
          held = { token: message.token, untilMs }
          tokens.push(message.token)
          write(message.token)
        } else if (message.type === 'Renewed' && message.token === held?.token && untilMs > held.untilMs)
          held = { token: held.token, untilMs }
        else if (message.type === 'Lost' && message.token === held?.token) held = undefined
      },
      onTimer() {
        setTimer('act', 20 + random(random(4) === 0 ? 600 : 150))
        if (held !== undefined && now() >= held.untilMs) held = undefined
        const what = random(10)
        if (heedless && tokens.length > 0 && what < 5) write(tokens[random(tokens.length)] as number)
        else if (held === undefined) ask({ type: 'Acquire' })
        else if (what < 5) write(held.token)
        else if (what < 9) ask({ type: 'Renew', token: held.token })
        else {
          ask({ type: 'Release', token: held.token })
          held = undefined
        }
      },
      inspect: () => ({ holds: held?.token ?? 0 }),
    }
  })

/** Once round, for schedules that are all looked at: takes the lock, writes, lets go; where it is refused, tries later. */
const brief = peer<kata.Message>(({ send, setTimer }) => {
  let holds = 0
  setTimer('acquire', 0)
  return {
    onMessage(_, message) {
      if (message.type === 'Refused') setTimer('acquire', 2 * LEASE_MS)
      if (message.type !== 'Granted') return
      holds = message.token
      setTimer('release', 0)
      send(STORAGE, { type: 'Write', request: 2, token: holds, value: 'x' })
    },
    onTimer(name) {
      if (name === 'acquire') send(LOCK, { type: 'Acquire', request: 1 })
      else send(LOCK, { type: 'Release', request: 3, token: holds })
    },
    inspect: () => ({ holds }),
  }
})

const world = simulation<kata.Message, View>({
  boot: fresh(kata, ({ bootLock, bootStorage }) => (context) => {
    return context.self === STORAGE ? bootStorage(context) : bootLock(context)
  }),
  peers: {
    puppet,
    worker: worker(false),
    heedless: worker(true),
    brief,
  },
  label,
  leads: (view) => 'holds' in view && view.holds > 0,
})

export const { walk, timed, replay, script, explore, tapes, alone } = world
