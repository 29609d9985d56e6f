// `kata classroom`: what a class starts from, and the instructor's side of it; run again, it brings both up to date.

import { resolve } from 'node:path'
import { findKata } from '../../course/discover.ts'
import { KataError } from '../../course/kata-error.ts'
import { writeClassroom } from '../../gradebook/classroom/write-classroom.ts'
import { EXIT } from '../../judge/report.ts'
import type { Values } from '../arguments.ts'
import { type Context, say, sayJson, shown } from '../context.ts'
import { classroomScreen } from '../screens/classroom-screen.ts'
import { inWords } from '../system-refuses.ts'

export async function classroom(context: Context, words: readonly string[], values: Values): Promise<number> {
  const [dir, ...names] = words
  if (dir === undefined)
    throw new KataError(
      'kata classroom needs a folder.',
      'For example: npx kata classroom ../hw1 token-bucket fixed-window',
    )
  const asked = {
    name: values.name,
    deadline: values.deadline,
    katas: names.map((name) => findKata(context.katas, name)),
  }
  const {
    root,
    classroom: made,
    ...report
  } = await writeClassroom(context.ws.course, resolve(context.io.cwd, dir), asked, context.katas).catch((error) => {
    throw inWords(error, dir, 'Name a folder of yours: npx kata classroom FOLDER KATA…')
  })
  const katas = made.katas.map(({ slug }) => slug)
  if (context.json) sayJson(context, { root, name: made.name, deadline: made.deadline ?? null, katas, ...report })
  else say(context, classroomScreen({ root: shown(context, root), name: made.name, katas, ...report }, context.look))
  return EXIT.accepted
}
