// Keys and values as the clients of a replicated log see them: the model that their histories are held against, and a guide to
// the search for one order of them.

import type { Model } from '../history/models.ts'
import type { Operation } from '../history/operation.ts'

export type Command =
  | { readonly type: 'Get'; readonly key: string }
  | {
      readonly type: 'Put' | 'Append'
      readonly key: string
      readonly value: string
      readonly client: number
      readonly sequence: number
    }

/** One key of one copy: each write is told what was there before it. */
export const copy: Model<string | null, Command, string | null> = {
  init: null,
  apply(state, command) {
    if (command.type === 'Get') return { state, output: state }
    return { state: command.type === 'Put' ? command.value : `${state ?? ''}${command.value}`, output: state }
  },
  partOf: ({ key }) => key,
  tell(command, output) {
    const answer = output === undefined ? '' : ` → ${output.value === null ? 'nothing' : `'${output.value}'`}`
    const value = command.type === 'Get' ? '' : `, '${command.value}'`
    return `${command.type.toLowerCase()}('${command.key}'${value})${answer}`
  },
}

/**
 * Where nothing is overwritten a value only grows: each is the beginning of the longest that anybody was told, until that
 * is told. What was written after it, nobody saw.
 */
export function growing(operations: readonly Operation<Command, string | null>[]): typeof copy {
  const longest = new Map<string, string>()
  const overwritten = new Set<string>()
  for (const { input, output } of operations) {
    if (input.type === 'Put') overwritten.add(input.key)
    if (typeof output === 'string' && output.length > (longest.get(input.key) ?? '').length)
      longest.set(input.key, output)
  }
  return {
    ...copy,
    apply(state, command) {
      const effect = copy.apply(state, command)
      if (effect === undefined || command.type === 'Get' || overwritten.has(command.key)) return effect
      const end = longest.get(command.key) ?? ''
      const isOnTheWay = (state ?? '').length < end.length ? end.startsWith(effect.state ?? '') : (state ?? '') === end
      return isOnTheWay ? effect : undefined
    },
  }
}
