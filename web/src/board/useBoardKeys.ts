import type { RefObject } from 'react'
import type { AnyRecord } from '../api/types'
import type { KindSpec } from '../kinds'
import { type Command, useCommands } from '../state/commands'
import { openDialog } from '../state/dialogs'
import { words } from '../words'
import { findCard } from './cards'
import type { ColumnData } from './columns'
import { isConversion, isFixed, type Moves, tellFixed } from './moves'

interface BoardParts {
  kind: KindSpec
  board: RefObject<HTMLElement | null>
  columns: readonly ColumnData[]
  rows: ReadonlyMap<string, AnyRecord>
  tabStop: string | undefined
  /** The record that is open beside the board. */
  openId: string | undefined
  move: Moves['move']
  /** Opens another record in place of the one that is open. */
  showInstead: (id: string) => void
}

/** Offers the keys of the board: to go from card to card, and to move the card that has the focus. */
export function useBoardKeys(parts: BoardParts): void {
  const { kind, openId } = parts
  const group = words.board.group
  const keysOnly = true
  const moves: Command[] = [
    { id: 'board.moveRight', label: words.board.moveRight, keys: 'Shift+ArrowRight | Shift+l', group, keysOnly, run: () => moveBy(parts, 1) },
    { id: 'board.moveLeft', label: words.board.moveLeft, keys: 'Shift+ArrowLeft | Shift+h', group, keysOnly, run: () => moveBy(parts, -1) },
    { id: `create.${kind.kind}`, label: words.board.newOne(kind.one), keys: 'n', group, run: () => openDialog({ name: 'create', plural: kind.plural }) },
  ]
  // The record's bar runs these two by the names that they have in the list. All other keys are the record's while it is open.
  const besideRecord: Command[] = [
    { id: 'list.next', label: words.list.next(kind.one), keys: 'j | ArrowDown', group, keysOnly, run: () => showNext(parts, 1) },
    { id: 'list.previous', label: words.list.previous(kind.one), keys: 'k | ArrowUp', group, keysOnly, run: () => showNext(parts, -1) },
  ]
  const alone: Command[] = [
    { id: 'board.down', label: words.board.nextCard, keys: 'ArrowDown | j', group, keysOnly, run: () => goBy(parts, 0, 1) },
    { id: 'board.up', label: words.board.previousCard, keys: 'ArrowUp | k', group, keysOnly, run: () => goBy(parts, 0, -1) },
    { id: 'board.right', label: words.board.columnRight, keys: 'ArrowRight | l', group, keysOnly, run: () => goBy(parts, 1, 0) },
    { id: 'board.left', label: words.board.columnLeft, keys: 'ArrowLeft | h', group, keysOnly, run: () => goBy(parts, -1, 0) },
  ]
  if (kind.plural === 'leads') alone.push({ id: 'board.convert', label: words.board.convert, keys: 'c', group, run: () => convertFocused(parts) })
  useCommands([...moves, ...(openId === undefined ? alone : besideRecord)])
}

/** Opens the record above or below the one that is open. */
function showNext({ board, columns, openId, showInstead }: BoardParts, step: number): void {
  const rows = columns.find((column) => column.rows.some((row) => row.id === openId))?.rows ?? []
  const next = rows[rows.findIndex((row) => row.id === openId) + step]
  if (next === undefined) return
  findCard(board.current, next.id)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  showInstead(next.id)
}

/** Goes to a card beside the one with the focus. Without one, the first step only goes to the board. */
function goBy(parts: BoardParts, columnsOn: number, cardsOn: number): void {
  const { board, columns, tabStop } = parts
  const id = focusedId(parts)
  if (id === undefined) return findCard(board.current, tabStop)?.focus()
  const at = columns.findIndex((column) => column.rows.some((row) => row.id === id))
  const rank = columns[at]?.rows.findIndex((row) => row.id === id) ?? 0
  const next = columnsOn === 0 ? columns[at]?.rows[rank + cardsOn] : findBeside(columns, at, columnsOn, rank)
  findCard(board.current, next?.id)?.focus()
}

/** The card at the same height in the next column that has cards, or the last one there. */
function findBeside(columns: readonly ColumnData[], from: number, step: number, rank: number): AnyRecord | undefined {
  for (let at = from + step; columns[at] !== undefined; at += step) {
    const rows = columns[at]?.rows ?? []
    if (rows.length > 0) return rows[Math.min(rank, rows.length - 1)]
  }
  return undefined
}

/** Moves the card with the focus by a column. Converted is passed over: C converts. */
function moveBy(parts: BoardParts, step: number): void {
  const { kind, columns, rows, move } = parts
  const record = rows.get(focusedId(parts) ?? '')
  if (record === undefined) return
  if (isFixed(kind, record)) return tellFixed()
  const open = columns.filter((column) => !isConversion(kind, column.status.value))
  const at = open.findIndex((column) => column.status.value === record[kind.statusField])
  const target = open[at + step]
  if (target !== undefined) move(record, target.status.value)
}

function convertFocused(parts: BoardParts): void {
  const id = focusedId(parts)
  if (id !== undefined) openDialog({ name: 'convert', id })
}

function focusedId({ board }: BoardParts): string | undefined {
  const focused = document.activeElement
  if (!(focused instanceof HTMLElement) || !board.current?.contains(focused)) return undefined
  return focused.dataset.id
}
