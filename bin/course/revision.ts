// What a pass was a pass of. When the suite, the driver, the budgets or the stub change, an old pass says less than it
// seems to, and the kata asks for a recheck.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { budgetsFile, driverFile, pristineStubFile, runsFile, suiteFile } from './files.ts'
import type { Kata, Workspace } from './kata.ts'
import { readText } from './read-text.ts'

const MAX_BYTES = 4 * 1024 * 1024
const LENGTH = 12

export function kataRevision(ws: Workspace, kata: Kata): string {
  const hash = createHash('sha256')
  const files = {
    suite: suiteFile(ws, kata),
    driver: driverFile(ws, kata),
    budgets: budgetsFile(ws, kata),
    stub: pristineStubFile(ws, kata),
    ...(existsSync(runsFile(ws, kata)) ? { runs: runsFile(ws, kata) } : {}),
  }
  for (const [name, file] of Object.entries(files)) {
    // Line endings are the checkout's, not the kata's. Names and lengths keep text from moving between files unseen.
    const text = readText(file, MAX_BYTES)?.replaceAll('\r\n', '\n')
    hash.update(text === undefined ? `${name} absent\n` : `${name} ${Buffer.byteLength(text)}\n${text}`)
  }
  return hash.digest('hex').slice(0, LENGTH)
}
