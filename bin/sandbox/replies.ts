// What a subject may say, held against the protocol before anything is made of it. Only our own engine writes there, and
// this is for the day on which a submission finds a way to write there too: what it says must be plain, short and in turn.

import type { Aftermath, Reply, Result, Threw } from './protocol.ts'
import { decode } from './subject/plain-data.mjs'

const MAX_TEXT = 1_000
const MAX_LATE = 8
const MAX_PRINTED = 41

type Fields = Record<string, unknown>

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_TEXT
const isList = <T>(value: unknown, most: number, isOne: (one: unknown) => one is T): value is T[] =>
  Array.isArray(value) && value.length <= most && value.every(isOne)

const isThrew = (value: unknown): value is Threw =>
  isRecord(value) &&
  isText(value['name']) &&
  isText(value['message']) &&
  (value['line'] === undefined || isCount(value['line']))

const isResult = (value: unknown): value is Result =>
  isRecord(value) &&
  (value['ok'] === true
    ? 'value' in value
    : value['ok'] === false && (value['stuck'] === true || isThrew(value['threw'])))

const hasAftermath = (value: Fields): value is Fields & Aftermath =>
  isList(value['late'], MAX_LATE, isThrew) && isList(value['printed'], MAX_PRINTED, isText)

const SHAPES: { [T in Reply['type']]: (value: Fields) => boolean } = {
  ready: () => true,
  loaded: ({ operations }) => isList(operations, 1_000, isText),
  'load-failed': (value) => isThrew(value['threw']) && hasAftermath(value),
  'driver-failed': ({ threw }) => isThrew(threw),
  results: (value) => isList(value['results'], Number.POSITIVE_INFINITY, isResult) && hasAftermath(value),
  measured: (value) => 'raw' in value && hasAftermath(value),
  'measure-failed': (value) => isThrew(value['threw']) && hasAftermath(value),
  ended: hasAftermath,
  progress: ({ item, passes, line }) => isCount(item) && isCount(passes) && isCount(line),
  'out-of-fuel': ({ line, item, fuel }) => isCount(line) && isCount(item) && isCount(fuel),
}

/** @returns undefined for what no subject of ours says */
export function replyOf(json: string): Reply | undefined {
  let value: unknown
  try {
    value = decode(json)
  } catch {
    return undefined
  }
  if (!isRecord(value) || typeof value['type'] !== 'string' || !Object.hasOwn(SHAPES, value['type'])) return undefined
  return SHAPES[value['type'] as Reply['type']](value) ? (value as Reply) : undefined
}
