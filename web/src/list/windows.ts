import { type RowWindow, WINDOW_SIZE, WINDOW_STEP } from '../api/records'
import type { AnyRecord } from '../api/types'

/** Scrolling faster than this, in rows per ms, is asked ahead of. */
const FAST = 0.15
const AHEAD_MS = 70
const MOST_AHEAD_ROWS = 60
/** A step of more rows is a jump, which says nothing about where the reader goes next. */
const JUMP_ROWS = 400
const REST_MS = 120

/** How fast the reader scrolls: the row in the middle of the screen, when, and rows per ms. */
export interface Pace {
  middle: number
  at: number
  speed: number
}

export function paceAfter(before: Pace, middle: number, at: number): Pace {
  const passed = Math.max(1, at - before.at)
  const step = middle - before.middle
  const isRestart = passed > REST_MS || Math.abs(step) > JUMP_ROWS
  return { middle, at, speed: isRestart ? 0 : 0.6 * before.speed + 0.4 * (step / passed) }
}

/** The first row of the window whose middle is nearest to the row. */
export function windowAround(middle: number): number {
  return Math.max(0, Math.round((middle - WINDOW_SIZE / 2) / WINDOW_STEP)) * WINDOW_STEP
}

/** The first row of the window to ask for, ahead of who scrolls fast. */
export function windowAhead({ middle, speed }: Pace): number {
  const ahead = Math.abs(speed) > FAST ? Math.max(-MOST_AHEAD_ROWS, Math.min(MOST_AHEAD_ROWS, speed * AHEAD_MS)) : 0
  return windowAround(middle + ahead)
}

/** The row at an index, from the first window that has it. */
export function rowIn(windows: readonly (RowWindow | undefined)[], index: number): AnyRecord | undefined {
  for (const window of windows) {
    const row = window !== undefined && index >= window.start ? window.rows[index - window.start] : undefined
    if (row !== undefined) return row
  }
  return undefined
}

/** A row as the reader saw it. */
export interface SeenRow {
  id: string
  index: number
}

/** By how many rows the list moved, from the first of the seen rows that is still there; 0 if none is. */
export function shiftOf(seen: readonly SeenRow[], window: RowWindow): number {
  const places = new Map(window.rows.map((row, at) => [row.id, window.start + at]))
  for (const { id, index } of seen) {
    const now = places.get(id)
    if (now !== undefined && Math.abs(now - index) < WINDOW_STEP) return now - index
  }
  return 0
}
