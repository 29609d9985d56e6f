// The one rule by which every disk of ours loses what was not synced: any choice may arrive, but in a chain nothing arrives
// behind something lost. Chains are what cannot change places: versions of one sector, entries of one log.

/**
 * @param pending what was not synced, oldest first
 * @param isKept by place in `pending`: whether it would arrive; it does not where its chain is broken
 * @param chainsOf what it hangs on, and what hangs on it; none: it stands alone
 * @param arrives told of what arrives, in order
 * @returns by place: whether it is lost
 */
export function survivors<W>(
  pending: readonly W[],
  isKept: (place: number) => boolean,
  chainsOf: (write: W) => readonly string[],
  arrives: (write: W) => void,
): boolean[] {
  const broken = new Set<string>()
  return pending.map((write, place) => {
    const chains = chainsOf(write)
    const isLost = !isKept(place) || (broken.size > 0 && chains.some((chain) => broken.has(chain)))
    if (isLost) for (const chain of chains) broken.add(chain)
    else arrives(write)
    return isLost
  })
}
