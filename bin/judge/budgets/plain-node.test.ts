// Bytes hold for ordinary Node: the same code costs the same in the closed realm as in a process that nobody has closed,
// started with the same flags and read by the same probe.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FLAGS } from '../../sandbox/profile.ts'
import { DEARER_IDIOMS, IDIOMS } from './idioms-fixture.ts'
import { measured } from './subject-fixture.ts'

const SUBJECT = join(import.meta.dirname, '../../sandbox/subject')

const dearer = Object.entries(DEARER_IDIOMS)
const codes = [...Object.values(IDIOMS), ...dearer.map(([, { code }]) => code)]
const names = [...Object.keys(IDIOMS), ...dearer.map(([name]) => name)]
const script = `let kept\n${codes.map((code, i) => `export const k${i} = (() => { ${code} })()`).join('\n')}`
const budgets = `[${codes.map((_, i) => `{ name: 'k${i}', given: (kata) => kata.k${i}, when: (call, i) => call(i), bytesPerCall: 0 }`).join()}]`

/** Opens the bytes probe as a subject does, and closes nothing. */
const PLAIN = `
  import { registerHooks } from 'node:module'
  import { openProbe } from './probes/bytes.mjs'
  const modules = new Map()
  registerHooks({
    resolve: (specifier, context, next) => modules.has(specifier) ? { url: specifier, format: 'module', shortCircuit: true } : next(specifier, context),
    load: (url, context, next) => modules.has(url) ? { format: 'module', source: modules.get(url), shortCircuit: true } : next(url, context),
  })
  const probe = openProbe({
    refuel() {},
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    importText(url, source) { modules.set(url, source); return import(url) },
  })
  modules.set('kata:/kata', process.argv[1])
  modules.set('kata:/budgets', 'export default ' + process.argv[2])
  const kata = await import('kata:/kata')
  const all = []
  for (const budget of (await import('kata:/budgets')).default) all.push(await probe.measure(budget, kata, { seed: 1 }))
  console.log(JSON.stringify(all))`

/** No zero below zero. */
const whole = (raw: unknown) => Math.round((raw as { bytes: number }).bytes) + 0

test('everyday code costs what it costs in ordinary Node, to the byte', { timeout: 600_000 }, async () => {
  const plain = JSON.parse(
    execFileSync(process.execPath, [...FLAGS.bytes, '--input-type=module', '-e', PLAIN, script, budgets], {
      cwd: SUBJECT,
      encoding: 'utf8',
    }),
  ).map(whole) as number[]
  const closed = (await measured('bytes', script, budgets)).map(whole)
  expect(closed.length).toBe(names.length)
  const difference = (name: string, i: number) => [name, (closed[i] ?? 0) - (plain[i] ?? 0)] as const
  const found = Object.fromEntries(names.map(difference).filter(([, bytes]) => bytes !== 0))
  expect(found).toEqual(Object.fromEntries(dearer.map(([name, { by }]) => [name, by])))
  // The smallest piece that was ever unfair.
  expect(closed[0]).toBe(0)
  // Nothing that is free anywhere is dearer here.
  for (const [i, bytes] of plain.entries()) if (bytes === 0) expect(closed[i], names[i]).toBe(0)
})
