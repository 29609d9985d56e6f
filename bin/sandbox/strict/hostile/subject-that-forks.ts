// Behaves as a subject until it is asked a second time, and starts a process then.

import { spawnSync } from 'node:child_process'
import { readSync, writeSync } from 'node:fs'
import { CHANNEL } from './given.ts'

const bytes = Buffer.alloc(4_096)
readSync(CHANNEL, bytes)
const body = Buffer.from(JSON.stringify({ type: 'ready' }))
const head = Buffer.alloc(4)
head.writeUInt32LE(body.length)
writeSync(CHANNEL, Buffer.concat([head, body]))
readSync(CHANNEL, bytes)
spawnSync('/bin/true')
