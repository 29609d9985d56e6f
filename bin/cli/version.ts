// Which course, on which Node: what a report of a fault needs first.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export function version(json: boolean): string {
  const course = (
    JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string }
  ).version
  return json
    ? `${JSON.stringify({ course, node: process.versions.node, v8: process.versions.v8 }, null, 2)}\n`
    : `titan-katas ${course} on Node ${process.versions.node}\n`
}
