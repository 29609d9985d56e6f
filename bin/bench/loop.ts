// `npm run bench`: how long the learner waits. Every figure is a median of interleaved runs, and what matters is the ratio
// to an empty `vitest run` on the same machine in the same minutes.

import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { budgetRows } from './budget-times.ts'
import { median, type Row, table } from './statistics.ts'

const COURSE = join(import.meta.dirname, '../..')
const KATA = 'token-bucket'
const PATH = `2-foundation/${KATA}`
const ROUNDS = Number(process.argv[2] ?? 9)

const kataOf = (course: string) => join(course, 'bin/kata.js')

function timed(args: readonly string[], cwd: string): number {
  const startedMs = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
  if (status !== 0 && status !== 1) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - startedMs
}

/** An empty test file, run as anybody would run it. */
function emptyVitest(): { cwd: string; args: string[] } {
  const cwd = mkdtempSync(join(COURSE, '.kata', 'bench-'))
  writeFileSync(join(cwd, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(cwd, 'vitest.config.ts'), 'export default {}\n')
  writeFileSync(join(cwd, 'empty.test.ts'), "import { test } from 'vitest'\ntest('nothing', () => {})\n")
  return { cwd, args: [join(COURSE, 'node_modules/vitest/vitest.mjs'), 'run', '--root', cwd] }
}

/** A course of its own with that many katas, all token-bucket under other names. */
function courseOf(count: number): string {
  const course = mkdtempSync(join(tmpdir(), `kata-bench-${count}-`))
  for (const name of ['bin', 'package.json', 'tsconfig.json', 'graders/kit'])
    cpSync(join(COURSE, name), join(course, name), { recursive: true })
  symlinkSync(join(COURSE, 'node_modules'), join(course, 'node_modules'))
  for (let i = 0; i < count; i++) {
    const name = i === 0 ? KATA : `${KATA}-${i}`
    const copy = (from: string, to: string) => {
      mkdirSync(join(course, to, '..'), { recursive: true })
      cpSync(join(COURSE, from), join(course, to), { recursive: true })
    }
    copy(`katas/${PATH}.ts`, `katas/2-foundation/${name}.ts`)
    copy(`katas/${PATH}.test.ts`, `katas/2-foundation/${name}.test.ts`)
    copy(`solutions/${PATH}.ts`, `solutions/2-foundation/${name}.ts`)
    copy(`graders/${PATH}`, `graders/2-foundation/${name}`)
    const lesson = readFileSync(join(COURSE, `lessons/${PATH}.md`), 'utf8').replace(/^after: .*$/m, 'after: []')
    mkdirSync(join(course, 'lessons/2-foundation'), { recursive: true })
    writeFileSync(join(course, `lessons/2-foundation/${name}.md`), lesson)
  }
  return course
}

/** Save-to-verdict in a resident `kata watch`, in a workspace of its own. */
async function watchTimes(rounds: number): Promise<number[]> {
  const workspace = mkdtempSync(join(tmpdir(), 'kata-bench-ws-'))
  spawnSync(process.execPath, [kataOf(COURSE), 'init', workspace])
  const file = join(workspace, `katas/${PATH}.ts`)
  const solution = readFileSync(join(COURSE, `solutions/${PATH}.ts`), 'utf8')
  writeFileSync(file, solution)
  const child = spawn(process.execPath, [kataOf(COURSE), 'watch', KATA, '--json'], {
    cwd: workspace,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const times: number[] = []
  await lines.next()
  for (let round = 0; round < rounds; round++) {
    await new Promise((resolve) => setTimeout(resolve, 400))
    const startedMs = performance.now()
    writeFileSync(file, `${solution}\n// saved for the ${round}th time\n`)
    const { value } = await lines.next()
    times.push(performance.now() - startedMs)
    if (!String(value).includes('"accepted"')) throw new Error(`watch says ${value}`)
  }
  child.stdin.end('q')
  await new Promise((resolve) => child.on('exit', resolve))
  rmSync(workspace, { recursive: true })
  return times
}

async function main(): Promise<void> {
  mkdirSync(join(COURSE, '.kata'), { recursive: true })
  const empty = emptyVitest()
  const [single, ten, hundred] = [courseOf(1), courseOf(10), courseOf(100)]
  const rejected = join(single, 'graders', PATH, 'rejected')
  // Two accepted and eight rejected: the ten submissions of the target, beside stub and solution.
  for (const name of readdirSync(rejected).slice(8)) rmSync(join(rejected, name))
  try {
    const solution = join(COURSE, `solutions/${PATH}.ts`)
    const commands: Record<string, () => number> = {
      vitest: () => timed(empty.args, empty.cwd),
      next: () => timed([kataOf(COURSE), 'next'], COURSE),
      check: () => timed([kataOf(COURSE), 'check', KATA, '--from', solution], COURSE),
      'next of 10': () => timed([kataOf(ten), 'next'], ten),
      'next of 100': () => timed([kataOf(hundred), 'next'], hundred),
      'list of 10': () => timed([kataOf(ten), 'list'], ten),
      'list of 100': () => timed([kataOf(hundred), 'list'], hundred),
      'check of 10': () => timed([kataOf(ten), 'check', KATA], ten),
      'check of 100': () => timed([kataOf(hundred), 'check', KATA], hundred),
    }
    const times = new Map(Object.keys(commands).map((name) => [name, [] as number[]]))
    for (let round = -1; round < ROUNDS; round++)
      for (const [name, run] of Object.entries(commands)) {
        const ms = run()
        // The first round fills caches that every later start finds full.
        if (round >= 0) times.get(name)?.push(ms)
      }
    const watch = median(await watchTimes(ROUNDS))
    const verify = median([1, 2, 3].map(() => timed([kataOf(single), 'verify', KATA], single)))
    const of = (name: string) => median(times.get(name) ?? [])
    const base = of('vitest')
    const ms = (value: number) => `${value.toFixed(0)} ms`
    const versus = (name: string, other: string): Row => {
      const ratio = of(name) / of(other)
      return { what: `kata ${name} / ${other}`, value: `${ratio.toFixed(2)}×`, target: '≤ 1.15×', met: ratio <= 1.15 }
    }
    const rows: Row[] = [
      { what: 'vitest run, empty file', value: ms(base), target: 'the measure', met: undefined },
      { what: 'kata next', value: ms(of('next')), target: '≤ 300 ms', met: of('next') <= 300 },
      { what: 'kata check, cold', value: ms(of('check')), target: '', met: undefined },
      {
        what: 'kata check, cold / vitest',
        value: `${(of('check') / base).toFixed(2)}×`,
        target: '≤ 1.50×',
        met: of('check') / base <= 1.5,
      },
      { what: 'kata watch, save to verdict', value: ms(watch), target: '≤ 500 ms', met: watch <= 500 },
      {
        what: 'kata watch / vitest',
        value: `${(watch / base).toFixed(2)}×`,
        target: '≤ 0.35×',
        met: watch / base <= 0.35,
      },
      {
        what: 'kata verify, ten submissions',
        value: `${(verify / 1000).toFixed(1)} s`,
        target: '≤ 5.0 s',
        met: verify <= 5_000,
      },
      versus('next of 100', 'next of 10'),
      versus('list of 100', 'list of 10'),
      versus('check of 100', 'check of 10'),
      ...(await budgetRows(3)),
    ]
    console.log(`Medians of ${ROUNDS} interleaved runs, Node ${process.versions.node}\n\n${table(rows)}`)
  } finally {
    for (const folder of [empty.cwd, single, ten, hundred]) rmSync(folder, { recursive: true, force: true })
  }
}

await main()
