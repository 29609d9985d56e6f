// A submission as tokens of its syntax tree: what is left when names, literals, types, comments and layout are taken away,
// so that none of them can hide a copy. Every function, method and statement at the top begins behind a gap as long as a
// k-gram less one: no k-gram then spans two of them, and their order says nothing either.

import { ts } from 'ts-morph'

/** Tokens in one k-gram: shorter ones find what everybody writes, longer ones miss what was edited in between. */
export const KGRAM = 12

export interface Tokens {
  readonly tokens: readonly string[]
  /** where each token comes from, as offsets into the text; a gap stands at what follows it */
  readonly from: readonly number[]
  readonly to: readonly number[]
}

const { SyntaxKind } = ts
export const GAP = '|'
const NAME = 'name'

/** What does not compile is read as far as it makes sense. None for what is nested so deep that no parser follows. */
export function tokensOf(text: string): Tokens {
  try {
    return readTokens(text)
  } catch (error) {
    if (error instanceof RangeError) return { tokens: [], from: [], to: [] }
    throw error
  }
}

function readTokens(text: string): Tokens {
  const tree = ts.createSourceFile('submission.ts', text, ts.ScriptTarget.ESNext, false, ts.ScriptKind.TS)
  const [tokens, from, to]: [string[], number[], number[]] = [[], [], []]
  const push = (token: string, start: number, end: number) => {
    tokens.push(token)
    from.push(start)
    to.push(end)
  }
  const gap = (at: number) => {
    for (let i = 1; i < KGRAM; i++) push(GAP, at, at)
  }
  const visit = (node: ts.Node): void => {
    if (isLeftOut(node)) return
    if (isTransparent(node)) {
      ts.forEachChild(node, visit)
      return
    }
    const start = node.getStart(tree)
    if (isUnit(node)) gap(start)
    const word = wordOf(node)
    let isLeaf = true
    const before = tokens.length
    push(word, start, node.end)
    ts.forEachChild(node, (child) => {
      isLeaf = false
      visit(child)
    })
    if (isLeaf || tokens.length === before + 1) return
    // Its first token stands for its head alone, so that a fragment is no longer than what it is made of.
    to[before] = Math.max(start, Math.min(node.end, from[before + 1] ?? node.end))
    // The last member of a class must not be told by where the class ends.
    if (ts.isClassLike(node)) gap(node.end)
    else push(`/${word}`, node.end, node.end)
  }
  ts.forEachChild(tree, visit)
  gap(text.length)
  return { tokens, from, to }
}

/** Types say nothing at run time, and can be written in many ways; what a file imports the stub has decided. */
function isLeftOut(node: ts.Node): boolean {
  return (
    (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) ||
    ts.isTypeParameterDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isImportDeclaration(node) ||
    ts.isEmptyStatement(node) ||
    ts.isModifier(node) ||
    node.kind === SyntaxKind.QuestionToken ||
    node.kind === SyntaxKind.ExclamationToken ||
    node.kind === SyntaxKind.EndOfFileToken
  )
}

/** What is written or not written without a difference: brackets, casts, braces around a single statement. */
function isTransparent(node: ts.Node): boolean {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isBlock(node) ||
    ts.isExpressionStatement(node) ||
    ts.isVariableStatement(node) ||
    ts.isVariableDeclarationList(node)
  )
}

function isUnit(node: ts.Node): boolean {
  return (
    ts.isClassElement(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    (node.parent !== undefined && ts.isSourceFile(node.parent))
  )
}

function wordOf(node: ts.Node): string {
  if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) return NAME
  if (ts.isNumericLiteral(node) || ts.isBigIntLiteral(node)) return 'number'
  if (
    ts.isStringLiteral(node) ||
    ts.isTemplateExpression(node) ||
    node.kind === SyntaxKind.NoSubstitutionTemplateLiteral
  )
    return 'text'
  // Three ways to say one thing.
  if (ts.isFunctionExpression(node) || ts.isArrowFunction(node)) return 'function'
  if (ts.isBinaryExpression(node)) return `binary ${SyntaxKind[node.operatorToken.kind]}`
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) return `unary ${SyntaxKind[node.operator]}`
  return SyntaxKind[node.kind] ?? String(node.kind)
}
