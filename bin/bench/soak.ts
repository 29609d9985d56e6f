// `npm run soak -- [seeds] [kata…] [--from N]`: what is right, on as many seeds as a night holds (10,000 unless told): each
// seed is a whole suite, with every fault profile that it has. A single broken promise is a bug of ours, in the reference or
// in the suite, and is told with the command that replays it. An interruption loses nothing: go on with `--from`.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { discoverKatas, findKata } from '../course/discover.ts'
import { pristineStubFile, solutionFile } from '../course/files.ts'
import type { Kata } from '../course/kata.ts'
import type { Job } from '../judge/jobs.ts'
import { startJudge } from '../judge/judge.ts'
import { importsOf, prepareSubmission } from '../sandbox/prepare.ts'

const COURSE = join(import.meta.dirname, '../..')
const ws = { course: COURSE, root: COURSE }
/** In one life of a subject: it must end before the CPU time of a life does. */
const BLOCK = 25

const { values, positionals } = parseArgs({ allowPositionals: true, options: { from: { type: 'string' } } })
const [seedsText = '10000', ...names] = positionals
const seeds = Number(seedsText)
const from = Number(values.from ?? 1)
if (!Number.isSafeInteger(seeds) || !Number.isSafeInteger(from) || seeds < from || from < 1)
  throw new Error('npm run soak -- [seeds] [kata…] [--from N]: whole numbers, the last seed not before the first')
const all = discoverKatas(COURSE)
const katas = names.length > 0 ? names.map((name) => findKata(all, name)) : all.filter(isSimulated)

function isSimulated(kata: Kata): boolean {
  return readFileSync(join(COURSE, 'graders', kata.path, 'driver.ts'), 'utf8').includes('/kit/simulation.ts')
}

function rightOnes(kata: Kata): { name: string; file: string }[] {
  const folder = join(COURSE, 'graders', kata.path, 'accepted')
  const accepted = readdirSync(folder).map((name) => ({ name: `accepted/${name}`, file: join(folder, name) }))
  return [{ name: 'solution', file: solutionFile(ws, kata) }, ...accepted]
}

let violations = 0
const judge = await startJudge(COURSE)
for (const kata of katas) {
  const mayImport = importsOf(readFileSync(pristineStubFile(ws, kata), 'utf8'))
  const startedMs = performance.now()
  for (let first = from; first <= seeds; first += BLOCK) {
    const block = Array.from({ length: Math.min(BLOCK, seeds - first + 1) }, (_, i) => first + i)
    const jobs = rightOnes(kata).map(({ name, file }): Job => {
      const prepared = prepareSubmission(kata.path, readFileSync(file, 'utf8'), mayImport)
      if (!prepared.ok) throw new Error(`${file} does not parse`)
      const { url, modules } = prepared
      return { id: name, kata: kata.path, url, modules, seeds: block, shrink: false, exhaustive: true }
    })
    const { evidence, faults } = await judge.run(jobs)
    for (const fault of faults.values()) say(kata, first, 'the suite', fault)
    for (const { id, promises, deaths, late } of evidence.values()) {
      for (const { why } of [...deaths, ...late.map(({ message }) => ({ why: message }))]) say(kata, first, id, why)
      for (const { name, seed, result } of promises) if (!result.kept) say(kata, seed, id, name)
    }
    const done = block.at(-1) as number
    const perSeedMs = (performance.now() - startedMs) / (done - from + 1)
    const left = Math.round(((seeds - done) * perSeedMs) / 60_000)
    process.stderr.write(`${kata.slug}: seed ${done} of ${seeds}, ${violations} violations, ${left} min left\n`)
  }
}
await judge.close()
console.log(`${violations} violations · ${katas.map(({ slug }) => slug).join(', ')} · seeds ${from} to ${seeds}`)
process.exit(violations === 0 ? 0 : 1)

function say({ slug, path }: Kata, seed: number, who: string, what: string): void {
  violations++
  const file = who === 'solution' ? `solutions/${path}.ts` : `graders/${path}/${who}`
  console.log(`✗ ${slug} ${who}, seed ${seed}: ${what}\n  npx kata check ${slug} --from ${file} --seed ${seed}`)
}
