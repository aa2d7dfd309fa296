import { memo } from 'react'
import type { AnyRecord } from '../api/types'
import type { ColumnSpec, KindSpec } from '../kinds'
import { Bone } from '../ui/Bone'
import { Cell } from './Cell'
import styles from './Row.module.css'
import { PhoneLines } from './PhoneLines'
import { RowCheck } from './RowCheck'

interface Props {
  kind: KindSpec
  columns: readonly ColumnSpec[]
  index: number
  /** Px from the top of the scrolled element. */
  top: number
  /** Undefined until it is loaded. */
  record: AnyRecord | undefined
  /** What comes after the path in the address of the record. */
  addressEnd: string
  isPhone: boolean
  isActive: boolean
  isOpen: boolean
  isSelected: boolean
}

/** One row of the list, at its place. Clicks are handled by the list. */
export const Row = memo(function Row({ kind, columns, index, top, record, addressEnd, isPhone, isActive, isOpen, isSelected }: Props) {
  return (
    <div
      role="row"
      id={rowId(index)}
      className={styles.row}
      style={{ top }}
      data-index={index}
      data-active={isActive || undefined}
      data-open={isOpen || undefined}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      aria-busy={record === undefined}
    >
      <RowCheck isChecked={isSelected} />
      {record === undefined ? <Waiting columns={isPhone ? 1 : columns.length} /> : isPhone ? <PhoneLines kind={kind} record={record} /> : columns.map((column) => <Cell key={column.field} kind={kind} column={column} record={record} addressEnd={addressEnd} />)}
    </div>
  )
})

/** The id of a row's element, which the grid names as its active one. */
export function rowId(index: number): string {
  return `row-${index}`
}

const WIDTHS = ['wide', 'medium', 'narrow'] as const

function Waiting({ columns }: { columns: number }) {
  return Array.from({ length: columns }, (_, at) => (
    <div key={at} role="gridcell" className={styles.cell}>
      <Bone width={WIDTHS[at % WIDTHS.length]} />
    </div>
  ))
}
