import { useNavigate } from '@tanstack/react-router'
import { type Dispatch, type RefObject, type SetStateAction, useRef } from 'react'
import { changeQuery, formatQuery, type Query } from '../api/query'
import type { AnyRecord } from '../api/types'
import { useChangeQuery } from '../filters/useQuery'
import type { ColumnSpec, KindSpec } from '../kinds'
import type { OpenMenu } from './BulkBar'
import { chooseColumns, columnsParameter, moveColumn } from './columns'
import type { ListHand, RowActions } from './hand'
import { runWhenOffered } from './runWhenOffered'
import { addSelected, clearSelection, selectAll, selectedCount, type Selection, toggleSelected } from './selection'
import { sortAfterClick } from './sorting'
import type { Drop } from './useColumnDrag'
import { useDelete } from './useDelete'

interface ListState {
  kind: KindSpec
  query: Query
  hand: RefObject<ListHand>
  active: number
  setActive: Dispatch<SetStateAction<number>>
  setMenu: (menu: OpenMenu) => void
  openId: string | undefined
  selection: Selection
  isPhone: boolean
}

export type ListMoves = ReturnType<typeof useListMoves>

/** Everything that keys and the mouse do in a list. */
export function useListMoves({ kind, query, hand, active, setActive, setMenu, openId, selection, isPhone }: ListState) {
  const navigate = useNavigate()
  const changeAddress = useChangeQuery()
  const remove = useDelete(kind)
  const anchor = useRef<number | undefined>(undefined)
  const { plural } = kind
  const activeRecord = () => hand.current.at(active)

  const show = (record: AnyRecord, options: { full?: boolean; replace?: boolean } = {}) => {
    const full = options.full ? '1' : query.full
    return navigate({ href: `/${plural}/${record.id}${formatQuery(changeQuery(query, { full }))}`, replace: options.replace })
  }
  const goTo = (index: number) => {
    const next = Math.max(0, Math.min(hand.current.count - 1, index))
    setActive(next)
    hand.current.reveal(next)
    const record = hand.current.at(next)
    if (openId !== undefined && record !== undefined && record.id !== openId) void show(record, { replace: true })
    return next
  }
  const go = (index: number) => {
    anchor.current = undefined
    goTo(index)
  }
  const selectBetween = (from: number, to: number) => {
    const indexes = Array.from({ length: Math.abs(to - from) + 1 }, (_, step) => Math.min(from, to) + step)
    addSelected(plural, indexes.flatMap((index) => hand.current.at(index) ?? []))
  }
  const actions: RowActions = {
    open: (record, index) => {
      if (isPhone && selectedCount(selection) > 0) return toggleSelected(plural, record)
      anchor.current = undefined
      setActive(index)
      void show(record)
    },
    toggle: (record, index) => {
      anchor.current = index
      setActive(index)
      toggleSelected(plural, record)
    },
    selectTo: (index) => {
      selectBetween(anchor.current ?? active, index)
      setActive(index)
    },
  }

  return {
    actions,
    goBy: (rows: number) => go(active + rows),
    goByPage: (pages: number) => go(active + pages * hand.current.pageRows),
    goFirst: () => go(0),
    goLast: () => go(hand.current.count - 1),
    extendBy: (rows: number) => {
      anchor.current ??= active
      selectBetween(anchor.current, goTo(active + rows))
    },
    toggle: () => {
      const record = activeRecord()
      if (record !== undefined) actions.toggle(record, active)
    },
    selectAll: () => {
      if (hand.current.count > 0) selectAll(plural, query, hand.current.count)
    },
    clear: () => clearSelection(plural),
    openMenu: (menu: OpenMenu) => {
      if (selectedCount(selection) === 0) hand.current.reveal(active)
      setMenu(menu)
    },
    open: (full: boolean) => {
      const record = activeRecord()
      if (record !== undefined) void show(record, { full })
    },
    edit: () => {
      const record = activeRecord()
      if (record !== undefined) void show(record).then(() => runWhenOffered('record.edit'))
    },
    remove: () => {
      const record = activeRecord()
      void remove(selection, record)
    },
    sort: (column: ColumnSpec, adds: boolean) => changeAddress({ sort: sortAfterClick(query.sort, column, adds) }),
    moveColumn: ({ dragged, target }: Drop) => {
      const columns = chooseColumns(kind, query.columns)
      const placeOf = (field: string) => columns.findIndex((column) => column.field === field)
      changeAddress({ columns: columnsParameter(kind, moveColumn(columns, placeOf(dragged), placeOf(target))) }, { replace: true })
    },
  }
}
