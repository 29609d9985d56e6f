// breaks: What clients see is one copy
// because: once its first entry is committed it takes itself for the leader for good.

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

interface Session {
  readonly sequence: number
  readonly value: string | null
}

interface Snapshot {
  readonly values: readonly (readonly [key: string, value: string])[]
  readonly sessions: readonly (readonly [client: number, session: Session])[]
}

interface Waiting {
  readonly request: RequestId
  readonly term: number
}

interface Read {
  readonly request: RequestId
  readonly key: string
}

export function serve(log: Log, snapshot: unknown): Service {
  const kept = snapshot as Snapshot | undefined
  const values = new Map(kept?.values)
  const sessions = new Map(kept?.sessions)
  /** by index: who waits for the entry that was proposed there */
  const waiting = new Map<number, Waiting>()
  /** reads that wait until this leader knows all that was committed before it */
  let early: Read[] = []
  const asked = new Map<number, Read>()
  let tickets = 0

  const leads = () => log.leader() === log.self
  const done = (request: RequestId, value: string | null) => log.reply(request, { type: 'Done', value })
  const refuse = (request: RequestId) => log.reply(request, { type: 'NotLeader', leader: log.leader() })
  const knowsAll = () => log.termAt(log.commitIndex()) === log.term()

  function confirm(read: Read): void {
    asked.set(++tickets, read)
    log.confirm(tickets)
  }

  function onWrite(request: RequestId, command: Exclude<Command, { type: 'Get' }>): void {
    const session = sessions.get(command.client)
    if (session?.sequence === command.sequence) {
      done(request, session.value)
      return
    }
    const index = log.propose(command)
    if (index === undefined) refuse(request)
    else waiting.set(index, { request, term: log.term() })
  }

  /** @returns what the client is told: of a command that has been executed before, what it was told then */
  function execute(command: Exclude<Command, { type: 'Get' }>): string | null {
    const { client, sequence, key, value } = command
    const session = sessions.get(client)
    if (session !== undefined && sequence <= session.sequence) return session.value
    const before = values.get(key) ?? null
    values.set(key, command.type === 'Put' ? value : (before ?? '') + value)
    sessions.set(client, { sequence, value: before })
    return before
  }

  return {
    onRequest(request, command) {
      if (command.type !== 'Get') onWrite(request, command)
      else if (!leads()) refuse(request)
      else if (knowsAll()) done(request, values.get(command.key) ?? null)
      else early.push({ request, key: command.key })
    },
    onCommitted(index, term, command) {
      const value = command === null || command.type === 'Get' ? null : execute(command)
      const one = waiting.get(index)
      waiting.delete(index)
      // Another entry than this node had proposed there: its own will never be committed.
      if (one !== undefined && one.term === term) done(one.request, value)
      else if (one !== undefined) refuse(one.request)
      if (early.length === 0 || term !== log.term()) return
      const reads = early
      early = []
      for (const read of reads) {
        if (leads()) confirm(read)
        else refuse(read.request)
      }
    },
    onConfirmed(ticket) {
      const read = asked.get(ticket)
      asked.delete(ticket)
      if (read !== undefined) done(read.request, values.get(read.key) ?? null)
    },
    snapshot: (): Snapshot => ({ values: [...values], sessions: [...sessions] }),
  }
}
