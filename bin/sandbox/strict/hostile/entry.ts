// Runs attacks with all of Node at their disposal, in place of the subject: as if a submission had got out of its realm. It
// is told on the channel which, one after another, and says there what it got hold of.

import { readSync, writeSync } from 'node:fs'
import { attacks } from './attacks.ts'
import { CHANNEL, type Given, OVER } from './given.ts'

const say = (what: unknown) => {
  const bytes = Buffer.from(`${String(what)}\n`)
  for (let at = 0; at < bytes.length; ) at += writeSync(CHANNEL, bytes, at)
}
process.on('uncaughtException', (error) => say(`uncaught: ${error}`))

const buffer = Buffer.alloc(4_096)
for (;;) {
  const got = readSync(CHANNEL, buffer)
  if (got === 0) process.exit(0)
  const { name, given } = JSON.parse(buffer.toString('utf8', 0, got)) as { name: string; given: Given }
  say('began')
  try {
    say(await attacks[name]?.run(given, say))
  } catch (error) {
    say(`failed: ${error}`)
  }
  say(OVER)
}
