// A box as a judge has it: who is in there, within which limits, and that nothing of it stays.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { lineTo } from '../line.ts'
import { openSession } from '../session.ts'
import { openBox } from './open-box.ts'
import { strictSandbox } from './strict-sandbox.ts'

const HOSTILE = join(import.meta.dirname, 'hostile')
const PATIENCE_MS = 60_000
const sandbox = strictSandbox()
const isRoot = process.getuid?.() === 0

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}
const parentOf = (pid: number) => Number(textOf(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[1])
/** All processes below one, itself included. */
function treeOf(pid: number): number[] {
  const all = readdirSync('/proc')
    .map(Number)
    .filter((one) => one > 0)
  const tree = [pid]
  for (const one of tree) tree.push(...all.filter((other) => parentOf(other) === one))
  return tree
}
const isGone = (pid: number) => textOf(`/proc/${pid}/cmdline`) === ''

async function until(what: () => boolean): Promise<void> {
  for (const endMs = performance.now() + PATIENCE_MS; !what(); await pause(10))
    if (performance.now() > endMs) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`)
}

/** A box in which Node waits. */
async function waiting(): Promise<{ child: ChildProcess; pid: number }> {
  const { child, inside } = openBox([join('/box', 'entry.ts')], { cpuSeconds: 20, folder: HOSTILE })
  onTestFinished(() => void child.kill('SIGKILL'))
  // Before it is Node, it is whoever sets the limits.
  await until(() => inside.pid() !== undefined && textOf(`/proc/${inside.pid()}/cmdline`).startsWith('/bin/node'))
  return { child, pid: inside.pid() ?? 0 }
}

// In CI a machine without a box is a failure, not an excuse.
describe.skipIf(!sandbox.available && process.env['CI'] !== 'true')('a box', { timeout: 4 * PATIENCE_MS }, () => {
  test('holds Node, as the first process of its own namespaces, with limits and without rights', async () => {
    const { child, pid } = await waiting()
    for (const kind of ['pid', 'net', 'mnt', 'ipc', 'uts', 'user'])
      expect(statSync(`/proc/${pid}/ns/${kind}`).ino, kind).not.toBe(statSync(`/proc/self/ns/${kind}`).ino)
    const status = textOf(`/proc/${pid}/status`)
    expect(status).toMatch(/^NSpid:\s+\d+\s+1$/m)
    expect(status).toMatch(/^CapEff:\s+0+$/m)
    expect(status).toMatch(/^CapBnd:\s+0+$/m)
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m)
    expect(status).toMatch(/^Seccomp:\s+2$/m)
    if (isRoot) expect(status).not.toMatch(/^Uid:.*\b0\b/m)
    const limits = textOf(`/proc/${pid}/limits`)
    expect(limits).toMatch(/^Max cpu time\s+20\s+20/m)
    expect(limits).toMatch(/^Max file size\s+0\s+0/m)
    expect(limits).toMatch(/^Max processes\s+128\s+128/m)
    expect(limits).toMatch(/^Max core file size\s+0\s+0/m)
    expect(textOf(`/proc/${pid}/environ`).split('\0').filter(Boolean).sort()).toEqual(['PWD=/box', 'TZ=UTC'])
    expect(readdirSync(`/proc/${pid}/root`).sort()).toEqual(expect.arrayContaining(['bin', 'box']))
    expect(readdirSync(`/proc/${pid}/root/bin`).sort()).toEqual(['node', 'prlimit'])
    child.kill('SIGKILL')
    await until(() => isGone(pid))
  })

  test('two boxes have two users, where there is one to spare, and groups that go with them', async () => {
    if (!sandbox.available) throw new Error(sandbox.why)
    const [one, two] = [await waiting(), await waiting()]
    const userOf = (pid: number) => /^Uid:\s+(\d+)/m.exec(textOf(`/proc/${pid}/status`))?.[1]
    if (isRoot) expect(userOf(one.pid)).not.toBe(userOf(two.pid))
    const { groups } = sandbox.box
    if (groups !== undefined) {
      const memory = () => readdirSync(groups.memory).filter((name) => name.startsWith(`${process.pid}-`))
      const of = (pid: number) =>
        memory().find((name) =>
          textOf(join(groups.memory, name, 'cgroup.procs'))
            .split('\n')
            .includes(String(pid)),
        )
      const theirs = [of(one.pid), of(two.pid)]
      expect(theirs).not.toContain(undefined)
      expect(theirs[0]).not.toBe(theirs[1])
      one.child.kill('SIGKILL')
      two.child.kill('SIGKILL')
      await until(() => memory().every((name) => !theirs.includes(name)))
    }
  })

  test('a judge that is killed takes its subjects along, whatever they are doing', async () => {
    const judge = spawn(process.execPath, ['--no-warnings', join(HOSTILE, 'judge-at-work.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    judge.stdout.on('data', (chunk: Buffer) => {
      said += chunk
    })
    await until(() => said.includes('\n'))
    expect(said).toContain('true')
    const tree = treeOf(judge.pid ?? 0)
    expect(tree.length).toBeGreaterThanOrEqual(3)
    judge.kill('SIGKILL')
    await until(() => tree.every(isGone))
  })

  test('who asks the system for a process has tampered, and the evidence is its signal', async () => {
    const { child, inside } = openBox(['--no-warnings', join('/box', 'subject-that-forks.ts')], {
      cpuSeconds: 20,
      folder: HOSTILE,
    })
    const line = lineTo(child, undefined, inside)
    const reply = await line.ask({ type: 'open', profile: 'suite', modules: {} })
    expect(reply).toEqual({ type: 'ready' })
    await expect(line.ask({ type: 'end' })).rejects.toMatchObject({
      death: { cause: 'tampered', why: expect.stringContaining('SIGSYS') },
    })
  })

  test('memory beyond the limit is the submission’s doing, also where it is faster than any watch', async () => {
    const url = 'kata:/katas/fills.ts'
    const source = 'export const go = () => { const all = []; for (;;) all.push(new Uint8Array(1 << 28).fill(1)) }'
    const session = openSession({}, undefined, 'suite', 'strict')
    await session.load({
      url,
      modules: { [url]: source },
      driver: { url: 'kata:/driver.ts', modules: { 'kata:/driver.ts': "export { go } from '#kata/fills'" } },
    })
    expect(await session.call('go', [1])).toMatchObject({
      alive: false,
      death: { cause: 'crashed', why: expect.stringContaining('memory') },
    })
  })

  test.skipIf(!isRoot)('is there for an ordinary user, too', async () => {
    const file = join(import.meta.dirname, 'strict-sandbox.ts')
    const code = `import(${JSON.stringify(file)}).then((m) => console.log(JSON.stringify(m.strictSandbox())))`
    const child = spawn(process.execPath, ['--no-warnings', '-e', code], {
      uid: 1234,
      gid: 1234,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk
      })
    await new Promise((resolve) => child.once('close', resolve))
    // Either there is one, with a user's own rights; or it says what to do. A course that only root can read is neither's fault.
    if (/EACCES|Cannot find|MODULE_NOT_FOUND/.test(said)) return
    const found = JSON.parse(said)
    if (found.available) expect(found.found).toContain('your own user')
    else expect(found).toMatchObject({ why: expect.stringMatching(/\w/), remedy: expect.stringMatching(/\w/) })
  })

  test('nothing of it lies about', () => {
    expect(existsSync('/tmp') ? readdirSync('/tmp').filter((name) => name.startsWith('kata-box-')) : []).toEqual([])
  })
})
