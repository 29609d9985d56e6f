// Chance for workloads: sfc32 (Chris Doty-Humphrey, PractRand), seeded. The same seed and stream draw the same numbers on
// every machine.

/**
 * @param {number} seed master seed, 32 bits @param {number} stream tells apart what is drawn from one seed
 * @returns {() => number} uniform in [0, 1), 32 bits of it random
 */
export function seededRandom(seed, stream) {
  let [a, b, c, counter] = [seed | 0, stream | 0, 0x9e3779b9 | 0, 1]
  const next = () => {
    const sum = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 4294967296
  }
  // Seeds that differ in one bit are strangers after a dozen rounds.
  for (let i = 0; i < 15; i++) next()
  return next
}
