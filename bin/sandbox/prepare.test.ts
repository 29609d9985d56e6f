// What reaches a subject: the learner's lines, the gauge, and no import but the declared ones.

import { describe, expect, test } from 'vitest'
import { importsOf, marked, prepareSubmission } from './prepare.ts'

const prepare = (source: string, mayImport: readonly string[] = []) => prepareSubmission('9-x/y', source, mayImport)
const problems = (source: string) => {
  const prepared = prepare(source)
  return prepared.ok ? [] : prepared.problems
}

describe('refused', () => {
  test.each([
    ["import { readFileSync } from 'node:fs'"],
    ["import 'node:fs'"],
    ["export * from 'node:fs'"],
    ["export { readFileSync } from 'node:fs'"],
    ["import data from './data.json' with { type: 'json' }"],
    ["import { burn } from 'kata:/engine'"],
    ["const later = () => import('node:fs')"],
    ['const here = import.meta.url'],
    ["const here = import\n  .meta['url']"],
  ])('%s', (text) => {
    expect(problems(`const a = 1\n${text}\n`)).toMatchObject([{ kind: 'intake', line: 2 }])
  })

  test('a thousand times over: ten are told', () => {
    expect(problems('import.meta\n'.repeat(1_000))).toHaveLength(10)
  })

  test('and an escape in a name does not reach the screen', () => {
    expect(problems("import '\\u001b[2J\\u202e'")[0]?.message).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u)
  })

  test('with a place, by stripper and parser alike', () => {
    expect(problems('let a = 1\nenum B {}')).toMatchObject([{ kind: 'syntax', line: 2 }])
    expect(problems('let a = 1\n let a = 2')).toMatchObject([{ kind: 'syntax', line: 2, column: 6 }])
  })
})

test('what the stub imports may be imported', () => {
  const stub = "import type { A } from './a.ts'\nimport { b } from './b.ts'\nexport const c: A = b"
  expect(importsOf(stub)).toEqual(['./b.ts'])
  expect(prepare("import { b } from './b.ts'\nnew.target", ['./b.ts']).ok).toBe(false) // new.target is no syntax here
  expect(prepare("import { b } from './b.ts'\nfunction f() { return new.target }", ['./b.ts']).ok).toBe(true)
})

test('a long list, a long chain and many functions are no trouble', () => {
  expect(prepare(`export const a = [${'0,'.repeat(30_000)}]`).ok).toBe(true)
  expect(prepare(`export const a = ${'1+'.repeat(3_000)}1`)).toBeDefined()
  expect(prepare(`export const a = [${'()=>0,'.repeat(10_000)}]`).ok).toBe(true)
})

test('a program whose names all begin like the gauge grows no name of its own to match', () => {
  const prepared = prepare(`const burn$ = 1; export const ${`burn${'$'.repeat(30_000)}`} = [${'()=>0,'.repeat(4_000)}]`)
  expect(JSON.stringify(prepared).length).toBeLessThan(200_000)
})

test('what is run again marks its statements; what cannot be parsed again runs as it is', () => {
  const prepared = prepare('export function f() {\n  g()\n  return 1\n}\nfunction g() {}\n')
  const [script = ''] = Object.values(marked(prepared.ok ? prepared.modules : {}))
  expect(script).toMatch(/\n {2};mark\$\(2\);g\(\)\n {2};mark\$\(3\);return 1\n/)
  expect(marked({ url: 'no (program' })).toEqual({ url: 'no (program' })
})
