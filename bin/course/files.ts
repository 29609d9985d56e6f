// Where each file of a kata lies. The relative path is the identity, so every place follows from it and no other file
// of the engine spells a folder name of the four rooms.

import { join } from 'node:path'
import type { Kata, Workspace } from './kata.ts'

/** What the learner edits. */
export const stubFile = (ws: Workspace, kata: Kata): string => join(ws.root, 'katas', `${kata.path}.ts`)

/** The few visible examples beside it. */
export const exampleFile = (ws: Workspace, kata: Kata): string => join(ws.root, 'katas', `${kata.path}.test.ts`)

/** Byte copy of the stub as the course ships it: the learner's own is written over, this one never. */
export const pristineStubFile = (ws: Workspace, kata: Kata): string => join(graderFolder(ws, kata), 'stub.ts')

export const lessonFile = (ws: Workspace, kata: Kata): string => join(ws.course, 'lessons', `${kata.path}.md`)

export const solutionFile = (ws: Workspace, kata: Kata): string => join(ws.course, 'solutions', `${kata.path}.ts`)

export const graderFolder = (ws: Workspace, kata: Kata): string => join(ws.course, 'graders', kata.path)

export const suiteFile = (ws: Workspace, kata: Kata): string => join(graderFolder(ws, kata), 'suite.test.ts')

/** What a simulated kata is run through by the clock; most katas have none. */
export const runsFile = (ws: Workspace, kata: Kata): string => join(graderFolder(ws, kata), 'runs.ts')

export const driverFile = (ws: Workspace, kata: Kata): string => join(graderFolder(ws, kata), 'driver.ts')

/** May be absent: not every kata has a cost worth teaching. */
export const budgetsFile = (ws: Workspace, kata: Kata): string => join(graderFolder(ws, kata), 'budgets.ts')

/** Everything that the program keeps for the learner. */
export const stateFolder = (ws: Workspace): string => join(ws.root, '.kata')

export const progressFile = (ws: Workspace): string => join(stateFolder(ws), 'progress.jsonl')

/** The simulated run that broke a promise in the last check, where one did. */
export const traceFile = (ws: Workspace, kata: Kata): string => join(stateFolder(ws), 'traces', `${kata.slug}.json`)

/** Every text of the learner's that was ever overwritten. */
export const attemptsFolder = (ws: Workspace, kata: Kata): string => join(stateFolder(ws), 'attempts', kata.slug)
