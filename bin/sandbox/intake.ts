// Bytes to text: what a source may be before anything looks at its meaning. A submission is hostile data.

import type { SourceProblem } from './source-problem.ts'

/** Ten times what the longest solution has. Parsers that are quadratic in hostile places stay below a second with it. */
const MAX_BYTES = 64 * 1024

/**
 * Invisible or reordering characters: code that reads otherwise than it runs ("Trojan Source", CVE-2021-42574; letters
 * that show nothing; line breaks that an editor does not show). A joiner in an emoji is none.
 */
const DECEPTIVE =
  /(?![\t\n\f])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\ufff9-\ufffb]|(?!(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}]|\ufe0f)(?:\u200d|\ufe0f))\p{Default_Ignorable_Code_Point}/u

export type Intake = { ok: true; source: string } | { ok: false; problems: SourceProblem[] }

/** @param bytes a file as it is on disk; a leading byte order mark and other line ends than LF are normalised away */
export function takeIn(bytes: Uint8Array): Intake {
  const refuse = (message: string, line = 1, column = 1): Intake => ({
    ok: false,
    problems: [{ kind: 'intake', line, column, message }],
  })
  if (bytes.length > MAX_BYTES)
    return refuse(`The file has ${bytes.length} bytes; a submission may have ${MAX_BYTES}. Shorten it.`)
  let source: string
  try {
    source = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r\n?/g, '\n')
  } catch {
    return refuse('The file is not valid UTF-8. Save it as UTF-8.')
  }
  const at = source.search(DECEPTIVE)
  if (at >= 0) {
    const before = source.slice(0, at).split('\n')
    const code = source.codePointAt(at)?.toString(16).toUpperCase().padStart(4, '0')
    return refuse(
      `An invisible or reordering character (U+${code}) makes code read otherwise than it runs. Delete it.`,
      before.length,
      (before.at(-1) ?? '').length + 1,
    )
  }
  return { ok: true, source }
}
