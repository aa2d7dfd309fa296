import type { PointerEvent } from 'react'
import type { Plural } from '../api/types'
import type { ColumnSpec } from '../kinds'
import styles from './List.module.css'
import { setWidth } from './widths'

const ROOM = 18

/** The edge of a column's name: dragging it sets the width, a double click fits the width to what is seen. */
export function ResizeHandle({ plural, column }: { plural: Plural; column: ColumnSpec }) {
  const drag = (event: PointerEvent<HTMLSpanElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    const name = event.currentTarget.parentElement
    if (name !== null) setWidth(plural, column.field, event.clientX - name.getBoundingClientRect().left)
  }
  return (
    <span
      className={styles.resize}
      aria-hidden
      onPointerDown={(event) => {
        event.stopPropagation() // the name under it would be dragged
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={drag}
      onDoubleClick={(event) => {
        const width = widestCell(event.currentTarget.closest('[role=grid]'), column.field)
        if (width > 0) setWidth(plural, column.field, width + ROOM)
      }}
    />
  )
}

/** The width in px that the widest drawn cell of a column would take. */
function widestCell(grid: Element | null, field: string): number {
  const range = document.createRange()
  let widest = 0
  for (const cell of grid?.querySelectorAll(`[role=gridcell][data-field="${field}"]`) ?? []) {
    range.selectNodeContents(cell)
    const clipped = [cell, ...cell.querySelectorAll('*')].reduce((most, part) => Math.max(most, part.scrollWidth - part.clientWidth), 0)
    widest = Math.max(widest, range.getBoundingClientRect().width + clipped)
  }
  return widest
}
