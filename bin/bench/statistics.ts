// Medians and tables for benchmarks. A benchmark informs; nothing here decides a verdict or a test.

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

export interface Row {
  readonly what: string
  readonly value: string
  readonly target: string
  readonly met: boolean | undefined
}

export function table(rows: readonly Row[]): string {
  const width = (of: (row: Row) => string) => Math.max(...rows.map((row) => of(row).length)) + 2
  const [what, value, target] = [width((row) => row.what), width((row) => row.value), width((row) => row.target)]
  return rows
    .map((row) => {
      const met = row.met === undefined ? '' : row.met ? 'met' : 'MISSED'
      return `${row.what.padEnd(what)}${row.value.padStart(value)}  ${row.target.padEnd(target)}${met}`.trimEnd()
    })
    .join('\n')
}
