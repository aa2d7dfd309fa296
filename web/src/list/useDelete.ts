import { useQueryClient } from '@tanstack/react-query'
import { writeAndRefresh } from '../api/changes'
import type { AnyRecord } from '../api/types'
import type { KindSpec } from '../kinds'
import { tellRefusal } from '../ui/toast'
import { tellDone } from '../undo/undo'
import { words } from '../words'
import { MOST_AT_ONCE } from './bulk'
import { selectedCount, type Selection } from './selection'
import { useBulk } from './useBulk'

/** Makes the function that deletes the selection or, without one, a record. It asks nothing: the toast takes it back. */
export function useDelete(kind: KindSpec) {
  const cache = useQueryClient()
  const runBulk = useBulk(kind)
  return async (selection: Selection, record: AnyRecord | undefined) => {
    const count = selectedCount(selection)
    if (count > MOST_AT_ONCE) return
    if (count > 0) return runBulk(selection, null)
    if (record === undefined) return
    try {
      const { operationId } = await writeAndRefresh(cache, `${kind.plural}/${record.id}/`, { method: 'DELETE' }, [kind.plural], record.id)
      tellDone(cache, words.list.deleted(kind.titleOf(record)), operationId)
    } catch (error) {
      tellRefusal(words.list.notDeleted, error)
    }
  }
}
