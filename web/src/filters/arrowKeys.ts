import type { KeyboardEvent } from 'react'

const ROWS = '[data-row]'

/** Moves the focus through the rows of a list and the text field above it, by the arrow keys, Home and End. */
export function moveByArrows(event: KeyboardEvent<HTMLElement>): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>(ROWS)]
  const at = rows.findIndex((row) => row === document.activeElement)
  const target = findTarget(event.key, at, rows.length)
  if (target === undefined || (at < 0 && (event.key === 'Home' || event.key === 'End'))) return
  event.preventDefault()
  if (target >= 0) rows[target]?.focus()
  else event.currentTarget.querySelector<HTMLElement>('input[type=search]')?.focus()
}

/** The row to go to; -1 is the text field above the rows. */
function findTarget(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return Math.min(count - 1, at + 1)
    case 'ArrowUp':
      return at - 1
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return undefined
  }
}
