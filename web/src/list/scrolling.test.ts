import { describe, expect, it } from 'vitest'
import { type Extent, MAX_HEIGHT, type Place, placeAfterScroll, placeFor, positionToReveal, rowsAt } from './scrolling'

const small: Extent = { count: 1000, rowHeight: 38, viewport: 600 }
const million: Extent = { count: 1_000_000, rowHeight: 38, viewport: 600 }
const TOP: Place = { base: 0, top: 0 }
const END_OF_MILLION = 1_000_000 * 38 - 600

describe('the rows at a place', () => {
  it('are those that are seen, and a few around', () => {
    expect(rowsAt(TOP, small)).toEqual({ first: 0, last: 16, start: 0, end: 22 })
    expect(rowsAt({ base: 0, top: 390 }, small)).toEqual({ first: 10, last: 27, start: 4, end: 34 })
  })

  it('end with the list', () => {
    expect(rowsAt({ base: 0, top: 1000 * 38 - 600 }, small)).toMatchObject({ last: 1000, end: 1000 })
    expect(rowsAt({ base: 0, top: 900 }, { ...small, count: 0 })).toEqual({ first: 0, last: 0, start: 0, end: 0 })
  })
})

describe('a list taller than an element can be', () => {
  it('shows any position exactly', () => {
    for (const position of [0, 38, 5_999_999, 7_500_000, 19_000_000, END_OF_MILLION - 1, END_OF_MILLION]) {
      const place = placeFor(position, million, TOP)
      expect(place.base + place.top).toBe(position)
      expect(place.top).toBeGreaterThanOrEqual(0)
      expect(place.top).toBeLessThanOrEqual(MAX_HEIGHT - 600)
    }
  })

  it('is scrolled by the wheel through all of it, step by step', () => {
    let place = TOP
    let position = 0
    for (let step = 0; step < 60_000; step++) {
      place = placeAfterScroll(place.top + 700, place, million, false)
      position += 700
      if (position > END_OF_MILLION) break
      expect(place.base + place.top).toBe(position)
    }
    expect(position).toBeGreaterThan(37_000_000)
  })

  it('goes anywhere with the scrollbar', () => {
    expect(rowsAt(placeAfterScroll(MAX_HEIGHT - 600, TOP, million, true), million).last).toBe(1_000_000)
    expect(placeAfterScroll(0, { base: 9_000_000, top: 500 }, million, true)).toEqual(TOP)
    const middle = placeAfterScroll((MAX_HEIGHT - 600) / 2, TOP, million, true)
    expect(rowsAt(middle, million).first).toBe(499_992)
  })

  it('takes a fling for what it is', () => {
    const before = { base: 10_000_000, top: 3_000_000 }
    expect(placeAfterScroll(3_000_000 + 600 * 59, before, million, false)).toEqual({ base: 10_000_000, top: 3_035_400 })
  })

  it('goes back to its beginning', () => {
    let place: Place = placeFor(400_000, million, placeFor(20_000_000, million, TOP))
    for (let left = place.base + place.top; left > 0; left -= 500) place = placeAfterScroll(Math.max(0, place.top - 500), place, million, false)
    expect(place).toEqual(TOP)
  })
})

describe('revealing a row', () => {
  it('moves only if the row is out of sight', () => {
    expect(positionToReveal(5, 0, small, 'nearest')).toBeUndefined()
    expect(positionToReveal(15, 0, small, 'nearest')).toBe(15 * 38 - 600 + 76)
    expect(positionToReveal(16, 0, small, 'middle')).toBe(16 * 38 - 281)
    expect(positionToReveal(14, 0, small, 'middle')).toBeUndefined()
    expect(positionToReveal(3, 400, small, 'nearest')).toBe(2 * 38)
  })
})
