// The filter's numbers are those of the kernel's own headers; what it does is shown by below-the-realm.test.ts.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { filteredCalls, systemCallFilter } from './system-call-filter.ts'

/** Numbers by name, of a machine that has the headers; on one that has not, there is nothing to compare with. */
function numbersIn(file: string): Map<string, number> | undefined {
  try {
    const text = readFileSync(file, 'utf8')
    return new Map(
      [...text.matchAll(/^#define __NR(?:3264)?_(\w+)\s+(\d+)/gm)].map(([, name = '', number]) => [
        name,
        Number(number),
      ]),
    )
  } catch {
    return undefined
  }
}

test.each([
  ['x64', '/usr/include/x86_64-linux-gnu/asm/unistd_64.h'],
  ['arm64', '/usr/include/asm-generic/unistd.h'],
] as const)('%s: each call has the number that the kernel gives it', (architecture, file) => {
  const known = numbersIn(file)
  const wrong = Object.entries(filteredCalls()).filter(
    ([name, numbers]) => known !== undefined && known.get(name) !== numbers[architecture],
  )
  expect(wrong).toEqual([])
})

test('a program for each architecture that Node is pinned for on Linux, and none for others', () => {
  for (const architecture of ['x64', 'arm64']) {
    const program = systemCallFilter(architecture) ?? new Uint8Array()
    expect(program.length % 8).toBe(0)
    // The kernel takes 4,096 instructions; a jump leads at most to the end.
    const count = program.length / 8
    expect(count).toBeGreaterThan(100)
    expect(count).toBeLessThan(4_096)
    const view = new DataView(program.buffer)
    for (let i = 0; i < count; i++) {
      if ((view.getUint16(8 * i, true) & 7) !== 5) continue
      for (const jump of [view.getUint8(8 * i + 2), view.getUint8(8 * i + 3)]) expect(i + 1 + jump).toBeLessThan(count)
    }
    expect([view.getUint16(program.length - 8, true), view.getUint32(program.length - 4, true)]).toEqual([
      6, 0x80000000,
    ])
  }
  expect(systemCallFilter('riscv64')).toBeUndefined()
})
