// For tests and benches of the simulated world: a submission and a driver, as text or as files, in a real subject process,
// made ready as the judge makes them ready.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { perNodeModules } from './per-node.ts'
import { type Modules, prepareOurs, prepareSubmission } from './prepare.ts'
import { openSession } from './session.ts'

const COURSE = join(import.meta.dirname, '../..')
const kit = prepareOurs(COURSE, join(COURSE, 'graders/kit/driver.ts')).modules

export interface World {
  /** @throws {Error} with what the subject threw or died of */
  call<T>(operation: string, inputs: readonly unknown[]): Promise<T[]>
  cpuMs(): number
  close(): void
}

/** @param path of the kata, e.g. `4-scale/raft-election`; its own driver and solution are used where none is given */
export async function openWorld(path: string, given: { submission?: string; driver?: string } = {}): Promise<World> {
  const source = given.submission ?? readFileSync(join(COURSE, 'solutions', `${path}.ts`), 'utf8')
  const prepared = prepareSubmission(path, source, [])
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems))
  const session = openSession(kit)
  const driver = given.driver === undefined ? ownDriver(path) : driverOf(path, given.driver)
  const loaded = await session.load({ url: prepared.url, modules: perNodeModules(prepared.modules), driver })
  if (!loaded.alive || 'threw' in loaded) {
    session.kill()
    throw new Error(JSON.stringify(loaded))
  }
  return {
    async call<T>(operation: string, inputs: readonly unknown[]) {
      const answer = await session.call(operation, inputs)
      if (!answer.alive) throw new Error(JSON.stringify(answer.death))
      const [late] = answer.aftermath.late
      if (late !== undefined) throw new Error(`late: ${late.message}`)
      return answer.results.map((result) => {
        if (result.ok) return result.value as T
        throw new Error('stuck' in result ? 'stuck' : `${result.threw.name}: ${result.threw.message}`)
      })
    },
    cpuMs: session.cpuMs,
    close: session.kill,
  }
}

const ownDriver = (path: string) => prepareOurs(COURSE, join(COURSE, 'graders', path, 'driver.ts'), kit)

/** A driver that lies nowhere, as if it lay in the grader's folder. */
function driverOf(path: string, text: string): { url: string; modules: Modules } {
  const folder = mkdtempSync(join(COURSE, '.kata-simulation-'))
  try {
    const file = join(folder, path, 'driver.ts')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text.replaceAll('../../kit/', `${'../'.repeat(path.split('/').length + 1)}graders/kit/`))
    return prepareOurs(COURSE, file, kit)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
