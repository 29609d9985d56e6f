import { PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { readKeys } from './keys.ts'

/** What a terminal is to the reader of keys. */
function terminal() {
  const modes: boolean[] = []
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (raw: boolean) => modes.push(raw) })
  return { stdin, modes }
}

test('each key counts, an arrow key is none', async () => {
  const { stdin } = terminal()
  const pressed: string[] = []
  const keys = readKeys(stdin, (key) => pressed.push(key))
  for (const typed of ['h', 'ld', '\u001b[A', '\u001b[21~', 'q']) {
    stdin.write(typed)
    await turn()
  }
  keys.close()
  expect(pressed).toEqual(['h', 'l', 'd', 'q'])
})

test('a pager has the terminal to itself, in the mode that it expects; afterwards the keys are ours again', async () => {
  const { stdin, modes } = terminal()
  const pressed: string[] = []
  const keys = readKeys(stdin, (key) => pressed.push(key))
  let read = ''
  await keys.lend(async () => {
    expect(modes).toEqual([true, false])
    expect(stdin.isPaused()).toBe(true)
    stdin.write('q')
    await turn()
    read = String(stdin.read())
  })
  expect([read, pressed, modes]).toEqual(['q', [], [true, false, true]])
  stdin.write('h')
  await turn()
  expect(pressed).toEqual(['h'])
  keys.close()
  expect(modes.at(-1)).toBe(false)
})

test('the terminal comes back from a pager that fails', async () => {
  const { stdin, modes } = terminal()
  const keys = readKeys(stdin, () => {})
  await expect(keys.lend(() => Promise.reject(new Error('no pager')))).rejects.toThrow('no pager')
  expect(modes.at(-1)).toBe(true)
  keys.close()
})
