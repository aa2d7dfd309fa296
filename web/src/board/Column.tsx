import { useEffect, useRef } from 'react'
import type { Query } from '../api/query'
import type { AnyRecord, Person } from '../api/types'
import type { KindSpec } from '../kinds'
import { Bone } from '../ui/Bone'
import { LoadError } from '../ui/LoadError'
import { StatusIcon } from '../ui/StatusIcon'
import { words } from '../words'
import { formatCount, formatNumber } from '../words/format'
import styles from './Board.module.css'
import { Card } from './Card'
import type { ColumnData } from './columns'
import { useDropTarget } from './dragging'

interface Props {
  kind: KindSpec
  query: Query
  people: ReadonlyMap<string, Person>
  column: ColumnData
  /** The card of the board that Tab comes to. */
  tabStop: string | undefined
  /** The record that is open beside the board. */
  openId: string | undefined
  onActive: (id: string) => void
}

/** One column of the board. It scrolls by itself, and loads more cards near its end. */
export function Column({ kind, query, people, column, tabStop, openId, onActive }: Props) {
  const section = useRef<HTMLElement>(null)
  const { status, count, rows } = column
  const over = useDropTarget(section, status.value)
  const counted = count === undefined ? words.common.loading : formatCount(count, kind)
  return (
    <section ref={section} className={styles.column} data-over={over || undefined} aria-label={words.board.column(status.label, counted)}>
      <h2 className={styles.head}>
        <StatusIcon kind={kind} value={status.value} />
        <span className="ellipsis">{status.label}</span>
        <span className={`${styles.count} num`}>{count === undefined ? '' : formatNumber(count)}</span>
      </h2>
      <div className={styles.cards}>
        {column.error !== null && <LoadError error={column.error} retry={column.retry} />}
        {column.loading && column.error === null && <Bones />}
        {!column.loading && column.error === null && rows.length === 0 && <p className={styles.note}>{words.board.emptyColumn}</p>}
        <ul className={styles.list}>
          {rows.map((row) => (
            <Card key={row.id} kind={kind} query={query} record={row} owner={nameOwner(people, row)} isTabStop={row.id === tabStop} isOpen={row.id === openId} onActive={onActive} />
          ))}
        </ul>
        <More loadMore={column.loadMore} />
        {column.cut && <p className={styles.note}>{words.board.shownOf(formatNumber(rows.length), formatNumber(count ?? 0))}</p>}
      </div>
    </section>
  )
}

/** The name of the record's owner, undefined without one. */
function nameOwner(people: ReadonlyMap<string, Person>, record: AnyRecord): string | undefined {
  if (typeof record.assignedTo !== 'string') return undefined
  return people.get(record.assignedTo)?.name ?? words.common.somebody
}

/** The end of a column's cards. More are loaded when it comes near. */
function More({ loadMore }: { loadMore: (() => void) | undefined }) {
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (loadMore === undefined || end.current === null) return
    const observer = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && loadMore(), { root: end.current.parentElement, rootMargin: '500px' })
    observer.observe(end.current)
    return () => observer.disconnect()
  }, [loadMore])
  return <div ref={end} className={styles.end} />
}

function Bones() {
  return (
    <div role="status" aria-label={words.common.loading}>
      {[1, 2, 3].map((one) => (
        <div key={one} className={`${styles.card} ${styles.bones}`}>
          <Bone width="medium" />
          <Bone width="wide" />
          <Bone width="narrow" />
        </div>
      ))}
    </div>
  )
}
