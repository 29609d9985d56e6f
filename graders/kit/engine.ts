// The kit's door to the subject's engine. In the subject, `kata.subject` is there before any of this is loaded and gone
// before any submission is; elsewhere (a visible test, a bench, an editor) a turn of the event loop does as well.

interface Engine {
  settle(): Promise<void>
}

const engine = (globalThis as unknown as Record<symbol, Engine | undefined>)[Symbol.for('kata.subject')]
const turn = globalThis.setImmediate

/** One turn of the event loop: every promise that can settle without time passing has settled. */
export const settle: () => Promise<void> = engine?.settle ?? (() => new Promise<void>((resolve) => turn(resolve)))
