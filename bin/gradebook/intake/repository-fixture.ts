// Real repositories for tests, made by git itself, with a clock of their own.

import { execFileSync } from 'node:child_process'
import { devNull } from 'node:os'
import { writeFiles } from '../../course/course-fixture.ts'

export function git(cwd: string, args: readonly string[], atMs = Date.UTC(2026, 2, 1), input?: string): string {
  const date = `@${Math.floor(atMs / 1000)} +0000`
  return execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
    cwd,
    encoding: 'utf8',
    ...(input === undefined ? {} : { input }),
    env: {
      PATH: process.env['PATH'],
      HOME: cwd,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: devNull,
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.org',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.org',
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  }).trim()
}

export interface Snapshot {
  readonly atMs: number
  readonly files: Readonly<Record<string, string>>
}

/** @returns the hashes, in order */
export function makeRepository(folder: string, commits: readonly Snapshot[], format = 'sha1'): string[] {
  writeFiles(folder, {})
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', `--object-format=${format}`, folder])
  return commits.map(({ atMs, files }) => commit(folder, atMs, files))
}

export function commit(folder: string, atMs: number, files: Readonly<Record<string, string>>): string {
  writeFiles(folder, files)
  git(folder, ['add', '--all', '--force'], atMs)
  git(folder, ['commit', '--quiet', '--allow-empty', '--message', 'work'], atMs)
  return git(folder, ['rev-parse', 'HEAD'])
}
