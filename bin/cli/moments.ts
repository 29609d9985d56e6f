// Moments as every screen and page tells them: in UTC, so that they are the same wherever they are read.

/** To the minute: when something of ours was done. */
export const momentText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** As exactly as lateness is counted: who reads "due 22:59", "came 22:59" and "a day late" has been told no reason. */
export const exactMoment = (ms: number): string =>
  `${new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/(?:(?::00)?\.000)?Z$/, '')} UTC`
