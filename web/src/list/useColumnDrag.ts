import { type PointerEvent, type MouseEvent, useRef, useState } from 'react'
import type { ColumnSpec } from '../kinds'

const DRAG_BEGINS_PX = 6

/** The column whose place a dragged column takes when it is let go. */
export interface Drop {
  dragged: string
  target: string
}

/** Handles the pointer on the names of columns: dragging one moves its column to the place of another. */
export function useColumnDrag(onMove: (drop: Drop) => void) {
  const [drop, setDrop] = useState<Drop>()
  const begun = useRef<{ field: string; x: number } | undefined>(undefined)
  const wasDrag = useRef(false)

  const end = () => {
    begun.current = undefined
    setDrop(undefined)
  }
  const handlersFor = (column: ColumnSpec) => ({
    onPointerDown(event: PointerEvent<HTMLElement>) {
      wasDrag.current = false
      if (event.button === 0) begun.current = { field: column.field, x: event.clientX }
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      const { current } = begun
      if (current === undefined || (drop === undefined && Math.abs(event.clientX - current.x) < DRAG_BEGINS_PX)) return
      event.currentTarget.setPointerCapture(event.pointerId)
      wasDrag.current = true
      setDrop({ dragged: current.field, target: fieldAt(event.currentTarget.parentElement, event.clientX) ?? current.field })
    },
    onPointerUp() {
      if (drop !== undefined && drop.target !== drop.dragged) onMove(drop)
      end()
    },
    onPointerCancel: end,
    /** Letting go is no click. */
    onClickCapture(event: MouseEvent) {
      if (wasDrag.current) event.stopPropagation()
      wasDrag.current = false
    },
  })
  return { drop, handlersFor }
}

/** The column whose name is at the place. */
function fieldAt(names: Element | null, x: number): string | undefined {
  for (const name of names?.querySelectorAll<HTMLElement>('[data-field]') ?? []) {
    const { left, right } = name.getBoundingClientRect()
    if (x >= left && x < right) return name.dataset.field
  }
  return undefined
}
