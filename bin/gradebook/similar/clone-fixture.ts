// What somebody does to a copy so that it looks like their own: new names, another order, other layout, comments
// everywhere, other types. Made by the compiler's own printer, so that what comes out is a program.

import { ts } from 'ts-morph'

const { SyntaxKind } = ts

export interface Disguise {
  readonly renamed?: true
  readonly reordered?: true
  /** also drops the comments of the original */
  readonly reformatted?: true
  readonly commented?: true
  readonly retyped?: true
  /** so many lines of their own that do nothing */
  readonly padded?: number
}

export const FULL: Disguise = { renamed: true, reordered: true, reformatted: true, commented: true, retyped: true }

export function disguised(source: string, how: Disguise): string {
  const file = ts.createSourceFile('a.ts', source, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS)
  const names = how.renamed === true ? ownNames(file) : new Set<string>()
  const changed = ts.transform(file, [
    (context) => (root) => {
      const visit = (node: ts.Node): ts.Node => {
        const inside = ts.visitEachChild(node, visit, context)
        if (ts.isIdentifier(inside) && names.has(inside.text))
          return ts.factory.createIdentifier(`${inside.text}Renamed`)
        if (ts.isPrivateIdentifier(inside) && names.has(inside.text))
          return ts.factory.createPrivateIdentifier(`#my${inside.text.slice(1)}`)
        if (how.reordered === true && ts.isClassDeclaration(inside))
          return ts.factory.updateClassDeclaration(
            inside,
            inside.modifiers,
            inside.name,
            inside.typeParameters,
            inside.heritageClauses,
            inside.members.toReversed(),
          )
        if (how.retyped === true && inside.kind === SyntaxKind.NumberKeyword)
          return ts.factory.createTypeReferenceNode('Quantity')
        return inside
      }
      const visited = ts.visitNode(root, visit) as ts.SourceFile
      return how.reordered === true ? ts.factory.updateSourceFile(visited, visited.statements.toReversed()) : visited
    },
  ]).transformed[0] as ts.SourceFile
  const isPlain = Object.keys(how).every((key) => key === 'commented' || key === 'padded')
  const printed = isPlain
    ? source
    : ts
        .createPrinter({ removeComments: how.reformatted === true })
        .printFile(changed)
        .replaceAll('    ', '\t')
  const stuffed = how.commented === true ? printed.replace(/([;{])\n/g, '$1 // as one would expect here\n\n') : printed
  return `${stuffed}${padding(how.padded ?? 0)}`
}

/** What the file itself declares. */
function ownNames(file: ts.SourceFile): Set<string> {
  const names = new Set<string>()
  const visit = (node: ts.Node): void => {
    const { name } = node as { name?: ts.Node }
    if (
      name !== undefined &&
      (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) &&
      (ts.isVariableDeclaration(node) ||
        ts.isParameter(node) ||
        ts.isFunctionDeclaration(node) ||
        ts.isPrivateIdentifier(name))
    )
      names.add(name.text)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return names
}

const padding = (lines: number): string =>
  Array.from(
    { length: lines },
    (_, i) =>
      `\nfunction unused${i}(a: number[]): number { let s = ${i}; for (const x of a) if (x > s) s ^= x << ${i}; return -s }`,
  ).join('')
