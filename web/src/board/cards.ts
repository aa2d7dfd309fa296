/** The card of a record on the board. */
export function findCard(board: HTMLElement | null, id: string | undefined): HTMLElement | null {
  return board?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id ?? '')}"]`) ?? null
}
