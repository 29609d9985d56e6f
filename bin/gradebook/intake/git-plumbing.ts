// Runs git where the learner has no say: its own empty repository, with the learner's objects as the only thing shared.
// No configuration, hook, attribute, alternate, replacement or transport of theirs is ever in reach of it.

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Plumbing extends Disposable {
  /** @param onBytes gets what it prints; returning false ends it at once */
  run(
    args: readonly string[],
    input: string,
    onBytes: (bytes: Buffer) => boolean,
  ): Promise<{ readonly ok: true } | { readonly why: string }>
}

/** A commit, tree or tag larger than this is made to fill memory. */
const MAX_OBJECT_BYTES = 64 * 1024 * 1024
/** Ends what a crafted history would keep busy for ever; honest ones take milliseconds, on a crowded machine seconds. */
const DEADLINE_MS = 300_000

const CONFIG = `[core]
	bare = true
	repositoryformatversion = VERSION
	commitGraph = false
	multiPackIndex = false
	hooksPath = ${devNull}
	fsmonitor = false
	attributesFile = ${devNull}
	excludesFile = ${devNull}
[protocol]
	allow = never
[gc]
	auto = 0
[maintenance]
	auto = false
`

export function plumbing(
  repository: { readonly objects: string; readonly shallow: string },
  sha256: boolean,
): Plumbing {
  const home = mkdtempSync(join(tmpdir(), 'kata-git-'))
  for (const folder of ['objects', 'refs']) mkdirSync(join(home, folder))
  writeFileSync(join(home, 'HEAD'), 'ref: refs/heads/none\n')
  const config = CONFIG.replace('VERSION', sha256 ? '1' : '0')
  writeFileSync(join(home, 'config'), sha256 ? `${config}[extensions]\n\tobjectFormat = sha256\n` : config)
  if (repository.shallow !== '') writeFileSync(join(home, 'shallow'), repository.shallow)
  const env = {
    PATH: process.env['PATH'],
    SYSTEMROOT: process.env['SYSTEMROOT'],
    HOME: home,
    LC_ALL: 'C',
    GIT_DIR: home,
    GIT_OBJECT_DIRECTORY: repository.objects,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: '',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_ALLOC_LIMIT: String(MAX_OBJECT_BYTES),
  }
  return {
    run: (args, input, onBytes) => run(args, input, onBytes, home, env),
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  }
}

function run(
  args: readonly string[],
  input: string,
  onBytes: (bytes: Buffer) => boolean,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly ok: true } | { readonly why: string }> {
  return new Promise((resolve) => {
    const child = spawn('git', ['--no-pager', '--no-replace-objects', '--literal-pathspecs', ...args], {
      cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: DEADLINE_MS,
      killSignal: 'SIGKILL',
    })
    let said = ''
    let enough = false
    child.stderr.on('data', (bytes: Buffer) => {
      if (said.length < 2000) said += bytes.toString('utf8')
    })
    child.stdout.on('data', (bytes: Buffer) => {
      if (enough || onBytes(bytes)) return
      enough = true
      child.kill('SIGKILL')
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    child.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ why: error.code === 'ENOENT' ? 'cannot be read, since git is not installed here' : error.message }),
    )
    child.on('close', (code, signal) => {
      if (code === 0 || enough) resolve({ ok: true })
      else if (signal !== null) resolve({ why: `kept git busy for more than ${DEADLINE_MS / 1000} seconds` })
      else resolve({ why: `cannot be read by git (${said.split('\n')[0]?.slice(0, 200) ?? ''})` })
    })
  })
}
