// What a process has used, seen from outside, where a submission cannot reach. Only Linux tells it without a helper.

import { readdirSync, readFileSync } from 'node:fs'

/** @returns CPU time so far, of all threads; undefined where the system does not tell, or the process is gone */
export function cpuTimeMs(pid: number | undefined): number | undefined {
  const stat = read(pid, 'stat')
  if (stat === undefined) return undefined
  // The name of the program comes before, in brackets, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** @returns CPU time so far to the nanosecond, of all threads that are alive; undefined where the system does not tell */
export function cpuTimeNs(pid: number | undefined): number | undefined {
  if (process.platform !== 'linux' || pid === undefined) return undefined
  try {
    const spent = readdirSync(`/proc/${pid}/task`).map((task) =>
      Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1').split(' ')[0]),
    )
    const all = spent.reduce((sum, one) => sum + one, 0)
    return all > 0 ? all : undefined
  } catch {
    return undefined
  }
}

/** @returns memory that is really there, not only reserved; 0 where the system does not tell */
export function residentBytes(pid: number | undefined): number {
  return 1024 * Number(/^VmRSS:\s*(\d+) kB$/m.exec(read(pid, 'status') ?? '')?.[1] ?? 0)
}

function read(pid: number | undefined, what: 'stat' | 'status'): string | undefined {
  if (process.platform !== 'linux' || pid === undefined) return undefined
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'latin1')
  } catch {
    return undefined
  }
}
