import { describe, expect, it } from 'vitest'
import type { FieldSpec, FieldType } from '../kinds'
import { fromDraft, isSameValue, toDraft } from './drafts'

const spec = (type: FieldType): FieldSpec => ({ name: 'field', label: 'Field', type })

describe('a draft', () => {
  it('is null if nothing is typed', () => {
    expect(fromDraft(spec('text'), '  ')).toBeNull()
    expect(fromDraft(spec('day'), '')).toBeNull()
    expect(toDraft(spec('text'), null)).toBe('')
  })

  it('becomes an amount if it is one, else the server may say what is wrong', () => {
    expect(fromDraft(spec('amount'), '12,500.50')).toBe(12500.5)
    expect(fromDraft(spec('amount'), 'much')).toBe('much')
  })

  it('has a source by its name, and words of the team’s own as they are', () => {
    expect(toDraft(spec('source'), 'website_form')).toBe('Website form')
    expect(fromDraft(spec('source'), 'website FORM')).toBe('website_form')
    expect(fromDraft(spec('source'), 'Trade fair')).toBe('trade_fair')
  })

  it('splits tags at commas, each once', () => {
    expect(fromDraft(spec('tags'), 'hot, big,, hot ')).toEqual(['hot', 'big'])
    expect(fromDraft(spec('tags'), '')).toEqual([])
  })

  it('has the parts of an address', () => {
    const draft = toDraft(spec('address'), { city: 'Lund', country: null })
    expect(draft).toEqual({ street: '', city: 'Lund', state: '', postalCode: '', country: '' })
    expect(fromDraft(spec('address'), draft)).toEqual({ street: null, city: 'Lund', state: null, postalCode: null, country: null })
    expect(fromDraft(spec('address'), { city: ' ' })).toBeNull()
  })

  it('is the same value however emptiness is written', () => {
    expect(isSameValue(null, [])).toBe(true)
    expect(isSameValue({ city: 'Lund' }, { street: null, city: 'Lund', state: null, postalCode: null, country: null })).toBe(true)
    expect(isSameValue(0, null)).toBe(false)
  })
})
