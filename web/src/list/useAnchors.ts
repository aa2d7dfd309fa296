import { type Dispatch, type SetStateAction, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { RowWindow } from '../api/records'
import type { RowRange } from './scrolling'
import type { Windows } from './useWindows'
import type { VirtualRows } from './useVirtualRows'
import { type SeenRow, shiftOf } from './windows'

const ROWS_BEFORE_ACTIVE = 3

interface Seen {
  window: RowWindow
  /** The rows on the screen, the second first: the first may be half out of sight. */
  onScreen: SeenRow[]
  /** The rows before the active one, and itself. */
  nearActive: SeenRow[]
}

/**
 * Keeps the rows that the reader sees where they are when rows come or go above them, and the active row with them.
 *
 * Answers how many rows came in above the screen since it was last at the top.
 */
export function useAnchors(windows: Windows, virtual: VirtualRows, rowHeight: number, active: number, openId: string | undefined, onActive: Dispatch<SetStateAction<number>>): number {
  const { shown, isBefore } = windows
  const seen = useRef<Seen | undefined>(undefined)
  const [above, setAbove] = useState(0)

  useLayoutEffect(() => {
    const before = seen.current
    if (shown === undefined || isBefore || before === undefined || before.window === shown) return
    const shift = shiftOf(before.onScreen, shown)
    if (shift !== 0 && virtual.position() > rowHeight) {
      virtual.scrollTo(virtual.position() + shift * rowHeight)
      if (shift > 0) setAbove((now) => now + shift)
    }
    const activeShift = shiftOf([...before.nearActive, ...before.onScreen], shown)
    const found = openId === undefined ? -1 : shown.rows.findIndex((row) => row.id === openId)
    if (found >= 0) onActive(shown.start + found)
    else if (activeShift !== 0) onActive((now) => Math.max(0, now + activeShift))
  }, [shown])

  useEffect(() => {
    if (shown === undefined || isBefore) return
    seen.current = { window: shown, onScreen: listSeen(windows, virtual.rows), nearActive: listNear(windows, active) }
  })

  if (above > 0 && virtual.rows.first === 0) setAbove(0)
  return above
}

function listSeen({ at }: Windows, { first, last }: RowRange): SeenRow[] {
  const indexes = Array.from({ length: Math.max(0, last - first) }, (_, step) => first + ((step + 1) % (last - first)))
  return indexes.flatMap((index) => seeRow(at(index)?.id, index))
}

function listNear({ at }: Windows, active: number): SeenRow[] {
  const before = Array.from({ length: ROWS_BEFORE_ACTIVE }, (_, step) => active - 1 - step)
  return [...before, active].flatMap((index) => (index < 0 ? [] : seeRow(at(index)?.id, index)))
}

function seeRow(id: string | undefined, index: number): SeenRow[] {
  return id === undefined ? [] : [{ id, index }]
}
