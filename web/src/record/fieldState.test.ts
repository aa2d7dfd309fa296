import { describe, expect, it } from 'vitest'
import { type FieldEvent, type FieldState, READING, reduceField } from './fieldState'

const after = (...events: FieldEvent[]): FieldState => events.reduce(reduceField, READING)

describe('a field', () => {
  it('is edited, saved, and keeps the focus after Enter', () => {
    const typed: FieldEvent[] = [{ type: 'edit', draft: 'Dana' }, { type: 'change', draft: 'Danai' }]
    expect(after(...typed)).toEqual({ at: 'editing', draft: 'Danai', base: 'Dana' })
    expect(after(...typed, { type: 'save', focus: true })).toEqual({ at: 'saving', draft: 'Danai', base: 'Dana', focus: true })
    expect(after(...typed, { type: 'save', focus: true }, { type: 'saved' })).toEqual({ at: 'reading', focus: true })
  })

  it('forgets what was typed when the person gives up', () => {
    expect(after({ type: 'edit', draft: 'Dana' }, { type: 'giveUp', focus: true })).toEqual({ at: 'reading', focus: true })
  })

  it('is saved once, although leaving follows Enter', () => {
    const saved = after({ type: 'edit', draft: 'Dana' }, { type: 'save', focus: true })
    expect(reduceField(saved, { type: 'save', focus: false })).toBe(saved)
  })

  it('brings back what was typed when the server refuses it late', () => {
    const events: FieldEvent[] = [{ type: 'edit', draft: 'dana@' }, { type: 'save', focus: false }, { type: 'refuse', message: 'No address.' }]
    expect(after(...events)).toEqual({ at: 'refused', draft: 'dana@', base: 'dana@', message: 'No address.' })
    expect(after(...events, { type: 'change', draft: 'dana@x.example' }, { type: 'save', focus: true })).toEqual({ at: 'saving', draft: 'dana@x.example', base: 'dana@', focus: true })
  })

  it('keeps the newer text if it is edited again before the refusal comes', () => {
    const events: FieldEvent[] = [{ type: 'edit', draft: 'a' }, { type: 'save', focus: true }, { type: 'edit', draft: 'b' }, { type: 'refuse', message: 'No.' }]
    expect(after(...events)).toEqual({ at: 'refused', draft: 'b', base: 'b', message: 'No.' })
    expect(after(...events.slice(0, 3), { type: 'saved' })).toEqual({ at: 'editing', draft: 'b', base: 'b' })
  })

  it('is not changed by what it does not know', () => {
    for (const event of [{ type: 'change', draft: 'x' }, { type: 'save', focus: true }, { type: 'saved' }, { type: 'refuse', message: 'No.' }] as const) expect(reduceField(READING, event)).toBe(READING)
  })
})
