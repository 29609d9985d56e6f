// Types blanked out of a submission, every line and column kept, by a thread that may be lost in the attempt.

import { join } from 'node:path'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'

const TOO_DEEP = 'The file is nested too deeply to be read. Split the longest expression in it.'
/** It takes a millisecond; a machine that has not given it one by then will judge nothing anyhow. */
const DEADLINE_MS = 60_000

export type Stripped =
  | { ok: true; script: string }
  /** `stack`: the stripper's own, which begins with the place */
  | { ok: false; message: string; stack: string }

interface Stripper {
  readonly thread: Worker
  readonly port: MessagePort
  readonly signal: Int32Array
}

let ready: Stripper | undefined

/** Starts the thread ahead of need (about 30 ms, beside other work); the next one, should that be lost. */
export function startStripper(): Stripper {
  if (ready !== undefined) return ready
  const { port1, port2 } = new MessageChannel()
  const signal = new Int32Array(new SharedArrayBuffer(4))
  const thread = new Worker(join(import.meta.dirname, 'stripper.mjs'), {
    workerData: { signal, port: port2 },
    transferList: [port2],
    execArgv: [],
    env: {},
    stdout: true,
    stderr: true,
  })
  // A thread that is lost is told by the silence that follows.
  thread.on('error', () => {})
  thread.unref()
  port1.unref()
  ready = { thread, port: port1, signal }
  return ready
}

/** @param source TypeScript, as hostile as it likes */
export function stripTypes(source: string): Stripped {
  const { thread, port, signal } = startStripper()
  Atomics.store(signal, 0, 0)
  thread.postMessage(source)
  // Woken is not answered: where the thread was held up behind its last answer, the wake-up call for that comes only now.
  while (Atomics.load(signal, 0) === 0 && Atomics.wait(signal, 0, 0, DEADLINE_MS) !== 'timed-out');
  const answer: { script: string } | { message: string; stack: string } | { broken: string } | undefined =
    receiveMessageOnPort(port)?.message
  if (answer !== undefined && 'script' in answer) return { ok: true, ...answer }
  if (answer !== undefined && 'stack' in answer) return { ok: false, ...answer }
  ready = undefined
  void thread.terminate()
  return { ok: false, message: TOO_DEEP, stack: ':1\n' }
}
