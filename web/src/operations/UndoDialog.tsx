import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { undoOperation } from '../api/changes'
import { ask, Problem } from '../api/client'
import { usePeople } from '../api/records'
import type { OperationItem } from '../api/types'
import { findField, findKind } from '../kinds'
import { valueText } from '../record/FieldValue'
import { Button } from '../ui/Button'
import { Dialog, DialogActions } from '../ui/Dialog'
import { tell, tellRefusal } from '../ui/toast'
import { words } from '../words'
import { formatNumber } from '../words/format'
import { actorName } from './sentences'
import styles from './UndoDialog.module.css'

interface UndoConflict {
  kind: string
  id: string
  field: string | null
  code: string
  now: unknown
  back: unknown
  by: Pick<OperationItem, 'user' | 'key'> | null
}
interface Conflicts {
  conflicts: UndoConflict[]
  total: number
}

/** Asks what to do with values that others have written since an operation that is to be taken back. */
export default function UndoDialog({ operationId, onClose }: { operationId: string; onClose: () => void }) {
  const cache = useQueryClient()
  const [busy, setBusy] = useState(false)
  const { data } = useQuery({ queryKey: ['operations', 'conflicts', operationId], queryFn: () => findConflicts(operationId) })
  const force = async (how: 'skip' | 'overwrite') => {
    setBusy(true)
    try {
      await undoOperation(cache, operationId, how)
      tell(words.common.takenBack)
    } catch (error) {
      tellRefusal(words.common.notTakenBack, error)
    }
    onClose()
  }
  const { operations } = words
  return (
    <Dialog title={operations.conflictTitle} description={data?.total === 0 ? operations.noLongerConflict : operations.conflictText} onClose={onClose}>
      <ul className={styles.conflicts}>
        {data?.conflicts.map((conflict, at) => (
          <ConflictRow key={at} conflict={conflict} />
        ))}
        {data !== undefined && data.total > data.conflicts.length && <li className="muted">{operations.moreConflicts(formatNumber(data.total - data.conflicts.length))}</li>}
      </ul>
      <DialogActions>
        <Button onClick={onClose}>{words.common.cancel}</Button>
        <Button disabled={busy} onClick={() => void force('overwrite')} title={operations.overwriteText}>
          {operations.overwrite}
        </Button>
        <Button look="primary" disabled={busy} onClick={() => void force('skip')} title={operations.skipText}>
          {operations.skip}
        </Button>
      </DialogActions>
    </Dialog>
  )
}

function ConflictRow({ conflict }: { conflict: UndoConflict }) {
  const people = usePeople()
  const kind = findKind(conflict.kind)
  const field = conflict.field ?? ''
  const text = (value: unknown) => (kind === undefined ? String(value) : valueText(kind, field, value, people))
  const { operations } = words
  return (
    <li>
      <b>
        {kind?.One} {(kind && findField(kind, field)?.label) ?? field}
      </b>
      {conflict.code === 'changed' ? (
        <>
          : {operations.nowValue} <mark>{text(conflict.now)}</mark>, {operations.backValue} <mark>{text(conflict.back)}</mark>
        </>
      ) : (
        <>: {operations.reasons[conflict.code] ?? conflict.code}</>
      )}
      {conflict.by !== null && <span className="faint"> ({actorName(conflict.by)})</span>}
    </li>
  )
}

async function findConflicts(operationId: string): Promise<Conflicts> {
  try {
    await ask(`operations/${operationId}/undo/`, { method: 'POST', query: { dryRun: 'true' } })
    return { conflicts: [], total: 0 }
  } catch (error) {
    if (error instanceof Problem && error.code === 'undo_conflict') return error.body as unknown as Conflicts
    throw error
  }
}
