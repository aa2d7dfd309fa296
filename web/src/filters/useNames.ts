import { useQueries } from '@tanstack/react-query'
import { type Query, splitValues } from '../api/query'
import { recordOptions, usePeople } from '../api/records'
import type { Plural } from '../api/types'
import { type FieldSpec, type KindSpec, kindsByPlural } from '../kinds'
import type { NameOf } from './describe'
import { findFilterField, listFilterParameters, readFilter } from './parameters'

/** Makes the function that names what the filters of the address refer to. Ids stay ids until their names are read. */
export function useNames(kind: KindSpec, query: Query): NameOf {
  const people = usePeople()
  const references = listReferences(kind, query)
  const records = useQueries({ queries: references.map(({ plural, id }) => ({ ...recordOptions(plural, id), retry: false })) })
  const titles = new Map<string, string>()
  references.forEach(({ plural, id }, at) => {
    const record = records[at]?.data?.record
    if (record !== undefined) titles.set(id, kindsByPlural[plural].titleOf(record))
  })
  return (field: FieldSpec, id: string) => (field.type === 'owner' ? (people.get(id)?.name ?? undefined) : titles.get(id))
}

const MOST_NAMED = 4

/** The records that the filters name; only as many as a chip tells. */
function listReferences(kind: KindSpec, query: Query): { plural: Plural; id: string }[] {
  return listFilterParameters(query).flatMap(([name, value]) => {
    const filter = readFilter(kind, name, value)
    const plural = filter && findFilterField(kind, filter.field)?.refersTo
    if (plural === undefined || filter?.operator === 'null') return []
    return splitValues(value).slice(0, MOST_NAMED).map((id) => ({ plural, id }))
  })
}
