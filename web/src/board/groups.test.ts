import { expect, test } from 'vitest'
import type { RowWindow } from '../api/records'
import { leads } from '../kinds/leads'
import { groupRows } from './groups'

const page = (...rows: { id: string; status: string }[]): RowWindow[] => [{ count: rows.length, rows, start: 0, seq: 0 }]
const idsOf = (groups: ReturnType<typeof groupRows>, status: string) => groups.get(status)?.map((row) => row.id)

test('a row stands in the column of its status, on top if it came from another', () => {
  const groups = groupRows(leads, [page({ id: 'a', status: 'contacted' }, { id: 'b', status: 'new' }), page({ id: 'c', status: 'contacted' })], [])
  expect(idsOf(groups, 'new')).toEqual(['b'])
  expect(idsOf(groups, 'contacted')).toEqual(['a', 'c'])
  expect(idsOf(groups, 'lost')).toEqual([])
})

test('a row that two pages have is shown once', () => {
  const groups = groupRows(leads, [[...page({ id: 'a', status: 'new' }), ...page({ id: 'a', status: 'new' }, { id: 'b', status: 'new' })]], [])
  expect(idsOf(groups, 'new')).toEqual(['a', 'b'])
})

test('a moved row that no page has stands on top, and one that a page has stands where the page has it', () => {
  const groups = groupRows(leads, [page({ id: 'a', status: 'new' }, { id: 'b', status: 'new' })], [{ id: 'b', status: 'new' }, { id: 'z', status: 'new' }, undefined])
  expect(idsOf(groups, 'new')).toEqual(['z', 'a', 'b'])
})
