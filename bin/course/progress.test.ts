import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, closeSync, ftruncateSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from './course-fixture.ts'
import { appendProgress, mergeProgress, type ProgressEvent, readProgress } from './progress.ts'

const event = (id: string, more: Partial<ProgressEvent> = {}): ProgressEvent => ({
  id,
  at: '2026-03-01T10:00:00.000Z',
  type: 'start',
  kata: 'token-bucket',
  ...more,
})
const idsIn = (file: string) => readProgress(file).events.map(({ id }) => id)

test('an absent file holds nothing; what is appended is read, with fields that we do not know', () => {
  using folder = tempFolder()
  const file = join(folder.path, 'deep', '.kata', 'progress.jsonl')
  expect(readProgress(file)).toEqual({ events: [], skipped: 0 })
  const one = event('one', { mood: { of: ['a', 'b'] } })
  appendProgress(file, one)
  appendProgress(file, event('two'))
  expect(readProgress(file)).toEqual({ events: [one, event('two')], skipped: 0 })
})

test('sorted by time across zones, then by id; each id once', () => {
  using folder = tempFolder()
  const file = join(folder.path, 'progress.jsonl')
  // 11:00 and 11:30 in UTC: neither their ids nor their texts are in that order with the others.
  appendProgress(file, event('b', { at: '2026-03-01T11:30:00Z' }))
  appendProgress(file, event('a', { at: '2026-03-01T12:00:00+01:00' }))
  appendProgress(file, event('z'))
  appendProgress(file, event('y'))
  appendProgress(file, event('y', { type: 'reveal' }))
  expect(idsIn(file)).toEqual(['y', 'z', 'a', 'b'])
  expect(readProgress(file).events[0]?.type).toBe('start')
})

test('lines that are no event are skipped and counted, others survive', () => {
  using folder = tempFolder()
  const file = join(folder.path, 'progress.jsonl')
  const broken = [
    '{"id":"x"',
    'null',
    '[]',
    '"text"',
    '{}',
    JSON.stringify(event('', {})),
    JSON.stringify(event('x'.repeat(129))),
    JSON.stringify(event('x', { at: 'yesterday' })),
    JSON.stringify(event('x', { at: '2026-13-01T10:00:00Z' })),
    JSON.stringify({ ...event('x'), kata: 7 }),
    JSON.stringify({ ...event('x'), type: undefined }),
    JSON.stringify(event('x', { note: 'n'.repeat(64 * 1024) })),
  ]
  const later = JSON.stringify({ ...event('x'), type: 'of-a-version-to-come' })
  const whole = JSON.stringify(event('whole'))
  writeFileSync(file, [...broken, '', later, `${whole}\r`, ''].join('\n'))
  expect(readProgress(file)).toEqual({ events: [event('whole')], skipped: broken.length })
})

test('a torn last line is ignored, and does not swallow what is appended after it', () => {
  using folder = tempFolder()
  const file = join(folder.path, 'progress.jsonl')
  appendProgress(file, event('one'))
  appendFileSync(file, '{"id":"torn","at":"20')
  expect(readProgress(file)).toEqual({ events: [event('one')], skipped: 0 })
  appendProgress(file, event('two'))
  expect(idsIn(file)).toEqual(['one', 'two'])
})

test('a last line that lost only its newline counts', () => {
  using folder = tempFolder()
  const file = join(folder.path, 'progress.jsonl')
  writeFileSync(file, JSON.stringify(event('one')))
  expect(idsIn(file)).toEqual(['one'])
  appendProgress(file, event('two'))
  expect(idsIn(file)).toEqual(['one', 'two'])
})

test('an event that could not be read again is not written', () => {
  using folder = tempFolder()
  const file = join(folder.path, 'progress.jsonl')
  expect(() => appendProgress(file, event('x', { note: 'n'.repeat(64 * 1024) }))).toThrow(RangeError)
  expect(readProgress(file).events).toEqual([])
})

test('one endless line of 100 MB is one skipped line, and events around it survive', () => {
  using folder = tempFolder()
  const file = join(folder.path, 'progress.jsonl')
  appendProgress(file, event('before'))
  const descriptor = openSync(file, 'r+')
  ftruncateSync(descriptor, 100 * 1024 * 1024) // a hole: zeros without a newline
  closeSync(descriptor)
  appendProgress(file, event('after'))
  expect(readProgress(file)).toEqual({ events: [event('after'), event('before')], skipped: 1 })
})

test('a file that no learner can have written is refused', () => {
  using folder = tempFolder()
  const file = join(folder.path, 'progress.jsonl')
  const descriptor = openSync(file, 'w')
  ftruncateSync(descriptor, 300 * 1024 * 1024)
  closeSync(descriptor)
  expect(() => readProgress(file)).toThrow('Move it away')
})

test('lines of any length at any place of a chunk are read alike', () => {
  using folder = tempFolder()
  const file = join(folder.path, 'progress.jsonl')
  const events = Array.from({ length: 200 }, (_, n) =>
    event(`e${String(n).padStart(3, '0')}`, { note: 'n'.repeat((n * 997) % 5000) }),
  )
  writeFileSync(file, events.map((each) => `${JSON.stringify(each)}\n`).join(''))
  expect(readProgress(file)).toEqual({ events, skipped: 0 })
})

const writer = `
  import { appendProgress } from ${JSON.stringify(new URL('./progress.ts', import.meta.url).href)}
  const [, file, name, count] = process.argv
  for (let n = 0; n < Number(count); n++) {
    appendProgress(file, { id: name + '-' + n, at: '2026-03-01T10:00:00Z', type: 'check', note: 'n'.repeat(n * 7) })
  }
`
async function appendInProcess(file: string, name: string, count: number): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', writer, file, name, String(count)], {
    stdio: 'inherit',
  })
  const [code] = await once(child, 'exit')
  return code
}
const idsOf = (names: readonly string[], count: number) =>
  names.flatMap((name) => Array.from({ length: count }, (_, n) => `${name}-${n}`))

test('four processes appending at once, and merges in between, lose nothing', async () => {
  using folder = tempFolder()
  const file = join(folder.path, 'progress.jsonl')
  const other = join(folder.path, 'other.jsonl')
  const names = ['a', 'b', 'c', 'd']
  const writers = Promise.all(names.map((name) => appendInProcess(file, name, 200)))
  let merged = 0
  let writing = true
  const ended = writers.finally(() => {
    writing = false
  })
  while (writing) {
    appendProgress(other, event(`merged-${merged}`))
    merged += mergeProgress(file, other).added
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(await ended).toEqual([0, 0, 0, 0])
  expect(merged).toBeGreaterThan(0)
  expect(new Set(idsIn(file))).toEqual(new Set([...idsOf(names, 200), ...idsOf(['merged'], merged)]))
  expect(readProgress(file).skipped).toBe(0)
})

test('a merge is a union by id, of the very bytes, and doing it again changes nothing', () => {
  using folder = tempFolder()
  const file = join(folder.path, 'progress.jsonl')
  const other = join(folder.path, 'other.jsonl')
  appendProgress(file, event('both'))
  appendProgress(file, event('mine'))
  // Number forms, key order, spaces, an unknown type: all as another version wrote them.
  const theirs =
    '{ "big": 12345678901234567890, "id":"theirs", "x": 1.0, "at":"2026-02-01T10:00:00Z", "type":"to-come" }'
  writeFileSync(other, `${JSON.stringify(event('both', { type: 'reveal' }))}\nbroken\n${theirs}\n${theirs}`)
  const before = readFileSync(file, 'utf8')
  expect(mergeProgress(file, other)).toEqual({ added: 1, skipped: 1 })
  expect(readFileSync(file, 'utf8')).toBe(`${before}${theirs}\n`)
  expect(mergeProgress(file, other)).toEqual({ added: 0, skipped: 1 })
  expect(readFileSync(file, 'utf8')).toBe(`${before}${theirs}\n`)
})

test('merging into nothing copies, from nothing is refused', () => {
  using folder = tempFolder()
  const file = join(folder.path, 'new', 'progress.jsonl')
  const other = join(folder.path, 'other.jsonl')
  expect(() => mergeProgress(file, other)).toThrow('There is no progress file')
  appendProgress(other, event('one'))
  expect(mergeProgress(file, other)).toEqual({ added: 1, skipped: 0 })
  expect(readFileSync(file)).toEqual(readFileSync(other))
})
