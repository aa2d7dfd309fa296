import type { Query } from '../api/query'
import { type FieldSpec, findField, type KindSpec } from '../kinds'
import { listChoiceParameters } from './choices'
import { listFilterParameters, nameParameter } from './parameters'

/** The fields that always have a chip, in order. */
export function listMainFields(kind: KindSpec): FieldSpec[] {
  const byValue = kind.facets.map((name) => findField(kind, name)).filter((field) => field !== undefined && field.type !== 'flag')
  const days = kind.fields.filter((field) => field.type === 'day')
  const created = kind.fields.filter((field) => field.name === 'createdAt')
  return [...byValue, ...days, ...created].filter((field) => field !== undefined)
}

/** The parameters of a period: from its first day on, and up to its last. */
export function namePeriod(kind: KindSpec, field: FieldSpec): { from: string; to: string } {
  return { from: nameParameter(kind, field.name, 'gte'), to: `${field.name}[${field.type === 'day' ? 'lte' : 'lt'}]` }
}

/** The parameters of the address that the chip of a main field tells. */
export function listOwnParameters(kind: KindSpec, field: FieldSpec, query: Query): string[] {
  if (field.type === 'time' || field.type === 'day') return Object.values(namePeriod(kind, field)).filter((name) => name in query)
  if (field.type === 'score') return [nameParameter(kind, field.name, 'gte')].filter((name) => name in query)
  return listChoiceParameters(kind, field, query)
}

/** The parameters of the address that no main field tells: each has a chip of its own. */
export function listOtherParameters(kind: KindSpec, query: Query): [name: string, value: string][] {
  const told = new Set([...listMainFields(kind), ...listStatusField(kind)].flatMap((field) => listOwnParameters(kind, field, query)))
  return listFilterParameters(query).filter(([name]) => !told.has(name))
}

/** The field of the status, which has a chip while the address filters by it; the funnel shows it, too. */
export function listStatusField(kind: KindSpec): FieldSpec[] {
  return kind.fields.filter((field) => field.name === kind.statusField)
}
