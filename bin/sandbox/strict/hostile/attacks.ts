// Attacks by somebody who is out of the realm already, and has Node whole: files, processes, sockets, signals, raw system
// calls. Each of them works where nothing holds it (a test shows that), so that holding it means something.

import { spawn, spawnSync } from 'node:child_process'
import cluster from 'node:cluster'
import { createSocket } from 'node:dgram'
import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import { connect, type NetConnectOpts } from 'node:net'
import * as os from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Given } from './given.ts'

export interface Attack {
  /** what it is out for: a secret, or a change in the world */
  readonly wants: 'secret' | 'effect'
  /** never without a box: it would harm the machine that tests it */
  readonly boxOnly?: true
  /** what it returns is said; what would be lost when it is ended, it says before */
  readonly run: (given: Given, say: (what: unknown) => void) => unknown
}

/** Not on the list of what Node documents, and still there. */
// biome-ignore lint/suspicious/noExplicitAny: an attacker has no types
const inner = process as any
const reads = (run: Attack['run']): Attack => ({ wants: 'secret', run })
const does = (run: Attack['run']): Attack => ({ wants: 'effect', run })
const boxOnly = (run: Attack['run']): Attack => ({ wants: 'effect', boxOnly: true, run })

const heard = (at: NetConnectOpts) =>
  new Promise<string>((resolve) => {
    let text = ''
    const socket = connect(at)
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('error', (error) => resolve(String(error)))
    socket.on('close', () => resolve(text))
  })

/** All that can be read of a process's memory. */
function memoryOf(pid: number | string, say: (what: unknown) => void): void {
  const maps = fs.readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')
  const memory = fs.openSync(`/proc/${pid}/mem`, 'r')
  for (const line of maps) {
    const [, from = '', to = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? []
    if (from === '' || line.includes('[vvar]')) continue
    const bytes = Buffer.alloc(Math.min(Number.parseInt(to, 16) - Number.parseInt(from, 16), 1 << 26))
    try {
      fs.readSync(memory, bytes, 0, bytes.length, BigInt(`0x${from}`) as never)
    } catch {
      continue
    }
    for (const text of [bytes.toString('latin1'), bytes.toString('utf16le')]) {
      for (let i = 0, at = -1; i < 100; i++) {
        at = text.indexOf('the secret is ', at + 1)
        if (at < 0) break
        say(text.slice(at, at + 64))
      }
    }
  }
}

export const attacks: Readonly<Record<string, Attack>> = {
  // ---- files
  'reads a file': reads(({ secretFile }) => fs.readFileSync(secretFile, 'utf8')),
  'reads a file by a stream of descriptors': reads(async ({ secretFile }) => {
    const handle = await fs.promises.open(secretFile)
    return handle.readFile('utf8')
  }),
  'imports a file as a module': reads(async ({ secretFile }) => {
    try {
      await import(secretFile)
    } catch (error) {
      return `${error} ${(error as Error).stack}`
    }
    return 'nothing'
  }),
  'loads a file as an environment': reads(({ secretFile }) => {
    process.loadEnvFile(secretFile)
    return JSON.stringify(process.env)
  }),
  'reads a file through a link of its own': reads(({ secretFile, folder }) => {
    const link = join(folder, `link-${process.pid}`)
    fs.symlinkSync(secretFile, link)
    const text = fs.readFileSync(link, 'utf8')
    fs.unlinkSync(link)
    return text
  }),
  'reads a file past its own folder': reads(({ secretFile }) =>
    fs.readFileSync(`${import.meta.dirname}/${'../'.repeat(20)}${secretFile}`, 'utf8'),
  ),
  'reads a file by a path of bytes': reads(({ secretFile }) => fs.readFileSync(Buffer.from(secretFile), 'utf8')),
  'reads a file by an inner binding': reads(({ secretFile }) => {
    const binding = inner.binding('fs')
    const descriptor = binding.open(secretFile, 0, 0o666)
    const bytes = Buffer.alloc(200)
    binding.read(descriptor, bytes, 0, 200, -1)
    return bytes.toString()
  }),
  'reads a file in a thread that sheds its flags': reads(
    ({ secretFile }) =>
      new Promise((resolve) => {
        const code = `require('worker_threads').parentPort.postMessage(require('fs').readFileSync(${JSON.stringify(secretFile)}, 'utf8'))`
        const worker = new Worker(code, { eval: true, execArgv: [], env: {} })
        worker.on('message', resolve)
        worker.on('error', resolve)
      }),
  ),
  'reads a file as a data base': reads(async ({ secretFile, folder }) => {
    const { DatabaseSync } = await import('node:sqlite')
    const base = new DatabaseSync(':memory:')
    base.exec(`ATTACH '${join(folder, 'of.db')}' AS other`)
    return `${secretFile} ${JSON.stringify(base.prepare('SELECT text FROM other.secrets').get())}`
  }),
  'reads a file through WASI': reads(async ({ secretFile, folder }) => {
    const { WASI } = await import('node:wasi')
    new WASI({ version: 'preview1', preopens: { '/': folder } })
    // The pre-opened folder is what it would read by; where that is let through, so is this.
    return fs.readFileSync(secretFile, 'utf8')
  }),
  'lists a folder': reads(({ folder }) => `${fs.readdirSync(folder).join()} ${fs.readdirSync('/').join()}`),
  'writes a file': does(({ victimFile }) => fs.writeFileSync(victimFile, 'changed')),
  'makes a file': does(({ folder }) => fs.writeFileSync(join(folder, 'made'), 'made')),
  'truncates a file': does(({ victimFile }) => fs.truncateSync(victimFile)),
  'removes a file': does(({ victimFile }) => fs.rmSync(victimFile)),
  'gives away a file': does(({ victimFile }) => fs.chmodSync(victimFile, 0o777)),
  'writes a heap snapshot': does(async ({ folder }) => {
    const v8 = await import('node:v8')
    v8.writeHeapSnapshot(join(folder, 'heap'))
  }),
  'writes a report': does(({ folder }) => process.report.writeReport(join(folder, 'report'))),
  'fills every place that it can write to': boxOnly(({ folder }, say) => {
    const chunk = Buffer.alloc(1 << 20)
    for (const place of ['/', '/tmp', '/box', '/dev/shm', '/var/tmp', '/proc', folder, '.'])
      try {
        const file = fs.openSync(join(place, 'full'), 'w')
        for (let i = 0; i < 64; i++) fs.writeSync(file, chunk)
        say(`breach: filled ${place}`)
      } catch (error) {
        say(error)
      }
  }),

  // ---- what the system tells of processes
  'reads the environment of the judge': reads(({ judge }) => fs.readFileSync(`/proc/${judge.pid}/environ`, 'latin1')),
  'reads a file through the root of the judge': reads(({ judge, secretFile }) =>
    fs.readFileSync(`/proc/${judge.pid}/root${secretFile}`, 'utf8'),
  ),
  'reads the memory of the judge': reads(({ judge }, say) => memoryOf(judge.pid, say)),
  'reads the memory of a neighbour': reads(({ neighbour }, say) => memoryOf(neighbour, say)),
  'reads the environment of its parent': reads((_, say) => {
    for (let pid = 1; pid < 4; pid++)
      try {
        say(fs.readFileSync(`/proc/${pid}/environ`, 'latin1'))
      } catch (error) {
        say(error)
      }
    say(JSON.stringify(process.env))
    return fs.readFileSync(`/proc/${process.ppid}/environ`, 'latin1')
  }),
  'reads every descriptor that it was born with': boxOnly((_, say) => {
    for (let descriptor = 4; descriptor < 64; descriptor++)
      try {
        const { size, mode } = fs.fstatSync(descriptor)
        // Node's own are no files: events and pipes without a name.
        if ((mode & fs.constants.S_IFMT) === fs.constants.S_IFREG && size > 0) say(`breach: descriptor ${descriptor}`)
        if ((mode & fs.constants.S_IFMT) === fs.constants.S_IFDIR) say(`breach: folder ${descriptor}`)
      } catch {
        // Not open.
      }
  }),

  // ---- network
  'connects to a port': reads(({ judge }) => heard({ host: '127.0.0.1', port: judge.tcp })),
  'connects by the other family': reads(({ judge }) => heard({ host: '::ffff:127.0.0.1', port: judge.tcp })),
  'connects to a named socket': reads(({ judge }) => heard({ path: judge.socketFile })),
  'connects to a socket without a file': reads(({ judge }) => heard({ path: judge.abstractSocket })),
  'connects by an inner binding': does(({ judge }) => {
    const { TCP, TCPConnectWrap, constants } = inner.binding('tcp_wrap')
    new TCP(constants.SOCKET).connect(new TCPConnectWrap(), '127.0.0.1', judge.tcp)
    return new Promise((resolve) => setTimeout(resolve, 200))
  }),
  'fetches a page': does(({ judge }) => fetch(`http://127.0.0.1:${judge.tcp}/`).then((page) => page.text())),
  'sends a datagram': does(
    ({ judge }) =>
      new Promise((resolve) => {
        const socket = createSocket('udp4')
        socket.on('error', resolve)
        socket.send('hello', judge.udp, '127.0.0.1', (error) => setTimeout(() => resolve(error), 100))
      }),
  ),

  // ---- processes and signals
  'starts a shell': reads(({ secretFile }) => {
    const { stdout, error } = spawnSync('/bin/sh', ['-c', `cat '${secretFile}'`], { encoding: 'utf8' })
    return error ?? stdout
  }),
  'starts a process by an inner binding': reads(({ secretFile }) => {
    const { output, error } = inner.binding('spawn_sync').spawn({
      file: '/bin/cat',
      args: ['cat', secretFile],
      envPairs: [],
      stdio: [
        { type: 'pipe', readable: true, writable: false },
        { type: 'pipe', readable: false, writable: true },
      ],
    })
    return `${error} ${output?.[1]}`
  }),
  'leaves a process behind': does(({ mark }) => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', mark], {
      detached: true,
      stdio: 'ignore',
    })
    child.unref()
    return new Promise((resolve) => {
      child.on('error', resolve)
      child.on('spawn', resolve)
    })
  }),
  'becomes another program': does(({ folder }) => {
    inner.execve('/bin/sh', ['sh', '-c', `echo > '${join(folder, 'executed')}'`], {})
  }),
  'becomes Node without its flags': reads(({ secretFile }) => {
    const code = `require('fs').writeSync(1, require('fs').readFileSync(${JSON.stringify(secretFile)}, 'utf8'))`
    inner.execve(process.execPath, ['node', '-e', code], {})
  }),
  'forks a cluster': does(({ mark }) => {
    cluster.setupPrimary({ exec: process.argv[1] ?? '', args: [mark] })
    cluster.fork()
    return new Promise((resolve) => cluster.on('fork', () => setTimeout(resolve, 50)))
  }),
  'bombs by forks': boxOnly((_, say) => {
    for (let i = 0; i < 100; i++) spawn(process.execPath, ['-v'], { stdio: 'ignore' }).on('error', () => {})
    say('breach: a hundred processes')
  }),
  'bombs by threads': boxOnly(async (_, say) => {
    let threads = 0
    for (let i = 0; i < 300; i++)
      try {
        const worker = new Worker('setInterval(() => {}, 1000)', {
          eval: true,
          resourceLimits: { maxOldGenerationSizeMb: 4 },
        })
        worker.on('online', () => threads++)
        worker.on('error', () => {})
      } catch {
        break
      }
    await new Promise((resolve) => setTimeout(resolve, 500))
    if (threads > 128) say(`breach: ${threads} threads`)
  }),
  'stops the judge': does(({ judge }) => process.kill(judge.pid, 'SIGSTOP')),
  'ends the judge': does(({ judge }) => process.kill(judge.pid, 'SIGKILL')),
  'opens the inspector of the judge': does(({ judge }) => {
    inner._debugProcess(judge.pid)
    // It says so when it listens.
    return new Promise((resolve) => setTimeout(resolve, 500))
  }),
  'ends its neighbour': does(({ neighbour }) => process.kill(neighbour, 'SIGKILL')),
  'slows the judge down': does(({ judge }) => os.setPriority(judge.pid, 19)),
  'signals everybody': boxOnly((_, say) => {
    for (const pid of [-1, process.ppid, -process.ppid, 2, 3, 4])
      try {
        if (pid !== 0 && pid !== process.pid) process.kill(pid, 'SIGKILL')
      } catch (error) {
        say(error)
      }
  }),
  'signals its group': boxOnly(() => process.kill(0, 'SIGSTOP')),
  'changes who it is': boxOnly((_, say) => {
    for (const change of [
      () => inner.setuid(0),
      () => inner.setgid(0),
      () => inner.setgroups([0]),
      () => inner.setuid(65_534),
    ])
      try {
        change()
        say('breach: another user')
      } catch (error) {
        say(error)
      }
  }),
  'leaves its control group': boxOnly((_, say) => {
    for (const file of [
      '/sys/fs/cgroup/cgroup.procs',
      '/sys/fs/cgroup/memory/cgroup.procs',
      '/sys/fs/cgroup/pids/cgroup.procs',
    ])
      try {
        fs.writeFileSync(file, '0')
        say(`breach: ${file}`)
      } catch (error) {
        say(error)
      }
  }),
  'loads native code': reads(({ secretFile }) => {
    const module = { exports: {} }
    try {
      process.dlopen(module, join(import.meta.dirname, 'none.node'))
    } catch (error) {
      // Where add-ons are let in, the loader complains of the file; and then others can be loaded.
      if (!/ERR_DLOPEN_(DISABLED|FAILED)/.test(String((error as NodeJS.ErrnoException).code))) return error
      if (/DISABLED/.test(String((error as NodeJS.ErrnoException).code))) return error
    }
    return createRequire(import.meta.url)('node:fs').readFileSync(secretFile, 'utf8')
  }),
  'fills all memory': boxOnly((_, say) => {
    const held = []
    for (let i = 0; i < 8 * 1024; i++) held.push(Buffer.alloc(1 << 20, 1))
    say(`breach: ${held.length} MiB`)
  }),
  'exits as if all were well': boxOnly(() => process.exit(0)),

  // ---- raw system calls (x64 alone: their numbers)
  ...Object.fromEntries(
    Object.entries({
      fork: [57],
      vfork: [58],
      'clone without a thread': [56, 0x11],
      'clone into a new user namespace': [56, 0x10000000 | 0x11],
      socket: [41, 2, 1, 0],
      'socket of the kernel': [41, 16, 3, 0],
      socketpair: [53, 1, 1, 0, 0],
      ptrace: [101, 0],
      'process_vm_readv of the judge': [310, -1, 0, 0, 0, 0, 0],
      'unshare a user namespace': [272, 0x10000000],
      setns: [308, 3, 0],
      mount: [165, 0, 0, 0, 0, 0],
      keyctl: [250, 0, -3, 0],
      bpf: [321, 0, 0, 0],
      perf_event_open: [298, 0, 0, -1, -1, 0],
      userfaultfd: [323, 0],
      'typing into a terminal': [16, 3, 0x5412, 0],
      'getpid in another tongue': [39 | 0x40000000],
      execveat: [322, 3, 0, 0, 0, 0],
    }).map(([name, call]) => [
      `calls ${name}`,
      boxOnly((_, say) => say(`breach: it came back with ${systemCall(...call)}`)),
    ]),
  ),
  'calls what libraries try in all innocence': boxOnly((_, say) => {
    for (const number of [435, 425]) if (systemCall(number, 0, 0) !== -1) say(`breach: ${number}`)
  }),
}

function systemCall(...call: readonly number[]): number {
  const ffi = inner.getBuiltinModule('node:ffi')
  const { functions } = ffi.dlopen('libc.so.6', {
    syscall: { arguments: ['i64', 'i64', 'i64', 'i64', 'i64', 'i64', 'i64'], return: 'i64' },
  })
  return Number(functions.syscall(...Array.from({ length: 7 }, (_, i) => BigInt(call[i] ?? 0))))
}
