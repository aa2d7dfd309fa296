import { describe, expect, it } from 'vitest'
import { kindsByPlural } from '../kinds'
import { chooseColumns, columnsParameter, columnTracks, fitColumns, moveColumn } from './columns'

const { leads } = kindsByPlural
const usual = chooseColumns(leads, undefined)
const namesOf = (columns: readonly { field: string }[]) => columns.map((column) => column.field)

describe('the columns of a list', () => {
  it('are chosen by the address, in its order', () => {
    expect(namesOf(chooseColumns(leads, 'leadScore,record,nonsense,record'))).toEqual(['leadScore', 'record'])
    expect(chooseColumns(leads, 'nonsense')).toEqual(usual)
    expect(columnsParameter(leads, usual)).toBeUndefined()
    expect(columnsParameter(leads, moveColumn(usual, 0, 1))).toMatch(/^company,record,status/)
  })

  it('yield in a fixed order on a narrow window', () => {
    expect(fitColumns(usual, 1200)).toEqual(usual)
    const without = (width: number) => namesOf(usual).filter((field) => !namesOf(fitColumns(usual, width)).includes(field))
    expect(without(1000)).toEqual(['source'])
    expect(without(900)).toEqual(['source', 'email'])
    expect(without(700)).toEqual(['assignedTo', 'source', 'email'])
    expect(namesOf(fitColumns(usual, 300))).toEqual(['record', 'company', 'status', 'leadScore', 'createdAt'])
  })

  it('keep the widths that somebody chose', () => {
    const columns = chooseColumns(leads, 'record,leadScore')
    expect(columnTracks(columns, {})).toBe('38px minmax(104px, 1.5fr) 84px')
    expect(columnTracks(columns, { record: 300 })).toBe('38px 300px 84px minmax(0, 1fr)')
  })
})
