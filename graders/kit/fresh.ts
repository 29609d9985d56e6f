// Evaluates a submission as often as something in it begins a new life: a node that boots, a program that starts after a
// power failure. A driver that imports this makes its kata one of lives: what a module's variables hold dies with them.

/** The one export of a submission that was made ready for this: evaluates it afresh, and returns what it exports. */
const FRESH = 'kata: evaluate afresh'

/** @param module the submission, as `import * as kata` gives it. @returns its exports, evaluated anew at each call */
export function afresh<K extends object>(module: K): () => K {
  const evaluate = (module as Record<string, unknown>)[FRESH] as (() => K) | undefined
  if (evaluate === undefined)
    throw new Error('a submission that cannot be evaluated afresh: is it not the judge who runs this?')
  return evaluate
}
