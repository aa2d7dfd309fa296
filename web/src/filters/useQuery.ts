import { useNavigate, useSearch } from '@tanstack/react-router'
import { changeQuery, formatQuery, type Query } from '../api/query'

/** The query of the address. */
export function useAddressQuery(): Query {
  return useSearch({ strict: false })
}

export type ChangeQuery = (changes: Readonly<Record<string, string | undefined>>, options?: { replace?: boolean }) => void

/** Makes the function that changes parameters of the address. What is open stays open. */
export function useChangeQuery(): ChangeQuery {
  const navigate = useNavigate()
  const query = useAddressQuery()
  return (changes, { replace = false } = {}) => void navigate({ href: location.pathname + formatQuery(changeQuery(query, changes)), replace })
}
