import { describe, expect, it } from 'vitest'
import { formatAge, formatCount, formatDay } from './format'

const NOW = Date.parse('2026-12-01T10:00:00Z')

describe('words for times and numbers', () => {
  it('say how long ago within a week, then the day', () => {
    const ages = ['2026-12-01T09:59:30Z', '2026-12-01T09:55:00Z', '2026-12-01T07:00:00Z', '2026-11-30T09:00:00Z', '2026-11-27T10:00:00Z', '2026-10-05T10:00:00Z', '2025-10-05T10:00:00Z']
    expect(ages.map((time) => formatAge(time, NOW))).toEqual(['now', '5 min ago', '3 h ago', 'yesterday', '4 days ago', '5 Oct', '5 Oct 2025'])
  })

  it('keep a day that day in every time zone', () => {
    expect(formatDay('2026-12-01', NOW)).toBe('1 Dec')
  })

  it('count exactly', () => {
    expect(formatCount(1, { one: 'lead', many: 'leads' })).toBe('1 lead')
    expect(formatCount(22_327, { one: 'lead', many: 'leads' })).toBe('22,327 leads')
  })
})
