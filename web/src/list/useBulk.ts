import { useQueryClient } from '@tanstack/react-query'
import { usePeople } from '../api/records'
import { findField, type KindSpec } from '../kinds'
import { valueText } from '../record/FieldValue'
import { tellRefusal } from '../ui/toast'
import { tellDone } from '../undo/undo'
import { words } from '../words'
import { formatCount, formatNumber } from '../words/format'
import { type Deed, doToAll, readFirstRefusal, readMovedCount, readStaleCount } from './bulk'
import { clearSelection, selectAll, selectedCount, type Selection } from './selection'

const { list } = words

/** Makes the function that does something to all of a selection and tells what became of it, with a way back. */
export function useBulk(kind: KindSpec) {
  const cache = useQueryClient()
  const people = usePeople()

  async function run(selection: Selection, deed: Deed, ignoreVersions = false): Promise<void> {
    const count = formatCount(selectedCount(selection), kind)
    try {
      const operationId = await doToAll(cache, kind.plural, selection, deed, ignoreVersions)
      clearSelection(kind.plural)
      tellDone(cache, deed === null ? list.deleted(count) : `${count}: ${describe(deed)}`, operationId)
    } catch (error) {
      tellWhyNot(error, selection, deed)
    }
  }

  function describe(deed: NonNullable<Deed>): string {
    return Object.entries(deed)
      .map(([field, value]) => `${findField(kind, field)?.label ?? field}: ${field === 'assignedTo' && value === null ? words.common.nobody : valueText(kind, field, value, people)}`)
      .join(', ')
  }

  function tellWhyNot(error: unknown, selection: Selection, deed: Deed): void {
    const title = deed === null ? list.notDeleted : list.notChanged
    const moved = readMovedCount(error)
    const stale = readStaleCount(error)
    if (moved !== undefined && selection.all !== null) {
      const { filter, count } = selection.all
      const now = { ...selection, all: { filter, count: moved } }
      selectAll(kind.plural, filter, moved)
      tellRefusal(title, new Error(list.moved(formatNumber(moved), formatNumber(count))), { label: list.goOnWith(formatNumber(moved)), run: () => void run(now, deed) })
    } else if (stale !== undefined) {
      tellRefusal(title, new Error(list.stale(formatNumber(stale))), { label: list.anyway, run: () => void run(selection, deed, true) })
    } else {
      tellRefusal(title, readFirstRefusal(error) ?? error)
    }
  }

  return run
}
