import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { type Extent, heightOf, type Place, placeAfterScroll, placeFor, positionToReveal, type Reveal, type RowRange, rowsAt } from './scrolling'

export interface VirtualRows {
  rows: RowRange
  /** Px of the list above the scrolled element. */
  base: number
  height: number
  /** The position in the list in px. */
  position: () => number
  scrollTo: (position: number) => void
  /** Scrolls as little as brings the row into sight. */
  reveal: (index: number, where?: Reveal) => void
}

interface Options {
  count: number
  rowHeight: number
  /** The height in px of what sticks to the top of the box. */
  head: number
  /** The position in px to begin at. */
  start: number
  /** False while something else stands in place of the box. */
  isShown: boolean
  /** True while the scrollbar is dragged. */
  isDragging: RefObject<boolean>
}

/** Which rows of a long list are drawn, and where, while the box is scrolled. */
export function useVirtualRows(box: RefObject<HTMLElement | null>, { count, rowHeight, head, start, isShown, isDragging }: Options): VirtualRows {
  const [viewport, setViewport] = useState(0)
  const extent: Extent = { count, rowHeight, viewport }
  const newest = useRef(extent)
  const place = useRef<Place>({ base: 0, top: start })
  const [drawn, setDrawn] = useState(() => ({ rows: rowsAt(place.current, extent), base: 0 }))
  useLayoutEffect(() => {
    newest.current = extent
  })

  const draw = useCallback((isNow: boolean) => {
    const rows = rowsAt(place.current, newest.current)
    const { base } = place.current
    const apply = () => setDrawn((now) => (now.base === base && sameRows(now.rows, rows) ? now : { rows, base }))
    if (isNow) flushSync(apply) // drawn a frame later, the rows would leave a white band
    else apply()
  }, [])

  const scrollTo = useCallback(
    (position: number) => {
      const element = box.current
      if (element === null) return
      place.current = placeFor(position, newest.current, place.current)
      element.scrollTop = place.current.top
      draw(false)
    },
    [box, draw],
  )

  const reveal = useCallback(
    (index: number, where: Reveal = 'nearest') => {
      const position = positionToReveal(index, place.current.base + place.current.top, newest.current, where)
      if (position !== undefined) scrollTo(position)
    },
    [scrollTo],
  )

  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const measure = () => setViewport(Math.max(0, element.clientHeight - head))
    const follow = () => {
      const top = element.scrollTop
      if (Math.abs(top - place.current.top) < 1) return draw(true) // a step of our own, or none
      place.current = placeAfterScroll(top, place.current, newest.current, isDragging.current)
      if (place.current.top !== top) element.scrollTop = place.current.top
      draw(true)
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    element.addEventListener('scroll', follow, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', follow)
    }
  }, [box, head, draw, isShown, isDragging])

  const drawnHeight = useRef(rowHeight)
  useLayoutEffect(() => {
    const row = (place.current.base + place.current.top) / drawnHeight.current
    drawnHeight.current = rowHeight
    if (viewport > 0 && count > 0) scrollTo(row * rowHeight)
  }, [count, rowHeight, viewport, scrollTo])

  const position = useCallback(() => place.current.base + place.current.top, [])
  return { rows: drawn.rows, base: drawn.base, height: heightOf(extent), position, scrollTo, reveal }
}

function sameRows(one: RowRange, other: RowRange): boolean {
  return one.first === other.first && one.last === other.last && one.start === other.start && one.end === other.end
}
