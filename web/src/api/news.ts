import type { QueryClient } from '@tanstack/react-query'
import type { News } from './live'
import type { Plural } from './types'

const NEWS_INTERVAL_MS = 1000
const PLURALS: Readonly<Record<string, Plural>> = {
  lead: 'leads',
  contact: 'contacts',
  account: 'accounts',
  opportunity: 'opportunities',
}
/** The lists that show names or counts of another kind. */
const SHOWN_IN: Readonly<Record<Plural, readonly Plural[]>> = {
  leads: [],
  contacts: ['accounts', 'opportunities'],
  accounts: ['contacts', 'opportunities'],
  opportunities: ['accounts'],
}
/** The parts of a kind's cache that any change of the kind may change. */
const LISTS = ['window', 'facets', 'board', 'list']

const ownOperations = new Set<string>()

/** Notes an operation of this tab: the tab has shown it already, so that the stream's word of it is no news. */
export function noteOwnOperation(operationId: string | null): void {
  if (operationId === null) return
  ownOperations.add(operationId)
  if (ownOperations.size > 200) ownOperations.delete([...ownOperations][0] ?? '')
}

/** Makes what collects news and has the screens ask again, at most once a second. */
export function makeNewsReader(cache: QueryClient): (news: News[]) => void {
  let waiting: News[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let last = 0
  const apply = () => {
    timer = undefined
    last = Date.now()
    refreshTouched(cache, waiting)
    waiting = []
  }
  return (news) => {
    waiting.push(...news.filter((one) => !ownOperations.has(one.operationId)))
    if (waiting.length === 0 || timer !== undefined) return
    timer = setTimeout(apply, Math.max(30, last + NEWS_INTERVAL_MS - Date.now()))
  }
}

/** Has every screen that shows lists of the kind ask again. Records are asked for by `refreshRecord`. */
export function refreshLists(cache: QueryClient, plurals: Iterable<Plural>): void {
  const shown = new Set<string>()
  for (const plural of plurals) for (const one of [plural, ...SHOWN_IN[plural]]) shown.add(one)
  void cache.invalidateQueries({ predicate: ({ queryKey }) => shown.has(String(queryKey[0])) && LISTS.includes(String(queryKey[1])) })
  void cache.invalidateQueries({ queryKey: ['operations'] })
  void cache.invalidateQueries({ queryKey: ['views', 'counts'] })
}

export function refreshRecord(cache: QueryClient, plural: Plural, id: string): void {
  void cache.invalidateQueries({ queryKey: [plural, 'record', id] })
  void cache.invalidateQueries({ queryKey: [plural, 'history', id] })
}

function refreshTouched(cache: QueryClient, news: readonly News[]): void {
  const plurals = new Set<Plural>()
  const others = new Set<string>()
  for (const { touched } of news) {
    for (const { kind, id } of touched) {
      const plural = PLURALS[kind]
      if (plural === undefined) others.add(kind)
      else {
        plurals.add(plural)
        refreshRecord(cache, plural, id)
      }
    }
  }
  refreshLists(cache, plurals)
  if (others.has('user')) void cache.invalidateQueries({ predicate: ({ queryKey }) => ['people', 'users', 'me'].includes(String(queryKey[0])) })
  if (others.has('key')) void cache.invalidateQueries({ queryKey: ['keys'] })
}
