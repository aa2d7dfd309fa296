import { useInfiniteQuery } from '@tanstack/react-query'
import { Outlet, useParams, useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import { ask } from '../api/client'
import { parseQuery, type Query } from '../api/query'
import type { OperationItem } from '../api/types'
import { useCommands } from '../state/commands'
import { Button } from '../ui/Button'
import { Bone } from '../ui/Bone'
import { Empty } from '../ui/Empty'
import { LoadError } from '../ui/LoadError'
import { PageHeader } from '../ui/PageHeader'
import { words } from '../words'
import { OperationFilters } from './OperationFilters'
import { OperationRow } from './OperationRow'
import styles from './Operations.module.css'

const PAGE_SIZE = 50
interface OperationPage {
  results: OperationItem[]
  next: string | null
}

/** What was done, newest first, with one operation open beside the list. */
export function Operations() {
  const query = useSearch({ strict: false }) as Query
  const { id } = useParams({ strict: false })
  const list = useRef<HTMLOListElement>(null)
  useCommands([
    { id: 'operations.next', label: words.operations.next, keys: 'j | ArrowDown', group: words.operations.group, keysOnly: true, run: () => moveFocus(list.current, 1) },
    { id: 'operations.previous', label: words.operations.previous, keys: 'k | ArrowUp', group: words.operations.group, keysOnly: true, run: () => moveFocus(list.current, -1) },
  ])
  return (
    <div className={styles.page} data-open={id !== undefined || undefined}>
      <main id="main" className={styles.main}>
        <PageHeader title={words.operations.title} />
        <p className={styles.intro}>{words.operations.intro}</p>
        <OperationFilters query={query} />
        <OperationList query={query} openId={id} list={list} />
      </main>
      <Outlet />
    </div>
  )
}

function OperationList({ query, openId, list }: { query: Query; openId?: string; list: React.RefObject<HTMLOListElement | null> }) {
  const found = useOperations(query)
  if (found.data === undefined) return found.error === null ? <Bones /> : <LoadError error={found.error} retry={() => void found.refetch()} />
  const rows = found.data.pages.flatMap((page) => page.results)
  if (rows.length === 0 && !found.hasNextPage) return <NothingFound filtered={Object.keys(query).length > 0} />
  return (
    <>
      <ol ref={list} className={styles.rows}>
        {rows.map((operation) => (
          <OperationRow key={operation.id} operation={operation} open={operation.id === openId} query={query} />
        ))}
      </ol>
      {found.hasNextPage && (
        <div className={styles.older}>
          <Button onClick={() => void found.fetchNextPage()} disabled={found.isFetchingNextPage}>
            {found.isFetchingNextPage ? words.operations.looking : words.operations.older}
          </Button>
        </div>
      )}
    </>
  )
}

function useOperations(query: Query) {
  return useInfiniteQuery({
    queryKey: ['operations', 'list', query],
    initialPageParam: query,
    queryFn: async ({ pageParam, signal }) => (await ask<OperationPage>('operations/', { query: { ...pageParam, limit: PAGE_SIZE }, signal })).data,
    getNextPageParam: (page): Query | undefined => (page.next === null ? undefined : { ...query, before: parseQuery(new URL(page.next).search).before ?? '' }),
  })
}

function NothingFound({ filtered }: { filtered: boolean }) {
  const { operations } = words
  return filtered ? <Empty title={operations.noMatchTitle} text={operations.noMatchText} /> : <Empty title={operations.emptyTitle} text={operations.emptyText} />
}

function Bones() {
  return (
    <div className={styles.rows} aria-busy="true">
      {[1, 2, 3, 4, 5, 6].map((row) => (
        <div key={row} className={styles.row}>
          <Bone width="medium" />
          <Bone />
        </div>
      ))}
    </div>
  )
}

function moveFocus(list: HTMLElement | null, by: 1 | -1): void {
  const links = [...(list?.querySelectorAll<HTMLElement>('li > a') ?? [])]
  const at = links.findIndex((link) => link === document.activeElement)
  links[at < 0 ? 0 : Math.max(0, Math.min(links.length - 1, at + by))]?.focus()
}
