// A process that appends to a log on a real directory until it is killed, and says on its standard output which record is
// safe: `node log-writer-fixture.ts FOLDER`. Record n is made from n alone, so that whoever opens the log knows it.

import { writeSync } from 'node:fs'
import { realDirectory } from '../../graders/kit/disk/real-directory-fixture.ts'
import { openLog } from '../../solutions/3-deep-dive/write-ahead-log.ts'

export function recordOf(sequence: number): Uint8Array {
  return Uint8Array.from({ length: (sequence * 7919) % 3_000 }, (_, i) => (sequence * 31 + i * 7) & 255)
}

if (import.meta.main) {
  let next = 0
  const log = openLog(realDirectory(process.argv[2] as string), () => next++)
  for (let batch = 1; ; batch = (batch % 7) + 1) {
    for (let i = 0; i < batch; i++) {
      const sequence = log.append(recordOf(next++), (failure) => {
        if (failure === undefined) writeSync(1, `${sequence}\n`)
      })
    }
    log.flush()
  }
}
