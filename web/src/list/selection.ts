import { formatQuery, type Query, toFilterQuery } from '../api/query'
import type { AnyRecord, Plural } from '../api/types'
import { createStore, type Store, useStore } from '../state/store'

/** Records that a person chose to do something with: one by one, or all that a filter matches. */
export interface Selection {
  /** The chosen records by id, as they were seen. */
  records: ReadonlyMap<string, AnyRecord>
  /** The filter whose records are all chosen, with their number; null if they were chosen one by one. */
  all: { filter: Query; count: number } | null
}

const NOTHING: Selection = { records: new Map(), all: null }

/** One selection for each kind. It stays while filters change and other screens are shown, until it is cleared. */
const selections: Readonly<Record<Plural, Store<Selection>>> = {
  leads: createStore(NOTHING),
  contacts: createStore(NOTHING),
  accounts: createStore(NOTHING),
  opportunities: createStore(NOTHING),
}

export function useSelection(plural: Plural): Selection {
  return useStore(selections[plural])
}

export function selectedCount({ records, all }: Selection): number {
  return all?.count ?? records.size
}

/** True if the record is chosen, seen in the list of a query. */
export function isSelected({ records, all }: Selection, id: string, query: Query): boolean {
  return all === null ? records.has(id) : formatQuery(all.filter) === formatQuery(toFilterQuery(query))
}

export function clearSelection(plural: Plural): void {
  selections[plural].set(NOTHING)
}

/** Takes the record in, or out if it was in. After "all", only single records are chosen again. */
export function toggleSelected(plural: Plural, record: AnyRecord): void {
  selections[plural].set(({ records, all }) => {
    if (all !== null) return NOTHING
    const next = new Map(records)
    if (!next.delete(record.id)) next.set(record.id, record)
    return { records: next, all: null }
  })
}

export function addSelected(plural: Plural, rows: readonly AnyRecord[]): void {
  selections[plural].set(({ records }) => ({ records: new Map([...records, ...rows.map((row) => [row.id, row] as const)]), all: null }))
}

export function selectAll(plural: Plural, query: Query, count: number): void {
  selections[plural].set({ records: new Map(), all: { filter: toFilterQuery(query), count } })
}
