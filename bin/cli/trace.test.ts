// From a hidden suite that breaks a promise with a simulated run to what the learner sees of it, through the real judge and
// the real command line; and what becomes of a kept run that somebody has meddled with.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ASK_TWICE, ASK_TWICE_SOLUTION, type CourseCopy, changed, courseCopy } from './course-copy-fixture.ts'

let copy: CourseCopy
beforeAll(async () => {
  copy = await courseCopy()
})
afterAll(() => copy?.[Symbol.dispose]())

const FILE = `katas/${ASK_TWICE}.ts`
const NEVER_AGAIN = changed('return ask()', "return 'no'", ASK_TWICE_SOLUTION)
const kept = () => join(copy.ws, '.kata/traces/ask-twice.json')

test('a run that breaks a promise is in the report, is kept, and is forgotten when nothing breaks', async () => {
  copy.write(NEVER_AGAIN, FILE)
  const report = await copy.json(['check', 'ask-twice'])
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, 'report.schema.json'), 'utf8')) as object
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false })
  expect(ajv.validate(schema, report), JSON.stringify(ajv.errors)).toBe(true)
  const [, broken] = report['promises'] as Record<string, unknown>[]
  expect(broken).toMatchObject({
    verdict: 'wrong-answer',
    trace: {
      nodes: ['caller', 'service'],
      unit: 'step',
      events: expect.arrayContaining([{ at: 2, node: 1, what: 'receive', cause: 1 }]),
      broken: { event: 5, what: 'asked 1 times, not twice' },
    },
  })
  const screen = await copy.screen(['check', 'ask-twice'])
  expect(screen.split('\n').slice(1, -2).length).toBeLessThanOrEqual(20)
  await expect(screen).toMatchFileSnapshot('fixtures/screens/verdict.wrong-answer-with-a-run.txt')
  const drawn = [await copy.screen(['trace', 'ask-twice']), await copy.screen(['trace', 'ask-twice', '--plain'])]
  await expect(drawn.join('\n')).toMatchFileSnapshot('fixtures/screens/trace.txt')
  expect(await copy.screen(['trace', 'ask-twice', '--html', 'run.html'])).toContain('Written to run.html.')
  expect(readFileSync(join(copy.ws, 'run.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*asked 1 times, not twice/)
  expect(await copy.screen(['trace', 'ask-twice', '--html', 'no/run.html'])).toContain('[exit 64]')
  const { promise, trace, seed } = await copy.json(['trace', 'ask-twice'])
  expect({ promise, trace, seed }).toEqual({
    promise: broken?.['name'],
    trace: broken?.['trace'],
    seed: report['seed'],
  })

  // Another file's run is not the learner's.
  copy.write(ASK_TWICE_SOLUTION, 'right.ts')
  await copy.kata(['check', 'ask-twice', '--from', 'right.ts'])
  expect(existsSync(kept())).toBe(true)
  copy.write(ASK_TWICE_SOLUTION, FILE)
  await copy.kata(['check', 'ask-twice'])
  expect(await copy.screen(['trace', 'ask-twice'])).toBe(
    `$ kata trace ask-twice\nThe last check of ask-twice left no run to draw.\nJudge it: npx kata check ask-twice\n[exit 64]\n`,
  )
})

test('a kept run that is none is called damaged, whatever it holds', async () => {
  mkdirSync(join(copy.ws, '.kata/traces'), { recursive: true })
  const whole = { version: 1, promise: 'p', seed: 1, replay: 'r' }
  const trace = { nodes: ['a'], unit: 'ms', events: [{ at: 0, node: 0, what: 'boot' }] }
  for (const text of [
    '{',
    'null',
    JSON.stringify({ ...whole, trace: { ...trace, nodes: [] } }),
    JSON.stringify({ ...whole, trace: { ...trace, events: [{ at: 0, node: 1, what: 'boot' }] } }),
    JSON.stringify({ ...whole, trace, version: 2 }),
    JSON.stringify({ ...whole, trace, promise: 7 }),
  ]) {
    writeFileSync(kept(), text)
    const { code, err } = await copy.kata(['trace', 'ask-twice'])
    expect([code, err.includes('is damaged'), err.includes('kata check ask-twice')], text).toEqual([64, true, true])
  }
})
