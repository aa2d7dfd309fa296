import type { RowWindow } from '../api/records'
import type { AnyRecord } from '../api/types'
import type { KindSpec } from '../kinds'

/**
 * Groups rows by the status that they have now. `pages` are those of the columns, in the columns' order.
 *
 * A row that came from another column, and a row that is `pinned`, stand on top: their place in the order is unknown.
 */
export function groupRows(kind: KindSpec, pages: readonly (readonly RowWindow[] | undefined)[], pinned: readonly (AnyRecord | undefined)[]): Map<string, AnyRecord[]> {
  const seen = new Set<string>()
  const strangers = new Map<string, AnyRecord[]>()
  const own = new Map<string, AnyRecord[]>()
  const put = (row: AnyRecord, home: string | undefined) => {
    if (seen.has(row.id)) return
    seen.add(row.id)
    const status = String(row[kind.statusField])
    const groups = status === home ? own : strangers
    const group = groups.get(status)
    if (group === undefined) groups.set(status, [row])
    else group.push(row)
  }
  kind.statuses.forEach((status, at) => pages[at]?.forEach((page) => page.rows.forEach((row) => put(row, status.value))))
  for (const row of pinned) if (row !== undefined) put(row, undefined)
  return new Map(kind.statuses.map(({ value }) => [value, [...(strangers.get(value) ?? []), ...(own.get(value) ?? [])]]))
}
