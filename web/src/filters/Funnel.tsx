import type { CSSProperties, MouseEvent } from 'react'
import { type Query, splitValues, toggleValue } from '../api/query'
import { useFacets } from '../api/records'
import type { KindSpec, StatusSpec } from '../kinds'
import { Bone } from '../ui/Bone'
import { StatusIcon } from '../ui/StatusIcon'
import { words } from '../words'
import { formatNumber } from '../words/format'
import styles from './Funnel.module.css'
import { nameParameter } from './parameters'
import { useChangeQuery } from './useQuery'

/**
 * The statuses of a kind, each with the exact count of what the other filters find.
 *
 * A click filters by one status, a second click takes the filter away; with Ctrl or Shift it adds a status.
 */
export function Funnel({ kind, query }: { kind: KindSpec; query: Query }) {
  const change = useChangeQuery()
  const facet = useFacets(kind.plural, query)?.facets[kind.statusField]
  const name = nameParameter(kind, kind.statusField, 'in')
  const chosen = splitValues(query[name])
  const total = facet?.reduce((sum, { count }) => sum + count, 0) ?? 0
  const choose = (value: string, event: MouseEvent) => {
    const adds = event.ctrlKey || event.metaKey || event.shiftKey
    const isAlone = chosen.length === 1 && chosen[0] === value
    change({ [name]: adds ? toggleValue(query[name], value) : isAlone ? undefined : value })
  }
  return (
    <div className={styles.funnel} role="group" aria-label={words.filters.byStatus}>
      {kind.statuses.map((status) => (
        <Step
          key={status.value}
          kind={kind}
          status={status}
          count={facet && (facet.find(({ value }) => value === status.value)?.count ?? 0)}
          total={total}
          pressed={chosen.includes(status.value)}
          onClick={(event) => choose(status.value, event)}
        />
      ))}
    </div>
  )
}

interface StepProps {
  kind: KindSpec
  status: StatusSpec
  /** Undefined until it is read. */
  count: number | undefined
  total: number
  pressed: boolean
  onClick: (event: MouseEvent) => void
}

function Step({ kind, status, count, total, pressed, onClick }: StepProps) {
  const share = total > 0 ? (100 * (count ?? 0)) / total : 0
  return (
    <button type="button" className={styles.step} aria-pressed={pressed} onClick={onClick} style={{ '--share': `${share}%`, '--color': `var(${status.color})` } as CSSProperties}>
      <span className={styles.name}>
        <StatusIcon kind={kind} value={status.value} />
        <span className="ellipsis">{status.label}</span>
      </span>
      <b className={`${styles.count} num`}>{count === undefined ? <Bone width="narrow" /> : formatNumber(count)}</b>
      <i className={styles.bar} aria-hidden />
    </button>
  )
}
