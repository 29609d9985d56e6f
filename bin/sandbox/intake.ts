// Bytes to text: what a source may be before anything looks at its meaning. A submission is hostile data.

import type { SourceProblem } from './source-problem.ts'

const MAX_BYTES = 256 * 1024

/** Invisible or reordering characters: code that reads otherwise than it runs ("Trojan Source", CVE-2021-42574). */
const DECEPTIVE = /(?![\t\n\r\f])[\p{Cc}\p{Bidi_Control}\u200b-\u200d\u2060-\u2064\ufeff]/u

export type Intake = { ok: true; source: string } | { ok: false; problems: SourceProblem[] }

/** @param bytes a file as it is on disk; a leading byte order mark and CRLF line endings are normalised away */
export function takeIn(bytes: Uint8Array): Intake {
  const refuse = (message: string, line = 1, column = 1): Intake => ({
    ok: false,
    problems: [{ kind: 'intake', line, column, message }],
  })
  if (bytes.length > MAX_BYTES)
    return refuse(`The file has ${bytes.length} bytes; a submission may have ${MAX_BYTES}. Shorten it.`)
  let source: string
  try {
    source = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\r\n', '\n')
  } catch {
    return refuse('The file is not valid UTF-8. Save it as UTF-8.')
  }
  const at = source.search(DECEPTIVE)
  if (at >= 0) {
    const before = source.slice(0, at).split('\n')
    const code = source.charCodeAt(at).toString(16).padStart(4, '0')
    return refuse(
      `An invisible or reordering character (U+${code}) makes code read otherwise than it runs. Delete it.`,
      before.length,
      (before.at(-1) ?? '').length + 1,
    )
  }
  return { ok: true, source }
}
