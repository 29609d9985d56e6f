// Says when a file was saved, however the editor does that: by events, and by looking, because on some file systems (WSL,
// network drives) no event ever comes.

import { type FSWatcher, statSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Editors write in several steps; a save is over when nothing has come for this long. */
const SETTLED_MS = 25
const LOOK_EVERY_MS = 300

export interface Watched {
  close(): void
}

/** @param saved called after each change; not for a file that is gone, which many editors do between two versions of it */
export function onSave(file: string, pollOnly: boolean, saved: () => void): Watched {
  const stamp = () => {
    const stat = statSync(file, { throwIfNoEntry: false })
    return stat === undefined ? 'absent' : `${stat.ino} ${stat.size} ${stat.mtimeMs}`
  }
  let seen = stamp()
  let timer: NodeJS.Timeout | undefined
  const look = () => {
    const now = stamp()
    if (now === seen) return
    seen = now
    clearTimeout(timer)
    if (now !== 'absent') timer = setTimeout(saved, SETTLED_MS)
  }
  const events = pollOnly ? undefined : watchFolder(file, look)
  const interval = setInterval(look, LOOK_EVERY_MS)
  return {
    close() {
      events?.close()
      clearInterval(interval)
      clearTimeout(timer)
    },
  }
}

/** The folder, not the file: editors that save by renaming a new file over it would leave us with the old one. */
function watchFolder(file: string, changed: () => void): FSWatcher | undefined {
  try {
    const events = watch(dirname(file), (_, name) => {
      if (name === null || name === basename(file)) changed()
    })
    events.on('error', () => events.close())
    return events
  } catch {
    return undefined // no events here: looking is enough
  }
}
