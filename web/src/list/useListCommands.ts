import type { KindSpec } from '../kinds'
import { findField } from '../kinds'
import { type Command, useCommands } from '../state/commands'
import { words } from '../words'
import type { ListMoves } from './useListMoves'

/** Offers the keys of a list. */
export function useListCommands(kind: KindSpec, moves: ListMoves, hasSelection: boolean, isOpen: boolean): void {
  const { list } = words
  const { group } = list
  const keysOnly = true
  const commands: Command[] = [
    { id: 'list.next', label: list.next(kind.one), keys: 'j | ArrowDown', group, keysOnly, run: () => moves.goBy(1) },
    { id: 'list.previous', label: list.previous(kind.one), keys: 'k | ArrowUp', group, keysOnly, run: () => moves.goBy(-1) },
    { id: 'list.pageDown', label: list.pageDown, keys: 'PageDown', group, keysOnly, run: () => moves.goByPage(1) },
    { id: 'list.pageUp', label: list.pageUp, keys: 'PageUp', group, keysOnly, run: () => moves.goByPage(-1) },
    { id: 'list.first', label: list.first(kind.one), keys: 'Home', group, keysOnly, run: moves.goFirst },
    { id: 'list.last', label: list.last(kind.one), keys: 'End', group, keysOnly, run: moves.goLast },
    { id: 'list.toggle', label: list.toggle(kind.one), keys: 'x | Space', group, run: moves.toggle },
    { id: 'list.selectDown', label: list.selectDown, keys: 'Shift+J | Shift+ArrowDown', group, keysOnly, run: () => moves.extendBy(1) },
    { id: 'list.selectUp', label: list.selectUp, keys: 'Shift+K | Shift+ArrowUp', group, keysOnly, run: () => moves.extendBy(-1) },
    { id: 'list.selectAll', label: list.selectAll, keys: '$mod+a', group, run: moves.selectAll },
    { id: 'list.status', label: list.setStatus(findField(kind, kind.statusField)?.label ?? ''), keys: 's', group, run: () => moves.openMenu('status') },
    { id: 'list.owner', label: list.setOwner, keys: 'a', group, run: () => moves.openMenu('owner') },
    { id: 'list.delete', label: list.delete(kind.one), keys: 'Delete', group, run: moves.remove },
  ]
  if (!isOpen) {
    commands.push(
      { id: 'list.open', label: list.open(kind.one), keys: 'Enter', group, run: () => moves.open(false) },
      { id: 'list.openAsPage', label: list.openAsPage(kind.one), keys: 'Shift+Enter', group, run: () => moves.open(true) },
      { id: 'list.edit', label: list.edit(kind.one), keys: 'e', group, run: moves.edit },
    )
  }
  if (hasSelection) commands.push({ id: 'list.clearSelection', label: list.clearSelection, keys: 'Escape', group, run: moves.clear })
  useCommands([...commands, ...kind.columns.filter((column) => column.sort !== undefined).map((column) => ({ id: `list.sort.${column.field}`, label: list.sortBy(column.label), group, run: () => moves.sort(column, false) }))])
}
