import { useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { formatQuery, type Query } from '../api/query'
import type { KindSpec } from '../kinds'
import { openDialog } from '../state/dialogs'

/** Opens the form for a new record if the address asks for it, such as /leads/new. */
export function useCreateAddress(kind: KindSpec, query: Query): void {
  const { pathname } = useLocation()
  const navigate = useNavigate()
  const isAsked = pathname.replace(/\/$/, '') === `/${kind.plural}/new`
  useEffect(() => {
    if (!isAsked) return
    openDialog({ name: 'create', plural: kind.plural })
    void navigate({ href: `/${kind.plural}${formatQuery(query)}`, replace: true })
  }, [isAsked, kind, navigate, query])
}
