// Comments of a TypeScript fence are set back a little, which is all the highlighting a lesson needs. A scanner, not a
// parser: a quote inside a regular expression may mislead it, and then a line merely keeps or loses its dimness.

export interface Stretch {
  readonly text: string
  readonly comment: boolean
}

// Strings are matched so that `//` inside them is no comment. Every closing mark may be missing: an unclosed one then
// takes the rest at once, where a failing match would be tried again from each later start.
const LEXEMES = /(\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|'(?:[^'\\\n]|\\.)*'?|"(?:[^"\\\n]|\\.)*"?|`(?:[^`\\]|\\[\s\S])*`?/g

export function isTypeScript(info: string): boolean {
  return /^(?:ts|tsx|typescript|js|javascript)\b/i.test(info.trim())
}

/** The code in stretches: joined together they are the code again. */
export function splitComments(code: string): Stretch[] {
  const stretches: Stretch[] = []
  let done = 0
  for (const match of code.matchAll(LEXEMES)) {
    const comment = match[1]
    if (comment === undefined) continue
    stretches.push({ text: code.slice(done, match.index), comment: false }, { text: comment, comment: true })
    done = match.index + comment.length
  }
  stretches.push({ text: code.slice(done), comment: false })
  return stretches.filter(({ text }) => text !== '')
}
