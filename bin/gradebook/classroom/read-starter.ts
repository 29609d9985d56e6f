// What the classroom beside an assignment has given to its learners, so far as it steers a build: as it lies there now,
// with what the instructor made of it, as we wrote it last, and as we wrote it before.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { baseFile } from '../../course/init-workspace.ts'
import { folderTree, readPlace } from '../intake/folder-tree.ts'
import { steers } from '../intake/pick-stubs.ts'
import { type Starter, starterOf } from '../intake/starter.ts'
import { STARTER } from './classroom-files.ts'
import { earlierFiles } from './earlier-starters.ts'
import { madeFile } from './write-classroom.ts'

const MAX_BYTES = 4 * 1024 * 1024

/** @returns undefined where the assignment lies in no classroom of ours */
export async function readStarter(assignmentFile: string): Promise<Starter | undefined> {
  const root = dirname(assignmentFile)
  if (!existsSync(madeFile(root))) return undefined
  const paths = folderTree(join(root, STARTER)).entries.flatMap(({ path, kind }) =>
    kind === 'file' && steers(path) ? [path] : [],
  )
  const given = await Promise.all(
    paths.flatMap((path) => {
      const ours = `${STARTER}/${path}`
      return [join(root, ours), baseFile(root, ours), ...earlierFiles(root, ours)].map(async (place) => ({
        path,
        read: await readPlace(place, MAX_BYTES),
      }))
    }),
  )
  return starterOf(given.flatMap(({ path, read }) => ('bytes' in read ? [{ path, bytes: read.bytes }] : [])))
}
