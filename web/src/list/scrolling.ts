/**
 * The greatest height of the scrolled element in px. Browsers end between 17.9 and 33.5 million, so that a taller list
 * shares this height: the place of its first px in the list, the base, moves.
 */
export const MAX_HEIGHT = 6_000_000
const OVERSCAN_ROWS = 6
/** Rows are added and taken away by so many, so that not every step of the wheel draws. */
const BATCH = 2
/** A fling after dropped frames goes some screens at once; only the scrollbar goes farther. */
const JUMP_SCREENS = 60
const MARGIN_SCREENS = 10

export interface Extent {
  count: number
  rowHeight: number
  /** The height in px in which rows are seen. */
  viewport: number
}

/** Where the box stands: px of the list above the element, and px of the element above the box. */
export interface Place {
  base: number
  top: number
}

/** The rows that are seen, and those that are drawn. Ends are excluded. */
export interface RowRange {
  first: number
  last: number
  start: number
  end: number
}

export const NO_ROWS: RowRange = { first: 0, last: 0, start: 0, end: 0 }

/** The height of the scrolled element in px. */
export function heightOf({ count, rowHeight }: Extent): number {
  return Math.min(count * rowHeight, MAX_HEIGHT)
}

export function rowsAt(place: Place, { count, rowHeight, viewport }: Extent): RowRange {
  const position = place.base + place.top
  const first = clamp(Math.floor(position / rowHeight), 0, count)
  const last = clamp(Math.ceil((position + viewport) / rowHeight), first, count)
  const start = Math.max(0, Math.floor((first - OVERSCAN_ROWS) / BATCH) * BATCH)
  const end = Math.min(count, Math.ceil((last + OVERSCAN_ROWS) / BATCH) * BATCH)
  return { first, last, start, end }
}

/** The place that shows a position of the list, as near to the place now as it can be. */
export function placeFor(position: number, extent: Extent, now: Place): Place {
  const total = extent.count * extent.rowHeight
  const height = heightOf(extent)
  const at = clamp(position, 0, Math.max(0, total - extent.viewport))
  if (total === height) return { base: 0, top: at }
  const isNear = Math.abs(at - now.base - now.top) <= JUMP_SCREENS * extent.viewport
  const base = clamp(now.base, 0, total - height)
  if (isNear && at >= base && at <= base + height - extent.viewport) return { base, top: at - base }
  return placeInProportion(at, extent)
}

/**
 * The place after the browser scrolled to `top`. Its top differs from `top` if the element has to be scrolled, too.
 *
 * While the scrollbar is dragged, the top stands for the whole list. Else the list moves by what was scrolled, and near
 * an end of the element it goes on from where the element has room.
 */
export function placeAfterScroll(top: number, before: Place, extent: Extent, isDragging: boolean): Place {
  const total = extent.count * extent.rowHeight
  const height = heightOf(extent)
  if (total === height) return { base: 0, top }
  const room = height - extent.viewport
  const isJump = isDragging || Math.abs(top - before.top) > JUMP_SCREENS * extent.viewport
  if (isJump) return { base: Math.round((total - height) * Math.min(1, top / room)), top }
  const margin = MARGIN_SCREENS * extent.viewport
  const isNearEnd = (top < margin && before.base > 0) || (top > room - margin && before.base < total - height)
  if (!isNearEnd) return { base: before.base, top }
  const moved = placeInProportion(before.base + top, extent)
  return Math.abs(moved.base - before.base) > margin ? moved : placeInMiddle(before.base + top, extent)
}

/** Where a row comes into sight: at the nearest edge with a row of room, or in the middle. */
export type Reveal = 'nearest' | 'middle'

/** The position that brings a row into sight; undefined if it is in sight. */
export function positionToReveal(index: number, position: number, { rowHeight, viewport }: Extent, where: Reveal): number | undefined {
  const top = index * rowHeight
  const isInSight = top >= position && top + rowHeight <= position + viewport
  if (where === 'middle') return isInSight ? undefined : top - (viewport - rowHeight) / 2
  if (top < position + rowHeight) return top - rowHeight
  if (top + 2 * rowHeight > position + viewport) return top - viewport + 2 * rowHeight
  return undefined
}

/** The place whose top is as far down the element as the position is down the list. */
function placeInProportion(position: number, extent: Extent): Place {
  const total = extent.count * extent.rowHeight
  const height = heightOf(extent)
  const top = Math.round((position / (total - extent.viewport)) * (height - extent.viewport))
  return { base: position - top, top }
}

/** The place with the most room above and below. */
function placeInMiddle(position: number, extent: Extent): Place {
  const height = heightOf(extent)
  const base = clamp(Math.round(position - height / 2), 0, extent.count * extent.rowHeight - height)
  return { base, top: position - base }
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value))
}
