// Which layout it is, by what is there and not by what it is called; and the plan that follows from it.

import type { Kata } from '../../course/kata.ts'
import { KataError } from '../../course/kata-error.ts'
import { printable } from '../../course/printable.ts'
import type { Layout, Learner } from '../submitted.ts'
import { isArchiveName, withoutArchiveEnding } from './archive.ts'
import { isBare } from './folder-tree.ts'
import { byTop, isAttempt, type Plan, type Top } from './handing.ts'
import { isCanvasName, planCanvas } from './layout-canvas.ts'
import { learnerOfFile, planFolders } from './layout-folders.ts'
import { type ClassroomRow, classroomRows, commonPrefix, planClassroom } from './layout-github-classroom.ts'
import { MAX_METADATA_BYTES, METADATA, planGradescope, SUBMISSION } from './layout-gradescope.ts'
import { candidates } from './pick-stubs.ts'
import { finder, tableOf } from './roster.ts'
import { below, type Tree } from './tree.ts'

export interface Recognised {
  readonly layout: Layout
  readonly evidence: string
  readonly plan: Plan
  /** the tree that the plan speaks of: without a folder around the class */
  readonly tree: Tree
}

export async function recognise(
  whole: Tree,
  wholeName: string,
  katas: readonly Kata[],
  roster: readonly Learner[],
  forced: Layout | undefined,
): Promise<Recognised> {
  if (forced === undefined || forced === 'folders') {
    const alone = oneLearner(whole, wholeName, katas, roster)
    if (alone !== undefined) return alone
  }
  const { tree, name, remarks } = unwrapped(whole, wholeName, katas, roster)
  const { tops } = byTop(tree)
  const rows = await classroomCsv(tree)
  const layout = forced ?? byEvidence(tree, tops, rows, name, katas)
  const files = tops.filter(({ isFolder, items }) => !isFolder && items.length > 0)
  const folders = tops.filter(({ isFolder }) => isFolder)
  const because = forced === undefined ? '' : 'As told. '
  switch (layout) {
    case 'gradescope': {
      const metadata = await metadataOf(tree)
      const plan = planGradescope(tree, metadata)
      const count = folders.filter(({ name: folder }) => SUBMISSION.test(folder)).length
      const evidence = `${because}${metadata === undefined ? '' : `There is ${metadata.name}, and `}${counted(count, 'folder')} named like submission_1234.`
      return { layout, evidence, plan, tree }
    }
    case 'canvas': {
      const count = files.filter(({ name: file }) => isCanvasName(file)).length
      const evidence = `${because}${count} of ${files.length} files are named like lovelaceada_12345_67890_file.ts.`
      return { layout, evidence, plan: planCanvas(tree, katas, roster), tree }
    }
    case 'github-classroom': {
      const csv = rows.length === 0 ? '' : `, and the classroom's CSV names ${rows.length}`
      const evidence = `${because}${counted(folders.length, 'folder')} of repositories named assignment-username${csv}.`
      return { layout, evidence, plan: planClassroom(tree, rows, name), tree }
    }
    case 'files':
      return {
        layout,
        evidence: `${because}There is no folder, and ${files.length} files carry a learner's name.`,
        plan: planFolders(tree, katas),
        tree,
      }
    case 'folders': {
      const archives = files.filter(({ name: file }) => isArchiveName(file)).length
      const parts = [counted(folders.length, 'folder'), ...(archives === 0 ? [] : [counted(archives, 'archive')])]
      const evidence = `${because}${parts.join(' and ')}, one for each learner, and no sign of another system's export.`
      const plan = planFolders(tree, katas)
      return { layout, evidence, plan: { ...plan, remarks: [...plan.remarks, ...remarks] }, tree }
    }
  }
}

function byEvidence(
  tree: Tree,
  tops: readonly Top[],
  rows: readonly ClassroomRow[],
  name: string,
  katas: readonly Kata[],
): Layout {
  const folders = tops.filter(({ isFolder }) => isFolder)
  const files = tops.filter(({ isFolder, items }) => !isFolder && items.length > 0).map(({ name: file }) => file)
  if (tree.entries.some(({ path }) => METADATA.test(path))) return 'gradescope'
  if (folders.length > 0 && folders.every(({ name: folder }) => SUBMISSION.test(folder))) return 'gradescope'
  const handed = files.filter((file) => file.endsWith('.ts') || isArchiveName(file) || isCanvasName(file))
  const canvas = handed.filter(isCanvasName).length
  if (canvas > 0 && canvas * 2 > handed.length && folders.length === 0) return 'canvas'
  const named = new Set(rows.map(({ repository }) => repository))
  if (folders.some(({ name: folder }) => named.has(folder))) return 'github-classroom'
  const areRepositories =
    folders.length > 0 &&
    folders.every(({ items }) => items.some(({ entry, path }) => entry.kind === 'repository' && path === ''))
  const names = folders.map(({ name: folder }) => folder)
  if (areRepositories && commonPrefix(names, name) !== undefined) return 'github-classroom'
  const single = files.filter((file) => learnerOfFile(file, katas) !== undefined).length
  return folders.length === 0 && single > 0 && !files.some(isArchiveName) ? 'files' : 'folders'
}

/** `katas/…` at the top, or a repository of it: that is what one learner hands in, and no class. */
function oneLearner(
  tree: Tree,
  name: string,
  katas: readonly Kata[],
  roster: readonly Learner[],
): Recognised | undefined {
  const items = tree.entries.map((entry) => ({ entry, path: entry.path }))
  const found = candidates(items, katas)
  const inside = insideOf(tree, name, katas, roster)
  const isDeclared = found.some(({ rank }) => rank === 0)
  const isLoose =
    found.some(({ path }) => !path.includes('/')) && !byTop(tree).tops.some((top) => looksLikeLearner(top, katas))
  const root = tree.entries.find(({ path, kind }) => path === '' && kind === 'repository')
  const bare = root?.place !== undefined && isBare(root.place)
  if (!isDeclared && !isLoose && !bare && inside.is !== 'one') return undefined
  const learner: Learner = { id: printable(name.replace(/\.git$/, '')) }
  return {
    layout: 'folders',
    evidence: bare
      ? 'It is one repository, so one learner.'
      : isDeclared || isLoose
        ? 'It has stub files at the top, so it is one learner.'
        : 'Its folders have the names of parts and not of people, so it is one learner.',
    plan: {
      handings: [{ learner, attempt: 1, items, refused: tree.refused }],
      nobodys: [],
      remarks: isDeclared || isLoose || bare ? [] : inside.remarks,
    },
    tree,
  }
}

/** Archives and exports mostly have one folder around all. It is no learner if what is in it looks like several. */
function unwrapped(
  tree: Tree,
  name: string,
  katas: readonly Kata[],
  roster: readonly Learner[],
): { tree: Tree; name: string; remarks: readonly string[] } {
  const asItIs = { tree, name, remarks: [] }
  const { tops } = byTop(tree)
  const [only] = tops.filter(({ items, isFolder }) => isFolder || items.length > 0)
  if (tops.length !== 1 || only?.isFolder !== true) return asItIs
  if (only.items.some(({ entry, path }) => entry.kind === 'repository' && path === '')) return asItIs
  const find = finder(roster)
  if (find({ id: only.name }) !== undefined) return asItIs
  const inner = below(tree, only.name)
  const children = byTop(inner).tops.filter(({ name: child }) => child !== 'katas' && !isAttempt(child))
  const isExport =
    /-submissions$/.test(only.name) ||
    children.some(({ name: child }) => METADATA.test(child) || SUBMISSION.test(child) || isCanvasName(child))
  const known = children.some(({ name: child }) => find({ id: withoutArchiveEnding(child) }) !== undefined)
  const likeLearners = children.filter((child) => looksLikeLearner(child, katas)).length
  if (isExport || known) return { ...asItIs, tree: inner, name: only.name }
  if (likeLearners < 2) return asItIs
  const { is, remarks } = insideOf(inner, only.name, katas, roster)
  return is === 'one' ? { tree, name, remarks } : { tree: inner, name: only.name, remarks }
}

/** Folders that a project has. Nobody is called so, least of all two of a class. */
const PARTS =
  /^(?:src|source|sources|lib|libs|app|code|work|solution|solutions|answers?|exercises?|katas?|homework|hw[-_ ]?\d*|task[-_ ]?\d*|part[-_ ]?\d*|week[-_ ]?\d*|packages|modules|scripts|dist|build|out|test|tests)$/i

/**
 * Whether a folder of folders is one learner or several. Two people must never be taken for one, so it is one learner only
 * where every folder above a stub file has the name of a part, and no kata is there twice; or where the roster has the
 * folder's name and none of what is in it.
 */
function insideOf(
  tree: Tree,
  name: string,
  katas: readonly Kata[],
  roster: readonly Learner[],
): { readonly is: 'one' | 'several'; readonly remarks: readonly string[] } {
  const several = { is: 'several', remarks: [] } as const
  const stubs = candidates(
    tree.entries.map((entry) => ({ entry, path: entry.path })),
    katas,
  )
  const folders = byTop(tree).tops.filter((top) => looksLikeLearner(top, katas))
  const isPlain = ({ isFolder, items }: Top): boolean =>
    isFolder && !items.some(({ entry, path }) => entry.kind === 'repository' || isArchiveName(path))
  if (folders.length < 2 || !folders.every(isPlain)) return several
  const find = finder(roster)
  if (folders.some((folder) => find({ id: folder.name }) !== undefined)) return several
  if (find({ id: name })?.by === 'id') return { is: 'one', remarks: [] }
  if (new Set(stubs.map(({ kata }) => kata)).size < stubs.length) return several
  const ofCourse = new Set(katas.flatMap(({ path, slug }) => [slug, ...path.split('/')]))
  const areParts = stubs.every(({ path }) =>
    path
      .split('/')
      .slice(0, -1)
      .every((part) => PARTS.test(part) || ofCourse.has(part)),
  )
  const called = printable(name)
  const named = folders.slice(0, NAMED).map((folder) => printable(folder.name))
  const list = `${named.join(', ')}${folders.length > NAMED ? ` and ${folders.length - NAMED} more` : ''}`
  return areParts
    ? {
        is: 'one',
        remarks: [
          `${called} was read as one learner, since its folders (${list}) have the names of parts and each kata is there once. If they are learners, give a --roster that names them.`,
        ],
      }
    : {
        is: 'several',
        remarks: [
          `${called} was read as a class of ${folders.length} (${list}), and no two of them have the same kata. If it is one learner, give a --roster that names ${called}.`,
        ],
      }
}

const NAMED = 3

/** It has stub files, or may have: what a learner's own folder `src` beside a `test` does not. */
const looksLikeLearner = ({ name, isFolder, items }: Top, katas: readonly Kata[]): boolean =>
  isFolder
    ? items.some(({ entry, path }) => entry.kind === 'repository' && path === '') || candidates(items, katas).length > 0
    : isArchiveName(name) ||
      (!katas.some(({ slug }) => name === `${slug}.ts`) && learnerOfFile(name, katas) !== undefined)

/** The export's own file is the instructor's, and its damage theirs to know. */
async function metadataOf(tree: Tree): Promise<{ name: string; text: string } | undefined> {
  const name = tree.entries.find(({ path, kind }) => kind === 'file' && METADATA.test(path))?.path
  const bytes = name === undefined ? undefined : await readOne(tree, name, MAX_METADATA_BYTES)
  return name === undefined || bytes === undefined ? undefined : { name, text: Buffer.from(bytes).toString('utf8') }
}

async function classroomCsv(tree: Tree): Promise<ClassroomRow[]> {
  for (const { path } of tree.entries.filter((entry) => entry.kind === 'file' && /^[^/]+\.csv$/i.test(entry.path))) {
    const bytes = await readOne(tree, path, MAX_METADATA_BYTES)
    if (bytes === undefined || !Buffer.from(bytes).includes('student_repository_name')) continue
    const rows = classroomRows(tableOf(bytes, path))
    if (rows !== undefined) return rows
  }
  return []
}

async function readOne(tree: Tree, path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  let bytes: Uint8Array | undefined
  let why = 'cannot be found again'
  await tree.read(new Map([[path, maxBytes]]), (_, read) => {
    if ('bytes' in read) bytes = read.bytes
    else why = read.why
  })
  if (bytes === undefined) throw new KataError(`${printable(path)} ${why}.`, 'Export it again.')
  return bytes
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
