import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ColumnSpec, KindSpec } from '../kinds'
import { words } from '../words'
import styles from './List.module.css'
import { ResizeHandle } from './ResizeHandle'
import { directionOf } from './sorting'

interface Props {
  kind: KindSpec
  columns: readonly ColumnSpec[]
  sort: string | undefined
  /** `adds` is true if the other sort keys stay. */
  onSort: (column: ColumnSpec, adds: boolean) => void
}

/** The names of the columns. A click sorts, with Shift as a further key; the palette sorts without a mouse. */
export function HeaderRow({ kind, columns, sort, onSort }: Props) {
  return (
    <div role="rowgroup" className={styles.head}>
      <div role="row" aria-rowindex={1} className={styles.names}>
        <div role="columnheader" className={styles.name}>
          <span className="sr">{words.list.select}</span>
        </div>
        {columns.map((column) => {
          const direction = column.sort === undefined ? undefined : directionOf(sort, column.sort)
          return (
            <div key={column.field} role="columnheader" className={styles.name} data-field={column.field} aria-sort={direction ?? (column.sort === undefined ? undefined : 'none')}>
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
