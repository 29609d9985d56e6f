// On a machine whose own Node is another, `kata` is two processes: the launcher, which somebody sees and kills, and the
// pinned Node, which works. What the launcher can pass on it does; of its own sudden end it can say nothing, and the
// grader would go on unseen, with the lock on its gradebook.

import { Socket } from 'node:net'

/** @param pipe the file descriptor of a pipe whose other end the launcher holds, and nobody writes to */
export function endWithLauncher(pipe: number): void {
  const socket = new Socket({ fd: pipe, readable: true, writable: false })
  socket.on('error', () => {})
  // As if we had been told ourselves: whoever has work to end in good order listens for that.
  socket.on('close', () => process.kill(process.pid, 'SIGTERM'))
  socket.resume()
  socket.unref()
}
