// Whether this machine can make boxes, found out once by making one; and if not, what is missing and what to do about it.

import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  linkSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads'
import { KataError } from '../../course/kata-error.ts'
import { type Box, boxed, MEMORY_BYTES, STATUS, TASKS } from './box.ts'
import { findControlGroups, makeGroup, sweepGroups } from './control-groups.ts'
import { systemCallFilter } from './system-call-filter.ts'
import { explain, type Refusal } from './why-refused.ts'

export type StrictSandbox =
  | { readonly available: true; readonly box: Box /** what it is made of, for a person */; readonly found: string }
  | ({ readonly available: false } & Refusal)

/** Under this name threads find what the main thread has found out. */
const KNOWN = 'kata: strict sandbox'
const SUBJECT_FOLDER = join(import.meta.dirname, '../subject')

/** At the exit of a program, whose patience is short. */
const SWEEP_TRIES = 10
const SWEEP_EVERY_MS = 10

/** Found out once in the life of the program, which takes some 50 ms. */
export function strictSandbox(): StrictSandbox {
  const known = getEnvironmentData(KNOWN) as unknown as StrictSandbox | undefined
  if (known !== undefined) return known
  const found = findOut()
  setEnvironmentData(KNOWN, found as never)
  return found
}

/** @throws {KataError} where there is none */
export function requireStrictSandbox(): Box {
  const sandbox = strictSandbox()
  if (sandbox.available) return sandbox.box
  throw new KataError(`There is no strict sandbox here: ${sandbox.why}`, sandbox.remedy)
}

/** The groups of one box are named so; a name tells whose it is. */
export const groupName = (thread: number, number: number): string => `${process.pid}-${thread}-${number}`
const isOver = (name: string): boolean => {
  const pid = Number(name.split('-')[0])
  return pid === process.pid || !existsSync(`/proc/${pid}`)
}

function findOut(): StrictSandbox {
  if (process.platform !== 'linux')
    return {
      available: false,
      why: `it is made of Linux's namespaces, and this is ${process.platform}.`,
      remedy: 'Grade on Linux (a virtual machine will do), or in the portable sandbox.',
    }
  const filter = systemCallFilter(process.arch)
  if (filter === undefined)
    return {
      available: false,
      why: `its system call filter is written for x64 and arm64, and this is ${process.arch}.`,
      remedy: 'Grade on another machine, or in the portable sandbox.',
    }
  const bwrap = programNamed('bwrap')
  if (bwrap === undefined)
    return {
      available: false,
      why: 'bubblewrap is not installed (there is no bwrap on the PATH).',
      remedy:
        'Install it: apt-get install bubblewrap, dnf install bubblewrap, pacman -S bubblewrap or apk add bubblewrap.',
    }
  const prlimit = programNamed('prlimit')
  const isRoot = process.getuid?.() === 0
  const setpriv = isRoot ? programNamed('setpriv') : undefined
  if (prlimit === undefined || (isRoot && setpriv === undefined))
    return {
      available: false,
      why: `${prlimit === undefined ? 'prlimit' : 'setpriv'} is not on the PATH.`,
      remedy: 'Install it: apt-get install util-linux.',
    }
  const places = isRoot ? readableByAll() : { node: realpathSync(process.execPath), folder: SUBJECT_FOLDER }
  if (places === undefined)
    return {
      available: false,
      why: `the box's user may not read ${SUBJECT_FOLDER}, nor anything in ${tmpdir()}, where a copy would go.`,
      remedy: 'Set TMPDIR to a folder that everybody may enter, or move the course to one.',
    }
  const groups = findControlGroups()
  if (groups !== undefined) sweepGroups(groups, isOver)
  const box: Box = {
    bwrap,
    prlimit,
    ...(setpriv === undefined ? {} : { setpriv, users: freeUsers() }),
    ...places,
    libraries: [...new Set([...librariesOf(process.execPath), ...librariesOf(prlimit)])],
    filter: nameless(filter),
    status: nameless(new TextEncoder().encode(STATUS)),
    ...(groups === undefined ? {} : { groups }),
  }
  const refused = tryOut(box)
  if (refused === undefined) return { available: true, box: tidied(box), found: described(box) }
  // A group can be refused in ways of its own (a container's); limits of single processes have to do then.
  const { groups: _, ...without } = box
  if (groups !== undefined && tryOut(without) === undefined)
    return { available: true, box: without, found: described(without) }
  return { available: false, ...explain(refused, { isRoot, read: textOf, exists: existsSync }) }
}

function described(box: Box): string {
  const limits = box.groups === undefined ? 'limits of processes' : `control groups ${box.groups.kind}`
  const user = box.users === undefined ? 'your own user' : 'a user of its own'
  return `bubblewrap with ${user}, a system call filter and ${limits}`
}

/** Makes a box with nothing of anybody's in it. @returns what was said where that fails */
function tryOut(box: Box): string | undefined {
  const name = groupName(0, 0)
  let group: ReturnType<typeof makeGroup> | undefined
  try {
    group = box.groups && makeGroup(box.groups, name, { memoryBytes: MEMORY_BYTES, tasks: TASKS })
    const [command, ...args] = boxed(box, {
      cpuSeconds: 10,
      fileBytes: 0,
      number: 0,
      doors: group?.doors ?? [],
      ...{ filter: 3, status: 4, info: 5 },
      args: ['--version'],
    })
    const descriptors = [reopened(box.filter), reopened(box.status)]
    const tried = spawnSync(command, args, {
      stdio: ['ignore', 'pipe', 'pipe', ...descriptors, 'pipe'],
      encoding: 'utf8',
    })
    for (const descriptor of descriptors) closeSync(descriptor)
    if (tried.status === 0 && tried.stdout.trim() === process.version) return undefined
    return tried.error?.message ?? (tried.stderr.trim() || `exit code ${tried.status}, signal ${tried.signal}`)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    group?.remove()
  }
}

/** What is left of groups goes when we go: a thread that was ended could not see to its own. */
function tidied(box: Box): Box {
  const { groups } = box
  if (groups !== undefined && isMainThread)
    process.on('exit', () => {
      const pause = new Int32Array(new SharedArrayBuffer(4))
      // The last box is perhaps still on its way out.
      for (let tries = 0; !sweepGroups(groups, isOver) && tries < SWEEP_TRIES; tries++)
        Atomics.wait(pause, 0, 0, SWEEP_EVERY_MS)
    })
  return box
}

/** Each reader of a descriptor needs a place of its own in the file. */
export const reopened = (descriptor: number): number => openSync(`/proc/self/fd/${descriptor}`, 'r')

/** A file without a name: it is gone when we are. */
function nameless(content: Uint8Array): number {
  const folder = mkdtempSync(join(tmpdir(), 'kata-box-'))
  const descriptor = openSync(join(folder, 'file'), 'w+')
  writeSync(descriptor, content)
  rmSync(folder, { recursive: true })
  return descriptor
}

function programNamed(name: string): string | undefined {
  // Not all of these are on the PATH of somebody who is not root.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin', '/sbin', '/bin']
  return folders.map((folder) => join(folder, name)).find((file) => file.startsWith('/') && existsSync(file))
}

/** By the names that the loader looks for; `ldd` is the loader itself, asked. */
function librariesOf(program: string): string[] {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' })
  return [...(stdout ?? '').matchAll(/(?:=> |^\s*)(\/\S+)/gm)].map(([, path]) => path as string)
}

/** Numbers that no user has: those between the system's and the containers', as far as we are given any of them. */
function freeUsers(): { first: number; count: number } {
  const [, , count = 0] = textOf('/proc/self/uid_map').trim().split(/\s+/).map(Number)
  return count >= 524_288 ? { first: 65_536, count: 458_752 } : { first: 60_706, count: 478 }
}

/** Node and the subject, where a user who is nobody can read them: where they are, or else a copy. */
function readableByAll(): { node: string; folder: string } | undefined {
  const node = realpathSync(process.execPath)
  const copies: { folder?: string } = {}
  const copyOf = (path: string, name: string): string | undefined => {
    if (isReadableByAll(path)) return path
    copies.folder ??= mkdtempSync(join(tmpdir(), 'kata-strict-'))
    const { folder } = copies
    chmodSync(folder, 0o711)
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
    const copy = join(folder, name)
    try {
      linkSync(path, copy) // a folder, or a file on another disk, cannot be
    } catch {
      cpSync(path, copy, { recursive: true, dereference: true })
      spawnSync('chmod', ['-R', 'a+rX', copy])
    }
    return isReadableByAll(copy) ? copy : undefined
  }
  const [seenNode, folder] = [copyOf(node, 'node'), copyOf(SUBJECT_FOLDER, 'subject')]
  return seenNode === undefined || folder === undefined ? undefined : { node: seenNode, folder }
}

function isReadableByAll(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    const { mode } = statSync(at)
    const needed = statSync(at).isDirectory() ? 0o1 : 0o4
    if ((mode & needed) === 0) return false
    if (at === dirname(at)) return true
  }
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
