import { describe, expect, test } from 'vitest'
import { parseFrontMatter } from './front-matter.ts'
import { splitLines } from './lesson-head.ts'

const parse = (text: string) => parseFrontMatter(splitLines(text))

test('the three keys, in any order and with any line ending', () => {
  const front = { level: 'easy', minutes: 25, after: ['fixed-window', 'token-bucket'] }
  const text = '---\nafter: [fixed-window, token-bucket]\nlevel: easy\nminutes: 25\n---\n# Title'
  expect(parse(text)).toEqual({ front, problems: [], lineCount: 5 })
  expect(parse(text.replaceAll('\n', '\r\n'))).toEqual({ front, problems: [], lineCount: 5 })
})

test('a kata may come after none', () => {
  expect(parse('---\nlevel: hard\nminutes: 90\nafter: []\n---').front?.after).toEqual([])
})

describe('a fault is a problem with its line, and no front matter', () => {
  test.each([
    ['no opening', 'level: easy', 1, 'first line must be ---'],
    ['never closed', '---\nlevel: easy\n', 1, 'not closed'],
    ['unknown key', '---\nlevel: easy\nminutes: 5\nafter: []\nauthor: me\n---', 5, 'unknown key "author"'],
    ['missing key', '---\nlevel: easy\nafter: []\n---', 4, '"minutes" is missing'],
    ['key given twice', '---\nlevel: easy\nlevel: hard\nminutes: 5\nafter: []\n---', 3, '"level" is given twice'],
    ['level unknown', '---\nlevel: simple\nminutes: 5\nafter: []\n---', 2, '"level" must be easy, medium, hard'],
    ['minutes no number', '---\nlevel: easy\nminutes: 2h\nafter: []\n---', 3, '"minutes" must be'],
    ['minutes too many', '---\nlevel: easy\nminutes: 601\nafter: []\n---', 3, '"minutes" must be'],
    ['after no list', '---\nlevel: easy\nminutes: 5\nafter: token-bucket\n---', 4, '"after" must be'],
    ['after no slug', '---\nlevel: easy\nminutes: 5\nafter: [../secrets]\n---', 4, '"after" must be'],
    ['after twice the same', '---\nlevel: easy\nminutes: 5\nafter: [a, a]\n---', 4, '"after" must be'],
    ['no key at all', '---\nlevel: easy\nminutes: 5\nafter: []\n\n---', 5, 'expected "key: value"'],
    ['a key of Object', '---\nlevel: easy\nminutes: 5\nafter: []\nconstructor: x\n---', 5, 'unknown key'],
  ])('%s', (_, text, line, message) => {
    const { front, problems } = parse(text)
    expect(front).toBeUndefined()
    expect(problems).toEqual([{ line, message: expect.stringContaining(message) }])
  })
})

test('what it quotes cannot rewrite the screen', () => {
  const { problems } = parse('---\nlevel: \u001b[2Jeasy\nminutes: 5\nafter: []\n---')
  expect(problems[0]?.message).toContain('got "\uFFFD[2Jeasy"')
})
