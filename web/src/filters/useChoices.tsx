import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ask } from '../api/client'
import type { Query } from '../api/query'
import { useFacets, useMe, usePeople } from '../api/records'
import type { AnyRecord, FacetValue, Page, Person } from '../api/types'
import { type FieldSpec, type KindSpec, kindsByPlural } from '../kinds'
import { Avatar } from '../ui/Avatar'
import { StatusIcon } from '../ui/StatusIcon'
import { words } from '../words'
import { listChosen } from './choices'
import { describeValue } from './describe'
import type { ValueChoice } from './ValueList'

/** The values of a field to choose from, with exact counts under the other filters of the query. */
export function useChoices(kind: KindSpec, field: FieldSpec, query: Query): ValueChoice[] | undefined {
  const facets = useFacets(kind.plural, query)?.facets
  const facet = facets && (facets[field.name] ?? [])
  const people = usePeople()
  const myId = useMe()?.user.id ?? ''
  const chosen = listChosen(kind, field, query)
  if (field.type === 'flag') return listFlags(facet)
  if (field.type === 'status') return listStatuses(kind, facet)
  if (facet === undefined) return undefined
  return field.type === 'owner' ? listOwners(facet, people, myId, chosen) : listValues(field, facet, chosen)
}

/** The records that a reference may name, whose names have the text. */
export function useReferenceChoices(field: FieldSpec, text: string): ValueChoice[] | undefined {
  const kind = kindsByPlural[field.refersTo ?? 'accounts']
  const { data } = useQuery({
    queryKey: [kind.plural, 'list', 'choices', text],
    enabled: field.refersTo !== undefined,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => (await ask<Page<AnyRecord>>(`${kind.plural}/`, { query: { search: text, limit: 20 }, signal })).data.results,
  })
  return data?.map((record) => ({ value: record.id, label: kind.titleOf(record), icon: <Avatar name={kind.titleOf(record)} size="tiny" /> }))
}

function listStatuses(kind: KindSpec, facet: readonly FacetValue[] | undefined): ValueChoice[] {
  return kind.statuses.map(({ value, label }) => ({ value, label, icon: <StatusIcon kind={kind} value={value} />, count: facet && countOf(facet, value) }))
}

function listFlags(facet: readonly FacetValue[] | undefined): ValueChoice[] {
  return [true, false].map((flag) => ({ value: String(flag), label: flag ? words.common.yes : words.common.no, count: facet && countOf(facet, flag) }))
}

/** Me, nobody, then the others: those who own the most first. */
function listOwners(facet: readonly FacetValue[], people: ReadonlyMap<string, Person>, myId: string, chosen: readonly (string | null)[]): ValueChoice[] {
  const names = new Map<string, string>()
  for (const person of people.values()) if (person.active) names.set(person.id, person.name ?? words.common.somebody)
  for (const { value, name } of facet) if (value !== null) names.set(String(value), name ?? people.get(String(value))?.name ?? words.common.somebody)
  names.delete(myId)
  const others = [...names].map(([value, label]) => ({ value, label, icon: <Avatar name={label} size="tiny" />, count: countOf(facet, value) }))
  others.sort((one, other) => other.count - one.count || one.label.localeCompare(other.label))
  const me = people.get(myId)?.name ?? words.common.me
  return [
    { value: chosen.includes(myId) ? myId : 'me', label: words.common.me, icon: <Avatar name={me} size="tiny" />, count: countOf(facet, myId) },
    { value: null, label: words.common.nobody, icon: <Avatar name="" size="tiny" />, count: countOf(facet, null) },
    ...others,
  ]
}

/** The values that records have, and those that are chosen though none has them now. */
function listValues(field: FieldSpec, facet: readonly FacetValue[], chosen: readonly (string | null)[]): ValueChoice[] {
  const labelOf = (value: string | null) => (value === null ? words.filter.noValue : describeValue(field, value, () => undefined))
  const present = facet
    .filter(({ value }) => value !== null || field.type !== 'tags')
    .map(({ value, count }) => ({ value: value === null ? null : String(value), count }))
  const absent = chosen.filter((value) => !present.some((one) => one.value === value)).map((value) => ({ value, count: 0 }))
  return [...present, ...absent].map(({ value, count }) => ({ value, label: labelOf(value), count }))
}

function countOf(facet: readonly FacetValue[], wanted: FacetValue['value']): number {
  return facet.find(({ value }) => value === wanted)?.count ?? 0
}
