import type { PointerEvent } from 'react'
import type { Plural } from '../api/types'
import type { ColumnSpec } from '../kinds'
import styles from './HeaderRow.module.css'
import { setWidth } from './widths'

const ROOM = 10

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

/** The width in px that the widest drawn cell of a column would take. Text that is cut still has its whole rectangle. */
function widestCell(grid: Element | null, field: string): number {
  const range = document.createRange()
  let widest = 0
  for (const cell of grid?.querySelectorAll(`[role=gridcell][data-field="${field}"]`) ?? []) {
    const { left } = cell.getBoundingClientRect()
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT)
    while (texts.nextNode() !== null) {
      range.selectNodeContents(texts.currentNode)
      widest = Math.max(widest, range.getBoundingClientRect().right - left)
    }
  }
  return widest
}
