import { Outlet, useParams } from '@tanstack/react-router'
import { LayoutList, Plus, SquareKanban } from 'lucide-react'
import { type ComponentType, Suspense, useState } from 'react'
import type { Query } from '../api/query'
import { useFacets } from '../api/records'
import { FilterBar } from '../filters/FilterBar'
import { Funnel } from '../filters/Funnel'
import { useAddressQuery, useChangeQuery } from '../filters/useQuery'
import type { KindSpec } from '../kinds'
import { useCommands } from '../state/commands'
import { openDialog } from '../state/dialogs'
import { Button } from '../ui/Button'
import { PageHeader } from '../ui/PageHeader'
import { Segmented } from '../ui/Segmented'
import { words } from '../words'
import { formatNumber } from '../words/format'
import { ColumnMenu } from './ColumnMenu'
import styles from './ListPage.module.css'
import { RecordList } from './RecordList'

interface Props {
  kind: KindSpec
  /** The board of the kind, for kinds that have one. */
  board?: ComponentType<{ kind: KindSpec; query: Query }>
}

/** The list or board of a kind; a record that the address names stands beside it. */
export function ListPage({ kind, board: Board }: Props) {
  const query = useAddressQuery()
  const { id } = useParams({ strict: false })
  const [listCount, setListCount] = useState<number>()
  const boardCount = useFacets(kind.plural, query)?.count
  const isBoard = Board !== undefined && query.view === 'board'
  return (
    <div className={styles.page} data-open={id !== undefined || undefined} data-full={(id !== undefined && query.full === '1') || undefined}>
      <main id="main" className={styles.surface}>
        <PageHeader title={kind.Many} beside={<Count kind={kind} count={isBoard ? boardCount : listCount} />}>
          {Board !== undefined && <ViewChoice isBoard={isBoard} />}
          {!isBoard && <ColumnMenu kind={kind} query={query} />}
          <Button look="primary" className={styles.new} keys={kind.plural === 'leads' ? 'n' : undefined} onClick={() => openDialog({ name: 'create', plural: kind.plural })}>
            <Plus aria-hidden />
            <span className={styles.newLabel}>{words.list.newOne(kind.one)}</span>
          </Button>
        </PageHeader>
        <Funnel kind={kind} query={query} />
        <FilterBar kind={kind} query={query} />
        {isBoard ? (
          <Suspense>
            <Board kind={kind} query={query} />
          </Suspense>
        ) : (
          <RecordList kind={kind} query={query} openId={id} onCount={setListCount} />
        )}
      </main>
      <Outlet />
    </div>
  )
}

/** The exact number of records, which a reader of the screen hears after a filter. */
function Count({ kind, count }: { kind: KindSpec; count: number | undefined }) {
  return (
    <span className={`${styles.count} num`} role="status">
      {count !== undefined && formatNumber(count)}
      <span className="sr"> {kind.many}</span>
    </span>
  )
}

function ViewChoice({ isBoard }: { isBoard: boolean }) {
  const changeAddress = useChangeQuery()
  const { list } = words
  const show = (view: 'list' | 'board') => changeAddress({ view: view === 'board' ? view : undefined })
  useCommands([
    { id: 'list.asList', label: list.asList, keys: 'v l', group: list.group, run: () => show('list') },
    { id: 'list.asBoard', label: list.asBoard, keys: 'v b', group: list.group, run: () => show('board') },
  ])
  return (
    <Segmented
      label={list.view}
      value={isBoard ? 'board' : 'list'}
      choices={[
        { value: 'list', label: list.list, icon: <LayoutList size={15} aria-hidden /> },
        { value: 'board', label: list.board, icon: <SquareKanban size={15} aria-hidden /> },
      ]}
      onChoose={show}
    />
  )
}
