// A path in a command that we tell people to type: it may hold spaces, quotes, or a dash in front.

export function shellPath(path: string): string {
  const safe = path.startsWith('-') ? `./${path}` : path
  return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`
}
