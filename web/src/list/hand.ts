import type { AnyRecord } from '../api/types'

/** What the list's commands need of the rows, which draw themselves alone while they are scrolled. */
export interface ListHand {
  at: (index: number) => AnyRecord | undefined
  reveal: (index: number) => void
  toTop: () => void
  focus: () => void
  /** How many rows a screen has. */
  pageRows: number
  count: number
}

export const NO_HAND: ListHand = { at: () => undefined, reveal: () => {}, toTop: () => {}, focus: () => {}, pageRows: 1, count: 0 }

/** What the pointer does to rows. */
export interface RowActions {
  open: (record: AnyRecord, index: number) => void
  toggle: (record: AnyRecord, index: number) => void
  /** Selects from the active row to this one. */
  selectTo: (index: number) => void
}
