// Writes that no rewritten code and no built-in has told of: found by comparison with what was told, so that hiding them
// saves nothing. (Hidden reads cannot be found; but a word that nobody is seen to write is never hot.)

/** Buffers are compared up to this size. */
const MAX_COMPARED_BYTES = 64 * 1024

/** What is known to stand in each buffer. Shared, so that the threads of one run know the same. @param {readonly SharedArrayBuffer[]} buffers */
export function knownWords(buffers) {
  return buffers.map((buffer) => {
    const known = new Uint32Array(new SharedArrayBuffer(Math.min(buffer.byteLength, MAX_COMPARED_BYTES) & ~3))
    known.set(new Uint32Array(buffer, 0, known.length))
    return known
  })
}

/**
 * @param {readonly SharedArrayBuffer[]} buffers @param {readonly Uint32Array[]} known
 * @param {(id: number, offset: number) => void} tell
 */
export function unseenWrites(buffers, known, tell) {
  const compared = buffers.map((buffer, id) => {
    const expected = /** @type {Uint32Array} */ (known[id])
    return { words: new Uint32Array(buffer, 0, expected.length), expected }
  })
  return {
    wrote(/** @type {number} */ id, /** @type {number} */ offset, /** @type {number} */ bytes) {
      const one = compared[id]
      if (one === undefined) return
      for (let word = offset >> 2; word <= (offset + bytes - 1) >> 2 && word < one.words.length; word++)
        one.expected[word] = /** @type {number} */ (one.words[word])
    },
    look() {
      for (const [id, { words, expected }] of compared.entries())
        for (let word = 0; word < words.length; word++)
          if (words[word] !== expected[word]) {
            tell(id, word << 2)
            expected[word] = /** @type {number} */ (words[word])
          }
    },
  }
}
