// Stands in for the judge in tests of the box: a process that holds a secret as the judge holds its suites, and that an
// attack may do to whatever it can.

import { createSocket } from 'node:dgram'
import { createServer, type Server } from 'node:net'

const secret = process.env['KATA_SECRET'] ?? ''
const [socketFile = ''] = process.argv.slice(2)
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`)

/** In its memory too, as text that is in use. */
const expected = Buffer.from(`the secret is ${secret}`)
setInterval(() => expected.length, 1_000)

async function listening(at: number | string): Promise<Server> {
  const server = createServer((socket) => {
    say({ came: at })
    socket.on('error', () => {})
    socket.end(expected)
  })
  await new Promise<void>((resolve) =>
    server.listen(typeof at === 'number' ? { port: at, host: '127.0.0.1' } : at, resolve),
  )
  return server
}

const abstractSocket = `\0kata-${process.pid}`
const tcp = await listening(0)
await Promise.all([listening(socketFile), listening(abstractSocket)])
const udp = createSocket('udp4', () => say({ came: 'udp' }))
await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve))
say({
  pid: process.pid,
  tcp: (tcp.address() as { port: number }).port,
  udp: udp.address().port,
  socketFile,
  abstractSocket,
})
