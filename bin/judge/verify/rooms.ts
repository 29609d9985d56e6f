// The rooms of a kata: complete, and with nothing in them that nobody knows.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import {
  driverFile,
  exampleFile,
  graderFolder,
  lessonFile,
  pristineStubFile,
  solutionFile,
  stubFile,
  suiteFile,
} from '../../course/files.ts'
import type { Kata, Workspace } from '../../course/kata.ts'
import { isVerdict } from '../../course/verdict.ts'
import type { Fault } from './proof.ts'

const MIN_ACCEPTED = 1
const MIN_REJECTED = 6
const KNOWN = new Set([
  'driver.ts',
  'suite.test.ts',
  'runs.ts',
  'stub.ts',
  'budgets.ts',
  'costs.json',
  'messages.txt',
  'equivalent-mutants.md',
  'mutants.md',
])

export interface GraderFile {
  /** `accepted/virtual-schedule.ts` */
  readonly name: string
  readonly file: string
}

export interface Rooms {
  readonly accepted: readonly GraderFile[]
  readonly rejected: readonly GraderFile[]
  readonly faults: readonly Fault[]
}

export function examineRooms(ws: Workspace, kata: Kata): Rooms {
  const faults: Fault[] = []
  const say = (file: string, message: string) => faults.push({ where: relative(ws.course, file), message })
  const needed = [lessonFile, stubFile, exampleFile, solutionFile, driverFile, suiteFile, pristineStubFile]
  for (const of of needed) if (!existsSync(of(ws, kata))) say(of(ws, kata), 'is missing')

  const grader = graderFolder(ws, kata)
  const inFolder = (name: string) => (existsSync(join(grader, name)) ? readdirSync(join(grader, name)).sort() : [])
  const entries = existsSync(grader) ? readdirSync(grader) : []
  for (const name of entries)
    if (!KNOWN.has(name) && name !== 'accepted' && name !== 'rejected')
      say(join(grader, name), 'is nothing that a grader has')
  for (const name of inFolder('accepted'))
    if (!name.endsWith('.ts')) say(join(grader, 'accepted', name), 'is no submission')
  for (const name of inFolder('rejected')) {
    const [verdict = '', slug = '', ending] = name.split('.')
    const known = isVerdict(verdict) && verdict !== 'accepted' && /^[a-z0-9-]+$/.test(slug) && ending === 'ts'
    if (!known) say(join(grader, 'rejected', name), 'is not named <verdict>.<what-is-wrong>.ts')
  }
  const files = (folder: string) =>
    inFolder(folder).map((name) => ({ name: `${folder}/${name}`, file: join(grader, folder, name) }))
  const accepted = files('accepted')
  const rejected = files('rejected')
  if (accepted.length < MIN_ACCEPTED) say(join(grader, 'accepted'), 'holds no other right answer')
  if (rejected.length < MIN_REJECTED)
    say(join(grader, 'rejected'), `holds ${rejected.length} wrong answers, not ${MIN_REJECTED}`)

  const [stub, copy] = [stubFile(ws, kata), pristineStubFile(ws, kata)]
  if (existsSync(stub) && existsSync(copy) && !readFileSync(stub).equals(readFileSync(copy)))
    say(
      stub,
      `is not the same as ${relative(ws.course, copy)}. Your own work? kata reset ${kata.slug}. A new stub? kata verify --write`,
    )
  return { accepted, rejected, faults }
}

/** What lies in the four rooms and belongs to no kata. */
export function strays(course: string, katas: readonly Kata[]): Fault[] {
  const known = new Set(
    katas.flatMap(({ path }) => [
      `katas/${path}.ts`,
      `katas/${path}.test.ts`,
      `solutions/${path}.ts`,
      `lessons/${path}.md`,
      `graders/${path}`,
    ]),
  )
  return ['katas', 'solutions', 'lessons', 'graders'].flatMap((room) =>
    folders(join(course, room))
      .filter((folder) => `${room}/${folder}` !== 'graders/kit')
      .flatMap((folder) =>
        readdirSync(join(course, room, folder))
          .map((name) => `${room}/${folder}/${name}`)
          .filter((path) => !known.has(path))
          .map((where) => ({ where, message: 'belongs to no kata' })),
      ),
  )
}

const folders = (room: string): string[] => readdirSync(room).filter((name) => statSync(join(room, name)).isDirectory())
