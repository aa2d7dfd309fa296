import { changeQuery, type Query } from '../api/query'

const DAY_MS = 86_400_000
/** Fewer leads than this give no rate: one lead more or less would change it by more than 10 per cent. */
export const LEAST_FOR_RATE = 10

/** The filters of the leads that a report is about: added within so many days, and of one owner if one is chosen. */
export function reportFilters(query: Query, now: number): Query {
  const days = Number(query.days ?? '365')
  const since = Number.isFinite(days) ? new Date(now - days * DAY_MS).toISOString().slice(0, 10) : undefined
  return changeQuery({}, { 'createdAt[gte]': since, assignedTo: query.assignedTo })
}

/** The months of facets in order of time, without gaps: `2025-11`, `2025-12`, `2026-01`. */
export function fillMonths(months: readonly string[]): string[] {
  const sorted = [...months].sort()
  const filled: string[] = []
  let [year = 0, month = 1] = (sorted[0] ?? '').split('-').map(Number)
  for (;;) {
    const text = `${year}-${String(month).padStart(2, '0')}`
    if (sorted.length === 0 || text > (sorted.at(-1) ?? '')) return filled
    filled.push(text)
    month += 1
    if (month > 12) [year, month] = [year + 1, 1]
  }
}
