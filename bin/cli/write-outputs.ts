// Writes everything that others read a gradebook by. What each file holds is decided where it is made.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { replaceFile } from '../course/replace-file.ts'
import type { Grades } from '../gradebook/grades.ts'
import { canvasCsv } from '../gradebook/reports/canvas-csv.ts'
import { gradebookCsv } from '../gradebook/reports/gradebook-csv.ts'
import { gradescopeResults } from '../gradebook/reports/gradescope-results.ts'
import { junitXml } from '../gradebook/reports/junit-xml.ts'

export interface OutputOptions {
  /** without the hidden inputs */
  readonly redact: boolean
}

/** @returns the files, relative to the folder */
export function writeOutputs(grades: Grades, folder: string, { redact }: OutputOptions): string[] {
  const written: string[] = []
  const write = (path: string, text: string) => {
    replaceFile(join(folder, path), text)
    written.push(path)
  }
  write('gradebook.csv', gradebookCsv(grades))
  write('canvas.csv', canvasCsv(grades))
  write('junit.xml', junitXml(grades, { redact }))
  for (const one of grades.learners) {
    const results = gradescopeResults(grades, one, { redact })
    write(`gradescope/${fileNameOf(one.learner.id)}/results.json`, `${JSON.stringify(results, null, 2)}\n`)
  }
  return written
}

const MAX_NAME = 60

/**
 * A learner's id as a name of a file, on any system: an id may be anything that a roster holds. Those that are no safe
 * names get a piece of their hash, so that no two learners share one.
 */
export function fileNameOf(id: string): string {
  const isSafe =
    /^[a-z0-9][a-z0-9_-]*$/.test(id) && id.length <= MAX_NAME && !/^(con|prn|aux|nul|com\d|lpt\d)$/.test(id)
  if (isSafe) return id
  const plain = id
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, MAX_NAME)
  return `${plain === '' ? 'learner' : plain}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`
}
