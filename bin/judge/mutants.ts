// Mechanical mutants of a reference solution: each is the solution with one small slip, and a suite worth its name kills
// it. The set is Stryker's default one without what only breeds equivalents here (texts, whole blocks, regular
// expressions). Loads ts-morph for its parser, 200 ms: only `kata verify --mutants` comes here.

import { ts } from 'ts-morph'

export interface Mutant {
  /** place and change, e.g. `31:12 < → <=`: stable as long as the source is */
  readonly id: string
  /** 1-based */
  readonly line: number
  /** the line before, trimmed */
  readonly before: string
  /** the line after, trimmed */
  readonly after: string
  /** the whole mutated text */
  readonly source: string
}

interface Slip {
  readonly start: number
  readonly end: number
  readonly text: string
  readonly what: string
}

const OPERATORS: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '&&': '||',
  '||': '&&',
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
  '%=': '*=',
  '&&=': '||=',
  '||=': '&&=',
  '??=': '=',
  '++': '--',
  '--': '++',
}

const MATH = new Map([
  ['min', 'max'],
  ['max', 'min'],
  ['floor', 'ceil'],
  ['ceil', 'floor'],
])

/** In order of place; no two with the same text, none equal to the source, all of them parse. */
export function mutants(source: string): Mutant[] {
  const file = ts.createSourceFile('solution.ts', source, ts.ScriptTarget.Latest, true)
  const slips: Slip[] = []
  const walk = (node: ts.Node): void => {
    if (isOutOfScope(node)) return
    slips.push(...slipsOf(node, file))
    ts.forEachChild(node, walk)
  }
  walk(file)
  slips.sort((a, b) => a.start - b.start)

  const seen = new Set([source])
  return slips.flatMap(({ start, end, text, what }): Mutant[] => {
    const mutated = source.slice(0, start) + text + source.slice(end)
    if (seen.has(mutated) || !parses(mutated)) return []
    seen.add(mutated)
    const { line, character } = file.getLineAndCharacterOfPosition(start)
    const [before = '', after = ''] = [source, mutated].map((whole) => whole.split('\n')[line]?.trim())
    return [{ id: `${line + 1}:${character + 1} ${what}`, line: line + 1, before, after, source: mutated }]
  })
}

/** Types are gone at run time, and how an error is worded is no promise. */
function isOutOfScope(node: ts.Node): boolean {
  return (
    ts.isTypeNode(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    ts.isThrowStatement(node) ||
    (ts.isNewExpression(node) && /Error$/.test(node.expression.getText()))
  )
}

function slipsOf(node: ts.Node, file: ts.SourceFile): Slip[] {
  const replace = (old: ts.Node, text: string): Slip => ({
    start: old.getStart(file),
    end: old.getEnd(),
    text,
    what: `${short(old.getText(file))} → ${text}`,
  })
  /** Drops an operator in front: `!x` becomes `x`. */
  const bare = (whole: ts.Node, operand: ts.Node, operator: string): Slip => ({
    start: whole.getStart(file),
    end: operand.getStart(file),
    text: '',
    what: `${operator} removed`,
  })

  if (ts.isBinaryExpression(node)) {
    const operator = node.operatorToken.getText(file)
    if (operator === '??') return [replace(node.right, 'undefined')]
    const other = OPERATORS[operator]
    if (other === undefined || isStep(node)) return []
    if (operator.startsWith('+') && (isText(node.left) || isText(node.right))) return []
    return [replace(node.operatorToken, other)]
  }
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    return [bare(node, node.operand, '!')]
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken)
    return [bare(node, node.operand, '-')]
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const [start, end] = ts.isPrefixUnaryExpression(node)
      ? [node.getStart(file), node.operand.getStart(file)]
      : [node.operand.getEnd(), node.getEnd()]
    const operator = file.text.slice(start, end).trim()
    const other = OPERATORS[operator]
    if (other === undefined || operator === '+' || isStep(node)) return []
    return [{ start, end, text: other, what: `${operator} → ${other}` }]
  }
  if (ts.isAwaitExpression(node)) return [bare(node, node.expression, 'await')]
  if (ts.isNumericLiteral(node) || ts.isBigIntLiteral(node))
    return isName(node) ? [] : neighbours(node.getText(file)).map((text) => replace(node, text))
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [replace(node, 'false')]
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [replace(node, 'true')]
  if (ts.isPropertyAccessExpression(node) && node.expression.getText(file) === 'Math') {
    const other = MATH.get(node.name.text)
    return other === undefined ? [] : [replace(node.name, other)]
  }
  if (ts.isIfStatement(node)) return [replace(node.expression, 'true'), replace(node.expression, 'false')]
  if (ts.isConditionalExpression(node)) return [replace(node.condition, 'true'), replace(node.condition, 'false')]
  if (ts.isWhileStatement(node) || ts.isDoStatement(node)) return [replace(node.expression, 'false')]
  if (ts.isForStatement(node) && node.condition !== undefined) return [replace(node.condition, 'false')]
  if (ts.isExpressionStatement(node)) {
    const called = ts.isCallExpression(node.expression) ? node.expression.expression : undefined
    // Without `super()` a subclass cannot be made at all: nothing to learn from that.
    if (called?.kind === ts.SyntaxKind.SuperKeyword || ts.isStringLiteral(node.expression)) return []
    return [{ ...replace(node, ';'), what: `${short(node.getText(file))} deleted` }]
  }
  return []
}

/** The step of a `for`: a loop that counts away from its end only ever times out. */
function isStep(node: ts.Node): boolean {
  const { parent } = node
  if (ts.isForStatement(parent)) return parent.incrementor === node
  return ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.CommaToken && isStep(parent)
}

const isText = (node: ts.Node): boolean => ts.isStringLiteral(node) || ts.isTemplateLiteral(node)

/** `{ 404: … }`: a key, not a quantity. */
const isName = (node: ts.Node): boolean => 'name' in node.parent && node.parent.name === node

/** The numbers one above and one below, as source text; nothing below 0. */
function neighbours(literal: string): string[] {
  const big = literal.endsWith('n')
  const digits = literal.replaceAll('_', '').replace(/n$/, '')
  if (big) return [BigInt(digits) + 1n, ...(BigInt(digits) > 0n ? [BigInt(digits) - 1n] : [])].map((n) => `${n}n`)
  const value = Number(digits)
  if (value + 1 === value) return []
  return [value + 1, ...(value >= 1 ? [value - 1] : [])].map(String)
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 40 ? `${line.slice(0, 39)}…` : line
}

function parses(source: string): boolean {
  // Not in the published types, though it is what every program reports: through a program it takes ten times as long.
  const { parseDiagnostics } = ts.createSourceFile('mutant.ts', source, ts.ScriptTarget.Latest) as ts.SourceFile & {
    readonly parseDiagnostics: readonly unknown[]
  }
  return parseDiagnostics.length === 0
}
