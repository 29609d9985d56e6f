// What a result depends on beside the submission: the kata's grader, and the engine with the Node that it runs on. When
// either changes, an old result may no longer be what judging would say, and a regrade is worth proposing.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { solutionFile } from '../course/files.ts'
import type { Kata, Workspace } from '../course/kata.ts'
import { readLesson } from '../course/lesson.ts'
import { readText } from '../course/read-text.ts'
import { kataRevision } from '../course/revision.ts'

export interface Versions {
  readonly grader: string
  readonly engine: string
}

const MAX_BYTES = 4 * 1024 * 1024
const LENGTH = 16

/** Rooms whose code decides verdicts, and what in them does not. */
const ENGINE = ['bin/judge', 'bin/sandbox', 'graders/kit']
const NO_ENGINE = /\.test\.ts$|fixture|^bin\/judge\/verify\/|\/hostile\//
const PACKAGES = ['acorn', 'fast-check', 'typescript', 'vitest']

/** @returns all that decides verdicts on this kata beside the engine: suite, driver, budgets, stub, reference, promises */
export function graderVersion(ws: Workspace, kata: Kata): string {
  const promises = readLesson(ws, kata).promises.map(({ name }) => name)
  return digest([kataRevision(ws, kata), text(solutionFile(ws, kata)), ...promises])
}

export function engineVersion(course: string): string {
  const { dependencies } = JSON.parse(readFileSync(join(course, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  const files = ENGINE.flatMap((room) =>
    readdirSync(join(course, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(course.length + 1)
          .replaceAll('\\', '/'),
      ),
  )
    .filter((path) => !NO_ENGINE.test(path))
    .sort()
  return digest([
    process.versions.node,
    ...PACKAGES.map((name) => `${name} ${dependencies[name]}`),
    ...files.flatMap((path) => [path, text(join(course, path))]),
  ])
}

/** Line endings are the checkout's. */
const text = (file: string): string => readText(file, MAX_BYTES)?.replaceAll('\r\n', '\n') ?? ''

function digest(parts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}\n${part}`)
  return hash.digest('hex').slice(0, LENGTH)
}
