import { useRef } from 'react'
import type { Query } from '../api/query'
import type { KindSpec } from '../kinds'
import { useCommands } from '../state/commands'
import { Button } from '../ui/Button'
import { SaveView } from '../views/SaveView'
import { words } from '../words'
import { AddFilter } from './AddFilter'
import styles from './FilterBar.module.css'
import { FilterChip } from './FilterChip'
import { MainChip } from './MainChips'
import { listMainFields, listOtherParameters, listOwnParameters, listStatusField } from './mainFields'
import { listFilterParameters } from './parameters'
import { SearchField } from './SearchField'
import { useNames } from './useNames'
import { useChangeQuery } from './useQuery'

/** The search and the filters of a list. Everything that the address filters by is shown, and can be taken away. */
export function FilterBar({ kind, query }: { kind: KindSpec; query: Query }) {
  const bar = useRef<HTMLDivElement>(null)
  const change = useChangeQuery()
  const nameOf = useNames(kind, query)
  const parameters = [...listFilterParameters(query).map(([name]) => name), ...('search' in query ? ['search'] : [])]
  const status = listStatusField(kind).filter((field) => listOwnParameters(kind, field, query).length > 0)
  const clear = () => change(Object.fromEntries(parameters.map((name) => [name, undefined])))
  const clearHere = () => {
    clear()
    bar.current?.querySelector('input')?.focus() // the button goes away with the filters
  }
  useCommands(parameters.length > 0 ? [{ id: 'filter.clear', label: words.filter.clearLabel, group: words.filter.group, run: clear }] : [])
  return (
    <div className={styles.bar} role="group" aria-label={words.filter.bar} ref={bar}>
      <SearchField key={kind.plural} hint={kind.searchHint} text={query.search ?? ''} />
      {[...status, ...listMainFields(kind)].map((field) => (
        <MainChip key={field.name} kind={kind} field={field} query={query} nameOf={nameOf} />
      ))}
      {listOtherParameters(kind, query).map(([name, value]) => (
        <FilterChip key={name} kind={kind} query={query} name={name} value={value} nameOf={nameOf} />
      ))}
      <AddFilter key={`add ${kind.plural}`} kind={kind} query={query} />
      {parameters.length > 0 && (
        <Button look="quiet" onClick={clearHere}>
          {words.filter.clear}
        </Button>
      )}
      <SaveView kind={kind} query={query} />
    </div>
  )
}
