// Small submissions with a known cost, as bodies of `(n, random) => …` that make themselves ready and return the call that
// is measured. Dodges hide work that grows with n in a place where counting statements does not see it.

export interface Piece {
  /** what a call costs, amortised */
  readonly steps: string
  readonly code: string
  /** how the driver calls what `code` returns, if not as a function */
  readonly when?: string
}

const big = 'const big = Array.from({ length: n }, (_, i) => i);'
const bigMap = 'const map = new Map(Array.from({ length: n }, (_, i) => [i, i]));'
const bigText = "const text = 'x'.repeat(n);"
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is code
const bigObject = 'const object = Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, i]));'
const bigBytes = 'const bytes = new Uint8Array(n);'

const linear = (code: string, when?: string): Piece => ({
  steps: 'O(n)',
  code,
  ...(when === undefined ? {} : { when }),
})
const constant = (code: string, when?: string): Piece => ({
  steps: 'O(1)',
  code,
  ...(when === undefined ? {} : { when }),
})
const logarithmic = (code: string): Piece => ({ steps: 'O(log n)', code })

export const DODGES: Readonly<Record<string, Piece>> = {
  'spread of an iterator': linear(`${bigMap} return () => [...map.keys()][0]`),
  'spread in a call': linear(`${big} return () => Math.max(...big)`),
  'Array.from of an iterator': linear(`${bigMap} return () => Array.from(map.values()).length`),
  'a new array of n': linear('return () => new Array(n).length'),
  'a new array of n, by way of its constructor': linear('return () => new [].constructor(n).length'),
  'fill of an array': linear(`${big} return (i) => big.fill(i)[0]`),
  'bits of a BigInt': linear('const all = 1n << BigInt(8 * n); return (i) => Number((all | BigInt(i)) & 1n)'),
  'bits of a BigInt in a field': linear(
    'const o = { all: 1n << BigInt(8 * n) }; return (i) => { o.all |= BigInt(i); return 0 }',
  ),
  'a BigInt counted up': linear('let all = 1n << BigInt(64 * n); return () => { all++; return 0 }'),
  'a BigInt in a field counted down': linear(
    'const o = { all: 1n << BigInt(64 * n) }; return () => { --o.all; return 0 }',
  ),
  'a switch on long text': linear(
    `${bigText} const other = text.slice(1) + 'y'; return () => { switch (text) { case other: return 1; default: return 0 } }`,
  ),
  'product of BigInts': { steps: 'O(n²)', code: 'const a = 1n << BigInt(8 * n); return () => Number(a * a & 1n)' },
  'equality of long strings': linear(`${bigText} const other = 'y' + text.slice(1); return () => text === other`),
  'order of long strings': linear(`${bigText} const other = text.slice(1) + 'y'; return () => text < other`),
  'put off to a microtask': linear('return () => { Promise.resolve().then(() => { for (let i = 0; i < n; i++); }) }'),
  'put off ten microtasks': linear(
    'const later = (k) => k === 0 ? void (() => { for (let i = 0; i < n; i++); })() : Promise.resolve(k - 1).then(later); return () => void later(10)',
  ),
  'put off by queueMicrotask': linear('return () => queueMicrotask(() => { for (let i = 0; i < n; i++); })'),
  'a bound built-in, put off': linear(`${big} return () => void Promise.resolve(-1).then(big.indexOf.bind(big))`),
  'a bare built-in, put off': linear(`${bigObject} return () => void Promise.resolve(object).then(Object.keys)`),
  'after an await': linear('return async () => { await 0; for (let i = 0; i < n; i++); return 1 }'),
  'a built-in after an await': linear(`${big} return async () => { await 0; return big.indexOf(-1) }`),
  'in catch, after a rejection': linear(
    `${big} return async () => { try { await Promise.reject(1) } catch { return big.indexOf(-1) } }`,
  ),
  'an async generator': linear(
    `async function* g() { for (let i = 0; i < n; i++) yield i } return async () => { for await (const x of g()) if (x < 0) return x; return 0 }`,
  ),
  'a generator': linear('function* g() { for (let i = 0; i < n; i++) yield i } return () => [...g()].length'),
  'a delegating generator': linear(`${big} function* g() { yield* big } return () => Array.from(g()).length`),
  'an iterator that drops': linear(`${big} return () => big.values().drop(n - 1).next().value`),
  'a delegated iterator that drops': linear(
    `${big} function* g() { yield* big } return () => g().drop(n - 1).next().value`,
  ),
  'an iterator that reduces natively': linear(`${big} return () => big.values().reduce(Math.max)`),
  'an iterable of one’s own': linear(
    'const all = { *[Symbol.iterator]() { for (let i = 0; i < n; i++) yield i } }; return () => { const [...rest] = all; return rest.length }',
  ),
  'a getter': linear(
    'const o = { get x() { let s = 0; for (let i = 0; i < n; i++) s += i; return s } }; return () => o.x',
  ),
  'an answer that works when it is read': linear(
    'return () => ({ get x() { let i = 0; while (i < n) i++; return i } })',
  ),
  'an answer behind a proxy': linear(
    'return () => new Proxy({ x: 1 }, { ownKeys: (t) => { for (let i = 0; i < n; i++); return Reflect.ownKeys(t) } })',
  ),
  'a setter': linear('const o = { set x(v) { for (let i = 0; i < n; i++); } }; return () => { o.x = 1 }'),
  'a bound built-in as a getter': linear(
    `${big} const o = Object.defineProperty({}, 'x', { get: big.indexOf.bind(big, -1) }); return o`,
    '(o) => o.x',
  ),
  'a conversion': linear('const o = { valueOf() { for (let i = 0; i < n; i++); return 1 } }; return () => o + 1'),
  'labelled loops': linear(
    'return () => { let c = 0; a: for (;;) { for (;;) { if (++c > n) break a; continue a } } return c }',
  ),
  'a do loop without a body': linear('return () => { let i = 0; do i++; while (i < n); return i }'),
  recursion: linear('const down = (k) => k === 0 ? 0 : down(k - 1); return () => down(n)'),
  'arguments by apply': linear(`${big} return () => Math.max.apply(null, big)`),
  'arguments by Reflect': linear(`${big} return () => Reflect.apply(Math.max, null, big)`),
  'rest parameters': linear(`${big} const f = (...all) => all.length; return () => f(...big)`),
  'call of call': linear(`${big} return () => Function.prototype.call.call(Array.prototype.indexOf, big, -1)`),
  'a raw string': linear(`const raw = new Array(n).fill('x'); return () => String.raw({ raw }).length`),
  'a tag': linear(`${big} const tag = () => big.indexOf(-1); return () => tag\`a\``),
  'a static block': linear('return () => { class A { static { for (let i = 0; i < n; i++); } } return A.name }'),
  'a field of a class': linear(`${big} class A { at = big.indexOf(-1) } return () => new A().at`),
  'a default parameter': linear(`${big} const f = (a = big.indexOf(-1)) => a; return () => f()`),
  'rest of an array': linear(`${big} return () => { const [, ...rest] = big; return rest.length }`),
  'rest of an object': linear(`${bigObject} return () => { const { k0, ...rest } = object; return k0 + rest.k1 }`),
  'rest of an object in a parameter': linear(
    `${bigObject} const f = ({ k0, ...rest }) => rest.k1; return () => f(object)`,
  ),
  'spread of an object': linear(`${bigObject} return () => ({ ...object }).k0`),
  'first key by for-in': linear(`${bigObject} return () => { for (const k in object) return k }`),
  'keys of an object': linear(`${bigObject} return () => Object.keys(object).length`),
  'entries of an object': linear(`${bigObject} return () => Object.entries(object).length`),
  'a copy by Object.assign': linear(`${bigObject} return () => Object.assign({}, object).k0`),
  'an object of entries': linear(`${bigMap} return () => Object.fromEntries(map)[0]`),
  groups: linear(`${big} return () => Object.groupBy(big, String)[0].length`),
  'JSON of what a toJSON makes, in which nothing is': linear(
    'const all = {}; for (let i = 0; i < n; i++) all["k" + i] = undefined; const a = { toJSON: () => all }; return () => JSON.stringify(a)',
  ),
  'JSON of what says that it makes its own, and does not': linear(
    'const a = { toJSON: 0 }; for (let i = 0; i < n; i++) a["k" + i] = undefined; return () => JSON.stringify(a)',
  ),
  'JSON of nothing behind a proxy': linear(
    'const a = {}; for (let i = 0; i < n; i++) a["k" + i] = undefined; const p = new Proxy(a, {}); return () => JSON.stringify({ p })',
  ),
  'there and back by JSON': linear(`${big} return () => JSON.parse(JSON.stringify(big)).length`),
  'a structured clone': linear(`${big} return () => structuredClone(big).length`),
  'eviction by the first key of a Map': linear(
    'const map = new Map(); let k = 0; while (k < 3 * n) { if (map.size >= n) map.delete(map.keys().next().value); map.set(k++, 1) } return () => { map.delete(map.keys().next().value); map.set(k++, 1) }',
  ),
  'eviction by the first of a Set, by for-of': linear(
    'const set = new Set(); let k = 0; while (k < 3 * n) { if (set.size >= n) for (const x of set) { set.delete(x); break } set.add(k++) } return () => { for (const x of set) { set.delete(x); break } set.add(k++) }',
  ),
  'a Map’s forEach': linear(`${bigMap} return () => { let s = 0; map.forEach((v) => { s += v }); return s }`),
  'a new Map': linear(`${bigMap} return () => new Map(map).size`),
  'a new Set': linear(`${big} return () => new Set(big).size`),
  'union of Sets': linear(`${big} const a = new Set(big), b = new Set([-1]); return () => a.union(b).size`),
  includes: linear(`${big} return () => big.includes(-1)`),
  lastIndexOf: linear(`${big} return () => big.lastIndexOf(-1)`),
  'find, natively': linear(`${big} return () => big.findLast(Number.isNaN)`),
  'some, natively': linear(`${big} return () => big.some(Number.isNaN)`),
  'map, natively': linear(`${big} return () => big.map(String).length`),
  'through a proxy without traps': linear(
    `${big} const p = new Proxy(big, {}); return () => Array.prototype.indexOf.call(p, -1)`,
  ),
  'traps of a proxy': linear('const p = new Proxy({}, { get() { for (let i = 0; i < n; i++); } }); return () => p.x'),
  shift: linear(`${big} return () => big.push(big.shift())`),
  unshift: linear(`${big} return () => { big.unshift(1); return big.pop() }`),
  'splice at the front': linear(`${big} return () => { big.push(big.splice(0, 1)[0]); return 1 }`),
  concat: linear(`${big} return () => big.concat(1).length`),
  slice: linear(`${big} return () => big.slice(1).length`),
  copyWithin: linear(`${big} return () => big.copyWithin(0, 1).length`),
  join: linear(`${big} return () => big.join('').length`),
  'an array as a string': linear(`${big} return () => String(big).length`),
  'a sort': {
    steps: 'O(n log n)',
    code: `${big} const mixed = big.map((_, i) => (i * 7919) % n); return () => mixed.toSorted((a, b) => a - b)[0]`,
  },
  'a sort without comparator': { steps: 'O(n log n)', code: `${big} return () => big.toSorted()[0]` },
  'an heir of Array, called from outside': linear(
    'class List extends Array {} const list = new List(); for (let i = 0; i < n; i++) list.push(i); return list',
    '(list) => list.indexOf(-1)',
  ),
  'an heir of Map, walked from outside': linear(
    'class Table extends Map {} const t = new Table(); for (let i = 0; i < n; i++) t.set(i, i); return t',
    '(t) => t.forEach(() => {})',
  ),
  'a new typed array': linear('return () => new Float64Array(n).length'),
  'a typed array of an array': linear(`${big} return () => new Float64Array(big)[0]`),
  'a copy of bytes': linear(`${bigBytes} return () => bytes.slice().length`),
  'fill of bytes': linear(`${bigBytes} return (i) => bytes.fill(i)[0]`),
  'set of bytes': linear(`${bigBytes} const other = new Uint8Array(n); return () => other.set(bytes)`),
  'indexOf in bytes': linear(`${bigBytes} return () => bytes.indexOf(1)`),
  'sort of bytes': { steps: 'O(n log n)', code: `${bigBytes} return () => bytes.sort()[0]` },
  'a new shared buffer': linear('return () => new SharedArrayBuffer(n).byteLength'),
  'copy of a buffer': linear(`${bigBytes} return () => bytes.buffer.slice(0).byteLength`),
  'a regular expression': linear(`${bigText} return () => /y/.test(text)`),
  'a regular expression, by replace': linear(`${bigText} return () => text.replace(/x/g, '').length`),
  'a sticky pattern that looks ahead': linear(`${bigText} return () => /(?=[^]*y)/y.test(text)`),
  'a pattern that looks back': linear(
    `${bigText} const end = /(?<!y.*)$/g; return () => { end.lastIndex = n; return end.test(text) }`,
  ),
  'a search in text': linear(`${bigText} return () => text.includes('y')`),
  'a split of text': linear(`${bigText} return () => text.split('').length`),
  'characters of text': linear(`${bigText} return () => [...text].length`),
  'repeated text': linear("return () => 'x'.repeat(n).length"),
  'padded text': linear("return () => 'x'.padStart(n).length"),
  'text encoded': linear(`${bigText} return () => new TextEncoder().encode(text).length`),
  'text that is joined and read': linear(
    `let text = 'x'.repeat(n); return () => { text += 'x'; return text.charCodeAt(0) }`,
  ),
  'text built by a loop': linear("return () => { let s = ''; for (let i = 0; i < n; i++) s += 'x'; return s.length }"),
  'a joined key of a Map': linear(`${bigText} const map = new Map(); return (i) => map.get(text + i)`),
}

export const HONEST: Readonly<Record<string, Piece>> = {
  'a counter': constant('let c = 0; return () => ++c'),
  'a ring': constant(
    'const ring = new Float64Array(n); let at = 0; return (i) => { ring[at] = i; at = (at + 1) % n; return ring[at] }',
  ),
  'a Map': constant('const map = new Map(); return (i) => { map.set(i % n, i); return map.get((i * 7) % n) ?? 0 }'),
  'a Set that is emptied': constant(
    'const set = new Set(); return (i) => { set.add(i % n); set.delete((i * 7) % n); return set.has(3) }',
  ),
  'keys of text': constant(
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code
    'const map = new Map(); return (i) => { const k = `client:${i % n}`; map.set(k, (map.get(k) ?? 0) + 1); return k === "client:0" }',
  ),
  'an array as a stack': constant(
    'const stack = []; return (i) => { stack.push(i); if (i % 3 === 0) stack.pop(); return stack.at(-1) ?? 0 }',
  ),
  'a swap': constant(
    `${big} return (i) => { const j = (i * 7) % n; [big[0], big[j]] = [big[j], big[0]]; return big[0] }`,
  ),
  'a handful of objects': constant(
    'return (i) => { const a = { i, x: 1 }; const { x, ...rest } = { ...a, y: 2 }; return rest.i + x }',
  ),
  'a list with a Map': constant(
    `const head = {}; head.next = head.prev = head; const map = new Map()
    const out = (e) => { e.prev.next = e.next; e.next.prev = e.prev }
    const front = (e) => { e.next = head.next; e.prev = head; e.next.prev = e; head.next = e }
    return (i) => { const k = (i * 7919) % (2 * n); let e = map.get(k); if (e) out(e); else { if (map.size >= n) { const old = head.prev; out(old); map.delete(old.k) } e = { k }; map.set(k, e) } front(e); return map.size }`,
  ),
  'an array that doubles': constant(
    'let store = new Array(4), size = 0; return (i) => { if (size === store.length) { const more = new Array(2 * size); for (let j = 0; j < size; j++) more[j] = store[j]; store = more } store[size++] = i; return size }',
  ),
  'a queue of two stacks': constant(
    'let a = [], b = []; return (i) => { a.push(i, i); if (b.length === 0) while (a.length > 0) b.push(a.pop()); return b.pop() }',
  ),
  'JSON of a tree that knows its parent, and says what it is': constant(
    'const parent = { many: Array.from({ length: n }, () => ({})) }; const child = { parent, toJSON: () => 1 }; parent.child = child; return () => JSON.stringify(child)',
  ),
  'JSON of what a replacer leaves out': constant(
    'const a = { x: 1, many: Array.from({ length: n }, () => ({})) }; a.self = a; return () => JSON.stringify(a, (key, value) => (key === "self" || key === "many" ? undefined : value))',
  ),
  'a cycle, which JSON refuses': constant(
    'const a = {}; a.self = a; return () => { try { return JSON.stringify(a) } catch (error) { return error.name } }',
  ),
  'JSON of the names in a list': constant(
    'const a = { x: 1, many: Array.from({ length: n }, () => ({})) }; return () => JSON.stringify(a, ["x"])',
  ),
  'a list of its own, with a private length': constant(
    'class V { #n = 0; get length() { return this.#n } set length(n) { this.#n = n } }; const v = new V(); return (i) => { Array.prototype.push.call(v, i); return v.length }',
  ),
  'a prototype that is none': constant('return (i) => ({ __proto__: 5, i }).i'),
  'an awaited answer': constant('let c = 0; return async () => { await 0; return ++c }'),
  'a Map that is cleared': constant(
    'const map = new Map(); return (i) => { map.set(i, i); if (map.size > n) map.clear(); return i }',
  ),
  'an iterator that goes on': constant(
    `${bigMap} let it = map.keys(); return () => { let r = it.next(); if (r.done) { it = map.keys(); r = it.next() } return r.value }`,
  ),
  'bits of a number': constant('let bits = 0; return (i) => { bits |= 1 << (i & 31); return (bits >>> 3) & 1 }'),
  '64 bits': constant(
    'let h = 1n; return (i) => { h = BigInt.asUintN(64, (h ^ BigInt(i)) * 1099511628211n); return Number(h & 255n) }',
  ),
  'a sticky scan': constant(
    "const text = 'ab '.repeat(n), word = /[ab]+ ?/y; return () => { const m = word.exec(text); return m?.[0] ?? '' }",
  ),
  'a sticky scan that looks one character ahead': constant(
    "const text = 'ab '.repeat(n), word = /[ab](?=[a-z+*]|\\))/y; return () => { word.lastIndex = 0; return word.test(text) }",
  ),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code
  'a log of text that nobody reads': constant("let log = ''; return (i) => { log += `${i};`; return log.length > 0 }"),
  'a binary search': logarithmic(
    `${big} return (i) => { const x = (i * 7919) % n; let lo = 0, hi = n; while (lo < hi) { const mid = (lo + hi) >>> 1; if (big[mid] < x) lo = mid + 1; else hi = mid } return lo }`,
  ),
  'a binary search, called again and again': logarithmic(
    `${big} const find = (x, lo, hi) => { if (lo >= hi) return lo; const mid = (lo + hi) >>> 1; return big[mid] < x ? find(x, mid + 1, hi) : find(x, lo, mid) }; return (i) => find((i * 7919) % n, 0, n)`,
  ),
  'a heap': logarithmic(
    `const h = []
    const up = (i) => { while (i > 0) { const p = (i - 1) >> 1; if (h[p] <= h[i]) return; [h[p], h[i]] = [h[i], h[p]]; i = p } }
    const down = (i) => { for (;;) { let m = i; const l = 2 * i + 1; if (l < h.length && h[l] < h[m]) m = l; if (l + 1 < h.length && h[l + 1] < h[m]) m = l + 1; if (m === i) return; [h[m], h[i]] = [h[i], h[m]]; i = m } }
    for (let i = 0; i < n; i++) { h.push(random()); up(i) }
    return () => { const top = h[0]; h[0] = random(); down(0); return top > 0 }`,
  ),
  'blocks of the root': {
    steps: 'O(√n)',
    code: 'const width = Math.ceil(Math.sqrt(n)); return () => { let s = 0; for (let i = 0; i < width; i++) s += i; return s }',
  },
  // As the contract has it: one walk over the text, and what is walked twice is not counted.
  'a regular expression that turns back': linear(`${bigText} return () => (/x*y/.test(text) ? 1 : 0)`),
  'numbers counted up and down, and told apart': constant(
    'let at = 0; const o = { n: 5 }; return (i) => { at++; --o.n; switch (i & 1) { case 0: return at; default: return o.n } }',
  ),
  'a loop': linear('return () => { let s = 0; for (let i = 0; i < n; i++) s += i; return s }'),
  'a scan that ends at random': linear(`${big} return () => big.indexOf(Math.floor(random() * n))`),
  'a filter': linear(`${big} return (i) => big.filter((x) => x > i).length`),
  'text made from n parts': linear(
    "return () => { const parts = []; for (let i = 0; i < n; i++) parts.push('x'); return parts.join('').length }",
  ),
  'two loops': {
    steps: 'O(n²)',
    code: 'return () => { let s = 0; for (let i = 0; i < n / 8; i++) for (let j = 0; j < n / 8; j++) s++; return s }',
  },
}
