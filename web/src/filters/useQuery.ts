import { useLocation, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { changeQuery, parseQuery, type Query } from '../api/query'

/** Parameters with their new values; undefined takes one away. */
export type QueryChanges = Readonly<Record<string, string | undefined>>

/** The query of the current address. It is the same object as long as the address has the same query. */
export function useAddressQuery(): Query {
  const text = useLocation({ select: (location) => location.searchStr })
  return useMemo(() => parseQuery(text), [text])
}

/**
 * Makes the function that changes parameters of the address and stays on its path, so that an open record stays open.
 *
 * It adds an entry to the browser's history, so that Back takes the change back. `replace` changes the entry instead,
 * for text that somebody is typing.
 */
export function useChangeQuery(): (changes: QueryChanges, options?: { replace?: boolean }) => void {
  const navigate = useNavigate()
  return useCallback(
    (changes, options) =>
      void navigate({ to: '.', search: (now) => changeQuery(now as Query, changes) as never, replace: options?.replace }),
    [navigate],
  )
}
