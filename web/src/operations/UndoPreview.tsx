import { useQuery } from '@tanstack/react-query'
import { ask, Problem } from '../api/client'
import type { Undone } from '../api/types'
import { words } from '../words'
import { formatCount } from '../words/format'

/** What an undo would do, asked of the server without doing it. */
export function UndoPreview({ operationId }: { operationId: string }) {
  const { data, error } = useQuery({
    queryKey: ['operations', 'preview', operationId],
    queryFn: async ({ signal }) => (await ask<{ answer: Undone }>(`operations/${operationId}/undo/`, { method: 'POST', query: { dryRun: 'true' }, signal })).data.answer,
    retry: false,
  })
  if (error instanceof Problem) return <p className="muted">{error.code === 'nothing_to_undo' ? words.operations.nothingLeft : error.message}</p>
  if (data === undefined) return null
  return (
    <p className="muted">
      {words.operations.willDo} {describeUndo(data)}.
    </p>
  )
}

/** What an undo does, in words: bring back 1 record, change 3 records. */
export function describeUndo({ restored, changed, deleted }: Pick<Undone, 'restored' | 'changed' | 'deleted'>): string {
  const { operations } = words
  const count = (number: number) => formatCount(number, operations.records)
  const parts = [
    restored > 0 && operations.restores(count(restored)),
    changed > 0 && operations.changes(count(changed)),
    deleted > 0 && operations.deletes(count(deleted)),
  ]
  return parts.filter(Boolean).join(', ')
}
