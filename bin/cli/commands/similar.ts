// `kata similar`: who in a class has written the same as whom. It informs whoever grades, and decides nothing.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pristineStubFile, solutionFile } from '../../course/files.ts'
import type { Kata } from '../../course/kata.ts'
import { KataError } from '../../course/kata-error.ts'
import { printable } from '../../course/printable.ts'
import { shellPath } from '../../course/shell-path.ts'
import { whoIsMeant } from '../../gradebook/folded.ts'
import type { Pair, PreparedClass, Submission } from '../../gradebook/similar/compare.ts'
import type { NotTaken } from '../../gradebook/submitted.ts'
import { EXIT } from '../../judge/report.ts'
import type { Values } from '../arguments.ts'
import { classTexts } from '../class-texts.ts'
import { type Context, say, sayJson } from '../context.ts'
import { ADVISORY, notTakenLines, pairScreen, similarScreen } from '../screens/similar-screen.ts'
import { whichKata } from '../which-kata.ts'
import { writePage } from '../write-page.ts'

/** Pairs whose fragments a page or a JSON document holds: a page of thousands is read by nobody. */
const MAX_ALIGNED = 40

export async function similar(context: Context, words: readonly string[], values: Values): Promise<number> {
  const [folder, partner] = words
  if (folder === undefined)
    throw new KataError('Which class?', 'Name its folder, archive or gradebook: npx kata similar submissions')
  if (partner !== undefined && values.pair === undefined)
    throw new KataError(`kata similar takes one class, not also "${printable(partner, 60)}".`, 'See: kata help similar')
  const katas = values.kata === undefined ? context.katas : values.kata.map((name) => whichKata(context, name))
  const { submissions, notTaken } = await classTexts(resolve(context.io.cwd, folder), katas)
  const handedIn = katas.filter(({ slug }) => submissions.some(({ kata }) => kata === slug))
  if (handedIn.length === 0)
    throw new KataError(
      `${shellPath(folder)} holds no file of ${values.kata?.join(' or ') ?? 'any kata'}.${unread(notTaken.find((one) => one.katas.length > 0))}`,
      'It should hold a folder for each learner, with files like token-bucket.ts in it.',
    )
  // The parser behind it takes a moment to load: only this command pays for it.
  const { compareClass, DEFAULT_MIN, prepareClass } = await import('../../gradebook/similar/compare.ts')
  const { aligned } = await import('../../gradebook/similar/aligned.ts')
  const min = values.min === undefined ? DEFAULT_MIN : shareOf(values.min)
  const prepare = (kata: Kata) =>
    prepareClass(
      {
        kata: kata.slug,
        stub: readFileSync(pristineStubFile(context.ws, kata), 'utf8'),
        reference: readFileSync(solutionFile(context.ws, kata), 'utf8'),
      },
      submissions.filter((one) => one.kata === kata.slug),
    )
  const pair = values.pair === undefined ? undefined : pairOf(values.pair, partner, submissions, notTaken)
  // One kata after the other: what is held at a time is one class of one kata.
  const found = handedIn.flatMap((kata) => {
    const prepared = pair === undefined ? prepare(kata) : onlyWith(prepare(kata), pair)
    if (prepared === undefined) return []
    const compared = compareClass(prepared, pair === undefined ? min : 0)
    const shownPairs =
      pair === undefined ? compared.pairs : compared.pairs.filter(({ a, b }) => pair.includes(a) && pair.includes(b))
    const inFull = values.html !== undefined || pair !== undefined ? shownPairs.slice(0, MAX_ALIGNED) : []
    return [
      {
        title: kata.title,
        compared: { ...compared, pairs: shownPairs },
        aligned: inFull.flatMap((one) => aligned(prepared, one) ?? []),
      },
    ]
  })
  const written =
    values.html === undefined ? undefined : await similarPageAt(context, values.html, { found, min, notTaken })
  if (context.json)
    sayJson(context, {
      advisory: ADVISORY,
      min,
      katas: found.map(({ compared, aligned }) => ({
        ...compared,
        pairs: compared.pairs.map(told),
        ...(pair === undefined ? {} : { aligned: aligned.map((one) => ({ ...one, pair: told(one.pair) })) }),
      })),
      notTaken,
      ...(written === undefined ? {} : { html: written }),
    })
  else if (written !== undefined)
    say(context, [`Written to ${written}.`, ...notTakenLines(notTaken, context.look)].join('\n'))
  else if (pair === undefined)
    say(
      context,
      similarScreen(
        found.map(({ compared }) => compared),
        { min, folder: shellPath(folder), notTaken },
        context.look,
      ),
    )
  else say(context, pairText(found, pair, context))
  return EXIT.accepted
}

type Found = Parameters<typeof import('../similar-page.ts').similarPage>[0]

function pairText(found: Found, [a, b]: readonly string[], context: Context): string {
  const screens = found.flatMap(({ compared, aligned }) =>
    aligned.map((one) => pairScreen(compared.kata, one, context.look)),
  )
  return screens.length === 0
    ? `Nothing that ${printable(a ?? '')} and ${printable(b ?? '')} wrote themselves is the same.`
    : screens.join('\n\n')
}

/** Without the places of the files, which mean something only while they are held. */
const told = ({ at: _, ...pair }: Pair): Omit<Pair, 'at'> => pair

function shareOf(typed: string): number {
  const value = Number(typed)
  if (!/^\d*\.?\d+$/.test(typed) || value > 1)
    throw new KataError(`--min takes a share from 0 to 1, not "${printable(typed, 40)}".`, 'For example: --min 0.8')
  return value
}

const unread = (one: NotTaken | undefined): string =>
  one === undefined ? '' : ` Not taken: ${printable(one.origin)}: ${printable(one.why)}`

function pairOf(
  a: string,
  b: string | undefined,
  submissions: readonly Submission[],
  notTaken: readonly NotTaken[],
): readonly [string, string] {
  const two = () => new KataError('--pair takes two learners.', 'For example: --pair ada bob')
  if (b === undefined) throw two()
  const learners = [...new Set(submissions.map(({ learner }) => learner))]
  const meant = (typed: string): string => {
    const learner = whoIsMeant(typed, learners)
    if (learner !== undefined) return learner
    const others = notTaken.flatMap((one) => one.learner ?? [])
    const other = whoIsMeant(typed, others)
    throw new KataError(
      other === undefined
        ? `Nobody called "${printable(typed, 60)}" has handed in.`
        : `Nothing of ${printable(other, 60)} could be compared.${unread(notTaken.find(({ learner }) => learner === other))}`,
      'Names are those of the folders.',
    )
  }
  const pair = [meant(a), meant(b)] as const
  if (pair[0] === pair[1]) throw two()
  return pair
}

/** The class stays as it was, since it says what everybody has; only these two are compared. */
function onlyWith(prepared: PreparedClass, pair: readonly string[]): PreparedClass | undefined {
  const files = prepared.files.filter(({ learner }) => pair.includes(learner))
  return new Set(files.map(({ learner }) => learner)).size === 2 ? { ...prepared, files } : undefined
}

async function similarPageAt(
  context: Context,
  path: string,
  { found, min, notTaken }: { found: Found; min: number; notTaken: readonly NotTaken[] },
): Promise<string> {
  const { similarPage } = await import('../similar-page.ts')
  return writePage(context, path, similarPage(found, min, notTaken))
}
