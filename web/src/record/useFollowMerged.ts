import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { AnyRecord } from '../api/types'
import type { KindSpec } from '../kinds'

/** Leads on to the record that this one was merged into: the server answers an old id with the survivor. */
export function useFollowMerged(kind: KindSpec, id: string, record: AnyRecord | undefined): void {
  const navigate = useNavigate()
  const survivor = record?.id ?? id
  useEffect(() => {
    if (survivor === id) return
    void navigate({ href: `/${kind.plural}/${survivor}${location.search}`, replace: true })
  }, [kind.plural, id, survivor, navigate])
}
