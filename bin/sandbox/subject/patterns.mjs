// What a regular expression may do that its match does not show.

import { uncurried } from './uncurried.mjs'

const codeAt = uncurried(String.prototype.charCodeAt)

const [BACKSLASH, OPEN, CLOSE, CLASS, CLASS_END] = [0x5c, 0x28, 0x29, 0x5b, 0x5d]
const [QUESTION, LESS, EQUALS, BANG, STAR, PLUS, COMMA, BRACE_END] = [0x3f, 0x3c, 0x3d, 0x21, 0x2a, 0x2b, 0x2c, 0x7d]

/** Letters of classes that nearly everything is in. */
const WIDE = new Set([0x53, 0x44, 0x57]) // \S \D \W
const wide = (/** @type {number} */ code) => WIDE.has(code)
const [ZERO, CARET, BAR, DOT, BRACE] = [0x30, 0x5e, 0x7c, 0x2e, 0x7b]

/**
 * Whether a pattern may walk over all of the text though what it matches does not show it: where it looks ahead or back without
 * an end; and where it runs over anything, without an end, in what it can do without (`(?:[^]*y)?`, `.*y|x`). (Going back and
 * forth within a match is not counted; where strangers are judged, the processor's time tells.)
 * @param {string} pattern
 */
export function looksFar(pattern) {
  let depth = 0
  let look = 0
  let isInClass = false
  /** the atom before is one that nearly everything is in */
  let isWide = false
  /** by depth: whether such an atom is repeated without an end there */
  const runs = [false]
  for (let i = 0; i < pattern.length; i++) {
    const code = codeAt(pattern, i)
    const next = codeAt(pattern, i + 1)
    if (code === BACKSLASH) {
      isWide = wide(next) || (isInClass && isWide)
      i++
    } else if (isInClass) isInClass = code !== CLASS_END
    else if (code === CLASS) {
      isInClass = true
      isWide = next === CARET
    } else if (code === OPEN) {
      depth++
      runs[depth] = false
      const at = i + (codeAt(pattern, i + 2) === LESS ? 3 : 2)
      const kind = codeAt(pattern, at)
      if (look === 0 && next === QUESTION && (kind === EQUALS || kind === BANG)) look = depth
    } else if (code === CLOSE) {
      const isRun = runs[depth] === true
      if (isRun && (next === QUESTION || next === STAR || (next === BRACE && codeAt(pattern, i + 2) === ZERO)))
        return true
      if (depth-- === look) look = 0
      if (isRun) runs[depth] = true
      isWide = false
    } else if (code === BAR) {
      if (runs[depth] === true) return true
      isWide = false
    } else {
      // As in `{2,}`.
      const isEndless = code === STAR || code === PLUS || (code === COMMA && next === BRACE_END)
      if (isEndless && look > 0) return true
      if (isEndless && isWide) runs[depth] = true
      // What stands in braces says how often the atom before them comes.
      if (code !== BRACE && code !== COMMA && (code < ZERO || code > 0x39)) isWide = code === DOT
    }
  }
  return false
}
