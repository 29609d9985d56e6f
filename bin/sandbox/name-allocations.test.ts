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
