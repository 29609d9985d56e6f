// Words that the probe of threads, its threads and the judge share: what can be done to a word of memory.

/** One touch of a word; the order is part of the raw figures that go to the judge. */
export const READ = 0
export const WRITE = 1
export const ATOMIC_READ = 2
export const ATOMIC_WRITE = 3
/** reads and writes at once */
export const ATOMIC_CHANGE = 4
/** fell asleep on a word */
export const WAIT = 5
/** woke some who slept on a word */
export const NOTIFY = 6
/** was woken */
export const WOKEN = 7
/** slept until its time was over */
export const TIMED_OUT = 8
/** not a touch: an operation begins */
export const OPERATION = 9
