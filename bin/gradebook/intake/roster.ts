// Who is in the class. Rosters come from everywhere, so headers are recognised by what they mean; what contradicts
// itself is the instructor's to repair, and is named with its line.

import { parse } from 'csv-parse/sync'
import { KataError } from '../../course/kata-error.ts'
import { printable } from '../../course/printable.ts'
import { readNamed } from '../../course/read-text.ts'
import { folded } from '../folded.ts'
import type { Learner } from '../submitted.ts'

const MAX_BYTES = 16 * 1024 * 1024
const MAX_CELL = 200
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u

/** Headers, in the letters that are left of them, by what they mean. */
const MEANS: Readonly<Record<string, readonly string[]>> = {
  id: [
    'id',
    'studentid',
    'learnerid',
    'learner',
    'identifier',
    'rosteridentifier',
    'sid',
    'username',
    'userid',
    'netid',
    'login',
  ],
  name: ['name', 'student', 'studentname', 'fullname', 'displayname'],
  first: ['firstname', 'givenname', 'first'],
  last: ['lastname', 'surname', 'familyname', 'last'],
  email: ['email', 'emailaddress', 'mail'],
  section: ['section', 'sections', 'group', 'class'],
  role: ['role'],
}

/** Under these a learner is known elsewhere, and their file names carry them. */
const ELSEWHERE = ['ID', 'SIS User ID', 'SIS Login ID', 'Integration ID', 'github_username', 'github_id'] as const

/**
 * Who has one of these in a column that calls others students, as Gradescope's roster has it, hands nothing in. In a
 * team of students, too, somebody is its designer.
 */
const STAFF = /^(?:instructor|teacher|ta|teaching assistant|reader|grader|observer|designer)$/i

const STUDENT = /^(?:students?|learners?)$/i

const letters = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '')

export interface Table {
  readonly header: readonly string[]
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[]
}

/** @throws {KataError} with the line of what is no CSV */
export function readTable(file: string): Table {
  const next = 'Name the file itself: --roster FILE'
  const bytes = readNamed(file, MAX_BYTES, next)
  if (bytes === undefined) throw new KataError(`There is no file ${printable(file)}.`, next)
  return tableOf(bytes, file)
}

export function tableOf(bytes: Uint8Array, file: string): Table {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new KataError(`${printable(file)} is not UTF-8.`, 'Export it again as "CSV UTF-8".')
  }
  let records: { info: { lines: number }; record: string[] }[]
  try {
    const { delimiter, fromLine } = dialectOf(text)
    records = parse(text, {
      info: true,
      bom: true,
      from_line: fromLine,
      delimiter,
      trim: true,
      // Spreadsheets leave lines of nothing but delimiters below what they hold.
      skip_records_with_empty_values: true,
      skip_empty_lines: true,
      relax_column_count: true,
    }) as unknown as typeof records
  } catch (error) {
    const line = (error as { lines?: unknown }).lines
    throw new KataError(
      `${printable(file)}${typeof line === 'number' ? `:${line}` : ''} is no CSV: ${printable(error instanceof Error ? error.message : '')}`,
      'Repair the line, or export the file again.',
    )
  }
  const [header, ...rows] = records
  return {
    header: header?.record ?? [],
    rows: rows.map(({ info, record }) => ({ line: info.lines, cells: record })),
  }
}

/**
 * The delimiter is the one that the header has outside of quotes, since a spreadsheet's own depends on its country; where
 * it says so itself (`sep=;`, Excel's way), that line is no header.
 */
function dialectOf(text: string): { readonly delimiter: string; readonly fromLine: number } {
  const [first = ''] = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/, 1)
  const told = /^"?sep=([,;\t])"?$/i.exec(first)?.[1]
  if (told !== undefined) return { delimiter: told, fromLine: 2 }
  const bare = first.replace(/"[^"]*"/g, '')
  return { delimiter: [';', '\t'].find((mark) => bare.includes(mark) && !bare.includes(',')) ?? ',', fromLine: 1 }
}

/** @throws {KataError} for a missing column, an empty or unprintable id, a duplicate, a conflict */
export function readRoster(file: string): Learner[] {
  return rosterOf(readTable(file), file)
}

export function rosterOf({ header, rows }: Table, file: string): Learner[] {
  const isCanvas = header.includes('SIS User ID') || header.includes('SIS Login ID')
  const at = (meaning: string): number =>
    header.findIndex((title) => MEANS[meaning]?.includes(letters(title)) === true && !(isCanvas && title === 'ID'))
  const columns = {
    id: at('id'),
    name: at('name'),
    first: at('first'),
    last: at('last'),
    email: at('email'),
    section: at('section'),
    role: at('role'),
  }
  const elsewhere = ELSEWHERE.map((title) => ({ title, column: header.indexOf(title) })).filter(
    // A plain roster's `ID` is its id and no Canvas number.
    ({ title, column }) => column >= 0 && (title !== 'ID' || isCanvas),
  )
  const tellsStaff = rows.some(({ cells }) => STUDENT.test((cells[columns.role] ?? '').trim()))
  // Where every line ends with a delimiter, that is how the file is written, and no cell is out of place.
  const allEndEmpty = rows.every(({ cells }) => cells.length > header.length && cells.at(-1)?.trim() === '')
  const byId = new Map<string, { readonly learner: Learner; readonly line: number }>()
  const idsSeen = new Map<string, { readonly id: string; readonly line: number }>()
  for (const { line, cells } of rows) {
    const where = `${printable(file)}:${line}`
    for (const cell of cells)
      if (cell.length > MAX_CELL || UNPRINTABLE.test(cell))
        throw new KataError(`${where} has a cell that no name or id is: "${printable(cell, 60)}".`, 'Repair the line.')
    const cell = (column: number): string => (column < 0 ? '' : (cells[column] ?? '').trim())
    const name = cell(columns.name) || `${cell(columns.first)} ${cell(columns.last)}`.trim()
    // The first row of a Canvas gradebook is no learner, and neither is the test student at its end.
    if (isCanvas && /^(?:points possible|student, test|test student)$/i.test(name)) continue
    if (tellsStaff && STAFF.test(cell(columns.role))) continue
    const ids = Object.fromEntries(
      elsewhere.flatMap(({ title, column }) => (cell(column) === '' ? [] : [[title, cell(column)] as const])),
    )
    const id =
      cell(columns.id) ||
      ids['SIS Login ID'] ||
      ids['SIS User ID'] ||
      ids['ID'] ||
      ids['github_username'] ||
      cell(columns.email)
    if (id === '') {
      // What else Canvas writes above its learners: `Manual Posting` over each column that is posted by hand.
      if (isCanvas && name === '' && Object.keys(ids).length === 0) continue
      if (columns.id < 0 && columns.email < 0 && elsewhere.length === 0) throw noIdColumn(file, header)
      throw new KataError(`${where} has no id.`, 'Give every learner one, or delete the line.')
    }
    // One comma too many moves all that follows into the next column: nobody would see it until a grade goes astray.
    if (cells.length > header.length && !(allEndEmpty && cells.slice(header.length).every((one) => one.trim() === '')))
      throw new KataError(
        `${where} has ${cells.length} cells, and the header has ${header.length}.`,
        'A cell with a comma in it needs quotes, like "Lovelace, Ada": repair the line.',
      )
    const learner: Learner = {
      id,
      ...(name === '' ? {} : { name }),
      ...(cell(columns.email) === '' ? {} : { email: cell(columns.email) }),
      ...(cell(columns.section) === '' ? {} : { section: cell(columns.section) }),
      ...(Object.keys(ids).length === 0 ? {} : { ids }),
    }
    const twin = byId.get(folded(id))
    if (twin !== undefined)
      throw new KataError(
        `${where} and line ${twin.line} both have the id "${printable(id, 60)}"${JSON.stringify(twin.learner) === JSON.stringify(learner) ? '' : ', and say different things about it'}.`,
        'Delete one of the two lines.',
      )
    for (const key of [learner.email, ...Object.entries(ids).map(([title, value]) => `${title} ${value}`)]) {
      if (key === undefined) continue
      const other = idsSeen.get(folded(key))
      if (other !== undefined)
        throw new KataError(
          `${where} and line ${other.line} both have "${printable(key, 80)}", and different ids.`,
          'Repair one of the two lines.',
        )
      idsSeen.set(folded(key), { id, line })
    }
    byId.set(folded(id), { learner, line })
  }
  if (byId.size === 0) {
    if (columns.id < 0 && columns.email < 0 && elsewhere.length === 0) throw noIdColumn(file, header)
    throw new KataError(`${printable(file)} names no learner.`, 'It needs a header and a line for each.')
  }
  return [...byId.values()].map(({ learner }) => learner)
}

const noIdColumn = (file: string, header: readonly string[]): KataError =>
  new KataError(
    `${printable(file)}:1 has no column of ids, only ${header.length === 0 ? 'nothing' : header.map((title) => printable(title, 30)).join(', ')}.`,
    'Name one of the columns id, email, SIS Login ID or SIS User ID.',
  )

/** The learner of the roster that something of an export means; undefined where nobody is, or more than one could be. */
export type Finder = (handed: Learner) => { readonly learner: Learner; readonly by: 'id' | 'name' } | undefined

/** By an id before all else, then by an address or an id elsewhere, then by a name that only one has. */
export function finder(roster: readonly Learner[]): Finder {
  const ids = uniquely(roster, ({ id }) => [id])
  const others = uniquely(roster, ({ email, ids: elsewhere }) => [
    email,
    email?.split('@')[0],
    ...Object.values(elsewhere ?? {}),
  ])
  const names = uniquely(roster, ({ name }) => (name === undefined ? [] : nameKeys(name)))
  return (handed) => {
    const keys = [handed.id, handed.email, ...Object.values(handed.ids ?? {})]
    const byId = one(keys, ids) ?? one(keys, others)
    if (byId !== undefined) return { learner: byId, by: 'id' }
    const byName = one(
      [handed.name, handed.id].flatMap((name) => (name === undefined ? [] : nameKeys(name))),
      names,
    )
    return byName === undefined ? undefined : { learner: byName, by: 'name' }
  }
}

/** A key that two learners have means neither. */
function uniquely(
  roster: readonly Learner[],
  keysOf: (learner: Learner) => readonly (string | undefined)[],
): Map<string, Learner | undefined> {
  const map = new Map<string, Learner | undefined>()
  for (const learner of roster)
    for (const key of new Set(keysOf(learner).map((each) => (each === undefined ? undefined : folded(each)))))
      if (key !== undefined) map.set(key, map.has(key) ? undefined : learner)
  return map
}

function one(
  keys: readonly (string | undefined)[],
  map: ReadonlyMap<string, Learner | undefined>,
): Learner | undefined {
  const found = new Set(keys.flatMap((key) => (key === undefined ? [] : (map.get(folded(key)) ?? []))))
  return found.size === 1 ? [...found][0] : undefined
}

/** `Ada Lovelace`, `Lovelace, Ada` and `lovelaceada` have a key in common. */
function nameKeys(name: string): string[] {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const squash = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '')
  const comma = plain.indexOf(',')
  const words = (comma < 0 ? plain : `${plain.slice(comma + 1)} ${plain.slice(0, comma)}`).trim().split(/\s+/)
  const last = words.at(-1) ?? ''
  const keys = [squash(words.join('')), squash(last + words.slice(0, -1).join(''))]
  // One letter or two mean nobody.
  return [...new Set(comma < 0 ? keys : [...keys, squash(plain)])].filter((key) => key.length > 2)
}
