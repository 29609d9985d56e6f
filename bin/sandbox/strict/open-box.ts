// Starts Node in a box, and knows which process in there is the one to watch: the child itself only keeps the box.

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { threadId } from 'node:worker_threads'
import { boxed, MEMORY_BYTES, TASKS } from './box.ts'
import { type Group, makeGroup } from './control-groups.ts'
import { groupName, reopened, requireStrictSandbox } from './strict-sandbox.ts'

/** The process that does the work, where it is not the child itself. */
export interface Inside {
  /** undefined until it is told */
  pid(): number | undefined
  /** whether the kernel has ended it for the memory that it used */
  ranOutOfMemory(): boolean
}

export interface Opened {
  /** with its channel on descriptor 3, as outside of a box */
  readonly child: ChildProcess
  readonly inside: Inside
}

const TRAIL_BYTES = 4
/** A group is in use for a moment after its last member has gone. */
const REMOVE_TRIES = 300
const REMOVE_EVERY_MS = 100

let opened = 0

export interface BoxOptions {
  /** of this process, handed on as 4 */
  readonly trail?: number | undefined
  readonly cpuSeconds: number
  /** in place of the subject's: for tests of the box itself */
  readonly folder?: string
}

/** @param args Node's, with paths as they are seen in the box */
export function openBox(args: readonly string[], { trail, cpuSeconds, folder }: BoxOptions): Opened {
  const found = requireStrictSandbox()
  const box = folder === undefined ? found : { ...found, folder }
  const number = opened++
  const group =
    box.groups && makeGroup(box.groups, groupName(threadId, number + 1), { memoryBytes: MEMORY_BYTES, tasks: TASKS })
  const given = trail === undefined ? [] : [trail]
  const own = [reopened(box.filter), reopened(box.status)]
  const first = 4 + given.length
  const [command, ...rest] = boxed(box, {
    cpuSeconds,
    fileBytes: trail === undefined ? 0 : TRAIL_BYTES,
    // Far apart for each process and thread, so that several judges on one machine do not share a user.
    number: process.pid * 64 + threadId * 16 + number,
    doors: group?.doors ?? [],
    ...{ filter: first, status: first + 1, info: first + 2 },
    args,
  })
  const child = spawn(command, rest, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', ...given, ...own, 'pipe'],
    env: {},
    cwd: '/',
    // As outside of a box: an interrupt at the terminal is for the judge.
    detached: true,
  })
  for (const descriptor of own) closeSync(descriptor)

  let pid: number | undefined
  let told = ''
  const info = child.stdio[first + 2] as Readable | null | undefined
  info?.on('data', (chunk: Buffer) => {
    told += chunk.toString('latin1')
    pid ??= Number(/"child-pid": (\d+)/.exec(told)?.[1] ?? Number.NaN) || undefined
  })
  info?.on('error', () => {})
  let ranOutOfMemory = false
  if (group !== undefined)
    child.once('exit', () => {
      // Who asks comes later, when all that it said has been read.
      ranOutOfMemory = group.ranOutOfMemory()
      remove(group, REMOVE_TRIES)
    })
  child.once('error', () => group?.remove())
  return { child, inside: { pid: () => pid, ranOutOfMemory: () => ranOutOfMemory } }
}

function remove(group: Group, tries: number): void {
  if (!group.remove() && tries > 0) setTimeout(() => remove(group, tries - 1), REMOVE_EVERY_MS).unref()
}
