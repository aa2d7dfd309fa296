import { describe, expect, it } from 'vitest'
import { kindsByPlural } from '../kinds'
import { operatorsOf } from './operators'
import { buildFilter, describeFilter, readFilters } from './parameters'

const { leads } = kindsByPlural
const plain = (_: unknown, value: string) => value

describe('the filters of an address', () => {
  it('are all parameters but those of search, order and look', () => {
    const query = { search: 'a', sort: 'company', view: 'board', status: 'new,lost', 'company[contains]': 'acme', createdAfter: '2026-01-01' }
    expect(readFilters(query).map(({ field, operator, value }) => [field, operator, value])).toEqual([
      ['status', 'in', 'new,lost'],
      ['company', 'contains', 'acme'],
      ['createdAt', 'gt', '2026-01-01'],
    ])
  })

  it('come back from the address that they make, for every field and operator', () => {
    for (const kind of Object.values(kindsByPlural)) {
      for (const field of kind.fields) {
        for (const operator of operatorsOf(field.type)) {
          const [parameter, value] = buildFilter(field.name, operator, ' some text ')
          const [filter] = readFilters({ [parameter]: value })
          expect(filter).toMatchObject({ parameter, field: field.name, operator })
        }
      }
    }
  })

  it('read as sentences', () => {
    const [contains, empty, from, unknown] = readFilters({ 'company[contains]': 'acme', 'phone[null]': 'true', 'createdAt[gte]': '2026-01-01', nonsense: '1' })
    expect(describeFilter(leads, contains!, plain)).toBe('Company contains acme')
    expect(describeFilter(leads, empty!, plain)).toBe('Phone is empty')
    expect(describeFilter(leads, from!, plain)).toBe('Created from 2026-01-01')
    expect(describeFilter(leads, unknown!, plain)).toBe('nonsense is any of 1')
  })
})
