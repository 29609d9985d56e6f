// The README's transcripts are real: each command is run again, in a fresh workspace, and must print what stands there.
// `UPDATE_README=1 npx vitest run bin/house/readme` writes what it prints now.

import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { COURSE } from './sources.ts'

const README = join(COURSE, 'README.md')
const workspace = mkdtempSync(join(tmpdir(), 'kata-readme-'))
afterAll(() => rmSync(workspace, { recursive: true, force: true }))

/** A fence of commands; `<!-- save: A as B -->` before it puts a file of the course into the workspace first. */
const FENCE = /(?:<!-- save: (\S+) as (\S+) -->\n+)?```console\n([\s\S]*?)```/g

function kata(...args: string[]): string {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env
  const { stdout, stderr } = spawnSync(process.execPath, [join(COURSE, 'bin/kata.js'), ...args], {
    cwd: workspace,
    env,
    encoding: 'utf8',
  })
  return `${stdout}${stderr}`
}

const masked = (text: string): string => text.replace(/\b\d+(\.\d)? (ms|s)$/gm, '… ms')

/** The commands of one fence, run now. */
function replay(fence: string): string {
  return fence
    .split('\n')
    .filter((line) => line.startsWith('$ '))
    .map((line) => {
      const [npx, name, ...args] = line.slice(2).split(' ')
      if (npx !== 'npx' || name !== 'kata') throw new Error(`a transcript runs npx kata, not "${line}"`)
      return `${line}\n${masked(kata(...args)).trimEnd()}\n`
    })
    .join('\n')
}

test('every transcript prints what it printed', { timeout: 600_000 }, () => {
  kata('init', '.')
  const readme = readFileSync(README, 'utf8')
  const fences = [...readme.matchAll(FENCE)]
  expect(fences.length).toBeGreaterThan(2)
  const now = readme.replace(FENCE, (whole, from: string | undefined, to: string | undefined, fence: string) => {
    if (from !== undefined && to !== undefined) copyFileSync(join(COURSE, from), join(workspace, to))
    return whole.replace(fence, () => replay(fence))
  })
  if (process.env['UPDATE_README'] === '1') writeFileSync(README, now)
  else expect(now).toBe(readme)
})

test('every npm script that it names is there', () => {
  const { scripts } = JSON.parse(readFileSync(join(COURSE, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const named = [...readFileSync(README, 'utf8').matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name)
  expect(named.length).toBeGreaterThan(3)
  for (const name of named) expect(Object.keys(scripts)).toContain(name)
})
