// Types are blanked out, and a source that breaks the stripper breaks it for itself alone.

import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { startStripper, stripTypes } from './strip.ts'

const honest = 'const a: number = 1\n'

test('every line and column stays', () => {
  expect(stripTypes(honest)).toEqual({ ok: true, script: 'const a         = 1\n' })
})

test('an objection has its place', () => {
  const stripped = stripTypes('const a = 1\nenum B { C }\n')
  expect(stripped).toMatchObject({ ok: false, message: expect.stringContaining('enum') })
  expect(stripped.ok ? '' : stripped.stack).toMatch(/^:2\n/)
})

test('a source that is nested too deeply is refused, and the next one is not harmed', () => {
  const nested = [
    ['(', '1', ')'],
    ['[', '', ']'],
    ['{a:', '1', '}'],
    ['class{a=', '1', '}'],
    ['`${', '1', '}`'],
  ].map(([open = '', core = '', close = '']) => `void ${open.repeat(8_000)}${core}${close.repeat(8_000)}`)
  for (const source of nested) {
    expect(stripTypes(source)).toMatchObject({ ok: false, message: expect.stringContaining('nested too deeply') })
    expect(stripTypes(honest)).toMatchObject({ ok: true })
  }
})

test('a wake-up call that comes late, when the next source is waited for, is not taken for an answer', async () => {
  const late = new Worker('for (;;) Atomics.notify(require("worker_threads").workerData, 0)', {
    eval: true,
    workerData: startStripper().signal,
  })
  try {
    for (let i = 0; i < 500; i++) expect(stripTypes(`${honest}//${i}`)).toMatchObject({ ok: true })
  } finally {
    await late.terminate()
  }
})
