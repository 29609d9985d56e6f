// A program whose statements stand in functions of their own computes what the plain one does, on the same lines.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'acorn'
import { expect, test } from 'vitest'
import { nameAllocations } from './name-allocations.ts'
import { SNIPPETS } from './snippets-fixture.ts'
import { stripTypes } from './strip.ts'

const COURSE = join(import.meta.dirname, '../..')
const OPTIONS = {
  ecmaVersion: 'latest',
  sourceType: 'module',
  locations: true,
  allowReturnOutsideFunction: true,
  allowAwaitOutsideFunction: true,
} as const
const AsyncFunction = (async () => {}).constructor as new (text: string) => () => Promise<unknown>

const named = (code: string) => nameAllocations(code, parse(code, OPTIONS))
const run = (text: string) => new AsyncFunction(`'use strict';${text}`)().catch((error: unknown) => `threw ${error}`)

test.each(Object.entries(SNIPPETS))('%s', async (what, code) => {
  // A function in a function has no name of its own, and is asked for none here.
  if (what === 'names of functions') return
  expect(await run(named(code))).toEqual(await run(code))
})

test('every program of the course stays on its lines', () => {
  const files = readdirSync(join(COURSE, 'solutions'), { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const stripped = stripTypes(readFileSync(join(COURSE, 'solutions', file), 'utf8'))
    if (!stripped.ok) throw new Error(file)
    const text = named(stripped.script)
    expect(text.split('\n').length, file).toBe(stripped.script.split('\n').length)
    expect(() => parse(text, OPTIONS), file).not.toThrow()
    expect(text, file).toMatch(/at\$\d+/)
  }
})

test('names each statement by its line', () => {
  expect(named('let a = [1]\na = { b: 1 }\n')).toBe(
    'let a = ({at$1:()=>([1])}).at$1()\nvoid ({at$2:()=>(a = { b: 1 })}).at$2()\n',
  )
})

test('names what a pattern makes by its line, and nothing where it makes nothing', () => {
  const inside = (code: string) =>
    named(`() => {${code}}`).slice('void ({at$1:()=>(() => {'.length, -')}).at$1()'.length - 1)
  expect(inside('const { a, b } = f()')).toBe('const { a, b } = ({at$1:()=>(f())}).at$1()')
  expect(inside('const { a, ...b } = f()')).toBe(
    'let    a,b,$into13={at$1:($value)=>{({ a, ...b }=$value)}},$done13 = $into13.at$1(({at$1:()=>(f())}).at$1())',
  )
  expect(inside('let[a] = b')).toBe('let a,$into10={at$1:($value)=>{([a]=$value)}},$done10 = $into10.at$1(b)')
  // Where there are several such lines, the first of the pattern.
  expect(inside('var {\na,\nb = [a],\n} = f')).toContain('{at$3:')
  expect(inside('var {\na,\nb = [a],\n...c\n} = f')).toContain('{at$1:')
  // Each pass of a loop has variables of its own; what is bound to its function stays there.
  for (const code of ['for (const [a] = b;;) c(a)', 'for (const [a] of b) c(a)'])
    expect(inside(code)).not.toContain('$into')
  expect(named('async () => { const [a = await 1] = b }')).not.toContain('$into')
  expect(named('const [a] = b')).toBe('const [a] = b')
  // No name of the program's is taken.
  expect(inside('const [$$value] = b')).toContain('$$$into')
})
