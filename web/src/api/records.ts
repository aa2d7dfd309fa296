import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import { ask } from './client'
import { toFilterQuery, toListQuery, type Query } from './query'
import type { AnyRecord, Facets, HistoryEntry, Me, Page, Person, Plural } from './types'

/** Windows of 100 rows begin at every 50th row, so that any 50 rows lie within one answer. */
export const WINDOW_STEP = 50
export const WINDOW_SIZE = 100

/** Some rows of a list, and the count of the whole list, from one answer. */
export interface RowWindow {
  count: number
  rows: AnyRecord[]
  start: number
  seq: number
}

/** A record with the ETag that a change of it is compared with. */
export interface LoadedRecord {
  record: AnyRecord
  etag: string
}

/** The rows from `start` on. `query` is the address's query. */
export function windowOptions(plural: Plural, query: Query, start: number) {
  const listQuery = toListQuery(query)
  return queryOptions({
    queryKey: [plural, 'window', listQuery, start],
    queryFn: async ({ signal }): Promise<RowWindow> => {
      const parameters = { ...listQuery, include: 'version', limit: WINDOW_SIZE, offset: start }
      const { data, seq } = await ask<Page<AnyRecord>>(`${plural}/`, { query: parameters, signal })
      return { count: data.count, rows: data.results, start, seq }
    },
    staleTime: Infinity,
    gcTime: 30_000,
  })
}

/** Exact counts by value under the query's filters. Each field is counted without its own filter. */
export function facetsOptions(plural: Plural, query: Query) {
  const filterQuery = toFilterQuery(query)
  return queryOptions({
    queryKey: [plural, 'facets', filterQuery],
    queryFn: async ({ signal }) => (await ask<Facets>(`${plural}/facets/`, { query: { ...filterQuery, own: 'ignored' }, signal })).data,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  })
}

export function recordOptions(plural: Plural, id: string) {
  return queryOptions({
    queryKey: [plural, 'record', id],
    queryFn: async ({ signal }): Promise<LoadedRecord> => {
      const { data, etag } = await ask<AnyRecord>(`${plural}/${id}/`, { signal })
      return { record: data, etag }
    },
    staleTime: 10_000,
  })
}

export interface History {
  count: number
  results: HistoryEntry[]
  next: string | null
  gone: boolean
}

export function historyOptions(plural: Plural, id: string, limit = 50) {
  return queryOptions({
    queryKey: [plural, 'history', id, limit],
    queryFn: async ({ signal }) => (await ask<History>(`${plural}/${id}/history/`, { query: { limit }, signal })).data,
    placeholderData: keepPreviousData,
  })
}

/** The signed-in person. */
export const meOptions = queryOptions({
  queryKey: ['me'],
  queryFn: async () => (await ask<Me>('me/')).data,
  staleTime: Infinity,
})

/** Everybody whom a record can be given to, and who is disabled. */
export const peopleOptions = queryOptions({
  queryKey: ['people'],
  queryFn: async ({ signal }) => {
    const lists = await Promise.all([listPeople('true', signal), listPeople('false', signal)])
    return lists.flat()
  },
  staleTime: 5 * 60_000,
})

export const useMe = () => useQuery(meOptions).data
export const useFacets = (plural: Plural, query: Query) => useQuery(facetsOptions(plural, query)).data

/** The people by id; empty until they are read. */
export function usePeople(): ReadonlyMap<string, Person> {
  return useQuery({ ...peopleOptions, select: indexById }).data ?? NOBODY
}

const NOBODY: ReadonlyMap<string, Person> = new Map()

function indexById(people: Person[]): ReadonlyMap<string, Person> {
  return new Map(people.map((person) => [person.id, person]))
}

async function listPeople(active: string, signal: AbortSignal): Promise<Person[]> {
  const found: Person[] = []
  for (;;) {
    const query = { active, limit: 100, offset: found.length }
    const { data } = await ask<Page<Person>>('people/', { query, signal })
    found.push(...data.results)
    if (data.next === null) return found
  }
}
