import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { Undo2, X } from 'lucide-react'
import { ask } from '../api/client'
import type { Operation } from '../api/types'
import { useCommands } from '../state/commands'
import { Button } from '../ui/Button'
import { LoadError } from '../ui/LoadError'
import { Tip } from '../ui/Tip'
import { takeBack } from '../undo/undo'
import { words } from '../words'
import { formatFullTime, formatNumber } from '../words/format'
import { canTakeBack } from './OperationRow'
import styles from './OperationPanel.module.css'
import { RecordChange } from './RecordChange'
import { actorName, describeDeed } from './sentences'
import { UndoPreview } from './UndoPreview'

const SHOWN_RECORDS = 50

/** One operation with every field before and after, and what an undo of it would do. */
export function OperationPanel() {
  const { id = '' } = useParams({ strict: false })
  const navigate = useNavigate()
  const close = () => void navigate({ to: '/operations', search: true })
  useCommands([{ id: 'operation.close', label: words.operations.close, keys: 'Escape', group: words.operations.group, keysOnly: true, run: close }])
  const { data, error, refetch } = useQuery({
    queryKey: ['operations', 'operation', id],
    queryFn: async ({ signal }) => (await ask<Operation>(`operations/${id}/`, { signal })).data,
  })
  return (
    <aside className={styles.panel} aria-label={words.operations.title} aria-busy={data === undefined}>
      <div className={styles.bar}>
        <span className="grow" />
        <Tip text={words.operations.close} keys="Escape">
          <Button look="quiet" iconOnly aria-label={words.operations.close} onClick={close}>
            <X aria-hidden />
          </Button>
        </Tip>
      </div>
      {error !== null && data === undefined && <LoadError error={error} retry={() => void refetch()} />}
      {data !== undefined && <OperationBody operation={data} />}
    </aside>
  )
}

function OperationBody({ operation }: { operation: Operation }) {
  const cache = useQueryClient()
  const { operations } = words
  const undone = operation.undoneBy !== null
  const hidden = operation.changes.length - SHOWN_RECORDS
  return (
    <div className={styles.body}>
      <h2>
        {actorName(operation)} {describeDeed(operation, operation.changes.length)}
      </h2>
      <p className="muted num">{formatFullTime(operation.at)}</p>
      {operation.undoes !== null && (
        <p>
          {operations.takesBack}. <OtherOperation id={operation.undoes} />
        </p>
      )}
      {undone && (
        <p>
          <b>{operations.undone}.</b> <OtherOperation id={operation.undoneBy ?? ''} />
        </p>
      )}
      {canTakeBack(operation.kind) && !undone && (
        <div className={styles.undo}>
          <UndoPreview operationId={operation.id} />
          <Button onClick={() => void takeBack(cache, operation.id)}>
            <Undo2 aria-hidden />
            {operations.undoOperation}
          </Button>
        </div>
      )}
      {operation.changes.slice(0, SHOWN_RECORDS).map((change) => (
        <RecordChange key={`${change.kind}/${change.id}`} change={change} />
      ))}
      {hidden > 0 && <p className="muted">{operations.moreRecords(formatNumber(hidden))}</p>}
    </div>
  )
}

function OtherOperation({ id }: { id: string }) {
  return (
    <Link to="/operations/$id" params={{ id }} search>
      {words.operations.showThat}
    </Link>
  )
}
