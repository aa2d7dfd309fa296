import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { changeQuery, type Query } from '../api/query'

export type ChangeQuery = (changes: Readonly<Record<string, string | undefined>>, options?: { replace?: boolean }) => void

/** The query of the address. It decides alone what a list shows. */
export function useAddressQuery(): Query {
  return useSearch({ strict: false }) as Query
}

/** Changes parameters of the address. An open record stays open. `replace` leaves no step for the back button. */
export function useChangeQuery(): ChangeQuery {
  const navigate = useNavigate()
  return useCallback(
    (changes, { replace = false } = {}) => void navigate({ to: '.', search: (query: Query) => changeQuery(query, changes), replace } as never),
    [navigate],
  )
}
