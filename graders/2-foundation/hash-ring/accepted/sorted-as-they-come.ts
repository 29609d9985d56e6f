// One array of points, always in order: a new node's points are sorted and merged in, a leaving node's are filtered out.
// Nothing is left to the next look-up, so no look-up is slow. The hash is Jenkins's one-at-a-time.

export interface HashRingOptions {
  readonly hash?: (text: string) => number
  readonly virtualNodes?: number
}

interface Point {
  readonly position: number
  readonly id: string
}

const byPlace = (a: Point, b: Point) => a.position - b.position || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

export class HashRing {
  private readonly hash: (text: string) => number
  private readonly virtualNodes: number
  private readonly ids = new Set<string>()
  private points: Point[] = []

  constructor(options: HashRingOptions = {}) {
    this.hash = options.hash ?? oneAtATime
    this.virtualNodes = options.virtualNodes ?? 160
    inRange('virtualNodes', this.virtualNodes, 10_000)
  }

  addNode(id: string, weight = 1): void {
    inRange('weight', weight, 1_000)
    if (id.length === 0) throw new RangeError('the id is empty')
    if (this.ids.has(id)) throw new Error(`${id} is there already`)
    const added = Array.from({ length: this.virtualNodes * weight }, (_, i) => ({
      position: this.at(`${id}#${i}`),
      id,
    }))
    added.sort(byPlace)
    const merged: Point[] = []
    let next = 0
    for (const point of this.points) {
      for (let one = added[next]; one !== undefined && byPlace(one, point) < 0; one = added[++next]) merged.push(one)
      merged.push(point)
    }
    while (next < added.length) merged.push(added[next++] as Point)
    this.points = merged
    this.ids.add(id)
  }

  removeNode(id: string): void {
    if (!this.ids.delete(id)) throw new Error(`${id} is not there`)
    this.points = this.points.filter((point) => point.id !== id)
  }

  nodeFor(key: string): string | undefined {
    const position = this.at(key)
    let from = 0
    let to = this.points.length
    while (from < to) {
      const half = Math.floor((from + to) / 2)
      if ((this.points[half] as Point).position >= position) to = half
      else from = half + 1
    }
    return (this.points[from] ?? this.points[0])?.id
  }

  get nodes(): readonly string[] {
    return Array.from(this.ids).sort()
  }

  get size(): number {
    return this.ids.size
  }

  private at(text: string): number {
    const position = this.hash(text)
    if (!Number.isInteger(position) || position < 0 || position >= 2 ** 32)
      throw new RangeError(`the hash gave ${position}`)
    return position
  }
}

function oneAtATime(text: string): number {
  let sum = 0
  for (let i = 0; i < text.length; i++) {
    sum = (sum + text.charCodeAt(i)) | 0
    sum = (sum + (sum << 10)) | 0
    sum ^= sum >>> 6
  }
  sum = (sum + (sum << 3)) | 0
  sum ^= sum >>> 11
  return (sum + (sum << 15)) >>> 0
}

function inRange(name: string, value: number, max: number): void {
  if (!(Number.isInteger(value) && value >= 1 && value <= max))
    throw new RangeError(`${name}: ${value} is not from 1 to ${max}`)
}
