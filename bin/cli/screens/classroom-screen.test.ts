// The screen of `kata classroom`, as an instructor sees it.

import { expect, test } from 'vitest'
import { classroomScreen } from './classroom-screen.ts'

const look = { width: 80, colour: false }
const NOTHING = { added: [], updated: [], kept: [], conflicts: [], stays: [] }

test('a new one, and what to do with it', () => {
  const added = ['starter/README.md', 'starter/package.json', 'assignment.json', 'README.md']
  const screen = classroomScreen(
    { ...NOTHING, added, root: '../hw1', name: 'Homework 1', katas: ['token-bucket'] },
    look,
  )
  expect(screen).toBe(`Homework 1 · token-bucket
4 added: starter/README.md, starter/package.json, assignment.json, README.md

Next
  ../hw1/starter           for learners: stubs, examples, lessons, a CI workflow
  ../hw1/assignment.json   yours: points, deadline, late policy, extensions
  ../hw1/README.md         how to hand it out, take it in and grade it

Grade it
  npx kata grade SUBMISSIONS --assignment ../hw1/assignment.json`)
})

test('again, in the folder itself, with work of the instructor in it', () => {
  const conflicts = [{ file: 'assignment.json', newFile: 'assignment.new.json' }]
  const screen = classroomScreen(
    { ...NOTHING, conflicts, root: '.', name: 'Homework 1', katas: ['token-bucket'] },
    look,
  )
  expect(screen).toContain('  assignment.new.json\n')
  expect(screen).toContain('  starter           for learners')
  for (const line of screen.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
})

test('what stays of katas that are no more in the list is named, and nothing hides it', () => {
  const stays = ['starter/katas/1-scars/singleflight.ts', 'starter/lessons/1-scars/singleflight.md']
  const screen = classroomScreen({ ...NOTHING, stays, root: '../hw1', name: 'H', katas: ['token-bucket'] }, look)
  expect(screen).toContain(`Of katas that are not in the list any more, these files stay. Learners get them,
  too, unless you delete them:
  ../hw1/starter/katas/1-scars/singleflight.ts
  ../hw1/starter/lessons/1-scars/singleflight.md
`)
})
