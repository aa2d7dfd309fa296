import type { AnyRecord } from '../api/types'
import type { KindSpec } from '../kinds'
import { FieldValue } from '../record/FieldValue'
import { formatNumber } from '../words/format'
import styles from './List.module.css'
import { firstSortField } from './sorting'

interface Props {
  kind: KindSpec
  index: number
  record: AnyRecord | undefined
  sort: string | undefined
}

/** Where a dragged scrollbar stands: the number of the first row, and the value that the list is sorted by. */
export function ScrollLabel({ kind, index, record, sort }: Props) {
  const column = kind.columns.find((one) => one.sort === firstSortField(sort))
  return (
    <div className={styles.where} aria-hidden>
      <b className="num">{formatNumber(index + 1)}</b>
      {record !== undefined && column !== undefined && <span>{column.type === 'title' ? kind.titleOf(record) : <FieldValue kind={kind} record={record} spec={column} />}</span>}
    </div>
  )
}
