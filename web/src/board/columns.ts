import { type InfiniteData, infiniteQueryOptions, useInfiniteQuery, useQueries } from '@tanstack/react-query'
import { ask } from '../api/client'
import { changeQuery, type Query, splitValues, toListQuery } from '../api/query'
import { recordOptions, type RowWindow, useFacets } from '../api/records'
import type { AnyRecord, Page } from '../api/types'
import type { KindSpec, StatusSpec } from '../kinds'
import { groupRows } from './groups'

const PAGE_SIZE = 30
/** All pages of a column are read again when something changed, so a column ends here. The list has the rest. */
const MAX_PAGES = 20

/** A column of the board with what is loaded of it. */
export interface ColumnData {
  status: StatusSpec
  /** The exact count under the filters; undefined until it is read. */
  count: number | undefined
  rows: readonly AnyRecord[]
  loading: boolean
  error: Error | null
  retry: () => void
  /** Loads the next cards; undefined if there are none, or they come already. */
  loadMore: (() => void) | undefined
  /** True if there are more cards than a column shows. */
  cut: boolean
}

/**
 * The columns that the query shows, each with its cards.
 *
 * A card stands in the column of its row's status, so that a change moves it at once. `movedIds` are the records that
 * were moved here: they stay in sight even if they stand far down in the order of their new column.
 */
export function useColumns(kind: KindSpec, query: Query, movedIds: readonly string[]): ColumnData[] {
  const chosen = splitValues(query[kind.statusField])
  const isShown = (status: StatusSpec) => chosen.length === 0 || chosen.includes(status.value)
  const counts = useFacets(kind.plural, query)?.facets[kind.statusField]
  // A kind's statuses never change, so the hooks are the same at every drawing.
  const loaded = kind.statuses.map((status) => useInfiniteQuery({ ...columnOptions(kind, query, status), enabled: isShown(status) }))
  const moved = useQueries({ queries: movedIds.map((id) => recordOptions(kind.plural, id)) })
  const pages = loaded.map((column) => column.data?.pages)
  const pinned = moved.map((one) => (one.isError ? undefined : one.data?.record))
  const rows = groupRows(kind, pages, pinned)
  return kind.statuses.flatMap((status, at) => {
    const column = loaded[at]
    if (column === undefined || !isShown(status)) return []
    const hasAll = !column.hasNextPage
    return {
      status,
      count: counts?.find(({ value }) => value === status.value)?.count ?? (counts === undefined ? undefined : 0),
      rows: rows.get(status.value) ?? [],
      loading: column.isPending,
      error: column.data === undefined ? column.error : null,
      retry: () => void column.refetch(),
      loadMore: hasAll || column.isFetching ? undefined : () => void column.fetchNextPage(),
      cut: isCut(column.data),
    }
  })
}

function columnOptions(kind: KindSpec, query: Query, status: StatusSpec) {
  const columnQuery = changeQuery(toListQuery(query), { [kind.statusField]: undefined })
  return infiniteQueryOptions({
    queryKey: [kind.plural, 'board', columnQuery, status.value],
    queryFn: async ({ pageParam, signal }): Promise<RowWindow> => {
      const parameters = { ...columnQuery, [kind.statusField]: status.value, include: 'version', limit: PAGE_SIZE, offset: pageParam }
      const { data, seq } = await ask<Page<AnyRecord>>(`${kind.plural}/`, { query: parameters, signal })
      return { count: data.count, rows: data.results, start: pageParam, seq }
    },
    initialPageParam: 0,
    getNextPageParam: (last: RowWindow, all: RowWindow[]) => (all.length >= MAX_PAGES || last.start + PAGE_SIZE >= last.count ? undefined : last.start + PAGE_SIZE),
    staleTime: Infinity,
    gcTime: 30_000,
  })
}

function isCut(data: InfiniteData<RowWindow> | undefined): boolean {
  return data !== undefined && data.pages.length >= MAX_PAGES && (data.pages.at(-1)?.count ?? 0) > MAX_PAGES * PAGE_SIZE
}
