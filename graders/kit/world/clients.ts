// Clients of a simulated cluster. Each does one thing after the other: it sends a command to a node, again and to others
// while it has no answer, and may give up; what becomes of the command then nobody has told it, and it goes on with the
// next. A client is as near as can be: what it asks arrives at once, and so do answers, because latency of clients hides
// what is wrong with servers.

import type { History } from './history.ts'

/** Of each client: what it wants to have done, in its order; each command as it is sent, every time. */
export type ClientScripts = readonly (readonly unknown[])[]

/** Says of an answer that nothing was done, and who might do it; undefined of one that is the outcome. */
export type Refusal = (result: unknown) => { readonly leader: string | null } | undefined

/** What became of one attempt. */
export interface Answer {
  readonly client: number
  readonly operation: number
  /** nothing was done; undefined: this is the outcome */
  readonly refused: { readonly leader: string | null } | undefined
}

export interface Clients {
  readonly size: number
  /** of a client: the operation that it has begun last; -1 before the first */
  current(client: number): number
  /** it has begun one, and has no answer */
  isWaiting(client: number): boolean
  hasMore(client: number): boolean
  /**
   * Has a client try an operation: the one that it is waiting for, or a later one, for which it gives the other up.
   * @returns whether it can: what was answered, or given up, is not begun again
   */
  begin(client: number, operation: number, step: number, at: number, request: number): boolean
  command(client: number, operation: number): unknown
  /** @returns what it is to the client; undefined where nobody waits for it any more */
  answered(request: number, result: unknown, step: number, at: number): Answer | undefined
}

export function clientsOf(scripts: ClientScripts, entries: History['entries'][number][], refusal: Refusal): Clients {
  const current = scripts.map(() => -1)
  const waiting = scripts.map(() => false)
  const attempts = new Map<number, readonly [client: number, operation: number]>()
  const command = (client: number, operation: number) => scripts[client]?.[operation]
  return {
    size: scripts.length,
    current: (client) => current[client] ?? -1,
    isWaiting: (client) => waiting[client] === true,
    hasMore: (client) => (current[client] ?? -1) + 1 < (scripts[client]?.length ?? 0),
    command,
    begin(client, operation, step, at, request) {
      const now = current[client]
      if (now === undefined || operation >= (scripts[client] as readonly unknown[]).length) return false
      if (operation < now || (operation === now && !waiting[client])) return false
      if (operation > now) entries.push([step, at, 'called', client, operation, command(client, operation)])
      current[client] = operation
      waiting[client] = true
      attempts.set(request, [client, operation])
      return true
    },
    answered(request, result, step, at) {
      const [client, operation] = attempts.get(request) ?? []
      if (client === undefined || operation === undefined) return undefined
      if (current[client] !== operation || !waiting[client]) return undefined
      const refused = refusal(result)
      if (refused === undefined) {
        waiting[client] = false
        entries.push([step, at, 'returned', client, operation, result])
      }
      return { client, operation, refused }
    },
  }
}
