// What may be typed: every command, its flags and how many words it takes. One table, from which help is written too.

import { type ParseArgsConfig, parseArgs } from 'node:util'
import { KataError } from '../course/kata-error.ts'
import { nearest } from '../course/nearest.ts'
import { printable } from '../course/printable.ts'

type Flag = {
  readonly type: 'boolean' | 'string'
  readonly value?: string
  readonly what: string
  /** may be there several times */
  readonly multiple?: true
}

interface Command {
  readonly what: string
  /** words after the command, as help shows them */
  readonly words: string
  readonly maxWords: number
  readonly flags: Readonly<Record<string, Flag>>
}

const ASSIGNMENT: Flag = {
  type: 'string',
  value: 'FILE',
  what: 'the assignment (JSON): katas, points, deadline, late policy; see "Grading a class" in the README',
}
const SEED: Flag = { type: 'string', value: 'N', what: 'replay with this seed instead of the one drawn from the file' }

export const COMMANDS = {
  next: { what: 'the kata to do now, and why', words: '', maxWords: 0, flags: {} },
  check: {
    what: 'judge a kata',
    words: '[kata]',
    maxWords: 1,
    flags: {
      from: { type: 'string', value: 'FILE', what: 'judge this file in place of your own (not recorded)' },
      seed: SEED,
    },
  },
  watch: {
    what: 'judge each time you save',
    words: '[kata]',
    maxWords: 1,
    flags: { poll: { type: 'boolean', what: 'look at the file instead of waiting for events' } },
  },
  trace: {
    what: 'draw the run that broke a promise in the last check',
    words: '[kata]',
    maxWords: 1,
    flags: {
      html: { type: 'string', value: 'FILE', what: 'write it as one self-contained page to step through' },
      plain: { type: 'boolean', what: 'a list of events, one a line: for screen readers and narrow screens' },
      all: { type: 'boolean', what: 'every event, not only those that led to it' },
    },
  },
  perf: {
    what: 'what your file costs, where, and beside the reference',
    words: '[kata]',
    maxWords: 1,
    flags: {
      from: { type: 'string', value: 'FILE', what: 'measure this file in place of your own' },
      seed: SEED,
      html: { type: 'string', value: 'FILE', what: 'write it as one self-contained page with plots' },
    },
  },
  list: {
    what: 'all katas, and how you stand',
    words: '[word…]',
    maxWords: 9,
    flags: {
      volume: { type: 'string', value: 'N', what: 'only this volume' },
      level: { type: 'string', value: 'LEVEL', what: 'only easy, medium or hard' },
      state: { type: 'string', value: 'STATE', what: 'only new, started, passed, recheck, revealed or due' },
    },
  },
  lesson: {
    what: 'read the lesson',
    words: '[kata]',
    maxWords: 1,
    flags: { html: { type: 'string', value: 'FILE', what: 'write it as one self-contained page' } },
  },
  hint: {
    what: 'the next rung of the ladder for what fails',
    words: '[kata]',
    maxWords: 1,
    flags: { promise: { type: 'string', value: 'N', what: 'for this promise, not the first that fails' } },
  },
  solution: {
    what: 'the reference solution, after a pass',
    words: '[kata]',
    maxWords: 1,
    flags: { 'give-up': { type: 'boolean', what: 'show it before; recorded, and the kata comes back tomorrow' } },
  },
  diff: {
    what: 'your file against the stub; after a pass, the solution',
    words: '[kata]',
    maxWords: 1,
    flags: { with: { type: 'string', value: 'WHAT', what: 'stub, solution or attempt (the newest kept one)' } },
  },
  reset: {
    what: 'back to the empty stub; your file is kept',
    words: '[kata]',
    maxWords: 1,
    flags: { undo: { type: 'boolean', what: 'bring back the newest kept attempt' } },
  },
  redo: { what: 'build a kata again from an empty stub', words: '[kata]', maxWords: 1, flags: {} },
  stats: {
    what: 'what you have done',
    words: '',
    maxWords: 0,
    flags: { merge: { type: 'string', value: 'FILE', what: 'add the progress of another machine first' } },
  },
  doctor: { what: 'does everything work here? what to do if not', words: '', maxWords: 0, flags: {} },
  init: { what: 'a workspace of your own, or bring one up to date', words: 'DIR', maxWords: 1, flags: {} },
  classroom: {
    what: 'a starter repository for a class (instructors)',
    words: 'DIR …',
    maxWords: 200,
    flags: {
      name: { type: 'string', value: 'TEXT', what: "the assignment's name, as learners read it" },
      deadline: { type: 'string', value: 'TIME', what: 'with its offset: 2026-03-01T23:59:00+01:00' },
    },
  },
  grade: {
    what: 'judge a class into a gradebook (instructors)',
    words: '[DIR]',
    maxWords: 1,
    flags: {
      assignment: ASSIGNMENT,
      kata: {
        type: 'string',
        value: 'SLUG',
        what: 'without a file: this kata, 100 points; may be repeated',
        multiple: true,
      },
      gradebook: { type: 'string', value: 'FILE', what: 'gradebook.sqlite beside the assignment, unless told' },
      roster: { type: 'string', value: 'FILE', what: 'who is in the class (CSV with ids)' },
      ref: { type: 'string', value: 'REF', what: 'take this branch, tag or commit of each repository' },
      layout: { type: 'string', value: 'NAME', what: 'folders, files, canvas, gradescope or github-classroom' },
      'no-cache': { type: 'boolean', what: 'judge identical files one by one; with --regrade: everything' },
      portable: { type: 'boolean', what: 'the portable sandbox, also where the strict one is there' },
      'require-strict': { type: 'boolean', what: 'refuse to judge outside the strict sandbox' },
      regrade: {
        type: 'boolean',
        what: 'judge anew what an older grader judged, and propose the differences; then: kata grade --regrade apply, or discard',
      },
    },
  },
  gradebook: {
    what: 'a gradebook, and its outputs (instructors)',
    words: '[FILE]',
    maxWords: 1,
    flags: {
      assignment: ASSIGNMENT,
      learner: { type: 'string', value: 'ID', what: 'one learner, item by item' },
      kata: {
        type: 'string',
        value: 'SLUG',
        what: 'one kata: every learner, and what its promises met',
        multiple: true,
      },
      state: {
        type: 'string',
        value: 'STATE',
        what: 'only graded, missing, not-taken, pending, judge-error, flagged, late, or a verdict',
      },
      runs: { type: 'boolean', what: 'how and when it was judged' },
      out: { type: 'string', value: 'DIR', what: 'write CSV, Canvas, Gradescope, JUnit and HTML there' },
      redact: { type: 'boolean', what: 'with --out: without the hidden inputs' },
    },
  },
  similar: {
    what: 'who has written the same as whom (instructors)',
    words: 'CLASS',
    maxWords: 2,
    flags: {
      kata: { type: 'string', value: 'KATA', what: 'only this kata (may be repeated)', multiple: true },
      min: { type: 'string', value: 'SHARE', what: 'pairs at this similarity or above (0.6)' },
      pair: { type: 'string', value: 'A B', what: 'what these two learners have in common, side by side' },
      html: { type: 'string', value: 'FILE', what: 'write it as one self-contained page' },
    },
  },
  new: { what: 'scaffold a kata (authors)', words: 'VOLUME/SLUG', maxWords: 1, flags: {} },
  verify: {
    what: 'prove the course (authors)',
    words: '[kata…]',
    maxWords: 200,
    flags: {
      seeds: { type: 'string', value: 'N', what: 'seeds for what is right (100); a tenth for what is wrong' },
      part: { type: 'string', value: 'K/N', what: 'of what is wrong, only each Nth file from the Kth on' },
      mutants: { type: 'boolean', what: 'also kill mechanical mutants of the solution' },
      write: { type: 'boolean', what: 'write stub copies and message snapshots anew' },
    },
  },
  help: { what: 'this, or more on one command', words: '[command]', maxWords: 1, flags: {} },
  version: { what: 'versions of the course and its Node', words: '', maxWords: 0, flags: {} },
} as const satisfies Record<string, Command>

export type CommandName = keyof typeof COMMANDS

export interface Values {
  readonly json?: boolean
  readonly help?: boolean
  readonly from?: string
  readonly seed?: string
  readonly poll?: boolean
  readonly volume?: string
  readonly level?: string
  readonly state?: string
  readonly html?: string
  readonly plain?: boolean
  readonly all?: boolean
  readonly promise?: string
  readonly 'give-up'?: boolean
  readonly with?: string
  readonly undo?: boolean
  readonly merge?: string
  readonly name?: string
  readonly deadline?: string
  readonly seeds?: string
  readonly part?: string
  readonly mutants?: boolean
  readonly write?: boolean
  readonly min?: string
  readonly pair?: string
  readonly assignment?: string
  readonly kata?: readonly string[]
  readonly gradebook?: string
  readonly roster?: string
  readonly ref?: string
  readonly layout?: string
  readonly 'no-cache'?: boolean
  readonly portable?: boolean
  readonly 'require-strict'?: boolean
  readonly regrade?: boolean
  readonly learner?: string
  readonly runs?: boolean
  readonly out?: string
  readonly redact?: boolean
}

export const COMMON: Readonly<Record<string, Flag>> = {
  json: { type: 'boolean', what: 'JSON instead of text; grade and watch: one a line' },
  help: { type: 'boolean', what: 'help on this command' },
}

/** @throws {KataError} for a command, flag or number of words that does not exist */
export function parseCommand(argv: readonly string[]): {
  name: CommandName
  values: Values
  positionals: string[]
} {
  const first = argv[0]
  if (first === undefined) return { name: 'next', values: {}, positionals: [] }
  if (first === '--version' || first === '-v') return { name: 'version', values: {}, positionals: [] }
  if (first === '-h' || first === '--help') return { name: 'help', values: {}, positionals: [] }
  // `kata --json` is `kata next --json`, and `kata --json check` is `kata check --json`.
  const at = argv.findIndex((word) => !isCommonFlag(word))
  const named = argv[at]?.startsWith('-') === false
  const name = (named ? argv[at] : undefined) ?? 'next'
  if (!isCommand(name)) {
    const [near] = nearest(name, Object.keys(COMMANDS))
    throw new KataError(
      `No command "${printable(name, 60)}".`,
      near === undefined ? 'See: npx kata help' : `Did you mean ${near}? See: npx kata help`,
    )
  }
  const command: Command = COMMANDS[name]
  const options: NonNullable<ParseArgsConfig['options']> = {}
  const flags: Readonly<Record<string, Flag>> = { ...COMMON, ...command.flags }
  for (const [flag, { type, multiple = false }] of Object.entries(flags)) options[flag] = { type, multiple }
  try {
    const { values, positionals } = parseArgs({
      args: argv.toSpliced(at, named ? 1 : 0),
      options,
      allowPositionals: true,
    })
    if (positionals.length > command.maxWords)
      throw new KataError(
        `kata ${name} takes ${command.maxWords === 0 ? 'no words' : command.maxWords === 1 ? 'one word' : `at most ${command.maxWords} words`}, not "${positionals.join(' ')}".`,
        `See: npx kata help ${name}`,
      )
    refuseEmpty(name, values, positionals)
    return { name, values: values as Values, positionals }
  } catch (error) {
    if (error instanceof KataError || !(error instanceof TypeError)) throw error
    const unknown = /^Unknown option '--([^']+)'/.exec(error.message)?.[1]
    const [near] = unknown === undefined ? [] : nearest(unknown, Object.keys(options))
    throw new KataError(
      `${error.message.split('. ')[0]}.`,
      `${near === undefined ? '' : `Did you mean --${near}? `}See: npx kata help ${name}`,
    )
  }
}

/** An empty path is the working directory, and an empty text means nothing: both come from a variable that is not set. */
function refuseEmpty(name: CommandName, values: object, positionals: readonly string[]): void {
  const [flag] = Object.entries(values).find(([, value]) => [value].flat().includes('')) ?? []
  if (flag === undefined && !positionals.includes('')) return
  throw new KataError(
    flag === undefined ? `A word after kata ${name} is empty.` : `--${flag} is empty.`,
    `Is a variable of your shell not set? See: npx kata help ${name}`,
  )
}

const isCommonFlag = (word: string): boolean => word.startsWith('--') && Object.hasOwn(COMMON, word.slice('--'.length))

const isCommand = (name: string): name is CommandName => Object.hasOwn(COMMANDS, name)

/** A whole number from a flag. @throws {KataError} */
export function wholeNumber(flag: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (!/^\d{1,16}$/.test(text) || value < min || value > max)
    throw new KataError(`--${flag} takes a whole number from ${min} to ${max}, not "${text.slice(0, 40)}".`)
  return value
}
