// `npm run soak:runs -- [seeds] [kata…] [--from N] [--all]`: what goes by the clock under faults, and only that, on 10,000 seeds
// unless told: every fault profile of a kata's `runs.ts` once a seed, held against its rules. A whole suite a seed (`npm run soak`) would
// take days for as many. The reference is run, with `--all` the other right files too. A single violation is a bug of ours.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { TimedInput } from '../../graders/kit/simulation.ts'
import { discoverKatas, findKata } from '../course/discover.ts'
import { runsFile, solutionFile } from '../course/files.ts'
import type { Kata } from '../course/kata.ts'
import { openWorld } from '../sandbox/simulation-fixture.ts'
import { heldRuns, type RunsFile } from './held-runs.ts'

const COURSE = join(import.meta.dirname, '../..')
/** In one life of a subject: it must end before the CPU time of a life does. */
const BLOCK = 20

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { from: { type: 'string' }, all: { type: 'boolean' } },
})
const [seedsText = '10000', ...names] = positionals
const seeds = Number(seedsText)
const from = Number(values.from ?? 1)
if (!Number.isSafeInteger(seeds) || !Number.isSafeInteger(from) || seeds < from || from < 1)
  throw new Error(
    'npm run soak:runs -- [seeds] [kata…] [--from N] [--all]: whole numbers, the last seed not before the first',
  )
const ws = { course: COURSE, root: COURSE }
const discovered = discoverKatas(COURSE)
const withRuns = discovered.filter((kata) => existsSync(runsFile(ws, kata)))
const katas = names.length > 0 ? names.map((name) => findKata(discovered, name)) : withRuns
const [without] = katas.filter((kata) => !withRuns.includes(kata))
if (without !== undefined)
  throw new Error(`${without.slug} has no runs.ts; these have: ${withRuns.map(({ slug }) => slug).join(', ')}`)

function rightOnes(kata: Kata): string[] {
  const reference = solutionFile(ws, kata)
  const folder = join(COURSE, 'graders', kata.path, 'accepted')
  return values.all === true ? [reference, ...readdirSync(folder).map((name) => join(folder, name))] : [reference]
}

/** Where a profile is there several times, they take turns. */
function oneOfEach(profiles: readonly string[], seed: number): number[] {
  return [...new Set(profiles)].map((profile) => {
    const places = profiles.flatMap((one, place) => (one === profile ? [place] : []))
    return places[seed % places.length] as number
  })
}

let violations = 0
for (const kata of katas) {
  const { PROFILES, runsFor, RUN_RULES }: RunsFile = await import(runsFile(ws, kata))
  for (const file of rightOnes(kata)) {
    const who = file.slice(COURSE.length + 1)
    const startedMs = performance.now()
    let runs = 0
    const seen = { steps: 0, lost: 0, crashes: 0, partitions: 0 }
    const before = violations
    for (let first = from; first <= seeds; first += BLOCK) {
      const last = Math.min(first + BLOCK - 1, seeds)
      const world = await openWorld(kata.path, { submission: readFileSync(file, 'utf8') })
      for (let seed = first; seed <= last; seed++) {
        // Seeds side by side would share runs: each is far from the next.
        const all = runsFor(Math.imul(seed, 0x9e3779b1) | 0)
        const places = oneOfEach(PROFILES, seed)
        const inputs = places.map((place) => all[place] as TimedInput)
        const { failing, tally } = await heldRuns(world, inputs, RUN_RULES)
        runs += inputs.length
        for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += tally.counts[key]
        for (const [rule, broken] of Object.entries(failing))
          for (const i of broken) {
            violations++
            console.log(`✗ ${who}, seed ${seed}, run ${(places[i] as number) + 1} of ${all.length}: ${rule}`)
          }
      }
      world.close()
      const perSeedMs = (performance.now() - startedMs) / (last - from + 1)
      const left = ((seeds - last) * perSeedMs) / 60_000
      process.stderr.write(
        `${kata.slug}: seed ${last} of ${seeds}, ${violations} violations, ${left.toFixed(1)} min left\n`,
      )
    }
    // Runs in which nothing happened would prove nothing.
    if (seen.crashes === 0) throw new Error(`${who}: nobody ever crashed`)
    const seconds = (performance.now() - startedMs) / 1_000
    console.log(
      `${who}: ${violations - before} violations in ${runs} runs (${[...new Set(PROFILES)].join(', ')}) · seeds ${from} to ${seeds} · ${Object.keys(RUN_RULES).length} rules · ${seconds.toFixed(0)} s\n  ${Object.entries(
        seen,
      )
        .map(([what, times]) => `${times} ${what}`)
        .join(', ')}`,
    )
  }
}
process.exit(violations === 0 ? 0 : 1)
