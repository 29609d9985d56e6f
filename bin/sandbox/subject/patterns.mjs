// What a regular expression may do that its match does not show.

import { uncurried } from './uncurried.mjs'

const codeAt = uncurried(String.prototype.charCodeAt)

const [BACKSLASH, OPEN, CLOSE, CLASS, CLASS_END] = [0x5c, 0x28, 0x29, 0x5b, 0x5d]
const [QUESTION, LESS, EQUALS, BANG, STAR, PLUS, COMMA, BRACE_END] = [0x3f, 0x3c, 0x3d, 0x21, 0x2a, 0x2b, 0x2c, 0x7d]

/**
 * Whether a pattern looks ahead or back without an end: then it may walk over all of the text, and what it matches does not
 * show it. (Going back and forth within a match is not counted; where strangers are judged, the processor's time tells.)
 * @param {string} pattern
 */
export function looksFar(pattern) {
  let depth = 0
  let look = 0
  let isInClass = false
  for (let i = 0; i < pattern.length; i++) {
    const code = codeAt(pattern, i)
    if (code === BACKSLASH) i++
    else if (isInClass) isInClass = code !== CLASS_END
    else if (code === CLASS) isInClass = true
    else if (code === OPEN) {
      depth++
      const at = i + (codeAt(pattern, i + 2) === LESS ? 3 : 2)
      const kind = codeAt(pattern, at)
      if (look === 0 && codeAt(pattern, i + 1) === QUESTION && (kind === EQUALS || kind === BANG)) look = depth
    } else if (code === CLOSE) {
      if (depth-- === look) look = 0
    } else if (look > 0 && (code === STAR || code === PLUS)) return true
    // As in `{2,}`.
    else if (look > 0 && code === COMMA && codeAt(pattern, i + 1) === BRACE_END) return true
  }
  return false
}
