import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { expect, test } from 'vitest'
import { listAttempts, resetStub, restoreAttempt, saveAttempt, undoReset } from './attempts.ts'
import { aKata, tempFolder, writeCourse, writeFiles } from './course-fixture.ts'
import { attemptsFolder, pristineStubFile, stubFile } from './files.ts'

const kata = aKata('token-bucket')
const NOW_MS = Date.parse('2026-03-01T10:15:00.250Z')

function workbook(root: string) {
  writeCourse(root, [kata])
  const ws = { course: root, root }
  const file = stubFile(ws, kata)
  return {
    ws,
    write: (text: string) => writeFileSync(file, text),
    read: () => readFileSync(file, 'utf8'),
    kept: () => listAttempts(ws, kata).map((attempt) => readFileSync(attempt.file, 'utf8')),
  }
}

test('a reset keeps the text and gives the stub; undo brings the text back', () => {
  using folder = tempFolder()
  const { ws, write, read } = workbook(folder.path)
  write('mine')
  const saved = resetStub(ws, kata, NOW_MS)
  expect(basename(saved ?? '')).toBe('2026-03-01T10-15-00-250Z-reset.ts')
  expect(read()).toBe('// stub of token-bucket\n')
  expect(undoReset(ws, kata, NOW_MS + 1).file).toBe(saved)
  expect(read()).toBe('mine')
  expect(readdirSync(dirname(stubFile(ws, kata)))).toHaveLength(2)
})

test('what was written after a reset is kept by its undo, and the undo of that brings it forth', () => {
  using folder = tempFolder()
  const { ws, write, read, kept } = workbook(folder.path)
  write('first')
  resetStub(ws, kata, NOW_MS)
  write('second')
  undoReset(ws, kata, NOW_MS + 1)
  expect(read()).toBe('first')
  expect(kept()).toEqual(['second', 'first'])
  undoReset(ws, kata, NOW_MS + 2)
  expect(read()).toBe('second')
})

test('what is kept already is not kept twice', () => {
  using folder = tempFolder()
  const { ws, write, kept } = workbook(folder.path)
  expect(saveAttempt(ws, kata, 'save', NOW_MS)).toBeUndefined() // the pristine stub
  write('mine')
  const saved = saveAttempt(ws, kata, 'save', NOW_MS)
  expect(saved).toBeDefined()
  expect(saveAttempt(ws, kata, 'save', NOW_MS + 1)).toBe(saved)
  write('other')
  saveAttempt(ws, kata, 'save', NOW_MS + 2)
  write('mine')
  saveAttempt(ws, kata, 'save', NOW_MS + 3)
  expect(kept()).toEqual(['mine', 'other', 'mine'])
})

test('two in one millisecond get two names, also of different reasons, and their order holds', () => {
  using folder = tempFolder()
  const { ws, write, kept } = workbook(folder.path)
  const texts = Array.from({ length: 12 }, (_, n) => `text ${n}`)
  for (const [n, text] of texts.entries()) {
    write(text)
    saveAttempt(ws, kata, n % 2 === 0 ? 'give-up' : 'reset', NOW_MS)
  }
  expect(kept()).toEqual(texts.toReversed())
})

test('a clock that was set back does not put the newest behind', () => {
  using folder = tempFolder()
  const { ws, write, read } = workbook(folder.path)
  write('first')
  saveAttempt(ws, kata, 'save', NOW_MS)
  write('second')
  resetStub(ws, kata, NOW_MS - 3_600_000)
  undoReset(ws, kata, NOW_MS - 3_600_000)
  expect(read()).toBe('second')
})

test('any attempt can be brought back, the present text is kept, bytes that are no text too', () => {
  using folder = tempFolder()
  const { ws, write, kept } = workbook(folder.path)
  const bytes = Buffer.from([0xff, 0x00, 0x0d, 0x0a])
  writeFileSync(stubFile(ws, kata), bytes)
  saveAttempt(ws, kata, 'save', NOW_MS)
  write('later')
  saveAttempt(ws, kata, 'save', NOW_MS + 1)
  write('present')
  const oldest = listAttempts(ws, kata).at(-1)!
  expect(basename(restoreAttempt(ws, kata, oldest, NOW_MS + 2) ?? '')).toMatch(/-restore\.ts$/)
  expect(readFileSync(stubFile(ws, kata))).toEqual(bytes)
  expect(kept().slice(0, 2)).toEqual(['present', 'later'])
})

test('a deleted file is no loss to keep, and a reset gives the stub again', () => {
  using folder = tempFolder()
  const { ws, read } = workbook(folder.path)
  rmSync(dirname(stubFile(ws, kata)), { recursive: true })
  expect(resetStub(ws, kata, NOW_MS)).toBeUndefined()
  expect(read()).toBe('// stub of token-bucket\n')
})

test('files of others among the attempts are left alone and out', () => {
  using folder = tempFolder()
  const { ws } = workbook(folder.path)
  writeFiles(attemptsFolder(ws, kata), { 'notes.ts': '', '2026-03-01T10-15-00-250Z-RESET.ts': '', '.DS_Store': '' })
  expect(listAttempts(ws, kata)).toEqual([])
  expect(() => undoReset(ws, kata, NOW_MS)).toThrow('No attempt at token-bucket is kept')
})

test('nothing is overwritten when it cannot be kept or there is nothing to write', () => {
  using folder = tempFolder()
  const { ws, write, read } = workbook(folder.path)
  const huge = 'x'.repeat(5_000_000)
  write(huge)
  expect(() => resetStub(ws, kata, NOW_MS)).toThrow('more than the')
  expect(read()).toBe(huge)
  write('mine')
  rmSync(pristineStubFile(ws, kata))
  expect(() => resetStub(ws, kata, NOW_MS)).toThrow("The course's stub")
  expect(read()).toBe('mine')
})

test('a reason is a few small words, and never a path', () => {
  using folder = tempFolder()
  const { ws, write } = workbook(folder.path)
  write('mine')
  expect(() => saveAttempt(ws, kata, '../../x', NOW_MS)).toThrow("can't be named")
})
