/**
 * Reads go by groups: those that come while a question is out wait for the next one, so that a thousand reads cost two rounds.
 * Values and sessions are one plain object, which is its own snapshot; sessions keep every answer that a client might still
 * ask for again: its last one.
 */

import type { NodeId, RequestId } from '#world'

export type Command =
  | { readonly type: 'Get'; readonly key: string }
  | {
      readonly type: 'Put' | 'Append'
      readonly key: string
      readonly value: string
      readonly client: number
      readonly sequence: number
    }
export type Result =
  | { readonly type: 'Done'; readonly value: string | null }
  | { readonly type: 'NotLeader'; readonly leader: NodeId | null }
export interface Log {
  readonly self: NodeId
  leader(): NodeId | null
  term(): number
  propose(command: Command): number | undefined
  commitIndex(): number
  termAt(index: number): number
  confirm(ticket: number): void
  reply(request: RequestId, result: Result): void
}
export interface Service {
  onRequest(request: RequestId, command: Command): void
  onCommitted(index: number, term: number, command: Command | null): void
  onConfirmed(ticket: number): void
  snapshot(): unknown
}

type Write = Exclude<Command, { type: 'Get' }>

interface State {
  readonly values: Record<string, string>
  readonly sessions: Record<number, { readonly sequence: number; readonly value: string | null }>
}

interface Read {
  readonly request: RequestId
  readonly key: string
}

export function serve(log: Log, snapshot: unknown): Service {
  return new Replica(log, (snapshot as State | undefined) ?? { values: {}, sessions: {} })
}

class Replica implements Service {
  readonly #log: Log
  readonly #values: Record<string, string>
  readonly #sessions: Record<number, { readonly sequence: number; readonly value: string | null }>
  readonly #proposed: { readonly index: number; readonly term: number; readonly request: RequestId }[] = []
  #next: Read[] = []
  #out: { readonly ticket: number; readonly term: number; readonly reads: readonly Read[] } | undefined
  #tickets = 0

  constructor(log: Log, { values, sessions }: State) {
    this.#log = log
    this.#values = { ...values }
    this.#sessions = { ...sessions }
  }

  onRequest(request: RequestId, command: Command): void {
    if (command.type === 'Get') {
      if (this.#log.leader() !== this.#log.self) this.#sendOn(request)
      else {
        this.#next.push({ request, key: command.key })
        this.#askForReads()
      }
      return
    }
    const known = this.#answerTo(command)
    if (known !== undefined) {
      this.#log.reply(request, { type: 'Done', value: known })
      return
    }
    const index = this.#log.propose(command)
    if (index === undefined) this.#sendOn(request)
    else this.#proposed.push({ index, term: this.#log.term(), request })
  }

  onCommitted(index: number, term: number, command: Command | null): void {
    const value = command === null || command.type === 'Get' ? null : this.#execute(command)
    for (let i = this.#proposed.length - 1; i >= 0; i--) {
      const one = this.#proposed[i]
      if (one === undefined || one.index > index) continue
      this.#proposed.splice(i, 1)
      if (one.index === index && one.term === term) this.#log.reply(one.request, { type: 'Done', value })
      else if (one.index === index) this.#sendOn(one.request)
    }
    this.#askForReads()
  }

  onConfirmed(ticket: number): void {
    if (this.#out?.ticket !== ticket) return
    for (const { request, key } of this.#out.reads)
      this.#log.reply(request, { type: 'Done', value: this.#values[key] ?? null })
    this.#out = undefined
    this.#askForReads()
  }

  snapshot(): State {
    return { values: { ...this.#values }, sessions: { ...this.#sessions } }
  }

  /** One question at a time; one of an earlier term will never be answered. */
  #askForReads(): void {
    const log = this.#log
    if (log.leader() !== log.self) {
      for (const { request } of this.#next) this.#sendOn(request)
      this.#next = []
    }
    if (this.#next.length === 0 || log.termAt(log.commitIndex()) !== log.term()) return
    if (this.#out?.term === log.term()) return
    this.#out = { ticket: ++this.#tickets, term: log.term(), reads: this.#next }
    this.#next = []
    log.confirm(this.#out.ticket)
  }

  #answerTo({ client, sequence }: Write): string | null | undefined {
    const session = this.#sessions[client]
    if (session === undefined || session.sequence < sequence) return undefined
    return session.value
  }

  #execute(command: Write): string | null {
    const known = this.#answerTo(command)
    if (known !== undefined) return known
    const { client, sequence, key, value } = command
    const before = this.#values[key] ?? null
    this.#values[key] = command.type === 'Put' ? value : `${before ?? ''}${value}`
    this.#sessions[client] = { sequence, value: before }
    return before
  }

  #sendOn(request: RequestId): void {
    this.#log.reply(request, { type: 'NotLeader', leader: this.#log.leader() })
  }
}
