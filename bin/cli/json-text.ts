// JSON as it is printed: what a submission says of itself stands in it, and whoever reads it on a terminal must not be
// fooled. JSON itself escapes only the first controls; the others, and the marks that turn text around, are escaped here,
// so that programs read the same text as ever.

/** Between tokens stands nothing but spaces and line breaks, so whatever this finds is inside of a string. */
const COMMANDS = /(?!\n)[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu

export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(
    COMMANDS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
