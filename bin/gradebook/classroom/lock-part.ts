// The part of the course's lock file that a starter needs: what learners and their CI install is what the course was
// tested with, to the byte, and asks no registry what is newest.

interface Package {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
  readonly [field: string]: unknown
}

interface Lock {
  readonly lockfileVersion: number
  readonly packages: Readonly<Record<string, Package>>
}

/** @param manifest the starter's package.json, whose dependencies are all pinned as in the lock */
export function lockPart(lockText: string, manifest: Package & { readonly name: string }): string {
  const lock = JSON.parse(lockText) as Lock
  const direct = { ...manifest.dependencies, ...(manifest['devDependencies'] as Package['dependencies']) }
  const needed = new Set<string>()
  const optional = new Set<string>()
  const queue = [
    ...Object.keys(direct).map((name) => ({ from: '', name, isOptional: false })),
    ...Object.keys(manifest.optionalDependencies ?? {}).map((name) => ({ from: '', name, isOptional: true })),
  ]
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const path = resolved(lock, next.from, next.name)
    if (path === undefined) {
      if (next.isOptional) continue
      throw new Error(`The course's lock has no ${next.name}, which ${next.from || 'the starter'} needs.`)
    }
    // What one requires is required, whoever else could do without it.
    const isNews = next.isOptional ? !needed.has(path) && !optional.has(path) : !needed.has(path)
    if (!isNews) continue
    if (next.isOptional) optional.add(path)
    else {
      needed.add(path)
      optional.delete(path)
    }
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = lock.packages[path] ?? {}
    for (const name of Object.keys(dependencies ?? {})) {
      const isOptional = next.isOptional || optionalDependencies?.[name] !== undefined
      queue.push({ from: path, name, isOptional })
    }
    for (const name of Object.keys(optionalDependencies ?? {})) queue.push({ from: path, name, isOptional: true })
    for (const name of Object.keys(peerDependencies ?? {}))
      if (peerDependenciesMeta?.[name]?.optional !== true) queue.push({ from: path, name, isOptional: next.isOptional })
  }
  const packages: Record<string, Package> = {}
  for (const path of [...needed, ...optional].sort()) {
    const { dev: _, devOptional: __, optional: ___, peer: ____, ...rest } = lock.packages[path] ?? {}
    packages[path] = { ...rest, dev: true, ...(optional.has(path) ? { optional: true } : {}) }
  }
  const { name, version } = manifest
  const { devDependencies, optionalDependencies } = manifest as Package
  const root = { name, ...(version === undefined ? {} : { version }), devDependencies, optionalDependencies }
  return `${JSON.stringify({ name, lockfileVersion: lock.lockfileVersion, requires: true, packages: { '': root, ...packages } }, undefined, 2)}\n`
}

/** As Node looks for it: beside the one that asks, then further up. */
function resolved(lock: Lock, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    if (lock.packages[path] !== undefined) return path
    if (folder === '') return undefined
  }
}
