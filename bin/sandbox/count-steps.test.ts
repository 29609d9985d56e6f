// What is counted is what runs, on its line; and a program that is counted computes what the plain one does.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'acorn'
import { describe, expect, test } from 'vitest'
import { countSteps } from './count-steps.ts'
import { SNIPPETS } from './snippets-fixture.ts'
import { stepAside } from './step-aside.ts'
import { stripTypes } from './strip.ts'
import { openMeter } from './subject/meter.mjs'

const COURSE = join(import.meta.dirname, '../..')
const OPTIONS = {
  ecmaVersion: 'latest',
  sourceType: 'module',
  locations: true,
  allowReturnOutsideFunction: true,
  allowAwaitOutsideFunction: true,
} as const
const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<unknown>

const counted = (code: string) => countSteps(code, parse(code, OPTIONS))

/** Runs a function body with a meter of its own; no built-in is replaced here. */
async function run(text: string): Promise<{ result: unknown; lines: Record<number, number> }> {
  const meter = openMeter(() => {})
  const [, name = 'unused', body = text] = /^import\*as (\S+) from'kata:\/engine';([\s\S]*)$/.exec(text) ?? []
  const result = await new AsyncFunction(name, `'use strict';${body}`)(meter.engine).catch(
    (error: unknown) => `threw ${error}`,
  )
  const lines = [...meter.lines()].flatMap((steps, line) => (steps > 0 ? [[line, steps] as const] : []))
  return { result, lines: Object.fromEntries(lines) }
}

const OPERATORS: Record<string, string> = {
  'parentheses and comments around operators':
    'const a = 1, b = 2, c = 3; return [(a) /* + ) */ + ((b)) // - \n + (c), (a, b) * (b, c), a - -b, +a + +b, -a ** 1 === 0, (-a) ** b]'.replace(
      '-a ** 1 === 0, ',
      '',
    ),
  'operands that are converted, in order':
    'const log = []; const o = (n) => ({ valueOf() { log.push(n); return n } }); const r = o(1) + o(2) * o(3) < o(4) - o(5); return [r, log]',
  'strings and numbers':
    'return [1 + "a", "a" + 1, "b" < "a", "a" + null + undefined, [] + {}, 7 % 4, 2 ** 3 ** 2, 5 & 3 | 8 ^ 1]',
  'big integers':
    'const a = 2n ** 70n; return [a + 1n, a * a, a / 3n, a % 7n, a << 3n, a >> 60n, a & 255n, a | 1n, a ^ a, -a, a > 1n, a == a].map(String)',
  'compound assignment':
    'let n = 1; const o = { a: 1, get b() { return this.a }, set b(v) { this.a = v } }; const k = () => (n += 1, "a"); o[k()] += 5; o.b *= 2; n **= 2; n -= (1, 2); let s = "x"; s += "y"; s += n; return [n, o.a, s]',
  'compound assignment reads its target first':
    'let x = 1; x += (x = 10, 5); let y = 2; y *= ((y = 9), 3); return [x, y]',
  'a symbol cannot be added': 'try { return Symbol() + "" } catch (e) { return e.message }',
  equality:
    'const long = "x".repeat(20); return [long === "x".repeat(20), long == 1, null == undefined, NaN !== NaN, "1" == 1, typeof long === "string", long !== long + "y"]',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code
  templates: 'const a = 1, o = { toString: () => "o" }; return [`${a}${o}`, `plain`, `a${`b${a}`}`]',
  'spread of objects': 'const a = { x: 1 }; return [{ ...a }, { y: 0, ...a, ...null, ..."hi" }, (() => ({ ...a }))()]',
  'rest of objects':
    'const o = { a: 1, b: 2, c: { d: 3, e: 4 } }; const { a, ...r } = o, { c: { d, ...q } } = o; let t; ({ a: t, ...r } = o) => 0; let u; ({ ...u } = o); for (const { b, ...z } of [o]) u = z; const f = ({ a, ...r }, [{ ...v }] = [o]) => [r, v]; try { throw o } catch ({ a, ...w }) { t = w } return [r, q, t, u, f(o)]'.replace(
      'let t; ({ a: t, ...r } = o) => 0; ',
      'let t; ',
    ),
  'for in':
    'const r = []; for (const k in { a: 1, b: 2 }) r.push(k); for (const k in null) r.push(k); for (var k in (0, [7])) r.push(k); return r',
  'calls in chains':
    'const o = { f() { return this.x }, x: 3, g: () => o, n: null }; return [o.g().f(), o?.g?.().f(), o.n?.f().f(), (o?.g)(), o["f"](), o.g()["f"]()].map((v) => v === o ? "o" : v)',
  'super and private calls':
    'class A { m() { return 1 } } class B extends A { #p() { return 2 } m() { return super.m() + this.#p() } static { this.s = [3].slice() } } return [new B().m(), B.s]',
  'yield and await in operators':
    'function* g() { const x = (yield 1) + (yield 2); return x * 2 } const i = g(); i.next(); i.next(3); const a = i.next(4); return [a, (await 1) + (await 2)]',
  'for of that continues':
    'let n = 0; for (const x of [1, 2, 3]) { if (x === 2) continue; n += x } for (const x of [4]) n += x\nfor (const x of [5]) if (x) n += x; else n--\nreturn n',
  'assignment of functions keeps names':
    'let f; f = () => {}; const { a = () => {} } = {}; let o = {}; o.x = function () {}; return [f.name, a.name, o.x.name]',
  'sequences as arguments':
    'const f = (...a) => a; return [f((1, 2)), f(...(0, [3])), new (class { constructor(a) { this.a = a } })((4, 5)).a, (1, [6]).slice()]',
}

describe('a counted program', () => {
  test.each(Object.entries({ ...SNIPPETS, ...OPERATORS }))('computes what the plain one does: %s', async (_, code) => {
    const { result } = await run(code)
    expect(String(result)).not.toMatch(/^threw/)
    expect((await run(counted(code))).result).toEqual(result)
    // And so it does as a part of ours.
    const aside = stepAside(`async () => {\n${code}}`).replace('async () =>', 'return (async () =>')
    expect((await run(`${aside})()`)).result).toEqual(result)
  })

  test.each([
    [
      'functions and passes',
      'const f = (x) => x\nlet n = 0\nfor (const x of [1, 2])\n  n += f(x)\nreturn n',
      { 1: 2, 3: 2 },
    ],
    ['fields of a spread', 'const o = { a: 1, b: 2 }\nreturn {\n  ...o }', { 2: 2 }],
    ['fields of a rest', 'const { a, ...rest } = { a: 1, b: 2, c: 3 }\nreturn rest', { 1: 2 }],
    ['keys of which one is looked at', 'for (const k in { a: 1, b: 2, c: 3 }) return k', { 1: 4 }],
    ['limbs of a product', 'const a = 1n << 640n\nreturn (a * a) > 1n', { 1: 11, 2: 121 }],
    ['long strings that are compared', 'const s = "x".repeat(80)\nreturn s === "x".repeat(80)', { 2: 10 }],
    ['strings that differ in length', 'const s = "x".repeat(80)\nreturn s === "x".repeat(81)', {}],
    [
      'a joined string when it is read',
      'const s = "x".repeat(80)\nconst t = s + s\nreturn [t === "y", t === s + "y", t === s + s]',
      { 3: 40 },
    ],
  ])('counts %s', async (_, code, lines) => {
    expect((await run(counted(code))).lines).toEqual(lines)
  })
})

describe('every program of the course', () => {
  const files = ['solutions', 'graders'].flatMap((folder) =>
    readdirSync(join(COURSE, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/rejected-source|\.test\.ts|kit/.test(name))
      .map((name) => join(COURSE, folder, name)),
  )

  test('stays on its lines, parses, and has a step in every loop and function', () => {
    expect(files.length).toBeGreaterThan(20)
    for (const file of files) {
      const stripped = stripTypes(readFileSync(file, 'utf8'))
      if (!stripped.ok) throw new Error(file)
      for (const text of [counted(stripped.script), stepAside(stripped.script)]) {
        expect(() => parse(text, OPTIONS), file).not.toThrow()
        expect(text.split('\n').length, file).toBe(stripped.script.split('\n').length)
      }
    }
  })
})
