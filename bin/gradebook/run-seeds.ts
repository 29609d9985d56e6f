// Seeds that nobody can know before the run: drawn by HMAC from the run's secret. All submissions of one kata meet the
// same inputs in one run, so that two learners are compared on the same terms; the next run has others.

import { createHmac } from 'node:crypto'

/** @param secret of one run; whoever has it can replay it */
export const runSeed = (secret: string, kata: string): number =>
  createHmac('sha256', secret).update(`seed of ${kata}`).digest().readUInt32LE(0)
