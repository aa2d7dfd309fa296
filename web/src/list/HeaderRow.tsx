import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ColumnSpec, KindSpec } from '../kinds'
import { words } from '../words'
import styles from './HeaderRow.module.css'
import { ResizeHandle } from './ResizeHandle'
import { directionOf } from './sorting'
import { type Drop, useColumnDrag } from './useColumnDrag'

interface Props {
  kind: KindSpec
  columns: readonly ColumnSpec[]
  sort: string | undefined
  /** `adds` is true if the other sort keys stay. */
  onSort: (column: ColumnSpec, adds: boolean) => void
  onMove: (drop: Drop) => void
}

/**
 * The names of the columns: a click sorts, with Shift as a further key, and dragging moves the column.
 *
 * The palette sorts, and the menu of columns moves them, without a mouse.
 */
export function HeaderRow({ kind, columns, sort, onSort, onMove }: Props) {
  const { drop, handlersFor } = useColumnDrag(onMove)
  return (
    <div role="rowgroup" className={styles.head}>
      <div role="row" aria-rowindex={1} className={styles.names}>
        <div role="columnheader" className={styles.name}>
          <span className="sr">{words.list.select}</span>
        </div>
        {columns.map((column) => {
          const direction = column.sort === undefined ? undefined : directionOf(sort, column.sort)
          return (
            <div
              key={column.field}
              role="columnheader"
              className={styles.name}
              data-field={column.field}
              data-dragged={drop?.dragged === column.field || undefined}
              data-target={(drop?.target === column.field && drop.dragged !== column.field) || undefined}
              aria-sort={direction ?? (column.sort === undefined ? undefined : 'none')}
              {...handlersFor(column)}
            >
              {column.sort === undefined ? (
                <span className="ellipsis">{column.label}</span>
              ) : (
                <button type="button" tabIndex={-1} className={styles.sort} onClick={(event) => onSort(column, event.shiftKey)}>
                  <span className="ellipsis">{column.label}</span>
                  {direction === 'ascending' && <ArrowUp aria-hidden />}
                  {direction === 'descending' && <ArrowDown aria-hidden />}
                </button>
              )}
              <ResizeHandle plural={kind.plural} column={column} />
            </div>
          )
        })}
      </div>
    </div>
  )
}
