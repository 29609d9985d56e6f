// Everyday pieces of code, as bodies of `() => …` that return the call whose bytes are counted. What a piece keeps goes into
// `kept`, which escapes.

export const IDIOMS: Readonly<Record<string, string>> = {
  // Numbers in plain arrays and fields.
  'the later of two times, kept in an array':
    'let last = 0; const a = [0.5]; return (i) => { const at = Math.max(1.7e12 + i, last); a[0] = at; last = at; return 0 }',
  'a fraction stored in an array': 'const a = [0.5, 0.5]; return (i) => { a[i & 1] = i + 0.5; return 0 }',
  'a fraction added to': 'const a = [0.5, 0.5]; return (i) => { a[i & 1] += 0.25; return 0 }',
  'fractions moved up':
    'const a = [0.5, 1.5, 2.5]; return () => { for (let k = 1; k < 3; k++) a[k - 1] = a[k]; return 0 }',
  'a fraction stored in an array with holes':
    'const a = new Array(64); return (i) => { a[i & 63] = i + 0.5; return 0 }',
  'an array filled, and stored in': 'const a = new Array(8).fill(0.5); return (i) => { a[i & 7] = i + 0.5; return 0 }',
  'a heap that grows by index':
    'const a = []; let n = 0; return (i) => { a[n++] = i + 0.5; if (n > 64) n = 0; return 0 }',
  'an array that grows at its length':
    'const a = []; return (i) => { a[a.length] = i + 0.5; if (a.length > 512) a.length = 0; return 0 }',
  'a small array made by index':
    'return (i) => { const a = []; for (let k = 0; k < 4; k++) a[k] = i + k / 3; kept = a; return 0 }',
  'a fraction pushed': 'const a = []; return (i) => { a.push(i + 0.5); if (a.length > 512) a.length = 0; return 0 }',
  'an heir of Array':
    'const a = new (class extends Array {})(4).fill(0.5); return (i) => { a[i & 3] = i + 0.5; return 0 }',
  'an object by index': 'const o = {}; return (i) => { o[i & 15] = i + 0.5; return 0 }',
  'an own class by index': 'const o = new (class {})(); return (i) => { o[i & 15] = i + 0.5; return 0 }',
  'a ring of objects':
    'const o = {}; let at = 0; const ring = new Array(16).fill(undefined); return () => { ring[at++ & 15] = o; return 0 }',
  'two swapped': 'const a = [1, 2]; return () => { [a[0], a[1]] = [a[1], a[0]]; return 0 }',
  'a queue': 'const a = []; return (i) => { a.push(i); return a.shift() }',
  'a stack': 'const a = []; return (i) => { a.push(i); return a.pop() }',
  'a field': 'const o = { x: 0.5 }; return (i) => { o.x = i + 0.5; return 0 }',
  'a private field':
    'const o = new (class { #x = 0.5; go(x) { this.#x = x; return 0 } })(); return (i) => o.go(i + 0.5)',
  'a getter over super':
    'class A { get x() { return 1 } } class B extends A { get x() { return super.x + 1 } } const b = new B(); return () => b.x',
  // Typed arrays and shared memory.
  'a Float64Array': 'const a = new Float64Array(8); return (i) => { a[i & 7] += i / 3; return 0 }',
  'a Float32Array': 'const a = new Float32Array(8); return (i) => { a[i & 7] = i / 3; return 0 }',
  'a Uint32Array': 'const a = new Uint32Array(8); return (i) => { a[i & 7] = 4294967295 - (i & 3); return 0 }',
  'a Uint8ClampedArray': 'const a = new Uint8ClampedArray(8); return (i) => { a[i & 7] = i * 0.5; return 0 }',
  'a BigInt64Array': 'const a = new BigInt64Array(4); return (i) => { a[i & 3] = 5n; return 0 }',
  'a DataView':
    'const v = new DataView(new ArrayBuffer(64)); return (i) => { v.setFloat64(8, i + 0.5); return v.getFloat64(8) > 3 ? 1 : 0 }',
  'shared fractions':
    'const a = new Float64Array(new SharedArrayBuffer(64)); return (i) => { a[i & 7] = i + 0.5; return 0 }',
  'an atomic counter': 'const a = new Int32Array(new SharedArrayBuffer(64)); return () => Atomics.add(a, 0, 1) & 1',
  'a part of a typed array': 'const a = new Float64Array(8); return () => (kept = a.subarray(1, 3))',
  'typed arrays copied and filled':
    'const a = new Float64Array(8); return () => { a.copyWithin(0, 1); a.fill(0.5, 7); a.set([1, 2], 1); return 0 }',
  'a typed array sliced': 'const a = new Uint8Array(16); return () => (kept = a.slice(1, 3))',
  'a new buffer': 'return () => (kept = new Uint8Array(64))',
  // Maps, sets, iteration.
  'a Map read': 'const m = new Map([[0, 1], [1, 2]]); return (i) => m.get(i & 1)',
  'a Map written': "const m = new Map([['a', 0.5]]); return (i) => { m.set('a', i + 0.5); return 0 }",
  'a Map entry replaced': 'const m = new Map([[1, 1], [2, 2]]); return () => { m.delete(1); m.set(1, 1); return 0 }',
  'the oldest of a Map': 'const m = new Map([[1, 1], [2, 2]]); return () => m.keys().next().value',
  'a Map walked':
    'const m = new Map([[1, 1], [2, 2]]); return () => { let s = 0; for (const [k, v] of m) s += k + v; return s }',
  'a Map told each':
    'const m = new Map([[1, 1], [2, 2]]); return () => { let s = 0; m.forEach((v) => { s += v }); return s }',
  'a Set walked': 'const m = new Set([1, 2]); return () => { let s = 0; for (const v of m) s += v; return s }',
  'a WeakMap read': 'const key = {}; const m = new WeakMap([[key, 1]]); return () => m.get(key)',
  'a new Map and Set': 'return () => (kept = [new Map(), new Set()])',
  'an array walked':
    'const a = [0.5, 1.5]; return () => { let s = 0; for (const x of a) s += x; return s > 1 ? 1 : 0 }',
  'an array walked by index':
    'const a = [1, 2]; return () => { let s = 0; for (let k = 0; k < a.length; k++) s += a[k]; return s }',
  'an array told each': 'const a = [1, 2]; return () => { let s = 0; a.forEach((x) => { s += x }); return s }',
  'an array reduced': 'const a = [1, 2]; return () => a.reduce((x, y) => x + y, 0)',
  'an array searched':
    'const a = [1, 2, 3]; return (i) => a.indexOf(i) + (a.includes(i) ? 1 : 0) + a.findIndex((x) => x === 3)',
  'an array sorted': 'const a = [3, 1, 2]; return () => { a.sort((x, y) => x - y); return a[0] }',
  'an array taken apart': 'const a = [1, 2, 3]; return () => { const [x, , y = 1] = a; return x + y }',
  'an array walked in a method':
    'class S { #all = [1, 2, 3, 4, 5, 6, 7, 8].map((i) => new Int32Array(i)); sum() { let s = 0; for (const words of this.#all) s += words[0]; return s } } const o = new S(); return () => o.sum()',
  'an array taken apart, and walked':
    'const a = [1, 2, 3, 4, 5, 6]; return () => { const [x, ...rest] = a; let s = x; for (const y of a) s += y; return s }',
  'an array mapped and filtered': 'const a = [1, 2, 3]; return () => (kept = a.map((x) => x + 1).filter((x) => x > 2))',
  'an array of fractions mapped': 'const a = [0.5, 1.5]; return () => (kept = a.map((x) => x * 2))',
  'an array copied and cut':
    'const a = [1, 2, 3], b = [0.5, 1.5, 2.5]; return () => (kept = [a.slice(), a.slice(1), b.slice(1), a.concat(b)])',
  'an array spliced and flattened':
    'const a = [1, 2, 3]; return () => { a.push(a.splice(0, 1)[0]); return (kept = [[1], [2]].flat()).length }',
  'an array spread': 'const a = [1, 2, 3]; return () => (kept = [...a, 4])',
  'an array spread into a call': 'const a = [1, 2, 3]; return () => Math.max(...a)',
  'an array from a count': 'return (i) => (kept = Array.from({ length: 4 }, (_, k) => i + k))',
  'an array in another order':
    'const a = [3, 1, 2]; return () => (kept = [a.toSorted(), a.toReversed(), a.with(0, 4)])',
  'a generator':
    'function* two() { yield 1; yield 2 } return () => { let s = 0; for (const x of two()) s += x; return s }',
  'arguments and rest':
    'function f() { return arguments.length } const g = (...xs) => xs.length; return (i) => f(i, 2) + g(i, 2)',
  // Objects, functions, classes.
  'an object': 'return (i) => (kept = { a: i, b: { c: i + 0.5 } })',
  'an object spread': 'const o = { a: 1, b: 0.5 }; return () => (kept = { ...o, c: 1 })',
  'an object assigned to': "const o = { a: 1 }; return () => (kept = Object.assign({}, o, { toString: 'x' }))",
  'an object without prototype': "const o = Object.create(null); return (i) => { o['k' + (i & 3)] = i & 1; return 0 }",
  'what every object has':
    "const o = { x: 1 }; return () => (o.hasOwnProperty('x') && Object.hasOwn(o, 'x') && 'x' in o ? o.toString().length : 0)",
  'keys and entries': 'const o = { a: 1, b: 2 }; return () => (kept = [Object.keys(o), Object.entries(o)])',
  'a closure': 'return (i) => (kept = () => i)',
  'a bound function': 'const f = (x) => x; return () => (kept = f.bind(null, 1))',
  'call and apply': 'const a = [1, 2]; return (i) => Math.max.call(null, i, 2) + Math.max.apply(null, a)',
  'a class of two levels': 'class A { x = 0.5 } class B extends A { #y = 1 } return () => (kept = new B())',
  'a proxy': 'return () => (kept = new Proxy({}, {}))',
  'an error': "return () => { try { throw new RangeError('x') } catch (error) { kept = error; return 0 } }",
  'an error of an own class':
    "class Full extends Error { constructor() { super('full'); this.name = 'Full' } } return () => (kept = new Full())",
  // Text and arithmetic.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code
  'text joined': 'return (i) => (kept = `k:${i & 7}` + (i & 3))',
  'text cut up':
    "const s = 'a,b,cdefghijklmnopqrstuvwxyz'; return () => (kept = [s.split(','), s.slice(2, 20), s.indexOf('z')])",
  'text tested by regular expression': "return () => (/b+/.test('abbbc') ? 1 : 0)",
  'text in and out of JSON': `return () => (kept = JSON.parse(JSON.stringify({ a: [1, 2.5, 'x'] })))`,
  'numbers in and out of text': "return (i) => parseInt('12', 10) + Number('3.5') + (i & 7).toString(2).length",
  'whole arithmetic': 'return (i) => Math.clz32(i) + Math.imul(i, 3) + (i >>> 1) + Math.trunc(i / 3)',
  'fractions that stay local':
    'return (i) => { const half = Math.hypot(i, 4) / 2; return half > Math.min(3, i) ? 1 : 0 }',
  'a BigInt': 'return () => (kept = BigInt.asUintN(64, 0xcbf29ce484222325n * 1099511628211n))',
  // What settles later.
  'a promise': 'return () => Promise.resolve(1)',
  'a promise continued': 'return () => Promise.resolve(1).then((x) => x + 1)',
  'an async function': 'const f = async () => { await 0; return 1 }; return () => f()',
  'all of two promises': 'return () => Promise.all([1, Promise.resolve(2)])',
}

/**
 * Pieces that cost more in the closed realm, by so many bytes: RegExp.prototype is not the one that V8 has fast ways for,
 * and the Date there is a function around the real one. They make garbage anywhere, so that no limit of 0 is broken by
 * the difference.
 */
export const DEARER_IDIOMS: Readonly<Record<string, { readonly code: string; readonly by: number }>> = {
  'text replaced': { code: "return () => (kept = 'a-b'.replace(/-/g, '_'))", by: 128 },
  'text split by a regular expression': { code: "return () => (kept = 'a,b'.split(/,/))", by: 64 },
  'a date': { code: 'return (i) => (kept = new Date(i))', by: 24 },
}
