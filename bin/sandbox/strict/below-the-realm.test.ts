// What if a submission got out of its realm? Attacks with all of Node in hand, in four surroundings: none (they work, so that
// they are worth holding), the box alone, the permission model alone, both. The box holds all of them by itself.

import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex, Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { argumentsFor } from '../profile.ts'
import { openSession, type Session } from '../session.ts'
import { SEEN } from './box.ts'
import { attacks } from './hostile/attacks.ts'
import { CHANNEL, type Given, OVER } from './hostile/given.ts'
import { openBox } from './open-box.ts'
import { strictSandbox } from './strict-sandbox.ts'

const HOSTILE = join(import.meta.dirname, 'hostile')
const SECRET = `f7c1-${process.pid}-planted`
const PATIENCE_MS = 20_000
const box = strictSandbox()

type Where = 'nowhere' | 'in the box' | 'under the permission model' | 'in both'

const folder = mkdtempSync(join(tmpdir(), 'kata-planted-'))
const secretFile = join(folder, 'secret.mjs')
const victimFile = join(folder, 'victim')
const socketFile = join(folder, 'socket')
const PLANTED = ['secret.mjs', 'victim', 'socket', 'of.db', SECRET]
let judge: ChildProcess
let judgeSaid = ''
let at: Given['judge']
let neighbour: Session
let neighbourPid = 0
let mark = 0

async function plantFiles(): Promise<void> {
  rmSync(victimFile, { force: true })
  for (const name of readdirSync(folder)) if (!PLANTED.includes(name)) rmSync(join(folder, name), { recursive: true })
  // Readable as a module, an environment and a text; and by everybody: no right of a file is to hold it back.
  writeFileSync(secretFile, `throw new Error('the secret is ${SECRET}')\nSECRET=${SECRET}`)
  writeFileSync(join(folder, SECRET), '')
  writeFileSync(victimFile, 'as it was')
}

async function plantBase(): Promise<void> {
  const { DatabaseSync } = await import('node:sqlite')
  const base = new DatabaseSync(join(folder, 'of.db'))
  base.exec(`CREATE TABLE secrets (text); INSERT INTO secrets VALUES ('${SECRET}')`)
  base.close()
}

async function seatJudge(): Promise<void> {
  judge?.kill('SIGKILL')
  rmSync(socketFile, { force: true })
  judgeSaid = ''
  judge = spawn(process.execPath, ['--no-warnings', join(HOSTILE, 'stand-in.ts'), socketFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { KATA_SECRET: SECRET },
  })
  for (const stream of [judge.stdout, judge.stderr])
    stream?.on('data', (chunk: Buffer) => {
      judgeSaid += chunk
    })
  for (const endMs = performance.now() + PATIENCE_MS; !judgeSaid.includes('\n'); await pause(5))
    if (performance.now() > endMs) throw new Error(`The stand-in did not start. ${judgeSaid}`)
  at = JSON.parse(judgeSaid.split('\n')[0] ?? '')
  judgeSaid = ''
}

interface Attacker {
  readonly child: ChildProcess
  /** what it has said since it was last asked */
  said: string
  readonly closed: Promise<number | null>
}

/** One process makes many attacks, until one of them is the end of it. */
const attackers = new Map<Where, Attacker>()

function attackerIn(where: Where): Attacker {
  const known = attackers.get(where)
  if (known?.child.exitCode === null && known.child.signalCode === null) return known
  const loose = ['--no-warnings', '--experimental-ffi']
  const bare = (args: readonly string[]) =>
    spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env: {} })
  const boxed = (args: readonly string[]) => openBox(args, { cpuSeconds: 20, folder: HOSTILE }).child
  const start: Record<Where, () => ChildProcess> = {
    nowhere: () => bare([...loose, join(HOSTILE, 'entry.ts')]),
    'in the box': () => boxed([...loose, join(SEEN, 'entry.ts')]),
    'under the permission model': () => bare(argumentsFor('suite', HOSTILE, 'entry.ts')),
    'in both': () => boxed(argumentsFor('suite', SEEN, 'entry.ts')),
  }
  const child = start[where]()
  const attacker = { child, said: '', closed: new Promise<number | null>((resolve) => child.once('close', resolve)) }
  for (const stream of [child.stdout, child.stderr, child.stdio[CHANNEL] as Readable])
    stream
      ?.on('error', () => {})
      .on('data', (chunk: Buffer) => {
        if (attacker.said.length < 1 << 22) attacker.said += chunk.toString('latin1')
      })
  attackers.set(where, attacker)
  return attacker
}

/** Makes one attack. @returns what was said meanwhile, and the exit code where it was the end */
async function attack(where: Where, name: string): Promise<{ said: string; code: number | null | undefined }> {
  const given: Given = {
    secretFile,
    victimFile,
    folder,
    judge: at,
    neighbour: neighbourPid,
    mark: `kata-mark-${++mark}`,
  }
  const attacker = attackerIn(where)
  attacker.said = ''
  ;(attacker.child.stdio[CHANNEL] as Duplex).write(JSON.stringify({ name, given }))
  let code: number | null | undefined
  void attacker.closed.then((ended) => {
    code = ended
  })
  for (
    const endMs = performance.now() + PATIENCE_MS;
    !attacker.said.includes(OVER) && code === undefined;
    await pause(5)
  )
    if (performance.now() > endMs) attacker.child.kill('SIGKILL')
  if (attacks[name]?.boxOnly) {
    attacker.child.kill('SIGKILL')
    await attacker.closed
  }
  return { said: attacker.said, code }
}

/** What an attack has got hold of, or changed; all is as it was afterwards. */
async function breaches(name: string, said: string): Promise<string[]> {
  const found = new Set<string>()
  if (said.includes(SECRET)) found.add('it read the secret')
  for (const [line] of said.matchAll(/^breach: .*$/gm)) found.add(line)
  // A signal takes a moment.
  if (/judge|neighbour/.test(name) && attacks[name]?.wants === 'effect') await pause(200)
  for (const [line] of judgeSaid.matchAll(/"came":[^}]*|Debugger listening/g)) found.add(`the judge heard: ${line}`)
  judgeSaid = ''
  const stat = textOf(`/proc/${at.pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const isWell = /^[SR]$/.test(fields[0] ?? '') && fields[16] === '0'
  if (!isWell) found.add('it harmed the judge')
  if (!isWell || found.has('the judge heard: Debugger listening')) await seatJudge()
  if (textOf(`/proc/${neighbourPid}/cmdline`) === '') {
    found.add('it harmed its neighbour')
    await openNeighbour()
  }
  const here = readdirSync(folder).filter((file) => !PLANTED.includes(file))
  if (here.length > 0) found.add('it made a file')
  if (textOf(victimFile) !== 'as it was' || modeOf(victimFile) !== 0o644) found.add('it changed a file')
  await plantFiles()
  const left = () => withMark(`kata-mark-${mark}`)
  for (let tries = 0; left().length > 0 && tries < 20; tries++) await pause(25)
  if (left().length > 0) found.add('it left a process behind')
  for (const pid of left()) process.kill(pid, 'SIGKILL')
  return [...found]
}

async function openNeighbour(): Promise<void> {
  const before = new Set(withMark('main.mjs'))
  // Outside of a box where the attack is: in one, it could not even be named.
  neighbour = openSession({})
  const url = 'kata:/katas/n.ts'
  const source = `export const text = \`the secret is ${SECRET}\`; export const tell = () => text.length`
  await neighbour.load({
    url,
    modules: { [url]: source },
    driver: { url: 'kata:/d.ts', modules: { 'kata:/d.ts': "export { tell } from '#kata/n'" } },
  })
  neighbourPid = withMark('main.mjs').find((pid) => !before.has(pid) && parentOf(pid) === process.pid) ?? 0
}

const parentOf = (pid: number): number => {
  const stat = textOf(`/proc/${pid}/stat`)
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

const modeOf = (file: string): number => {
  try {
    return statSync(file).mode & 0o777
  } catch {
    return 0
  }
}

const withMark = (text: string): number[] =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && textOf(`/proc/${pid}/cmdline`).includes(text))
    .map(Number)
    .filter((pid) => pid !== process.pid)

// In CI a machine without a box is a failure, not an excuse.
describe.skipIf(!box.available && process.env['CI'] !== 'true')('somebody who is out of the realm', () => {
  beforeAll(async () => {
    chmodSync(folder, 0o755)
    await plantFiles()
    await plantBase()
    await seatJudge()
    await openNeighbour()
  })
  afterAll(() => {
    judge?.kill('SIGKILL')
    neighbour?.kill()
    rmSync(folder, { recursive: true, force: true })
  })

  const names = Object.keys(attacks).filter((name) => !name.startsWith('calls ') || process.arch === 'x64')
  const loose = names.filter((name) => attacks[name]?.boxOnly !== true)

  /** By attack, what it has got or changed; and of all that is well nothing. */
  async function tryAll(where: Where, tried: readonly string[]) {
    const breached: Record<string, string[]> = {}
    const ends: Record<string, number | null | undefined> = {}
    for (const name of tried) {
      const { said, code } = await attack(where, name)
      if (!said.includes('began')) throw new Error(`"${name}" never began: ${said} (${code})`)
      const found = await breaches(name, said)
      if (found.length > 0) breached[name] = found
      ends[name] = code
    }
    attackers.get(where)?.child.kill('SIGKILL')
    return { breached, ends }
  }

  test('is held by nothing where there is no box: each attack comes to its end', { timeout: 300_000 }, async () => {
    const { breached } = await tryAll('nowhere', loose)
    expect(loose.filter((name) => breached[name] === undefined)).toEqual([])
  })

  test('is held by the box alone', { timeout: 300_000 }, async () => {
    const { breached, ends } = await tryAll('in the box', names)
    expect(breached).toEqual({})
    // Who asked the system for what no run time asks for was ended for it: the exit code is the evidence.
    const deadly = names.filter((name) => name.startsWith('calls ') && !name.includes('innocence'))
    for (const name of [...deadly, 'starts a shell', 'connects to a port', 'bombs by forks'])
      if (ends[name] !== undefined) expect([name, ends[name]]).toEqual([name, 128 + constants.signals.SIGSYS])
      else expect(name).toBe('the end of its process')
    if (box.available && box.box.groups !== undefined)
      expect(ends['fills all memory']).toBe(128 + constants.signals.SIGKILL)
  })

  test('is held by the permission model alone, but for signals (which the realm keeps)', {
    timeout: 300_000,
  }, async () => {
    const { breached } = await tryAll('under the permission model', loose)
    expect(Object.keys(breached)).toEqual([
      'stops the judge',
      'ends the judge',
      'opens the inspector of the judge',
      'ends its neighbour',
      'slows the judge down',
    ])
  })

  test('is held by both', { timeout: 300_000 }, async () => {
    expect(
      (
        await tryAll(
          'in both',
          names.filter((name) => !name.startsWith('calls ')),
        )
      ).breached,
    ).toEqual({})
  })
})
