// `kata doctor`: does everything work on this machine, tried rather than assumed; and what to do where it does not.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { progressFile, stateFolder } from '../../course/files.ts'
import { readProgress } from '../../course/progress.ts'
import { compileSubmission } from '../../judge/compile.ts'
import { EXIT } from '../../judge/report.ts'
import { openSession } from '../../sandbox/session.ts'
import { strictSandbox } from '../../sandbox/strict/strict-sandbox.ts'
import { type Context, say, sayJson } from '../context.ts'
import { doctorScreen, type Finding } from '../screens/doctor-screen.ts'

export async function doctor(context: Context): Promise<number> {
  const findings: Finding[] = []
  for (const examine of [runTime, packages, files, sandbox, strict, compiler, fileEvents, progressOf]) {
    try {
      findings.push(await examine(context))
    } catch (error) {
      findings.push({
        what: examine.name,
        state: 'broken',
        found: error instanceof Error ? error.message : String(error),
        next: 'This is our own error: please report it with this output.',
      })
    }
  }
  if (context.json)
    sayJson(context, { findings, node: process.versions.node, platform: `${process.platform}-${process.arch}` })
  else say(context, doctorScreen(findings, context.look))
  return findings.some(({ state }) => state === 'broken') ? EXIT.notAccepted : EXIT.accepted
}

const packageJson = (course: string) =>
  JSON.parse(readFileSync(join(course, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
    optionalDependencies: Record<string, string>
  }

function runTime(context: Context): Finding {
  const pinned = new Set(Object.values(packageJson(context.ws.course).optionalDependencies))
  const running = process.versions.node
  return pinned.has(running)
    ? { what: 'run time', state: 'good', found: `the pinned Node ${running}, V8 ${process.versions.v8}` }
    : {
        what: 'run time',
        state: 'broken',
        found: `Node ${running}, not ${[...pinned].join(', ')}`,
        next: 'Start it as npx kata.',
      }
}

function packages(context: Context): Finding {
  const require = createRequire(join(context.ws.course, 'package.json'))
  const wrong = Object.entries(packageJson(context.ws.course).dependencies).flatMap(([name, wanted]) => {
    const found = installedVersion(require, name)
    return found === wanted ? [] : [`${name} is ${found ?? 'missing'}, not ${wanted}`]
  })
  return wrong.length === 0
    ? { what: 'packages', state: 'good', found: 'all at their pinned versions' }
    : { what: 'packages', state: 'broken', found: wrong.join('; '), next: 'Run npm ci in the course folder.' }
}

function installedVersion(require: NodeJS.Require, name: string): string | undefined {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return (JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version: string }).version
    } catch {
      // Not in this folder.
    }
  }
  return undefined
}

function files(context: Context): Finding {
  const folder = stateFolder(context.ws)
  try {
    mkdirSync(folder, { recursive: true })
    rmSync(mkdtempSync(join(folder, 'doctor-')), { recursive: true })
    return { what: 'files', state: 'good', found: `${folder} can be written` }
  } catch (error) {
    return {
      what: 'files',
      state: 'broken',
      found: `${folder} cannot be written (${(error as NodeJS.ErrnoException).code})`,
      next: 'Give yourself the right to write there, or make a workspace elsewhere: npx kata init DIR',
    }
  }
}

/** Starts a real subject and lets it try what it must not be able to do. */
async function sandbox(): Promise<Finding> {
  const source = `
    const reach = []
    for (const name of ['process', 'require', 'fetch', 'setTimeout', 'WebAssembly', 'performance']) {
      try { if (typeof globalThis[name] === 'function') globalThis[name](() => {}); else if (globalThis[name] !== undefined) reach.push(name) } catch {}
    }
    try { Array.prototype.push = () => 0; reach.push('built-ins') } catch {}
    export const found = () => reach`
  const session = openSession({})
  const loaded = await session.load({
    url: 'kata:/katas/doctor.ts',
    modules: { 'kata:/katas/doctor.ts': source },
    driver: { url: 'kata:/doctor.ts', modules: { 'kata:/doctor.ts': "export { found } from '#kata/doctor'" } },
  })
  const answer = loaded.alive && !('threw' in loaded) ? await session.call('found', [null]) : undefined
  session.kill()
  const [result] = answer?.alive === true ? answer.results : []
  if (result?.ok === true && Array.isArray(result.value) && result.value.length === 0)
    return { what: 'sandbox', state: 'good', found: 'a subject starts, answers, and reaches nothing but the language' }
  return {
    what: 'sandbox',
    state: 'broken',
    found: result === undefined ? 'a subject does not start or answer' : `a subject reaches ${JSON.stringify(result)}`,
    next: 'Run npm ci in the course folder; judge nothing you do not trust until this is good.',
  }
}

/** Needed by nobody who judges their own code: without it, nothing is broken. */
function strict(): Finding {
  const found = strictSandbox()
  return found.available
    ? { what: 'strict', state: 'good', found: `strangers' code can be graded: ${found.found}` }
    : { what: 'strict', state: 'doubtful', found: `no sandbox for strangers' code: ${found.why}`, next: found.remedy }
}

async function compiler(context: Context): Promise<Finding> {
  const [kata] = context.katas
  const file = kata && join(context.ws.course, 'graders', kata.path, 'stub.ts')
  if (kata === undefined || file === undefined)
    return { what: 'compiler', state: 'doubtful', found: 'there is no kata to try it on' }
  const [tried] = await compileSubmission({
    course: context.ws.course,
    katas: [{ id: 'doctor', path: kata.path, pristineStub: file, source: readFileSync(file, 'utf8') }],
  })
  return tried?.problems.length === 0
    ? { what: 'compiler', state: 'good', found: 'TypeScript compiles a stub' }
    : {
        what: 'compiler',
        state: 'broken',
        found: `the stub of ${kata.slug} does not compile`,
        next: 'Run npm ci in the course folder.',
      }
}

/** Whether saving a file is told to `kata watch`, or has to be looked for. */
async function fileEvents(context: Context): Promise<Finding> {
  const folder = mkdtempSync(join(stateFolder(context.ws), 'doctor-'))
  try {
    const heard = await new Promise<boolean>((resolve) => {
      const watcher = watch(folder, () => done(true))
      const timer = setTimeout(() => done(false), 1_000)
      const done = (value: boolean) => {
        clearTimeout(timer)
        watcher.close()
        resolve(value)
      }
      setTimeout(() => writeFileSync(join(folder, 'save'), ''), 20)
    })
    return heard
      ? { what: 'file events', state: 'good', found: 'saving is noticed at once' }
      : {
          what: 'file events',
          state: 'doubtful',
          found: 'none come here: kata watch looks three times a second instead',
        }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function progressOf(context: Context): Finding {
  const { events, skipped } = readProgress(progressFile(context.ws))
  return skipped === 0
    ? { what: 'progress', state: 'good', found: `${events.length} events` }
    : {
        what: 'progress',
        state: 'doubtful',
        found: `${skipped} lines of ${progressFile(context.ws)} cannot be read`,
        next: 'They are left alone; everything else counts.',
      }
}
