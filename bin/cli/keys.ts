// Single keys from a terminal; from a pipe (a script, a test) each character counts as one.

import type { Io } from './context.ts'

const ESCAPE = '\u001b'

export interface Keys {
  /** Gives the terminal up for as long as another program (a pager, a prompt) reads from it. */
  lend<T>(work: () => Promise<T>): Promise<T>
  close(): void
}

export function readKeys(stdin: Io['stdin'], pressed: (key: string) => void): Keys {
  const raw = stdin.isTTY === true
  const onData = (chunk: Buffer | string) => {
    const text = chunk.toString()
    // An arrow or function key is several characters, which mean nothing one by one.
    if (!text.startsWith(ESCAPE)) for (const key of text) pressed(key)
  }
  const take = () => {
    if (raw) stdin.setRawMode?.(true)
    stdin.on('data', onData)
    stdin.resume()
  }
  const give = () => {
    stdin.off('data', onData)
    stdin.pause()
    if (raw) stdin.setRawMode?.(false)
  }
  take()
  return {
    async lend(work) {
      if (!raw) return work()
      give()
      try {
        return await work()
      } finally {
        take()
      }
    },
    close: give,
  }
}
