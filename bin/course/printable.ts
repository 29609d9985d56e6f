// Text from files and arguments reaches the learner's terminal in messages. Control characters, escape sequences and
// bidi overrides in it would let a file rewrite the screen, so they are shown as U+FFFD and length is bounded.

const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu

export function printable(text: string, maxLength = 200): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
  return cut.replace(UNPRINTABLE, '\uFFFD')
}
