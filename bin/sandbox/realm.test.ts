// What a submission can reach is the language, frozen, and nothing that differs from one run to the next.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { prepareSubmission } from './prepare.ts'
import { openSession } from './session.ts'

const DRIVER = {
  url: 'kata:/graders/9-x/realm/driver.ts',
  modules: {
    'kata:/graders/9-x/realm/driver.ts': "import { go } from '#kata/9-x/realm'; export const run = () => go()",
  },
}

/** Runs the body of `go` as a submission would be run. */
async function inRealm(body: string): Promise<unknown> {
  const prepared = prepareSubmission('9-x/realm', `export async function go() {${body}}`, [])
  if (!prepared.ok) throw new Error(prepared.problems[0]?.message)
  const session = openSession({})
  try {
    const loaded = await session.load({ ...prepared, driver: DRIVER })
    if (!loaded.alive || 'threw' in loaded) throw new Error(JSON.stringify(loaded))
    const answer = await session.call('run', [null])
    if (!answer.alive) throw new Error(answer.death.why)
    const [result] = answer.results
    if (result?.ok) return result.value
    return result !== undefined && 'threw' in result ? `${result.threw.name}: ${result.threw.message}` : 'stuck'
  } finally {
    session.kill()
  }
}

/**
 * Walks the graph of objects from the globals, from an instance of each class and from what only syntax makes; calls no
 * function of it. `roots` are instances: fresh, and so not frozen themselves.
 */
const WALK = `
  const roots = [
    [], /x/d.exec('x'), new Map().entries(), new Set().values(), ''[Symbol.iterator](), 'x'.matchAll(/x/g), [].values().map((x) => x),
    Iterator.from({ next() {} }), (function* () {})(), (async function* () {})(), async () => {}, (function () { return arguments })(),
    Promise.resolve(), Array.fromAsync([]), new Error('x'), new AggregateError([]), new AbortController(), new AbortController().signal,
    AbortSignal.abort(), new TextEncoder(), new TextDecoder(), new DOMException('x'), new DisposableStack(), new AsyncDisposableStack(),
    new Proxy({}, {}), structuredClone({ a: new Date(0), b: /x/, c: new Map() }), new Date(0), new WeakMap(), new WeakSet(), new Uint8Array(1),
    new DataView(new ArrayBuffer(1)), Object(Symbol()), Object(1n), Temporal.PlainDate.from('2020-01-01'),
    Temporal.ZonedDateTime.from('2020-01-01[UTC]'), Temporal.Duration.from('P1D'), Reflect.getOwnPropertyDescriptor(new Error(), 'stack'),
  ].filter(Boolean)
  const listening = new AbortController().signal
  listening.addEventListener('abort', () => {})
  listening.addEventListener('abort', { handleEvent() {} }, { once: true })
  listening.onabort = () => {}
  const decoder = new TextDecoder('utf-8', { fatal: true })
  decoder.decode(Uint8Array.of(0xe2), { stream: true })
  const caught = []
  for (const wrong of [() => null.x, () => structuredClone(() => {}), () => new Array(-1), () => AbortSignal.abort().throwIfAborted(),
    () => new TextDecoder('no'), () => new TextDecoder('utf-8', 1), () => new TextDecoder().decode(1), () => new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.of(255)),
    () => TextDecoder.prototype.decode.call(1), () => new TextEncoder().encodeInto(1), () => new TextEncoder().encodeInto('', 1), () => TextEncoder.prototype.encode.call(1),
    () => TextEncoder.prototype.encoding, () => queueMicrotask(1), () => queueMicrotask(), () => structuredClone(), () => structuredClone(1, 1), () => structuredClone(1, { transfer: [1] }),
    () => structuredClone(Symbol()), () => new DOMException(Symbol()), () => DOMException.prototype.name, () => DOMException.prototype.code, () => new DOMException('', 1)])
    try { wrong() } catch (error) { caught.push(error) }
  roots.push(listening, decoder, ...caught)
  const paths = new Map()
  const queue = [[globalThis, 'globalThis'], ...roots.map((root, i) => [root, 'root ' + i])]
  const own = new Set(roots)
  for (const [object, path] of queue) {
    if ((typeof object !== 'object' && typeof object !== 'function') || object === null || paths.has(object)) continue
    paths.set(object, path)
    queue.push([Reflect.getPrototypeOf(object), path + ' ^'])
    for (const key of Reflect.ownKeys(object)) {
      const { value, get, set } = Reflect.getOwnPropertyDescriptor(object, key)
      for (const part of [value, get, set]) {
        queue.push([part, path + ' ' + String(key)])
        // Data of an instance is the instance's own.
        if (own.has(object) && part !== null && typeof part === 'object') own.add(part)
        // So is the toString of an error of Node's.
        if (caught.includes(object) && key === 'toString') own.add(part).add(part?.prototype)
      }
    }
  }
`

describe('what can be reached', () => {
  test('by name is the language, text, cancellation and cloning', async () => {
    const names = (await inRealm('return Reflect.ownKeys(globalThis).map(String)')) as string[]
    expect(names.sort().join(' ')).toBe(
      'AbortController AbortSignal AggregateError Array ArrayBuffer AsyncDisposableStack BigInt BigInt64Array BigUint64Array ' +
        'Boolean DOMException DataView Date DisposableStack Error EvalError Float16Array Float32Array Float64Array Function ' +
        'Infinity Int16Array Int32Array Int8Array Iterator JSON Map Math NaN Number Object Promise Proxy RangeError ' +
        'ReferenceError Reflect RegExp Set String SuppressedError Symbol SyntaxError Temporal TextDecoder TextEncoder ' +
        'TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet console decodeURI ' +
        'decodeURIComponent encodeURI encodeURIComponent escape globalThis isFinite isNaN parseFloat parseInt ' +
        'queueMicrotask setImmediate setInterval setTimeout structuredClone undefined unescape',
    )
  })

  test('in any way is frozen', async () => {
    const body = `${WALK}
      const isTheirs = (object) => own.has(object) || /^root \\d+ \\^$/.test(paths.get(object)) && /Generator/.test(String(object))
      return [paths.size, [...paths].filter(([object]) => !Object.isFrozen(object) && !isTheirs(object)).map(([, path]) => path)]`
    const [count, loose] = (await inRealm(body)) as [number, string[]]
    expect(count).toBeGreaterThan(800)
    expect(loose).toEqual([])
  })

  test('what arrays and objects inherit from is as closed as if it were frozen', async () => {
    const body = `
      const before = [Array.prototype, Object.prototype].map((p) => [Reflect.ownKeys(p), Reflect.ownKeys(p).map((key) => Reflect.getOwnPropertyDescriptor(p, key))])
      const tries = [
        (p) => { p[0] = 1 }, (p) => { p.more = 1 }, (p) => { p.length = 5 }, (p) => { p.constructor = class {} }, (p) => { p[Symbol.iterator] = () => [] },
        (p) => { p.toString = () => '' }, (p) => { p.valueOf = 1 }, (p) => { delete p.toString }, (p) => { delete p.constructor },
        (p) => Object.defineProperty(p, 0, { get: () => 1 }), (p) => Object.defineProperty(p, 4294967294, { value: 1 }), (p) => Object.defineProperty(p, 'length', { writable: true }),
        (p) => Object.defineProperty(p, 'constructor', { value: 1 }), (p) => Object.defineProperty(p, 'toString', { get: () => 1 }), (p) => Object.defineProperties(p, { hasOwnProperty: { value: 1 } }),
        (p) => Object.setPrototypeOf(p, { 0: 1 }), (p) => Object.setPrototypeOf(p, new Proxy({}, {})), (p) => Object.assign(p, { 0: 1 }), (p) => Array.prototype.push.call(p, 1), (p) => Array.prototype.unshift.call(p, 1),
        (p) => Array.prototype.fill.call(Object.setPrototypeOf([], p) && p, 1, 0, 1) && p[0].x, (p) => Array.prototype.splice.call(p, 0, 0, 1), (p) => p.__defineSetter__('more', () => {}), (p) => Reflect.set(p, 0, 1) || null.no,
        (p) => Reflect.defineProperty(p, 0, { value: 1 }) || null.no, (p) => Reflect.set({}, 0, 1, p) || null.no, (p) => Reflect.set([], 'length', 3, p) || null.no, (p) => Reflect.deleteProperty(p, 'constructor') || null.no,
        (p) => Reflect.setPrototypeOf(p, null) && Reflect.getPrototypeOf(p) !== null || null.no, (p) => new (class { constructor() { return p } }).more.x, (p) => { new (class extends (class { constructor() { return p } }) { more = 1 })() },
      ]
      const went = []
      for (const [i, p] of [Array.prototype, Object.prototype].entries())
        for (const [j, attempt] of tries.entries()) try { attempt(p); went.push([i, j]) } catch (error) { if (!(error instanceof TypeError)) went.push(String(error)) }
      const after = [Array.prototype, Object.prototype].map((p) => [Reflect.ownKeys(p), Reflect.ownKeys(p).map((key) => Reflect.getOwnPropertyDescriptor(p, key))])
      const same = (a, b) => Object.is(a, b) || (typeof a === 'object' && a !== null && Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((key) => same(a[key], b[key])))
      return [went, same(before, after), [,][0], ({})[0], [].length, Object.isFrozen(Array.prototype), Object.isFrozen(Object.prototype),
        Reflect.getPrototypeOf(Array.prototype) === Object.prototype, Reflect.getPrototypeOf(Object.prototype)]`
    expect(await inRealm(body)).toEqual([[], true, undefined, undefined, 0, true, true, true, null])
  })

  test('in any way is no timer, clock, chance, collector, channel or door', async () => {
    const body = `${WALK}
      const standIns = [Math.random, Date.now, setTimeout, setInterval, setImmediate, AbortSignal.timeout]
      return [...paths].filter(([object]) => typeof object === 'function' && !standIns.includes(object)).map(([object, path]) => [object.name, path])`
    const functions = (await inRealm(body)) as [unknown, string][]
    const doors =
      /^(now|hrtime|random.*|set(Timeout|Interval|Immediate)|nextTick|timeout|deref|WeakRef|FinalizationRegistry|register|Atomics|SharedArrayBuffer|waitAsync|WebAssembly|Message.*|Broadcast.*|postMessage|Worker|fetch|Buffer|allocUnsafe.*|require|import|eval|exit|kill|binding|getBuiltinModule|Intl|Collator|DateTimeFormat|inspect|Converter|Listener|timeStamp|get timeStamp|burn|mark|settle)$/i
    expect(functions.length).toBeGreaterThan(600)
    expect(functions.filter(([name]) => doors.test(String(name)))).toEqual([])
  })

  test('symbols of our own and of Node show nothing', async () => {
    const body = `${WALK}
      const symbols = new Set()
      for (const object of paths.keys()) for (const key of Reflect.ownKeys(object)) if (typeof key === 'symbol') symbols.add(String(key))
      return [...symbols].filter((name) => !/^Symbol\\(Symbol\\./.test(name))`
    expect(await inRealm(body)).toEqual(['Symbol(kIsNodeError)'])
  })

  test('a stack tells of the submission alone', async () => {
    const stack = (await inRealm('\n  return new Error("x").stack')) as string
    expect(stack).toBe('Error: x\n    at go (kata:/katas/9-x/realm.ts:2:10)')
    const traced = (await inRealm(
      'const o = { name: "N", message: "m" }; Error.captureStackTrace(o); return o.stack',
    )) as string
    expect(traced).toMatch(/^N: m\n {4}at go \(kata:\/katas\/9-x\/realm\.ts:1:\d+\)$/)
  })
})

describe('what is not available says so', () => {
  test.each([
    ['Date.now()', 'read the clock'],
    ['new Date()', 'read the clock'],
    ['Date()', 'read the clock'],
    ['new (class extends Date {})()', 'read the clock'],
    ['Reflect.construct(Date, [], Object)', 'read the clock'],
    ['new (Object.getPrototypeOf(new Date(0)).constructor)()', 'read the clock'],
    ['Math.random()', 'so that every run can be replayed'],
    ['setTimeout(() => {}, 0)', 'time comes from the clock'],
    ['AbortSignal.timeout(1)', 'time comes from the clock'],
    ['new ArrayBuffer(8, { maxByteLength: 8 })', 'make a new one of the length'],
    ['new (new Uint8Array(1).buffer.constructor)(8, { maxByteLength: 8 })', 'make a new one of the length'],
    ['new (class extends ArrayBuffer {})(8, { get maxByteLength() { return 9 } })', 'make a new one of the length'],
    ['Reflect.construct(ArrayBuffer, [8, { maxByteLength: 8 }], Object)', 'make a new one of the length'],
  ])('%s', async (code, words) => {
    expect(await inRealm(`return ${code}`)).toContain(words)
  })

  test.each([
    ['new Function("return 1")', 'EvalError'],
    ['(async () => {}).constructor("return 1")', 'EvalError'],
    ['(function* () {}).constructor("return 1")', 'EvalError'],
    ['Temporal.Now.instant()', 'TypeError'],
    ['new Intl.Collator()', 'ReferenceError'],
    ['RegExp.$1.length', 'TypeError'],
    ['({}).__proto__', 'disallowed'],
    ['new ArrayBuffer(8).constructor.constructor("return process")()', 'EvalError'],
  ])('%s', async (code, error) => {
    expect(await inRealm(`return ${code}`)).toContain(error)
  })
})

describe('the language is whole', () => {
  test('own names over frozen ones', async () => {
    const body = `
      class BucketError extends Error {
        constructor(message) { super(message); this.name = 'BucketError'; this.message = message + '!'; this.constructor = 1 }
      }
      function Old() {}
      Old.prototype.toString = () => 'old'
      const plain = {}
      plain.toString = () => 'plain'
      plain.hasOwnProperty = 1
      const assigned = Object.assign({}, { valueOf: 2, constructor: 3 })
      const error = new BucketError('x')
      const trouble = []
      for (const wrong of [() => { Object.freeze(error).name = 'y' }, () => { Object.prototype.toString = 1 }, () => { (5).toString = 1 }])
        try { wrong(); trouble.push('none') } catch (e) { trouble.push(e.name) }
      return [error.name, error.message, String(error), error instanceof Error, String(new Old()), String(plain), plain.hasOwnProperty, assigned.valueOf, assigned.constructor, Object.keys(plain), trouble]`
    expect(await inRealm(body)).toEqual([
      ...['BucketError', 'x!', 'BucketError: x!', true, 'old', 'plain', 1, 2, 3, ['toString', 'hasOwnProperty']],
      ['TypeError', 'TypeError', 'TypeError'],
    ])
  })

  test('dates of given times, in UTC', async () => {
    const body = `
      class Day extends Date { get next() { return new Day(+this + 864e5) } }
      const day = new Day(0).next
      return [day.toISOString(), day instanceof Date, new Date('2020-01-01T00:00').getTime(), new Date(2020, 0).getTime(), Date.UTC(2020, 0),
        Date.parse('2020-01-01'), structuredClone(new Date(5)) instanceof Date, new Date(0).constructor === Date, String(new Date(0)), new Date(0).toLocaleString()]`
    expect(await inRealm(body)).toEqual([
      ...['1970-01-02T00:00:00.000Z', true, 1577836800000, 1577836800000, 1577836800000, 1577836800000, true, true],
      ...['Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)', '1/1/1970, 12:00:00 AM'],
    ])
  })

  test('buffers of a fixed length', async () => {
    const body = `
      class Page extends ArrayBuffer { get half() { return this.byteLength / 2 } }
      const page = new Page(8, {})
      const cloned = structuredClone(page.transfer(4))
      return [page.half, new Page(8).half, page instanceof ArrayBuffer, new ArrayBuffer(3).constructor === ArrayBuffer, cloned.byteLength,
        cloned instanceof ArrayBuffer, new Uint8Array(5).buffer.slice(1).byteLength, ArrayBuffer.isView(new DataView(cloned)), ArrayBuffer.name, ArrayBuffer.length]`
    expect(await inRealm(body)).toEqual([0, 4, true, true, 4, true, 4, true, 'ArrayBuffer', 1])
  })

  test('text in and out', async () => {
    const body = `
      const bytes = new TextEncoder().encode('ä€')
      const decoder = new TextDecoder()
      const pieces = [...bytes].map((byte) => decoder.decode(Uint8Array.of(byte), { stream: true })).join('') + decoder.decode()
      let fatal
      try { new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.of(255)) } catch (error) { fatal = error.name }
      return [bytes, pieces, fatal, decoder.encoding, decoder.fatal, decoder.ignoreBOM, Reflect.ownKeys(decoder), String(structuredClone(new Map([[1, 2]])).get(1))]`
    const [bytes, ...rest] = (await inRealm(body)) as [Uint8Array]
    expect([...bytes]).toEqual([195, 164, 226, 130, 172])
    expect(rest).toEqual(['ä€', 'TypeError', 'utf-8', false, false, [], '2'])
  })

  test('cancellation, as on the web', async () => {
    const body = `
      const heard = []
      const controller = new AbortController()
      const { signal } = controller
      const twice = () => heard.push('twice')
      const stop = new AbortController()
      signal.onabort = (event) => heard.push(event.type, event.target === signal)
      signal.addEventListener('abort', twice)
      signal.addEventListener('abort', twice)
      signal.addEventListener('abort', () => { signal.removeEventListener('abort', gone); signal.addEventListener('abort', () => heard.push('too late')) })
      const gone = () => heard.push('gone')
      signal.addEventListener('abort', gone)
      signal.addEventListener('abort', { handleEvent() { heard.push('object') } }, { once: true })
      signal.addEventListener('abort', () => heard.push('stopped'), { signal: stop.signal })
      signal.addEventListener('abort', () => heard.push('never'), { signal: AbortSignal.abort() })
      signal.addEventListener('other', () => heard.push('other'))
      signal.addEventListener('abort', null)
      const either = AbortSignal.any([new AbortController().signal, AbortSignal.any([signal])])
      either.addEventListener('abort', () => heard.push('either', signal.aborted))
      stop.abort()
      const before = [signal.aborted, signal.reason, either.aborted]
      controller.abort()
      controller.abort('again')
      const names = []
      try { signal.throwIfAborted() } catch (error) { names.push(error.name, error instanceof DOMException, error === either.reason) }
      try { new AbortSignal() } catch (error) { names.push(error.name) }
      return [before, heard, names, AbortSignal.any([AbortSignal.abort(7)]).reason, signal instanceof AbortSignal, Reflect.ownKeys(signal)]`
    expect(await inRealm(body)).toEqual([
      [false, undefined, false],
      ['abort', true, 'twice', 'object', 'either', true],
      ['AbortError', true, true, 'TypeError'],
      7,
      true,
      [],
    ])
    const late =
      "const c = new AbortController(); c.signal.onabort = () => { throw new Error('in a listener') }; c.abort(); return 1"
    expect(await inRealm(late)).toBe('uncaught Error: in a listener')
  })
})

test('a machine that speaks another language gives the same answers', () => {
  const script = `
    const { closeRealm } = await import('./realm.mjs')
    const { log } = console
    closeRealm({ log })
    log(JSON.stringify([(1234.5).toLocaleString(), ['z', 'ä', 'a'].sort((a, b) => a.localeCompare(b)), new Date(0).toLocaleDateString(), 'I'.toLocaleLowerCase(), [1234.5].toLocaleString(), 12345n.toLocaleString(), Temporal.PlainDate.from('2020-02-01').toLocaleString(), (1234.5).toLocaleString('fr')]))`
  const speaking = (LC_ALL: string) =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: join(import.meta.dirname, 'subject'),
      env: { LC_ALL, TZ: 'UTC' },
      encoding: 'utf8',
    })
  const [number, sorted, date, lower] = JSON.parse(speaking('C'))
  expect([number, sorted, date, lower]).toEqual(['1,234.5', ['a', 'ä', 'z'], '1/1/1970', 'i'])
  for (const language of ['sv_SE.UTF-8', 'tr_TR.UTF-8', 'de_DE.UTF-8']) expect(speaking(language)).toBe(speaking('C'))
})
