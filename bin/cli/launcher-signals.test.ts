// Who is told to stop is the launcher (a service manager, an editor's task); who must stop is the Node that it started.

import { spawn } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tryLock } from '../gradebook/grader-lock.ts'
import { courseCopy, SOLUTION } from './course-copy-fixture.ts'

const NODE = `node-${process.platform}-${process.arch}`

test.skipIf(process.platform !== 'linux')('the launcher passes SIGTERM on and ends as its child does', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'kata-launcher-'))
  const write = (path: string, text: string) => {
    mkdirSync(join(folder.path, path, '..'), { recursive: true })
    writeFileSync(join(folder.path, path), text)
  }
  const pinned = `node_modules/${NODE}`
  write('package.json', JSON.stringify({ type: 'module', optionalDependencies: { [NODE]: '99.0.0' } }))
  write(`${pinned}/package.json`, JSON.stringify({ version: '99.0.0' }))
  write(`${pinned}/bin/node`, "#!/bin/sh\ntrap 'exit 5' TERM\necho up\nwhile :; do sleep 0.02; done\n")
  chmodSync(join(folder.path, pinned, 'bin/node'), 0o755)
  mkdirSync(join(folder.path, 'bin'))
  cpSync(join(import.meta.dirname, '../kata.js'), join(folder.path, 'bin/kata.js'))

  const launcher = spawn(process.execPath, [join(folder.path, 'bin/kata.js')])
  launcher.stdout.once('data', () => launcher.kill('SIGTERM'))
  expect(await new Promise((resolve) => launcher.on('exit', resolve))).toBe(5)
})

/** What makes a Node take itself for another than the pinned one, and so for a launcher. */
const OTHER_NODE = `data:text/javascript,${encodeURIComponent(
  "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } })",
)}`

test.skipIf(process.platform !== 'linux')(
  'a grader whose launcher was killed ends, too',
  { timeout: 180_000 },
  async () => {
    using copy = await courseCopy()
    mkdirSync(join(copy.ws, 'class/ada'), { recursive: true })
    writeFileSync(join(copy.ws, 'class/ada/token-bucket.ts'), SOLUTION)
    // As long as we hold its lock it waits, and would for ever.
    const lock = tryLock(join(copy.ws, 'gradebook.sqlite'))
    const grade = ['grade', 'class', '--kata', 'token-bucket', '--portable', '--json']
    const launcher = spawn(process.execPath, ['--import', OTHER_NODE, join(copy.course, 'bin/kata.js'), ...grade], {
      cwd: copy.ws,
    })
    const exited = new Promise((resolve) => launcher.on('exit', (_, signal) => resolve(signal)))
    const said = await new Promise<string>((resolve) => launcher.stdout.once('data', (bytes) => resolve(String(bytes))))
    expect(JSON.parse(said)).toMatchObject({ event: 'waiting' })
    // The pinned Node writes to the same pipe, which is at its end when both are gone.
    const closed = new Promise<string>((resolve) => launcher.on('close', () => resolve('both are gone')))
    launcher.kill('SIGKILL')
    expect(await exited).toBe('SIGKILL')
    expect(await closed).toBe('both are gone')
    lock?.release()
  },
)
