import type { Plural } from '../api/types'
import { createStore, useStore } from '../state/store'
import { boundWidth, type Widths } from './columns'

const NAME = 'leadline.widths'
const NONE: Widths = {}

/** The widths of columns that this browser keeps, by kind. */
const widths = createStore<Readonly<Partial<Record<Plural, Widths>>>>(readSaved())

export function useWidths(plural: Plural): Widths {
  return useStore(widths)[plural] ?? NONE
}

export function setWidth(plural: Plural, field: string, width: number): void {
  save((now) => ({ ...now, [plural]: { ...now[plural], [field]: boundWidth(width) } }))
}

export function forgetWidths(plural: Plural): void {
  save((now) => ({ ...now, [plural]: {} }))
}

function save(change: Parameters<typeof widths.set>[0]): void {
  widths.set(change)
  localStorage.setItem(NAME, JSON.stringify(widths.get()))
}

function readSaved(): Readonly<Partial<Record<Plural, Widths>>> {
  try {
    return JSON.parse(localStorage.getItem(NAME) ?? '{}') as Partial<Record<Plural, Widths>>
  } catch {
    return {} // somebody else wrote there
  }
}
