import type { AnyRecord } from '../api/types'
import { type ColumnSpec, type KindSpec, textOf } from '../kinds'
import { phoneAddress, webAddress } from '../record/FieldLink'
import { FieldValue } from '../record/FieldValue'
import { Avatar } from '../ui/Avatar'
import styles from './Row.module.css'

interface Props {
  kind: KindSpec
  column: ColumnSpec
  record: AnyRecord
  addressEnd: string
}

/** One cell of a row. Its links are no tab stops: the grid is one. */
export function Cell({ kind, column, record, addressEnd }: Props) {
  return (
    <div role="gridcell" className={styles.cell} data-field={column.field} data-type={column.type}>
      {column.type === 'title' ? <Title kind={kind} record={record} addressEnd={addressEnd} /> : <Value kind={kind} column={column} record={record} />}
    </div>
  )
}

function Title({ kind, record, addressEnd }: Omit<Props, 'column'>) {
  const name = kind.titleOf(record)
  return (
    <>
      <Avatar name={name} />
      <a href={`/${kind.plural}/${record.id}${addressEnd}`} tabIndex={-1} className={styles.title} data-title>
        {name}
      </a>
    </>
  )
}

function Value({ kind, column, record }: Omit<Props, 'addressEnd'>) {
  const value = textOf(record, column.field)
  if (value !== '') {
    switch (column.type) {
      case 'email':
        return <a href={`mailto:${value}`} tabIndex={-1}>{value}</a>
      case 'phone':
        return <a href={phoneAddress(value)} tabIndex={-1}>{value}</a>
      case 'web':
        return <a href={webAddress(value)} tabIndex={-1} target="_blank" rel="noreferrer">{value}</a>
    }
  }
  return <FieldValue kind={kind} record={record} spec={column} />
}
