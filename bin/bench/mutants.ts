// `npm run bench:mutants -- [seeds] [kata] [name…] [--write]`: which of the known wrong submissions of simulated katas are
// found on how many master seeds, by which promises, and how short their story is after shrinking. Prints a table in
// Markdown; with `--write`, keeps it beside the grader, without what differs from machine to machine.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { discoverKatas } from '../course/discover.ts'
import { readLesson } from '../course/lesson.ts'
import type { Job } from '../judge/jobs.ts'
import { startJudge } from '../judge/judge.ts'
import { prepareSubmission } from '../sandbox/prepare.ts'

const COURSE = join(import.meta.dirname, '../..')
const WRITE = '--write'
const [seedsText = '20', slug = 'raft-election', ...names] = process.argv.slice(2).filter((word) => word !== WRITE)
const seeds = Array.from({ length: Number(seedsText) }, (_, i) => i + 1)
const kata = discoverKatas(COURSE).find((one) => one.slug === slug)
if (kata === undefined) throw new Error(`There is no kata ${slug}.`)
const folder = join(COURSE, 'graders', kata.path, 'rejected')
const promises = readLesson({ course: COURSE, root: COURSE }, kata).promises.map(({ name }) => name)

const judge = await startJudge(COURSE)
console.log(`| wrong submission of ${slug} | found on | promises | shortest story | time a seed |`)
console.log('| --- | --- | --- | --- | --- |')
const kept: string[] = []
let missed = 0
for (const file of readdirSync(folder).sort()) {
  if (file.startsWith('over-budget.') || file.startsWith('rejected-source.')) continue
  if (names.length > 0 && !names.some((name) => file.includes(name))) continue
  const source = readFileSync(join(folder, file), 'utf8')
  const prepared = prepareSubmission(kata.path, source, [])
  if (!prepared.ok) throw new Error(`${file} does not parse`)
  const { url, modules } = prepared
  const job: Job = { id: file, kata: kata.path, url, modules, seeds, shrink: true, exhaustive: true }
  const startedMs = performance.now()
  const { evidence, faults } = await judge.run([job])
  const ms = (performance.now() - startedMs) / seeds.length
  for (const fault of faults.values()) console.log(fault)
  const found = new Map<number, string[]>()
  let story = Number.POSITIVE_INFINITY
  for (const { name, seed, result } of evidence.get(file)?.promises ?? []) {
    if (result.kept) continue
    if (result.kind === 'fault') console.log(result.message)
    const number = String(promises.indexOf(name) + 1)
    found.set(seed, [...(found.get(seed) ?? []), number])
    // Only the first seed's is made small: it is the one that a learner reads.
    if (seed === 1 && 'story' in result && result.story.length > 0) story = Math.min(story, result.story.length)
  }
  const named = (head: string) =>
    [...source.matchAll(new RegExp(`^// ${head}: (.+)$`, 'gm'))].map(([, name = '']) =>
      String(promises.indexOf(name) + 1),
    )
  const [header, perhaps] = [named('breaks'), named('perhaps')]
  const asHeaded = (numbers: readonly string[]) =>
    header.includes('0') ||
    (header.every((one) => numbers.includes(one)) && numbers.every((one) => [...header, ...perhaps].includes(one)))
  const sets = [...new Set([...found.values()].map((numbers) => numbers.toSorted().join(' ')))]
  const odd = [...found.values()].every(asHeaded) ? '' : ` (header: ${header.join(' ')})`
  if (found.size < seeds.length || odd !== '') missed++
  const cells = [file.replace(/\.ts$/, ''), `${found.size} of ${seeds.length}`, sets.join(' / ') + odd, story]
  kept.push(`| ${cells.join(' | ')} |`)
  console.log(`| ${[...cells, `${ms.toFixed(0)} ms`].join(' | ')} |`)
}
await judge.close()
if (process.argv.includes(WRITE))
  writeFileSync(
    join(COURSE, 'graders', kata.path, 'mutants.md'),
    `# Wrong submissions, and how they are found

By \`npm run bench:mutants -- ${seeds.length} ${slug} --write\`: on how many master seeds, by which promises of the lesson, and
how many lines the shortest story has that tells it on the first seed.

| wrong submission | found on | promises | shortest story |
| --- | --- | --- | --- |
${kept.join('\n')}
`,
  )
console.log(missed === 0 ? '\nAll found on every seed, by just the promises of their headers.' : `\n${missed} are not.`)
process.exit(missed === 0 ? 0 : 1)
