import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Bookmark } from 'lucide-react'
import { useState } from 'react'
import type { Query } from '../api/query'
import { useCommands } from '../state/commands'
import rows from '../ui/SideRows.module.css'
import { words } from '../words'
import { formatNumber } from '../words/format'
import { NameDialog } from './NameDialog'
import { ViewMenu } from './ViewMenu'
import styles from './ViewList.module.css'
import { addressOf, BUILT_IN, countOptions, isShown, savedViewsOptions, sectionOf, type View, viewCountsOptions } from './views'
import { useViewWrites } from './useViewWrites'

/** The lists that everybody has and those that the person keeps, each with its exact count. */
export function ViewList({ pathname, query }: { pathname: string; query: Query }) {
  const [renamed, setRenamed] = useState<View>()
  const { rename } = useViewWrites()
  const { data: saved = [] } = useQuery(savedViewsOptions)
  const { data: counts } = useQuery({ ...viewCountsOptions, enabled: saved.length > 0 })
  useGoCommands([...BUILT_IN, ...saved])
  const here = sectionOf(pathname)
  return (
    <nav className={rows.rows} aria-label={words.views.title}>
      <h2 className={rows.heading}>{words.views.title}</h2>
      {BUILT_IN.map((view) => (
        <BuiltInView key={view.id} view={view} here={isShown(view, pathname, query)} />
      ))}
      {saved.map((view) => (
        <div key={view.id} className={styles.saved}>
          <ViewLink view={view} here={isShown(view, pathname, query)} count={counts?.[view.id]} />
          <ViewMenu view={view} shown={here === view.plural ? query : undefined} onRename={() => setRenamed(view)} />
        </div>
      ))}
      {renamed !== undefined && (
        <NameDialog title={words.views.renameTitle} name={renamed.name} onSave={(name) => rename(renamed, name)} onClose={() => setRenamed(undefined)} />
      )}
    </nav>
  )
}

function BuiltInView({ view, here }: { view: View; here: boolean }) {
  const { data: count } = useQuery(countOptions(view.plural, view.query))
  return <ViewLink view={view} here={here} count={count} />
}

/** The count is null for a view whose filters do not work any more, undefined until it is read. */
function ViewLink({ view, here, count }: { view: View; here: boolean; count: number | null | undefined }) {
  const navigate = useNavigate()
  const Icon = view.icon ?? Bookmark
  return (
    <a
      href={addressOf(view)}
      className={rows.row}
      aria-current={here ? 'page' : undefined}
      title={count === null ? words.views.broken : view.name}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        void navigate({ href: addressOf(view) })
      }}
    >
      <Icon aria-hidden />
      <span className="ellipsis grow">{view.name}</span>
      <span className={`${rows.count} num`}>{count === undefined ? '' : count === null ? words.common.none : formatNumber(count)}</span>
    </a>
  )
}

function useGoCommands(views: readonly View[]): void {
  const navigate = useNavigate()
  useCommands(
    views.map((view) => ({
      id: `view.${view.id}`,
      label: words.shell.goTo(view.name),
      group: words.views.title,
      run: () => void navigate({ href: addressOf(view) }),
    })),
  )
}
