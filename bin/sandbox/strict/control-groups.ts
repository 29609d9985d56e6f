// Memory and threads of all that runs in one box, capped by the kernel at an exact figure: control groups, of the first or
// the second kind, where this program may make them. Elsewhere the limits of single processes have to do.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Folders in which a group for each box is made. */
export interface ControlGroups {
  readonly kind: 'v1' | 'v2'
  /** one for each hierarchy; the same for both in the second kind */
  readonly memory: string
  readonly tasks: string
}

export interface Limits {
  readonly memoryBytes: number
  /** threads and processes */
  readonly tasks: number
}

export interface Group {
  /** who writes its own number there becomes a member */
  readonly doors: readonly string[]
  /** whether the kernel has ended something in it for the memory that it used */
  ranOutOfMemory(): boolean
  /** Works when nothing is left in it. @returns whether it is gone */
  remove(): boolean
}

const FOLDER = 'kata-subjects'
const NO_LIMIT = 2 ** 60

interface Mount {
  /** what of the hierarchy is seen there */
  readonly root: string
  readonly at: string
  readonly kind: 'v1' | 'v2'
  readonly controllers: readonly string[]
}

/** @returns undefined where none can be made, or they have no controllers */
export function findControlGroups(): ControlGroups | undefined {
  try {
    const mounts = readMounts()
    const own = ownPaths()
    const of = (controller: string) => mounts.find(({ controllers }) => controllers.includes(controller))
    const [memory, tasks] = [of('memory'), of('pids')]
    if (memory !== undefined && tasks !== undefined) {
      const memoryFolder = firstMade(homes(memory, own.get('memory'), 'memory.limit_in_bytes'))
      const tasksFolder = firstMade(homes(tasks, own.get('pids'), 'pids.max'))
      return memoryFolder && tasksFolder ? { kind: 'v1', memory: memoryFolder, tasks: tasksFolder } : undefined
    }
    const unified = mounts.find(({ kind }) => kind === 'v2')
    if (unified === undefined) return undefined
    const folder = firstMade(homes(unified, own.get(''), 'memory.max'), delegate)
    return folder === undefined ? undefined : { kind: 'v2', memory: folder, tasks: folder }
  } catch {
    return undefined
  }
}

/** @throws where the system refuses: then there is no such group */
export function makeGroup(groups: ControlGroups, name: string, limits: Limits): Group {
  const [memory, tasks] = [join(groups.memory, name), join(groups.tasks, name)]
  const folders = [...new Set([memory, tasks])]
  for (const folder of folders) mkdirSync(folder)
  const set = (folder: string, file: string, value: number) => writeFileSync(join(folder, file), String(value))
  const setIfThere = (folder: string, file: string, value: number) => {
    if (existsSync(join(folder, file))) set(folder, file, value)
  }
  if (groups.kind === 'v1') {
    set(memory, 'memory.limit_in_bytes', limits.memoryBytes)
    setIfThere(memory, 'memory.memsw.limit_in_bytes', limits.memoryBytes)
  } else {
    set(memory, 'memory.max', limits.memoryBytes)
    setIfThere(memory, 'memory.swap.max', 0)
  }
  set(tasks, 'pids.max', limits.tasks)
  const events = join(memory, groups.kind === 'v1' ? 'memory.oom_control' : 'memory.events')
  return {
    doors: folders.map((folder) => join(folder, 'cgroup.procs')),
    ranOutOfMemory: () => Number(/^oom_kill (\d+)$/m.exec(textOf(events))?.[1] ?? 0) > 0,
    remove: () => folders.map(removed).every(Boolean),
  }
}

/**
 * Removes groups whose boxes are gone. (What is in use cannot be removed; but one that was just made looks empty, too.)
 * @param isOver by name
 * @returns whether none of those is left
 */
export function sweepGroups(groups: ControlGroups, isOver: (name: string) => boolean): boolean {
  return [...new Set([groups.memory, groups.tasks])]
    .flatMap((folder) =>
      readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && isOver(entry.name))
        .map((entry) => removed(join(folder, entry.name))),
    )
    .every(Boolean)
}

function removed(folder: string): boolean {
  try {
    rmdirSync(folder)
  } catch {
    return !existsSync(folder)
  }
  return true
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

/**
 * Where groups may be made, best first. A limit that we are under ourselves is to be honoured, so that they go below our
 * own group then; without one they go to the top, where what a killed judge leaves behind is in nobody's way.
 */
function homes({ root, at }: Mount, own: string | undefined, limit: string): string[] {
  if (own === undefined) return []
  const way = relative(root, own)
  // A group that is not to be seen from here has been entered from outside.
  const below = way.startsWith('..') ? at : join(at, way)
  let isFree = true
  for (let folder = below; folder.length > at.length; folder = join(folder, '..')) {
    const value = textOf(join(folder, limit)).trim()
    if (value !== '' && value !== 'max' && !(Number(value) >= NO_LIMIT)) isFree = false
  }
  return isFree ? [at, below] : [below]
}

function firstMade(parents: readonly string[], prepare: (parent: string, folder: string) => void = () => {}) {
  for (const parent of parents)
    try {
      const folder = join(parent, FOLDER)
      mkdirSync(folder, { recursive: true })
      prepare(parent, folder)
      return folder
    } catch {
      // Not here: the next.
    }
  return undefined
}

/** Of the second kind, a group hands on only the controllers that it is told to. */
function delegate(parent: string, folder: string): void {
  const wanted = ['memory', 'pids']
  for (const group of [parent, folder]) {
    const handedOn = textOf(join(group, 'cgroup.subtree_control')).trim().split(' ')
    const missing = wanted.filter((name) => !handedOn.includes(name))
    if (missing.length > 0)
      writeFileSync(join(group, 'cgroup.subtree_control'), missing.map((name) => `+${name}`).join(' '))
  }
}

function readMounts(): Mount[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line): Mount[] => {
      // 36 35 98:0 /root /mount/point options … - type source super-options
      const [left = '', right = ''] = line.split(' - ')
      const [root = '', at = ''] = left.split(' ').slice(3)
      const [type, , options = ''] = right.split(' ')
      if (type === 'cgroup') return [{ root, at, kind: 'v1', controllers: options.split(',') }]
      return type === 'cgroup2' ? [{ root, at, kind: 'v2', controllers: [] }] : []
    })
}

/** Our own group, by controller; '' is the hierarchy of the second kind. */
function ownPaths(): Map<string, string> {
  return new Map(
    readFileSync('/proc/self/cgroup', 'utf8')
      .split('\n')
      .flatMap((line) => {
        const [, controllers = '', path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
        return path === undefined ? [] : controllers.split(',').map((name): [string, string] => [name, path])
      }),
  )
}
