// An answer as a short text, the same for the same answer: what a submission and the reference have answered is compared
// by it. Loaded on both sides.

import { capture, weighAnew } from '../plain-data.mjs'

const MAX_TEXT = 40
const DIGEST = 9

const { stringify } = JSON

/** @param {unknown} value whatever a call has returned @returns {string} at most 40 characters */
export function answerText(value) {
  try {
    weighAnew()
    const text = stringify(capture(value))
    return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - DIGEST)}…${digest(text)}`
  } catch {
    return 'cannot be read'
  }
}

/** FNV-1a, 32 bits. @param {string} text */
function digest(text) {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
