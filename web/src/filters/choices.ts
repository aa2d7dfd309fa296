import { type Query, splitValues, toggleValue } from '../api/query'
import type { FieldSpec, KindSpec } from '../kinds'
import { nameParameter } from './parameters'

/** Parameters with their new values; undefined takes one away. */
export type QueryChanges = Readonly<Record<string, string | undefined>>

/** The parameters that choose some values of a field. */
interface ChoiceParameters {
  any: string
  absent: string
  /** For a single value with a comma, which `any` would split. */
  one: string
}

/** The values of a field that the address chooses; null stands for an absent value. */
export function listChosen(kind: KindSpec, field: FieldSpec, query: Query): (string | null)[] {
  const { any, absent, one } = nameChoiceParameters(kind, field)
  const single = query[one]
  const values = splitValues(query[any]).map((value) => (isNobody(field, value) ? null : value))
  return [...values, ...(single === undefined ? [] : [single]), ...(query[absent] === 'true' ? [null] : [])]
}

/**
 * Adds a value to those that the address chooses, or takes it away.
 *
 * The API has no parameter for "one of these, or none", except for owners: an absent value is chosen alone.
 */
export function toggleChoice(kind: KindSpec, field: FieldSpec, query: Query, value: string | null): QueryChanges {
  const { any, absent, one } = nameChoiceParameters(kind, field)
  const nothing = { [any]: undefined, [absent]: undefined, [one]: undefined }
  const isOn = listChosen(kind, field, query).includes(value)
  if (value === null && field.type === 'owner') return { ...nothing, [any]: toggleValue(query[any], NOBODY) }
  if (value === null) return { ...nothing, [absent]: isOn ? undefined : 'true' }
  if (value.includes(',')) return { ...nothing, [one]: isOn ? undefined : value }
  return { ...nothing, [any]: toggleValue(query[any], value) }
}

/** The parameters of the address that choose values of a field, and nothing else. */
export function listChoiceParameters(kind: KindSpec, field: FieldSpec, query: Query): string[] {
  const { any, absent, one } = nameChoiceParameters(kind, field)
  return [any, one, ...(query[absent] === 'true' ? [absent] : [])].filter((name) => name in query)
}

const NOBODY = 'none'

function isNobody(field: FieldSpec, value: string): boolean {
  return field.type === 'owner' && value === NOBODY
}

function nameChoiceParameters(kind: KindSpec, field: FieldSpec): ChoiceParameters {
  const named = (operator: 'in' | 'null' | 'eq' | 'contains') => nameParameter(kind, field.name, operator)
  return { any: named('in'), absent: named('null'), one: named(field.type === 'tags' ? 'contains' : 'eq') }
}
