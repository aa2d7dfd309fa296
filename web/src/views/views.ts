import { queryOptions } from '@tanstack/react-query'
import { Flame, type LucideIcon, UserRound, UserX } from 'lucide-react'
import { ask } from '../api/client'
import { formatQuery, parseQuery, type Query, toListQuery } from '../api/query'
import type { Page, Plural, SavedView } from '../api/types'
import { findKind } from '../kinds'
import { words } from '../words'

/** A list that the sidebar leads to. */
export interface View {
  id: string
  name: string
  plural: Plural
  query: Query
  /** The icon of a view that everybody has. */
  icon?: LucideIcon
}

const OPEN = 'new,contacted,nurturing,qualified'
const PAGE_SIZE = 100

/** The views that everybody has. */
export const BUILT_IN: readonly View[] = [
  { id: 'mine', name: words.views.mine, plural: 'leads', query: { assignedTo: 'me' }, icon: UserRound },
  { id: 'new', name: words.views.newNobodys, plural: 'leads', query: { status: 'new', assignedTo: 'none' }, icon: UserX },
  { id: 'hot', name: words.views.hot, plural: 'leads', query: { status: OPEN, 'leadScore[gte]': '8' }, icon: Flame },
]

/** The person's own views, in their order. */
export const savedViewsOptions = queryOptions({
  queryKey: ['views', 'saved'],
  queryFn: async ({ signal }): Promise<View[]> => {
    const found: SavedView[] = []
    for (;;) {
      const query = { sort: 'position', limit: PAGE_SIZE, offset: found.length }
      const { data } = await ask<Page<SavedView>>('views/', { query, signal })
      found.push(...data.results)
      if (data.next === null) return found.flatMap(readView)
    }
  },
  staleTime: 60_000,
  refetchOnWindowFocus: true,
})

/** The exact numbers of records of all own views, by the view's id; null for one whose filters do not work any more. */
export const viewCountsOptions = queryOptions({
  queryKey: ['views', 'counts'],
  queryFn: async ({ signal }) => (await ask<{ counts: Record<string, number | null> }>('views/counts/', { signal })).data.counts,
  staleTime: Infinity,
})

/** The exact number of records of one list. */
export function countOptions(plural: Plural, query: Query) {
  return queryOptions({
    queryKey: [plural, 'list', 'count', query],
    queryFn: async ({ signal }) => (await ask<Page<unknown>>(`${plural}/`, { query: { ...query, limit: 1 }, signal })).data.count,
    staleTime: Infinity,
  })
}

/** The address of a view. */
export function addressOf({ plural, query }: View): string {
  return `/${plural}${formatQuery(query)}`
}

/** True if the address shows the view's list; a record may be open over it. */
export function isShown(view: View, pathname: string, query: Query): boolean {
  return sectionOf(pathname) === view.plural && sameQuery(view.query, toListQuery(query))
}

/** The kind of records of an address, undefined if it shows no list. */
export function sectionOf(pathname: string): Plural | undefined {
  return /^\/(leads|contacts|accounts|opportunities)(?=\/|$)/.exec(pathname)?.[1] as Plural | undefined
}

/** The query of a list as a view keeps it. */
export function writeQuery(query: Query): string {
  return formatQuery(toListQuery(query)).slice(1)
}

function readView({ id, name, kind, query }: SavedView): View[] {
  const plural = findKind(kind)?.plural
  return plural === undefined ? [] : [{ id, name, plural, query: parseQuery(query ?? '') }]
}

function sameQuery(one: Query, other: Query): boolean {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}
