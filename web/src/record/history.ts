import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { ask } from '../api/client'
import type { History } from '../api/records'
import type { HistoryEntry, OperationItem, Page, Plural } from '../api/types'

const PAGE_SIZE = 50

/** What was done to a record, newest first, page by page. */
export function useHistory(plural: Plural, id: string) {
  return useInfiniteQuery({
    queryKey: [plural, 'history', id, 'pages'],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: PAGE_SIZE, offset: pageParam }
      return (await ask<History>(`${plural}/${id}/history/`, { query, signal })).data
    },
    initialPageParam: 0,
    getNextPageParam: (last, pages) => (last.next === null ? undefined : listEntries({ pages, pageParams: [] }).length),
  })
}

export function listEntries(history: InfiniteData<History> | undefined): HistoryEntry[] {
  return history?.pages.flatMap((page) => page.results) ?? []
}

/** The operations on a record that were taken back, and are not in effect again. */
export function useTakenBack(id: string): ReadonlySet<string> {
  const undos = useQuery({
    queryKey: ['operations', 'undos', id],
    queryFn: async ({ signal }) => (await ask<Page<OperationItem>>('operations/', { query: { record: id, kind: 'operation.undone', limit: 100 }, signal })).data.results,
  })
  return findTakenBack(undos.data ?? [])
}

/** What undos, newest first, took back. An undo that was taken back itself does not count. */
export function findTakenBack(undos: readonly Pick<OperationItem, 'id' | 'undoes'>[]): ReadonlySet<string> {
  const taken = new Set<string>()
  for (const { id, undoes } of undos) if (undoes !== null && !taken.has(id)) taken.add(undoes)
  return taken
}
