// Who is told to stop is the launcher (a service manager, an editor's task); who must stop is the Node that it started.

import { spawn } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

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
