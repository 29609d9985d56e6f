// What a message may cost: work that does not grow with the past, and a sync only where something has changed. Nodes are
// driven by hand here, one message after the other.

import type * as kata from '#kata/1-scars/fencing-tokens'
import { budget } from '../../kit/budget.ts'

type Kata = typeof kata
type Boot = Kata['bootLock']

/** A node with nothing around it, whose disk counts. */
function alone(boot: Boot) {
  const disk = new Map<string, unknown>()
  const log: unknown[] = []
  const spent = { syncs: 0 }
  let answer: kata.Message | undefined
  const node = boot({
    self: 'n1',
    peers: ['n2', 'n3', 'n4'],
    now: () => 0,
    random: () => 0,
    send(_, message) {
      answer = message
    },
    setTimer() {},
    cancelTimer() {},
    reply() {},
    disk: {
      get: <T>(key: string) => disk.get(key) as T | undefined,
      put: (key, value) => void disk.set(key, value),
      log: {
        get length() {
          return log.length
        },
        at: <T>(index: number) => log[index] as T | undefined,
        append: (entry) => void log.push(entry),
        truncate(length) {
          log.length = length
        },
        drop() {},
      },
      sync() {
        spent.syncs++
      },
    },
  })
  const ask = (from: string, message: kata.Message): kata.Message | undefined => {
    answer = undefined
    node.onMessage(from, message)
    return answer
  }
  return { ask, spent }
}

type Alone = ReturnType<typeof alone>

function grant(lock: Alone, from: string): number {
  const granted = lock.ask(from, { type: 'Acquire', request: 1 })
  return granted?.type === 'Granted' ? granted.token : 0
}

/** Takes the lock, renews it, and lets go. @returns how it was answered */
function round(lock: Alone, from: string): readonly (string | undefined)[] {
  const token = grant(lock, from)
  const renewed = lock.ask(from, { type: 'Renew', request: 2, token })
  const released = lock.ask(from, { type: 'Release', request: 3, token })
  return [renewed?.type, released?.type]
}

const write = (storage: Alone, token: number) =>
  storage.ask(token % 2 === 0 ? 'n3' : 'n4', { type: 'Write', request: 1, token, value: 'x' })

const ROUNDS = 100

export default [
  budget('The lock service does constant work, however many grants there were', {
    given({ bootLock }: Kata, { n }) {
      const lock = alone(bootLock)
      for (let i = 0; i < n; i++) round(lock, i % 2 === 0 ? 'n3' : 'n4')
      return lock
    },
    when: (lock, i) => round(lock, i % 2 === 0 ? 'n3' : 'n4'),
    steps: 'O(1)',
  }),
  budget('The storage does constant work, however many writes there were', {
    given({ bootStorage }: Kata, { n }) {
      const storage = alone(bootStorage)
      for (let token = 1; token <= n; token++) write(storage, token)
      return { storage, next: n + 1 }
    },
    when: ({ storage, next }, i) => [write(storage, next + i), write(storage, next + i - 1)],
    steps: 'O(1)',
  }),
  budget('What changes is synced once, and what is refused never', {
    sample({ bootLock, bootStorage }: Kata) {
      const lock = alone(bootLock)
      const storage = alone(bootStorage)
      for (let i = 1; i <= ROUNDS; i++) {
        const token = grant(lock, 'n3')
        lock.ask('n4', { type: 'Acquire', request: 4 })
        lock.ask('n4', { type: 'Release', request: 5, token })
        lock.ask('n3', { type: 'Release', request: 6, token })
        write(storage, i)
        write(storage, i - 1)
      }
      // A grant, a release, a write.
      return { figure: (lock.spent.syncs + storage.spent.syncs) / (3 * ROUNDS) }
    },
    quality: { what: 'syncs a change', figureAtMost: 1 },
  }),
]
