// One id is written in several ways: in any case, and `é` as one character or as two, by where it was typed.

export const folded = (id: string): string => id.normalize('NFC').toLowerCase()

/** Who is meant: the id itself before the same letters written in another way, and nobody where two could be. */
export function whoIsMeant(typed: string, ids: readonly string[]): string | undefined {
  if (ids.includes(typed)) return typed
  const [found, another] = ids.filter((id) => folded(id) === folded(typed))
  return another === undefined ? found : undefined
}
