import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { page } from './pager.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pager-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** A program of ours as $PAGER, by a name without spaces. */
function pagerThat(source: string): NodeJS.ProcessEnv {
  const script = join(folder, 'pager.mjs')
  writeFileSync(script, source)
  return { ...process.env, PAGER: `${process.execPath} ${script}` }
}

const MARKING = `process.stdout.write('paged: '); process.stdin.pipe(process.stdout)`

/** Pages onto a file that says it is a terminal of five rows and twenty columns; returns what came to stand there. */
async function shown(text: string, env: NodeJS.ProcessEnv, isTTY = true): Promise<string> {
  const path = join(folder, 'screen')
  const file = createWriteStream(path, { flags: 'a' })
  await once(file, 'open')
  const before = process.listenerCount('SIGINT')
  await page(text, { stdout: Object.assign(file, { isTTY, rows: 5, columns: 20 }), env })
  expect(process.listenerCount('SIGINT')).toBe(before)
  file.end()
  await once(file, 'close')
  return readFileSync(path, 'utf8')
}

test('text taller than the screen goes through the pager, other text does not', async () => {
  const env = pagerThat(MARKING)
  expect(await shown('1\n2\n3\n4\n5\n', env)).toBe('paged: 1\n2\n3\n4\n5\n')
  rmSync(join(folder, 'screen'))
  expect(await shown('1\n2\n3\n4\n', env)).toBe('1\n2\n3\n4\n')
})

test('a long line counts as the rows that it takes, its colours as none', async () => {
  const env = pagerThat(MARKING)
  expect(await shown(`${'x'.repeat(81)}\n`, env)).toMatch(/^paged: x/)
  rmSync(join(folder, 'screen'))
  expect(await shown(`${'\u001b[1m\u001b[22m'.repeat(50)}x\n`, env)).not.toMatch(/^paged/)
})

test('a pipe or a file gets the text itself, and so does the reader who wants no pager', async () => {
  const tall = '\n'.repeat(50)
  expect(await shown(tall, pagerThat(MARKING), false)).toBe(tall)
  rmSync(join(folder, 'screen'))
  expect(await shown(tall, { ...process.env, PAGER: '' })).toBe(tall)
})

test('a pager that is missing or may not be run is no loss', async () => {
  const tall = 'line\n'.repeat(50)
  expect(await shown(tall, { ...process.env, PAGER: 'no-such-pager -R' })).toBe(tall)
  rmSync(join(folder, 'screen'))
  expect(await shown(tall, { ...process.env, PAGER: folder })).toBe(tall)
})

test('leaving the pager before the end is quiet', async () => {
  expect(await shown('line\n'.repeat(1_000_000), pagerThat(`process.stdout.write('left')`))).toBe('left')
})

test('a reader who closes the pipe before the end is quiet', async () => {
  const script = join(folder, 'writes.mjs')
  const pager = pathToFileURL(join(import.meta.dirname, 'pager.ts')).href
  writeFileSync(
    script,
    `import { page } from ${JSON.stringify(pager)}
     for (let at = 0; at < 20; at++) await page('line\\n'.repeat(100_000), { stdout: process.stdout, env: process.env })
     console.error('done')`,
  )
  const writer = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'pipe'] })
  let complaints = ''
  writer.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text
  })
  writer.stdout.once('data', () => writer.stdout.destroy())
  const [status] = await once(writer, 'close')
  expect({ status, complaints }).toEqual({ status: 0, complaints: 'done\n' })
})
