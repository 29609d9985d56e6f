// Rewritten code behaves as it did, whatever it does; and what it touches of shared memory is seen, with its line.

import { parse } from 'acorn'
import { describe, expect, test } from 'vitest'
import { openSession } from './session.ts'
import { traceShared } from './trace-shared.ts'

const SYNTAX = { ecmaVersion: 'latest', sourceType: 'module', locations: true } as const
const SUBMISSION = 'kata:/katas/9-x/traced.ts'
const DRIVER = 'kata:/graders/9-x/traced/driver.ts'

/** Rewritten code on its own, with helpers that only pass through. */
async function run(source: string): Promise<unknown> {
  const traced = traceShared(source, parse(source, SYNTAX))
  expect(traced.split('\n')).toHaveLength(source.split('\n').length)
  const url = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`
  const engine = url(`
    let held
    export const load = (x, k) => x[k]
    export const store = (x, k, v) => { x[k] = v; return v }
    export const reference = (x, k) => ({ get value() { return x[k] }, set value(v) { x[k] = v } })
    export const at = () => []
    export const same = (x) => x
    export const isNullish = (x) => (held = x) === null || x === undefined
    export const isNullishMethod = (x, k) => { const f = x[k]; held = (...a) => f.apply(x, a); return f === null || f === undefined }
    export const held_ = () => held
    export { held_ as held }
    export const burn = () => {}`)
  return ((await import(url(traced.replaceAll("'kata:/engine'", JSON.stringify(engine))))) as { out: unknown }).out
}

const PLAIN = `
  const log = []
  const say = (x) => (log.push(x), x)
  const a = [1, 2, 3], o = { f() { return this === o }, a, n: null, 'k 1': 7, deep: { a: [[4, 5]] } }
`

describe('behaves as it did', () => {
  test.each([
    ['order of evaluation', 'const t = [0, 0]; say(t)[say(0)] = say(5); t[say(1)] += say(2); out = [log.length, t]'],
    ['assignments', 'a[0] = a[1] = 9; a[2] **= 2; a[1] ||= 4; a[3] ??= 8; out = [a, (a[0] -= 1), a[0]++, ++a[0], a]'],
    [
      'a short circuit evaluates nothing',
      'const z = [0]; z[0] &&= say(1); const y = [1]; y[0] ||= say(2); out = [log, z, y]',
    ],
    ['this of calls', "const f = 'f'; out = [o[f](), o?.[f](), o[f]?.(), o?.f?.(), (o[f])(), o.g?.[0]]"],
    ['chains', 'out = [o?.a[1], o.n?.a[say(1)], o?.a?.[2], o.deep?.a[0][1], o?.deep.a?.[0]?.[0], o.x?.[say(2)], log]'],
    [
      'chains with calls',
      "const g = { h: () => a, k: { m(i) { return this.v[i] }, v: [6] } }; out = [g?.h()[1], g.h?.()[2], g?.k.m?.(0), g.k?.m(0), g.x?.()[say(0)], g?.['k'].v[0], g.k['m']?.(0)?.[1], log]",
    ],
    [
      'delete',
      "const d = { a: 1, b: { c: 2 } }; const k = 'a'; out = [delete d[k], delete d?.b['c'], delete d.x?.b[k], d]",
    ],
    [
      'super',
      "class A { get x() { return 3 } m() { return 4 } }; class B extends A { r(k) { return [super[k], super.m?.(), super['m']()] } }; out = new B().r('x')",
    ],
    [
      'private members',
      'class C { #v = [1, 2]; #f() { return this.#v }; r(i) { this.#v[i] += 5; return [this.#v[i], this?.#v[0], this.#f?.()[1]] } }; out = new C().r(1)',
    ],
    ['destructuring', 'const t = []; [t[0], t[1] = 5, ...t[2]] = [1]; ({ x: t[3], y: t[4] = 6 } = { x: 2 }); out = t'],
    [
      'loops',
      'const t = []; for (t[0] of [1, 2]); for (t[1] in { q: 1 }); for (let i = 0; i < 2; i++) t[i + 2] = i; out = t',
    ],
    [
      'constructors',
      'const t = [class { constructor(x) { this.x = x } }, { K: Map }]; out = [new t[0](3).x, new (t[0])(4).x, new t[1].K() instanceof Map, new t[0]]',
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a program's text
    ['templates', 'const t = [(s, v) => s[0] + v + s[1]]; out = t[0]`a${a[1]}b`'],
    [
      'keys',
      "const t = {}; t[{ toString: () => say('k') }] = 1; t[(say(1), 'z')] = 2; t['w'] = t['k 1'] = 3; out = [t, log, 'abc'[1], o['k 1']]",
    ],
    [
      'words that touch',
      'function f(){return(a)[1]}; out = [f(), 1 in(a)[1] ? 0 : 1, typeof(a)[0], [...a][0]].length; var void0 = void(a)[0]'.replace(
        '1 in(a)[1] ? 0 : 1',
        "'x'in(o)['deep']",
      ),
    ],
    [
      'comments and lines',
      'const i = 1; out = a /* [ */ // ]\n [ // [\n i /* ] */ ]\n; a\n[0] = 4\nout = [out, a,\n a[\n0]]',
    ],
    ['statements without semicolons', 'let i = 0\ni = 1\na[i] = 2\n;(a)[i]++\na[0] = a[i]\nout = a'],
    [
      'generators and await',
      'function* g() { const t = [1]; t[0] += yield t[0]; t[yield 2] = yield 3; return t }; const it = g(); it.next(); it.next(4); it.next(0); const t2 = [1]; t2[0] += await 5; out = [it.next(9).value, t2]',
    ],
    ['arrows and defaults', 'const f = (i, v = a[i]) => a[i] + v; out = [f(1), ((x) => x[0])(a)]'],
    ['names that are taken', 'const load$ = 1, store$ = 2; a[0] = load$ + store$; out = a[0]'],
    ['nested keys', 'const t = [2, 0, 1]; t[t[t[0]]] = t[t[1]]; t[t[0] = 1] = 7; out = t'],
    [
      'atomics by name',
      'const m = { store: (...x) => x.length, load(...x) { return [this === m, x] } }; out = [m.store(1, 2,), m.store(), m.load(a[0])]',
    ],
  ])('%s', async (_, body) => {
    const source = (name: string) => `${PLAIN}\nlet result, out; {${body}\n}\nexport { out }; ${name}`
    const plain = (await import(`data:text/javascript,${encodeURIComponent(source('//'))}`)) as { out: unknown }
    expect(plain.out).toBeDefined()
    expect(await run(source('// '))).toEqual(plain.out)
  })

  test('a null is refused as before', async () => {
    for (const body of ['null[0]', 'undefined[0] = 1', 'null[0]++', '(a?.b)[0]', '[null[0]] = [1]'])
      await expect(run(`const a = null; export let out\n${body}`), body).rejects.toThrow(TypeError)
  })
})

/** Which words an operation touches, as `kind byte line`, seen through the probe. */
async function touched(body: string): Promise<string[]> {
  const source = `export const go = (words, view, data) => {\n${body}\n}`
  const budgets = `export default [{ name: 'b', given: () => new SharedArrayBuffer(64), turns: 1, sharedCacheLines: 0,
    threads: [({ go }, memory) => () => go(new Int32Array(memory), new Uint8Array(memory, 32), new DataView(memory, 16))] }]`
  const session = openSession({}, undefined, 'threads')
  try {
    const loaded = await session.load({
      url: SUBMISSION,
      modules: { [SUBMISSION]: traceShared(source, parse(source, SYNTAX)) },
      driver: { url: DRIVER, modules: { [DRIVER]: budgets } },
    })
    expect(loaded).toMatchObject({ alive: true, operations: [] })
    const answer = await session.measure(0, { seed: 1 })
    if (!answer.alive || !('raw' in answer)) throw new Error(JSON.stringify(answer))
    const { runs } = answer.raw as { runs: { trace: Uint8Array; sites: number[] }[] }
    const { trace, sites } = runs[0] as (typeof runs)[number]
    const out: string[] = []
    for (let at = 0; at < trace.length; at += 3) {
      const kind = (trace[at] as number) >> 5
      const site = 4 * ((trace[at + 1] as number) | ((trace[at + 2] as number) << 8))
      if (kind < 3) out.push(`${'rwc'[kind]}${sites[site + 1]}:${sites[site + 3]}`)
    }
    return out
  } finally {
    session.kill()
  }
}

describe('sees', () => {
  test.each([
    ['loads and stores', 'words[1] = words[0]\nwords[2]++; words[99] = 1', 'r0:2 w4:2 r8:3 w8:3'],
    [
      'compound assignments',
      'words[0] += 2\nwords[1] ||= 3; words[0] &&= words["1"]',
      'r0:2 w0:2 r4:3 w4:3 r0:3 r4:3 w0:3',
    ],
    [
      'atomics, on the line of the name',
      'Atomics\n.add(words, 1,\n2); Atomics.load(words, 0); Atomics.compareExchange(words, 2, 5, 6)',
      'c4:3 r0:4 c8:4',
    ],
    ['atomics by another name', 'const { store } = Atomics\n\nstore(words, 3, 1)', 'w12:4'],
    ['chains', 'const o = { words }\no?.words[2]; o.x?.words[1]', 'r8:3'],
    ['patterns', '[words[0], words[1]] = [words[3], 2]', 'r12:2 w0:2 w4:2'],
    [
      'iteration',
      'for (const v of words.subarray(0, 2))\n;const [a] = words; [...view.subarray(1, 2)]',
      'r0:2 r4:2 r0:3 r33:3',
    ],
    [
      'what stops early',
      'words[2] = 7\nwords.indexOf(7); words.find((v) => v === 7)',
      'w8:2 r0:3 r4:3 r8:3 r0:3 r4:3 r8:3',
    ],
    [
      'what writes many',
      'words.fill(3, 1, 3)\nwords.set([1, 2], 4); words.copyWithin(0, 1, 2)',
      'w4:2 w8:2 w16:3 w20:3 r4:3 w0:3',
    ],
    ['data views', 'data.setInt32(0, 5)\ndata.getUint8(3)', 'w16:2 r19:3'],
    ['reflection', "Reflect.set(words, 1, 2)\nReflect.get(words, '1')", 'w4:2 r4:3'],
    ['writes that nothing tells of', 'Object.assign(words, { 3: 9 })', 'w12:0'],
    ['nothing of memory of its own', 'const own = new Int32Array(4); own[0] = 1; [1][0]; Atomics.store(own, 1, 1)', ''],
  ])('%s', async (_, body, expected) => {
    expect((await touched(body)).join(' ')).toBe(expected)
  })
})
