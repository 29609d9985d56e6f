// The box that a subject is put into where code is a stranger's: no network, no files but Node and the subject's own, no
// other process to be seen, a user who owns nothing, and a list of system calls that end whoever makes them. Plain data in,
// a command line out; what this machine can do of it is found out once, by strict-sandbox.ts.

import type { ControlGroups } from './control-groups.ts'

/** What this machine has for making boxes. Plain data: threads are given it, too. */
export interface Box {
  readonly bwrap: string
  readonly prlimit: string
  /** only where we are root: who leaves that behind must be somebody */
  readonly setpriv?: string
  /** one for each box, where we are root */
  readonly users?: { readonly first: number; readonly count: number }
  /** the pinned Node, where the box's user can read it */
  readonly node: string
  /** what Node and prlimit load, by the names that they load it by */
  readonly libraries: readonly string[]
  /** folder that is seen as `SEEN` in the box */
  readonly folder: string
  /** descriptors of this process: the system call filter, and what Node reads to tell its memory */
  readonly filter: number
  readonly status: number
  readonly groups?: ControlGroups
}

/** Where in a box its folder lies. */
export const SEEN = '/box'

export const MEMORY_BYTES = 1_536 * 1024 ** 2
/** Threads: Node has a dozen. Too few, and it hangs while it starts. */
export const TASKS = 128
/** Address space that can be written, whether it is there or only asked for. V8 asks for far more than it uses. */
const DATA_BYTES = 8 * 1024 ** 3
const OPEN_FILES = 64

export interface BoxedCommand {
  /** CPU time in all its life, of which nobody is left to tell it when the judge is killed */
  readonly cpuSeconds: number
  /** largest file that it may write, through a descriptor that it was given */
  readonly fileBytes: number
  /** counts boxes: each has a user of its own */
  readonly number: number
  /** files of control groups by which to enter them */
  readonly doors: readonly string[]
  /** descriptors as the command will have them */
  readonly filter: number
  readonly status: number
  readonly info: number
  /** Node's arguments, with paths as they are seen in the box */
  readonly args: readonly string[]
}

/** Enters the groups itself, so that nothing ever runs outside of them. No core file: it would hold the whole heap. */
const ENTER = 'ulimit -c 0; while [ "$1" != -- ]; do echo 0 > "$1" || exit 125; shift; done; shift; exec "$@"'

/** @returns command and arguments */
export function boxed(box: Box, command: BoxedCommand): [string, ...string[]] {
  const readOnly = (path: string, seen = path) => ['--ro-bind', path, seen]
  return [
    '/bin/sh',
    ...['-c', ENTER, 'sh', ...command.doors, '--'],
    ...asNobody(box, command.number),
    box.bwrap,
    // Explicitly the user's too: without it, the rest would be tried with the rights that we have.
    ...['--unshare-all', '--unshare-user', '--die-with-parent', '--new-session', '--as-pid-1'],
    ...['--cap-drop', 'ALL', '--uid', '1000', '--gid', '1000', '--hostname', 'box'],
    ...['--clearenv', '--setenv', 'TZ', 'UTC'],
    ...readOnly(box.node, '/bin/node'),
    ...readOnly(box.prlimit, '/bin/prlimit'),
    ...box.libraries.flatMap((library) => readOnly(library)),
    ...readOnly(box.folder, SEEN),
    // No /proc: nothing in there is its business. But Node tells no memory at all where it cannot read its own.
    ...['--ro-bind-data', String(command.status), '/proc/self/stat'],
    ...['--chdir', SEEN, '--remount-ro', '/'],
    ...['--seccomp', String(command.filter), '--info-fd', String(command.info)],
    // Inside: there the number of threads is this box's own, whatever else its user runs.
    '/bin/prlimit',
    ...[`--cpu=${command.cpuSeconds}`, `--fsize=${command.fileBytes}`, `--data=${DATA_BYTES}`],
    ...[`--nproc=${TASKS}`, `--nofile=${OPEN_FILES}`, '--core=0', '--'],
    '/bin/node',
    ...command.args,
  ]
}

function asNobody({ setpriv, users }: Box, number: number): string[] {
  if (setpriv === undefined || users === undefined) return []
  const user = users.first + (number % users.count)
  return [
    setpriv,
    ...[
      `--reuid=${user}`,
      `--regid=${user}`,
      '--clear-groups',
      '--no-new-privs',
      '--inh-caps=-all',
      '--bounding-set=-all',
    ],
  ]
}

/** What Node reads of `/proc/self/stat`: the 24th field, pages that are resident. A constant. */
export const STATUS = `1 (node) R ${'0 '.repeat(20)}1000 ${'0 '.repeat(28)}\n`
