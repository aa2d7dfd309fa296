import { type FocusEvent, type RefObject, useLayoutEffect, useRef } from 'react'
import { findCard } from './cards'

/**
 * Keeps the focus on a card that goes to another column.
 *
 * The card is drawn anew there, so the browser drops the focus without a blur that React would hear of.
 */
export function useHeldFocus(board: RefObject<HTMLElement | null>) {
  const heldId = useRef<string>(undefined)
  useLayoutEffect(() => {
    if (heldId.current === undefined || document.activeElement !== document.body) return
    findCard(board.current, heldId.current)?.focus()
  })
  return {
    onFocus: (event: FocusEvent) => {
      heldId.current = event.target instanceof HTMLElement ? event.target.dataset.id : undefined
    },
    onBlur: () => {
      heldId.current = undefined
    },
  }
}
