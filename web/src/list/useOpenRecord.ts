import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { ask } from '../api/client'
import { type Query, toListQuery } from '../api/query'
import { recordOptions, type RowWindow, WINDOW_SIZE } from '../api/records'
import type { AnyRecord, Page, Plural } from '../api/types'
import type { VirtualRows } from './useVirtualRows'

/**
 * Makes the open record the active row and brings it into sight: after a link to it, a reload, or another order.
 *
 * A record that the list does not have leaves the active row where it is.
 */
export function useOpenRecord(plural: Plural, query: Query, openId: string | undefined, isActive: boolean, shown: RowWindow | undefined, reveal: VirtualRows['reveal'], onActive: (index: number) => void): void {
  const cache = useQueryClient()
  const isLoaded = shown !== undefined
  useEffect(() => {
    if (openId === undefined || isActive || shown === undefined) return
    const show = (index: number) => {
      onActive(index)
      reveal(index, 'middle')
    }
    const here = shown.rows.findIndex((row) => row.id === openId)
    if (here >= 0) return show(shown.start + here)
    const stop = new AbortController()
    findIndex(cache, plural, query, openId, stop.signal).then(show, () => {}) // the list may not have it
    return () => stop.abort()
    // Rows that come and go later are followed by the anchors.
  }, [openId, isLoaded])
}

async function findIndex(cache: QueryClient, plural: Plural, query: Query, id: string, signal: AbortSignal): Promise<number> {
  const { record } = await cache.ensureQueryData(recordOptions(plural, id))
  if (record.id !== id) throw new Error('The record was merged into another, which will be open next.')
  const { data } = await ask<Page<AnyRecord> & { offset: number }>(`${plural}/`, { query: { ...toListQuery(query), limit: WINDOW_SIZE, around: id }, signal })
  return data.offset + data.results.findIndex((row) => row.id === id)
}
