import { describe, expect, it } from 'vitest'
import { kindsByPlural } from '../kinds'
import { directionOf, sortAfterClick } from './sorting'

function columnOf(field: string) {
  const column = kindsByPlural.leads.columns.find((one) => one.field === field)
  if (column === undefined) throw new Error(field)
  return column
}

describe('sorting by a click', () => {
  it('begins with what people want first, and turns round', () => {
    expect(sortAfterClick(undefined, columnOf('leadScore'), false)).toBe('-leadScore')
    expect(sortAfterClick('-leadScore', columnOf('leadScore'), false)).toBe('leadScore')
    expect(sortAfterClick(undefined, columnOf('company'), false)).toBe('company')
    expect(sortAfterClick('company', columnOf('company'), false)).toBe('-company')
  })

  it('leaves the default out of the address', () => {
    expect(sortAfterClick('company', columnOf('createdAt'), false)).toBeUndefined()
    expect(sortAfterClick(undefined, columnOf('createdAt'), false)).toBe('createdAt')
  })

  it('adds with Shift, turns round, and takes out', () => {
    expect(sortAfterClick('status', columnOf('leadScore'), true)).toBe('status,-leadScore')
    expect(sortAfterClick('status,-leadScore', columnOf('leadScore'), true)).toBe('status,leadScore')
    expect(sortAfterClick('status,leadScore', columnOf('leadScore'), true)).toBe('status')
  })

  it('says which way a column is sorted', () => {
    expect(directionOf(undefined, 'createdAt')).toBe('descending')
    expect(directionOf('status,-leadScore', 'status')).toBe('ascending')
    expect(directionOf('status,-leadScore', 'createdAt')).toBeUndefined()
  })
})
