// V8's tables behind Map and Set, as far as iteration feels them (src/objects/ordered-hash-table.cc). A deleted entry stays
// where it is until the table is made anew: when an insertion finds it full (of the same size where half of it is deleted,
// else of twice the size), or when a deletion leaves less than a quarter of it alive (of half the size). Until then each
// iterator that begins at the front walks over all that was deleted there: this is what makes
// `map.delete(map.keys().next().value)` cost more the more the map holds.

import { getterOf, uncurried } from './uncurried.mjs'

const { types } = process.getBuiltinModule('node:util')

const MIN_CAPACITY = 4

/**
 * @typedef {object} Table
 * @property {number} capacity
 * @property {number} live
 * @property {number} gone entries that are deleted and still in place
 * @property {boolean[]} isGone by place
 * @property {Map<unknown, number>} places of the live keys
 * @property {Table | undefined} next what it was replaced by
 * @property {number[] | undefined} removed places that were left out then; none where it was cleared
 *
 * @typedef {{ table: Table, line: number }} Model `line`: where the submission first touched it
 * @typedef {{ table: Table, index: number, line: number }} Cursor
 */

const { isMap, isSet } = types
const weakGet = uncurried(WeakMap.prototype.get)
const weakSet = uncurried(WeakMap.prototype.set)
const mapGet = uncurried(Map.prototype.get)
const mapHas = uncurried(Map.prototype.has)
const mapSet = uncurried(Map.prototype.set)
const mapDelete = uncurried(Map.prototype.delete)
const mapForEach = uncurried(Map.prototype.forEach)
const setForEach = uncurried(Set.prototype.forEach)
const mapSize = getterOf(Map.prototype, 'size')
const setSize = getterOf(Set.prototype, 'size')
const push = uncurried(Array.prototype.push)
const RealMap = Map

/** @param {number} capacity @returns {Table} */
const emptyTable = (capacity) => ({
  capacity,
  live: 0,
  gone: 0,
  isGone: [],
  places: new RealMap(),
  next: undefined,
  removed: undefined,
})

/** @param {Table} table @param {unknown} key at its end */
function append(table, key) {
  mapSet(table.places, key, table.live + table.gone)
  push(table.isGone, false)
  table.live++
}

/** @param {Table} table @param {number} capacity @returns {Table} */
function rehashed(table, capacity) {
  const fresh = emptyTable(capacity < MIN_CAPACITY ? MIN_CAPACITY : capacity)
  // In order of their places: keys are only ever appended.
  mapForEach(table.places, (/** @type {number} */ _, /** @type {unknown} */ key) => append(fresh, key))
  /** @type {number[]} */
  const removed = []
  for (let i = 0; i < table.isGone.length; i++) if (table.isGone[i]) push(removed, i)
  table.removed = removed
  table.next = fresh
  return fresh
}

/** @param {readonly number[]} removed ascending @param {number} index */
function countBelow(removed, index) {
  let count = 0
  while (count < removed.length && /** @type {number} */ (removed[count]) < index) count++
  return count
}

/** @type {WeakMap<object, Model>} */
const models = new WeakMap()
/** @type {WeakMap<object, Cursor>} */
const cursors = new WeakMap()

/** @param {object} collection @returns {number} line of the submission to which it belongs; 0 where it is ours */
export const ownerOf = (collection) => /** @type {Model | undefined} */ (weakGet(models, collection))?.line ?? 0

/**
 * @param {unknown} collection @param {number} line who touches it: 0 for us
 * @returns {Model | undefined} none where only we ever had it
 */
function modelOf(collection, line) {
  const known = weakGet(models, collection)
  if (known !== undefined || line === 0) return known
  const isAMap = isMap(collection)
  if (!isAMap && !isSet(collection)) return undefined
  let capacity = MIN_CAPACITY
  const table = emptyTable(capacity)
  const forEach = isAMap ? mapForEach : setForEach
  forEach(collection, (/** @type {unknown} */ _, /** @type {unknown} */ key) => append(table, key))
  while (capacity < table.live) capacity *= 2
  table.capacity = capacity
  const model = { table, line }
  weakSet(models, collection, model)
  return model
}

/** @param {unknown} collection before it is changed @param {number} line */
export const watch = (collection, line) => void modelOf(collection, line)

/** @param {unknown} collection @param {unknown} key that it holds now */
export function noteAdded(collection, key) {
  const model = weakGet(models, collection)
  if (model === undefined || mapHas(model.table.places, key)) return
  const { capacity, live, gone } = model.table
  if (live + gone >= capacity) model.table = rehashed(model.table, gone >= capacity >> 1 ? capacity : capacity * 2)
  append(model.table, key)
}

/** @param {unknown} collection @param {unknown} key that it holds no more */
export function noteDeleted(collection, key) {
  const model = weakGet(models, collection)
  const place = model === undefined ? undefined : mapGet(model.table.places, key)
  if (place === undefined) return
  const { table } = model
  mapDelete(table.places, key)
  table.isGone[place] = true
  table.live--
  table.gone++
  if (table.live < table.capacity >> 2) model.table = rehashed(table, table.capacity >> 1)
}

/** @param {unknown} collection */
export function noteCleared(collection) {
  const model = weakGet(models, collection)
  if (model === undefined) return
  const fresh = emptyTable(MIN_CAPACITY)
  model.table.next = fresh
  model.table = fresh
}

/** @param {unknown} collection @param {number} line @returns {number} entries that a walk over all of it touches */
export function extentOf(collection, line) {
  const model = modelOf(collection, line)
  return model === undefined ? 0 : model.table.live + model.table.gone
}

/** @param {unknown} collection @param {object} iterator new @param {number} line whose it is */
export function noteIterator(collection, iterator, line) {
  const model = modelOf(collection, line)
  if (model !== undefined) weakSet(cursors, iterator, { table: model.table, index: 0, line })
}

/** @param {unknown} iterator @returns {number} */
export const iteratorsOwner = (iterator) => /** @type {Cursor | undefined} */ (weakGet(cursors, iterator))?.line ?? 0

/** @param {unknown} iterator before its next step @returns {number} entries that the step walks over */
export function advance(iterator) {
  const cursor = /** @type {Cursor | undefined} */ (weakGet(cursors, iterator))
  if (cursor === undefined) return 1
  let { table, index } = cursor
  for (; table.next !== undefined; table = table.next)
    index = table.removed === undefined ? 0 : index - countBelow(table.removed, index)
  const from = index
  const end = table.live + table.gone
  while (index < end && table.isGone[index]) index++
  const walked = index - from + 1
  if (index < end) index++
  cursor.table = table
  cursor.index = index
  return walked
}

/** @param {unknown} collection @returns {number} */
export const sizeOf = (collection) =>
  isMap(collection) ? mapSize(collection) : isSet(collection) ? setSize(collection) : 0
