// A filter over system calls for everything in the box: a program of the kernel's own small machine (classic BPF, seccomp),
// put together here so that no library of the system's is needed. It is a list of what no run time ever asks for: a process,
// a socket, a look into another process, a namespace, a mount, a key. Who asks is ended by SIGSYS, which is evidence.

import { endianness } from 'node:os'

type Architecture = 'x64' | 'arm64'

/** A system call's number, by architecture; none where that has no such call. */
type Numbers = Readonly<Record<Architecture, number | undefined>>
const call = (x64: number | undefined, arm64: number | undefined): Numbers => ({ x64, arm64 })

const DEADLY: Readonly<Record<string, Numbers>> = {
  // processes (a thread is made by `clone` too, and is let through below)
  fork: call(57, undefined),
  vfork: call(58, undefined),
  execveat: call(322, 281),
  // sockets: the channel is one already, and is read and written like a file
  socket: call(41, 198),
  socketpair: call(53, 199),
  connect: call(42, 203),
  accept: call(43, 202),
  accept4: call(288, 242),
  bind: call(49, 200),
  listen: call(50, 201),
  sendto: call(44, 206),
  recvfrom: call(45, 207),
  sendmsg: call(46, 211),
  recvmsg: call(47, 212),
  sendmmsg: call(307, 269),
  recvmmsg: call(299, 243),
  // other processes, their memory and their descriptors
  ptrace: call(101, 117),
  process_vm_readv: call(310, 270),
  process_vm_writev: call(311, 271),
  kcmp: call(312, 272),
  pidfd_open: call(434, 434),
  pidfd_getfd: call(438, 438),
  process_madvise: call(440, 440),
  // namespaces and mounts
  unshare: call(272, 97),
  setns: call(308, 268),
  mount: call(165, 40),
  umount2: call(166, 39),
  pivot_root: call(155, 41),
  chroot: call(161, 51),
  open_tree: call(428, 428),
  move_mount: call(429, 429),
  fsopen: call(430, 430),
  fsconfig: call(431, 431),
  fsmount: call(432, 432),
  fspick: call(433, 433),
  mount_setattr: call(442, 442),
  // keys
  add_key: call(248, 217),
  request_key: call(249, 218),
  keyctl: call(250, 219),
  // the kernel itself
  bpf: call(321, 280),
  perf_event_open: call(298, 241),
  userfaultfd: call(323, 282),
  init_module: call(175, 105),
  finit_module: call(313, 273),
  delete_module: call(176, 106),
  kexec_load: call(246, 104),
  kexec_file_load: call(320, 294),
  reboot: call(169, 142),
  swapon: call(167, 224),
  swapoff: call(168, 225),
  acct: call(163, 89),
  quotactl: call(179, 60),
  fanotify_init: call(300, 262),
  name_to_handle_at: call(303, 264),
  open_by_handle_at: call(304, 265),
  personality: call(135, 92),
  mknod: call(133, undefined),
  mknodat: call(259, 33),
  settimeofday: call(164, 170),
  clock_adjtime: call(305, 266),
  iopl: call(172, undefined),
  ioperm: call(173, undefined),
}

/** What a library may try in all innocence, and has another way for where the kernel does not know it. `clone3` hides its
 * flags behind a pointer, where no filter can read them: glibc then makes its threads by `clone`. */
const UNKNOWN: Readonly<Record<string, Numbers>> = {
  clone3: call(435, 435),
  io_uring_setup: call(425, 425),
  io_uring_enter: call(426, 426),
  io_uring_register: call(427, 427),
}

const CLONE: Numbers = call(56, 220)
const IOCTL: Numbers = call(16, 29)

// linux/audit.h, linux/filter.h, linux/seccomp.h, asm-generic/ioctls.h, linux/sched.h, asm-generic/errno.h
const AUDIT_ARCH: Readonly<Record<Architecture, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 }
const LOAD_WORD = 0x20
const JUMP_IF_EQUAL = 0x15
const JUMP_IF_AT_LEAST = 0x35
const JUMP_IF_ANY_BIT = 0x45
const RETURN = 0x06
const KILL_PROCESS = 0x80000000
const ALLOW = 0x7fff0000
const FAIL_AS_UNKNOWN = 0x00050000 | 38 // SECCOMP_RET_ERRNO | ENOSYS
const CLONE_THREAD = 0x00010000
const PUSHES_INPUT = [0x5412, 0x541c] // TIOCSTI, TIOCLINUX: typing into a terminal
const X32_BIT = 0x40000000

/** Where a system call's number, architecture and arguments stand in what the filter is given. */
const NUMBER_AT = 0
const ARCHITECTURE_AT = 4
const argumentAt = (index: number) => 16 + 8 * index

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number]

/** @returns undefined for an architecture that has no tables here */
export function systemCallFilter(architecture: string): Uint8Array | undefined {
  if ((architecture !== 'x64' && architecture !== 'arm64') || endianness() !== 'LE') return undefined
  const numberOf = (numbers: Numbers | undefined) => numbers?.[architecture]
  const program: Instruction[] = [
    [LOAD_WORD, 0, 0, ARCHITECTURE_AT],
    [JUMP_IF_EQUAL, 1, 0, AUDIT_ARCH[architecture]],
    [RETURN, 0, 0, KILL_PROCESS],
    [LOAD_WORD, 0, 0, NUMBER_AT],
  ]
  // The same calls under other numbers.
  if (architecture === 'x64') program.push([JUMP_IF_AT_LEAST, 0, 1, X32_BIT], [RETURN, 0, 0, KILL_PROCESS])
  const refuse = (table: Readonly<Record<string, Numbers>>, verdict: number) => {
    for (const numbers of Object.values(table)) {
      const number = numberOf(numbers)
      if (number !== undefined) program.push([JUMP_IF_EQUAL, 0, 1, number], [RETURN, 0, 0, verdict])
    }
  }
  refuse(DEADLY, KILL_PROCESS)
  refuse(UNKNOWN, FAIL_AS_UNKNOWN)
  program.push(
    [JUMP_IF_EQUAL, 0, 3, numberOf(CLONE) ?? 0],
    [LOAD_WORD, 0, 0, argumentAt(0)],
    [JUMP_IF_ANY_BIT, 3 + PUSHES_INPUT.length, 0, CLONE_THREAD],
    [RETURN, 0, 0, KILL_PROCESS],
    [JUMP_IF_EQUAL, 0, 1 + PUSHES_INPUT.length, numberOf(IOCTL) ?? 0],
    [LOAD_WORD, 0, 0, argumentAt(1)],
    ...PUSHES_INPUT.map((request, i): Instruction => [JUMP_IF_EQUAL, PUSHES_INPUT.length - i, 0, request]),
    [RETURN, 0, 0, ALLOW],
    [RETURN, 0, 0, KILL_PROCESS],
  )
  return assembled(program)
}

/** Of the numbers above, for a test that holds them against the headers of the system. */
export const filteredCalls = (): Readonly<Record<string, Numbers>> => ({
  ...DEADLY,
  ...UNKNOWN,
  clone: CLONE,
  ioctl: IOCTL,
})

function assembled(program: readonly Instruction[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8 * program.length))
  for (const [i, [code, ifTrue, ifFalse, value]] of program.entries()) {
    bytes.setUint16(8 * i, code, true)
    bytes.setUint8(8 * i + 2, ifTrue)
    bytes.setUint8(8 * i + 3, ifFalse)
    bytes.setUint32(8 * i + 4, value, true)
  }
  return new Uint8Array(bytes.buffer)
}
