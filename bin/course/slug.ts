// A slug becomes a file name, a command-line argument and a key, on three systems: so its alphabet is narrow.

const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/
const MAX_LENGTH = 60

export const isSlug = (text: string): boolean => text.length <= MAX_LENGTH && SLUG.test(text)
