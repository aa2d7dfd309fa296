import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Plural } from '../api/types'

interface Props {
  plural: Plural
  id: string
  className?: string
  children: ReactNode
}

/** A link to a record, over the list of its kind. */
export function RecordLink({ plural, id, className, children }: Props) {
  return (
    <Link to={`/${plural}/$id`} params={{ id }} className={className}>
      {children}
    </Link>
  )
}
