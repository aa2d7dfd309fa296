import { draggable, dropTargetForElements, monitorForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { AnyRecord } from '../api/types'
import type { Moves } from './moves'

/** Lets a card be dragged. `refuse` tells why, and answers true, if it stays where it is. */
export function useDraggable(card: RefObject<HTMLElement | null>, id: string, refuse: () => boolean): boolean {
  const [dragging, setDragging] = useState(false)
  const newest = useNewest(refuse)
  useEffect(() => {
    if (card.current === null) return
    return draggable({
      element: card.current,
      canDrag: () => !newest.current(),
      getInitialData: () => ({ id }),
      onDragStart: () => setDragging(true),
      onDrop: () => setDragging(false),
    })
  }, [card, id, newest])
  return dragging
}

/** Lets cards be dropped on a column. True while one is over it. */
export function useDropTarget(column: RefObject<HTMLElement | null>, status: string): boolean {
  const [over, setOver] = useState(false)
  useEffect(() => {
    if (column.current === null) return
    return dropTargetForElements({
      element: column.current,
      getData: () => ({ status }),
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: () => setOver(false),
    })
  }, [column, status])
  return over
}

/** Moves the record whose card was dropped on a column. */
export function useDropping(rows: ReadonlyMap<string, AnyRecord>, move: Moves['move']): void {
  const newest = useNewest({ rows, move })
  useEffect(
    () =>
      monitorForElements({
        onDrop: ({ source, location }) => {
          const status = location.current.dropTargets[0]?.data.status
          const record = newest.current.rows.get(String(source.data.id))
          if (record !== undefined && typeof status === 'string') newest.current.move(record, status)
        },
      }),
    [newest],
  )
}

/** The value of the last drawing, for listeners that outlive it. */
function useNewest<T>(value: T): RefObject<T> {
  const newest = useRef(value)
  useLayoutEffect(() => {
    newest.current = value
  })
  return newest
}
