import { type RefObject, useLayoutEffect, useState } from 'react'

const SCROLLBAR_PX = 12

/** The width in px that the columns of a list have, 0 until it is measured. */
export function useListWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const { current } = element
    if (current === null) return
    const measure = () => setWidth(current.clientWidth - SCROLLBAR_PX)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(current)
    return () => observer.disconnect()
  }, [element])
  return width
}
