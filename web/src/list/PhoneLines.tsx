import type { AnyRecord } from '../api/types'
import { type KindSpec, textOf } from '../kinds'
import { FieldValue } from '../record/FieldValue'
import { usePeople } from '../api/records'
import { Avatar } from '../ui/Avatar'
import { StatusIcon } from '../ui/StatusIcon'
import { words } from '../words'
import { findStatus } from '../kinds'
import styles from './Row.module.css'

/** A record in two lines, as a phone shows it: status, name and age; then what it belongs to, its owner and its number. */
export function PhoneLines({ kind, record }: { kind: KindSpec; record: AnyRecord }) {
  const age = kind.columns.find((column) => column.field === 'createdAt')
  const number = kind.columns.find((column) => column.type === 'score' || column.type === 'amount')
  return (
    <div role="gridcell" className={styles.lines}>
      <span className={styles.line}>
        <StatusIcon kind={kind} value={record[kind.statusField]} size={16} />
        <span className="sr">{findStatus(kind, record[kind.statusField])?.label}</span>
        <span className={styles.title}>{kind.titleOf(record)}</span>
        <span className={styles.aside}>{age !== undefined && <FieldValue kind={kind} record={record} spec={age} />}</span>
      </span>
      <span className={styles.line}>
        <span className={styles.second}>{kind.subtitleOf(record) || textOf(record, 'email') || words.common.none}</span>
        <span className={styles.aside}>
          <Owner id={textOf(record, 'assignedTo')} />
          {number !== undefined && <FieldValue kind={kind} record={record} spec={number} />}
        </span>
      </span>
    </div>
  )
}

function Owner({ id }: { id: string }) {
  const name = usePeople().get(id)?.name
  if (!name) return null
  return (
    <>
      <Avatar name={name} size="small" />
      <span className="sr">{name}</span>
    </>
  )
}
