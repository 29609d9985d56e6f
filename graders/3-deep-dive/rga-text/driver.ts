// Runs editors that do nothing but edit and tell the others: each kind of edit is a timer, so that walks and explorations
// take them in any order, and where it falls hangs on the text alone. And single texts, call by call.

import * as kata from '#kata/3-deep-dive/rga-text'
import { type Attempt, attempt } from '../../kit/driver.ts'
import { evaluated, fresh, peer, simulation } from '../../kit/simulation.ts'

type Text = kata.SharedText
export type Operation = kata.Operation
export type Id = kata.Id

export type Action =
  | 'types first'
  | 'types within'
  | 'types last'
  | 'pastes within'
  | 'deletes first'
  | 'deletes within'

/** Kept on the disk under `editor` before the first boot. */
export interface Editor {
  readonly actions: readonly Action[]
  /** `all`: a message carries all that its sender has, in its order; `one`: just the new one, so that it may come before others */
  readonly carries: 'all' | 'one'
}

export interface View {
  readonly text: string
  /** all operations that it has been given or has made, in a fixed order */
  readonly has: string
}

export interface Message {
  readonly operations: readonly Operation[]
}

/** Each editor types letters of its own, one after the other. */
const ALPHABETS = ['abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '0123456789', 'αβγδεζηθικλμνξοπ']
const TICK_MS = 10

const nameOf = (operation: Operation): string => {
  const [counter, replica] = operation.id
  return operation.type === 'insert'
    ? `'${operation.text}' ${counter}.${replica}`
    : `-${counter}.${replica}${operation.length > 1 ? `×${operation.length}` : ''}`
}

/** An editor around somebody's text. What it knows it writes down, and after a crash reads again. */
const editor = ({ SharedText }: typeof kata) =>
  peer<Message>((context) => {
    const { disk, self } = context
    const given = disk.get<Editor>('editor')
    const replica = Number(self.slice(1))
    const alphabet = ALPHABETS[(replica - 1) % ALPHABETS.length] as string
    const text = new SharedText(replica)
    const known = new Set<string>()
    const { log } = disk
    let typed = 0
    for (let i = 0; i < log.length; i++) {
      const operation = log.at<Operation>(i) as Operation
      known.add(nameOf(operation))
      if (operation.type === 'insert' && operation.id[1] === replica) typed += operation.text.length
      text.apply(operation)
    }
    const keep = (operation: Operation): boolean => {
      const name = nameOf(operation)
      if (known.has(name)) return false
      known.add(name)
      log.append(operation)
      return true
    }
    const letters = (count: number) => {
      let some = ''
      for (let i = 0; i < count; i++) some += alphabet[typed++ % alphabet.length]
      return some
    }
    const edit = (action: Action): Operation[] => {
      const { length } = text
      const within = length >> 1
      if (action === 'types first') return [text.insert(0, letters(1))]
      if (action === 'types within') return [text.insert(within, letters(1))]
      if (action === 'types last') return [text.insert(length, letters(1))]
      if (action === 'pastes within') return [text.insert(within, letters(3))]
      if (length === 0) return []
      return action === 'deletes first' ? text.delete(0, 1) : text.delete(within, Math.min(2, length - within))
    }
    const act = (action: Action) => {
      const made = edit(action)
      for (const operation of made) keep(operation)
      disk.sync()
      if (made.length === 0) return
      if (given?.carries === 'one')
        for (const operation of made) for (const to of context.peers) context.send(to, { operations: [operation] })
      else {
        const operations = Array.from({ length: log.length }, (_, i) => log.at<Operation>(i) as Operation)
        for (const to of context.peers) context.send(to, { operations })
      }
    }
    for (const action of given?.actions ?? []) context.setTimer(action, TICK_MS)
    return {
      onMessage(_, { operations }) {
        // What comes twice is handed on twice, where that is what it is about.
        for (const operation of operations) if (keep(operation) || given?.carries === 'all') text.apply(operation)
        disk.sync()
      },
      onTimer(name) {
        act(name as Action)
        context.setTimer(name, TICK_MS)
      },
      onRequest(_, command) {
        act(command)
      },
      inspect: (): View => ({ text: text.toString(), has: [...known].sort().join(' ') }),
    }
  })

const world = simulation<Message, View>({
  boot: fresh(kata, (module) => editor(module) as never),
  label: ({ operations }) =>
    operations.length === 1 ? nameOf(operations[0] as Operation) : `${operations.length} edits`,
})

export const { walk, replay, script, explore, tapes, alone } = world

// ---- call by call ------------------------------------------------------------------------------------------------

export type Call =
  | ['insert', replica: number, at: number, text: string]
  | ['delete', replica: number, at: number, length: number]
  /** all that one has and the other has not, in the order in which the one has it */
  | ['send', from: number, to: number]
  /** from there on a replica is another one, with all that it had, in that order */
  | ['restart', replica: number]

export interface Answer {
  readonly made: Operation[]
  /** of the replica that it happened to */
  readonly text: string
  readonly length: number
}

export interface Session {
  readonly replicas: number
  readonly calls: Call[]
}

/** Several replicas, numbered from 1, and what each call came to. */
export function session({ replicas, calls }: Session): Attempt<Answer>[] {
  const { SharedText } = evaluated(kata)
  const texts: Text[] = []
  const logs: Operation[][] = []
  const seen: Set<string>[] = []
  for (let replica = 0; replica <= replicas; replica++) {
    texts.push(new SharedText(replica))
    logs.push([])
    seen.push(new Set())
  }
  const textOf = (replica: number) => texts[replica] as Text
  const keep = (replica: number, operation: Operation): boolean => {
    const name = nameOf(operation)
    if (seen[replica]?.has(name)) return false
    seen[replica]?.add(name)
    logs[replica]?.push(operation)
    return true
  }
  return calls.map((call) =>
    attempt(() => {
      const made: Operation[] = []
      let replica = call[1]
      if (call[0] === 'insert') made.push(textOf(replica).insert(call[2], call[3]))
      else if (call[0] === 'delete') made.push(...textOf(replica).delete(call[2], call[3]))
      else if (call[0] === 'send') {
        replica = call[2]
        for (const operation of logs[call[1]] as Operation[])
          if (keep(replica, operation)) textOf(replica).apply(operation)
      } else {
        texts[replica] = new SharedText(replica)
        for (const operation of logs[replica] as Operation[]) textOf(replica).apply(operation)
      }
      for (const operation of made) keep(replica, operation)
      return { made, text: textOf(replica).toString(), length: textOf(replica).length }
    }),
  )
}

/** A patch of a recorded session: place, characters deleted there, and then inserted there. */
export type Patch = readonly [at: number, deleted: number, inserted: string]

let recording: { here: Text; there: Text } | undefined

/**
 * Makes patches on one replica, and has another apply what comes of them. A session is handed over in parts, one after
 * another, so that each has fuel of its own: who walks through the text at each keystroke is dear, and not endless.
 */
export function recorded({ patches, begins }: { patches: readonly Patch[]; begins: boolean }): {
  here: string
  there: string
  length: number
} {
  const { SharedText } = evaluated(kata)
  if (begins || recording === undefined) recording = { here: new SharedText(1), there: new SharedText(2) }
  const { here, there } = recording
  for (const [at, deleted, inserted] of patches) {
    if (deleted > 0) for (const operation of here.delete(at, deleted)) there.apply(operation)
    if (inserted !== '') there.apply(here.insert(at, inserted))
  }
  return { here: here.toString(), there: there.toString(), length: there.length }
}

/** Hands the operations of one replica in some order, each once, to another; or to itself, when it starts again. */
export function handed({ calls, order, to }: { calls: Call[]; order: number[]; to: 1 | 2 }): {
  here: string
  there: string
  length: number
} {
  const { SharedText } = evaluated(kata)
  const here = new SharedText(1)
  const there = new SharedText(to)
  const made = calls.flatMap((call): Operation[] =>
    call[0] === 'insert' ? [here.insert(call[2], call[3])] : call[0] === 'delete' ? here.delete(call[2], call[3]) : [],
  )
  // What no order names comes at the end.
  for (const place of new Set([...order.map((at) => at % made.length), ...made.keys()]))
    there.apply(made[place] as Operation)
  return { here: here.toString(), there: there.toString(), length: there.length }
}

export function replica(given: { replica: number }): Attempt<string> {
  const { SharedText } = evaluated(kata)
  return attempt(() => {
    new SharedText(given.replica)
    return 'a text'
  })
}
