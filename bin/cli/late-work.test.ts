// Late work through the real command line, on a gradebook in which nothing had to be judged.

import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { tempFolder } from '../course/course-fixture.ts'
import { openStore } from '../gradebook/store.ts'
import type { Intake } from '../gradebook/submitted.ts'
import { rememberDeadlines } from '../gradebook/taken-by.ts'
import type { Report } from '../judge/report.ts'
import { run as runCommand } from './main.ts'

const KATA = 'token-bucket'
const DUE = '2026-03-01T00:00:00Z'

test('what another system marked as late is late work, too, though nobody knows by how much', async () => {
  using folder = tempFolder()
  const file = join(folder.path, 'hw.sqlite')
  const assignment = join(folder.path, 'hw.json')
  writeFileSync(assignment, JSON.stringify({ name: 'Week 9', deadline: DUE, katas: [{ kata: KATA }] }))
  const bytes = Buffer.from('x')
  const of = { kata: KATA, bytes }
  const store = openStore(file, 'write')
  store.takeIn(
    'class',
    {
      ...{ layout: 'canvas', evidence: '', notTaken: [], missing: [], remarks: [], learners: [] },
      submitted: [
        { ...of, learner: 'ada', origin: 'ada_LATE_1_2_token-bucket.ts', markedLateBy: 'Canvas' },
        { ...of, learner: 'bob', origin: 'bob.ts', atMs: Date.parse(DUE) + 1 },
        { ...of, learner: 'cy', origin: 'cy.ts', atMs: Date.parse(DUE) },
      ],
    },
    0,
  )
  const report: Report = {
    ...{ kata: KATA, file: 'a.ts', verdict: 'accepted', promises: [], spent: [], seed: 1, ms: 1 },
    ...{ replay: '', revision: '' },
  }
  const run = store.startRun({ kind: 'grade', startedMs: 0, isolation: 'portable', secret: '', fromCache: 0 })
  const content = createHash('sha256').update(bytes).digest('hex')
  store.keep(run, { kata: KATA, content }, { grader: 'g', engine: 'e' }, report, 0)
  store.close()
  const screen = new PassThrough()
  const io = { stdout: screen, stderr: screen, stdin: process.stdin, env: {}, cwd: folder.path, now: Date.now }
  expect(await runCommand(['gradebook', file, '--assignment', assignment, '--state', 'late'], io)).toBe(0)
  const said = String(screen.read())
  expect(said).toContain('ada · token-bucket · accepted · 0\n    Canvas marked it as late; nothing says by how much.\n')
  expect(said).toContain('bob · token-bucket · accepted · 0\n    1 day late\n')
  expect(said).not.toContain('cy ·')
})

test('a deadline that changes after repositories were taken in is told, for whom and what to do', async () => {
  using folder = tempFolder()
  const file = join(folder.path, 'hw.sqlite')
  const assignment = join(folder.path, 'hw.json')
  const assign = (more: object) =>
    writeFileSync(assignment, JSON.stringify({ name: 'Week 9', deadline: DUE, katas: [{ kata: KATA }], ...more }))
  const source = join(folder.path, 'class of 26')
  const submitted = (['commit', 'commit', 'export'] as const).map((atFrom, i) => ({
    ...{ learner: ['ada', 'bob', 'cy'][i] ?? '', kata: KATA, bytes: Buffer.from('x'), origin: `${i}` },
    ...{ atMs: Date.parse(DUE), atFrom },
  }))
  const learners = submitted.map(({ learner }) => ({ id: learner }))
  const intake: Intake = {
    ...{ layout: 'folders', evidence: '', notTaken: [], missing: [], remarks: [], learners, submitted },
  }
  const take = (ref?: string) => {
    const store = openStore(file, 'write')
    store.takeIn(source, intake, 0)
    rememberDeadlines(store, source, { deadlineMs: Date.parse(DUE), extensionsMs: {} }, intake, ref)
    store.close()
  }
  const told = async (...more: string[]): Promise<string> => {
    const screen = new PassThrough()
    const io = { stdout: screen, stderr: screen, stdin: process.stdin, env: {}, cwd: folder.path, now: Date.now }
    expect(await runCommand(['gradebook', file, '--assignment', assignment, ...more], io)).toBe(0)
    return String(screen.read()).replace(/\s+/g, ' ')
  }
  const WORDS = 'has changed since the repositories were taken in'
  const AGAIN = "Take them in again: npx kata grade 'class of 26' --gradebook hw.sqlite"
  take()
  assign({})
  expect(await told()).not.toContain(WORDS)
  // Of files with a time of their own, the deadline chooses none.
  assign({ extensions: { bob: '2026-03-02T00:00:00Z', cy: '2026-03-02T00:00:00Z' } })
  expect(await told()).toContain(`The deadline of bob ${WORDS}, and another commit may be in time now. ${AGAIN}`)
  assign({ deadline: '2026-02-20T00:00:00Z' })
  expect(await told()).toContain(`The deadline of 2 learners ${WORDS}`)
  expect(await told('--out', 'out')).toContain(AGAIN)
  // By name: no deadline has chosen it.
  take('main')
  expect(await told()).not.toContain(WORDS)
})
