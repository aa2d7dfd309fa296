import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { splitValues, toggleValue, type Query } from '../api/query'
import { usePeople } from '../api/records'
import type { FacetValue } from '../api/types'
import { findField, type KindSpec } from '../kinds'
import { Button } from '../ui/Button'
import { Checkbox } from '../ui/Checkbox'
import { Popover } from '../ui/Popover'
import { inputClass } from '../ui/TextField'
import { nameOfValue, words } from '../words'
import { formatNumber } from '../words/format'
import styles from './FilterBar.module.css'
import { useChangeQuery } from './useQuery'

const SEARCH_FROM = 8
const MOST_SHOWN = 100

interface Props {
  kind: KindSpec
  field: string
  query: Query
  facets: readonly FacetValue[] | undefined
}

/** A chip that chooses values of one field, with the exact count of each. */
export function ValueFilter({ kind, field, query, facets }: Props) {
  const changeQuery = useChangeQuery()
  const people = usePeople()
  const [wanted, setWanted] = useState('')
  const spec = findField(kind, field)
  const isOwner = spec?.type === 'owner'
  const isEmptyChosen = query[`${field}[null]`] === 'true'
  const chosen = splitValues(query[field])

  const nameOf = (value: FacetValue['value']) => {
    if (value === null || value === 'none') return isOwner ? words.common.nobody : words.filter.noValue
    if (isOwner) return people.get(String(value))?.name ?? words.common.somebody
    return spec?.type === 'source' ? nameOfValue(String(value)) : String(value)
  }
  const isChosen = (value: FacetValue['value']) => (value === null ? (isOwner ? chosen.includes('none') : isEmptyChosen) : chosen.includes(String(value)))
  const toggle = (value: FacetValue['value']) => {
    if (value === null && !isOwner) changeQuery({ [`${field}[null]`]: isEmptyChosen ? undefined : 'true', [field]: undefined })
    else changeQuery({ [field]: toggleValue(query[field], value === null ? 'none' : String(value)), [`${field}[null]`]: undefined })
  }

  const values = withChosen(facets ?? [], chosen)
  const most = Math.max(1, ...values.map(({ count }) => count))
  const shown = values.filter(({ value }) => nameOf(value).toLowerCase().includes(wanted.toLowerCase())).slice(0, MOST_SHOWN)
  const label = spec?.label ?? field
  return (
    <Popover
      label={label}
      trigger={
        <Button pressed={chosen.length > 0 || isEmptyChosen}>
          {describeChoice(label, chosen, isEmptyChosen, nameOf)}
          <ChevronDown aria-hidden />
        </Button>
      }
    >
      <div className={styles.values}>
        {values.length > SEARCH_FROM && (
          <input className={`${inputClass} ${styles.find}`} value={wanted} placeholder={words.filter.findValue} aria-label={words.filter.findValue} onChange={(event) => setWanted(event.target.value)} />
        )}
        {shown.map(({ value, count }) => (
          <div key={String(value)} className={styles.value}>
            <span className={styles.tint} style={{ width: `${(count / most) * 97}%` }} aria-hidden />
            <Checkbox checked={isChosen(value)} onChange={() => toggle(value)} label={<span className="ellipsis">{nameOf(value)}</span>} />
            <span className={`${styles.count} num`}>{formatNumber(count)}</span>
          </div>
        ))}
        {shown.length === 0 && <p className="muted">{words.common.nothingFound}</p>}
      </div>
    </Popover>
  )
}

/** The counted values, and those that are chosen but find nothing now. */
function withChosen(facets: readonly FacetValue[], chosen: readonly string[]): FacetValue[] {
  const known = new Set(facets.map(({ value }) => (value === null ? 'none' : String(value))))
  return [...facets, ...chosen.filter((value) => !known.has(value)).map((value) => ({ value, count: 0 }))]
}

function describeChoice(label: string, chosen: readonly string[], isEmpty: boolean, nameOf: (value: string | null) => string): string {
  if (isEmpty) return `${label}: ${nameOf(null)}`
  if (chosen.length === 0) return label
  return chosen.length === 1 ? `${label}: ${nameOf(chosen[0] ?? '')}` : `${label}: ${words.filter.several(chosen.length)}`
}
