import { useNavigate } from '@tanstack/react-router'
import { memo, type MouseEvent, useRef } from 'react'
import { formatQuery, type Query } from '../api/query'
import type { AnyRecord } from '../api/types'
import { type FieldSpec, findField, type KindSpec, textOf } from '../kinds'
import { FieldValue } from '../record/FieldValue'
import { Avatar } from '../ui/Avatar'
import styles from './Board.module.css'
import { useDraggable } from './dragging'
import { isFixed, tellFixed } from './moves'

interface Props {
  kind: KindSpec
  query: Query
  record: AnyRecord
  /** The owner's name, undefined without one. */
  owner: string | undefined
  isTabStop: boolean
  /** True for the card of the record that is open beside the board. */
  isOpen: boolean
  onActive: (id: string) => void
}

/** The card of a record. Enter or a click opens the record over the board. */
export const Card = memo(function Card({ kind, query, record, owner, isTabStop, isOpen, onActive }: Props) {
  const navigate = useNavigate()
  const item = useRef<HTMLLIElement>(null)
  const dragging = useDraggable(item, record.id, () => isFixed(kind, record) && (tellFixed(), true))
  const href = `/${kind.plural}/${record.id}${formatQuery(query)}`
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    void navigate({ href })
  }
  return (
    <li ref={item} className={styles.item} data-dragging={dragging || undefined}>
      <a href={href} draggable={false} className={styles.card} data-id={record.id} tabIndex={isTabStop ? 0 : -1} aria-current={isOpen || undefined} onClick={open} onFocus={() => onActive(record.id)}>
        <strong className="ellipsis">{kind.titleOf(record)}</strong>
        <span className="muted ellipsis">{kind.subtitleOf(record) || textOf(record, 'email')}</span>
        <span className={styles.foot}>
          {listFacts(kind, record).map((spec) => (
            <span key={spec.name} className={styles.fact}>
              <FieldValue kind={kind} record={record} spec={spec} />
            </span>
          ))}
          {owner !== undefined && (
            <span className={styles.owner} title={owner}>
              <Avatar name={owner} />
              <span className="sr">{owner}</span>
            </span>
          )}
        </span>
      </a>
    </li>
  )
})

/** What the card tells at its foot: the score and the age of a lead, the value and the day of an opportunity. */
function listFacts(kind: KindSpec, record: AnyRecord): FieldSpec[] {
  const names = findField(kind, 'value') === undefined ? ['leadScore', 'createdAt'] : ['value', 'closeDate']
  return names.flatMap((name, at) => (at > 0 && textOf(record, name) === '' ? [] : (findField(kind, name) ?? [])))
}
