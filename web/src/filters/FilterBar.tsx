import { X } from 'lucide-react'
import type { Query } from '../api/query'
import { useFacets, usePeople } from '../api/records'
import { findField, type FieldSpec, type KindSpec } from '../kinds'
import { valueText } from '../record/FieldValue'
import { Button } from '../ui/Button'
import { words } from '../words'
import { CreatedFilter } from './CreatedFilter'
import styles from './FilterBar.module.css'
import { MoreFilters } from './MoreFilters'
import { describeFilter, type Filter, readFilters } from './parameters'
import { ScoreFilter } from './ScoreFilter'
import { SearchField } from './SearchField'
import { useChangeQuery } from './useQuery'
import { ValueFilter } from './ValueFilter'

/** The parameters that have a chip of their own, by the field of the chip. */
const CREATED = ['createdAt[gte]', 'createdAt[lt]']
const SCORE = ['leadScore[gte]', 'leadScore[null]']
const SHOWN_VALUES = 3

/** The search and the filters of a list. What the address filters by is always shown. */
export function FilterBar({ kind, query }: { kind: KindSpec; query: Query }) {
  const changeQuery = useChangeQuery()
  const facets = useFacets(kind.plural, query)
  const own = new Set([kind.statusField, ...listChips(kind), ...CREATED, ...(hasScore(kind) ? SCORE : [])])
  const filters = readFilters(query)
  const others = filters.filter(({ parameter }) => !own.has(parameter))
  const clear = () => changeQuery(Object.fromEntries([...filters.map(({ parameter }) => [parameter, undefined]), ['search', undefined]]))
  return (
    <div className={styles.bar}>
      <SearchField key={kind.plural} hint={kind.searchHint} text={query.search ?? ''} />
      {listChips(kind).map((field) => (
        <ValueFilter key={field} kind={kind} field={field} query={query} facets={facets?.facets[field]} />
      ))}
      {hasScore(kind) && <ScoreFilter query={query} />}
      <CreatedFilter query={query} />
      {others.map((filter) => (
        <FilterChip key={filter.parameter} kind={kind} filter={filter} />
      ))}
      <MoreFilters kind={kind} />
      {(filters.length > 0 || query.search !== undefined) && (
        <Button look="quiet" onClick={clear}>
          {words.filter.clear}
        </Button>
      )}
    </div>
  )
}

function FilterChip({ kind, filter }: { kind: KindSpec; filter: Filter }) {
  const changeQuery = useChangeQuery()
  const people = usePeople()
  const textOf = (field: FieldSpec | undefined, value: string) => {
    if (field === undefined) return value
    const texts = value.split(',').map((one) => (one === 'none' ? words.common.nobody : valueText(kind, field.name, readValue(field, one), people)))
    return texts.length > SHOWN_VALUES ? words.filter.several(texts.length) : texts.join(', ')
  }
  const text = describeFilter(kind, filter, textOf)
  return (
    <Button pressed aria-label={words.filter.remove(text)} onClick={() => changeQuery({ [filter.parameter]: undefined })}>
      <span className={styles.chipText}>{text}</span>
      <X aria-hidden />
    </Button>
  )
}

/** The fields whose values are chosen by a chip of their own. */
function listChips(kind: KindSpec): string[] {
  return kind.facets.filter((field) => ['owner', 'source', 'tags'].includes(findField(kind, field)?.type ?? '') || field === 'industry')
}

function hasScore(kind: KindSpec): boolean {
  return kind.facets.includes('leadScore')
}

function readValue(field: FieldSpec, text: string): unknown {
  if (field.type === 'flag') return text === 'true'
  return field.type === 'tags' ? [text] : text
}
