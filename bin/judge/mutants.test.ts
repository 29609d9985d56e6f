import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { parse } from 'acorn'
import { expect, test } from 'vitest'
import { mutants } from './mutants.ts'

const SOURCE = `import { a } from './404.ts'
type Level = 0 | 1
const CODES = { 404: 'not ' + 'found' } as Record<404, string>
const MASK = 0x0fn

export class Counter extends Object {
  #count = 1_000

  constructor(options: { start?: number; big: -1 }) {
    super()
    this.#count = options.start ?? 7
    if (this.#count < 0) throw new RangeError(\`below \${0 + this.#count}\`)
  }

  async run<T extends 0 | 1>(work: (n: number) => Promise<T>, deep = false): Promise<T | undefined> {
    for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 2) this.#count += -i
    while (!deep && this.#count !== 5) this.#count--
    const label = 'n = ' + this.#count
    await work(Math.floor(this.#count % 2))
    this.fail(
      label,
      new TypeError('wrong ' + 1),
    )
    return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
  }

  fail(...args: unknown[]): void {}
}
`

test('every slip of the set, in order, and none in types, texts, errors and keys', () => {
  const found = mutants(SOURCE).map(({ id, before, after }) => `${id}\n    ${before}\n    ${after}`)
  expect(found.join('\n')).toMatchInlineSnapshot(`
    "4:14 0x0fn → 16n
        const MASK = 0x0fn
        const MASK = 16n
    4:14 0x0fn → 14n
        const MASK = 0x0fn
        const MASK = 14n
    7:12 1_000 → 1001
        #count = 1_000
        #count = 1001
    7:12 1_000 → 999
        #count = 1_000
        #count = 999
    11:5 this.#count = options.start ?? 7 deleted
        this.#count = options.start ?? 7
        ;
    11:36 7 → undefined
        this.#count = options.start ?? 7
        this.#count = options.start ?? undefined
    11:36 7 → 8
        this.#count = options.start ?? 7
        this.#count = options.start ?? 8
    11:36 7 → 6
        this.#count = options.start ?? 7
        this.#count = options.start ?? 6
    12:9 this.#count < 0 → true
        if (this.#count < 0) throw new RangeError(\`below \${0 + this.#count}\`)
        if (true) throw new RangeError(\`below \${0 + this.#count}\`)
    12:9 this.#count < 0 → false
        if (this.#count < 0) throw new RangeError(\`below \${0 + this.#count}\`)
        if (false) throw new RangeError(\`below \${0 + this.#count}\`)
    12:21 < → <=
        if (this.#count < 0) throw new RangeError(\`below \${0 + this.#count}\`)
        if (this.#count <= 0) throw new RangeError(\`below \${0 + this.#count}\`)
    12:23 0 → 1
        if (this.#count < 0) throw new RangeError(\`below \${0 + this.#count}\`)
        if (this.#count < 1) throw new RangeError(\`below \${0 + this.#count}\`)
    15:70 false → true
        async run<T extends 0 | 1>(work: (n: number) => Promise<T>, deep = false): Promise<T | undefined> {
        async run<T extends 0 | 1>(work: (n: number) => Promise<T>, deep = true): Promise<T | undefined> {
    16:18 0 → 1
        for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 2) this.#count += -i
        for (let i = 1, n = 9; i < Math.min(n, 3); i++, n -= 2) this.#count += -i
    16:25 9 → 10
        for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 2) this.#count += -i
        for (let i = 0, n = 10; i < Math.min(n, 3); i++, n -= 2) this.#count += -i
    16:25 9 → 8
        for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 2) this.#count += -i
        for (let i = 0, n = 8; i < Math.min(n, 3); i++, n -= 2) this.#count += -i
    16:28 i < Math.min(n, 3) → false
        for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 2) this.#count += -i
        for (let i = 0, n = 9; false; i++, n -= 2) this.#count += -i
    16:30 < → <=
        for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 2) this.#count += -i
        for (let i = 0, n = 9; i <= Math.min(n, 3); i++, n -= 2) this.#count += -i
    16:37 min → max
        for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 2) this.#count += -i
        for (let i = 0, n = 9; i < Math.max(n, 3); i++, n -= 2) this.#count += -i
    16:44 3 → 4
        for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 2) this.#count += -i
        for (let i = 0, n = 9; i < Math.min(n, 4); i++, n -= 2) this.#count += -i
    16:44 3 → 2
        for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 2) this.#count += -i
        for (let i = 0, n = 9; i < Math.min(n, 2); i++, n -= 2) this.#count += -i
    16:58 2 → 3
        for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 2) this.#count += -i
        for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 3) this.#count += -i
    16:58 2 → 1
        for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 2) this.#count += -i
        for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 1) this.#count += -i
    16:61 this.#count += -i deleted
        for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 2) this.#count += -i
        for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 2) ;
    16:73 += → -=
        for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 2) this.#count += -i
        for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 2) this.#count -= -i
    16:76 - removed
        for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 2) this.#count += -i
        for (let i = 0, n = 9; i < Math.min(n, 3); i++, n -= 2) this.#count += i
    17:12 !deep && this.#count !== 5 → false
        while (!deep && this.#count !== 5) this.#count--
        while (false) this.#count--
    17:12 ! removed
        while (!deep && this.#count !== 5) this.#count--
        while (deep && this.#count !== 5) this.#count--
    17:18 && → ||
        while (!deep && this.#count !== 5) this.#count--
        while (!deep || this.#count !== 5) this.#count--
    17:33 !== → ===
        while (!deep && this.#count !== 5) this.#count--
        while (!deep && this.#count === 5) this.#count--
    17:37 5 → 6
        while (!deep && this.#count !== 5) this.#count--
        while (!deep && this.#count !== 6) this.#count--
    17:37 5 → 4
        while (!deep && this.#count !== 5) this.#count--
        while (!deep && this.#count !== 4) this.#count--
    17:40 this.#count-- deleted
        while (!deep && this.#count !== 5) this.#count--
        while (!deep && this.#count !== 5) ;
    17:51 -- → ++
        while (!deep && this.#count !== 5) this.#count--
        while (!deep && this.#count !== 5) this.#count++
    19:5 await work(Math.floor(this.#count % 2)) deleted
        await work(Math.floor(this.#count % 2))
        ;
    19:5 await removed
        await work(Math.floor(this.#count % 2))
        work(Math.floor(this.#count % 2))
    19:21 floor → ceil
        await work(Math.floor(this.#count % 2))
        await work(Math.ceil(this.#count % 2))
    19:39 % → *
        await work(Math.floor(this.#count % 2))
        await work(Math.floor(this.#count * 2))
    19:41 2 → 3
        await work(Math.floor(this.#count % 2))
        await work(Math.floor(this.#count % 3))
    19:41 2 → 1
        await work(Math.floor(this.#count % 2))
        await work(Math.floor(this.#count % 1))
    20:5 this.fail( label, new TypeError('wrong … deleted
        this.fail(
        ;
    24:12 deep → true
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
        return true ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
    24:12 deep → false
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
        return false ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
    24:36 CODES[404].length >= 8 → true
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
        return deep ? undefined : work(true ? 1 : 2 * 3)
    24:36 CODES[404].length >= 8 → false
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
        return deep ? undefined : work(false ? 1 : 2 * 3)
    24:42 404 → 405
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
        return deep ? undefined : work(CODES[405].length >= 8 ? 1 : 2 * 3)
    24:42 404 → 403
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
        return deep ? undefined : work(CODES[403].length >= 8 ? 1 : 2 * 3)
    24:54 >= → >
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
        return deep ? undefined : work(CODES[404].length > 8 ? 1 : 2 * 3)
    24:57 8 → 9
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
        return deep ? undefined : work(CODES[404].length >= 9 ? 1 : 2 * 3)
    24:57 8 → 7
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
        return deep ? undefined : work(CODES[404].length >= 7 ? 1 : 2 * 3)
    24:61 1 → 2
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
        return deep ? undefined : work(CODES[404].length >= 8 ? 2 : 2 * 3)
    24:61 1 → 0
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
        return deep ? undefined : work(CODES[404].length >= 8 ? 0 : 2 * 3)
    24:65 2 → 3
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 3 * 3)
    24:65 2 → 1
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 1 * 3)
    24:67 * → /
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 / 3)
    24:69 3 → 4
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 4)
    24:69 3 → 2
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 3)
        return deep ? undefined : work(CODES[404].length >= 8 ? 1 : 2 * 2)"
  `)
})

test('what would not parse is left out', () => {
  const ids = (source: string) => mutants(source).map(({ id }) => id)
  expect(ids('export const a = (b: number, c: number) => b+-c\n')).toEqual(['1:46 - removed'])
})

const solution = readFileSync(new URL('../../solutions/2-foundation/token-bucket.ts', import.meta.url), 'utf8')

test.each([
  ['the sample', SOURCE],
  ['a real solution', solution],
])('mutants of %s: all differ, all run on the same Node, each says where it differs', (_, source) => {
  const all = mutants(source)
  expect(all.length).toBeGreaterThan(40)
  expect(new Set([source, ...all.map((mutant) => mutant.source)]).size).toBe(all.length + 1)
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    for (const { id, line, before, after, source: mutated } of all) {
      expect(
        () => parse(stripTypeScriptTypes(mutated), { ecmaVersion: 'latest', sourceType: 'module' }),
        id,
      ).not.toThrow()
      expect([source, mutated].map((text) => text.split('\n')[line - 1]?.trim())).toEqual([before, after])
      expect(after, id).not.toBe(before)
    }
  } finally {
    process.emitWarning = emitWarning
  }
})
