// Names are hostile: whatever they are, what comes out leads nowhere but down, and no two are one.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Found, isIgnored, safePath, sift } from './tree.ts'

const file = (name: string): Found => ({ name, is: 'file', size: 1 })

const nasty = fc.array(
  fc.constantFrom(
    'a',
    'A',
    'b',
    'é',
    'e\u0301',
    '..',
    '.',
    '/',
    '//',
    '\\',
    '\0',
    '\n',
    '\u202e',
    'C:',
    '~',
    '.git',
    ' ',
    'token-bucket.ts',
    '\u200b',
  ),
  { maxLength: 8 },
)

describe('a safe path', () => {
  test('never leaves its folder, whatever it was', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          nasty.map((parts) => parts.join('')),
          fc
            .array(fc.integer({ min: 0, max: 0x2fff }), { maxLength: 40 })
            .map((codes) => String.fromCodePoint(...codes)),
        ),
        (name) => {
          const safe = safePath(name)
          if (!('path' in safe)) return true
          const { path } = safe
          const stays = safePath(path)
          return (
            !path.split('/').includes('..') &&
            !path.startsWith('/') &&
            !/[\\\0\n\u202e]/.test(path) &&
            'path' in stays &&
            stays.path === path
          )
        },
      ),
      { seed: 1, numRuns: 2000 },
    )
  })

  test.each([
    ['../x.ts', 'path'],
    ['a/../../x.ts', 'path'],
    ['/etc/passwd', 'path'],
    ['C:/x.ts', 'path'],
    ['c:x.ts', 'path'],
    ['a\\..\\x.ts', 'name'],
    ['..\\x.ts', 'name'],
    ['x.ts\0.png', 'name'],
    ['x\u202est.ts', 'name'],
    ['x\u001b[2J.ts', 'name'],
    ['a\u200bb.ts', 'name'],
    ['\ufffd.ts', 'name'],
    [`${'a/'.repeat(50)}x.ts`, 'name'],
    ['a'.repeat(2000), 'name'],
  ])('%j is refused', (name, refusal) => {
    expect(safePath(name)).toEqual({ refusal })
  })

  test.each([
    ['./katas//2-foundation/./token-bucket.ts', 'katas/2-foundation/token-bucket.ts'],
    ['Ada Lovelace Jr./x.ts', 'Ada Lovelace Jr./x.ts'],
    ['', ''],
    ['./', ''],
  ])('%j is %j', (name, path) => {
    expect(safePath(name)).toEqual({ path })
  })
})

describe('sifting', () => {
  test('what may be read is unique on every file system, and lies behind no link', () => {
    // Few parts, so that names meet, and lie below each other.
    const parts = fc.array(fc.constantFrom('a', 'A', 'b', 'b.', '\u00e9', 'e\u0301', '.', '..', '', 'x.ts'), {
      maxLength: 4,
    })
    const one = fc.record({
      name: parts.map((each) => each.join('/')),
      is: fc.constantFrom<Found['is']>('file', 'file', 'file', 'folder', 'link', 'hard-link', 'device'),
      size: fc.constant(1),
    })
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), (found) => {
        const { entries, refused } = sift(found)
        const keys = entries.map(({ path }) => path.normalize('NFC').toLowerCase())
        expect(new Set(keys).size).toBe(keys.length)
        const links = found.flatMap(({ name, is }) => {
          const safe = safePath(name)
          return is === 'link' && !isIgnored(name) && 'path' in safe ? [safe.path.normalize('NFC').toLowerCase()] : []
        })
        for (const key of keys)
          for (const link of links) expect(`${key}/`.startsWith(`${link}/`) && link !== '').toBe(false)
        // Nothing vanishes without a word.
        const files = found.filter(({ name, is }) => {
          const safe = safePath(name)
          return is === 'file' && !isIgnored(name) && !('path' in safe && safe.path === '')
        })
        if (files.length > 0) expect(entries.length + refused.length).toBeGreaterThan(0)
      }),
      { seed: 2, numRuns: 2000 },
    )
  })

  test.each<[string, readonly Found[], readonly string[]]>([
    ['the same name twice', [file('a/x.ts'), file('a/x.ts'), file('b.ts')], ['b.ts']],
    ['the same name after ./', [file('a/x.ts'), file('./a//x.ts')], []],
    ['names that differ in case', [file('X.ts'), file('x.ts')], []],
    ['names that differ in how an accent is written', [file('\u00e9.ts'), file('e\u0301.ts')], []],
    ['names that differ in a dot at the end', [file('x.ts'), file('x.ts.')], []],
    ['a file below a link', [{ name: 'katas', is: 'link', size: 0 }, file('katas/x.ts')], []],
    ['a file below a link in another case', [{ name: 'Katas', is: 'link', size: 0 }, file('katas/x.ts')], []],
    ['a file where a link is, too', [{ name: 'x.ts', is: 'link', size: 0 }, file('x.ts')], []],
    ['a file that is a folder, too', [file('a'), file('a/x.ts'), file('b.ts')], ['a', 'b.ts']],
    ['what tools leave', [file('node_modules/x.ts'), file('__MACOSX/x.ts'), file('.kata/attempts/x.ts')], []],
  ])('%s', (_, found, readable) => {
    expect(sift(found).entries.map(({ path }) => path)).toEqual(readable)
  })

  test('a repository in an archive is named once, and never read', () => {
    const { entries, refused } = sift([file('ada/.git/config'), file('ada/.git/hooks/post-checkout'), file('ada/x.ts')])
    expect(entries.map(({ path }) => path)).toEqual(['ada/x.ts'])
    expect(refused).toEqual([{ path: 'ada/.git', refusal: 'packed-repository' }])
  })
})
