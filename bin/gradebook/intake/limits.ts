// How much of anything intake looks at. Generous for honest work (a forgotten `node_modules` still passes), and small
// enough that a class of such submissions is read in minutes and in flat memory.

/** A stub file. The judge's own limit is lower, and tells the learner so; more than this is not even held in memory. */
export const MAX_STUB_BYTES = 256 * 1024

/** Entries that are looked at below one learner, in one archive of theirs, or in one commit. */
export const MAX_ENTRIES = 100_000

/** Files that could each be one kata's, in one container: with more of them none is read, so that names fill no memory. */
export const MAX_RIVALS = 8

/** Archives and repositories that are opened in what one learner handed in at one time. */
export const MAX_CONTAINERS = 8

/** Entries of an archive that holds a class. */
export const MAX_CLASS_ENTRIES = 2_000_000

/** An archive inside another container is held in memory whole, one at a time. */
export const MAX_NESTED_BYTES = 64 * 1024 * 1024

/** What an archive of one learner may come to when it has to be unpacked as a stream. */
export const MAX_UNPACKED_BYTES = 1024 * 1024 * 1024

export const MAX_CLASS_UNPACKED_BYTES = 64 * 1024 * 1024 * 1024

/** Source text shrinks to a tenth at best; what shrinks to less than a five-hundredth is made to fill a disk. */
export const MAX_RATIO = 500

/** Below this, no ratio is a bomb: an empty table of zeros shrinks well, too. */
export const MIN_BOMB_BYTES = 1024 * 1024
