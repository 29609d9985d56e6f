// How a subject is kept from the machine that it runs on. Data, and threaded from whoever starts a judge to every process
// that it starts: the one that answers a suite, and those that are measured.

/**
 * - `portable`: a process of its own, Node's permission model, a closed realm; everywhere, and for everybody's own code
 * - `strict`: the same in a box of the system's, in which there is nothing else; on Linux with bubblewrap, for strangers' code
 */
export type Isolation = 'portable' | 'strict'
