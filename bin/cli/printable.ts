// Text from lessons, submissions and progress files must not drive the terminal or reorder what is read: anything that
// is a command to the screen rather than a mark on it becomes U+FFFD, so that the reader sees that something was there.

// Controls (C0, DEL, C1, so ESC and CSI too), bidi marks and overrides, line and paragraph separators; \n and \t are
// let through, because layout deals with them.
const COMMANDS = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu

export function printable(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/^\ufeff/, '')
    .replaceAll('\u00ad', '') // soft hyphen: terminals disagree whether it takes a column
    .replace(COMMANDS, '\ufffd')
    .toWellFormed()
}
