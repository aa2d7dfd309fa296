import { useNavigate, useParams } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { Plural } from '../api/types'
import { kindsByPlural } from '../kinds'
import { ListPage } from '../list/ListPage'

const RecordPanel = lazy(() => import('../record/RecordPanel').then(({ RecordPanel }) => ({ default: RecordPanel })))
const CreateDialog = lazy(() => import('../create/CreateDialog'))
const Board = lazy(() => import('../board/Board'))
const WITH_BOARD: readonly Plural[] = ['leads', 'opportunities']

/** The list or board of a kind, with a record over it if the address names one. */
export function KindPage({ plural }: { plural: Plural }) {
  return <ListPage kind={kindsByPlural[plural]} board={WITH_BOARD.includes(plural) ? Board : undefined} />
}

/** The record that the address names. */
export function RecordOutlet({ plural }: { plural: Plural }) {
  const { id } = useParams({ strict: false })
  return id === undefined ? null : (
    <Suspense>
      <RecordPanel key={id} kind={kindsByPlural[plural]} id={id} />
    </Suspense>
  )
}

/** The dialog of a new record, for the address that ends in `new`. Closing it leads back to the list. */
export function CreateOutlet({ plural }: { plural: Plural }) {
  const navigate = useNavigate()
  const close = () => void navigate({ href: `/${plural}${location.search}`, replace: true })
  return (
    <Suspense>
      <CreateDialog plural={plural} onClose={close} />
    </Suspense>
  )
}
