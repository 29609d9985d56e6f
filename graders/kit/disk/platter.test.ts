// What a power failure leaves, on the smallest journals that show each rule.

import { describe, expect, test } from 'vitest'
import { type Disk, SECTOR, type SimulatedDisk, simulatedDisk } from '../disk.ts'
import { type Fill, type Platter, platter } from './platter.ts'

const bytes = (length: number, value = 1) => new Uint8Array(length).fill(value)

/** Where a disk stands after some calls. */
function leftBy(calls: (disk: Disk) => void, given: SimulatedDisk = simulatedDisk()): Platter {
  calls(given.face)
  const left = platter(given.image, given.journal)
  for (const [i, entry] of given.journal.entries()) left.follow(entry, i)
  return left
}

const nothing = () => false
const everything = () => true

/** Name, length and the first byte of each sector, of what is left. */
function seen(left: Platter, isKept: (place: number) => boolean, fill: Fill = 'zeros') {
  return [...left.left(isKept, fill).image].map(([name, content]) => [
    name,
    content.length,
    ...Array.from({ length: Math.ceil(content.length / SECTOR) }, (_, i) => content[i * SECTOR]),
  ])
}

/** Everything that can be left, over every choice of what arrives. */
function all(left: Platter): string[] {
  const choices = 2 ** left.pending.length
  return [
    ...new Set(Array.from({ length: choices }, (_, bits) => JSON.stringify(seen(left, (i) => (bits >> i) % 2 === 1)))),
  ]
}

describe('what is synced', () => {
  test('of a file is safe only under a name that is safe', () => {
    const make = (disk: Disk) => {
      disk.create('a')
      disk.append('a', bytes(10))
      disk.sync('a')
    }
    expect(seen(leftBy(make), nothing)).toEqual([])
    expect(
      seen(
        leftBy((disk) => {
          make(disk)
          disk.syncDirectory()
        }),
        nothing,
      ),
    ).toEqual([['a', 10, 1]])
  })

  test('of the directory is a name without bytes', () => {
    const left = leftBy((disk) => {
      disk.create('a')
      disk.append('a', bytes(10))
      disk.syncDirectory()
    })
    expect(all(left).sort()).toEqual(['[["a",0]]', '[["a",10,0]]', '[["a",10,1]]'])
  })
})

const onA = (calls: (disk: Disk) => void, size = 2 * SECTOR) =>
  leftBy(calls, simulatedDisk({ image: new Map([['a', bytes(size, 7)]]) }))

describe('what is not synced', () => {
  test('arrives sector by sector, in any order', () => {
    const left = onA((disk) => disk.write('a', 0, bytes(2 * SECTOR)))
    expect(all(left).sort()).toEqual(['[["a",1024,1,1]]', '[["a",1024,1,7]]', '[["a",1024,7,1]]', '[["a",1024,7,7]]'])
  })

  test('in one sector arrives in the order in which it was written', () => {
    const left = onA((disk) => {
      disk.write('a', 0, bytes(1, 1))
      disk.write('a', 0, bytes(1, 2))
    })
    expect(all(left).sort()).toEqual(['[["a",1024,1,7]]', '[["a",1024,2,7]]', '[["a",1024,7,7]]'])
  })

  test('may be a length without bytes, which read as zeros or as noise', () => {
    const left = onA((disk) => disk.append('a', bytes(SECTOR)))
    const lengthAlone = (place: number) => left.pending[place]?.what === 'length'
    expect(seen(left, lengthAlone)).toEqual([['a', 3 * SECTOR, 7, 7, 0]])
    expect(left.left(lengthAlone, 'zeros').hasHoles).toBe(true)
    const [, , , , noise] = seen(left, lengthAlone, 'noise')[0] ?? []
    expect(noise).not.toBe(0)
    expect(noise).not.toBe(1)
  })

  test('may be bytes without the length: nobody sees them', () => {
    const left = onA((disk) => disk.append('a', bytes(SECTOR)))
    expect(seen(left, (place) => left.pending[place]?.what === 'sector')).toEqual([['a', 2 * SECTOR, 7, 7]])
  })

  test('a cut takes all of the tail or nothing, and what was written over the tail goes with it', () => {
    const left = onA((disk) => {
      disk.truncate('a', 0)
      disk.append('a', bytes(1))
    })
    expect(all(left).sort()).toEqual(['[["a",0]]', '[["a",1,0]]', '[["a",1,1]]', '[["a",1024,7,7]]'])
  })

  test('names change one by one, a rename as a whole', () => {
    const given = simulatedDisk({ image: new Map([['a', bytes(1, 1)]]) })
    const left = leftBy((disk) => {
      disk.create('b')
      disk.rename('a', 'c')
    }, given)
    expect(all(left).sort()).toEqual(['[["a",1,1],["b",0]]', '[["a",1,1]]', '[["b",0],["c",1,1]]', '[["c",1,1]]'])
    // A file that takes the place of another: one of the two is there.
    const replaced = leftBy(
      (disk) => disk.rename('b', 'a'),
      simulatedDisk({
        image: new Map([
          ['a', bytes(1, 1)],
          ['b', bytes(1, 2)],
        ]),
      }),
    )
    expect(all(replaced).sort()).toEqual(['[["a",1,1],["b",1,2]]', '[["a",1,2]]'])
  })
})

describe('a sync that fails', () => {
  const failing = () => simulatedDisk({ image: new Map([['a', bytes(SECTOR, 7)]]), failingSyncs: [0] })
  const tries = (disk: Disk) => {
    disk.write('a', 0, bytes(1, 1))
    expect(() => disk.sync('a')).toThrow('EIO')
    disk.sync('a')
  }

  test('is not made good by another one', () => {
    expect(seen(leftBy(tries, failing()), nothing)).toEqual([['a', SECTOR, 7]])
    expect(seen(leftBy(tries, failing()), everything)).toEqual([['a', SECTOR, 1]])
  })

  test('is made good by writing the sector again', () => {
    const left = leftBy((disk) => {
      tries(disk)
      disk.write('a', 1, bytes(1, 2))
      disk.sync('a')
    }, failing())
    expect(seen(left, nothing)).toEqual([['a', SECTOR, 1]])
  })
})

test('an image is never changed by what comes later', () => {
  const given = simulatedDisk({ image: new Map([['a', bytes(3, 7)]]) })
  const { face, journal, image } = given
  face.write('a', 0, bytes(1, 1))
  const left = platter(image, journal)
  left.follow(journal[0]!, 0)
  const kept = left.left(everything, 'zeros').image
  const lost = left.left(nothing, 'zeros').image
  face.sync('a')
  left.follow(journal[1]!, 1)
  face.write('a', 0, bytes(3, 2))
  face.sync('a')
  for (const i of [2, 3]) left.follow(journal[i]!, i)
  expect([kept.get('a'), lost.get('a'), image.get('a')]).toEqual([new Uint8Array([1, 7, 7]), bytes(3, 7), bytes(3, 7)])
  expect(left.left(nothing, 'zeros').image.get('a')).toEqual(bytes(3, 2))
})
