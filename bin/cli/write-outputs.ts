// Writes everything that others read a gradebook by. What each file holds is decided where it is made.

import { basename, join } from 'node:path'
import { replaceFile } from '../course/replace-file.ts'
import type { Grades } from '../gradebook/grades.ts'
import { canvasCsv } from '../gradebook/reports/canvas-csv.ts'
import { gradebookCsv } from '../gradebook/reports/gradebook-csv.ts'
import { gradescopeResults } from '../gradebook/reports/gradescope-results.ts'
import { junitXml } from '../gradebook/reports/junit-xml.ts'
import { classPage } from './class-page.ts'
import { jsonText } from './json-text.ts'
import { learnerPage, learnerPageName } from './learner-page.ts'

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
  write('class.html', classPage(grades, { hrefOf: ({ learner }) => `learners/${learnerPageName(learner.id)}` }))
  for (const one of grades.learners) {
    const page = learnerPageName(one.learner.id)
    write(`learners/${page}`, learnerPage(grades, one, { redact }))
    const results = gradescopeResults(grades, one, { redact })
    write(`gradescope/${basename(page, '.html')}/results.json`, `${jsonText(results, 2)}\n`)
  }
  return written
}
