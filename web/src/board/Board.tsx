import { useNavigate, useParams } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { formatQuery, type Query } from '../api/query'
import { usePeople } from '../api/records'
import type { KindSpec } from '../kinds'
import { words } from '../words'
import styles from './Board.module.css'
import { Column } from './Column'
import { useColumns } from './columns'
import { useDropping } from './dragging'
import { useMoves } from './moves'
import { useBoardKeys } from './useBoardKeys'
import { useHeldFocus } from './useHeldFocus'

/** The board of a kind: one column a status, under the same query as the list. */
export default function Board({ kind, query }: { kind: KindSpec; query: Query }) {
  return <BoardOfKind key={kind.plural} kind={kind} query={query} />
}

function BoardOfKind({ kind, query }: { kind: KindSpec; query: Query }) {
  const navigate = useNavigate()
  const openId = useParams({ strict: false }).id
  const board = useRef<HTMLDivElement>(null)
  const [activeId, setActiveId] = useState<string>()
  const { movedIds, move } = useMoves(kind)
  const columns = useColumns(kind, query, movedIds)
  const people = usePeople()
  const rows = new Map(columns.flatMap((column) => column.rows).map((row) => [row.id, row]))
  // One card is the tab stop: the active one, or else the first.
  const tabStop = activeId !== undefined && rows.has(activeId) ? activeId : columns.flatMap((column) => column.rows)[0]?.id
  useDropping(rows, move)
  const showInstead = (id: string) => {
    setActiveId(id)
    void navigate({ href: `/${kind.plural}/${id}${formatQuery(query)}`, replace: true })
  }
  useBoardKeys({ kind, board, columns, rows, tabStop, openId, move, showInstead })
  const held = useHeldFocus(board)
  return (
    <div ref={board} className={styles.board} tabIndex={rows.size === 0 ? 0 : undefined} role="group" aria-label={words.board.label(kind.Many)} onBlur={held.onBlur} onFocus={held.onFocus}>
      {columns.map((column) => (
        <Column key={column.status.value} kind={kind} query={query} people={people} column={column} tabStop={tabStop} openId={openId} onActive={setActiveId} />
      ))}
    </div>
  )
}
