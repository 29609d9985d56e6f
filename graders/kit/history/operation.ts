// A history: what clients asked, what they were told, and when. All that a checker knows of the system under test.

export interface Operation<Input = unknown, Output = unknown> {
  /** who asked; one client asks one thing after the other */
  readonly client: number
  readonly input: Input
  /** what it was told; nothing where it was never told anything */
  readonly output?: Output
  /** when it asked, in whatever unit the world counts */
  readonly start: number
  /**
   * When it was told. Absent where the client gave up waiting: then the operation may have happened at any time after its
   * start, or never.
   */
  readonly end?: number
}

export type History<Input = unknown, Output = unknown> = readonly Operation<Input, Output>[]

export const isPending = ({ end }: Operation): boolean => end === undefined

/** A certain order: the one was over before the other began. Whatever else overlaps. */
export const precedes = (a: Operation, b: Operation): boolean => a.end !== undefined && a.end < b.start

/** Equal data, equal text: what states, inputs and outputs are told apart by. NaN equals NaN, 0 equals -0. */
export function textOf(value: unknown): string {
  // A whole text needs no closing quote, and so nothing in it is escaped: most values are texts or numbers.
  return typeof value === 'string' ? `"${value}` : partOf(value)
}

function partOf(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return value === 0 ? '0' : String(value)
    case 'string':
      return JSON.stringify(value)
    case 'bigint':
      return `${value}n`
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) return `[${value.map(partOf).join(',')}]`
      return `{${Object.keys(value)
        .sort()
        .map((key) => `${JSON.stringify(key)}:${partOf((value as Record<string, unknown>)[key])}`)
        .join(',')}}`
    default:
      return String(value)
  }
}

/** `from 3 to 9`, or `from 3, never answered`. */
export const when = ({ start, end }: Operation): string =>
  end === undefined ? `from ${start}, never answered` : `from ${start} to ${end}`
