// A thread of its own for Node's type stripper. It is WebAssembly with a stack of fixed size: a source that is nested too
// deeply makes it trap, and after that it is broken for good in its thread. So no submission is stripped in the judge's.
// Plain JavaScript, for a thread that starts without any loader.

import { stripTypeScriptTypes } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'

const { signal, port } = workerData

// The first use prints a notice; it is the same stripper that `node file.ts` uses.
process.emitWarning = () => {}
stripTypeScriptTypes('')

parentPort?.on('message', (source) => {
  let answer
  try {
    answer = { script: stripTypeScriptTypes(source) }
  } catch (error) {
    const { message = '', stack = '', code = '' } = /** @type {NodeJS.ErrnoException} */ (error)
    // Anything but an objection to the source: the stripper has broken down.
    answer = /^ERR_(INVALID|UNSUPPORTED)_TYPESCRIPT_SYNTAX$/.test(code) ? { message, stack } : { broken: message }
  }
  port.postMessage(answer)
  Atomics.store(signal, 0, 1)
  Atomics.notify(signal, 0)
})
