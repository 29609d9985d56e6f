// "Did you mean …?": the names that a mistyped one most likely stands for.

const MAX_NAME = 60
const MAX_SUGGESTIONS = 3

/** The nearest names, at most three, in the order given; empty when nothing is near. */
export function nearest(name: string, names: readonly string[]): string[] {
  const typed = name.toLowerCase().replaceAll(/[\s_]+/g, '-')
  if (typed === '' || typed.length > MAX_NAME) return []
  // A third of the letters wrong is still a slip of the fingers; more is another word.
  const slips = names.map((each) => editDistance(typed, each))
  const best = Math.min(...slips)
  if (best <= Math.max(1, Math.floor(typed.length / 3))) return pick(names, (_, at) => slips[at] === best)
  const begun = pick(names, (each) => each.startsWith(typed))
  if (begun.length > 0) return begun
  return typed.length < 3 ? [] : pick(names, (each) => each.includes(typed))
}

const pick = (names: readonly string[], test: (name: string, at: number) => boolean): string[] =>
  names.filter(test).slice(0, MAX_SUGGESTIONS)

/** Damerau-Levenshtein (optimal string alignment): a swap of two neighbours is one slip, as fingers make it. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + changed)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, beforeLast[j - 2]! + 1)
      row.push(least)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
