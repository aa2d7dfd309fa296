import { useQuery } from '@tanstack/react-query'
import { ask, Problem } from '../api/client'
import { recordOptions } from '../api/records'
import type { ConversionPreview } from '../api/types'
import { kindsByPlural } from '../kinds'
import { Bone } from '../ui/Bone'
import { Dialog } from '../ui/Dialog'
import { LoadError } from '../ui/LoadError'
import { words } from '../words'
import { AlreadyConverted } from './AlreadyConverted'
import styles from './Convert.module.css'
import { ConvertForm } from './ConvertForm'

/** The dialog that turns a lead into a contact, an account and an opportunity. */
export default function ConvertDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const lead = useQuery(recordOptions('leads', id))
  const preview = useQuery({
    queryKey: ['leads', 'conversion', id],
    queryFn: async ({ signal }) => (await ask<ConversionPreview>(`leads/${id}/convert/`, { signal })).data,
    gcTime: 0,
    staleTime: Infinity,
  })
  const name = lead.data === undefined ? '' : kindsByPlural.leads.titleOf(lead.data.record)
  const error = preview.error ?? lead.error
  if (isConverted(preview.error)) return <AlreadyConverted name={name} problem={preview.error} onClose={onClose} />
  return (
    <Dialog title={words.convert.title(name)} description={words.convert.description} onClose={onClose}>
      {lead.data !== undefined && preview.data !== undefined ? (
        <ConvertForm lead={lead.data} preview={preview.data} onClose={onClose} />
      ) : error !== null ? (
        <LoadError error={error} retry={() => void Promise.all([lead.refetch(), preview.refetch()])} />
      ) : (
        <Bones />
      )}
    </Dialog>
  )
}

function Bones() {
  return (
    <div className={styles.bones} role="status" aria-label={words.common.loading}>
      <Bone width="medium" />
      <Bone />
      <Bone width="medium" />
      <Bone />
    </div>
  )
}

function isConverted(error: Error | null): error is Problem {
  return error instanceof Problem && error.code === 'already_converted'
}
