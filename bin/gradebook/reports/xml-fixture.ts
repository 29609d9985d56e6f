// What Jenkins's junit-10.xsd and Ant's JUnit.xsd ask of a file of ours, for tests: both schemas, read together, as a
// table of elements. (The files themselves were held against the real schemas with xmllint when this was written.)

export interface Element {
  readonly name: string
  readonly parent: string
  readonly attributes: Readonly<Record<string, string>>
}

const ANY = /^[\s\S]*$/
const TOKEN = /^[\s\S]+$/
const INT = /^\d{1,9}$/
const DECIMAL = /^\d+(\.\d+)?$/

interface Rule {
  readonly parents: readonly string[]
  readonly attributes: Readonly<Record<string, RegExp>>
}

const RULES: Readonly<Record<string, Rule>> = {
  testsuites: { parents: [''], attributes: {} },
  testsuite: {
    parents: ['testsuites'],
    attributes: {
      name: TOKEN,
      package: ANY,
      id: INT,
      timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/,
      hostname: TOKEN,
      tests: INT,
      failures: INT,
      errors: INT,
      skipped: INT,
      time: DECIMAL,
    },
  },
  properties: { parents: ['testsuite'], attributes: {} },
  property: { parents: ['properties'], attributes: { name: TOKEN, value: ANY } },
  testcase: { parents: ['testsuite'], attributes: { name: ANY, classname: ANY, time: DECIMAL } },
  skipped: { parents: ['testcase'], attributes: {} },
  error: { parents: ['testcase'], attributes: { type: ANY, message: ANY } },
  failure: { parents: ['testcase'], attributes: { type: ANY, message: ANY } },
  'system-out': { parents: ['testsuite'], attributes: {} },
  'system-err': { parents: ['testsuite'], attributes: {} },
}

// A start or end tag, or text; in neither a bare `<`, and `&` only where an entity begins.
const TEXT = '(?:[^<>&"\']|&(?:amp|lt|gt|quot|apos);)*'
const TAG = `<(/?)([a-z-]+)((?: [a-z]+="${TEXT}")*)(/?)>`
const PIECE = new RegExp(`${TAG}|(${TEXT})`, 'y')

/** In document order. @throws {Error} where it is not well-formed */
export function elementsOf(xml: string): Element[] {
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '')
  if (body === xml) throw new Error('There is no declaration.')
  const open: string[] = []
  const found: Element[] = []
  PIECE.lastIndex = 0
  while (PIECE.lastIndex < body.length) {
    const at = PIECE.lastIndex
    const match = PIECE.exec(body)
    if (match === null || PIECE.lastIndex === at) throw new Error(`Not well-formed: ${body.slice(at, at + 80)}`)
    const [, ends, name, attributes = '', isEmpty] = match
    if (name === undefined) continue
    if (ends === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing.`)
      continue
    }
    const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value])
    found.push({ name, parent: open.at(-1) ?? '', attributes: Object.fromEntries(pairs) })
    if (isEmpty === '') open.push(name)
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> stays open.`)
  return found
}

export function schemaFaults(xml: string): string[] {
  let elements: Element[]
  try {
    elements = elementsOf(xml)
  } catch (error) {
    return [String(error)]
  }
  // The order in which a suite has its parts.
  const suites = xml.match(/<testsuite [\s\S]*?<\/testsuite>/g) ?? []
  const ordered =
    /^<testsuite [^>]*>\s*<properties>[\s\S]*<\/properties>(\s*<testcase [\s\S]*?(\/>|<\/testcase>))*\s*<system-out>[^<]*<\/system-out>\s*<system-err><\/system-err>\s*<\/testsuite>$/
  return [
    ...suites.filter((suite) => !ordered.test(suite)).map(() => 'A suite has its parts in another order.'),
    ...elements.flatMap(({ name, parent, attributes }) => {
      const rule = RULES[name]
      if (rule === undefined) return [`<${name}> is in neither schema.`]
      return [
        ...(rule.parents.includes(parent) ? [] : [`<${name}> stands in <${parent}>.`]),
        ...Object.keys(attributes)
          .filter((key) => rule.attributes[key] === undefined)
          .map((key) => `<${name}> has no ${key}.`),
        ...Object.entries(rule.attributes)
          .filter(([key, shape]) => !shape.test(attributes[key] ?? '\u0000') || attributes[key] === undefined)
          .map(([key]) => `<${name}> wants a ${key}.`),
      ]
    }),
  ]
}
