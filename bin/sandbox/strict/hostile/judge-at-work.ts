// A judge that can be killed: it opens a subject in a box, has it loop for ever, and tells which process that is.

import { openSession } from '../../session.ts'

const url = 'kata:/katas/loops.ts'
const source = 'export const go = () => { for (;;); }'
const session = openSession({}, undefined, 'suite', 'strict')
const loaded = await session.load({
  url,
  modules: { [url]: source },
  driver: { url: 'kata:/driver.ts', modules: { 'kata:/driver.ts': "export { go } from '#kata/loops'" } },
})
const asked = session.call('go', [1])
process.stdout.write(`${JSON.stringify({ loaded: loaded.alive })}\n`)
await asked
