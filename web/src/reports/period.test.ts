import { describe, expect, it } from 'vitest'
import { fillMonths, reportFilters } from './period'

const NOW = Date.parse('2026-12-01T10:00:00Z')

describe('the filters of a report', () => {
  it('begin so many days ago', () => {
    expect(reportFilters({ days: '30' }, NOW)).toEqual({ 'createdAt[gte]': '2026-11-01' })
  })

  it('are of a year by default, and of all time if asked', () => {
    expect(reportFilters({}, NOW)).toEqual({ 'createdAt[gte]': '2025-12-01' })
    expect(reportFilters({ days: 'all', assignedTo: 'usr_1' }, NOW)).toEqual({ assignedTo: 'usr_1' })
  })
})

describe('the months of a report', () => {
  it('have no gaps', () => {
    expect(fillMonths(['2026-02', '2025-11'])).toEqual(['2025-11', '2025-12', '2026-01', '2026-02'])
    expect(fillMonths([])).toEqual([])
  })
})
