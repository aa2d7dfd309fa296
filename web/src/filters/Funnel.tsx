import { splitValues, toggleValue, type Query } from '../api/query'
import { useFacets } from '../api/records'
import type { KindSpec } from '../kinds'
import { StatusIcon } from '../ui/StatusIcon'
import { words } from '../words'
import { formatNumber } from '../words/format'
import styles from './Funnel.module.css'
import { useChangeQuery } from './useQuery'

/** The statuses with their exact counts. A click shows one status alone, with Ctrl or Shift several. */
export function Funnel({ kind, query }: { kind: KindSpec; query: Query }) {
  const changeQuery = useChangeQuery()
  const facets = useFacets(kind.plural, query)
  const chosen = splitValues(query[kind.statusField])
  const counts = new Map(facets?.facets[kind.statusField]?.map(({ value, count }) => [value, count]))
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)

  const choose = (value: string, adds: boolean) => {
    const alone = chosen.length === 1 && chosen[0] === value ? undefined : value
    changeQuery({ [kind.statusField]: adds ? toggleValue(query[kind.statusField], value) : alone })
  }
  return (
    <div className={styles.funnel} role="group" aria-label={words.filter.funnel}>
      {kind.statuses.map((status) => {
        const count = counts.get(status.value) ?? 0
        return (
          <button
            key={status.value}
            type="button"
            className={styles.status}
            aria-pressed={chosen.includes(status.value)}
            onClick={(event) => choose(status.value, event.ctrlKey || event.metaKey || event.shiftKey)}
          >
            <span className={styles.name}>
              <StatusIcon kind={kind} value={status.value} />
              <span className="ellipsis" title={status.label}>
                {status.label}
              </span>
            </span>
            <span className={`${styles.count} num`}>{facets === undefined ? ' ' : formatNumber(count)}</span>
            <meter className={styles.share} data-color={status.color} min={0} max={Math.max(1, total)} value={count} aria-hidden />
          </button>
        )
      })}
    </div>
  )
}
