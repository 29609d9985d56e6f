// The world that a simulated node lives in, as a kata's stub sees it: `import type { Context, Node } from '#world'`.
// Types alone: the world itself is the judge's. A workspace of its own gets a copy of this file, so it imports nothing.

/** Name of a node: `n1`, `n2`, … */
export type NodeId = string

/** Names one request of one client, wherever it turns up. */
export type RequestId = number

/**
 * All that a node has of the world outside. It may be used while one of the node's own functions is running, and at no
 * other time. There is no other clock, chance, timer or memory; what crosses to another node or to the disk is copied,
 * frozen, and has to be plain data: primitives, arrays, and objects without a class.
 *
 * @typeParam M what nodes of this protocol send each other
 */
export interface Context<M> {
  readonly self: NodeId
  /** all the others, in the same order on every node */
  readonly peers: readonly NodeId[]
  /** This node's own clock, in whole milliseconds. It may run a little too fast or too slow; it never runs backwards. */
  now(): number
  /** A whole number from 0 up to but not including `below`, from this node's own seeded source. */
  random(below: number): number
  /**
   * Sends a message and forgets it. It may arrive late, twice, after later ones, or never. Nobody says which.
   *
   * @throws {TypeError} if the message is no plain data; {RangeError} if there is no such node, or it is this one
   */
  send(to: NodeId, message: M): void
  /**
   * Has `onTimer(name)` called once, after so many milliseconds of this node's clock, or as much later as the node is held up.
   * Sets a timer of that name anew.
   */
  setTimer(name: string, afterMs: number): void
  /** Does nothing if no timer of that name is set. */
  cancelTimer(name: string): void
  /** Answers a request of a client. Only the first answer counts. */
  reply(request: RequestId, result: unknown): void
  /** Survives crashes, as far as it was synced. */
  readonly disk: Disk
}

/**
 * What is written can be read at once, and is safe only after `sync`. A crash keeps some of what was written since, from
 * the front; it may come between any two things that a node does.
 */
export interface Disk {
  /** @returns what was put last under this key; undefined if nothing was */
  get<T>(key: string): T | undefined
  put(key: string, value: unknown): void
  readonly log: DiskLog
  /** Makes all that was written so far safe. */
  sync(): void
}

/** A list of entries that grows at its end, and can be dropped from its front. An entry keeps its index all its life. */
export interface DiskLog {
  /** index of the next entry: how many were appended, the dropped ones included */
  readonly length: number
  /** @param index from 0. @returns undefined where there is no such entry, or none any more */
  at<T>(index: number): T | undefined
  append(entry: unknown): void
  /** Drops all entries from `length` on. What was dropped from the front stays dropped. */
  truncate(length: number): void
  /** Drops all entries before `until`. A log that ends before it is empty then, and goes on at `until`. */
  drop(until: number): void
}

/**
 * A running node. Each function runs to its end before anything else happens; none may wait (return a promise).
 *
 * @typeParam C what clients ask of it, where there are clients
 */
export interface Node<M, C = never> {
  onMessage(from: NodeId, message: M): void
  onTimer(name: string): void
  onRequest?(request: RequestId, command: C): void
  /** What it shows of itself, as plain data. Must change nothing. Which fields there are, the kata says. */
  inspect(): unknown
}
