import { describe, expect, it } from 'vitest'
import type { RowWindow } from '../api/records'
import { paceAfter, rowIn, shiftOf, windowAhead, windowAround } from './windows'

function makeWindow(start: number, ids: readonly string[]): RowWindow {
  return { start, count: 1000, seq: 1, rows: ids.map((id) => ({ id })) }
}

describe('the window for a screen', () => {
  it('begins at every 50th row', () => {
    expect(windowAround(8)).toBe(0)
    expect(windowAround(74)).toBe(0)
    expect(windowAround(76)).toBe(50)
    expect(windowAround(500_000)).toBe(499_950)
  })

  it('holds any 50 rows around its middle', () => {
    for (let middle = 25; middle < 2000; middle++) {
      const start = windowAround(middle)
      expect(start).toBeLessThanOrEqual(middle - 25)
      expect(start + 100).toBeGreaterThanOrEqual(middle + 25)
    }
  })

  it('is ahead of who scrolls fast, but not of who jumps', () => {
    const rest = { middle: 100, at: 1000, speed: 0 }
    expect(windowAhead(paceAfter(rest, 140, 1030))).toBe(150)
    expect(windowAhead(paceAfter(rest, 105, 1030))).toBe(50)
    expect(windowAhead(paceAfter(rest, 90_000, 1030))).toBe(windowAround(90_000))
  })
})

describe('a row', () => {
  it('is from the first window that has it', () => {
    const windows = [undefined, makeWindow(0, ['a', 'b']), makeWindow(1, ['x', 'c'])]
    expect(rowIn(windows, 1)).toEqual({ id: 'b' })
    expect(rowIn(windows, 2)).toEqual({ id: 'c' })
    expect(rowIn(windows, 3)).toBeUndefined()
  })
})

describe('how far a list moved', () => {
  it('is told by the first seen row that is still there', () => {
    const seen = [{ id: 'b', index: 1 }, { id: 'c', index: 2 }]
    expect(shiftOf(seen, makeWindow(0, ['new', 'a', 'b', 'c']))).toBe(1)
    expect(shiftOf(seen, makeWindow(0, ['a', 'c']))).toBe(-1)
    expect(shiftOf(seen, makeWindow(0, ['a', 'b']))).toBe(0)
    expect(shiftOf(seen, makeWindow(0, []))).toBe(0)
  })
})
