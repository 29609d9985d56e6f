// One submission, made ready for each way of running it: which code is put into it depends on what is to be seen.

import { parse } from 'acorn'
import { countSteps } from './count-steps.ts'
import { nameAllocations } from './name-allocations.ts'
import type { Modules } from './prepare.ts'
import type { Profile } from './profile.ts'
import { traceShared } from './trace-shared.ts'

const SYNTAX = { ecmaVersion: 'latest', sourceType: 'module', locations: true } as const

/** @param script JavaScript of a submission that has been prepared before, so that it parses */
export function variantFor(
  profile: Exclude<Profile, 'suite'>,
  { url, script }: { url: string; script: string },
): Modules {
  switch (profile) {
    case 'bytes':
    case 'work':
      return { [url]: script }
    case 'steps':
      return { [url]: countSteps(script, parse(script, SYNTAX)) }
    case 'allocations':
      return { [url]: nameAllocations(script, parse(script, SYNTAX)) }
    case 'threads':
      return { [url]: traceShared(script, parse(script, SYNTAX)) }
  }
}
