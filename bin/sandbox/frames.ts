// Frames on a stream of bytes: a 4-byte little-endian length, then so many bytes. Chunks come as the system cuts them.

/** @param body text of one frame */
export function frame(body: string): Buffer {
  const bytes = Buffer.from(body, 'utf8')
  const head = Buffer.alloc(4)
  head.writeUInt32LE(bytes.length, 0)
  return Buffer.concat([head, bytes])
}

/**
 * @param maxBytes in one frame; one that says it is longer is never waited for
 * @returns takes the next chunk, and gives the bodies that are complete by now
 */
export function frameReader(maxBytes: number): (chunk: Buffer) => { bodies: string[]; tooLong: boolean } {
  let chunks: Buffer[] = []
  let size = 0
  let wanted = 4
  return (chunk) => {
    chunks.push(chunk)
    size += chunk.length
    const bodies: string[] = []
    // Joined only when a frame is complete: a frame of a thousand chunks is copied once, not a thousand times.
    if (size < wanted) return { bodies, tooLong: false }
    const bytes = Buffer.concat(chunks)
    let at = 0
    wanted = 4
    while (size - at >= 4) {
      const length = bytes.readUInt32LE(at)
      if (length > maxBytes) return { bodies, tooLong: true }
      wanted = 4 + length
      if (size - at < wanted) break
      bodies.push(bytes.toString('utf8', at + 4, at + wanted))
      at += wanted
      wanted = 4
    }
    chunks = [bytes.subarray(at)]
    size -= at
    return { bodies, tooLong: false }
  }
}
