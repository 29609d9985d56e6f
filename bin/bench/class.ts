// `npm run bench:class -- [submissions] [learners] [peers]`: how fast a class is graded. A thousand submissions of five katas, each with other
// names and another layout, against one cold `vitest run` for each as a peer; what identical files save; what the strict
// sandbox costs; whether memory grows with the class. Throughput is told per core second, counted by the system over all
// processes that were started: a busy machine makes both sides wait, and neither side work more.
//
// The peer compiles nothing, seals nothing off and measures nothing. So there are two comparisons: all that `kata grade`
// does, and its promises alone (with compile check, seal and a process for each), which is what the peer does at all.

import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { discoverKatas } from '../course/discover.ts'
import { startJudge } from '../judge/judge.ts'
import { judgeSubmissions, type Measuring, seedOf } from '../judge/judge-submissions.ts'
import { type Known, knownSubmissions, type Planned, writeClass } from './class-of-submissions.ts'
import { plainVitest } from './plain-vitest.ts'
import { median, type Row, table } from './statistics.ts'

const COURSE = join(import.meta.dirname, '../..')
const SLUGS = ['token-bucket', 'lru-cache', 'fixed-window', 'hash-ring', 'circuit-breaker']
const SUBMISSIONS = Number(process.argv[2] ?? 1_000)
/** Learners of the classes that are graded both ways round: with and without the cache, in both sandboxes. */
const SMALL = Number(process.argv[3] ?? 12)
/** Before, between and after. */
const PEER_RUNS = Number(process.argv[4] ?? 5)
const BARE_STARTS = 20
const SAMPLE_EVERY_MS = 200
const TICKS_PER_S = 100

/** Seconds of work of all processes that this one has started and seen end. */
function childrenCpuS(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_S
}

/** Seconds of a core that it takes to start Node and end it: each submission has a process of its own, whatever else it takes. */
function bareStart(): number {
  const before = childrenCpuS()
  for (let i = 0; i < BARE_STARTS; i++) execFileSync(process.execPath, ['-e', '0'])
  return (childrenCpuS() - before) / BARE_STARTS
}

interface Graded {
  readonly cpuS: number
  readonly wallS: number
  readonly judged: number
  /** megabytes of the grader itself, with how far it was */
  readonly memory: readonly { readonly done: number; readonly mb: number }[]
}

async function grade(folder: string, name: string, more: readonly string[]): Promise<Graded> {
  const args = ['grade', name, ...SLUGS.flatMap((slug) => ['--kata', slug]), '--json', ...more]
  const [cpuS, startedMs] = [childrenCpuS(), performance.now()]
  const child = spawn(process.execPath, [join(COURSE, 'bin/kata.js'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let done = 0
  const memory: { done: number; mb: number }[] = []
  const sampler = setInterval(() => {
    try {
      const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]
      if (kb !== undefined && done > 0) memory.push({ done, mb: Number(kb) / 1024 })
    } catch {} // it has just ended
  }, SAMPLE_EVERY_MS)
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as { event: string; done?: number }
    if (event.event === 'judged') done = event.done ?? done
  }
  const code = await closed
  clearInterval(sampler)
  if (code !== 0) throw new Error(`kata grade ended with ${code}`)
  return { cpuS: childrenCpuS() - cpuS, wallS: (performance.now() - startedMs) / 1000, judged: done, memory }
}

/** Submissions in one call of the judge, as `kata grade` has it. */
const BATCH = 16
/** Nothing is measured. */
const UNMEASURED: Measuring = { budgetsOf: async () => undefined, inTurn: (work) => work() }

/** Seconds of a core that it takes to judge the promises of these, the judge's own start included. */
async function promisesAlone(folder: string, planned: readonly Planned[]): Promise<number> {
  const ws = { course: COURSE, root: COURSE }
  const { user, system } = process.cpuUsage()
  const [ownS, childrenS] = [(user + system) / 1e6, childrenCpuS()]
  const judge = startJudge(COURSE, { workers: 1 })
  for (const slug of SLUGS) {
    const all = planned.filter(({ known }) => known.kata.slug === slug)
    for (let at = 0; at < all.length; at += BATCH) {
      const requests = all.slice(at, at + BATCH).map(({ learner, known: { kata } }) => {
        const file = join(folder, learner, `${slug}.ts`)
        const bytes = readFileSync(file)
        return { id: learner, kata, file, bytes, seeds: [seedOf(bytes)] }
      })
      await judgeSubmissions(ws, judge, requests, UNMEASURED)
    }
  }
  await (await judge).close()
  const now = process.cpuUsage()
  return (now.user + now.system) / 1e6 - ownS + childrenCpuS() - childrenS
}

/** Every verdict is the one that the file's name says. */
async function wrongVerdicts(folder: string, gradebook: string, planned: readonly Planned[]): Promise<string[]> {
  const child = spawn(process.execPath, [join(COURSE, 'bin/kata.js'), 'gradebook', gradebook, '--json'], {
    cwd: folder,
  })
  let text = ''
  for await (const chunk of child.stdout.setEncoding('utf8')) text += chunk
  const { learners } = JSON.parse(text) as {
    learners: { learner: { id: string }; katas: { kata: string; report?: { verdict: string } }[] }[]
  }
  const came = new Map(
    learners.flatMap(({ learner, katas }) =>
      katas.map(({ kata, report }) => [`${learner.id} ${kata}`, report?.verdict ?? 'none'] as const),
    ),
  )
  return planned.flatMap(({ learner, known: { kata, name, verdict } }) => {
    const got = came.get(`${learner} ${kata.slug}`)
    return got === verdict ? [] : [`${kata.slug} ${name} (${learner}): ${got}`]
  })
}

/**
 * The most that the grader has had until then. What lies about until somebody collects it goes up and down by a quarter, and
 * the katas come one after another: a moment's figure, or a fifth's, says more of these than of the class.
 */
const peakUntil = (memory: Graded['memory'], done: number): number =>
  Math.max(...memory.filter((one) => one.done <= done).map(({ mb }) => mb))

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kata-bench-class-'))
  try {
    const ws = { course: COURSE, root: COURSE }
    const katas = discoverKatas(COURSE)
    const byKata = SLUGS.map((slug) => {
      const kata = katas.find((one) => one.slug === slug)
      if (kata === undefined) throw new Error(`there is no kata ${slug}`)
      return knownSubmissions(ws, kata)
    })
    const learners = Math.ceil(SUBMISSIONS / SLUGS.length)
    const planned = writeClass(join(folder, 'class'), byKata, learners, true)

    // What a plain harness can judge at all: nothing that would end its process or never end.
    const plain = byKata.flat().filter(({ verdict }) => ['accepted', 'wrong-answer', 'over-budget'].includes(verdict))
    const peers: { cpuS: number; wallS: number }[] = []
    const peer = () => {
      for (let i = 0; i < PEER_RUNS; i++) {
        const known = plain[(peers.length * 11) % plain.length] as Known
        const file = join(folder, 'peer.ts')
        writeFileSync(file, known.source)
        const [cpuS, startedMs] = [childrenCpuS(), performance.now()]
        const kept = plainVitest(COURSE, known, file)
        peers.push({ cpuS: childrenCpuS() - cpuS, wallS: (performance.now() - startedMs) / 1000 })
        if (kept !== (known.verdict !== 'wrong-answer'))
          console.log(`the peer says otherwise of ${known.kata.slug} ${known.name}`)
      }
    }
    peer()
    const all = await grade(folder, 'class', ['--gradebook', 'class.sqlite', '--portable'])
    peer()
    const alone = await promisesAlone(join(folder, 'class'), planned)
    peer()
    const wrong = await wrongVerdicts(folder, 'class.sqlite', planned)

    writeClass(
      join(folder, 'alike'),
      byKata.map((known) => known.slice(0, 4)),
      SMALL,
      false,
    )
    writeClass(join(folder, 'small'), byKata, SMALL, true)
    const alike = (name: string, more: readonly string[]) =>
      grade(folder, 'alike', ['--gradebook', `${name}.sqlite`, '--portable', ...more])
    const cached = await alike('cached', [])
    const uncached = await alike('uncached', ['--no-cache'])
    peer()
    const portable = await grade(folder, 'small', ['--gradebook', 'portable.sqlite', '--portable'])
    const strict = await grade(folder, 'small', ['--gradebook', 'strict.sqlite', '--require-strict']).catch(
      () => undefined,
    )

    const n = planned.length
    const ms = (graded: Graded, of: number) => `${((graded.cpuS / of) * 1000).toFixed(0)} ms of a core`
    const peerCpuS = median(peers.map(({ cpuS }) => cpuS))
    const ratio = peerCpuS / (all.cpuS / n)
    const aloneRatio = peerCpuS / (alone / n)
    const [early, late] = [peakUntil(all.memory, n * 0.4), peakUntil(all.memory, n)]
    const rows: Row[] = [
      { what: `kata grade, ${n} submissions, each`, value: ms(all, n), target: '', met: undefined },
      {
        what: 'throughput',
        value: `${((n / all.cpuS) * 60).toFixed(0)} a minute and core`,
        target: '',
        met: undefined,
      },
      { what: 'wall', value: `${all.wallS.toFixed(0)} s`, target: '', met: undefined },
      {
        what: `one cold vitest run each (${peers.length})`,
        value: `${(peerCpuS * 1000).toFixed(0)} ms of a core`,
        target: '',
        met: undefined,
      },
      { what: 'how many times faster, per core', value: `${ratio.toFixed(1)}×`, target: '≥ 8.0×', met: ratio >= 8 },
      {
        what: 'promises alone, each',
        value: `${((alone / n) * 1000).toFixed(0)} ms of a core`,
        target: '',
        met: undefined,
      },
      {
        what: 'of it, a bare start of Node',
        value: `${(bareStart() * 1000).toFixed(0)} ms of a core`,
        target: '',
        met: undefined,
      },
      {
        what: 'how many times faster, like for like',
        value: `${aloneRatio.toFixed(1)}×`,
        target: '≥ 8.0×',
        met: aloneRatio >= 8,
      },
      {
        what: 'verdicts other than the name says',
        value: String(wrong.length),
        target: '0',
        met: wrong.length === 0,
      },
      {
        what: 'most memory of the grader, after two fifths and after all',
        value: `${early.toFixed(0)} MB, ${late.toFixed(0)} MB`,
        target: 'all ≤ 1.15×',
        met: late <= early * 1.15,
      },
      {
        what: `${SMALL * SLUGS.length} of ${4 * SLUGS.length} distinct files, cache on`,
        value: `${cached.cpuS.toFixed(1)} s of a core`,
        target: `${cached.judged} judged`,
        met: undefined,
      },
      {
        what: 'the same, cache off',
        value: `${uncached.cpuS.toFixed(1)} s of a core`,
        target: `${uncached.judged} judged`,
        met: undefined,
      },
      {
        // By the clock: a box that is killed takes the count of its work with it.
        what: 'strict sandbox and its audit of hidden work, longer each',
        value:
          strict === undefined
            ? 'not here'
            : `${(((strict.wallS - portable.wallS) / (SMALL * SLUGS.length)) * 1000).toFixed(0)} ms of the clock`,
        target: '',
        met: undefined,
      },
    ]
    console.log(`Node ${process.versions.node}; times are of cores, over all processes\n\n${table(rows)}`)
    for (const one of wrong.slice(0, 20)) console.log(`  ${one}`)
    if (wrong.length > 0) process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

await main()
