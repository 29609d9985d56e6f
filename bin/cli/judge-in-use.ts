// A judge for as long as one command needs it. It starts vitest and subject processes, and whoever interrupts the
// command must not find any of them still at work.

import { constants } from 'node:os'
import { type Judge, type JudgeOptions, startJudge } from '../judge/judge.ts'
import type { Context } from './context.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * @param use is given the judge while it is still starting: what can be done beside that should be
 * @param interrupted what a signal means; without it, the end of the program
 */
export async function withJudge<T>(
  { ws, io, interactive }: Context,
  use: (judge: Promise<Judge>) => Promise<T>,
  interrupted?: (signal: NodeJS.Signals) => void,
  options?: JudgeOptions,
): Promise<T> {
  const before = SIGNALS.map((signal) => process.listeners(signal))
  const judge = startJudge(ws.course, options)
  const close = () => judge.then((started) => started.close()).catch(() => {})
  let asked = false
  const onSignal = (signal: NodeJS.Signals) => {
    const exit = () => process.exit(128 + constants.signals[signal])
    // Whoever asks twice does not want to wait for tidiness.
    if (asked) exit()
    asked = true
    if (interactive) io.stdout.write('\n')
    if (interrupted !== undefined) interrupted(signal)
    else void close().then(exit)
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  // vitest's own end the process a millisecond later, whatever is still to be tidied up.
  judge
    .then(() => {
      for (const [i, signal] of SIGNALS.entries())
        for (const listener of process.listeners(signal))
          if (listener !== onSignal && !before[i]?.includes(listener)) process.off(signal, listener)
    })
    .catch(() => {}) // told where the judge is awaited
  try {
    return await use(judge)
  } finally {
    await close()
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
}
