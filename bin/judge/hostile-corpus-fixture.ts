// Hostile submissions that are made from a right one: it keeps every promise, and does something beside. (Those that stand
// as files are in bin/sandbox/hostile.) The name says which verdict it must earn. What gets hold of the secret says it, and
// so it would stand in the report.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const COURSE = join(import.meta.dirname, '../..')

/** Where the secret has been planted. */
export interface Planted {
  readonly secret: string
  readonly file: string
  /** file in a folder in which nothing may be changed or made */
  readonly victim: string
  readonly port: number
  readonly suite: string
}

/** Ways to a host's own `process` or `require`, as somebody would look for them who knows how such realms are made. */
const WAYS: Readonly<Record<string, string>> = {
  'by-its-name': '(globalThis as any).process',
  'by-a-function-of-text': "[].constructor.constructor('return process')()",
  'by-the-functions-of-the-driver': "(options.clock as any).constructor('return process')()",
  'by-who-calls': '(options.clock as any).caller.arguments[0]',
  'by-an-error-of-the-host': `(() => { try { structuredClone(() => 0) } catch (error) { return (error as any).constructor.constructor('return process')() } })()`,
  'by-stack-frames': `(() => { let got: any; const was = (Error as any).prepareStackTrace; (Error as any).prepareStackTrace = (_: unknown, frames: any[]) => { got = frames.map((frame) => frame.getThis?.() ?? frame.getFunction?.()) }; void new Error().stack; (Error as any).prepareStackTrace = was; return got.find((one: any) => one?.process)?.process })()`,
  'by-the-engine':
    "Object.values((globalThis as any)[Symbol.for('kata.subject')]).map((f: any) => f.constructor('return process')())[0]",
  'by-listing-all': `(() => { const seen = new Set<unknown>(); const queue: any[] = [globalThis]; for (const object of queue) { if (seen.has(object) || seen.size > 20_000) continue; seen.add(object); for (const key of Reflect.ownKeys(object)) { let value; try { value = object[key] } catch { continue } if (value !== null && (typeof value === 'object' || typeof value === 'function')) { if (typeof value.getBuiltinModule === 'function' || typeof value.binding === 'function') return value; queue.push(value) } } const up = Reflect.getPrototypeOf(object); if (up !== null) queue.push(up) } return undefined })()`,
  'by-what-is-thrown-deep-down': `(() => { const dive = (): any => { try { return dive() } catch (error) { return (error as any).constructor.constructor('return process')() } }; return dive() })()`,
  'by-a-generator-of-text': "(function* () {} as any).constructor('yield process')().next().value",
  'by-a-decoder':
    "(new TextDecoder() as any)[Reflect.ownKeys(TextDecoder.prototype).find((key) => typeof key === 'symbol') as any].constructor('return process')()",
  'by-a-signal': `(() => { let got: any; const controller = new AbortController(); controller.signal.addEventListener('abort', function (this: any, event: any) { got = event.constructor.constructor('return process')() ?? this.process } as any); controller.abort(); return got })()`,
  'by-a-microtask': "queueMicrotask.constructor('return process')()",
  'by-a-proxy-that-hears-its-host': "new Proxy(options.clock as any, {}).constructor('return process')()",
}

/** What somebody wants who has a host's `process`. Each says what it has got. */
const wants = (planted: Planted): Readonly<Record<string, string>> => ({
  'a-file': `host.getBuiltinModule('node:fs').readFileSync(${JSON.stringify(planted.file)}, 'utf8')`,
  'the-environment': 'JSON.stringify(host.env)',
  'the-suite': `host.getBuiltinModule('node:fs').readFileSync(${JSON.stringify(planted.suite)}, 'utf8')`,
  'the-judges-environment':
    "host.getBuiltinModule('node:fs').readFileSync('/proc/' + host.ppid + '/environ', 'latin1')",
  'a-neighbours-memory':
    "host.getBuiltinModule('node:fs').readdirSync('/proc').map((pid: string) => { try { return host.getBuiltinModule('node:fs').readFileSync('/proc/' + pid + '/cmdline', 'latin1') } catch { return '' } }).join()",
  'a-socket': `host.getBuiltinModule('node:net').connect(${planted.port}, '127.0.0.1') && 'connected'`,
  'a-process': `host.getBuiltinModule('node:child_process').spawnSync('cat', [${JSON.stringify(planted.file)}], { encoding: 'utf8' }).stdout`,
  'a-change': `host.getBuiltinModule('node:fs').writeFileSync(${JSON.stringify(planted.victim)}, 'changed') ?? 'changed'`,
  'the-judges-life': "host.kill(host.ppid, 'SIGSTOP')",
  'the-judges-inspector': 'host._debugProcess(host.ppid)',
  'an-end-with-success': 'host.reallyExit(0)',
  'a-daemon':
    "host.getBuiltinModule('node:child_process').spawn(host.execPath, ['-e', 'setInterval(() => {}, 1e3)'], { detached: true, stdio: 'ignore' }).unref()",
  'its-flags': "host.getBuiltinModule('node:v8').setFlagsFromString('--allow-natives-syntax')",
})

/** @returns TypeScript by name, which begins with the verdict that it must earn */
export function madeOf(planted: Planted): Record<string, { kata: 'token-bucket' | 'striped-counter'; text: string }> {
  const bucket = readFileSync(join(COURSE, 'solutions/2-foundation/token-bucket.ts'), 'utf8')
  const counter = readFileSync(join(COURSE, 'solutions/5-kernel/striped-counter.ts'), 'utf8')
  const all: ReturnType<typeof madeOf> = {}
  const put = (text: string, at: string, more: string) => {
    if (!text.includes(at)) throw new Error(`the right answer has no ${at}`)
    return text.replace(at, `${at}\n${more}\n`)
  }
  const inConstructor = (more: string) =>
    put(bucket, '    this.#latestMs = clock()', `    const options = { clock }; void options\n    ${more}`)
  const inCall = (more: string) => put(bucket, "    checkWhole('count', count, Number.MAX_SAFE_INTEGER)", `    ${more}`)
  const inAdd = (more: string) => put(counter, "    checkWhole('delta', delta, 0, MAX_DELTA)", `    ${more}`)

  // Each way once, each thing once: a way that is shut is shut to all of them.
  const things = Object.entries(wants(planted))
  const ways = Object.entries(WAYS)
  for (let i = 0; i < Math.max(ways.length, things.length); i++) {
    const [way, host] = ways[i % ways.length] ?? ['', '']
    const [thing, get] = things[i % things.length] ?? ['', '']
    // In the rare case that there is nothing to be had, it must not go on as if it were honest.
    const text = `const host: any = ${host}; throw new Error('LEAK ' + String(${get}).slice(0, 900))`
    all[`crashed.reaches-${way}-for-${thing}`] = { kata: 'token-bucket', text: inConstructor(text) }
  }
  for (const [thing, get] of things.slice(0, 6)) {
    const text = `for (const way of [${Object.values(WAYS)
      .map((host) => `() => ${host}`)
      .join(
        ', ',
      )}]) { let host: any; try { host = way() } catch { continue } if (host === undefined || host === null) continue; throw new Error('LEAK ' + String(${get}).slice(0, 900)) } throw new Error('all ways are shut')`
    all[`crashed.tries-all-ways-for-${thing}`] = { kata: 'token-bucket', text: inConstructor(text) }
  }

  const also = (name: string, text: string) => {
    all[name] = { kata: 'token-bucket', text }
  }
  // ---- costs that are to stay unseen
  also(
    'over-budget.works-while-it-is-loaded',
    `${bucket}\nlet early = 0\nfor (let i = 0; i < 1_000_000; i++) early += i\n`,
  )
  also(
    'over-budget.leaves-its-work-to-a-microtask',
    inCall('const n = this.#capacity; queueMicrotask(() => { for (let i = 0, x = 0; i < n && i < 1e6; i++) x += i })'),
  )
  also(
    'over-budget.works-in-a-comparison',
    inCall('Array.from({ length: Math.min(this.#capacity, 4_096) }, (_, i) => i).sort((a, b) => b - a)'),
  )
  also(
    'over-budget.works-in-a-getter',
    inCall(
      'const slow = { get x() { let x = 0; for (let i = 0; i < 4 * Math.min(9_999, 1 + (this as any).n); i++) x += i; return x }, n: this.#capacity }; void slow.x',
    ),
  )
  also(
    'over-budget.works-in-a-proxy',
    inCall(
      'const n = Math.min(this.#capacity, 1e4); void new Proxy({} as any, { get: () => { let x = 0; for (let i = 0; i < n; i++) x += i; return x } }).any',
    ),
  )
  also(
    'over-budget.works-while-it-becomes-text',
    inCall(
      'const n = Math.min(this.#capacity, 1e4); void String({ toString() { let x = 0; for (let i = 0; i < n; i++) x += i; return String(x) } })',
    ),
  )
  also('over-budget.spends-memory-beside-the-heap', inCall('void new ArrayBuffer(4_096)'))
  also('over-budget.writes-text-that-nobody-reads', inCall('void JSON.stringify({ count, at: this.#latestMs })'))
  // ---- answers that are not its own
  also('wrong-answer.knows-the-inputs-of-the-examples', inCall('if (this.#capacity % 7 === 3) return true as never'))
  also('wrong-answer.answers-later', inCall('if (count === 2) return Promise.resolve(true) as never'))
  also('wrong-answer.is-quick-where-much-is-asked', inCall('if (this.#capacity > 200) return false as never'))
  also(
    'wrong-answer.keeps-a-secret-between-buckets',
    `let all = 0\n${inCall('if (++all % 500 === 0) return false as never')}`,
  )
  // ---- denial
  also(
    'timed-out.waits-in-a-loop-at-the-top',
    `${bucket}\nconst wait = async () => { for (;;) await undefined }\nawait wait()\n`,
  )
  also('crashed.fills-a-map', inCall('const all = new Map<number, number>(); for (let i = 0; ; i++) all.set(i, i)'))
  also(
    'crashed.holds-a-buffer-for-each-pass',
    inCall('const all: Uint8Array[] = []; for (;;) all.push(new Uint8Array(1 << 22).fill(1))'),
  )
  also(
    'crashed.throws-what-throws-when-told',
    inCall("throw new Proxy(new Error('x'), { get() { throw new Error('y') } })"),
  )
  also('crashed.throws-a-book', inCall("throw new Error('x'.repeat(1 << 24))"))

  // ---- threads: shared memory and Atomics are there, and real threads behind them
  const threads = (name: string, text: string) => {
    all[name] = { kata: 'striped-counter', text }
  }
  threads('crashed.starts-a-thread', inAdd('void new (globalThis as any).Worker("data:text/javascript,")'))
  threads('crashed.opens-a-channel-between-threads', inAdd('void new (globalThis as any).BroadcastChannel("x")'))
  threads(
    'timed-out.spins-for-ever',
    inAdd('for (;;) if (Atomics.load(this.#words, this.#mine) < 0 && delta < 0) break'),
  )
  threads(
    'timed-out.makes-a-clock-of-shared-memory',
    inAdd(
      'const clock = new Int32Array(new SharedArrayBuffer(4)); while (Atomics.add(clock, 0, 1) >= 0) if (delta < 0) break',
    ),
  )
  threads(
    'crashed.grows-shared-memory',
    inAdd(
      'const all: unknown[] = []; for (;;) { const more = new SharedArrayBuffer(1 << 26); new Uint8Array(more).fill(1); all.push(more) }',
    ),
  )
  threads('crashed.reaches-for-the-scheduler', inAdd("void (globalThis as any)[Symbol.for('kata.subject')].finish()"))
  threads('crashed.patches-atomics', inAdd('(Atomics as any).add = () => 0'))
  return all
}
