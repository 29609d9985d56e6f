// When something was handed in, as another system's export tells it. What names no zone is not believed: it would be
// another time on another machine.

/** `2026-03-01 04:59:59.123456000 Z`, `2026-03-01 04:59:59 UTC` and what ISO 8601 has. */
export function toldTime(value: unknown): number | undefined {
  if (value instanceof Date) return value.getTime()
  if (typeof value !== 'string') return undefined
  const iso = value
    .trim()
    .replace(/^(\d{4}-\d\d-\d\d)[ T]/, '$1T')
    .replace(/(\.\d{3})\d+/, '$1')
    .replace(/ ?(Z|UTC)$/, 'Z')
    .replace(/ ([+-]\d\d):?(\d\d)$/, '$1:$2')
  const atMs = /(?:Z|[+-]\d\d:\d\d)$/.test(iso) ? Date.parse(iso) : Number.NaN
  return Number.isNaN(atMs) ? undefined : atMs
}
