import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { formatQuery, parseQuery, type Query, toListQuery } from '../api/query'
import type { KindSpec } from '../kinds'
import { useSave } from '../record/useSave'
import { usePhone } from '../state/media'
import { density } from '../state/preferences'
import { useStore } from '../state/store'
import { BulkBar, type OpenMenu } from './BulkBar'
import { chooseColumns, fitColumns } from './columns'
import { type ListHand, NO_HAND, type RowActions } from './hand'
import styles from './List.module.css'
import { recallPlace } from './places'
import { rowId } from './Row'
import { RowMenus } from './RowMenus'
import { Rows } from './Rows'
import { selectedCount, useSelection } from './selection'
import { useListCommands } from './useListCommands'
import { useListMoves } from './useListMoves'
import { useListWidth } from './useListWidth'
import { useWidths } from './widths'

interface Props {
  kind: KindSpec
  query: Query
  openId: string | undefined
  onCount: (count: number) => void
}

/** The list of a query, with its keys, its selection and what can be done with that. */
export function RecordList(props: Props) {
  const { kind, query } = props
  const hadFocus = useRef(false)
  return <ListOfQuery key={kind.plural + formatQuery(toListQuery(query))} hadFocus={hadFocus} {...props} />
}

function ListOfQuery({ kind, query: address, openId, onCount, hadFocus }: Props & { hadFocus: RefObject<boolean> }) {
  const text = formatQuery(address)
  const query = useMemo(() => parseQuery(text), [text])
  const hand = useRef<ListHand>(NO_HAND)
  const frame = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(() => recallPlace(kind.plural + text).active)
  const [menu, setMenu] = useState<OpenMenu>()
  const selection = useSelection(kind.plural)
  const isPhone = usePhone()
  const rowHeight = useRowHeight(isPhone)
  const widths = useWidths(kind.plural)
  const width = useListWidth(frame)
  const columns = useMemo(() => fitColumns(chooseColumns(kind, query.columns), width), [kind, query.columns, width])
  const save = useSave(kind)
  const moves = useListMoves({ kind, query, hand, active, setActive, setMenu, openId, selection, isPhone })
  const actions = useRef<RowActions>(moves.actions)
  const newest = useRef(moves)
  useLayoutEffect(() => {
    actions.current = moves.actions
    newest.current = moves
  })
  const hasSelection = selectedCount(selection) > 0
  useListCommands(kind, moves, hasSelection, openId !== undefined)
  useHeldFocus(frame, hadFocus, hand)
  const onSort = useCallback<typeof moves.sort>((column, adds) => newest.current.sort(column, adds), [])
  const onMove = useCallback<typeof moves.moveColumn>((drop) => newest.current.moveColumn(drop), [])
  const activeRecord = menu === undefined ? undefined : hand.current.at(active)

  return (
    <div ref={frame} className={styles.list}>
      <Rows
        kind={kind}
        query={query}
        columns={columns}
        widths={widths}
        rowHeight={rowHeight}
        isPhone={isPhone}
        active={active}
        openId={openId}
        selection={selection}
        hand={hand}
        actions={actions}
        onActive={setActive}
        onCount={onCount}
        onSort={onSort}
        onMove={onMove}
      />
      {hasSelection && <BulkBar kind={kind} selection={selection} menu={menu} onMenu={setMenu} />}
      {!hasSelection && activeRecord !== undefined && (
        <RowMenus kind={kind} record={activeRecord} menu={menu} onMenu={setMenu} save={save} anchor={{ element: () => findCell(active, menu), focus: () => frame.current?.querySelector<HTMLElement>('[role=grid]') ?? null }} />
      )}
    </div>
  )
}

/** The cell that a menu changes, or its row if the list does not show the column. */
function findCell(index: number, menu: OpenMenu): Element | null {
  const row = document.getElementById(rowId(index))
  return row?.querySelector(menu === 'status' ? '[data-type=status]' : '[data-type=owner]') ?? row
}

/** Gives the list the focus if the list before it, with another query, had it. */
function useHeldFocus(frame: RefObject<HTMLElement | null>, hadFocus: RefObject<boolean>, hand: RefObject<ListHand>): void {
  useEffect(() => {
    if (hadFocus.current) hand.current.focus()
  }, [hadFocus, hand])
  useLayoutEffect(() => {
    const { current } = frame
    return () => {
      hadFocus.current = current?.contains(document.activeElement) ?? false
    }
  }, [frame, hadFocus])
}

const ROW_HEIGHTS = { comfortable: 38, compact: 30 } as const
const PHONE_ROW_HEIGHT = 64

/** The height of a row in px, as `--row-height` has it. */
function useRowHeight(isPhone: boolean): number {
  const chosen = useStore(density)
  return isPhone ? PHONE_ROW_HEIGHT : ROW_HEIGHTS[chosen]
}
