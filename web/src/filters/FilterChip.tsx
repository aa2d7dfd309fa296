import { useState } from 'react'
import type { Query } from '../api/query'
import type { KindSpec } from '../kinds'
import { Chip } from './Chip'
import { describeFilter, type NameOf } from './describe'
import { FilterForm } from './FilterForm'
import { buildFilter, type Filter, findFilterField, readFilter } from './parameters'
import { UnknownForm } from './UnknownForm'
import { useChangeQuery } from './useQuery'

interface Props {
  kind: KindSpec
  query: Query
  /** The parameter of the address. */
  name: string
  value: string
  nameOf: NameOf
}

/** The chip of a parameter that no main field tells. */
export function FilterChip({ kind, query, name, value, nameOf }: Props) {
  const change = useChangeQuery()
  const [open, setOpen] = useState(false)
  const filter = readFilter(kind, name, value)
  const field = filter && findFilterField(kind, filter.field)
  const save = (newName: string, newValue: string) => {
    change({ [name]: undefined, [newName]: newValue })
    setOpen(false)
  }
  const saveFilter = (changed: Filter) => save(...buildFilter(kind, changed))
  return (
    <Chip {...describeFilter(kind, name, value, nameOf)} open={open} onOpenChange={setOpen} onRemove={() => change({ [name]: undefined })}>
      {filter !== undefined && field !== undefined ? (
        <FilterForm kind={kind} query={query} field={field} filter={filter} onSave={saveFilter} />
      ) : (
        <UnknownForm name={name} value={value} onSave={(changed) => save(name, changed)} />
      )}
    </Chip>
  )
}
