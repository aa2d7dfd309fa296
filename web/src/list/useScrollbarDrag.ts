import { type PointerEvent, type RefObject, useRef, useState } from 'react'

/** Whether the box's scrollbar is dragged. The scrollbar lies beside the part of the box that has content. */
export function useScrollbarDrag(box: RefObject<HTMLElement | null>) {
  const isDragging = useRef(false)
  const [label, setLabel] = useState(false)
  const set = (now: boolean) => {
    isDragging.current = now
    setLabel(now)
  }
  const begin = (event: PointerEvent) => {
    const element = box.current
    if (element === null || event.target !== element || event.clientX < element.getBoundingClientRect().left + element.clientWidth) return
    set(true)
    const end = () => set(false)
    window.addEventListener('pointerup', end, { once: true })
    window.addEventListener('pointercancel', end, { once: true })
    window.addEventListener('mousemove', (moved) => moved.buttons === 0 && end(), { once: true })
  }
  return { isDragging, label, begin }
}
