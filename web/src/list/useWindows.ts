import { keepPreviousData, type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Query } from '../api/query'
import { type RowWindow, WINDOW_STEP, windowOptions } from '../api/records'
import type { AnyRecord, Plural } from '../api/types'
import { type Pace, paceAfter, rowIn, windowAhead, windowAround } from './windows'

const LEAST_PAUSE_MS = 60
const REST_MS = 120

export interface Windows {
  /** The window with the screen; while it is asked for, the one before. */
  shown: RowWindow | undefined
  /** True while `shown` is a window of another part of the list. */
  isBefore: boolean
  error: Error | null
  retry: () => void
  /** The row at an index, undefined until it is loaded. */
  at: (index: number) => AnyRecord | undefined
}

/** The windows of rows around the middle of the screen. What a screen shows comes from one answer, once it is there. */
export function useWindows(plural: Plural, query: Query, middle: number): Windows {
  const cache = useQueryClient()
  const start = useWindowStart(middle)
  const { data: shown, isPlaceholderData: isBefore, error, refetch, dataUpdatedAt } = useQuery({ ...windowOptions(plural, query, start), placeholderData: keepPreviousData })
  const count = shown?.count ?? 0
  useEffect(() => {
    const timer = setTimeout(() => prefetchNeighbours(cache, plural, query, start, count), REST_MS)
    return () => clearTimeout(timer)
  }, [cache, plural, query, start, count, dataUpdatedAt])
  const at = useCallback((index: number) => rowIn(listWindows(cache, plural, query, start, shown), index), [cache, plural, query, start, shown])
  return { shown, isBefore, error, retry: () => void refetch(), at }
}

/** The first row of the window to ask for: at once, but not too often, and ahead of who scrolls fast. */
function useWindowStart(middle: number): number {
  const [start, setStart] = useState(() => windowAround(middle))
  const pace = useRef<Pace>({ middle, at: 0, speed: 0 })
  const asked = useRef(0)
  useLayoutEffect(() => {
    const now = performance.now()
    pace.current = paceAfter(pace.current, middle, now)
    const ask = (wanted: number) => {
      asked.current = performance.now()
      setStart(wanted)
    }
    const wait = LEAST_PAUSE_MS - (now - asked.current)
    if (wait <= 0) ask(windowAhead(pace.current))
    const rest = setTimeout(() => ask(windowAround(middle)), Math.max(wait, LEAST_PAUSE_MS))
    return () => clearTimeout(rest)
  }, [middle])
  return start
}

function prefetchNeighbours(cache: QueryClient, plural: Plural, query: Query, start: number, count: number): void {
  for (const neighbour of [start + WINDOW_STEP, start - WINDOW_STEP]) {
    if (neighbour >= 0 && neighbour < count) void cache.prefetchQuery(windowOptions(plural, query, neighbour))
  }
}

/** The windows that may have a row, best first. */
function listWindows(cache: QueryClient, plural: Plural, query: Query, start: number, shown: RowWindow | undefined): (RowWindow | undefined)[] {
  const around = [0, -1, 1, -2, 2].map((steps) => cache.getQueryData<RowWindow>(windowOptions(plural, query, start + steps * WINDOW_STEP).queryKey))
  return [shown, ...around]
}
