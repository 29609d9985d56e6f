// Bodies of functions, a corner of the language each, and each with an answer: whatever is put into a program, it must
// go on giving it.

export const SNIPPETS: Record<string, string> = {
  'labelled continue and break': `
    const seen = []
    outer: for (let i = 0; i < 5; i++) inner: for (let j = 0; j < 5; j++) {
      if (j === 3) continue outer
      if (i === 3) break outer
      if (j === 1) continue inner
      seen.push([i, j])
    }
    return seen`,
  'an arrow that returns an object': 'return [1, 2].map((x) => ({ x, y: ((x)) }))',
  'comma bodies': 'let n = 0; const f = (x) => (n++, x * 2); return [f(1), f(2), n]',
  'arrows that return arrows': 'const add = a => b => c => a + b + c; return add(1)(2)(3)',
  'parenthesised bodies': 'const f = x => (x) + (1), g = x => ((x)), h = x => (x).y; return [f(1), g(2), h({ y: 3 })]',
  'nested loops without braces':
    'let n = 0; for (let i = 0; i < 3; i++) for (const j of [1, 2]) for (const k in { a: 1 }) n += i * j + k.length; return n',
  'empty bodies': 'let n = 0; for (; n < 4; n++); while (n-- > 0); return n',
  'do and while': 'let n = 0; do n++; while (n < 5)\nreturn n',
  'do without braces, and no semicolon': 'let n = 0\ndo n++\nwhile (n < 5)\nn++\nreturn n',
  'if and else around loops': 'let n = 0; if (n) for (;;) n++; else while (n < 3) n++; return n',
  'a loop in a loop body without semicolons':
    'let n = 0\nwhile (n < 10)\n  for (let i = 0; i < 3; i++)\n    n += 1\nreturn n',
  generators:
    'function* g(n) { while (n-- > 0) yield n; return 9 } return [[...g(3)], [...(function* () { yield* g(2) })()]]',
  'async functions':
    'const f = async (x) => await x; async function g() { for (const x of [1, 2]) await f(x); return f(3) } return g()',
  'async generators and for await':
    'async function* g() { for (let i = 0; i < 3; i++) yield i }\nconst out = []\nfor await (const x of g()) out.push(x)\nreturn out',
  classes: `
    class A { #x = 1; static s = (() => 5)(); y = () => this.#x; get z() { return this.#x } set z(v) { this.#x = v } static { this.t = 6 } *[Symbol.iterator]() { yield this.#x } static async m() { return 7 } }
    class B extends A { constructor() { super(); this.w = super.z } }
    const b = new B(); b.z = 4
    return [b.y(), b.z, b.w, A.s, A.t, [...b], await A.m()]`,
  'new.target, arguments and this':
    'function F() { return [new.target === F, arguments.length, this !== undefined] } return [F(1, 2), new (class { constructor() { this.a = new.target.name } })().a, Reflect.construct(F, [1])]',
  'names of functions':
    'const f = () => {}, g = function () {}; const { h = () => 1 } = {}; return [f.name, g.name, h.name, (() => () => {})().name, (() => class {})().name]',
  'default parameters and destructuring':
    'const f = ({ a = 1, ...rest } = {}, [b] = [2], ...c) => [a, rest, b, c]; return [f(), f({ a: 3, d: 4 }, [5], 6)]',
  'declarations that take apart': `
    const log = [], note = (x) => (log.push(x), x)
    class Box { #kept = [7, 8]; look(...given) {
      const { a, b: { c = note(1), ...d } = { e: 2 }, ...f } = note({ a: 3, g: 4 }), plain = a + 1, [h, , i = () => this.#kept, ...j] = this.#kept
      let[k] = arguments, { [note('l')]: l = arguments.length, ...m } = { l: undefined, n: new.target }
      var {} = note({}), [...o] = new Set([h])
      const [
        p,
        q = note(5),
      ] = [a,
        undefined]
      const { length } = j
      k = [k, given]
      return { a, c, d, f, plain, h, i: i(), j, k, l, m, o, p, q, length, i_name: i.name }
    } }
    const fs = []
    for (const x of [[1, 2], [3]]) { const [y, ...z] = x; fs.push(() => [y, z]) }
    for (let [i, ...j] = [0, 5]; i < 2; i++) fs.push(() => [i, j])
    const f = async ([a, ...b]) => { const [c = await a, ...d] = await b, { e, ...g } = await d; return [c, d, e, g] }
    function* g() { const [a, ...b] = yield 1; const { c = yield 2, ...d } = { a, b }; return [c, d] }
    const walk = g(); walk.next(); walk.next([3, 4])
    let threw; try { (() => { const { x, ...y } = null })() } catch (error) { threw = error.name }
    switch (1) { case 1: const [u, ...v] = 'uvw'; log.push(u, v) }
    return [new Box().look(1, 2), fs.map((one) => one()), await f([1, Promise.resolve([2])]), walk.next(6), threw, log]`,
  'declarations that wait': `
    const x = Promise.resolve({ y: 1 }), b = Promise.resolve([7, 8])
    const { a = (await x).y, [(await x).y]: c = 3, ...r } = { z: 2 }
    const [p, ...q] = (1, await b)
    return [a, c, r, p, q]`,
  'closures over loop variables':
    'const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i); for (const x of [7]) fs.push(() => x); return fs.map((f) => f())',
  hoisting: 'return [f(), typeof g]; function f() { return 1 } var g = 2',
  'hoisting inside a block': '{ function f() { return 1 } return f() }',
  'a switch':
    'const f = (x) => { switch (x) { case 1: return "a"; case 2: { break } default: x++ } return x }; return [f(1), f(2), f(3)]',
  'throw, catch and finally':
    'const f = () => { for (;;) try { throw 1 } catch (e) { return e } finally { continue_: for (;;) break continue_ } }; return f()',
  'optional chaining and calls': 'const o = { f: () => ({ g: (x) => x }) }; return [o?.f?.()?.g?.(3), o.no?.()]',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code
  'tagged templates': 'const t = (s, ...v) => s.raw.join("|") + v.join(); return t`a${1}b${(() => 2)()}c`',
  'regular expressions that look like code': 'return "a//b".split(/\\/\\/[{(]?/).concat(/for(;;){}/.source)',
  'comments in odd places':
    'const f = (x) /* => { */ => /* ( */ x /* ) */ // }\nfor (/* a */ const i /* b */ of /* c */ [1] /* d */) /* e */ f(i) // f\nreturn f(2)',
  'no semicolons at all':
    'let a = 1\nlet b = a\n;[a, b] = [b + 1, a]\n;(() => { a++ })()\nconst c = a\n++b\nreturn [a, b, c]',
  'async arrow in a condition': 'return (await (async x => x ? y => y : 0)(1))(2)',
  'in inside a loop head':
    'const r = []; for (const f = (x) => ("a" in x); r.length < 1; ) r.push(f({ a: 1 })); return r',
  'await using and using':
    'const log = []; { using a = { [Symbol.dispose]() { log.push("a") } }; log.push("b") } return log',
  'errors keep their line':
    'const f = () => {\n  for (const x of [1])\n    throw new Error("x")\n}\ntry { f() } catch (e) { return e.message }',
  'a directive': '"use strict"; return (function () { "use strict"; return this })() === undefined',
  'getters in object literals':
    'return { get a() { return 1 }, set a(v) {}, b() { return 2 }, async *c() {} , ["d" + 1]: () => 3 }.d1()',
  'spread and rest': 'return Math.max(...[1, 2].map((x) => x * 2), ...(function* () { yield 9 })())',
}
