// The line held against processes that break every rule: made here, for a true subject lets nobody write to its channel.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { DEADLINES, Dead, type Deadlines, type Line, lineTo } from './line.ts'

const ENGINE = `
  const fs = require('node:fs')
  const raw = (bytes) => { for (let at = 0; at < bytes.length; ) at += fs.writeSync(3, bytes, at) }
  const framed = (text) => { const body = Buffer.from(text); const head = Buffer.alloc(4); head.writeUInt32LE(body.length); return Buffer.concat([head, body]) }
  const send = (reply) => raw(framed(JSON.stringify(reply)))
  const asked = () => {
    const head = Buffer.alloc(4)
    if (fs.readSync(3, head, 0, 4, null) === 0) process.exit(0)
    let missing = head.readUInt32LE(0)
    while (missing > 0) missing -= fs.readSync(3, Buffer.alloc(missing), 0, missing, null)
  }
  const ready = { type: 'ready' }
  const ended = { type: 'ended', late: [], printed: [] }
  const used = (from) => { const { user, system } = process.cpuUsage(from); return (user + system) / 1000 }
  const burn = (ms) => { const from = process.cpuUsage(); while (used(from) < ms); }
`
const children: ReturnType<typeof spawn>[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** A process that answers by the given script, instead of a subject. */
function line(script: string, deadlines: Partial<Deadlines> = {}): Line & { child: ReturnType<typeof spawn> } {
  const child = spawn(process.execPath, ['-e', ENGINE + script], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  })
  children.push(child)
  return { child, ...lineTo(child, { ...DEADLINES, ...deadlines }) }
}

const open = { type: 'open', profile: 'suite', modules: {} } as const
const call = { type: 'call', operation: 'run', inputs: [1, 2, 3] } as const
const asking = { ...call, inputs: [...call.inputs] }

/** How the question ended, if not by an answer. */
const deathOf = (answer: Promise<unknown>) =>
  answer.then(
    (reply) => ({ reply }),
    (error: unknown) => {
      if (!(error instanceof Dead)) throw error
      return { ...error.death, ...(error.item === undefined ? {} : { item: error.item }) }
    },
  )

describe('frames', () => {
  test('byte by byte, and many at once', async () => {
    const { ask } = line(`
      asked(); for (const byte of framed(JSON.stringify(ready))) raw(Buffer.of(byte))
      asked(); raw(Buffer.concat(Array(1000).fill(framed('{"type":"progress","item":0,"passes":1,"line":1}')).concat(framed(JSON.stringify(ended)))))
      asked()`)
    expect(await ask(open)).toEqual({ type: 'ready' })
    expect(await ask({ type: 'end' })).toEqual({ type: 'ended', late: [], printed: [] })
  })

  test.each([
    ['no JSON', `raw(framed('{'))`, { cause: 'tampered' }],
    ['nothing', `raw(framed(''))`, { cause: 'tampered' }],
    ['no reply of ours', `send({ type: 'accepted' })`, { cause: 'tampered' }],
    [
      'a result of no shape',
      `send({ type: 'results', results: [{ ok: 1 }], late: [], printed: [] })`,
      { cause: 'tampered' },
    ],
    [
      'a line that is text',
      `send({ type: 'out-of-fuel', line: '\\u001b[2J', item: 0, fuel: 1 })`,
      { cause: 'tampered' },
    ],
    ['too much', `raw(Buffer.from([255, 255, 255, 127]))`, { cause: 'crashed', why: expect.stringContaining('4 MiB') }],
    [
      'half a frame, then its end',
      `raw(framed('xxxx').subarray(0, 6)); process.exit(0)`,
      { cause: 'crashed', why: expect.stringContaining('exit code 0') },
    ],
    [
      'a burnt-out tank',
      `send({ type: 'out-of-fuel', line: 7, item: 2, fuel: 5 })`,
      { cause: 'timed-out', line: 7, item: 2 },
    ],
    ['an answer and its end at once', `send(ended); process.exit(3)`, { reply: ended() }],
  ])('%s', async (_, script, death) => {
    const { ask } = line(`asked(); send(ready); asked(); ${script}; asked()`)
    await ask(open)
    expect(await deathOf(ask(asking))).toMatchObject(death)
  })

  function ended() {
    return { type: 'ended', late: [], printed: [] }
  }

  test('unasked', async () => {
    const { ask, child } = line('asked(); send(ready); send(ended); asked()')
    await ask(open)
    await once(child, 'close')
    expect(await deathOf(ask(asking))).toMatchObject({ cause: 'tampered' })
    expect(await deathOf(ask(asking)), 'and it stays so').toMatchObject({ cause: 'tampered' })
  })

  test('a flood on the other descriptors is read and forgotten', async () => {
    const { ask } = line(`
      asked(); send(ready); asked()
      for (const fd of [1, 2]) for (let i = 0; i < 100; i++) for (let at = 0; at < 1e5; ) try { at += fs.writeSync(fd, Buffer.alloc(1e5), at) } catch (error) { if (error.code !== 'EAGAIN') throw error }
      send(ended); asked()`)
    await ask(open)
    expect(await ask(asking)).toMatchObject({ type: 'ended' })
  })
})

describe('whose fault it was', () => {
  test('ours, before anything is asked of it', async () => {
    const { ask } = line("asked(); console.error('node: no room'); process.exit(9)")
    const death = await deathOf(ask(open))
    expect(death).toMatchObject({ cause: 'judge-error', why: expect.stringMatching(/exit code 9.*node: no room/) })
    expect(await deathOf(ask(asking))).toEqual(death)
  })

  test('ours, if it does not start', async () => {
    const child = spawn('/there/is/no/such/node', { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
    expect(await deathOf(lineTo(child).ask(open))).toMatchObject({
      cause: 'judge-error',
      why: expect.stringContaining('ENOENT'),
    })
  })

  test('its own, if it exits', async () => {
    const { ask } = line('asked(); send(ready); asked(); process.exit(0)')
    await ask(open)
    expect(await deathOf(ask(asking))).toMatchObject({ cause: 'crashed', why: expect.stringContaining('exit code 0') })
  })

  test.skipIf(process.platform === 'win32')('its own, if it aborts; nobody knows whose, if it is killed', async () => {
    for (const [signal, cause] of [
      ['SIGABRT', 'crashed'],
      ['SIGSEGV', 'crashed'],
      ['SIGTERM', 'judge-error'],
      ['SIGKILL', 'judge-error'],
    ] as const) {
      const { ask, child } = line('asked(); send(ready); asked(); for (;;);')
      await ask(open)
      const death = deathOf(ask(asking))
      child.kill(signal)
      expect(await death).toMatchObject({ cause, why: expect.stringContaining(signal) })
    }
  })

  test('its own, if it says that memory ran out, however it ends', async () => {
    const { ask } = line(
      "asked(); send(ready); asked(); console.error('FATAL ERROR: x JavaScript heap out of memory'); process.abort()",
    )
    await ask(open)
    expect(await deathOf(ask(asking))).toMatchObject({ cause: 'crashed', why: expect.stringContaining('memory') })
  })

  test('the first reason stands', async () => {
    const { ask, end } = line('asked(); send(ready); asked(); asked()')
    await ask(open)
    const death = deathOf(ask(asking))
    end({ cause: 'crashed', why: 'first' })
    end({ cause: 'tampered', why: 'second' })
    expect(await death).toEqual({ cause: 'crashed', why: 'first' })
  })
})

describe.runIf(process.platform === 'linux')('the clock', () => {
  test('ends what works and does not move', async () => {
    const { ask } = line('asked(); send(ready); asked(); for (;;);', { stuckCpuMs: 200 })
    await ask(open)
    expect(await deathOf(ask(asking))).toMatchObject({ cause: 'timed-out', at: { during: 'call', item: 0, passes: 0 } })
  })

  test('knows where it last moved', async () => {
    const { ask } = line(
      "asked(); send(ready); asked(); send({ type: 'progress', item: 2, passes: 512, line: 8 }); for (;;);",
      { stuckCpuMs: 200 },
    )
    await ask(open)
    expect(await deathOf(ask(asking))).toMatchObject({ item: 2, at: { during: 'call', item: 2, passes: 512 } })
  })

  test('leaves alone what moves, up to the limit in all', async () => {
    const moving =
      "asked(); send(ready); asked(); for (let passes = 1; ; passes++) { burn(100); send({ type: 'progress', item: 0, passes, line: 5 }) }"
    const { ask } = line(moving, { stuckCpuMs: 400, cpuMs: 1_000 })
    await ask(open)
    expect(await deathOf(ask(asking))).toMatchObject({
      cause: 'timed-out',
      why: expect.stringContaining('1 s'),
      line: 5,
    })
  })

  test('lets a judge that was busy read first what was said meanwhile', async () => {
    const moving =
      "asked(); send(ready); asked(); for (let passes = 1; passes < 7; passes++) { burn(100); send({ type: 'progress', item: 0, passes, line: 5 }) } send(ended); asked()"
    const { ask } = line(moving, { stuckCpuMs: 400 })
    await ask(open)
    const answer = ask(asking)
    await new Promise((resolve) => setImmediate(resolve))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_000)
    expect(await answer).toMatchObject({ type: 'ended' })
  })

  test('goes on, however late it is, with one that gets time', async () => {
    const { ask } = line('asked(); send(ready); asked(); burn(1_700); send(ended); asked()', { wallMs: 1_500 })
    await ask(open)
    expect(await ask(asking)).toMatchObject({ type: 'ended' })
  })

  test('blames the machine for one that gets no time', async () => {
    const { ask } = line('asked(); send(ready); asked(); asked()', { wallMs: 1_000 })
    await ask(open)
    expect(await deathOf(ask(asking))).toMatchObject({ cause: 'judge-error', why: expect.stringContaining('machine') })
  })
})
