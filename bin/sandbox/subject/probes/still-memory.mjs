// Shared memory in a process of one thread: whoever would wait there would wait for ever. It stays, for katas whose code is
// written for it, and waiting comes to nothing at once.

export const STILL_MEMORY = ['Atomics', 'SharedArrayBuffer']

export function makeWaitingReturn() {
  Object.assign(Atomics, {
    wait: () => 'timed-out',
    waitAsync: () => ({ async: false, value: 'timed-out' }),
  })
}
