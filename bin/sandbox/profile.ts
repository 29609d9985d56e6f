// What a subject is started for. One profile of flags per kind of measurement: a flag that makes one count exact would
// falsify another.

import { join } from 'node:path'

/**
 * - `suite`: answers a hidden suite
 * - `steps`: counts steps; built-ins are metered
 * - `bytes`: counts bytes, and makes quality samples and speed runs: code as it is, uninstrumented and optimised
 * - `allocations`: tells bytes by line of the source, to explain a figure of `bytes`
 * - `work`: makes calls as the code is, for who reads from outside what they cost
 * - `threads`: shared memory and real workers, every access traced
 */
export type Profile = 'suite' | 'steps' | 'bytes' | 'allocations' | 'work' | 'threads'

const HEAP_MEGABYTES = 256

/**
 * V8's helpers, which collect and compile beside what runs, take more time of the processor than they save, and many subjects
 * run side by side as it is: without its collectors five nodes of Raft go 1.2 times as far in a second of the processor;
 * without its compilers, too, a subject starts in a tenth less, and the questions of most suites take some 7 % less.
 */
const ONE_THREAD = '--single-threaded'

export const FLAGS: Record<Profile, readonly string[]> = {
  suite: [`--max-old-space-size=${HEAP_MEGABYTES}`, ONE_THREAD],
  steps: [`--max-old-space-size=${HEAP_MEGABYTES}`, ONE_THREAD],
  // One thread, so that no collector works beside us, and room enough that none has to work at all within a window.
  bytes: ['--max-old-space-size=1024', ONE_THREAD, '--min-semi-space-size=256', '--max-semi-space-size=256'],
  // Only what the profiler needs; nothing that is loaded later can ask for an inspector. Without inlining and folding each
  // allocation is its own function's.
  allocations: [
    '--max-old-space-size=1024',
    '--allow-inspector',
    ONE_THREAD,
    '--no-turbo-inlining',
    '--no-maglev-inlining',
    '--no-turbo-allocation-folding',
  ],
  // One thread: all that it does is its own doing, and nobody else's time.
  work: ['--max-old-space-size=1024', ONE_THREAD],
  threads: [`--max-old-space-size=${HEAP_MEGABYTES}`, '--allow-worker'],
}

/**
 * The pinned Node with everything denied that it can deny.
 * @param folder of what it runs, as it will see it itself, @param file in there
 */
export const argumentsFor = (profile: Profile, folder: string, file: string): string[] => [
  ...FLAGS[profile],
  '--no-warnings',
  '--permission',
  `--allow-fs-read=${join(folder, '*')}`,
  '--disallow-code-generation-from-strings',
  '--disable-proto=throw',
  '--disable-sigusr1',
  '--no-experimental-sqlite',
  // An error's frames are memory. Where that is counted, it has as many as elsewhere; where it is told, enough to find a line.
  ...(profile === 'bytes' ? [] : ['--stack-trace-limit=50']),
  join(folder, file),
]
