// The gauge is felt by loops alone: an instrumented program computes what the plain one does, on the same lines.

import { readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { parse } from 'acorn'
import { describe, expect, test } from 'vitest'
import { instrument, visit, withMarks } from './instrument.ts'
import { SNIPPETS } from './snippets-fixture.ts'

const COURSE = join(import.meta.dirname, '../..')
const OPTIONS = {
  ecmaVersion: 'latest',
  sourceType: 'module',
  locations: true,
  allowReturnOutsideFunction: true,
} as const
const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<unknown>

/** Runs a function body, strict as a module is; with the gauge, every call of it is noted. */
async function run(code: string, how: 'plain' | 'burn' | 'mark'): Promise<{ result: unknown; lines: number[] }> {
  const lines: number[] = []
  const program = parse(code, OPTIONS)
  const text = how === 'plain' ? code : (how === 'burn' ? instrument : withMarks)(code, program)
  const [, name = 'unused', body] = /^import\{\w+ as (\S+?)\}from'kata:\/engine';([\s\S]*)$/.exec(text) ?? [
    text,
    'unused',
    text,
  ]
  const result = await new AsyncFunction(name, `'use strict';${body ?? text}`)(
    (line: number) => void lines.push(line),
  ).catch((error: unknown) => `threw ${error}`)
  return { result, lines }
}

describe('an instrumented program', () => {
  test.each(Object.entries(SNIPPETS))('%s', async (_, code) => {
    const { result } = await run(code, 'plain')
    expect(String(result)).not.toMatch(/^threw SyntaxError/)
    expect((await run(code, 'burn')).result).toEqual(result)
    expect((await run(code, 'mark')).result).toEqual(result)
  })

  test('calls the gauge at each entry and each pass, with the line', async () => {
    const code = 'const f = (x) => x\nlet n = 0\nfor (const x of [1, 2])\n  n += f(x)\nwhile (n < 5)\n  n++\nreturn n'
    expect((await run(code, 'burn')).lines).toEqual([3, 1, 3, 1, 5, 5])
  })

  test('marks each statement, with the line', async () => {
    const code = 'let n = 1\nif (n) {\n  n++\n}\nswitch (n) {\n  case 2:\n    n++\n}\nreturn n'
    expect((await run(code, 'mark')).lines).toEqual([1, 2, 3, 5, 7, 9])
  })

  test('begins for a shell if it did before', () => {
    const code = '#!/usr/bin/env node\nlet a = 1'
    expect(instrument(code, parse(code, OPTIONS))).toBe(
      "import{burn as burn$}from'kata:/engine';///usr/bin/env node\nlet a = 1",
    )
  })
})

describe('the name of the gauge', () => {
  const nameIn = (code: string) => /burn as (\S+?)\}/.exec(instrument(code, parse(code, OPTIONS)))?.[1]

  test('is none that the program uses, however it is spelt', () => {
    expect(nameIn('f()')).toBe('burn$')
    expect(nameIn('const burn$ = 1')).toBe('burn$2')
    expect(nameIn('const burn\\u0024 = burn$2')).toBe('burn$3')
    expect(nameIn('const \\u{62}urn$ = 1')).toBe('burn$2')
    expect(nameIn('"burn$"')).toBe('burn$')
  })

  test('stays short, whatever the program is called', () => {
    expect(nameIn(`const burn${'$'.repeat(10_000)} = 1`)).toBe('burn$')
  })
})

describe('every program of the course', () => {
  const folders = ['solutions', 'katas', 'graders']
  const files = folders
    .flatMap((folder) =>
      readdirSync(join(COURSE, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(COURSE, folder, name),
      ),
    )
    .filter(
      (file) =>
        file.endsWith('.ts') &&
        !file.includes('rejected-source') &&
        !file.endsWith('.test.ts') &&
        !file.includes('kit'),
    )

  test('stays on its lines and changes nowhere else', () => {
    expect(files.length).toBeGreaterThan(20)
    for (const file of files) {
      const script = stripTypeScriptTypes(readFileSync(file, 'utf8'))
      for (const [weave, added] of [
        [instrument, /^import\{\w+ as \S+?\}from'kata:\/engine';|burn\$\(\d+\)[;,]/gm],
        [withMarks, /^import\{\w+ as \S+?\}from'kata:\/engine';|;mark\$\(\d+\);/gm],
      ] as const) {
        const woven = weave(script, parse(script, OPTIONS))
        expect(() => parse(woven, OPTIONS), file).not.toThrow()
        expect(woven.split('\n').length, file).toBe(script.split('\n').length)
        expect(woven.replace(added, '').replace(/[(){}]/g, ''), file).toBe(script.replace(/[(){}]/g, ''))
      }
    }
  })

  test('has a gauge in every loop and function', () => {
    for (const file of files) {
      const script = stripTypeScriptTypes(readFileSync(file, 'utf8'))
      const program = parse(script, OPTIONS)
      let places = 0
      visit(program, ({ type }) => {
        if (/^(For.*|While|DoWhile)Statement$|Function/.test(type)) places++
      })
      expect(instrument(script, program).match(/burn\$\(\d+\)/g) ?? [], file).toHaveLength(places)
    }
  })
})
