import { useQueryClient } from '@tanstack/react-query'
import { type MouseEvent, type RefObject, type TouchEvent, useRef } from 'react'
import { recordOptions } from '../api/records'
import type { AnyRecord, Plural } from '../api/types'
import type { RowActions } from './hand'

const LOOK_AHEAD_MS = 80
const LONG_PRESS_MS = 450

/** Handles the mouse and the finger for all rows at once. */
export function useRowPointer(plural: Plural, box: RefObject<HTMLElement | null>, at: (index: number) => AnyRecord | undefined, actions: RefObject<RowActions>) {
  const cache = useQueryClient()
  const pointed = useRef<{ index: number; timer: ReturnType<typeof setTimeout> } | undefined>(undefined)
  const forget = () => clearTimeout(pointed.current?.timer)
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; isLong: boolean } | undefined>(undefined)
  const endPress = () => clearTimeout(press.current?.timer)

  return {
    onMouseDown(event: MouseEvent) {
      if (event.button !== 0) return
      event.preventDefault() // the grid keeps the focus, not a link in it
      box.current?.focus({ preventScroll: true })
    },
    onClick(event: MouseEvent) {
      const index = indexOf(event.target)
      const record = index === undefined ? undefined : at(index)
      if (index === undefined || record === undefined) return
      const wasLong = press.current?.isLong === true
      press.current = undefined
      if (wasLong) return
      const isTitle = closest(event.target, '[data-title]') !== null
      const opensTab = isTitle && (event.ctrlKey || event.metaKey)
      if (opensTab || (!isTitle && closest(event.target, 'a') !== null)) return
      event.preventDefault()
      if (event.shiftKey) actions.current.selectTo(index)
      else if (event.ctrlKey || event.metaKey || closest(event.target, '[data-check]') !== null) actions.current.toggle(record, index)
      else actions.current.open(record, index)
    },
    /** A finger that stays on a row selects it. */
    onTouchStart(event: TouchEvent) {
      const index = indexOf(event.target)
      const record = index === undefined ? undefined : at(index)
      if (index === undefined || record === undefined) return
      const select = () => {
        press.current = { timer, isLong: true }
        actions.current.toggle(record, index)
      }
      const timer = setTimeout(select, LONG_PRESS_MS)
      press.current = { timer, isLong: false }
    },
    onTouchMove: endPress,
    onTouchEnd: endPress,
    onTouchCancel: endPress,
    /** Loads the record under a moving mouse. A row that scrolls below a resting mouse is not meant. */
    onMouseMove(event: MouseEvent) {
      const index = indexOf(event.target)
      if (index === undefined || index === pointed.current?.index) return
      forget()
      const record = at(index)
      const load = () => record && void cache.prefetchQuery(recordOptions(plural, record.id))
      pointed.current = { index, timer: setTimeout(load, LOOK_AHEAD_MS) }
    },
    onMouseLeave: forget,
    /** Gives the cells whose text is cut a title with all of it. */
    onMouseOver(event: MouseEvent) {
      const cell = closest(event.target, '[role=gridcell]')
      if (!(cell instanceof HTMLElement)) return
      const isCut = [cell, ...cell.children].some((part) => part.scrollWidth > part.clientWidth && part.clientWidth > 0)
      if (isCut) cell.title = cell.innerText
      else cell.removeAttribute('title')
    },
  }
}

function closest(target: EventTarget, selector: string): Element | null {
  return target instanceof Element ? target.closest(selector) : null
}

function indexOf(target: EventTarget): number | undefined {
  const index = closest(target, '[data-index]')?.getAttribute('data-index')
  return index === null || index === undefined ? undefined : Number(index)
}
