// How many columns a text takes on a terminal. Node has this inside (readline uses it) but does not export it, and the
// packages that do it are not ours to depend on; the table is small because emoji and marks are Unicode properties.

// East Asian Wide and Fullwidth of Unicode 17, without emoji, ranges joined over unassigned code points.
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\u303e\u3041-\u3247\u3250-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2fb}\u{1d300}-\u{1d376}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u
// Marks, format characters, and the vowels and finals that Hangul puts into the syllable before them.
const ZERO = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff\ud7b0-\ud7fb]/u
// One picture, however many code points: flags, skin tones, families; also those joined without their VS16.
const PICTURE = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}.*\u200d\p{Extended_Pictographic})/v

// What paints a text. It takes no room, and a half of it would be read.
const ESCAPE = '\u001b'
const PAINT = new RegExp(`(${ESCAPE}\\[[\\d;]*m)`)

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** What a reader calls characters: never cut inside one. */
export function* graphemes(text: string): Generator<string> {
  if (isAscii(text)) yield* text
  else
    for (const part of text.split(PAINT))
      if (PAINT.test(part)) yield part
      else for (const { segment } of segmenter.segment(part)) yield segment
}

export function columns(text: string): number {
  if (isAscii(text)) return text.length
  let sum = 0
  for (const grapheme of graphemes(text)) sum += graphemeColumns(grapheme)
  return sum
}

function graphemeColumns(grapheme: string): number {
  if (PAINT.test(grapheme)) return 0
  if (grapheme.length > 1 && PICTURE.test(grapheme)) return 2
  let sum = 0
  for (const character of grapheme) sum += ZERO.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return sum
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}
