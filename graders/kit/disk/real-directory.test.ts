// The model beside a real directory: whatever is asked of both, in any order, both give the same answer. What a power
// failure leaves cannot be seen on a real one without cutting its power; what is read back, and which error comes, can.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Disk, simulatedDisk } from '../disk.ts'
import { outcome, realDirectory } from './real-directory-fixture.ts'

type Call = (disk: Disk) => unknown

const name = fc.constantFrom('a', 'b', 'c')
const at = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(511, 512, 1_500))
const bytes = fc.uint8Array({ maxLength: 20 })
const calls: fc.Arbitrary<[string, Call]> = fc.oneof(
  name.map((one): [string, Call] => [`create ${one}`, (disk) => disk.create(one)]),
  fc
    .tuple(name, bytes)
    .map(([one, what]): [string, Call] => [`append ${one} ${what.length}`, (disk) => disk.append(one, what)]),
  fc.tuple(name, at, bytes).map(([one, where, what]): [string, Call] => [
    `write ${one} at ${where}: ${what.length}`,
    // A write of nothing makes no file longer, on either.
    (disk) => disk.write(one, where, what),
  ]),
  fc
    .tuple(name, at)
    .map(([one, length]): [string, Call] => [`truncate ${one} ${length}`, (disk) => disk.truncate(one, length)]),
  fc.tuple(name, name).map(([from, to]): [string, Call] => [`rename ${from} ${to}`, (disk) => disk.rename(from, to)]),
  name.map((one): [string, Call] => [`remove ${one}`, (disk) => disk.remove(one)]),
  name.map((one): [string, Call] => [`sync ${one}`, (disk) => disk.sync(one)]),
  fc.constant<[string, Call]>(['sync the directory', (disk) => disk.syncDirectory()]),
  fc
    .tuple(name, at, at)
    .map(([one, from, length]): [string, Call] => [
      `read ${one} ${from} ${length}`,
      (disk) => disk.read(one, from, length),
    ]),
  name.map((one): [string, Call] => [`size ${one}`, (disk) => disk.size(one)]),
)

test('both disks give the same answers, errors included, and hold the same bytes in the end', () => {
  fc.assert(
    fc.property(fc.array(calls, { minLength: 5, maxLength: 40 }), (program) => {
      const folder = mkdtempSync(join(tmpdir(), 'kata-disk-'))
      try {
        const real = realDirectory(folder)
        const model = simulatedDisk()
        for (const [what, call] of program)
          expect(
            outcome(() => call(model.face)),
            what,
          ).toEqual(outcome(() => call(real)))
        expect(model.face.list()).toEqual(real.list())
        for (const [one, content] of model.now()) expect(readFileSync(join(folder, one))).toEqual(Buffer.from(content))
      } finally {
        rmSync(folder, { recursive: true })
      }
    }),
    { numRuns: 150, seed: 7 },
  )
})
