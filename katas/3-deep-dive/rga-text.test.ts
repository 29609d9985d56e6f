// Examples of the contract, to run from an editor or with `npx vitest run katas/3-deep-dive/rga-text`.
// The judge looks closer: npx kata check rga-text

import { expect, test } from 'vitest'
import { SharedText } from './rga-text.ts'

test('to whom it belongs, it is a string', () => {
  const text = new SharedText(1)
  text.insert(0, 'held')
  text.insert(3, 'lo worl')
  expect(text.toString()).toBe('hello world')
  text.delete(5, 6)
  expect(text.toString()).toBe('hello')
  expect(text.length).toBe(5)
})

test('an edit is an operation for the others', () => {
  const [ann, bob] = [new SharedText(1), new SharedText(2)]
  const typed = ann.insert(0, 'abc')
  expect(typed).toEqual({ type: 'insert', id: [1, 1], after: null, text: 'abc' })
  bob.apply(typed)
  expect(bob.insert(3, 'd')).toEqual({ type: 'insert', id: [4, 2], after: [3, 1], text: 'd' })
  expect(bob.delete(1, 2)).toEqual([{ type: 'delete', id: [2, 1], length: 2 }])
  expect(bob.toString()).toBe('ad')
})

test('what two type at one place stands one behind the other, for both alike', () => {
  const [ann, bob] = [new SharedText(1), new SharedText(2)]
  const here = [ann.insert(0, 'tea'), ann.insert(3, ' time')]
  const there = [bob.insert(0, 'coffee'), bob.insert(6, ' break')]
  for (const operation of there) ann.apply(operation)
  for (const operation of here) bob.apply(operation)
  expect(ann.toString()).toBe('coffee breaktea time')
  expect(bob.toString()).toBe('coffee breaktea time')
})

test('what comes too early waits, and what comes twice has come once', () => {
  const [ann, bob] = [new SharedText(1), new SharedText(2)]
  const operations = [ann.insert(0, 'ab'), ann.insert(2, 'c'), ...ann.delete(1, 2)]
  for (const operation of [...operations].reverse()) bob.apply(operation)
  for (const operation of operations) bob.apply(operation)
  expect(bob.toString()).toBe('a')
})

test('what is not in the text cannot be deleted', () => {
  const text = new SharedText(1)
  text.insert(0, 'abc')
  expect(() => text.delete(2, 2)).toThrow(/length/)
  expect(text.toString()).toBe('abc')
})
