// Hostile archives, each made by hand: what of them is read, and what is said about the rest.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../course/course-fixture.ts'
import { archiveTree } from './archive.ts'
import { pax, type TarItem, tarOf, type ZipItem, zipOf } from './archive-fixture.ts'
import type { Tree } from './tree.ts'

const LIMITS = { entries: 1000, unpackedBytes: 8 * 1024 * 1024 }
const GOOD = { name: 'katas/token-bucket.ts', data: 'export const good = 1\n' }

const open = (bytes: Buffer) => archiveTree({ bytes }, LIMITS)

async function contents(tree: Tree, maxBytes = 1024 * 1024): Promise<Record<string, string>> {
  const out: Record<string, string> = {}
  await tree.read(new Map(tree.entries.map(({ path }) => [path, maxBytes])), (path, read) => {
    out[path] = 'bytes' in read ? Buffer.from(read.bytes).toString() : `! ${read.why}`
  })
  return out
}

async function told(bytes: Buffer): Promise<unknown> {
  const tree = await open(bytes)
  if ('why' in tree) return tree.why
  return { files: await contents(tree), refused: tree.refused.map(({ path, refusal }) => `${path}: ${refusal}`) }
}

const goodAnd = (refused: readonly string[]) => ({ files: { [GOOD.name]: GOOD.data }, refused })

describe('zip', () => {
  test('an honest one, from memory and from disk', async () => {
    const bytes = zipOf([{ name: 'katas/', mode: 0o040755 }, GOOD, { name: 'b.ts', data: 'b', store: true }])
    expect(await told(bytes)).toEqual({ files: { [GOOD.name]: GOOD.data, 'b.ts': 'b' }, refused: [] })
    using folder = tempFolder()
    const place = join(folder.path, 'a.zip')
    writeFileSync(place, bytes)
    const tree = await archiveTree({ place }, LIMITS)
    if ('why' in tree) throw new Error(tree.why)
    expect(await contents(tree)).toEqual({ [GOOD.name]: GOOD.data, 'b.ts': 'b' })
    expect(tree.folders).toEqual(['katas'])
  })

  test.each<[string, ZipItem, string]>([
    ['a path that leads out', { name: '../../evil.ts', data: 'x' }, '../../evil.ts: path'],
    ['an absolute path', { name: '/tmp/evil.ts', data: 'x' }, '/tmp/evil.ts: path'],
    ['a drive', { name: 'C:/evil.ts', data: 'x' }, 'C:/evil.ts: path'],
    ['backslashes', { name: '..\\evil.ts', data: 'x' }, '..\\evil.ts: name'],
    ['a NUL', { name: 'evil.ts\0.txt', data: 'x' }, 'evil.ts\0.txt: name'],
    ['a reordering character', { name: 'evil\u202e.ts', data: 'x' }, 'evil\u202e.ts: name'],
    ['a link', { name: 'evil.ts', data: '/etc/passwd', mode: 0o120777 }, 'evil.ts: link'],
    ['a device', { name: 'evil.ts', mode: 0o020666 }, 'evil.ts: device'],
    ['a pipe', { name: 'evil.ts', mode: 0o010666 }, 'evil.ts: device'],
    ['an encrypted entry', { name: 'evil.ts', data: 'x', flags: 0x801 }, 'evil.ts: encrypted'],
    ['an unknown compression', { name: 'evil.ts', data: 'x', method: 99 }, 'evil.ts: unreadable'],
    ['a bomb', { name: 'evil.ts', data: Buffer.alloc(4 * 1024 * 1024) }, 'evil.ts: bomb'],
    ['a claim of four gigabytes', { name: 'evil.ts', data: 'x', claims: { size: 0xfffffff0 } }, 'evil.ts: bomb'],
  ])('%s is named, and the rest is read', async (_, item, refused) => {
    expect(await told(zipOf([GOOD, item]))).toEqual(goodAnd([refused]))
  })

  test('a folder that is a link hides what is below it', async () => {
    const bytes = zipOf([
      { name: 'katas', data: '/etc', mode: 0o120777 },
      { name: 'katas/passwd', data: 'x' },
    ])
    expect(await told(bytes)).toEqual({ files: {}, refused: ['katas: link', 'katas/passwd: link'] })
  })

  test('an entry twice is nobody’s guess', async () => {
    const bytes = zipOf([GOOD, { name: 'x.ts', data: 'one' }, { name: 'x.ts', data: 'two' }])
    expect(await told(bytes)).toEqual(goodAnd(['x.ts: twice']))
  })

  test('a longer or shorter entry than the directory says is no file', async () => {
    const long = zipOf([{ name: 'x.ts', data: 'x'.repeat(1000), claims: { size: 10 } }])
    expect(await told(long)).toMatchObject({
      files: { 'x.ts': expect.stringMatching(/^! (?:is longer|cannot be unpacked)/) },
    })
    const short = zipOf([{ name: 'x.ts', data: 'x', claims: { size: 10 } }])
    expect(await told(short)).toMatchObject({ files: { 'x.ts': expect.stringContaining('! cannot be unpacked') } })
  })

  test('a damaged entry does not stop the next', async () => {
    const bytes = zipOf([{ name: 'a.ts', data: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }, GOOD])
    bytes.fill(0xff, 34, 36)
    expect(await told(bytes)).toMatchObject({
      files: { 'a.ts': expect.stringContaining('! cannot be unpacked'), [GOOD.name]: GOOD.data },
    })
  })

  test('entries that share their data are a bomb', async () => {
    const bytes = zipOf([GOOD, { name: 'b.ts', data: GOOD.data, claims: { offset: 0 } }])
    expect(await told(bytes)).toContain('share their data')
  })

  test.each<[string, Buffer]>([
    ['more entries than a submission has', zipOf(Array.from({ length: 1001 }, (_, at) => ({ name: `${at}` })))],
    ['a directory that claims more than there is', zipOf([GOOD], { count: 60_000 })],
    ['a directory that claims a little more than there is', zipOf([GOOD], { count: 3 })],
    ['cut in the middle', zipOf([GOOD]).subarray(0, 60)],
    ['bytes after its end', Buffer.concat([zipOf([GOOD]), Buffer.from('trailing')])],
    ['nothing but the first bytes', Buffer.from('PK\x03\x04')],
    ['an entry that starts behind the end', zipOf([GOOD, { name: 'x', claims: { compressedSize: 0x7fffffff } }])],
  ])('%s is not opened, or read without harm', async (_, bytes) => {
    const tree = await open(bytes)
    if ('why' in tree) expect(tree.why).toMatch(/entries|no zip/)
    else expect((await contents(tree))['x']).toMatch(/^! cannot be unpacked/)
  })
})

describe('tar', () => {
  test.each([false, true])('an honest one, compressed: %s', async (gzip) => {
    const plain = tarOf([
      { name: './', type: '5' },
      { name: './katas/', type: '5' },
      { ...GOOD, name: `./${GOOD.name}` },
      { name: 'empty.ts' },
    ])
    expect(await told(gzip ? gzipSync(plain) : plain)).toEqual({
      files: { [GOOD.name]: GOOD.data, 'empty.ts': '' },
      refused: [],
    })
  })

  test.each<[string, readonly TarItem[], string]>([
    ['a path that leads out', [{ name: '../../evil.ts', data: 'x' }], '../../evil.ts: path'],
    ['an absolute path', [{ name: '/tmp/evil.ts', data: 'x' }], '/tmp/evil.ts: path'],
    ['a link', [{ name: 'evil.ts', type: '2', link: '/etc/passwd' }], 'evil.ts: link'],
    ['a hard link', [{ name: 'evil.ts', type: '1', link: GOOD.name }], 'evil.ts: hard-link'],
    ['a device', [{ name: 'evil.ts', type: '3' }], 'evil.ts: device'],
    ['a pipe', [{ name: 'evil.ts', type: '6' }], 'evil.ts: device'],
    [
      'a path that leads out, told by pax',
      [
        { name: 'p', type: 'x', data: pax({ path: '../evil.ts' }) },
        { name: 'ok.ts', data: 'x' },
      ],
      '../evil.ts: path',
    ],
    [
      'a long name that leads out',
      [
        { name: '././@LongLink', type: 'L', data: `${'../'.repeat(60)}evil.ts\0` },
        { name: 'ok.ts', data: 'x' },
      ],
      `${'../'.repeat(60)}evil.ts: path`,
    ],
    ['backslashes', [{ name: 'a\\evil.ts', data: 'x' }], 'a\\evil.ts: name'],
  ])('%s is named, and the rest is read', async (_, items, refused) => {
    expect(await told(tarOf([GOOD, ...items]))).toEqual(goodAnd([refused]))
  })

  test('a folder that is a link hides what is below it', async () => {
    const bytes = tarOf([
      { name: 'katas', type: '2', link: '/etc' },
      { name: 'katas/passwd', data: 'x' },
    ])
    expect(await told(bytes)).toEqual({ files: {}, refused: ['katas: link', 'katas/passwd: link'] })
  })

  test('an entry twice is nobody’s guess, and neither is one that differs in case', async () => {
    const bytes = tarOf([
      GOOD,
      { name: 'x.ts', data: '1' },
      { name: 'x.ts', data: '2' },
      { name: 'Y.ts', data: '1' },
      { name: 'y.ts', data: '2' },
    ])
    expect(await told(bytes)).toEqual(goodAnd(['x.ts: twice', 'Y.ts: twice']))
  })

  test.each<[string, Buffer, RegExp]>([
    [
      'a header of pax that fills memory',
      tarOf([{ name: 'p', type: 'x', data: 'x'.repeat(100_000) }, GOOD]),
      /longer than any name/,
    ],
    [
      'a global header that fills memory',
      tarOf([{ name: 'p', type: 'g', data: 'x'.repeat(100_000) }, GOOD]),
      /longer than any name/,
    ],
    ['a wrong checksum', tarOf([{ ...GOOD, claims: { checksum: 1 } }]), /damaged/],
    ['a size that is larger than the file', tarOf([{ ...GOOD, claims: { size: 1e9 } }]), /damaged/],
    ['a bomb', gzipSync(tarOf([{ name: 'evil.ts', data: Buffer.alloc(4 * 1024 * 1024) }])), /bomb/],
    [
      'too much of what shrinks a little',
      gzipSync(tarOf([{ name: 'a', data: noise(9 * 1024 * 1024) }])),
      /comes to more than/,
    ],
    [
      'more entries than a submission has',
      tarOf(Array.from({ length: 1001 }, (_, at) => ({ name: `${at}` }))),
      /1,001 entries/,
    ],
    ['compressed twice', gzipSync(gzipSync(tarOf([GOOD]))), /more than once|too short/],
    ['cut in the middle', gzipSync(tarOf([{ name: 'a', data: noise(20_000) }])).subarray(0, 9000), /damaged/],
    ['text in gzip', gzipSync('no tar at all, only text '.repeat(100)), /damaged|no tar/],
    ['an executable', Buffer.from('\x7fELF and so on'), /whatever its name says/],
    ['nothing', Buffer.alloc(0), /whatever its name says/],
    [
      'rubbish after the compressed part',
      Buffer.concat([gzipSync(tarOf([GOOD])), Buffer.from('rubbish that is no gzip')]),
      /damaged/,
    ],
  ])('%s is not opened', async (_, bytes, why) => {
    expect(await told(bytes)).toMatch(why)
  })

  test('a second compressed part is no second archive', async () => {
    const both = Buffer.concat([gzipSync(tarOf([GOOD])), gzipSync(tarOf([{ name: 'evil.ts', data: 'x' }]))])
    expect(await told(both)).toEqual(goodAnd([]))
  })
})

/** Bytes that hardly shrink, the same in every run. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = 1
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}
