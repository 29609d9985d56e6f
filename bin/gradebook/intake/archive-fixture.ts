// Archives made byte by byte, for no honest tool makes those that a test needs most.

import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipItem {
  readonly name: string | Buffer
  readonly data?: string | Buffer
  /** a Unix mode with its kind: 0o120777 is a link */
  readonly mode?: number
  readonly store?: boolean
  readonly flags?: number
  readonly method?: number
  /** what the directory says instead of the truth */
  readonly claims?: { readonly size?: number; readonly compressedSize?: number; readonly offset?: number }
}

export function zipOf(
  items: readonly ZipItem[],
  end: { readonly count?: number; readonly comment?: string } = {},
): Buffer {
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let offset = 0
  for (const item of items) {
    const name = Buffer.from(item.name as string)
    const data = Buffer.from((item.data ?? '') as string)
    const packed = item.store === true ? data : deflateRawSync(data)
    const head = Buffer.alloc(26)
    head.writeUInt16LE(20, 0)
    head.writeUInt16LE(item.flags ?? 0x800, 2)
    head.writeUInt16LE(item.method ?? (item.store === true ? 0 : 8), 4)
    head.writeUInt32LE(crc32(data), 10)
    head.writeUInt32LE(item.claims?.compressedSize ?? packed.length, 14)
    head.writeUInt32LE(item.claims?.size ?? data.length, 18)
    head.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), head, name, packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(((item.mode ?? 0o100644) << 16) >>> 0, 6)
    tail.writeUInt32LE(item.claims?.offset ?? offset, 10)
    const madeBy = Buffer.from([20, 3])
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), madeBy, head, tail, name]))
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(centrals)
  const eocd = Buffer.alloc(22)
  eocd.write('PK\x05\x06', 'latin1')
  const count = end.count ?? items.length
  eocd.writeUInt16LE(count, 8)
  eocd.writeUInt16LE(count, 10)
  eocd.writeUInt32LE(directory.length, 12)
  eocd.writeUInt32LE(offset, 16)
  const comment = Buffer.from(end.comment ?? '')
  eocd.writeUInt16LE(comment.length, 20)
  return Buffer.concat([...locals, directory, eocd, comment])
}

export interface TarItem {
  readonly name: string
  readonly data?: string | Buffer
  /** '0' file, '1' hard link, '2' link, '3' device, '5' folder, '6' pipe, 'x' and 'g' pax, 'L' long name */
  readonly type?: string
  readonly link?: string
  readonly claims?: { readonly size?: number; readonly checksum?: number }
}

const BLOCK = 512

export function tarOf(items: readonly TarItem[]): Buffer {
  const parts = items.flatMap((item) => {
    const data = Buffer.from((item.data ?? '') as string)
    const head = Buffer.alloc(BLOCK)
    head.write(item.name.slice(0, 100), 0, 'utf8')
    head.write('0000644\0', 100)
    head.write('0000000\0', 108)
    head.write('0000000\0', 116)
    head.write(`${(item.claims?.size ?? data.length).toString(8).padStart(11, '0')}\0`, 124)
    head.write('00000000000\0', 136)
    head.write('        ', 148)
    head.write(item.type ?? '0', 156)
    head.write(item.link ?? '', 157)
    head.write('ustar\x0000', 257, 'latin1')
    const sum = item.claims?.checksum ?? head.reduce((total, byte) => total + byte, 0)
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    const padded = Buffer.alloc(Math.ceil(data.length / BLOCK) * BLOCK)
    data.copy(padded)
    return [head, padded]
  })
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)])
}

/** The records of a pax header: each carries its own length. */
export function pax(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([key, value]) => {
      const rest = Buffer.byteLength(` ${key}=${value}\n`)
      let length = rest + String(rest).length
      if (rest + String(length).length !== length) length = rest + String(length).length
      return `${length} ${key}=${value}\n`
    })
    .join('')
}
