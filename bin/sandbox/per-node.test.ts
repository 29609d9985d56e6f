import { expect, test } from 'vitest'
import { perNode } from './per-node.ts'

/** What each of so many evaluations exports. */
async function evaluated(script: string, times = 1): Promise<Record<string, unknown>[]> {
  const module = (await import(`data:text/javascript,${encodeURIComponent(perNode(script))}`)) as Record<
    string,
    () => Record<string, unknown>
  >
  const afresh = module['kata: evaluate afresh'] as () => Record<string, unknown>
  return Array.from({ length: times }, () => afresh())
}

test('every way to export is kept, and its value is the one of that moment', async () => {
  const [exports = {}] = await evaluated(`
    export const a = 1, { b, c: [d, ...e], f = 6 } = { b: 2, c: [4, 5] }
    export function g() { return 7 }
    export async function* h() {}
    export class I { static i = 9 }
    export let j = 10
    const k = 11, l = 12
    export { k, l as m, l as 'with spaces' }
    export function later() { j++ }
    export default class extends I {}
  `)
  expect(Object.keys(exports).sort()).toEqual(
    ['I', 'a', 'b', 'd', 'default', 'e', 'f', 'g', 'h', 'j', 'k', 'later', 'm', 'with spaces'].sort(),
  )
  expect([exports['a'], exports['b'], exports['d'], exports['e'], exports['f']]).toEqual([1, 2, 4, [5], 6])
  expect((exports['g'] as () => number)()).toBe(7)
  expect((exports['default'] as { i: number }).i).toBe(9)
  expect([exports['k'], exports['m'], exports['with spaces']]).toEqual([11, 12, 12])
  ;(exports['later'] as () => void)()
  expect(exports['j']).toBe(11)
})

test.each([
  ['export default function named() { return named.name }', 'named'],
  ['export default function () { return "none" }', 'none'],
  ['export default () => "arrow" // a comment at the end', 'arrow'],
])('%s', async (script, expected) => {
  const [exports = {}] = await evaluated(script)
  expect((exports['default'] as () => string)()).toBe(expected)
})

test('each evaluation has variables of its own, and so have the classes in it', async () => {
  const [one = {}, other = {}] = await evaluated('let n = 0; export const next = () => ++n; export class Box {}', 2)
  const next = (exports: Record<string, unknown>) => (exports['next'] as () => number)()
  expect([next(one), next(one), next(other)]).toEqual([1, 2, 1])
  expect(one['Box']).not.toBe(other['Box'])
})

test('what fails while it is loaded fails while it is loaded', async () => {
  await expect(evaluated('export const a = 1\nthrow new Error("at the top")')).rejects.toThrow('at the top')
})

test('lines and columns stay where they are', () => {
  const script = 'import{burn as b}from"x";\n\nexport const a = 1\nexport {\n  a as c,\n}\nexport default class {}\n'
  const made = perNode(script)
  for (const [i, line] of script.split('\n').entries())
    if (line.includes('const')) expect(made.split('\n')[i]).toBe('       const a = 1')
  expect(made.split('\n')[6]).toMatch(/class \{\}$/)
})
