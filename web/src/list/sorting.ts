import { splitValues } from '../api/query'
import type { ColumnSpec } from '../kinds'

/** How lists are sorted without `sort`: the newest first. */
export const DEFAULT_SORT = '-createdAt'
/** Types of columns that people want from the greatest down. */
const GREATEST_FIRST = new Set<ColumnSpec['type']>(['score', 'amount', 'count', 'time'])

export type Direction = 'ascending' | 'descending'

/** The direction in which the list is sorted by the field, undefined if it is not. */
export function directionOf(sort: string | undefined, field: string): Direction | undefined {
  const keys = splitValues(sort ?? DEFAULT_SORT)
  if (keys.includes(field)) return 'ascending'
  return keys.includes(`-${field}`) ? 'descending' : undefined
}

/**
 * The sort after a click on a column's header: by the column alone, or the other way round.
 *
 * `adds` keeps the other keys; a column that was sorted both ways is then taken out.
 */
export function sortAfterClick(sort: string | undefined, column: ColumnSpec, adds: boolean): string | undefined {
  if (column.sort === undefined) return sort
  const first = GREATEST_FIRST.has(column.type) ? `-${column.sort}` : column.sort
  const second = first === column.sort ? `-${column.sort}` : column.sort
  const keys = splitValues(sort ?? DEFAULT_SORT)
  if (!adds) return omitDefault(keys.length === 1 && keys[0] === first ? second : first)
  if (keys.includes(first)) return omitDefault(keys.map((key) => (key === first ? second : key)).join(','))
  const rest = keys.filter((key) => key !== second)
  return omitDefault((keys.includes(second) ? rest : [...rest, first]).join(','))
}

/** The field that the list is sorted by first. */
export function firstSortField(sort: string | undefined): string {
  return (splitValues(sort)[0] ?? DEFAULT_SORT).replace(/^-/, '')
}

function omitDefault(sort: string): string | undefined {
  return sort === DEFAULT_SORT || sort === '' ? undefined : sort
}
