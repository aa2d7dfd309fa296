import { ArrowUp } from 'lucide-react'
import { type CSSProperties, type Dispatch, memo, type RefObject, type SetStateAction, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { formatQuery, type Query } from '../api/query'
import type { ColumnSpec, KindSpec } from '../kinds'
import { Button } from '../ui/Button'
import { LoadError } from '../ui/LoadError'
import { formatNumber } from '../words/format'
import { words } from '../words'
import { columnTracks, leastWidth, type Widths } from './columns'
import { EmptyList } from './EmptyList'
import { Foot } from './Foot'
import type { ListHand, RowActions } from './hand'
import { HeaderRow } from './HeaderRow'
import styles from './List.module.css'
import { keepPlace, recallPlace } from './places'
import { Row, rowId } from './Row'
import type { RowRange } from './scrolling'
import { ScrollLabel } from './ScrollLabel'
import { isSelected, selectedCount, type Selection } from './selection'
import { useAnchors } from './useAnchors'
import type { Drop } from './useColumnDrag'
import { useOpenRecord } from './useOpenRecord'
import { useRowPointer } from './useRowPointer'
import { useScrollbarDrag } from './useScrollbarDrag'
import { useVirtualRows } from './useVirtualRows'
import { useWindows } from './useWindows'

interface Props {
  kind: KindSpec
  /** The query of the address. */
  query: Query
  columns: readonly ColumnSpec[]
  widths: Widths
  rowHeight: number
  isPhone: boolean
  active: number
  openId: string | undefined
  selection: Selection
  hand: RefObject<ListHand>
  actions: RefObject<RowActions>
  onActive: Dispatch<SetStateAction<number>>
  onCount: (count: number) => void
  onSort: (column: ColumnSpec, adds: boolean) => void
  onMove: (drop: Drop) => void
}

const HEAD_HEIGHT = 33
const SKELETON_ROWS = 40
const POOL_ROOM = 2

/** The scrolled rows of a list. Scrolling draws this alone, so what moves the list must not be drawn by its parent. */
export const Rows = memo(function Rows({ kind, query, columns, widths, rowHeight, isPhone, active, openId, selection, hand, actions, onActive, onCount, onSort, onMove }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const address = kind.plural + formatQuery(query)
  const [start] = useState(() => recallPlace(address).position)
  const [count, setCount] = useState<number>()
  const drag = useScrollbarDrag(box)
  const drawnCount = count ?? Math.ceil(start / rowHeight) + SKELETON_ROWS
  const virtual = useVirtualRows(box, { count: drawnCount, rowHeight, head: isPhone ? 0 : HEAD_HEIGHT, start, isShown: count !== 0, isDragging: drag.isDragging })
  const { rows, base, position, reveal, scrollTo } = virtual
  const windows = useWindows(kind.plural, query, (rows.first + rows.last) / 2)
  const { shown, at, error, retry } = windows
  const above = useAnchors(windows, virtual, rowHeight, active, openId, onActive)
  useOpenRecord(kind.plural, query, openId, at(active)?.id === openId, shown, reveal, onActive)
  const pointer = useRowPointer(kind.plural, box, at, actions)
  const lines = useLines(rows)
  if (shown !== undefined && shown.count !== count) setCount(shown.count)

  useLayoutEffect(() => {
    if (count === undefined) return
    onCount(count)
    onActive((now) => Math.max(0, Math.min(now, count - 1)))
  }, [count, onCount, onActive])
  useEffect(() => {
    const pageRows = Math.max(1, rows.last - rows.first - 2)
    hand.current = { at, reveal, count: count ?? 0, pageRows, toTop: () => scrollTo(0), focus: () => box.current?.focus({ preventScroll: true }) }
    if (count !== undefined) keepPlace(address, { position: position(), active })
  })

  if (error !== null && shown === undefined) return <LoadError error={error} retry={retry} />
  if (count === 0) return <EmptyList kind={kind} query={query} />
  const isDrawn = active >= rows.start && active < rows.end
  const style: CSSProperties & Record<`--${string}`, string> = { '--list-columns': columnTracks(columns, widths), '--list-width': `${leastWidth(columns, widths)}px` }
  return (
    <>
      <div
        ref={box}
        role="grid"
        tabIndex={0}
        className={styles.scroller}
        style={style}
        data-selecting={selectedCount(selection) > 0 || undefined}
        aria-label={kind.Many}
        aria-rowcount={count === undefined ? -1 : count + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable
        aria-busy={count === undefined}
        aria-activedescendant={isDrawn ? rowId(active) : undefined}
        onPointerDown={drag.begin}
      >
        {!isPhone && <HeaderRow kind={kind} columns={columns} sort={query.sort} onSort={onSort} onMove={onMove} />}
        <div role="rowgroup" className={styles.canvas} style={{ height: virtual.height }} {...pointer}>
          {lines.map(({ index, key }) => {
            const record = at(index)
            return (
              <Row
                key={key}
                kind={kind}
                columns={columns}
                index={index}
                top={index * rowHeight - base}
                record={record}
                addressEnd={formatQuery(query)}
                isPhone={isPhone}
                isActive={index === active}
                isOpen={record !== undefined && record.id === openId}
                isSelected={record !== undefined && isSelected(selection, record.id, query)}
              />
            )
          })}
        </div>
      </div>
      {above > 0 && (
        <Button className={styles.above} onClick={() => scrollTo(0)}>
          <ArrowUp size={15} aria-hidden />
          {words.list.newAbove(formatNumber(above))}
        </Button>
      )}
      {drag.label && <ScrollLabel kind={kind} index={rows.first} record={at(rows.first)} sort={query.sort} />}
      <Foot rows={rows} count={count} />
    </>
  )
})

/** The rows to draw, each with the key of an element that is used again by the row that comes a pool later. */
function useLines({ start, end }: RowRange): { index: number; key: number }[] {
  const pool = useRef(0)
  pool.current = Math.max(pool.current, end - start + POOL_ROOM)
  return Array.from({ length: end - start }, (_, step) => ({ index: start + step, key: (start + step) % pool.current }))
}
